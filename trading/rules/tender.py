"""The time limits of tendering for works: T01 to T22 (招标投标法 and its regulations)."""

from trading.rules.laws import NOTICE_1117, TENDERING
from trading.rules.laws import TENDERING_REGULATIONS as SL
from trading.rules.rule import Direction, Roll, Rule, Unit

D, WD, Y, NO_UNIT = Unit.DAYS, Unit.WORKING_DAYS, Unit.YEARS, Unit.NONE
AT_LEAST, AT_MOST, BEFORE = Direction.AT_LEAST, Direction.AT_MOST, Direction.AT_LEAST_BEFORE
STATUTORY = Roll.STATUTORY

RULES: tuple[Rule, ...] = (
    SL.rule(
        "16", "T01", AT_LEAST, 5, D, "sale_opened", "sale_closed",
        "Sale of tender or prequalification documents", "资格预审文件、招标文件发售期", roll=STATUTORY,
    ),
    SL.rule(
        "17", "T02", AT_LEAST, 5, D, "sale_closed", "application_deadline",
        "From the end of the sale to the prequalification deadline", "停止发售至提交资格预审申请截止",
    ),
    SL.rule(
        "21", "T03", BEFORE, 3, D, "clarification_sent", "application_deadline",
        "Clarification of prequalification documents before the deadline, else postpone",
        "资格预审文件澄清或修改距申请截止，不足则顺延",
    ),
    TENDERING.rule(
        "24", "T04", AT_LEAST, 20, D, "documents_issued", "bid_deadline",
        "From the first issue of tender documents to the bid deadline", "招标文件开始发出至投标截止",
    ),
    TENDERING.rule(
        "23", "T05", BEFORE, 15, D, "clarification_sent", "bid_deadline",
        "Clarification or amendment before the bid deadline, else postpone",
        "招标文件澄清或修改距投标截止，不足则顺延", also=SL.cite("21"),
    ),
    SL.rule(
        "22", "T06", BEFORE, 2, D, "objection_made", "application_deadline",
        "Objection to prequalification documents before the deadline", "对资格预审文件的异议距申请截止",
    ),
    SL.rule(
        "22", "T07", BEFORE, 10, D, "objection_made", "bid_deadline",
        "Objection to tender documents before the bid deadline", "对招标文件的异议距投标截止",
    ),
    SL.rule(
        "22、54", "T08", AT_MOST, 3, D, "objection_received", "objection_answered",
        "Answer to an objection; the procedure rests until then", "异议答复，答复前暂停招标投标活动",
        roll=STATUTORY,
    ),
    SL.rule(
        "44", "T09", AT_MOST, 0, D, "objection_made", "objection_answered",
        "Objection at the opening, answered on the spot", "开标异议当场答复",
    ),
    SL.rule(
        "35", "T10", AT_MOST, 5, D, "withdrawal_received", "deposit_refunded",
        "Refund of the deposit after a bid is withdrawn", "撤回投标后退还投标保证金", roll=STATUTORY,
    ),
    SL.rule(
        "54", "T11", AT_MOST, 3, D, "report_received", "publicity_started",
        "Publication of the candidates after the evaluation report", "收到评标报告至公示中标候选人",
        roll=STATUTORY,
    ),
    SL.rule(
        "54", "T12", AT_LEAST, 3, D, "publicity_started", "publicity_ended",
        "Publicity of the award candidates", "中标候选人公示期", roll=STATUTORY,
    ),
    TENDERING.rule(
        "46", "T13", AT_MOST, 30, D, "award_notice_issued", "contract_signed",
        "Written contract after the notice of award", "中标通知书发出至订立书面合同", roll=STATUTORY,
    ),
    SL.rule(
        "57", "T14", AT_MOST, 5, D, "contract_signed", "deposit_refunded",
        "Refund of deposits with interest after the contract", "签订合同后退还投标保证金及利息",
        roll=STATUTORY,
    ),
    TENDERING.rule(
        "47", "T15", AT_MOST, 15, D, "winner_determined", "report_submitted",
        "Written report to the supervisor after the award", "确定中标人至提交招标投标情况书面报告",
        roll=STATUTORY,
    ),
    SL.rule(
        "60", "T16", AT_MOST, 10, D, "breach_known", "complaint_made",
        "Complaint after the breach is known; the time of a required objection is left out",
        "知道或应当知道之日起投诉(异议答复期间不计)", roll=STATUTORY,
    ),
    SL.rule(
        "61", "T17", AT_MOST, 3, WD, "complaint_received", "acceptance_decided",
        "Decision whether to accept a complaint", "收到投诉至决定是否受理",
    ),
    SL.rule(
        "61", "T18", AT_MOST, 30, WD, "complaint_accepted", "complaint_decided",
        "Decision on a complaint; tests and appraisals are left out",
        "受理投诉至作出书面处理决定(检验检测鉴定时间不计)",
    ),
    TENDERING.rule(
        "53", "T19", Direction.RANGE, 1, Y, "punished", "ban_ended",
        "Ban for collusion or bribery", "串通投标、行贿谋取中标的禁止投标年限",
        upper=2, also=SL.cite("67"),
    ),
    TENDERING.rule(
        "54", "T19.fraud", Direction.RANGE, 1, Y, "punished", "ban_ended",
        "Ban for fraud", "弄虚作假骗取中标的禁止投标年限", upper=3, also=SL.cite("68"),
    ),
    TENDERING.rule(
        "60", "T19.breach", Direction.RANGE, 2, Y, "punished", "ban_ended",
        "Ban for serious breach of contract", "情节严重不履行合同的禁止投标年限", upper=5,
    ),
    SL.rule(
        "25", "T20", Direction.EXACTLY, 0, D, "bid_deadline", "validity_started",
        "Bid validity counts from the bid deadline", "投标有效期从投标截止之日起算",
    ),
    SL.rule(
        "31", "T21", Direction.PROMPT, None, NO_UNIT, "terminated", "refunded",
        "Refund of fees, deposit and interest after termination", "终止招标后及时退还费用、保证金及利息",
    ),
    NOTICE_1117.rule(
        "(六)(十五)", "T22", Direction.PROMPT, None, NO_UNIT, "", "",
        "The whole process online, answers in the platform", "全流程电子化，平台内答复",
    ),
)  # fmt: skip
