"""The days of a prequalification (资格预审): documents on offer, the deadline of applications, changes and objections.

All values are days in the county. 招标投标法实施条例 16, 17, 19, 21, 22; 政府采购法实施条例 21; 财政部令第87号 16, 27.
"""

from datetime import date

from trading import limits
from trading.rules import engine, table
from trading.rules.finding import Finding
from trading.rules.workdays import Calendar

PROCURED = "government_open_tender"


def require(
    kind: str, *, published_on: date, documents_from: date, documents_until: date, due_on: date, calendar: Calendar
) -> tuple[Finding, ...]:
    """Return the findings of a lawful schedule; refuse the first that is not, with its article (T01, T02; G02, G03).

    Raises LimitNotMet, LimitUncertain.
    """
    if kind == PROCURED:
        spans = (("G02", published_on, due_on), ("G03", documents_from, documents_until))
    else:
        spans = (("T01", documents_from, documents_until), ("T02", documents_until, due_on))
    return tuple(limits.require(rule, start=start, end=end, calendar=calendar) for rule, start, end in spans)


def require_change(kind: str, *, changed_on: date, due_on: date, calendar: Calendar) -> Finding:
    """Return the finding of a change that leaves time enough to the deadline (T03, G04.prequal).

    Raises LimitNotMet, LimitUncertain.
    """
    rule = "G04.prequal" if kind == PROCURED else "T03"
    return limits.require(rule, start=changed_on, end=due_on, calendar=calendar)


def last_objection_day(kind: str, *, documents_until: date, due_on: date, calendar: Calendar) -> date:
    """Return the last day to object to the prequalification documents.

    A tender: two days before applications are due (T06). Procurement: seven working days after the documents could be
    had last (G21; 政府采购法实施条例 53).
    """
    if kind == PROCURED:
        return engine.deadline("G21", documents_until, calendar=calendar).date or due_on
    return engine.deadline("T06", due_on, before=True, calendar=calendar).date or due_on


def least(kind: str, *, opened: bool, on: date) -> tuple[int, str]:
    """Return how many must qualify, with the article: before bids (Q02) or after the opening (Q02.opened)."""
    rule = table.find("Q02.opened" if opened or kind == PROCURED else "Q02", on)
    return rule.count, rule.basis
