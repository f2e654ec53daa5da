"""Drawing 7 of 1,000,000 experts with the recusal join against 10,000 relations, against bare HMAC over the same list.

    python bench/committee_draw.py [--experts 1000000] [--relations 10000] [--seats 7] [--rounds 3]

The pure functions in the order of a real draw: the join that says who may not evaluate, the salted leaves of the
others, the ranking, the seats. The peer computes one HMAC for each leaf and keeps the answers, nothing else. CPU
seconds, medians of interleaved rounds; making the library's records is not counted.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.draw_ranking import SEED, bare_hmac, cpu
from experts import recusal
from trading.draws import leaves, selector
from trading.draws.candidates import Candidate
from trading.draws.selector import Quota

SUITE = "sha256"
KEY = bytes(range(32, 64))
DAY = date(2026, 3, 2)
SINCE = date(2020, 1, 1)
UNITS = 200_000
BIDDERS = 50
STRATA = ("ROAD", "BRIDGE", "WATER", "BUILDING")
CHUNK = 50_000


class Tie(NamedTuple):
    """An expert's tie to a unit."""

    kind: str
    whose: str
    uscc: str
    starts_on: date
    ends_on: date | None


def unit(number: int) -> str:
    return f"9151{number:014d}"


def case(relations: int) -> recusal.Case:
    """Return a case whose bidders have so many relations: who controls them or is controlled by them."""
    each = relations // BIDDERS
    step = UNITS // relations
    groups = {
        unit(10**9 + bidder): frozenset(unit((bidder * each + n) * step) for n in range(each))
        for bidder in range(BIDDERS)
    }
    return recusal.Case(DAY, groups, owners=frozenset({unit(1)}), agencies=frozenset({unit(2)}), procurement=True)


def library(experts: int) -> Iterator[list[recusal.Candidate]]:
    """Yield the library in chunks: each expert with an employer and a relative's holding."""
    for first in range(0, experts, CHUNK):
        yield [
            recusal.Candidate(
                f"E{number:08d}",
                (
                    Tie("employment", "self", unit(number * 7919 % UNITS), SINCE, None),
                    Tie("holding", "spouse", unit(number * 104_729 % UNITS), SINCE, None),
                ),
            )
            for number in range(first, min(first + CHUNK, experts))
        ]


def drawn(experts: int, relations: int, seats: int) -> tuple[dict[str, float], list[bytes]]:
    """Draw once; return the CPU seconds of each step, with the number avoided, and the leaves of the list."""
    told, times = case(relations), dict.fromkeys(("join", "leaves", "ranking", "seats"), 0.0)
    avoided: set[str] = set()
    listed: list[Candidate] = []
    for chunk in library(experts):
        before = time.process_time()
        out = {number for number, _grounds in recusal.avoided(chunk, told)}
        times["join"] += time.process_time() - before
        avoided |= out
        before = time.process_time()
        for place, expert in enumerate(chunk):
            if expert.number not in out:
                attributes = {"strata": [STRATA[place % len(STRATA)]], "region": "510000"}
                listed.append(leaves.candidate(SUITE, KEY, expert.number, attributes))
        times["leaves"] += time.process_time() - before
    idents = [one.id.encode() for one in listed]
    before = time.process_time()
    ranking = selector.order(SUITE, SEED, idents)
    times["ranking"] = time.process_time() - before
    before = time.process_time()
    plan = [Quota(STRATA[0], seats - seats // 2, seats), Quota(STRATA[1], seats // 2, seats)]
    chosen = selector.select(ranking, listed, plan)
    times["seats"] = time.process_time() - before
    if len(chosen.seated) != seats or not avoided:
        raise SystemExit("the draw seats nobody, or nobody is avoided: the bench measures nothing")
    return {**times, "avoided": float(len(avoided))}, idents


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experts", type=int, default=1_000_000)
    parser.add_argument("--relations", type=int, default=10_000)
    parser.add_argument("--seats", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rounds = []
    for _ in range(given.rounds):
        found, idents = drawn(given.experts, given.relations, given.seats)
        rounds.append({**found, "bare": cpu(bare_hmac, idents)})
        del idents
    middle = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    whole = sum(middle[name] for name in ("join", "leaves", "ranking", "seats"))
    print(
        f"{given.seats} of {given.experts:,} experts, {given.relations:,} relations, {middle['avoided']:,.0f} avoided"
    )
    for name in ("join", "leaves", "ranking", "seats"):
        print(f"  {name}: {middle[name]:.2f} s CPU, x {middle[name] / middle['bare']:.2f} of the bare HMAC")
    print(f"  together: {whole:.2f} s CPU, x {whole / middle['bare']:.2f} of the bare HMAC ({middle['bare']:.2f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
