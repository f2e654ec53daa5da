"""The time limits of government procurement: G01 to G32 (政府采购法, its regulations, the orders on it)."""

from fractions import Fraction

from trading.rules import laws
from trading.rules.laws import ORDER_74, ORDER_87, ORDER_94, ORDER_110, PROCUREMENT
from trading.rules.laws import PROCUREMENT_REGULATIONS as CS
from trading.rules.rule import Direction, Roll, Rule, Unit

D, WD, M, Y = Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS
AT_LEAST, AT_MOST, BEFORE = Direction.AT_LEAST, Direction.AT_MOST, Direction.AT_LEAST_BEFORE
STATUTORY = Roll.STATUTORY

SELECTION: tuple[Rule, ...] = (
    PROCUREMENT.rule(
        "35", "G01", AT_LEAST, 20, D, "documents_issued", "bid_deadline",
        "From the issue of documents to the bid deadline", "招标文件发出至投标截止",
    ),
    ORDER_87.rule(
        "16", "G02", AT_LEAST, 5, WD, "notice_published", "notice_ended",
        "Period of a tender or prequalification notice", "招标公告、资格预审公告期限",
    ),
    CS.rule(
        "21、31", "G03", AT_LEAST, 5, WD, "documents_offered", "offer_ended",
        "Documents on offer", "招标文件、资格预审文件提供期限", also=ORDER_87.cite("18"),
    ),
    CS.rule(
        "31", "G04", BEFORE, 15, D, "clarification_sent", "bid_deadline",
        "Clarification before the bid deadline, else postpone",
        "招标文件澄清或修改距投标截止，不足则顺延", also=ORDER_87.cite("27"),
    ),
    ORDER_87.rule(
        "27", "G04.prequal", BEFORE, 3, D, "clarification_sent", "application_deadline",
        "Clarification before the prequalification deadline, else postpone",
        "资格预审文件澄清或修改距申请截止，不足则顺延",
    ),
    ORDER_74.rule(
        "29、45", "G05", AT_LEAST, 3, WD, "documents_issued", "response_deadline",
        "From negotiation or inquiry documents to the first response",
        "谈判文件、询价通知书发出至首次响应截止",
    ),
    ORDER_74.rule(
        "29、45", "G06", BEFORE, 3, WD, "clarification_sent", "response_deadline",
        "Clarification of negotiation or inquiry documents before the deadline",
        "谈判文件、询价通知书澄清或修改距响应截止",
    ),
    laws.CONSULTATION_214.rule(
        "10", "G07", AT_LEAST, 10, D, "documents_issued", "response_deadline",
        "From consultation documents to the first response", "磋商文件发出至首次响应截止",
    ),
    CS.rule(
        "38", "G08", AT_LEAST, 5, WD, "publicity_started", "publicity_ended",
        "Publicity of a single source", "单一来源采购公示期", also=ORDER_74.cite("38"),
    ),
    ORDER_74.rule(
        "40", "G09", AT_MOST, 5, WD, "publicity_ended", "argument_made",
        "Further argument after an objection to a single source", "单一来源公示异议后组织补充论证",
    ),
    CS.rule(
        "43", "G10", AT_MOST, 2, WD, "evaluation_ended", "report_delivered",
        "The agency delivers the evaluation report", "代理机构送交评审报告", also=ORDER_87.cite("68"),
    ),
    CS.rule(
        "43", "G11", AT_MOST, 5, WD, "report_received", "supplier_confirmed",
        "The purchaser confirms the supplier", "采购人确定中标(成交)供应商", also=ORDER_87.cite("68"),
    ),
    CS.rule(
        "43", "G12", AT_MOST, 2, WD, "winner_determined", "result_published",
        "Publication of the result with notice and documents", "公告中标(成交)结果并发出通知书",
        also=f"{ORDER_87.cite('69')}；{ORDER_74.cite('18')}",
    ),
    ORDER_87.rule(
        "69", "G13", AT_LEAST, 1, WD, "result_published", "result_ended",
        "Period of the result notice", "中标结果公告期限",
    ),
)  # fmt: skip

AFTER_AWARD: tuple[Rule, ...] = (
    PROCUREMENT.rule(
        "46", "G14", AT_MOST, 30, D, "award_notice_issued", "contract_signed",
        "Contract after the notice", "通知书发出至签订政府采购合同", roll=STATUTORY,
        also=ORDER_87.cite("71"),
    ),
    CS.rule(
        "50", "G15", AT_MOST, 2, WD, "contract_signed", "contract_published",
        "Publication of the contract except secrets", "合同签订至公告(涉密除外)",
    ),
    PROCUREMENT.rule(
        "47", "G16", AT_MOST, 7, WD, "contract_signed", "contract_filed",
        "Copy of the contract to the finance department", "合同签订至副本备案",
    ),
    CS.rule(
        "33", "G17", AT_MOST, 5, WD, "award_notice_issued", "deposit_refunded",
        "Refund of deposits: losers after the notice, the winner after the contract",
        "退还投标保证金(未中标:通知书发出后；中标:合同签订后)",
        also=f"{ORDER_87.cite('38')}；{ORDER_74.cite('20')}",
    ),
    ORDER_87.rule(
        "38", "G18", Direction.EXACTLY, Fraction(1, 5), Unit.SHARE, "", "",
        "Charge for a late refund, over the benchmark loan rate", "逾期退还保证金按基准利率上浮",
    ),
    ORDER_87.rule(
        "29", "G19", AT_MOST, 5, WD, "terminated", "refunded",
        "Refund after termination", "终止招标后退还费用和保证金",
    ),
)  # fmt: skip

REMEDIES: tuple[Rule, ...] = (
    CS.rule(
        "52", "G20", AT_MOST, 3, WD, "inquiry_received", "inquiry_answered",
        "Answer to an inquiry", "询问答复",
    ),
    PROCUREMENT.rule(
        "52", "G21", AT_MOST, 7, WD, "harm_known", "challenge_made",
        "Challenge after the harm is known", "知道或应当知道权益受损之日起提出质疑", also=CS.cite("53"),
    ),
    PROCUREMENT.rule(
        "53", "G22", AT_MOST, 7, WD, "challenge_received", "challenge_answered",
        "Answer to a challenge", "质疑答复", also=ORDER_94.cite("13"),
    ),
    PROCUREMENT.rule(
        "55", "G23", AT_MOST, 15, WD, "answer_due", "complaint_made",
        "Complaint after the answer was due", "质疑答复期满后投诉",
    ),
    ORDER_94.rule(
        "21", "G24", AT_MOST, 5, WD, "complaint_received", "complaint_reviewed",
        "Review of a complaint", "收到投诉书后审查",
    ),
    ORDER_94.rule(
        "21", "G24.inform", AT_MOST, 3, WD, "complaint_reviewed", "complainant_informed",
        "Information that a complaint is not accepted", "不予受理的书面告知",
    ),
    ORDER_94.rule(
        "21", "G25", AT_MOST, 8, WD, "complaint_received", "copies_sent",
        "Copies of the complaint sent out", "发出投诉答复通知书及投诉书副本",
    ),
    ORDER_94.rule(
        "22", "G25.reply", AT_MOST, 5, WD, "copies_received", "respondents_replied",
        "Reply of the respondents", "被投诉人作出书面说明",
    ),
    PROCUREMENT.rule(
        "56", "G26", AT_MOST, 30, WD, "complaint_received", "complaint_decided",
        "Decision on a complaint", "投诉处理决定", also=ORDER_94.cite("26"),
    ),
    PROCUREMENT.rule(
        "57", "G27", AT_MOST, 30, D, "procurement_suspended", "procurement_resumed",
        "Suspension of a procurement by the finance department", "暂停采购活动的时间",
        roll=STATUTORY, also=ORDER_94.cite("28"),
    ),
    ORDER_94.rule(
        "37", "G28", AT_LEAST, 3, Unit.COUNT, "", "",
        "Groundless complaints within twelve months that lead to listing",
        "十二个月内投诉查无实据列入不良行为记录的次数",
    ),
    ORDER_94.rule(
        "37", "G28.window", AT_MOST, 12, M, "first_complaint", "third_complaint",
        "Window in which groundless complaints are counted", "投诉查无实据次数的计算期间",
    ),
    PROCUREMENT.rule(
        "77", "G28.ban", Direction.RANGE, 1, Y, "punished", "ban_ended",
        "Ban for a false or forged complaint", "虚假、恶意投诉的禁止参加年限", upper=3,
        also=ORDER_94.cite("37"),
    ),
)  # fmt: skip

FRAMEWORK: tuple[Rule, ...] = (
    ORDER_110.rule(
        "29", "G29", AT_MOST, 30, D, "shortlist_notified", "framework_signed",
        "Signature of a framework agreement", "签订框架协议", roll=STATUTORY,
    ),
    ORDER_110.rule(
        "29", "G29.copy", AT_MOST, 7, WD, "framework_signed", "framework_filed",
        "Copy of the framework agreement to the finance department", "框架协议副本备案",
    ),
    ORDER_110.rule(
        "30", "G29.inform", AT_MOST, 3, WD, "shortlist_determined", "losers_informed",
        "Result to the suppliers that were not selected", "告知未入围供应商",
    ),
    ORDER_110.rule(
        "35", "G29.call", AT_MOST, 2, WD, "call_off_determined", "call_off_published",
        "Notice of a call-off", "成交结果公告",
    ),
    ORDER_110.rule(
        "35", "G29.summary", AT_MOST, 10, WD, "framework_ended", "summary_published",
        "Summary of call-offs", "框架协议期满成交汇总公告",
    ),
    ORDER_110.rule(
        "39", "G29.review", AT_MOST, 7, WD, "application_received", "application_reviewed",
        "Review of an application to an open framework", "开放式框架协议申请审核",
    ),
    ORDER_110.rule(
        "37", "G29.publish", AT_MOST, 1, WD, "framework_signed", "framework_published",
        "Publication of the framework", "框架协议公告",
    ),
    ORDER_110.rule(
        "40", "G29.enrol", AT_MOST, 2, WD, "application_reviewed", "agreement_signed",
        "Signature with a supplier of an open framework", "与申请审核通过的供应商签订协议",
    ),
    laws.ORDER_101.rule(
        "13", "G30", AT_MOST, 1, WD, "information_received", "information_published",
        "Publication by the site after receipt", "指定媒体收到信息至发布",
    ),
    CS.rule(
        "9", "G31", AT_LEAST, 3, Y, "employment_ended", "procurement_started",
        "Recusal after former employment and the like", "曾有劳动关系等情形的回避年限",
    ),
    laws.EXPERTS_198.rule(
        "", "G32", Direction.AT_MOST_BEFORE, 2, WD, "experts_drawn", "evaluation_started",
        "Draw of experts before the evaluation", "抽取评审专家距评审开始",
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*SELECTION, *AFTER_AWARD, *REMEDIES, *FRAMEWORK)
