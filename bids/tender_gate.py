"""What a tender must keep before it is registered and whenever its days are set or moved."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from bids import method, requirements, tender_documents
from trading import clock, holiday_notice, limits
from trading.errors import RuleError
from trading.lot import Lot, Standing
from trading.procedures import TENDERS, government_open_tender, public_tender, tender_schedule
from trading.procedures.tender_schedule import Schedule
from trading.project import Funding

INSTANT = timedelta(microseconds=1)
FARTHEST = timedelta(days=730)


def last_day(moment: datetime) -> date:
    """Return the last county day before a moment: midnight belongs to the day that it ends."""
    return clock.local_date(moment - INSTANT)


def check_kind(lot: Lot) -> None:
    """Refuse a lot of another procedure."""
    if lot.kind not in TENDERS:
        raise RuleError(
            gettext_noop("The lot was registered for another procedure."),
            code="kind_wrong",
            basis="招标投标法 3, 10",
            next_step=gettext_noop("Register a lot whose procedure is an open tender."),
        )


def check_money(tender: Any, on: date) -> bool:
    """Refuse what the law forbids of security, ceiling, window and kind; return whether the tender is mandatory.

    What a project buys in parts counts together against the thresholds (招标投标法 4; 招标投标法实施条例 24).
    """
    lot, project, whole = tender.lot, tender.lot.project, whole_estimate(tender.lot)
    public_tender.check_deposit(tender.deposit, estimate=lot.estimate, on=on, procedure=TENDERS[lot.kind])
    public_tender.check_window(tender.window_minutes, on=on)
    if lot.kind == government_open_tender.PROCEDURE.kind:
        budget_funds = project.funding == Funding.BUDGET
        government_open_tender.gate(
            lot.estimate, whole=whole, category=project.category, on=on, budget_funds=budget_funds
        )
        government_open_tender.check_ceiling(tender.price_ceiling, budget=lot.estimate)
    else:
        public_tender.check_ceiling(tender.price_ceiling, most=project.approved_estimate)
    state_funded = project.funding != Funding.OTHER
    return public_tender.is_mandatory(whole, category=project.category, on=on, state_funded=state_funded)


def whole_estimate(lot: Lot) -> Decimal:
    """Return what the lot comes to with the others of its project and programme, in yuan.

    A lot that was terminated, has failed, or was registered again is bought elsewhere or not at all.
    """
    others = Lot.objects.together_with(lot).filter(project__category=lot.project.category)
    failed = models.Q(tender__state="failed") | models.Q(comparison__state="failed")
    counted = others.exclude(pk__in=[lot.pk, lot.retender_of_id]).exclude(failed).exclude(state=Standing.TERMINATED)
    return lot.estimate + (counted.aggregate(sum=models.Sum("estimate"))["sum"] or Decimal(0))


def check_retender(lot: Lot) -> None:
    """Refuse to tender again what has not failed, or what is another project's (招标投标法 28, 42)."""
    before = lot.retender_of
    if before is None:
        return
    stages = [getattr(before, stage, None) for stage in ("tender", "opening")]
    failed = any(stage is not None and stage.state == "failed" for stage in stages)
    if not (failed or before.state == Standing.TERMINATED) or before.project_id != lot.project_id:
        raise RuleError(
            gettext_noop("Only a lot of the same project whose tender has failed is tendered again."),
            code="retender_without_failure",
            basis="招标投标法 28, 42; 招标投标法实施条例 19, 44",
            next_step=gettext_noop("Register the lot without naming an earlier one."),
        )


def check_near(tender: Any, *moments: datetime | None) -> None:
    """Refuse a moment that nobody plans for: more than two years ahead it is a slip of the pen."""
    latest = tender.lot.now() + FARTHEST
    if any(moment is not None and moment > latest for moment in moments):
        raise RuleError(
            gettext_noop("A tender's moments lie within two years."),
            code="moment_too_far",
            basis="招标投标法 23, 24",
            next_step=gettext_noop("Look at the year that you typed."),
        )


def check_order(tender: Any, documents_from: datetime, documents_until: datetime, deadline: datetime) -> None:
    """Refuse moments that do not follow each other from now on."""
    check_near(tender, documents_from, documents_until, deadline)
    if not tender.lot.now() <= documents_from < documents_until <= deadline:
        raise RuleError(
            gettext_noop("Documents are offered from now on or later, then bids are due."),
            code="schedule_out_of_order",
            basis="招标投标法 24; 招标投标法实施条例 16",
            next_step=gettext_noop("Put the moments in their order."),
        )


def schedule_of(tender: Any, *, notice_until: date | None = None) -> Schedule:
    """Return the days of the tender as it stands; the notice lasts at least as long as the law asks, unless said."""
    procedure, published_on = TENDERS[tender.lot.kind], tender.announced_on or tender.today()
    offered = last_day(tender.documents_until)
    calendar = holiday_notice.calendar()
    least = tender_schedule.propose(procedure, published_on, calendar=calendar).notice_until
    return Schedule(
        published_on=published_on,
        notice_until=notice_until or max(least, offered),
        documents_from=clock.local_date(tender.documents_from),
        documents_until=offered,
        deadline=last_day(tender.deadline),
    )


def check_schedule(tender: Any, schedule: Schedule) -> list[dict[str, int]]:
    """Refuse a schedule that breaks a limit, with its article; return the holiday notices that were used."""
    found = tender_schedule.require(TENDERS[tender.lot.kind], schedule, calendar=holiday_notice.calendar())
    return limits.used(*found)


def check_moved(tender: Any, deadline: datetime | None, documents_until: datetime | None) -> None:
    """Refuse a deadline or end of the offer that comes earlier than the one announced."""
    check_near(tender, deadline, documents_until)
    earlier = deadline is not None and deadline < tender.deadline
    if earlier or (documents_until is not None and documents_until < tender.documents_until):
        raise RuleError(
            gettext_noop("What was announced may move later, never earlier."),
            code="deadline_earlier",
            basis="招标投标法 23, 24",
            next_step=gettext_noop("Name a later moment."),
        )
    if (deadline or tender.deadline) < (documents_until or tender.documents_until):
        raise RuleError(
            gettext_noop("Documents are offered no longer than bids are taken."),
            code="schedule_out_of_order",
            basis="招标投标法 24; 招标投标法实施条例 16",
            next_step=gettext_noop("Put the moments in their order."),
        )


def check_something_moves(tender: Any, deadline: datetime, documents_until: datetime | None) -> None:
    """Refuse an extension that extends nothing."""
    if deadline == tender.deadline and documents_until in {None, tender.documents_until}:
        raise RuleError(
            gettext_noop("Both moments are those announced already."),
            code="nothing_moved",
            basis="招标投标法 23",
            next_step=gettext_noop("Name a later moment."),
        )


def check_amendment(tender: Any) -> None:
    """Refuse a change of the documents that leaves too little time to the deadline (招标投标法 23)."""
    tender_schedule.check_amendment(
        TENDERS[tender.lot.kind],
        amended_on=tender.today(),
        deadline=last_day(tender.deadline),
        calendar=holiday_notice.calendar(),
    )


def objection_day(tender: Any) -> date:
    """Return the last day on which anybody may object to the documents; a change of them can be had from its day on."""
    changed_at = tender_documents.changed_at(tender.lot)
    offered = last_day(tender.documents_until)
    return tender_schedule.last_objection_day(
        TENDERS[tender.lot.kind],
        documents_until=max(offered, clock.local_date(changed_at)) if changed_at else offered,
        deadline=last_day(tender.deadline),
        calendar=holiday_notice.calendar(),
    )


def check_stated(lot: Lot) -> None:
    """Refuse a notice that does not say what is asked of bidders and how bids are evaluated."""
    requirements.check_stated(lot)
    method.standing(lot)


def check_prequalified(tender: Any) -> None:
    """Refuse to take bids before the prequalification that was announced is settled (招标投标法实施条例 15, 19)."""
    if tender.prequalified and not tender.lot.reviews.filter(stage="pre", state="settled").exists():
        raise RuleError(
            gettext_noop("The prequalification of this tender is not settled."),
            code="prequalification_open",
            basis="招标投标法实施条例 15, 19",
            next_step=gettext_noop("Announce the prequalification, examine the applicants and settle; then publish."),
        )
