"""The frozen list of a draw, and the exclusions with their codes: files that anyone can hash.

Pure. A line of the list is `id TAB strata TAB weight TAB group`, strictly ascending by the bytes of
the id, so no two parties can disagree about the order and nobody stands in it twice.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trading.draws.wire import Malformed, digest, merkle_root

ID = r"[0-9A-Za-z._:-]{1,64}"
STRATA = r"[0-9A-Z]{1,16}(?:,[0-9A-Z]{1,16})*"
LINE = re.compile(rf"({ID})\t({STRATA})\t([1-9][0-9]{{0,2}}|1000)\t({ID})")
EXCLUSION = re.compile(rf"({ID})\t(E[0-9]{{2}})\t([0-9a-f]{{64}})")
NO_GROUP = "-"
EXCLUSION_CODES = {
    "E01": "asked to be recused",
    "E02": "has an interest in a bidder",
    "E03": "belongs to the owner",
    "E04": "belongs to the supervising department",
    "E05": "is suspended or removed",
    "E06": "is of another speciality",
    "E07": "has reached the limit of draws",
    "E08": "is engaged at that time",
    "E09": "is a new entry in its cooling period",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    id: str
    strata: tuple[str, ...]
    weight: int = 1
    group: str = NO_GROUP

    def line(self) -> bytes:
        """Return the line of the list file, without its line feed."""
        return f"{self.id}\t{','.join(self.strata)}\t{self.weight}\t{self.group}".encode("ascii")


@dataclass(frozen=True, slots=True)
class FrozenList:
    """A list file and what the commit record says of it."""

    candidates: tuple[Candidate, ...]
    n: int
    sha: str
    root: str

    def facts(self) -> dict[str, str | int]:
        """Return the member `list` of the commit record."""
        return {"n": self.n, "root": self.root, "sha": self.sha}


@dataclass(frozen=True, slots=True)
class Exclusion:
    id: str
    code: str
    evidence: str


def parse_list(raw: bytes, suite: str) -> FrozenList:
    """Return the candidates of a list file, in file order, with its hash, Merkle root and length.

    Raises Malformed: bad_line, duplicate, unsorted.
    """
    lines = split_lines(raw, "The list")
    candidates = tuple(_candidate(line, number) for number, line in enumerate(lines, 1))
    check_ascending([candidate.id for candidate in candidates])
    root = merkle_root(suite, [line.encode("ascii") for line in lines]).hex()
    return FrozenList(candidates, len(candidates), digest(suite, raw).hex(), root)


def write_list(candidates: Iterable[Candidate]) -> bytes:
    """Return the list file of candidates in any order; `parse_list` is its judge."""
    ordered = sorted(candidates, key=lambda candidate: candidate.id)
    raw = b"".join(candidate.line() + b"\n" for candidate in ordered)
    parse_list(raw, "sha256")
    return raw


def parse_exclusions(raw: bytes) -> tuple[Exclusion, ...]:
    """Return the exclusions of a file `id TAB code TAB evidence hash`, ascending by id."""
    exclusions = tuple(_exclusion(line, number) for number, line in enumerate(split_lines(raw, "The exclusions"), 1))
    check_ascending([exclusion.id for exclusion in exclusions])
    return exclusions


def write_exclusions(exclusions: Iterable[Exclusion]) -> bytes:
    """Return the exclusions file of exclusions in any order."""
    ordered = sorted(exclusions, key=lambda exclusion: exclusion.id)
    raw = "".join(f"{entry.id}\t{entry.code}\t{entry.evidence}\n" for entry in ordered).encode("ascii")
    parse_exclusions(raw)
    return raw


def exclusion_facts(raw: bytes, suite: str) -> dict[str, str | int]:
    """Return the member `excl` of the commit record."""
    lines = split_lines(raw, "The exclusions")
    return {
        "n": len(lines),
        "root": merkle_root(suite, [line.encode("ascii") for line in lines]).hex(),
    }


def check_apart(candidates: Iterable[Candidate], exclusions: Iterable[Exclusion]) -> None:
    """Refuse a list with somebody who is excluded from it: those eligible by the rule are one or the other."""
    excluded = {exclusion.id for exclusion in exclusions}
    if both := sorted(candidate.id for candidate in candidates if candidate.id in excluded):
        raise Malformed("On the list and excluded from it: %(ids)s.", code="excluded_listed", ids=", ".join(both))


def split_lines(raw: bytes, what: str) -> list[str]:
    """Return the lines of an ASCII file in which each one, the last too, ends in one line feed."""
    if not raw.isascii():
        raise Malformed("%(what)s is not plain ASCII.", code="bad_line", what=what)
    lines = raw.decode("ascii").split("\n")
    if lines.pop():
        raise Malformed("The last line of %(what)s has no line feed.", code="bad_line", what=what)
    return lines


def check_ascending(ids: Sequence[str]) -> None:
    """Raise Malformed where an id is not greater than the one before it."""
    for number, (before, after) in enumerate(itertools.pairwise(ids), 2):
        if after == before:
            raise Malformed("Line %(number)s repeats %(id)s.", code="duplicate", number=number, id=after)
        if after < before:
            raise Malformed(
                "Line %(number)s is out of order: %(id)s stands after %(before)s.",
                code="unsorted",
                number=number,
                id=after,
                before=before,
            )


def _candidate(line: str, number: int) -> Candidate:
    match = LINE.fullmatch(line)
    if match is None:
        raise Malformed("Line %(number)s of the list is malformed.", code="bad_line", number=number)
    ident, strata, weight, group = match.groups()
    names = tuple(strata.split(","))
    if list(names) != sorted(set(names)):
        raise Malformed("Line %(number)s: the strata are not sorted and unique.", code="bad_line", number=number)
    return Candidate(ident, names, int(weight), group)


def _exclusion(line: str, number: int) -> Exclusion:
    match = EXCLUSION.fullmatch(line)
    if match is None or match[2] not in EXCLUSION_CODES:
        raise Malformed("Line %(number)s of the exclusions is malformed.", code="bad_line", number=number)
    return Exclusion(match[1], match[2], match[3])
