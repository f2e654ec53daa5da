"""Ranking 1,000,000 candidates against the bare HMAC loop over the same ids, and against two published samplers.

    python bench/draw_ranking.py [--candidates 1000000] [--rounds 5]

The samplers are compared when they are installed (`pip install consistent_sampler cryptorandom`, in an environment of
the bench, never of the site). Each line is the ratio of the medians of interleaved runs, in CPU seconds.
"""

import argparse
import hmac
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from trading.draws import selector, wire

SEED = bytes(range(32))
PREFIX = wire.tag("ticket") + wire.u32(0)
LIMIT = 1.3
FIVE_TIMES = 5.0
SAMPLERS_AT = 20  # the samplers rank one in so many, and their time is multiplied: they take minutes


def ranking(idents: list[bytes]) -> int:
    return len(selector.order("sha256", SEED, idents))


def bare_contexts(idents: list[bytes]) -> int:
    """The least that HMAC costs here: two copied hash states for each id, and nothing done with the answer."""
    inner, outer = wire.keyed("sha256", SEED, PREFIX)
    fresh_inner, fresh_outer = inner.copy, outer.copy
    answers = []
    keep = answers.append
    for ident in idents:
        state = fresh_inner()
        state.update(ident)
        last = fresh_outer()
        last.update(state.digest())
        keep(last.digest())
    return len(answers)


def bare_hmac(idents: list[bytes]) -> int:
    """The standard library's HMAC object, copied for each id."""
    base = hmac.new(SEED, PREFIX, "sha256")
    answers = []
    for ident in idents:
        state = base.copy()
        state.update(ident)
        answers.append(state.digest())
    return len(answers)


def one_shot(idents: list[bytes]) -> int:
    """The standard library's one-shot function."""
    return len([hmac.digest(SEED, PREFIX + ident, "sha256") for ident in idents])


def consistent_sampler(idents: list[bytes]) -> int:
    """Rank the ids by consistent_sampler's tickets, without replacement (Rivest's sampler)."""
    sampler = importlib.import_module("consistent_sampler").sampler
    few = [ident.decode() for ident in idents[::SAMPLERS_AT]]
    return len(list(sampler(few, seed=SEED.hex(), take=len(few), output="id")))


def cryptorandom(idents: list[bytes]) -> int:
    """Rank the ids by cryptorandom's permutation."""
    made = importlib.import_module("cryptorandom.cryptorandom").SHA256(SEED.hex())
    permute = importlib.import_module("cryptorandom.sample").random_permutation
    return len(permute(idents[::SAMPLERS_AT], prng=made))


def cpu(work: Callable[[list[bytes]], Any], idents: list[bytes]) -> float:
    before = time.process_time()
    work(idents)
    return time.process_time() - before


def medians(works: list[Callable[[list[bytes]], Any]], idents: list[bytes], rounds: int) -> dict[str, float]:
    """Run the works in turn, so that a slow minute of the machine is everybody's."""
    times: dict[str, list[float]] = {work.__name__: [] for work in works}
    for _ in range(rounds):
        for work in works:
            times[work.__name__].append(cpu(work, idents))
    return {name: statistics.median(values) for name, values in times.items()}


def installed(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    idents = [b"91510000%010d" % number for number in range(given.candidates)]
    found = medians([ranking, bare_contexts, bare_hmac, one_shot], idents, given.rounds)
    own = found["ranking"]
    print(f"ranking {given.candidates:,} candidates: {own:.2f} s CPU")
    for name in ("bare_contexts", "bare_hmac", "one_shot"):
        print(f"  x {own / found[name]:.2f} of the bare HMAC loop, {name} ({found[name]:.2f} s)")
    held = own / found["bare_hmac"] <= LIMIT
    for sampler in (consistent_sampler, cryptorandom):
        if not installed(sampler.__name__):
            print(f"  {sampler.__name__}: not installed, not compared")
            continue
        theirs = cpu(sampler, idents) * SAMPLERS_AT
        print(f"  {theirs / own:.1f} times as fast as {sampler.__name__} ({theirs:.1f} s)")
        held = held and theirs / own >= (FIVE_TIMES if sampler is consistent_sampler else 1)
    print("HELD" if held else "MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
