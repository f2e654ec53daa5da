"""The code list of specialities (评标专家专业分类), as dated data in `specialities.json`. Pure.

A code is also a stratum of a draw: at most 16 of `[0-9A-Z]` (draw-protocol.md, 3.2). The list is a selection to confirm
before real use; a province's own list replaces the file, and a code that ends keeps its line with `valid_to`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trading.errors import InvalidInput
from trading.text import mark as _

BASIS = "招标投标法实施条例 45"


@dataclass(frozen=True, slots=True)
class Speciality:
    """One speciality: its code, its name, and the days on which it may be given, both included."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None = None

    def in_force(self, day: date) -> bool:
        """Return whether the code may be given on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def read(text: str) -> dict[str, Speciality]:
    """Return the specialities of a list by code, in the order of the file."""
    rows: list[dict[str, Any]] = json.loads(text)["specialities"]
    made = [
        Speciality(
            row["code"],
            row["name"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        )
        for row in rows
    ]
    return {one.code: one for one in made}


ALL = read((Path(__file__).parent / "specialities.json").read_text("utf-8"))


def name_of(code: str) -> str:
    """Return how a code reads; one that the list does not know reads as itself."""
    return ALL[code].name if code in ALL else code


def check(codes: Iterable[str], on: date, *, most: int) -> list[str]:
    """Return the codes in order, each once. Raises InvalidInput: none, too many, or one that is not in force."""
    given = sorted(set(codes))
    if not 1 <= len(given) <= most:
        raise InvalidInput(
            "Choose one to %(most)s specialities; %(count)s are given.",
            code="specialities_count",
            basis=BASIS,
            next_step=_("Name the fields in which you have worked for eight years."),
            most=most,
            count=len(given),
        )
    unknown = [code for code in given if code not in ALL or not ALL[code].in_force(on)]
    if unknown:
        raise InvalidInput(
            "The list of specialities does not know %(codes)s.",
            code="speciality_unknown",
            basis=BASIS,
            next_step=_("Choose a code of the list."),
            codes=", ".join(unknown),
        )
    return given
