"""A limit of the rule table as a guard.

An act goes on when the engine finds it kept, and is refused with the article when not. What the engine found says
which holiday notices it used, so that the act can put them on record.

Pure.
"""

from datetime import date
from typing import NamedTuple

from trading.errors import RuleError
from trading.rules import engine
from trading.rules.finding import Finding
from trading.rules.rule import Direction, Roll
from trading.rules.workdays import Calendar, CalendarNotPublished
from trading.text import mark as _


class LimitNotMet(RuleError):
    """A period or number of the rule table is not kept."""

    code = "limit_not_met"
    next_step = _("Choose a date that keeps the limit.")


class LimitUncertain(RuleError):
    """The engine cannot decide, for example because a year's calendar has not been published."""

    code = "limit_uncertain"
    next_step = CalendarNotPublished.next_step


class Due(NamedTuple):
    """The day that a limit gives, and the holiday notices it rests on."""

    day: date
    calendar: list[dict[str, int]]


def require(rule_id: str, *, start: date, end: date, calendar: Calendar) -> Finding:
    """Return what the engine found; refuse unless the period from `start` to `end` keeps the rule.

    Raises LimitNotMet, LimitUncertain.
    """
    finding = engine.check(rule_id, start=start, end=end, calendar=calendar)
    if finding.status == engine.Status.UNCERTAIN:
        raise LimitUncertain(
            "%(rule)s: the working days of %(year)s are not published; %(start)s to %(end)s may break “%(title)s”.",
            basis=finding.basis,
            year=finding.inputs.get("year", "-"),
            **_named(finding, start, end),
        )
    if finding.status != engine.Status.COMPLIANT:
        raise LimitNotMet(
            "%(rule)s: from %(start)s to %(end)s does not keep “%(title)s”; the limit is %(limit)s.",
            basis=finding.basis,
            limit=finding.date.isoformat() if finding.date else "-",
            **_named(finding, start, end),
        )
    return finding


def due(rule_id: str, start: date, *, calendar: Calendar) -> Due:
    """Return the day that the limit gives when it runs from `start`.

    Where a holiday notice is missing, a limit of "at most" falls on its plain day: an earlier limit is always lawful.
    A period of "at least" is not guessed. Raises LimitUncertain.
    """
    finding = engine.deadline(rule_id, start, calendar=calendar)
    if finding.date is None and finding.rule is not None and finding.rule.direction is Direction.AT_MOST:
        finding = engine.deadline(rule_id, start, roll_on=Roll.NONE, calendar=calendar)
    if finding.date is None:
        raise LimitUncertain(
            "%(rule)s from %(start)s cannot be computed: the working days of %(year)s are not published.",
            basis=finding.basis,
            rule=rule_id,
            start=start.isoformat(),
            year=finding.inputs.get("year", "-"),
        )
    return Due(finding.date, used(finding))


def used(*findings: Finding) -> list[dict[str, int]]:
    """Return the holiday notices that the findings rest on, as the ledger writes them."""
    notices = {pair for finding in findings for pair in finding.calendars}
    return [{"year": year, "version": version} for year, version in sorted(notices)]


def _named(finding: Finding, start: date, end: date) -> dict[str, str]:
    return {
        "rule": finding.rule_id,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "title": finding.title,
    }
