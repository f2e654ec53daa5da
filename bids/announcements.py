"""The notices of a comparison: what each says is taken from the record, so that notice and record cannot differ."""

from datetime import date, datetime, time, timedelta
from typing import Any

from trading import clock
from trading.draws import earlier
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.transitions import Act, perform


def publish(act: Act, lot: Lot, kind: str, content: dict[str, Any], *, until: date | None = None) -> Notice:
    """Publish a notice of the lot in the same act; `until` is its last whole day."""
    notice = Notice(
        lot=lot, kind=kind, title=f"{lot.name}{TITLES[kind]}", region=lot.project.region, category="固定价比选"
    )
    notice.buyer = lot.project.owner.name
    end = datetime.combine(until + timedelta(days=1), time(), clock.LOCAL) if until else None
    perform(notice.publish, by=act.by, content=content, until=end)
    return notice


def publish_list(act: Act, lot: Lot, content: dict[str, Any]) -> None:
    """Publish the numbered list; a list that was reopened becomes the next version of the same notice."""
    earlier = lot.notices.filter(kind=Kind.DRAW_LIST, state="published").first()
    if earlier is None:
        publish(act, lot, Kind.DRAW_LIST, content)
    else:
        perform(earlier.correct, by=act.by, content=content, reason="异议成立，重新审查后更正名单")


def withdraw(lot: Lot, kind: str, reason: str) -> None:
    """Withdraw the lot's published notices of a kind, in the same act and as its consequence."""
    for notice in lot.notices.filter(kind=kind, state="published"):
        perform(notice.withdraw, by=None, reason=reason)


TITLES: dict[str, str] = {
    Kind.DRAW: "固定价比选公告",
    Kind.DRAW_LIST: "固定价比选合格企业名单公示",
    Kind.DRAW_RESULT: "固定价比选随机抽取结果公示",
    Kind.FAILURE: "固定价比选失败公告",
    Kind.CONTRACT: "固定价比选合同公告",
}


def facts(comparison: Any) -> dict[str, Any]:
    """Return what every notice of the comparison repeats."""
    return {
        "project": comparison.lot.project.name,
        "lot": comparison.lot.code,
        "fixed_price": str(comparison.fixed_price),
        "draw_at": clock.iso(comparison.draw_at),
        "draw_place": comparison.draw_place,
        "objection_channel": comparison.notice.newest().content["objection_channel"] if comparison.notice else "",
    }


def of_comparison(comparison: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return the content of the comparison notice: the owner's texts and the record's figures."""
    project, window = comparison.lot.project, comparison.lot.registration_window
    record = {
        **facts(comparison),
        "objection_channel": given.get("objection_channel", ""),
        "owner": project.owner.name,
        "agency": project.agency.name if project.agency else "",
        "approval_no": project.approval_no,
        "funding": project.funding,
        "legal_basis": str(comparison.legal_basis),
        "registration_from": clock.iso(window.opens_at),
        "registration_until": clock.iso(window.closes_at),
        **_earlier_draw(comparison.lot),
        "participant_notice": {"number": window.participant_notice.number, "sha256": window.participant_notice.sha256},
    }
    return {**{key: given.get(key, "") for key in ("scope", "qualification", "contact")}, **record}


def _earlier_draw(lot: Lot) -> dict[str, Any]:
    """Return what the notice says of a draw of the same works before: its own will carry that record's hash."""
    before = earlier.fixed_draw(lot.retender_of, "enterprise")
    return {"earlier_draw": f"{before.draw_id}, {before.commit_hash}"} if before else {}
