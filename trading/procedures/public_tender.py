"""The open tender (公开招标) of the tendering law: notice, documents, sealed bids, public opening (招标投标法).

From the thresholds on it is mandatory where state funds pay; below, an owner may choose it. A ceiling may be stated,
a least price never (招标投标法实施条例 27): a tender has no field for one.
"""

from datetime import date
from decimal import Decimal

from trading.errors import RuleError
from trading.procedures.procedure import Procedure
from trading.rules import engine, table
from trading.rules.finding import written
from trading.text import mark as _

PROCEDURE = Procedure(
    kind="public_tender",
    title="Open tender",
    title_zh="公开招标",
    stages=("registered", "announced", "bidding", "opening", "opened"),
    exits=("failed",),
    rules={
        "documents_days": "T01",
        "issue_days": "T04",
        "amendment_days": "T05",
        "objection_days": "T07",
        "reply_days": "T08",
        "publicise_days": "T11",
        "publicity_days": "T12",
        "contract_days": "T13",
        "report_days": "T15",
        "complaint_days": "T16",
        "acceptance_days": "T17",
        "decision_days": "T18",
        "deposit_share": "Q06",
        "min_bidders": "Q01",
        "min_prequalified": "Q02",
        "window_minutes": "O04",
    },
)

THRESHOLDS = {"works": "M01", "goods": "M02", "services": "M03"}
INVESTMENT = "政府投资条例 23"


class DepositTooHigh(RuleError):
    """The bid security is more than the share of the estimate that the law allows."""

    code = "deposit_too_high"
    next_step = _("Ask for less security, or for none.")


class CeilingTooHigh(RuleError):
    """The price ceiling is above the money that there is."""

    code = "ceiling_too_high"
    next_step = _("State a ceiling within the approved money.")


class WindowOutOfRange(RuleError):
    """The decryption window is shorter or longer than the platform's rule allows."""

    code = "window_out_of_range"
    next_step = _("Set a window within the range; thirty minutes is usual.")


def is_mandatory(amount: Decimal, *, category: str, on: date, state_funded: bool) -> bool:
    """Say whether the law leaves no other way than a tender: state funds, and the category's threshold reached.

    Source: 招标投标法 3; 必须招标的工程项目规定 2, 5. Raises NotInForce.
    """
    return state_funded and amount >= table.find(THRESHOLDS[category], on).yuan


def check_window(minutes: int, *, on: date) -> None:
    """Refuse a decryption window in which nobody could act, or that keeps an opening from ending.

    Source: 电子招标投标办法 29, 30 leave it to the documents; the range is the platform's. Raises WindowOutOfRange.
    """
    rule = PROCEDURE.rule("window_minutes", on)
    if engine.check_quantity(rule.id, minutes, on=on).status is not engine.Status.COMPLIANT:
        raise WindowOutOfRange(
            "A decryption window lasts %(least)s to %(most)s minutes, not %(minutes)s.",
            basis=rule.basis,
            least=str(rule.number),
            most=str(rule.upper),
            minutes=minutes,
        )


def check_deposit(deposit: Decimal, *, estimate: Decimal, on: date, procedure: Procedure = PROCEDURE) -> None:
    """Refuse a bid security above the share of the estimate or budget that the procedure's rule allows.

    Both in yuan, the estimate above zero. Source: 招标投标法实施条例 26; 政府采购法实施条例 33. Raises DepositTooHigh.
    """
    rule = procedure.rule("deposit_share", on)
    found = engine.check_quantity(rule.id, deposit, of=estimate, on=on)
    if found.status is not engine.Status.COMPLIANT:
        raise DepositTooHigh(
            "%(deposit)s yuan of bid security are more than %(share)s of %(estimate)s.",
            basis=rule.basis,
            deposit=str(deposit),
            share=str(written(rule.number)),
            estimate=str(estimate),
        )


def check_ceiling(ceiling: Decimal | None, *, most: Decimal, basis: str = INVESTMENT) -> None:
    """Refuse a ceiling above the approved money; none is lawful. Raises CeilingTooHigh."""
    if ceiling is not None and ceiling > most:
        raise CeilingTooHigh(
            "The ceiling of %(ceiling)s yuan is above the %(most)s that are approved.",
            basis=basis,
            ceiling=str(ceiling),
            most=str(most),
        )
