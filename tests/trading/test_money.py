"""Money: strict figures, half-up cents, JSON, and amounts in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading import money

AMOUNTS = st.decimals(0, money.LARGEST, places=2)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0.00"),
        ("0.05", "0.05"),
        ("1368000", "1368000.00"),
        ("12.5", "12.50"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_plain_figures_are_an_amount(text, amount):
    parsed = money.parse(text)
    assert (parsed, str(parsed)) == (Decimal(amount), amount)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", "-1", "1e3", "1E3", "NaN", "Infinity", "1,000", "1.234", "1.", ".5", "01", "1_000", "¥5",
     "１２", "一", "0x1", "1" * 17, "1" * 40, "12.3.4"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(money.WrongAmount) as wrong:
        money.parse(text)
    assert wrong.value.code == "amount_wrong"


@pytest.mark.parametrize("value", [1, 1.5, None, Decimal(1)])
def test_only_text_is_parsed(value):
    with pytest.raises(money.WrongAmount):
        money.parse(value)


def test_a_negative_amount_is_read_where_it_fits():
    assert money.parse("-12.30", negative=True) == Decimal("-12.30")


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        ("0.005", "0.01"),
        ("0.0049999", "0.00"),
        ("1.115", "1.12"),
        ("2.125", "2.13"),
        ("-0.005", "-0.01"),
        ("7", "7.00"),
    ],
)
def test_half_a_cent_goes_up(value, cents):
    assert str(money.to_cent(Decimal(value))) == cents


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e16", "-1e30"])
def test_what_no_column_holds_is_refused(value):
    with pytest.raises(money.WrongAmount):
        money.to_cent(Decimal(value))


@given(st.decimals(-money.LARGEST, money.LARGEST, places=2))
def test_json_and_back_is_the_same_amount(amount):
    written = money.to_json(amount)
    assert set(written) == {"amount", "currency"}
    assert money.from_json(written) == amount


def test_an_amount_in_json_is_text_with_its_currency():
    assert money.to_json(Decimal("123456.78")) == {"amount": "123456.78", "currency": "CNY"}


@pytest.mark.parametrize(
    "value",
    [None, "1", {}, {"amount": "1"}, {"amount": "1", "currency": "USD"}, {"amount": 1.5, "currency": "CNY"},
     {"amount": "1", "currency": "CNY", "x": 1}, {"amount": "NaN", "currency": "CNY"}],
)  # fmt: skip
def test_other_json_is_refused(value):
    with pytest.raises(money.WrongAmount):
        money.from_json(value)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1368000.00", "壹佰叁拾陆万捌仟元整"),
        ("10050.30", "壹万零伍拾元叁角"),
        ("0.05", "伍分"),
        ("100000001.00", "壹亿零壹元整"),
        ("0.00", "零元整"),
        ("0.30", "叁角"),
        ("0.35", "叁角伍分"),
        ("1.00", "壹元整"),
        ("10.00", "壹拾元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1001000.00", "壹佰万壹仟元整"),
        ("1000100.00", "壹佰万零壹佰元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("1000000000000.00", "壹万亿元整"),
        ("1000000000001.00", "壹万亿零壹元整"),
        ("1234567890123456.78", "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌亿玖仟零壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_in_words(amount, words):
    assert money.in_words(Decimal(amount)) == words
    assert money.from_words(words) == Decimal(amount)


@given(AMOUNTS)
def test_words_and_back_is_the_same_amount(amount):
    assert money.from_words(money.in_words(amount)) == amount


@given(AMOUNTS)
def test_words_never_double_a_zero_nor_end_a_group_in_one(amount):
    words = money.in_words(amount)
    assert not any(pair in words for pair in ("零零", "零万", "零亿", "亿万", "零拾", "零佰", "零仟"))


@pytest.mark.parametrize("value", ["-0.01", "0.001", "NaN", "1e16"])
def test_what_has_no_words_is_refused(value):
    with pytest.raises(money.WrongAmount):
        money.in_words(Decimal(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "元",
        "壹",
        "壹元",
        "零",
        "壹拾壹",
        "拾元整",
        "十元整",
        "壹元整整",
        "壹元零叁角",
        "A角",
        "亿元整",
        "壹元X分",
        "亿" * 5000 + "元整",
    ],
)
def test_other_words_are_refused(text):
    with pytest.raises(money.WrongAmount):
        money.from_words(text)
