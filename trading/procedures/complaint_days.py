"""The days of a complaint (投诉): until when it is made, accepted, decided, and how long it may stop a procurement.

Sources: 招标投标法实施条例 60, 61; 政府采购法 55 to 57; 政府采购质疑和投诉办法(财政部令第94号) 17 to 28.
"""

from collections.abc import Sequence
from datetime import date

from trading.procedures.procedure import Procedure
from trading.procedures.standstill import Span, last_day
from trading.rules import periods
from trading.rules.rule import Rule
from trading.rules.workdays import Calendar, CalendarNotPublished


def stops_at_most(procedure: Procedure) -> bool:
    """Say whether the law bounds how long a complaint may stop the procedure (政府采购法 57)."""
    return "suspension_days" in procedure.rules


def make_by(
    procedure: Procedure,
    *,
    known_on: date,
    answer: Span | None = None,
    answer_due: date | None = None,
    calendar: Calendar,
) -> date:
    """Return the last day to complain.

    A tender: ten days from the day the breach could be known; the days from an objection to its answer do not count.
    Procurement: fifteen working days from the day on which the answer to the challenge was due.
    """
    start = answer_due if stops_at_most(procedure) and answer_due is not None else known_on
    lost = [answer] if answer is not None and start == known_on else []
    return _due(procedure.rule("complaint_days", start), start, lost, calendar)


def accept_by(procedure: Procedure, made_on: date, *, calendar: Calendar) -> date:
    """Return the last day to accept a complaint or to return it."""
    return _due(procedure.rule("acceptance_days", made_on), made_on, [], calendar)


def decide_by(procedure: Procedure, *, made_on: date, accepted_on: date, calendar: Calendar) -> date:
    """Return the last day to decide, from the event that the rule names: the receipt or the acceptance."""
    rule = procedure.rule("decision_days", accepted_on)
    start = made_on if rule.start == "complaint_received" else accepted_on
    return _due(rule, start, [], calendar)


def stopped_until(procedure: Procedure, ordered_on: date, *, calendar: Calendar) -> date | None:
    """Return the last day for which the procedure may be stopped; None where the law sets no end."""
    if not stops_at_most(procedure):
        return None
    return _due(procedure.rule("suspension_days", ordered_on), ordered_on, [], calendar)


def _due(rule: Rule, start: date, lost: Sequence[Span], calendar: Calendar) -> date:
    """Return the last day; where a holiday notice is missing, the plain one: an earlier limit is always lawful."""
    try:
        return last_day(rule, start, lost=lost, calendar=calendar)
    except CalendarNotPublished:
        return periods.plain(start, rule.days, rule.unit)
