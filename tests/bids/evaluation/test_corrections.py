"""Arithmetic corrections in the order of the law (87号令 59)."""

from decimal import Decimal

import pytest

from bids.evaluation.corrections import Item, Statement, Step, correct
from trading.money import WrongAmount

yuan = Decimal
PROCURED = "政府采购货物和服务招标投标管理办法(财政部令第87号) 59"


def corrected(regime="procurement", **said):
    found = correct(Statement(**said), regime)
    return found.price, found.steps


def test_a_price_without_contradictions_stands():
    found = correct(
        Statement(yuan(4260), "肆仟贰佰陆拾元整", yuan(4260), (Item(yuan(120), yuan("35.50"), yuan(4260)),)),
        "procurement",
    )
    assert (found.price, found.steps, found.basis) == (yuan("4260.00"), (), PROCURED)


def test_unit_prices_prevail_over_the_total():
    item = Item(yuan(120), yuan("35.50"), yuan(4200))
    assert corrected(figures=yuan(4200), items=(item,)) == (yuan("4260.00"), (Step(4, yuan(4200), yuan("4260.00")),))


def test_words_prevail_over_figures():
    assert corrected(figures=yuan(5100000), words="伍佰万元整") == (
        yuan("5000000.00"), (Step(2, yuan(5100000), yuan("5000000.00")),),
    )  # fmt: skip


def test_the_opening_list_prevails_over_what_the_bid_says_elsewhere_in_procurement():
    assert corrected(figures=yuan(100), elsewhere=yuan(110)) == (yuan("100.00"), (Step(1, yuan(110), yuan(100)),))
    assert corrected("tender", figures=yuan(100), elsewhere=yuan(110)) == (yuan("100.00"), ())


@pytest.mark.parametrize(("unit", "moved"), [("3.55", "35.5"), ("355", "35.50"), ("0.00355", "35.5")])
def test_a_misplaced_decimal_point_corrects_the_unit_price_and_the_total_stands(unit, moved):
    item = Item(yuan(120), yuan(unit), yuan("4260.00"))
    price, (step,) = corrected(figures=yuan(4260), items=(item,))
    assert (price, step.rule, step.was, step.now) == (yuan("4260.00"), 3, yuan(unit), yuan(moved))


def test_two_contradictions_are_corrected_in_order():
    items = (Item(yuan(10), yuan("1.5"), yuan(150)), Item(yuan(2), yuan(30), yuan(50)))
    price, steps = corrected(figures=yuan(200), words="贰佰零伍元整", elsewhere=yuan(199), items=items)
    assert price == yuan("210.00")  # 10 × 15 and 2 × 30
    assert steps == (
        Step(1, yuan(199), yuan(200)), Step(2, yuan(200), yuan("205.00")), Step(3, yuan("1.5"), yuan("15.0")),
        Step(4, yuan("205.00"), yuan("210.00")),
    )  # fmt: skip


def test_words_that_cannot_be_read_are_refused():
    with pytest.raises(WrongAmount):
        corrected(figures=yuan(100), words="一百元")
