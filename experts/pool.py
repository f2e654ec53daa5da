"""Who may be drawn for a committee, and who is excluded under which code (draw-protocol.md 3.2, 3.3). Pure.

The library's snapshot says who was in it before the committee was needed; what has happened since can only exclude.
Who is eligible by the rule is a candidate or an exclusion, so that an auditor with the file accounts for everybody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from experts import library, recusal
from experts.library import Row, Standing
from experts.recusal import Case
from experts.wanted import Need, Wanted
from trading.draws import candidates, leaves, wire
from trading.errors import RuleError
from trading.rules import table
from trading.text import mark as _

SUITE = "sha256"
LEAST, TIMES = "X06", "X06.times"
Span = tuple[date, date]
CODES = {
    recusal.Code.BIDDER: "E02",
    recusal.Code.OWNER: "E03",
    recusal.Code.AGENCY: "E03",
    recusal.Code.AUTHORITY: "E04",
    recusal.Code.OTHER: "E01",
}
STANDINGS = {
    Standing.SUSPENDED: "E05",
    Standing.AGED: "E05",
    Standing.COOLING: "E09",
    Standing.AWAY: "E08",
}


@dataclass(frozen=True)
class Present:
    """What the library says of an expert at the moment of the draw; `engaged` are the days of other committees."""

    active: bool
    away: tuple[Span, ...]
    engaged: tuple[Span, ...]
    candidate: recusal.Candidate


class Excluded(NamedTuple):
    """Who falls out, under which code, and what shows it; the list has only its salted hash."""

    number: str
    code: str
    why: dict[str, Any]


@dataclass(frozen=True)
class Pool:
    """The candidates and the exclusions of one draw."""

    rows: Sequence[Row]
    excluded: Sequence[Excluded]
    codes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, Any]:
        """Return what the operator may see: how many in each speciality, and how many under each code."""
        strata = Counter(code for row in self.rows for code in attributes(row, self.codes)["strata"])
        codes = Counter(one.code for one in self.excluded)
        return {"pool": {code: strata[code] for code in self.codes}, "excluded": dict(sorted(codes.items()))}

    def list_file(self, key: bytes) -> bytes:
        """Return the list of the draw: a salted leaf for each candidate."""
        made = [leaves.candidate(SUITE, key, row.number, attributes(row, self.codes)) for row in self.rows]
        return candidates.write_list(made)

    def exclusions_file(self, key: bytes, eligible: Mapping[str, Row]) -> bytes:
        """Return the exclusions: leaf, code and the salted hash of what shows it."""
        return candidates.write_exclusions(
            candidates.Exclusion(
                leaf_of(key, eligible[one.number], self.codes), one.code, evidence(key, one)
            )
            for one in self.excluded
        )  # fmt: skip


def eligible(rows: Iterable[Row], wanted: Wanted) -> dict[str, Row]:
    """Return by number who is eligible by the rule: of a wanted speciality, and of the region."""
    codes = {need.code for need in wanted.needs}
    return {row.number: row for row in rows if codes & set(row.specialities) and row.region.startswith(wanted.region)}


def sort(rows: Mapping[str, Row], present: Mapping[str, Present], case: Case, wanted: Wanted, days: Span) -> Pool:
    """Return who of the eligible may be drawn and who is excluded, each under one code.

    `rows` as the snapshot has them, `present` as the library stands now; who has left it is excluded. `days` are the
    first and the last day of the committee's work.
    """
    found = {number: why_not(row, present.get(number), case, days) for number, row in rows.items()}
    kept = [row for number, row in rows.items() if found[number] is None]
    out = [one for one in found.values() if one is not None]
    return Pool(kept, out, tuple(need.code for need in wanted.needs))


def why_not(row: Row, now: Present | None, case: Case, days: Span) -> Excluded | None:
    """Return under which code an expert falls out, or None: standing first, then time, then recusal."""
    if now is None or not now.active:
        return Excluded(row.number, "E05", {"standing": "out"})
    standing = library.standing(row, case.day)
    if standing not in {Standing.READY, Standing.AWAY}:
        return Excluded(row.number, STANDINGS[Standing(standing)], {"standing": standing})
    if any(meets(one, days) for one in (*row.away, *now.away, *now.engaged)):
        return Excluded(row.number, "E08", {"standing": Standing.AWAY})
    grounds = recusal.grounds(now.candidate, case)
    if not grounds:
        return None
    code = "E05" if grounds[0] == recusal.PUNISHED else CODES[grounds[0].code]
    return Excluded(row.number, code, {"grounds": [[one.code, one.rule] for one in grounds]})


def check_size(counts: Mapping[str, int], needs: Sequence[Need], day: date, *, narrowed: bool) -> list[str]:
    """Refuse a pool from which names could be guessed; return the specialities that are small in the whole library.

    In a chosen region a speciality has at least 30 and three for each seat, else the region is widened; in the whole
    library three for each seat and as many as the committee will do, and the record says so. Source: draw-protocol.md
    2, row 21. Raises RuleError.
    """
    least, times = table.find(LEAST, day), table.find(TIMES, day)
    seats = sum(need.count for need in needs)
    bare = {need.code: max(times.count * need.count, seats) for need in needs}
    small = [need.code for need in needs if counts[need.code] < max(bare[need.code], least.count)]
    if any(counts[code] < bare[code] or narrowed for code in small):
        raise RuleError(
            "Too few experts to draw from, so that names could be guessed: %(codes)s.",
            code="pool_too_small",
            basis="ggzy-draw/1, 2 row 21; X06",
            next_step=_("Let the supervisor widen the region, or apply with other specialities."),
            codes=", ".join(f"{code} {counts[code]}" for code in small),
        )
    return small


def meets(one: Span, other: Span) -> bool:
    """Say whether two spans of days, ends included, have a day in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def attributes(row: Row, codes: Iterable[str]) -> dict[str, Any]:
    """Return what a leaf hides beside the number: the wanted specialities and the region."""
    return {"region": row.region, "strata": sorted(set(codes) & set(row.specialities))}


def leaf_of(key: bytes, row: Row, codes: Iterable[str]) -> str:
    """Return the expert's id in the list of a draw."""
    return leaves.leaf(SUITE, leaves.salt(SUITE, key, row.number), row.number, attributes(row, codes))


def opening(key: bytes, row: Row, codes: Iterable[str]) -> dict[str, Any]:
    """Return what opens a leaf after the result (draw-protocol.md 3.10)."""
    salt = leaves.salt(SUITE, key, row.number)
    return {
        "id": leaf_of(key, row, codes),
        "salt": salt.hex(),
        "expert_id": row.number,
        "attrs": attributes(row, codes),
    }


def evidence(key: bytes, one: Excluded) -> str:
    """Return the salted hash of what shows an exclusion; who holds the key of the draw can check it."""
    said = wire.canonical({"code": one.code, **one.why})
    return wire.tagged_mac(SUITE, key, "evidence", one.number.encode(), said).hex()
