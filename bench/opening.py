"""Opening many bids of 1 MB: from the last share to all read out, as a ratio to bare pyrage on the same files.

    .venv/bin/python bench/opening.py [--bids 1000] [--kilobytes 1000] [--profile]        # on SQLite
    .make/services .venv/bin/python bench/opening.py                                      # on PostgreSQL

Bare pyrage reads the same parts and decrypts them one after the other, and nothing else. The cost of a bid is measured
with a tenth of the bids too: it must not grow with their number.
"""

import argparse
import cProfile
import os
import pstats
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.deadline_rush import enterprises, lot_for  # noqa: E402, I001  # sets Django up, before the models
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bids import opening_due  # noqa: E402
from bids.closing import GRACE  # noqa: E402
from bids.opened import OpenedBid  # noqa: E402
from bids.opening import Opening  # noqa: E402
from bids.tender import Tender  # noqa: E402
from tests import full_size  # noqa: E402
from trading import clock  # noqa: E402


def submitted(people: list[Any], kilobytes: int) -> tuple[Any, Opening, full_size.Spent]:
    """Return a case whose bids are in and whose opening has begun."""
    case, spent = lot_for(timedelta(hours=1)).case, full_size.Spent()
    entries = (
        full_size.Entry(person, organisation, f"{4_800_000 + n}.00", b"%PDF-1.7\n" + os.urandom(kilobytes * 1000))
        for n, (person, organisation) in enumerate(people)
    )
    full_size.submit(case.lot, entries, spent)
    deadline = clock.now() + timedelta(seconds=1)
    Tender.objects.filter(lot=case.lot).update(deadline=deadline)
    opening_due.schedule_openings()
    time.sleep((deadline + GRACE - clock.now()).total_seconds())
    with spent.on("closing and beginning"):
        opening_due.close_tenders()
    return case, Opening.objects.get(lot=case.lot, state="decrypting"), spent


class Took(NamedTuple):
    """Seconds of the wall's clock and of this process's CPU."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Self:
        return cls(time.perf_counter(), time.process_time())

    def since(self) -> "Took":
        return Took(time.perf_counter() - self.wall, time.process_time() - self.cpu)


def read_out(opening: Opening) -> Took:
    """Let the clock decide and read out; return what it took."""
    began = Took.now()
    while opening.state == "decrypting":
        opening_due.decrypt_bids()
        opening.refresh_from_db()
    return began.since()


def bare(opening: Opening) -> Took:
    """Return what pyrage alone takes for the same files."""
    import pyrage  # noqa: PLC0415  # the peer

    from bids.sealing.opening import identity_of  # noqa: PLC0415
    from bids.upload import place  # noqa: PLC0415

    rows = list(opening.opened.values_list("bid__upload_id", "secret", "bid__upload__parts__n"))
    files: dict[Any, tuple[Any, list[Path]]] = {}
    for number, secret, n in sorted(rows, key=lambda row: (str(row[0]), row[2])):
        identity = pyrage.x25519.Identity.from_str(identity_of(bytes.fromhex(secret)))
        files.setdefault(number, (identity, []))[1].append(place(number, n))
    began = Took.now()
    for identity, parts in files.values():
        pyrage.decrypt(b"".join(part.read_bytes() for part in parts), [identity])
    return began.since()


def one(people: list[Any], given: argparse.Namespace, elsewhere: ProcessPoolExecutor) -> Took:
    """Open a lot with so many bids, print and return what it took."""
    case, opening, spent = submitted(people, given.kilobytes)
    for holder in ("agency", "supervisor"):
        with spent.on("taking shares"):
            full_size.release(case, opening.pk, holder, elsewhere)
    took = profiled(lambda: read_out(opening)) if given.profile else read_out(opening)
    shut = OpenedBid.objects.filter(opening=opening).exclude(outcome="opened").count()
    peer, thousandth = bare(opening), 1000 / len(people)
    rest = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in spent.seconds.items())
    print(f"{len(people)} bids of {given.kilobytes} kB on {connection.vendor}, {shut} not opened")
    print(f"  before the last share: {rest}")
    for name, measured in (("from the last share to the reading out", took), ("bare pyrage", peer)):
        each = f"{measured.wall * thousandth:.2f} ms a bid, {measured.cpu * thousandth:.2f} ms of CPU"
        print(f"  {name}: {measured.wall:.2f} s, {each}")
    print(f"  ratio {took.wall / peer.wall:.2f}, of CPU {took.cpu / peer.cpu:.2f}")
    return took


def profiled(work: Callable[[], Took]) -> Took:
    profile = cProfile.Profile()
    took = profile.runcall(work)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bids", type=int, default=1000)
    parser.add_argument("--kilobytes", type=int, default=1000)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    people = enterprises(given.bids)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        elsewhere.submit(len, "").result()  # it starts before the clock does
        few = one(people[: given.bids // 10], given, elsewhere)
        many = one(people, given, elsewhere)
    share = len(people) / (given.bids // 10)
    print(
        f"a bid among {given.bids} takes {many.wall / few.wall / share:.2f} times one among {given.bids // 10},",
        end=" ",
    )
    print(f"of CPU {many.cpu / few.cpu / share:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
