"""Acts per second through `perform` on PostgreSQL, as a ratio to the same SQL by hand.

    .make/services .venv/bin/python bench/acts.py [--acts 400] [--rounds 5]

An act takes the lot's lock, reads the row for update, changes it and writes its ledger entry; by hand the same
statements run with a prepared entry and no rules. One client, interleaved rounds, medians.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("SUNLIGHT_VAR_DIR", tempfile.mkdtemp(prefix="sunlight-bench-"))
django.setup()

from tests import make  # noqa: E402  # the models need the set-up
from trading import clock  # noqa: E402
from trading.ledger import entries, leaf, merkle  # noqa: E402
from trading.lot import Lot  # noqa: E402
from trading.party import Role, User  # noqa: E402
from trading.transitions import LOT_LOCK, perform  # noqa: E402

SELECT = "SELECT * FROM trading_lot WHERE id = %s FOR UPDATE"
UPDATE = "UPDATE trading_lot SET clock_ahead = clock_ahead + interval '1 hour', version = version + 1 WHERE id = %s"


def by_perform(lot: Lot, centre: User) -> None:
    """Move the rehearsal clock through the platform's one path."""
    perform(lot.move_clock, by=centre, hours=1)


def by_hand(lot: Lot, centre: User) -> None:
    """Send the same statements without the platform."""
    actor = entries.Actor(id=f"u:{centre.pk}", role="centre_staff", auth="pw")
    members = entries.members(
        "lot.clock_moved", actor, entries.Subject("lot", lot.code), tender=lot.code, data={"hours": 1}, at=clock.now()
    )
    raw = leaf.encode(members)
    row = members["id"], "lot.clock_moved", "lot", lot.code, lot.code, raw, merkle.leaf_hash(raw)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOT_LOCK, lot.pk])
        cursor.execute(SELECT, [lot.pk])
        cursor.execute(UPDATE, [lot.pk])
        cursor.execute(entries.APPEND, row)


def rate(act: Callable[[Lot, User], None], lot: Lot, centre: User, acts: int) -> float:
    """Return how many acts a second one client performs."""
    began = time.perf_counter()
    for _ in range(acts):
        act(lot, centre)
    return acts / (time.perf_counter() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("This bench needs PostgreSQL: .make/services .venv/bin/python bench/acts.py")
    call_command("migrate", verbosity=0)
    owner, centre = make.user(Role.OWNER), make.user(Role.CENTRE_STAFF)
    lot = make.lot(owner=owner, of=make.project(owner=owner, rehearsal=True), estimate=Decimal(1_000_000))
    figures: dict[str, list[float]] = {"perform": [], "by hand": []}
    for _ in range(given.rounds):
        figures["perform"].append(rate(by_perform, lot, centre, given.acts))
        figures["by hand"].append(rate(by_hand, lot, centre, given.acts))
    performed, hand = (statistics.median(figures[name]) for name in ("perform", "by hand"))
    print(f"acts through perform: {performed:.0f}/s; the same SQL by hand: {hand:.0f}/s; ratio {performed / hand:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
