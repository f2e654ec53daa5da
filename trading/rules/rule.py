"""One limit of the law or of the platform, as a dated value.

A rule says: between two events, or of a quantity, at least or at most so much, by this article, from this day to
that. Its id is stable; when the number changes, a new version with its own validity stands beside the old one.
`verified` is false where the article's text has not been compared with the number yet: such a rule is a parameter to
confirm before real use.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Number = int | Decimal | Fraction


class Unit(StrEnum):
    DAYS = "d"
    WORKING_DAYS = "wd"
    MONTHS = "m"
    YEARS = "y"
    HOURS = "h"
    MINUTES = "min"
    SECONDS = "s"
    SHARE = "share"
    COUNT = "count"
    YUAN = "CNY"
    NONE = ""


class Direction(StrEnum):
    AT_LEAST = "≥"
    AT_MOST = "≤"
    AT_LEAST_BEFORE = "≥B"
    AT_MOST_BEFORE = "≤B"
    EXACTLY = "="
    RANGE = "range"  # from number to upper, both included
    FROM = "from"  # a threshold: the duty begins at the number
    PROMPT = "prompt"  # the law sets no number


class Roll(StrEnum):
    """Where a limit goes when its last day is a day off."""

    NONE = "none"
    STATUTORY = "statutory"  # past the days off of a statutory holiday, as the State Council's notice gives them
    NON_WORKDAY = "non_workday"  # past ordinary weekends too


CALENDAR_UNITS = frozenset({Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS})


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    direction: Direction
    number: Number | None
    unit: Unit
    start: str
    end: str
    en: str
    zh: str
    _: KW_ONLY
    basis: str
    verified: bool = True
    roll: Roll = Roll.NONE
    upper: Number | None = None
    odd: bool = False
    name: str = ""
    version: int = 1
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def is_period(self) -> bool:
        """Whether the rule yields one date from another."""
        return self.unit in CALENDAR_UNITS and self.number is not None and self.direction is not Direction.RANGE

    @property
    def days(self) -> int:
        """Return the number of a period."""
        if not self.is_period:
            raise TypeError(self.id)
        return int(self.number or 0)

    @property
    def count(self) -> int:
        """Return the number of a count."""
        if self.unit is not Unit.COUNT:
            raise TypeError(self.id)
        return int(self.number or 0)

    @property
    def yuan(self) -> Decimal:
        """Return the number of an amount of money."""
        if self.unit is not Unit.YUAN:
            raise TypeError(self.id)
        return Decimal(str(self.number))

    def in_force(self, day: date) -> bool:
        """Return whether the rule applies on `day`; both ends of its validity are included."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)
