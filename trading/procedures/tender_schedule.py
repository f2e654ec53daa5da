"""The days of a tender: documents on offer, the deadline, what an amendment does to it, objections and replies.

All values are days in the county; a moment at midnight belongs to the day that it ends. Which rule says what stands in
the procedure: `issue_days` is 招标投标法 24 for a tender and 政府采购法 35 for government procurement, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trading import limits
from trading.errors import RuleError
from trading.procedures.procedure import Procedure
from trading.rules import engine
from trading.rules.finding import Finding
from trading.rules.workdays import Calendar, CalendarNotPublished
from trading.text import mark as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A tender's days in their order; `notice_until` is the last day of the notice."""

    published_on: date
    notice_until: date
    documents_from: date
    documents_until: date
    deadline: date


class AmendmentTooLate(RuleError):
    """What changes so shortly before the deadline moves the deadline."""

    code = "amendment_too_late"
    next_step = _("Move the deadline in the same act, to the day named or a later one.")


def check(procedure: Procedure, schedule: Schedule, *, calendar: Calendar) -> tuple[Finding, ...]:
    """Return what the engine finds of each limit, kept or not, in the order of the schedule.

    A day before the one it must follow is an invalid input of its rule. Sources: 招标投标法 24; 招标投标法实施条例 16;
    政府采购法 35; 政府采购法实施条例 31; 财政部令第87号 16, 18.
    """
    return tuple(
        engine.check(rule, start=start, end=end, calendar=calendar) for rule, start, end in _spans(procedure, schedule)
    )


def require(procedure: Procedure, schedule: Schedule, *, calendar: Calendar) -> tuple[Finding, ...]:
    """Return the findings of a lawful schedule; refuse the first that is not, with its article.

    Raises LimitNotMet, LimitUncertain.
    """
    return tuple(
        limits.require(rule, start=start, end=end, calendar=calendar)
        for rule, start, end in _spans(procedure, schedule)
    )


def propose(
    procedure: Procedure, published_on: date, *, documents_from: date | None = None, calendar: Calendar
) -> Schedule:
    """Return the earliest lawful schedule of a notice published on a day. Raises CalendarNotPublished."""
    begins = max(documents_from or published_on, published_on)
    offered = _limit(procedure, "documents_days", begins, calendar)
    notice = _limit(procedure, "notice_days", published_on, calendar) if "notice_days" in procedure.rules else offered
    return Schedule(
        published_on=published_on,
        notice_until=notice,
        documents_from=begins,
        documents_until=offered,
        deadline=max(_limit(procedure, "issue_days", begins, calendar), offered),
    )


def earliest_deadline_after_amendment(procedure: Procedure, amended_on: date, *, calendar: Calendar) -> date:
    """Return the first lawful deadline of a tender whose documents change on a day. Raises CalendarNotPublished."""
    return _limit(procedure, "amendment_days", amended_on, calendar)


def check_amendment(procedure: Procedure, *, amended_on: date, deadline: date, calendar: Calendar) -> Finding:
    """Return the finding for a change so many days before the deadline; refuse a deadline that is too near.

    Source: 招标投标法 23; 招标投标法实施条例 21; 政府采购法实施条例 31. Raises AmendmentTooLate, CalendarNotPublished.
    """
    first = earliest_deadline_after_amendment(procedure, amended_on, calendar=calendar)
    found = engine.check(procedure.rules["amendment_days"], start=amended_on, end=deadline, calendar=calendar)
    if deadline < first:
        raise AmendmentTooLate(
            "Documents that change on %(on)s need a deadline of %(first)s or later; it is %(deadline)s.",
            basis=found.basis,
            on=amended_on.isoformat(),
            first=first.isoformat(),
            deadline=deadline.isoformat(),
        )
    return found


def last_objection_day(procedure: Procedure, *, documents_until: date, deadline: date, calendar: Calendar) -> date:
    """Return the last day on which anybody may object to the documents.

    A tender: ten days before the deadline (招标投标法实施条例 22). Government procurement: seven working days after the
    documents, or their last change, could be had last (政府采购法 52; 政府采购法实施条例 53; 94号令 11); the deadline
    of bids does not cut it. Raises CalendarNotPublished.
    """
    if "objection_days" not in procedure.rules:
        return _limit(procedure, "challenge_days", documents_until, calendar)
    found = engine.deadline(procedure.rules["objection_days"], deadline, before=True, calendar=calendar)
    return _date(found)


def _spans(procedure: Procedure, schedule: Schedule) -> Iterator[tuple[str, date, date]]:
    """Yield what the procedure limits: the rule, its first day, its last."""
    spans = {
        "notice_days": (schedule.published_on, schedule.notice_until),
        "documents_days": (schedule.documents_from, schedule.documents_until),
        "issue_days": (schedule.documents_from, schedule.deadline),
    }
    return ((procedure.rules[name], *span) for name, span in spans.items() if name in procedure.rules)


def _limit(procedure: Procedure, name: str, start: date, calendar: Calendar) -> date:
    return _date(engine.deadline(procedure.rules[name], start, calendar=calendar))


def _date(found: Finding) -> date:
    if found.date is None:
        raise CalendarNotPublished(int(str(found.inputs["year"])))
    return found.date
