"""Periods that stand still with their lot: a day on which it was suspended is no day of a publicity or of a limit.

The period itself is counted as everywhere: its first day does not count, and a limit that ends in the days off of a
statutory holiday moves past them (民法典 201, 203). So nobody loses a day to object or to sign (招标投标法实施条例 54,
62; 政府采购法 57).
"""

from collections.abc import Sequence
from datetime import date

from trading.rules.rule import Rule, Unit
from trading.rules.workdays import ONE_DAY, Calendar

Span = tuple[date, date]  # from the day a suspension began to the day it ended, both included


def last_day(
    rule: Rule, start: date, *, number: int | None = None, lost: Sequence[Span] = (), calendar: Calendar
) -> date:
    """Return the last day of the period from `start`: of as many days as the rule says, or of `number` days.

    Days, or working days, as the rule counts. Raises CalendarNotPublished; TypeError for a rule of other units.
    """
    if rule.unit not in {Unit.DAYS, Unit.WORKING_DAYS}:
        raise TypeError(rule.id)
    day, left = start, rule.days if number is None else number
    while left:
        day += ONE_DAY
        left -= not _is_in(day, lost) and (rule.unit is Unit.DAYS or calendar.is_workday(day))
    while _is_in(day, lost) or calendar.is_off(day, rule.roll):
        day += ONE_DAY
    return day


def _is_in(day: date, lost: Sequence[Span]) -> bool:
    return any(first <= day <= last for first, last in lost)
