"""The days of a fixed-price comparison, from notice to contract, and the light on a contract."""

from dataclasses import dataclass
from datetime import date, timedelta

from trading.errors import RuleError
from trading.procedures.fixed_price import PROCEDURE
from trading.rules import engine
from trading.rules.workdays import Calendar, CalendarNotPublished


class TooSoon(RuleError):
    """A chosen day leaves less time than the rule asks for."""

    code = "too_soon"


@dataclass(frozen=True, slots=True)
class Timetable:
    published_on: date
    closes_on: date
    list_on: date
    draw_on: date
    public_until: date
    notice_on: date
    sign_by: date


def propose(
    published_on: date,
    *,
    closes_on: date | None = None,
    list_on: date | None = None,
    draw_on: date | None = None,
    calendar: Calendar,
) -> Timetable:
    """Return the earliest lawful days, around those already chosen.

    Raises TooSoon for a chosen day that breaks its rule, and CalendarNotPublished.
    """
    closes_on = _chosen("notice_days", published_on, closes_on, calendar)
    first_list_day = calendar.next_workday(closes_on)
    if list_on is not None and list_on < closes_on:
        raise _too_soon("list_days", list_on, closes_on)
    list_on = list_on or first_list_day
    draw_on = _chosen("list_days", list_on, draw_on, calendar)
    public_until = _limit("public_days", draw_on, calendar)
    notice_on = calendar.next_workday(public_until)
    return Timetable(
        published_on=published_on,
        closes_on=closes_on,
        list_on=list_on,
        draw_on=draw_on,
        public_until=public_until,
        notice_on=notice_on,
        sign_by=_limit("sign_days", notice_on, calendar),
    )


def contract_light(
    noticed_on: date, *, signed_on: date | None, today: date, suspended_days: int = 0, calendar: Calendar
) -> str:
    """Return green, yellow or red: how a contract stands to its limit (domain rule ES-10).

    Yellow from the warning day on, red after the limit, green once signed in time. A suspension moves both.
    """
    start = noticed_on + timedelta(days=suspended_days)
    if (signed_on or today) > _limit("sign_days", start, calendar):
        return "red"
    if signed_on is None and today >= _limit("warn_days", start, calendar):
        return "yellow"
    return "green"


def _limit(name: str, start: date, calendar: Calendar) -> date:
    found = engine.deadline(PROCEDURE.rule(name, start).id, start, calendar=calendar)
    if found.date is None:
        raise CalendarNotPublished(int(str(found.inputs["year"])))
    return found.date


def _chosen(name: str, start: date, chosen: date | None, calendar: Calendar) -> date:
    first = _limit(name, start, calendar)
    if chosen is not None and chosen < first:
        raise _too_soon(name, chosen, first)
    return chosen or first


def _too_soon(name: str, chosen: date, first: date) -> TooSoon:
    rule = PROCEDURE.rule(name, chosen)
    return TooSoon(
        "%(chosen)s is too soon; the first day that %(rule)s allows is %(first)s.",
        basis=rule.basis,
        chosen=chosen.isoformat(),
        rule=rule.id,
        first=first.isoformat(),
    )
