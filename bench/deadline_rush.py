"""A rush at a deadline on PostgreSQL: four zeros, submissions a second, and what a bid costs on a lot with many bids.

    .make/services .venv/bin/python bench/deadline_rush.py [--requests 10000] [--rounds 10] [--clients 32]

Each round, so many enterprises submit within half a second before and after the deadline, one in ten twice. By hand the
statements of a submission are sent without the platform. The cost of a bid is measured on a lot with 10, 100 and 1,000.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("SUNLIGHT_VAR_DIR", tempfile.mkdtemp(prefix="sunlight-bench-"))
django.setup()

from bids import opening_due, submission  # noqa: E402  # the models need the set-up
from bids.tender import Tender  # noqa: E402
from tests import make  # noqa: E402
from tests.bids.tenders.conftest import case_of  # noqa: E402
from tests.rush import Rush  # noqa: E402
from trading import clock, unguessable  # noqa: E402
from trading.ledger import entries, sealed  # noqa: E402
from trading.party import Organisation, Role, User  # noqa: E402
from trading.transitions import LOT_LOCK  # noqa: E402

SHARED = "SELECT pg_advisory_xact_lock_shared(%s, %s)"
INSERT = """INSERT INTO bids_bid (id, number, upload_id, lot_id, organisation_id, seq, envelope, withdrawal,
    received_at, head_seq, head_leaf, state, version, created_at)
    VALUES (%s, %s, %s, %s, %s, 1, %s, '', now(), 1, '', 'submitted', 1, now())"""


class TimeRuns:
    """Where the tests name the moment, time runs here."""

    def move_to(self, *_moment: Any, **_options: Any) -> None:
        pass


def lot_for(deadline_in: timedelta) -> Rush:
    """Return an announced tender whose deadline comes so soon; its schedule is then set by hand."""
    case = case_of(TimeRuns(), make.user(Role.OWNER), make.user(Role.AGENCY))
    now = clock.now().replace(microsecond=0)
    week, month = now + timedelta(days=7), now + timedelta(days=30)
    case.announce(documents_from=now + timedelta(seconds=5), documents_until=week, deadline=month)
    opening_due.schedule_openings()
    rush = Rush(case, clock.now() + deadline_in)
    Tender.objects.filter(lot=case.lot).update(documents_from=now, deadline=rush.deadline)
    return rush


def enterprises(number: int) -> list[tuple[User, Organisation]]:
    """Return people and their enterprises, each entered by its acts."""
    made = []
    for each in range(number):
        organisation = make.organisation(f"投标企业{each}")
        made.append((make.user(Role.BIDDER, of=organisation), organisation))
        if each % 1000 == 999:
            print(f"  {each + 1} enterprises entered")
    return made


def round_of(people: list[tuple[User, Organisation]], clients: int) -> tuple[dict[str, int], float, float]:
    """Return the faults of one round, its submissions a second, and the 99th percentile of their seconds."""
    rush = lot_for(timedelta(days=1))
    planned = rush.prepare(people, 0.5)
    shift = clock.now() + timedelta(seconds=2) - rush.deadline
    rush.deadline += shift
    Tender.objects.filter(lot=rush.case.lot).update(deadline=rush.deadline)
    took = rush.run([(at + shift, *rest) for at, *rest in planned], clients)
    waits = sorted(one.seconds for one in rush.told)
    return rush.faults(), len(rush.told) / took, waits[int(len(waits) * 0.99)]


def cost_at(people: list[tuple[User, Organisation]], sizes: list[int]) -> dict[int, float]:
    """Return the milliseconds of a bid on a lot that has so many."""
    rush = lot_for(timedelta(hours=1))
    jobs = rush.prepare(people[: max(sizes) + 50], 0.0, doubled=0.0)
    found, done = {}, 0
    for size in sizes:
        submit(jobs[done:size])
        began = time.perf_counter()
        submit(jobs[size : size + 50])
        found[size], done = (time.perf_counter() - began) / 50 * 1000, size + 50
    return found


def submit(jobs: list[Any]) -> None:
    for _at, person, _uscc, text in jobs:
        submission.take(text, by=person)


def by_hand(people: list[tuple[User, Organisation]], times: int) -> float:
    """Return how many submissions a second one client sends as bare statements."""
    rush = lot_for(timedelta(hours=1))
    organisations = {organisation.uscc: organisation.pk for _person, organisation in people}
    jobs = rush.prepare(people[:times], 0.0, doubled=0.0)
    lot = rush.case.lot
    began = time.perf_counter()
    for _at, person, uscc, text in jobs:
        number = json.loads(text)["body"]["bid"]
        actor, subject = entries.Actor(id=f"u:{person.pk}", role="bidder", auth="pw"), entries.Subject("bid", number)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SHARED, [LOT_LOCK, lot.pk])
            row = unguessable.identifier(), number, number, lot.pk, organisations[uscc], text.decode()
            cursor.execute(INSERT, row)
            data, at = {"bidder": uscc}, clock.now()
            sealed.seal(entries.members("bid.submitted", actor, subject, tender=lot.code, data=data, at=at), lot.code)
    return times / (time.perf_counter() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=32)
    given = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("This bench needs PostgreSQL: .make/services .venv/bin/python bench/deadline_rush.py")
    call_command("migrate", verbosity=0)
    people = enterprises(max(given.requests, 1_100))
    rates, slowest, total = [], [], dict.fromkeys(("late accepted", "early refused", "missing", "double"), 0)
    for number in range(given.rounds):
        faults, rate, p99 = round_of(people[: given.requests], given.clients)
        total = {name: total[name] + faults[name] for name in total}
        rates.append(rate)
        slowest.append(p99)
        print(f"round {number + 1}: {faults}, {rate:.0f} submissions/s, p99 {p99:.1f} s")
    costs = cost_at(people, [10, 100, 1_000])
    one, hand = 1000 / costs[100], by_hand(people, 200)
    print(f"{given.rounds} rounds of {given.requests}: {total}")
    print(f"{statistics.median(rates):.0f} submissions/s with {given.clients} clients, p99 {max(slowest):.1f} s")
    print(f"one client: {one:.0f}/s; the same SQL by hand: {hand:.0f}/s; ratio {one / hand:.2f}")
    print("ms a bid on a lot with " + ", ".join(f"{size}: {cost:.1f}" for size, cost in costs.items()))
    return 0 if not any(total.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
