"""The notices of a tender: what each says is taken from the record, so that notice and record cannot differ."""

from datetime import date, datetime, time, timedelta
from typing import Any

from bids import custody, method, tender_documents
from trading import clock
from trading.lot import Lot, Standing
from trading.notice import Kind, Notice
from trading.procedures import TENDERS
from trading.suspension import SuspensionReason
from trading.termination import TerminationReason
from trading.transitions import Act, perform

FIRST: dict[str, str] = {"public_tender": Kind.TENDER, "government_open_tender": Kind.PROCUREMENT}
TITLES: dict[str, str] = {
    Kind.TENDER: "招标公告",
    Kind.PROCUREMENT: "公开招标公告",
    Kind.PREQUALIFICATION: "资格预审公告",
    Kind.CHANGE: "变更公告",
    Kind.FAILURE: "失败公告",
    Kind.OTHER: "答疑公告",
    Kind.CANDIDATES: "中标候选人公示",
    Kind.RESULT: "中标结果公告",
    Kind.PROCURED: "中标结果公告",
    Kind.CONTRACT: "合同公告",
}
STANDING: dict[str, str] = {
    SuspensionReason.SYSTEM_FAULT: "系统故障且无备用措施",
    SuspensionReason.FORCE_MAJEURE: "不可抗力",
    SuspensionReason.TITLE_DISPUTE: "权属争议",
    SuspensionReason.OBJECTION: "异议、投诉或监督部门要求",
    SuspensionReason.OTHER: "其他",
    TerminationReason.OWNER_IDLE: "项目单位经催告仍未推进",
    TerminationReason.NO_RIGHT: "无处分权",
    TerminationReason.DESTROYED: "标的灭失",
    TerminationReason.CANCELLED: "项目取消",
    TerminationReason.UNLAWFUL: "出现影响公正的违法、违规行为",
}
OWN_WORDS = ("scope", "qualification", "period", "contact", "objection_channel", "policies")
FUNDING = {"budget": "财政资金", "state_enterprise": "国有企事业单位资金", "other": "其他资金"}
TAKING = "登录本平台以企业名义免费领取"
SUBMISSION = "在本平台的投标页面加密并上传；截止时刻及其后到达的拒收。"


def publish(act: Act, lot: Lot, kind: str, content: dict[str, Any], **moments: Any) -> Notice:
    """Publish a notice of the lot in the same act, or by the clock."""
    notice = Notice(lot=lot, kind=kind, title=f"{lot.name}{TITLES[kind]}", region=lot.project.region)
    notice.category, notice.buyer = TENDERS[lot.kind].title_zh, lot.project.owner.name
    perform(notice.publish, by=act.by, content=content, **moments)
    return notice


def first(act: Act, tender: Any, given: dict[str, Any], *, notice_until: date) -> Notice:
    """Publish the tender notice or procurement notice."""
    return publish(
        act,
        tender.lot,
        FIRST[tender.lot.kind],
        of_tender(tender, given),
        until=end_of(notice_until),
        objections_until=tender.objections_until(),
    )


def change(act: Act, tender: Any, changes: str) -> Notice:
    """Publish a change notice, and the corrected first notice beside it."""
    newest = tender.notice.newest().content
    content = {**newest, **of_tender(tender, newest)}
    moved = {"content": content, "reason": changes[:300], "objections_until": tender.objections_until()}
    perform(tender.notice.correct, by=act.by, **moved)
    said = {
        "project": tender.lot.project.name,
        "lot": tender.lot.code,
        "changes": changes,
        "first_notice": tender.notice_id,
    }
    return publish(act, tender.lot, Kind.CHANGE, {**said, **moments(tender)})


def of_standing(lot: Lot) -> tuple[str, dict[str, Any]]:
    """Return the kind and content of the notice that a lot is suspended, goes on, or is terminated."""
    said = {"project": lot.project.name, "lot": lot.code}
    if lot.state == Standing.TERMINATED:
        return Kind.FAILURE, {**said, "reason": f"项目终止：{STANDING[lot.reason]}", "code": lot.reason}
    if lot.state == Standing.SUSPENDED:
        return Kind.CHANGE, {**said, "changes": f"项目中止：{STANDING[lot.reason]}", "code": lot.reason}
    return Kind.CHANGE, {**said, "changes": "项目恢复，继续进行。"}


def end_of(day: date) -> datetime:
    """Return the end of a county day: the midnight after it."""
    return datetime.combine(day + timedelta(days=1), time(), clock.LOCAL)


def written(moment: datetime) -> str:
    """Return a moment as a notice writes it, in the county's time."""
    return f"{moment.astimezone(clock.LOCAL):%Y-%m-%d %H:%M:%S}（北京时间）"


def moments(tender: Any) -> dict[str, Any]:
    """Return the tender's deadline and offer as its notices say them: before an instant, not at it."""
    return {
        "deadline": f"{written(tender.deadline)}之前（不含该时刻）",
        "deadline_at": clock.iso(tender.deadline),
        "documents": f"{written(tender.documents_from)}至{written(tender.documents_until)}，{TAKING}",
        "documents_from": clock.iso(tender.documents_from),
        "documents_until": clock.iso(tender.documents_until),
        "document_list": tender_documents.listed(tender.lot),
    }


def of_tender(tender: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return the content of the first notice: the owner's texts and the record's figures (domain.md, 7)."""
    lot, project = tender.lot, tender.lot.project
    record = {
        "project": project.name,
        "lot": lot.code,
        "owner": project.owner.name,
        "agency": project.agency.name if project.agency else "",
        "approval_no": project.approval_no,
        "funding": FUNDING[project.funding],
        "budget": str(lot.estimate),
        "ceiling": "" if tender.price_ceiling is None else str(tender.price_ceiling),
        "deposit": str(tender.deposit),
        "consortium": "接受" if tender.consortium else "不接受",
        "examination": "资格预审" if tender.prequalified else "资格后审",
        "validity_days": tender.validity_days,
        "submission": SUBMISSION,
        "opening_place": tender.opening_place,
        "mode": tender.mode,
        "custodians": custody.published(lot),
    }
    own = {key: given.get(key, "") for key in OWN_WORDS}
    return {**own, **record, **method.published(lot), **moments(tender)}
