"""A limit of the rule table as a guard: an act goes on when the engine finds it compliant, and is refused with the article when not. Pure."""

from datetime import date

from trading.errors import RuleError
from trading.rules import engine


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
    """Return the day that the limit gives when it runs from `start`. Raises LimitUncertain."""
    found = engine.deadline(rule_id, start).date
    if found is None:
        raise LimitUncertain("%(rule)s from %(start)s cannot be computed.", rule=rule_id, start=start.isoformat())
    return found
