"""Date arithmetic of the law: forward from the start event, backward from the end event.

The start day is excluded (Civil Code 201). Forward, a limit may roll past days off. Backward is the exact inverse:
`latest_start` is the last day from which at least the period fits before the end, `earliest_start` the first day from
which the end is still within the period.
"""

import calendar
from datetime import date, timedelta

from trading.rules.rule import Roll, Unit
from trading.rules.workdays import ONE_DAY, Calendar


def months_later(day: date, n: int) -> date:
    """Return the same day `n` months later, or that month's last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def plain(day: date, n: int, unit: Unit) -> date:
    """Return the day `n` units later with every day counted; no rule ends earlier than this."""
    if unit is Unit.YEARS:
        return months_later(day, 12 * n)
    if unit is Unit.MONTHS:
        return months_later(day, n)
    return day + timedelta(days=n)


def end(day: date, n: int, unit: Unit, *, roll: Roll, days: Calendar) -> date:
    """Return the last day of the period that starts on `day`. Raises CalendarNotPublished."""
    if unit is Unit.WORKING_DAYS:
        return days.roll(days.add(day, n), roll)
    return days.roll(plain(day, n, unit), roll)


def latest_start(day: date, n: int, unit: Unit, *, roll: Roll, days: Calendar) -> date:
    """Return the latest start whose period ends by `day`, a working day if counted in them.

    Raises CalendarNotPublished.
    """
    while days.is_off(day, roll):
        day -= ONE_DAY
    if unit is Unit.WORKING_DAYS:
        return days.subtract(day + ONE_DAY, n + 1)
    start = plain(day, -n, unit)
    while plain(start + ONE_DAY, n, unit) <= day:  # a month's last day answers for the days it lacks
        start += ONE_DAY
    return start


def earliest_start(day: date, n: int, unit: Unit, *, roll: Roll, days: Calendar) -> date:
    """Return the earliest start whose period reaches `day`, a working day if counted in them.

    Raises CalendarNotPublished.
    """
    while days.is_off(day - ONE_DAY, roll):
        day -= ONE_DAY
    if unit is Unit.WORKING_DAYS:
        return days.subtract(day, n)
    start = plain(day, -n, unit)
    while plain(start, n, unit) < day:
        start += ONE_DAY
    return start
