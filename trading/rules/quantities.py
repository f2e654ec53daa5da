"""Limits without a date: heads, shares, prices (Q01 to Q16), thresholds of mandatory tendering (M01 to M06)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from trading.rules.laws import (
    MUST_TENDER,
    MUST_TENDER_2000,
    ORDER_74,
    ORDER_87,
    ORDER_110,
    SMALL_FIRMS_19,
    SMALL_FIRMS_46,
    TENDERING,
)
from trading.rules.laws import PROCUREMENT as CG
from trading.rules.laws import PROCUREMENT_REGULATIONS as CS
from trading.rules.laws import TENDERING_REGULATIONS as SL
from trading.rules.rule import Direction, Rule, Unit

COUNT, SHARE, YUAN = Unit.COUNT, Unit.SHARE, Unit.YUAN
AT_LEAST, AT_MOST, RANGE = Direction.AT_LEAST, Direction.AT_MOST, Direction.RANGE
FROM = Direction.FROM

HEADS_AND_SHARES: tuple[Rule, ...] = (
    TENDERING.rule(
        "28", "Q01", AT_LEAST, 3, COUNT, "", "", "Bidders for an opening", "开标的投标人数", also=SL.cite("44"),
    ),
    ORDER_87.rule(
        "41、43", "Q01.procured", AT_LEAST, 3, COUNT, "", "", "Suppliers for an opening in government procurement",
        "政府采购开标的供应商数", also=CG.cite("36"),
    ),
    SL.rule("19", "Q02", AT_LEAST, 3, COUNT, "", "", "Prequalified bidders", "通过资格预审的申请人数"),
    ORDER_87.rule(
        "44", "Q02.opened", AT_LEAST, 3, COUNT, "", "", "Qualified bidders after the opening",
        "开标后资格审查合格的投标人数", also=CG.cite("36"),
    ),
    TENDERING.rule("17", "Q03", AT_LEAST, 3, COUNT, "", "", "Invited bidders", "邀请招标的邀请家数"),
    TENDERING.rule(
        "37", "Q04", AT_LEAST, 5, COUNT, "", "", "Members of the committee, an odd number",
        "评标委员会人数(单数)", odd=True,
    ),
    TENDERING.rule(
        "37", "Q04.experts", AT_LEAST, Fraction(2, 3), SHARE, "", "",
        "Share of experts in the committee", "评标委员会专家比例",
    ),
    SL.rule("53", "Q05", AT_MOST, 3, COUNT, "", "", "Ranked candidates", "中标候选人数(标明排序)"),
    SL.rule(
        "26", "Q06", AT_MOST, Fraction(2, 100), SHARE, "", "",
        "Bid deposit, of the estimated price", "投标保证金占招标项目估算价",
    ),
    SL.rule(
        "58", "Q07", AT_MOST, Fraction(10, 100), SHARE, "", "",
        "Performance bond, of the contract price", "履约保证金占合同金额", also=CS.cite("48"),
    ),
    CS.rule(
        "33", "Q08", AT_MOST, Fraction(2, 100), SHARE, "", "",
        "Procurement deposit, of the budget, not in cash", "政府采购投标保证金占采购预算(非现金)",
        also=ORDER_74.cite("14"),
    ),
    CG.rule(
        "49", "Q09", AT_MOST, Fraction(10, 100), SHARE, "", "",
        "Supplementary purchase, of the contract", "补充合同占原合同金额",
    ),
    CG.rule(
        "31", "Q10", AT_MOST, Fraction(10, 100), SHARE, "", "",
        "Single-source addition for consistency", "单一来源添购占原合同金额",
    ),
    ORDER_87.rule(
        "55", "Q11", AT_LEAST, Fraction(30, 100), SHARE, "", "",
        "Weight of the price, goods", "货物项目价格分值权重",
    ),
    ORDER_87.rule(
        "55", "Q11.services", AT_LEAST, Fraction(10, 100), SHARE, "", "",
        "Weight of the price, services", "服务项目价格分值权重",
    ),
    ORDER_87.rule(
        "47", "Q13", AT_LEAST, 7, COUNT, "", "",
        "Members of the committee of a large procurement, an odd number",
        "采购预算1000万元以上等项目评标委员会人数(单数)", odd=True,
    ),
    ORDER_87.rule(
        "47", "Q13.budget", FROM, Decimal(10_000_000), YUAN, "", "",
        "Budget from which the committee has seven members", "评标委员会应为七人以上的预算金额",
    ),
    ORDER_87.rule(
        "14", "Q14", AT_LEAST, 2, COUNT, "", "",
        "Pool of invitees, as a multiple of those drawn", "随机抽取邀请供应商的备选倍数",
    ),
    ORDER_110.rule(
        "27", "Q15", AT_LEAST, Fraction(20, 100), SHARE, "", "",
        "Share eliminated in a framework", "框架协议入围淘汰比例",
    ),
    ORDER_110.rule(
        "27", "Q15.count", AT_LEAST, 1, COUNT, "", "",
        "Suppliers eliminated in a framework", "框架协议入围淘汰家数",
    ),
    ORDER_110.rule(
        "27", "Q15.quality", AT_LEAST, Fraction(40, 100), SHARE, "", "",
        "Share eliminated, quality first (test instruments)", "质量优先法检测仪器淘汰比例",
    ),
    ORDER_74.rule(
        "12", "Q16", AT_MOST, Fraction(50, 100), SHARE, "", "",
        "Suppliers recommended by the purchaser", "采购人推荐供应商比例",
    ),
)  # fmt: skip

LAST_DAY_OF_46 = date(2022, 6, 30)

SMALL_FIRMS: tuple[Rule, ...] = (
    SMALL_FIRMS_46.rule(
        "9", "Q12", RANGE, Fraction(6, 100), SHARE, "", "", "Price deduction for small firms, goods and services",
        "小微企业价格扣除(货物、服务)", upper=Fraction(10, 100), valid_to=LAST_DAY_OF_46,
    ),
    SMALL_FIRMS_19.rule(
        "", "Q12", RANGE, Fraction(10, 100), SHARE, "", "", "Price deduction for small firms, goods and services",
        "小微企业价格扣除(货物、服务)", upper=Fraction(20, 100), version=2,
    ),
    SMALL_FIRMS_46.rule(
        "9", "Q12.works", RANGE, Fraction(3, 100), SHARE, "", "", "Price deduction for small firms, works",
        "小微企业价格扣除(工程)", upper=Fraction(5, 100),
    ),
    SMALL_FIRMS_46.rule(
        "9", "Q12.consortium", RANGE, Fraction(2, 100), SHARE, "", "",
        "Price deduction for a consortium with small firms, goods and services",
        "联合体价格扣除(货物、服务)", upper=Fraction(3, 100), valid_to=LAST_DAY_OF_46,
    ),
    SMALL_FIRMS_19.rule(
        "", "Q12.consortium", RANGE, Fraction(4, 100), SHARE, "", "",
        "Price deduction for a consortium with small firms, goods and services",
        "联合体价格扣除(货物、服务)", upper=Fraction(6, 100), version=2,
    ),
    SMALL_FIRMS_46.rule(
        "9", "Q12.consortium_works", RANGE, Fraction(1, 100), SHARE, "", "",
        "Price deduction for a consortium with small firms, works", "联合体价格扣除(工程)", upper=Fraction(2, 100),
    ),
    SMALL_FIRMS_46.rule(
        "9", "Q12.share", AT_LEAST, Fraction(30, 100), SHARE, "", "",
        "Share of small firms in the consortium", "联合体中小微企业合同份额",
    ),
)  # fmt: skip

THRESHOLDS: tuple[Rule, ...] = (
    MUST_TENDER_2000.rule(
        "7", "M01", FROM, Decimal(2_000_000), YUAN, "", "", "Mandatory tender: works", "必须招标:施工单项合同",
        name="works",
    ),
    MUST_TENDER.rule(
        "5", "M01", FROM, Decimal(4_000_000), YUAN, "", "", "Mandatory tender: works", "必须招标:施工单项合同",
        name="works", version=2,
    ),
    MUST_TENDER_2000.rule(
        "7", "M02", FROM, Decimal(1_000_000), YUAN, "", "", "Mandatory tender: goods and materials",
        "必须招标:重要设备、材料等货物", name="goods",
    ),
    MUST_TENDER.rule(
        "5", "M02", FROM, Decimal(2_000_000), YUAN, "", "", "Mandatory tender: goods and materials",
        "必须招标:重要设备、材料等货物", name="goods", version=2,
    ),
    MUST_TENDER_2000.rule(
        "7", "M03", FROM, Decimal(500_000), YUAN, "", "", "Mandatory tender: survey, design, supervision",
        "必须招标:勘察、设计、监理等服务", name="services",
    ),
    MUST_TENDER.rule(
        "5", "M03", FROM, Decimal(1_000_000), YUAN, "", "", "Mandatory tender: survey, design, supervision",
        "必须招标:勘察、设计、监理等服务", name="services", version=2,
    ),
    MUST_TENDER.rule(
        "2", "M04", FROM, Decimal(2_000_000), YUAN, "", "", "State-funded: budget funds in the project",
        "使用预算资金", name="budget_funds",
    ),
    MUST_TENDER.rule(
        "2", "M05", FROM, Fraction(10, 100), SHARE, "", "", "State-funded: budget funds, of the investment",
        "预算资金占投资额比例", name="budget_share",
    ),
    MUST_TENDER_2000.rule(
        "7", "M06", FROM, Decimal(30_000_000), YUAN, "", "", "Mandatory tender: whole project",
        "必须招标:项目总投资", name="total",
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*HEADS_AND_SHARES, *SMALL_FIRMS, *THRESHOLDS)
