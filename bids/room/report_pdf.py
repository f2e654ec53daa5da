"""The printed evaluation report (评标报告): in Chinese, for that is what the members sign (87号令 58)."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from bids import record_pdf, upload
from bids.evaluation.methods import METHODS
from bids.record_pdf import Column
from bids.record_words import NONE, PROCEDURES, amount, moment
from trading.ledger import jcs

GROUNDS = {
    "unsigned": "未按要求盖章、签字",
    "no_consortium_agreement": "联合体未提交共同投标协议",
    "unqualified": "不符合资格条件",
    "two_bids": "提交两个以上不同的投标文件或者报价",
    "above_ceiling": "报价超过预算或最高限价",
    "low_price": "报价异常低（低于成本），未能合理说明",
    "unresponsive": "未对实质性要求和条件作出响应",
    "unlawful": "串通投标、弄虚作假、行贿等违法行为",
    "correction_refused": "不确认修正后的报价",
    "no_deposit": "未按规定提交投标保证金",
    "conditions": "含有采购人不能接受的附加条件",
    "other": "法律、法规和招标文件规定的其他无效情形",
}
KINDS = {"expert": "评审专家", "representative": "采购人（招标人）代表"}
ABOUT = {"clarification": "澄清", "low_price": "低价说明"}
STATES = {"proposed": "投标人未确认", "confirmed": "投标人已确认", "refused": "投标人不确认"}
RULES = {1: "以开标一览表为准", 2: "以大写为准", 3: "修正单价小数点", 4: "以单价计算为准"}


class Sheet(record_pdf.Sheet):
    """The pages of one report."""

    named = "评标报告"
    columns = (
        Column("序号", 9),
        Column("投标人\n统一社会信用代码", 52),
        Column("开标价（元）\n修正价", 34),
        Column("评标价（元）", 30),
        Column("各项得分", 60),
        Column("总分", 18),
        Column("名次", 12),
        Column("结论", 62),
    )
    dated = "reported_at"


def fix(evaluation: Any) -> str:
    """Store the signed report and its PDF; return the hash of the PDF."""
    pdf = write(evaluation.report, evaluation.report_sha256)
    upload.write(place(evaluation, "json"), jcs.encode(evaluation.report))
    upload.write(place(evaluation, "pdf"), pdf)
    return hashlib.sha256(pdf).hexdigest()


def place(evaluation: Any, suffix: str) -> Path:
    """Return the file of a signed report: its data ("json") or its PDF ("pdf")."""
    return Path(settings.MEDIA_ROOT) / "records" / f"evaluation-{evaluation.pk}.{suffix}"


def write(facts: Mapping[str, Any], digest: str) -> bytes:
    """Return the PDF of a report, whose facts hash to `digest`."""
    given = [f"{name}：{text}" for name, text in _particulars(facts)]
    return record_pdf.printed(Sheet(facts, digest), given, [_row(one) for one in facts["bids"]], _closing(facts))


def _particulars(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "项目", f"{facts['project_name']}（{facts['project']}）"
    yield "标段", f"{facts['name']}（{facts['lot']}）"
    yield "招标人（采购人）", facts["owner"] + (f"；代理机构：{facts['agency']}" if facts["agency"] else "")
    yield "方式", PROCEDURES.get(facts["procedure"], facts["procedure"])
    yield "开标", f"{moment(facts['opened_at'])}　{facts['place'] or NONE}"
    method = METHODS[facts["method"]["method"]]
    yield "评标方法", f"{method.zh}（{method.basis}）；评标室：{facts['room']}"
    sitting = [one for one in facts["members"] if one["state"] == "sitting"]
    yield "评标委员会", "；".join(_named(one) for one in sitting)
    left = [one for one in facts["members"] if one["left"]]
    yield "更换成员", "；".join(f"{_named(one)}：{one['left']['reason']}" for one in left) or "无"
    yield (
        "中标候选人",
        "；".join(f"第{one['rank']}名 {one['name']}（{amount(one['price'])} 元）" for one in facts["candidates"]),
    )


def _named(member: Mapping[str, Any]) -> str:
    return f"{member['seat']}号 {member['name']}（{KINDS[member['kind']]}{'，组长' if member['chair'] else ''}）"


def _row(bid: Mapping[str, Any]) -> tuple[str, ...]:
    prices = [amount(bid["read_out"])] + ([amount(bid["price"])] if bid["price"] != bid["read_out"] else [])
    rejected = bid["reasons"] if bid["rejected"] else []
    why = [f"{GROUNDS[one['ground']]}（{one['basis']}）{'；'.join(one['said'])}" for one in rejected]
    return (
        str(bid["number"]),
        f"{bid['name']}\n{bid['uscc']}",
        "\n".join(prices),
        amount(bid["evaluated_price"]),
        "\n".join(f"{part}：{points}" for part, points in bid["parts"].items() if points is not None) or NONE,
        bid["total"] or NONE,
        str(bid["rank"] or NONE),
        "否决（投标无效）：" + "\n".join(why) if bid["rejected"] else "有效",
    )


def _closing(facts: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "澄清、说明（87号令 51、60；招标投标法实施条例 52）：" + ("" if facts["inquiries"] else "无")
    for one in facts["inquiries"]:
        yield f"序号 {one['number']}（{ABOUT[one['about']]}）：{one['question']}"
        yield f"　　答复：{one['answer'] or '未在规定时间内答复'}　{moment(one['answered_at'])}"
    yield "算术修正（87号令 59）：" + ("" if facts["corrections"] else "无")
    for one in facts["corrections"]:
        steps = "；".join(f"{RULES[step['rule']]} {step['was']} → {step['now']}" for step in one["steps"])
        yield f"序号 {one['number']}：{amount(one['was'])} → {amount(one['price'])}（{steps}；{STATES[one['state']]}）"
    yield ""
    yield "签字：" + ("" if facts.get("signatures") else "尚未签字")
    for one in facts.get("signatures", ()):
        said = "拒绝签字且未书面说明不同意见，视为同意" if one["deemed"] else f"已签字 {moment(one['signed_at'])}"
        yield f"{one['seat']}号 {one['name']}：{said}"
        if one["dissent"]:
            yield f"　　不同意见：{one['dissent']}"
    if facts.get("refusals"):
        yield f"拒绝签字的情况：{facts['refusals']}"
