"""A limit of the rule table as a guard.

An act goes on when the engine finds it kept, and is refused with the article when not.

Pure.
"""

from datetime import date

from trading.errors import RuleError
from trading.rules import engine
from trading.rules.rule import Direction, Roll


class LimitNotMet(RuleError):
    """A period or number of the rule table is not kept."""

    code = "limit_not_met"


class LimitUncertain(RuleError):
    """The engine cannot decide, for example because a year's calendar has not been published."""

    code = "limit_uncertain"
    next_step = "Enter the missing year of the State Council's holiday notice, then try again."


def require(rule_id: str, *, start: date, end: date) -> None:
    """Refuse unless the period from `start` to `end` keeps the rule."""
    finding = engine.check(rule_id, start=start, end=end)
    if finding.status == engine.Status.COMPLIANT:
        return
    kind = LimitUncertain if finding.status == engine.Status.UNCERTAIN else LimitNotMet
    raise kind(
        "%(rule)s: from %(start)s to %(end)s does not keep “%(title)s”; the limit is %(limit)s.",
        basis=finding.basis,
        next_step="Choose a date that keeps the limit.",
        rule=rule_id,
        start=start.isoformat(),
        end=end.isoformat(),
        title=finding.title,
        limit=finding.date.isoformat() if finding.date else "-",
    )


def last_day(rule_id: str, start: date) -> date:
    """Return the day that the limit gives when it runs from `start`.

    Where a holiday notice is missing, a limit of "at most" falls on its plain day: an earlier limit is always lawful.
    A period of "at least" is not
    guessed. Raises LimitUncertain.
    """
    finding = engine.deadline(rule_id, start)
    if finding.date is None and finding.rule is not None and finding.rule.direction is Direction.AT_MOST:
        finding = engine.deadline(rule_id, start, roll_on=Roll.NONE)
    if finding.date is None:
        raise LimitUncertain("%(rule)s from %(start)s cannot be computed.", rule=rule_id, start=start.isoformat())
    return finding.date
