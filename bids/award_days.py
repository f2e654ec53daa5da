"""The days of an award, on its lot's clock and without those on which the lot was suspended."""

from datetime import date

from bids import suspended
from trading import clock, holiday_notice
from trading.lot import Lot
from trading.procedures import TENDERS, standstill
from trading.procedures.standstill import Span
from trading.rules import periods
from trading.rules.rule import Direction, Rule
from trading.rules.workdays import CalendarNotPublished


def today(lot: Lot) -> date:
    """Return the county's calendar day on the lot's clock."""
    return clock.local_date(lot.now())


def rule_of(lot: Lot, name: str, on: date) -> Rule:
    """Return the rule of the lot's procedure that is in force. Raises NotInForce."""
    return TENDERS[lot.kind].rule(name, on)


def lost(lot: Lot) -> list[Span]:
    """Return the days that suspensions took, a running one up to today."""
    return [(clock.local_date(start), clock.local_date(end)) for start, end in suspended.times(lot)]


def due(lot: Lot, name: str, start: date, *, number: int | None = None) -> date:
    """Return the last day of the procedure's limit `name` that runs from `start`, suspensions left out.

    Where a holiday notice is missing, a limit of "at most" falls on its plain day: an earlier limit is always lawful.
    A period of "at least" is not guessed. Raises CalendarNotPublished.
    """
    rule = rule_of(lot, name, start)
    try:
        return standstill.last_day(rule, start, number=number, lost=lost(lot), calendar=holiday_notice.calendar())
    except CalendarNotPublished:
        if rule.direction is not Direction.AT_MOST:
            raise
        return periods.plain(start, rule.days, rule.unit)


def has_passed(lot: Lot, name: str, start: date) -> bool:
    """Say whether the limit that runs from `start` is over today."""
    return today(lot) > due(lot, name, start)
