"""The notices of a prequalification, and the end of a tender for want of qualified bidders."""

from datetime import datetime
from typing import Any

from bids import requirements, tender_announcements
from bids.tender_announcements import end_of, written
from bids.tender_gate import last_day
from trading import clock, holiday_notice
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.procedures import prequalification
from trading.transitions import Act, perform

OWN_WORDS = ("scope", "qualification", "contact", "objection_channel", "documents")


def first(act: Act, review: Any, given: dict[str, Any]) -> Notice:
    """Publish the prequalification notice: the owner's texts and the record's figures (招标投标法实施条例 15)."""
    content = {**{key: given.get(key, "") for key in OWN_WORDS}, **_facts(review)}
    return tender_announcements.publish(
        act, review.lot, Kind.PREQUALIFICATION, content, objections_until=objections_until(review)
    )


def change(act: Act, review: Any, changes: str) -> Notice:
    """Publish a change notice, and the corrected first notice beside it."""
    content = {**review.notice.newest().content, **_facts(review)}
    moved: dict[str, Any] = {"content": content, "reason": changes[:300], "objections_until": objections_until(review)}
    perform(review.notice.correct, by=act.by, **moved)
    said = {"project": review.lot.project.name, "lot": review.lot.code, "changes": changes}
    return tender_announcements.publish(
        act, review.lot, Kind.CHANGE, {**said, "first_notice": review.notice_id, **moments(review)}
    )


def objections_until(review: Any) -> datetime:
    """Return when the time to object to the documents ends (T06; in procurement G21)."""
    return end_of(
        prequalification.last_objection_day(
            review.lot.kind,
            documents_until=last_day(review.documents_until),
            due_on=last_day(review.applications_until),
            calendar=holiday_notice.calendar(),
        )
    )


def moments(review: Any) -> dict[str, str]:
    """Return the moments of the prequalification as the ledger writes them."""
    named = ("documents_from", "documents_until", "applications_until")
    return {name: clock.iso(getattr(review, name)) for name in named}


def end_tender(lot: Lot, reason: str) -> None:
    """End the tender on record as the consequence of the review, unless it has ended (招标投标法实施条例 19)."""
    tender: Any = lot.tender
    perform(tender.fail, by=None, reason=reason)


def _facts(review: Any) -> dict[str, Any]:
    project = review.lot.project
    return {
        "project": project.name,
        "lot": review.lot.code,
        "owner": project.owner.name,
        "agency": project.agency.name if project.agency else "",
        "funding": tender_announcements.FUNDING[project.funding],
        "requirements": requirements.published(review.lot),
        "deadline": f"{written(review.applications_until)}之前（不含该时刻）",
        **moments(review),
    }
