"""The notices of an award: candidates, result, contract; what each says is taken from the record (domain.md, 7)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bids import award_letter, shortlist
from bids.room.ranking import Candidate
from bids.tender_announcements import end_of, publish
from trading import notification
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.transitions import Act, perform

OWN_WORDS = ("evaluation", "qualification", "contact", "objection_channel")
RESULT_WORDS = ("winner_address", "main_items", "contact", "objection_channel")


def candidates(act: Act, lot: Lot, given: dict[str, str], *, until: date) -> Notice:
    """Publish the candidates with what 发改委令第10号 6 names, for the period of 招标投标法实施条例 54."""
    rows = [shortlist.published(one) for one in shortlist.standing(lot)]
    words = {key: given.get(key, "") for key in OWN_WORDS}
    content = {**facts(lot), "candidates": rows, **words, "public_until": until.isoformat()}
    return publish(act, lot, Kind.CANDIDATES, content, until=end_of(until))


def result(act: Act, lot: Lot, winner: Candidate) -> Notice:
    """Publish who won (发改委令第10号 6), and tell every bidder."""
    content = {**facts(lot), **_won(winner)}
    return _told(lot, publish(act, lot, Kind.RESULT, content))


def procured(act: Act, lot: Lot, winner: Candidate, given: dict[str, str], *, until: date, challenges: date) -> Notice:
    """Publish the result of a procurement with the experts' names, and tell every bidder (87号令 69)."""
    words = {key: given.get(key, "") for key in RESULT_WORDS}
    content = {**facts(lot), **_won(winner), **words, "period": until.isoformat(), "experts": experts_of(lot)}
    moments = {"until": end_of(until), "objections_until": end_of(challenges)}
    return _told(lot, publish(act, lot, Kind.PROCURED, content, **moments))


def contract(act: Act, lot: Lot, winner: Candidate, *, price: str, signed_on: date) -> Notice:
    """Publish the contract, except what is secret (政府采购法实施条例 50; 宁波市公共资源交易管理条例 23)."""
    name = winner.opened.bid.organisation.name
    content = {**facts(lot), "winner": name, "contract_price": price, "signed_on": signed_on.isoformat()}
    return publish(act, lot, Kind.CONTRACT, content)


def prolong(lot: Lot, kind: str, *, until: date | None = None, challenges: date | None = None) -> None:
    """Move the ends of the newest notice of a kind, in the same act, after a suspension took of its time."""
    notice = _newest(lot, kind)
    said = {"public_until": until.isoformat()} if until else {}
    moved: dict[str, Any] = {
        "until": end_of(until) if until else None,
        "objections_until": end_of(challenges) if challenges else None,
    }
    content = {**notice.newest().content, **said}
    perform(notice.correct, by=None, content=content, reason="项目中止期间不计入，期限顺延", **moved)


def ends_before(lot: Lot, kind: str, day: date) -> bool:
    """Say whether the newest notice of a kind stops taking objections before the end of a day."""
    notice = _newest(lot, kind)
    ends = notice.objections_until or notice.published_until
    return ends is not None and ends < end_of(day)


def _newest(lot: Lot, kind: str) -> Notice:
    found: Notice = lot.notices.filter(kind=kind, state="published").latest("pk")
    return found


def withdraw(lot: Lot, kinds: Sequence[str], reason: str) -> None:
    """Withdraw the lot's published notices of these kinds, in the same act and as its consequence."""
    for notice in lot.notices.filter(kind__in=kinds, state="published"):
        perform(notice.withdraw, by=None, reason=reason)


def experts_of(lot: Lot) -> list[str]:
    """Return the names of who evaluated, which the law publishes with the result (87号令 69)."""
    panel: Any = getattr(lot, "panel", None)
    seats = panel.sitting().select_related("expert", "user") if panel is not None else []
    return [seat.expert.personal.name if seat.expert else f"{seat.user}（采购人代表）" for seat in seats]


def facts(lot: Lot) -> dict[str, Any]:
    """Return what every notice of the award repeats."""
    project = lot.project
    return {
        "project": project.name,
        "lot": lot.code,
        "owner": project.owner.name,
        "agency": project.agency.name if project.agency else "",
    }


def _won(winner: Candidate) -> dict[str, str]:
    organisation = winner.opened.bid.organisation
    return {"winner": organisation.name, "winner_uscc": organisation.uscc, "amount": str(winner.price)}


def _told(lot: Lot, notice: Notice) -> Notice:
    notification.tell(notice.newest(), award_letter.recipients(lot))
    return notice
