"""The selector: a ticket for every candidate from the seed and its own id; the lowest comes first.

Pure: no clock, no randomness, no list order, no modulo, no float. The same ranked list supplies
the seats, the alternates and every supplement, so there is never a second ceremony to steer.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from trading.draws.candidates import NO_GROUP, Candidate
from trading.draws.wire import hkdf_expand, hkdf_extract, keyed, tag, u32

TICKET = 32
SEED_INFO = b"ggzy-draw/1/seed"
BUCKETS = 256


@dataclass(frozen=True, slots=True)
class Quota:
    """One line of the plan: `k` seats of a stratum, and `alt` alternates."""

    stratum: str
    k: int
    alt: int = 0


@dataclass(frozen=True, slots=True)
class Cap:
    """An upper limit: at most `most` seats for the candidates of one group."""

    by: str
    most: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Who sits where, and what the walk met on its way."""

    seated: tuple[tuple[str, str], ...]
    alternates: tuple[tuple[str, str], ...]
    events: tuple[dict[str, Any], ...]


def seed(suite: str, commit_hash: bytes, material: bytes) -> bytes:
    """Return the 32 bytes that decide the draw, from the sources' values in committed order."""
    return hkdf_expand(suite, hkdf_extract(suite, commit_hash, material), SEED_INFO, 32)


def ticket(suite: str, seed: bytes, ident: str, weight: int = 1) -> bytes:
    """Return one candidate's ticket; anyone can check their own with this alone."""
    inner, outer = keyed(suite, seed, tag("ticket"))
    return min(_answer(inner, outer, u32(turn) + ident.encode("ascii")) for turn in range(weight))


def rank(suite: str, seed: bytes, candidates: Iterable[Candidate]) -> list[bytes]:
    """Return the slips of all candidates, first drawn first. A slip is a ticket followed by its id.

    An integer weight is that many sub-tickets, of which the lowest counts: exact successive
    sampling, and no logarithm.
    """
    light: list[Candidate] = []
    heavy: list[Candidate] = []
    for candidate in candidates:
        (light if candidate.weight == 1 else heavy).append(candidate)
    slips = order(suite, seed, [candidate.id.encode("ascii") for candidate in light])
    if heavy:
        slips += [ticket(suite, seed, one.id, one.weight) + one.id.encode("ascii") for one in heavy]
        slips.sort()
    return slips


def order(suite: str, seed: bytes, idents: Iterable[bytes]) -> list[bytes]:
    """Return the slips of candidates of weight 1, ascending by (ticket, id).

    The two hash states that hold the key are copied for each id, and slips are sorted by first
    byte: a million costs little more than its bare HMACs.
    """
    inner, outer = keyed(suite, seed, tag("ticket") + u32(0))
    fresh_inner, fresh_outer = inner.copy, outer.copy
    buckets: list[list[bytes]] = [[] for _ in range(BUCKETS)]
    into = [bucket.append for bucket in buckets]
    for ident in idents:
        state = fresh_inner()
        state.update(ident)
        last = fresh_outer()
        last.update(state.digest())
        slip = last.digest() + ident
        into[slip[0]](slip)
    slips: list[bytes] = []
    for bucket in buckets:
        bucket.sort()
        slips += bucket
    return slips


def ident_of(slip: bytes) -> str:
    return slip[TICKET:].decode("ascii")


def ticket_of(slip: bytes) -> str:
    return slip[:TICKET].hex()


def select(
    ranking: Sequence[bytes],
    candidates: Iterable[Candidate],
    plan: Sequence[Quota],
    caps: Sequence[Cap] = (),
    disposed: Collection[str] = (),
) -> Selection:
    """Fill the seats of each stratum in plan order, walking the ranking from the top.

    Skips who is seated or in `disposed`; passes over, with an event, who would break a cap; notes
    `short` where the list ends before the seats do. A supplement is this same walk with the
    skipped candidate in `disposed`.
    """
    walk = _Walk({candidate.id: candidate for candidate in candidates}, caps, disposed)
    for quota in plan:
        walk.fill(quota, iter(ranking))
    return Selection(tuple(walk.seated), tuple(walk.alternates), tuple(walk.events))


class _Walk:
    """One walk over the ranking: who is seated so far and how often each group."""

    def __init__(self, known: dict[str, Candidate], caps: Sequence[Cap], out: Collection[str]) -> None:
        self.known, self.caps = known, caps
        self.taken = set(out)
        self.groups: dict[str, int] = {}
        self.seated: list[tuple[str, str]] = []
        self.alternates: list[tuple[str, str]] = []
        self.events: list[dict[str, Any]] = []

    def fill(self, quota: Quota, slips: Iterator[bytes]) -> None:
        """Seat `k` candidates of the stratum; the `alt` who follow are the alternates."""
        missing, stratum = quota.k, quota.stratum
        following = self.fitting(stratum, slips)
        while missing and (candidate := next(following, None)):
            if broken := self.broken_cap(candidate):
                event = {"event": f"CAP_{broken.by}", "id": candidate.id, "stratum": stratum}
                self.events.append(event)
                continue
            self.seat(candidate, stratum)
            missing -= 1
        self.alternates += [(one.id, stratum) for one in islice(following, quota.alt)]
        if missing:
            self.events.append({"event": "short", "missing": missing, "stratum": stratum})

    def fitting(self, stratum: str, slips: Iterator[bytes]) -> Iterator[Candidate]:
        for slip in slips:
            candidate = self.known[ident_of(slip)]
            if candidate.id not in self.taken and stratum in candidate.strata:
                yield candidate

    def seat(self, candidate: Candidate, stratum: str) -> None:
        self.seated.append((candidate.id, stratum))
        self.taken.add(candidate.id)
        if candidate.group != NO_GROUP:
            self.groups[candidate.group] = self.groups.get(candidate.group, 0) + 1

    def broken_cap(self, candidate: Candidate) -> Cap | None:
        held = self.groups.get(candidate.group, 0)
        return next((cap for cap in self.caps if held >= cap.most), None)


def _answer(inner: Any, outer: Any, message: bytes) -> bytes:
    state, last = inner.copy(), outer.copy()
    state.update(message)
    last.update(state.digest())
    answer: bytes = last.digest()
    return answer
