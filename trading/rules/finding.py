"""What the engine answers: one of five states, the rule and calendar used, the inputs, the day, and the reason."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from trading.rules.rule import Number, Rule
from trading.rules.workdays import Versions
from trading.text import mark as _


class Status(StrEnum):
    COMPLIANT = "compliant"
    VIOLATION = "violation"
    UNCERTAIN = "uncertain"
    NOT_APPLICABLE = "not_applicable"
    INVALID_INPUT = "invalid_input"


REASONS: Mapping[str, str] = {
    "unknown_rule": _("There is no rule %(rule)s."),
    "not_a_date": _("%(value)s is not a date written as 2026-02-13."),
    "not_a_roll": _("%(value)s is not one of none, statutory, non_workday."),
    "not_a_number": _("%(value)s is not a number the rule can be applied to."),
    "reversed": _("The end %(end)s lies before the start %(start)s."),
    "not_in_force": _("The rule was not in force on %(on)s."),
    "no_period": _("The rule sets no date."),
    "no_quantity": _("The rule sets no quantity."),
    "start_missing": _("The day of the start event is not known."),
    "end_missing": _("The day of the end event is not known."),
    "calendar_missing": _("The working days of %(year)s are not published."),
    "limit": _("The limit falls on %(date)s."),
    "kept": _("The limit is kept."),
    "broken": _("The limit is broken."),
    "even": _("The number must be odd."),
    "reached": _("The threshold is reached."),
    "not_reached": _("The threshold is not reached."),
}


def written(number: Number | None) -> int | str | None:
    """Return a rule's number for JSON: counts and periods as int, the rest as text."""
    if isinstance(number, Fraction) and 100 % number.denominator == 0:
        return f"{number * 100}%"
    return number if number is None or isinstance(number, int) else str(number)


@dataclass(frozen=True, slots=True)
class Finding:
    status: Status
    reason: str
    rule_id: str
    rule: Rule | None = None
    date: dt.date | None = None
    inputs: Mapping[str, object] = field(default_factory=dict)
    calendars: Versions = ()  # the holiday notices consulted: year and version

    @property
    def message(self) -> str:
        """The explanation with its %(name)s places, to be translated at a door."""
        return REASONS[self.reason]

    @property
    def params(self) -> dict[str, str]:
        """What fills the places of the explanation."""
        return {**{k: str(v) for k, v in self.inputs.items()}, "rule": self.rule_id, "date": str(self.date)}

    @property
    def explanation(self) -> str:
        """Why the status is what it is, in English."""
        return self.message % self.params

    @property
    def basis(self) -> str:
        """The article."""
        return self.rule.basis if self.rule else ""

    @property
    def title(self) -> str:
        """What the rule limits, in English."""
        return self.rule.en if self.rule else ""

    @property
    def version(self) -> int | None:
        """The version of the rule that was applied."""
        return self.rule.version if self.rule else None

    def as_deadline(self) -> dict[str, object]:
        """Return the answer of the deadline calculator, ready for JSON.

        `result` and `date` are the same day, ISO; both null when there is none.
        """
        day = self.date.isoformat() if self.date else None
        start = self.inputs.get("start")
        return {
            "rule": self.rule_id,
            "version": self.version,
            "basis": self.basis,
            "start": str(start) if start is not None else None,
            "limit": written(self.rule.number) if self.rule else None,
            "unit": str(self.rule.unit) if self.rule else None,
            "result": day,
            "date": day,
            "status": str(self.status),
        }


class NotADate(ValueError):
    """Text that is not a day the engine can work with."""


def parse_date(text: str) -> dt.date:
    """Return the day written as 2026-02-13, between 1950 and 2150. Raises NotADate."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise NotADate(text) from error
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) or not 1950 <= day.year <= 2150:
        raise NotADate(text)
    return day


def is_day(value: object) -> bool:
    """Return whether the value is a date and not a moment, whose day depends on the time zone."""
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
