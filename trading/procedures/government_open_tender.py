"""The open tender of government procurement (政府采购公开招标): goods and services bought with budget funds.

Works that must be tendered follow the tendering law instead (政府采购法 4). The ceiling may not exceed the budget,
and a least price is forbidden (财政部令第87号 12).
"""

from datetime import date
from decimal import Decimal

from trading.errors import RuleError
from trading.procedures import public_tender
from trading.procedures.fixed_price import SplitProject
from trading.procedures.procedure import Procedure
from trading.rules import table
from trading.rules.laws import ORDER_87, PROCUREMENT, TENDERING, TENDERING_REGULATIONS
from trading.text import mark as _

PROCEDURE = Procedure(
    kind="government_open_tender",
    title="Open tender of government procurement",
    title_zh="政府采购公开招标",
    stages=public_tender.PROCEDURE.stages,
    exits=public_tender.PROCEDURE.exits,
    rules={
        "notice_days": "G02",
        "documents_days": "G03",
        "issue_days": "G01",
        "amendment_days": "G04",
        "challenge_days": "G21",
        "reply_days": "G22",
        "confirm_days": "G11",
        "result_days": "G12",
        "result_notice_days": "G13",
        "contract_days": "G14",
        "contract_notice_days": "G15",
        "contract_copy_days": "G16",
        "complaint_days": "G23",
        "acceptance_days": "G24",
        "decision_days": "G26",
        "suspension_days": "G27",
        "deposit_share": "Q08",
        "min_bidders": "Q01.procured",
        "min_prequalified": "Q02",
        "window_minutes": "O04",
    },
)

SPLIT = f"{TENDERING.cite('4')}; {TENDERING_REGULATIONS.cite('24')}"


class NotProcurement(RuleError):
    """The purchase is none of government procurement's."""

    code = "not_government_procurement"
    basis = PROCUREMENT.cite("2, 4")
    next_step = _("Register the lot as an open tender of the tendering law.")


def gate(amount: Decimal, *, whole: Decimal, category: str, on: date, budget_funds: bool) -> None:
    """Refuse what is not bought with budget funds, and works that the tendering law governs.

    `whole` is what all purchases of the project come to, this one included, in yuan. Works below the threshold are
    lawful here unless they were split. Raises NotProcurement, SplitProject.
    Source: 政府采购法 2, 4; 政府采购法实施条例 7; 招标投标法 4; 招标投标法实施条例 24.
    """
    if not budget_funds:
        raise NotProcurement("Government procurement spends budget funds; this project has others.")
    if category != "works":
        return
    threshold = table.find("M01", on)
    if amount >= threshold.yuan:
        raise NotProcurement(
            "Works of %(amount)s yuan are tendered by the tendering law, not as government procurement.",
            amount=str(amount),
        )
    if whole >= threshold.yuan:
        raise SplitProject(
            "The purchases of the project come to %(whole)s yuan together and reach the threshold of %(threshold)s.",
            basis=f"{threshold.basis}; {SPLIT}",
            next_step=NotProcurement.next_step,
            whole=str(whole),
            threshold=str(threshold.yuan),
        )


def check_ceiling(ceiling: Decimal | None, *, budget: Decimal) -> None:
    """Refuse a ceiling above the budget. Source: 财政部令第87号 12. Raises CeilingTooHigh."""
    public_tender.check_ceiling(ceiling, most=budget, basis=ORDER_87.cite("12"))
