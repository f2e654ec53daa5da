"""The words of the printed opening record: Chinese, for that is what is signed, whoever prints it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from trading import clock

NONE = "—"
HOLDERS = {"agency": "招标人（代理机构）", "supervisor": "监督人", "backup": "备用保管人", "bidder": "投标人"}
MODES = {"T": "三个保管人中任意两个", "TB": "三个保管人中任意两个，并投标人本人"}
PROCEDURES = {"public_tender": "公开招标（招标投标法）", "government_open_tender": "政府采购公开招标（87号令）"}
OUTCOMES = {"": "未解密", "opened": "解密成功", "revoked": "视为撤销", "returned": "视为撤回"}
FAULTS = {"bidder": "投标人原因", "platform": "平台原因", **{code: f"{name}原因" for code, name in HOLDERS.items()}}
SIDES = {"host": "主持人（招标人或代理机构）", "supervisor": "监督人"}
ROLES = {
    "owner": "招标人", "agency": "招标代理机构", "site_supervisor": "现场监督", "sector_regulator": "行政监督部门",
    "discipline": "纪检监察",
}  # fmt: skip
DEPOSITS = {"transfer": "转账", "guarantee": "保函", "none": "无"}
FINDINGS = {
    "words_differ": "大小写金额不一致，以大写为准（87号令 59）",
    "words_unreadable": "大写金额不可识别，以小写为准",
    "above_ceiling": "报价超过最高投标限价",
    "consortium_not_taken": "本标段不接受联合体投标",
    "consortium_changed": "联合体组成与资格预审时不一致",
    "not_prequalified": "未通过资格预审",
    "wrong_tender": "投标文件载明的项目不是本项目",
    "wrong_lot": "投标文件载明的标段不是本标段",
    "wrong_bidder": "投标文件载明的投标人不是递交人",
    "files_differ": "投标文件清单与实际文件不一致",
    "text_missing": "未填质量或项目经理",
    "text_too_long": "文字超过200字",
    "deposit_wrong": "保证金金额与形式不符",
    "uscc_wrong": "联合体成员代码有误",
    "file_twice": "两份文件同名",
    "file_name_wrong": "文件名不当",
    "file_empty": "有空文件",
    "files_missing": "未附文件",
}


def moment(text: str | None) -> str:
    """Return a moment of the record as people in the county read it, with the fraction that decided it."""
    if not text:
        return NONE
    local = datetime.fromisoformat(text).astimezone(clock.LOCAL)
    return local.strftime("%Y-%m-%d %H:%M:%S") + f".{local.microsecond // 1000:03d}"


def amount(text: str | None) -> str:
    """Return yuan with commas between thousands."""
    if not text:
        return NONE
    whole, _dot, cents = text.partition(".")
    return f"{int(whole):,}.{cents.ljust(2, '0')}"


def finding(code: str) -> str:
    """Return a finding of the opening in words; one of a content that cannot be read keeps its code."""
    return FINDINGS.get(code, f"投标内容不可识读（{code}）")


def fault(names: str) -> str:
    """Return who is at fault, of one party or of several."""
    return "、".join(FAULTS.get(name, name) for name in names.split(", ") if name)


def texts_of(bid: Mapping[str, Any]) -> Sequence[str]:
    """Return the texts of a bid's row, in the order of the table's columns."""
    said = bid["items"]
    found = "；".join(finding(code) for code in bid["findings"])
    shut = f"{fault(bid['at_fault'])}（{bid['basis']}）" if bid["outcome"] not in {"", "opened"} else ""
    confirmed = f"已确认 {moment(bid['confirmed_at'])}" if bid["confirmed_at"] else ""
    return (
        str(bid["number"]),
        f"{bid['name']}\n{bid['uscc']}",
        f"{moment(bid['received_at'])}\n密封完好",
        f"{moment(bid['decided_at'])}\n{OUTCOMES[bid['outcome']]}",
        f"{amount(said['price'])}\n{said['price_words']}{_figures(said)}" if said else NONE,
        str(said["duration_days"]) if said else NONE,
        said["quality"] if said else NONE,
        f"{said['manager_name']}\n{said['manager_certificate']}" if said else NONE,
        f"{DEPOSITS[said['deposit_form']]}\n{amount(said['deposit_amount'])}" if said else NONE,
        _extras(said) if said else NONE,
        "\n".join(filter(None, (shut, found, confirmed))) or NONE,
    )


def _figures(said: Mapping[str, Any]) -> str:
    """Return the price in figures where the words say another, which count."""
    return "" if said["price"] == said["price_figures"] else f"\n（小写原文 {amount(said['price_figures'])}）"


def _extras(said: Mapping[str, Any]) -> str:
    members = (f"{one['name']} {one['uscc']} {one['share']}" for one in said["consortium"])
    joint = "；".join(members)
    return "\n".join(filter(None, (said["discount"], f"联合体：{joint}" if joint else ""))) or NONE


def particulars(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the record says before its table."""
    yield "项目", f"{facts['project_name']}（{facts['project']}）"
    yield "标段", f"{facts['name']}（{facts['lot']}）"
    yield "招标人", facts["owner"] + (f"；代理机构：{facts['agency']}" if facts["agency"] else "")
    yield "方式", f"{PROCEDURES.get(facts['procedure'], facts['procedure'])}；法律依据：招标投标法 34、36；87号令 39–42"
    yield "开标地点", f"{facts['place'] or NONE}（{facts['room']}）"
    due, closed, began = (moment(facts[name]) for name in ("deadline", "closed_at", "began_at"))
    yield "开标时间", f"{due}（投标截止）；截标 {closed}；实际开始 {began}"
    yield (
        "主持人",
        f"{facts['host'] or NONE}；监督人：{facts['supervisor'] or NONE}；记录人：{facts['recorder'] or NONE}",
    )
    yield "最高投标限价", f"{amount(facts['ceiling'])}；标底：{facts['reference_price'] or '未设'}"
    holders = "；".join(f"{HOLDERS[one['holder']]}：{one['organisation']}" for one in facts["custodians"])
    yield "解密方式", f"{MODES[facts['mode']]}（{holders}）"
    opened = sum(bid["outcome"] == "opened" for bid in facts["bids"])
    yield "投标", f"截止前收到 {len(facts['bids'])} 份，解密成功 {opened} 份；未确认者视同认可（87号令 42）"


def closing(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the record says after its table: objections with their answers, and the signatures."""
    yield ""
    yield "开标现场异议与答复（招标投标法实施条例 44）：" + ("" if facts["objections"] else "无")
    for one in facts["objections"]:
        yield f"序号 {one['number']}：{one['text']}"
        yield f"　　答复：{one['answer'] or NONE}　{moment(one['answered_at'])}"
    yield ""
    yield "签字：" + ("" if facts["signatures"] else "尚未签字")
    for one in facts["signatures"]:
        role = ROLES.get(one["role"], one["role"])
        yield f"{SIDES[one['side']]}：{one['name']}（{role}）　{moment(one['signed_at'])}"
    if facts["finished_at"]:
        yield f"开标结束：{moment(facts['finished_at'])}"
    yield ""
    yield "每份已开标书的解密密钥发给有权者，用通用 age 程序可重复解密；投标文件与上表可逐字节核对。"
