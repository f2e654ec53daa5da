"""The open tender of government procurement (政府采购公开招标): goods and services bought with budget funds.

Works that must be tendered follow the tendering law instead (政府采购法 4). The ceiling may not exceed the budget,
and a least price is forbidden (财政部令第87号 12).
"""

from datetime import date
from decimal import Decimal

from trading.errors import RuleError
from trading.procedures import public_tender
from trading.procedures.procedure import Procedure
from trading.rules import table
from trading.rules.laws import ORDER_87, PROCUREMENT
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
        "deposit_share": "Q08",
        "min_bidders": "Q01",
        "min_prequalified": "Q02",
    },
)


class NotProcurement(RuleError):
    """The purchase is none of government procurement's."""

    code = "not_government_procurement"
    basis = PROCUREMENT.cite("2, 4")
    next_step = _("Register the lot as an open tender of the tendering law.")


def gate(amount: Decimal, *, category: str, on: date, budget_funds: bool) -> None:
    """Refuse what is not bought with budget funds, and works that the tendering law governs.

    Works below its threshold are lawful here. Source: 政府采购法 2, 4; 政府采购法实施条例 7. Raises NotProcurement.
    """
    if not budget_funds:
        raise NotProcurement("Government procurement spends budget funds; this project has others.")
    if category == "works" and amount >= table.find("M01", on).yuan:
        raise NotProcurement(
            "Works of %(amount)s yuan are tendered by the tendering law, not as government procurement.",
            amount=str(amount),
        )


def check_ceiling(ceiling: Decimal | None, *, budget: Decimal) -> None:
    """Refuse a ceiling above the budget. Source: 财政部令第87号 12. Raises CeilingTooHigh."""
    public_tender.check_ceiling(ceiling, most=budget, basis=ORDER_87.cite("12"))
