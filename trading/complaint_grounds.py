"""When a complaint may be made, and what may follow from its decision (实施条例 60; 94号令 17 to 19, 29 to 32)."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, holiday_notice
from trading.errors import RuleError
from trading.notice import Kind
from trading.objection import Objection, Outcome
from trading.procedures import TENDERS, complaint_days

OBJECTED_FIRST = frozenset({"notice", "result"})
LAID_OPEN = {
    "notice": (Kind.TENDER, Kind.PROCUREMENT, Kind.PREQUALIFICATION),
    "result": (Kind.CANDIDATES, Kind.PROCURED),
}
BASIS = "招标投标法实施条例 60; 政府采购法 55; 94号令 17, 19"


class Remedy(models.TextChoices):
    """What an upheld complaint orders (招标投标法实施条例 81; 94号令 31, 32)."""

    NONE = "none", _("Nothing changes in the result")
    NEXT = "next", _("The candidate gives way; who follows is awarded")
    EVALUATE = "evaluate", _("The bids are evaluated again")
    RETENDER = "retender", _("The tender ends and is held again")


def before(complaint: Any) -> Objection | None:
    """Return the complainant's newest objection to the same matter, or None."""
    own = Objection.objects.filter(
        lot=complaint.lot_id, organisation=complaint.organisation_id, matter=complaint.matter
    )
    return own.exclude(state__in=["", "withdrawn"]).order_by("-created_at").first()


def check(complaint: Any) -> None:
    """Refuse what is no complaint, comes too soon or too late, or from who is not concerned. Raises RuleError."""
    if complaint.lot.kind not in TENDERS:
        raise RuleError(
            gettext_noop("Complaints of this form are about tenders and procurements."),
            code="kind_wrong",
            basis=BASIS,
            next_step=gettext_noop("Write to the sector regulator."),
        )
    if not complaint.text.strip():
        raise RuleError(
            gettext_noop("State facts, evidence and what you ask for."), code="complaint_empty", basis=BASIS
        )
    _check_objection(complaint)
    _check_standing(complaint)
    last = _make_by(complaint)
    if complaint.made_on > last:
        raise RuleError(
            gettext_noop("The time to complain ended with %(last)s."),
            code="complaint_late",
            basis=BASIS,
            next_step=gettext_noop("Give supervision what you know; it may act by itself."),
            last=last.isoformat(),
        )


def check_remedy(complaint: Any) -> None:
    """Refuse a decision whose remedy does not fit its outcome. Raises RuleError."""
    if (complaint.outcome == Outcome.REJECTED) == bool(complaint.remedy):
        raise RuleError(
            gettext_noop("What was upheld has a remedy; what was dismissed has none."),
            code="remedy_wrong",
            basis="招标投标法实施条例 81; 94号令 29, 31, 32",
            next_step=gettext_noop("Choose outcome and remedy together."),
        )


def _check_objection(complaint: Any) -> None:
    made = complaint.objection
    if made is None and (complaint.matter in OBJECTED_FIRST or _is_procurement(complaint)):
        raise RuleError(
            gettext_noop("Object first; whoever is not satisfied with the answer complains."),
            code="objection_first",
            basis=BASIS,
            next_step=gettext_noop("Raise an objection to the owner or its agency while its time runs."),
        )
    if made is not None and made.state == "raised" and not _overdue(complaint, made):
        raise RuleError(
            gettext_noop("Your objection waits for its answer until %(due)s."),
            code="answer_awaited",
            basis=BASIS,
            next_step=gettext_noop("Wait for the answer, or for the end of its time."),
            due=str(made.reply_due_on),
        )


def _check_standing(complaint: Any) -> None:
    """Refuse a complaint without an objection from who neither bid nor says how it is concerned."""
    concerned = complaint.objection is not None or complaint.interest.strip()
    if not concerned and not complaint.lot.bids.filter(organisation=complaint.organisation_id).exists():
        raise RuleError(
            gettext_noop("Only a bidder, or whoever states an interest in the matter, may complain."),
            code="interest_not_stated",
            basis="招标投标法 65; 招标投标法实施条例 60",
            next_step=gettext_noop("State how the breach affects your own rights."),
        )


def _make_by(complaint: Any) -> date:
    """Return the last day to complain; what was published could be known from its first day."""
    made: Objection | None = complaint.objection
    kinds = LAID_OPEN.get(complaint.matter, ())
    notice = complaint.lot.notices.filter(kind__in=kinds).order_by("-published_at").first()
    known = clock.local_date(notice.published_at) if notice else complaint.known_on or complaint.made_on
    span = None if made is None else (_day(complaint, made.created_at), _answered(complaint, made))
    due = made.reply_due_on if made else None
    procedure = TENDERS[complaint.lot.kind]
    days = {"known_on": min(known, complaint.made_on), "answer": span, "answer_due": due}
    return complaint_days.make_by(procedure, **days, calendar=holiday_notice.calendar())


def _answered(complaint: Any, made: Objection) -> date:
    """Return the day of the answer, or the one on which it was due."""
    answered = made.answered_on or made.reply_due_on
    return answered or _day(complaint, made.created_at)


def _overdue(complaint: Any, made: Objection) -> bool:
    return made.reply_due_on is not None and complaint.made_on > made.reply_due_on


def _day(complaint: Any, moment: Any) -> date:
    return clock.local_date(complaint.lot.at(moment))


def _is_procurement(complaint: Any) -> bool:
    return complaint_days.stops_at_most(TENDERS[complaint.lot.kind])
