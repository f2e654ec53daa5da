"""The two kinds of open tender: what they are, their thresholds, security and ceiling."""

from datetime import date
from decimal import Decimal

import pytest

from trading import procedures
from trading.procedures import fixed_price, government_open_tender, public_tender
from trading.procedures.fixed_price import SplitProject
from trading.procedures.government_open_tender import NotProcurement
from trading.procedures.public_tender import CeilingTooHigh, DepositTooHigh, WindowOutOfRange

TODAY = date(2026, 11, 22)
ESTIMATE = Decimal(1_000_000)


def test_the_kinds_are_three_and_two_of_them_are_tenders():
    assert procedures.KINDS == (fixed_price.PROCEDURE, public_tender.PROCEDURE, government_open_tender.PROCEDURE)
    assert procedures.TENDERS == {
        "public_tender": public_tender.PROCEDURE,
        "government_open_tender": government_open_tender.PROCEDURE,
    }


def test_the_limits_of_a_day_are_the_numbers_of_the_table():
    works, bought = public_tender.PROCEDURE.limits_on(TODAY), government_open_tender.PROCEDURE.limits_on(TODAY)
    assert (works["documents_days"], works["issue_days"], works["amendment_days"]) == (5, 20, 15)
    assert (works["objection_days"], works["reply_days"], works["min_bidders"]) == (10, 3, 3)
    assert (bought["notice_days"], bought["documents_days"], bought["issue_days"]) == (5, 5, 20)
    assert (bought["challenge_days"], bought["reply_days"], bought["amendment_days"]) == (7, 7, 15)


@pytest.mark.parametrize(
    ("amount", "category", "state_funded", "mandatory"),
    [
        ("4000000", "works", True, True),
        ("3999999.99", "works", True, False),
        ("2000000", "goods", True, True),
        ("1000000", "services", True, True),
        ("9000000", "works", False, False),
    ],
)
def test_state_funds_from_the_threshold_on_must_be_tendered(amount, category, state_funded, mandatory):
    given = {"category": category, "on": TODAY, "state_funded": state_funded}
    assert public_tender.is_mandatory(Decimal(amount), **given) is mandatory


@pytest.mark.parametrize("procedure", procedures.TENDERS.values(), ids=str)
def test_security_is_at_most_two_percent(procedure):
    given = {"estimate": ESTIMATE, "on": TODAY, "procedure": procedure}
    public_tender.check_deposit(Decimal(0), **given)
    public_tender.check_deposit(Decimal(20_000), **given)
    with pytest.raises(DepositTooHigh) as refusal:
        public_tender.check_deposit(Decimal("20000.01"), **given)
    assert refusal.value.basis == procedure.rule("deposit_share", TODAY).basis
    assert refusal.value.params["share"] == "2%"


def test_a_ceiling_stays_within_the_approved_money_and_may_be_missing():
    public_tender.check_ceiling(None, most=ESTIMATE)
    public_tender.check_ceiling(ESTIMATE, most=ESTIMATE)
    with pytest.raises(CeilingTooHigh) as refusal:
        public_tender.check_ceiling(ESTIMATE + 1, most=ESTIMATE)
    assert refusal.value.basis == "政府投资条例 23"
    with pytest.raises(CeilingTooHigh) as refusal:
        government_open_tender.check_ceiling(ESTIMATE + 1, budget=ESTIMATE)
    assert "第87号" in refusal.value.basis


def gate(amount, category, *, whole=None, budget_funds=True):
    government_open_tender.gate(
        Decimal(amount), whole=Decimal(whole or amount), category=category, on=TODAY, budget_funds=budget_funds
    )


@pytest.mark.parametrize(("amount", "category"), [("9000000", "goods"), ("9000000", "services"), ("3999999", "works")])
def test_goods_services_and_small_works_are_procured(amount, category):
    gate(amount, category)


def test_works_split_below_the_threshold_are_not_procurement():
    gate("2000000", "works", whole="3999999.99")
    gate("2000000", "goods", whole="9000000")
    with pytest.raises(SplitProject) as refusal:
        gate("2000000", "works", whole="4000000")
    assert refusal.value.code == "split_project"
    assert refusal.value.basis.endswith("招标投标法 4; 招标投标法实施条例 24")
    assert refusal.value.params == {"whole": "4000000", "threshold": "4000000"}


@pytest.mark.parametrize("minutes", [15, 30, 240])
def test_a_window_within_the_platforms_range_is_set(minutes):
    public_tender.check_window(minutes, on=TODAY)


@pytest.mark.parametrize("minutes", [0, 1, 14, 241])
def test_a_window_in_which_nobody_could_act_is_refused(minutes):
    with pytest.raises(WindowOutOfRange) as refusal:
        public_tender.check_window(minutes, on=TODAY)
    assert (refusal.value.code, refusal.value.params["least"]) == ("window_out_of_range", "15")
    assert "电子招标投标办法" in refusal.value.basis


def test_too_few_suppliers_are_judged_by_the_law_of_procurement():
    bought, works = (
        one.rule("min_bidders", TODAY) for one in (government_open_tender.PROCEDURE, public_tender.PROCEDURE)
    )
    assert (bought.count, works.count) == (3, 3)
    assert "政府采购法 36" in bought.basis
    assert "第87号) 41、43" in bought.basis
    assert works.basis == "招标投标法 28；招标投标法实施条例 44"


@pytest.mark.parametrize(
    ("amount", "category", "budget_funds"), [("4000000", "works", True), ("9000000", "goods", False)]
)
def test_large_works_and_other_funds_are_not_procurement(amount, category, budget_funds):
    with pytest.raises(NotProcurement):
        gate(amount, category, budget_funds=budget_funds)
