"""The daily snapshot of the library as a file: `ggzy-library/1`. Pure.

ASCII, no header, a line for each expert in the library, strictly ascending by number, nine fields with tabs between:

    number salt standing specialities region organisations drawable_on away rehearsal

The salt is 32 bytes in hex, so that a line's hash tells nothing of the line; `specialities` are codes, `organisations`
the credit codes by which recusal may fall on the expert, `away` the days of leave and suspension as `first/last`, each
list joined by commas and sorted, `-` for an empty one. No line holds a name or another piece of personal data. `root`
is the RFC 6962 root over the lines without their line feed, as for a draw's list. Source: draw-protocol.md, 3.2, 3.3.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from trading.ledger import merkle

FORMAT = "ggzy-library/1"
DAYS = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
LINE = re.compile(
    r"(E[0-9A-Z]{10})\t([0-9a-f]{64})\t([a-z]+)\t(-|[0-9A-Z]{1,16}(?:,[0-9A-Z]{1,16})*)\t(-|[0-9]{6})"
    r"\t(-|[0-9A-Z]{18}(?:,[0-9A-Z]{18})*)"
    rf"\t(-|{DAYS})\t(-|{DAYS}/{DAYS}(?:,{DAYS}/{DAYS})*)\t([01])"
)


class LibraryError(ValueError):
    """A file that is no snapshot of a library."""


class Standing(StrEnum):
    """Whether the expert may be drawn on the day of the snapshot, or why not."""

    READY = "ready"
    COOLING = "cooling"
    AWAY = "away"
    SUSPENDED = "suspended"
    AGED = "aged"


@dataclass(frozen=True, order=True)
class Row:
    """One expert as the draw sees it."""

    number: str
    standing: str
    specialities: tuple[str, ...]
    region: str
    organisations: tuple[str, ...]
    drawable_on: date | None
    away: tuple[tuple[date, date], ...]
    rehearsal: bool = False


class Written(NamedTuple):
    """A snapshot's file, its digest, its root and how many experts it holds."""

    content: bytes
    sha256: str
    root: str
    size: int


def write(rows: Iterable[Row], key: bytes) -> Written:
    """Return the file of these experts; `key` makes the salts, so that the same rows make the same file.

    Raises LibraryError for a number that stands twice.
    """
    ordered = sorted(rows)
    if len({row.number for row in ordered}) != len(ordered):
        raise LibraryError("an expert stands in the library twice")
    lines = [line(row, salt(key, row.number)).encode("ascii") for row in ordered]
    content = b"".join(one + b"\n" for one in lines)
    return Written(content, hashlib.sha256(content).hexdigest(), root(lines), len(lines))


def root(lines: Sequence[bytes]) -> str:
    """Return the root over the lines, in hex."""
    return merkle.root([merkle.leaf_hash(one) for one in lines]).hex()


def salt(key: bytes, number: str) -> str:
    """Return the salt of an expert's line, in hex."""
    return hmac.digest(key, number.encode(), "sha256").hex()


def line(row: Row, salt: str) -> str:
    """Return an expert's line without its line feed."""
    away = [f"{first.isoformat()}/{last.isoformat()}" for first, last in row.away]
    fields = [
        row.number,
        salt,
        row.standing,
        _joined(row.specialities),
        row.region or "-",
        _joined(row.organisations),
        row.drawable_on.isoformat() if row.drawable_on else "-",
        _joined(away),
        str(int(row.rehearsal)),
    ]
    return "\t".join(fields)


def read(content: bytes) -> list[Row]:
    """Return the experts of a file. Raises LibraryError: a line that is none, or out of order."""
    if content and not content.endswith(b"\n"):
        raise LibraryError("the file ends in the middle of a line")
    rows = [_row(number, one) for number, one in enumerate(content.decode("ascii", "replace").splitlines(), start=1)]
    for before, after in pairwise(rows):
        if before.number >= after.number:
            raise LibraryError(f"{after.number} stands out of order")
    return rows


def standing(row: Row, on: date) -> str:
    """Return whether the expert may be drawn on a day, from what the row says; suspension and age are the day's own."""
    if row.standing in {Standing.SUSPENDED, Standing.AGED}:
        return row.standing
    if row.drawable_on is None or on < row.drawable_on:
        return Standing.COOLING
    return Standing.AWAY if any(first <= on <= last for first, last in row.away) else Standing.READY


def _joined(values: Iterable[str]) -> str:
    return ",".join(sorted(set(values))) or "-"


def _row(number: int, text: str) -> Row:
    match = LINE.fullmatch(text)
    if match is None:
        raise LibraryError(f"line {number} is no expert")
    name, _salt, said, codes, region, organisations, drawable, away, rehearsal = match.groups()
    days = [tuple(map(_day, pair.split("/"))) for pair in _parted(away)]
    return Row(
        name,
        Standing(said),
        _parted(codes),
        "" if region == "-" else region,
        _parted(organisations),
        None if drawable == "-" else _day(drawable),
        tuple((first, last) for first, last in days),
        rehearsal == "1",
    )


def _parted(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise LibraryError(f"{text} is no day") from error
