"""What a bid says: strict reading, findings at the opening, refusals before sealing."""

import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.sealing import content
from bids.sealing.content import File, Partner, ReadOut, Unreadable
from tests.bids.sealing import paper
from tests.bids.sealing.test_archive import packed
from trading import money, uscc

USCC = "91330100" + "MA27XH3E" + uscc.organisation_check_character("MA27XH3E")
USCC += uscc.check_character(USCC)
ITEMS = {
    "v": "bid/1",
    "tender": paper.TENDER,
    "lot": 1,
    "bidder": paper.BIDDER,
    "price": "1368000.00",
    "price_words": "壹佰叁拾陆万捌仟元整",
    "duration_days": 360,
    "quality": "合格",
    "manager": {"name": "王建国", "certificate": "浙1330000000000001"},
    "deposit": {"form": "transfer", "amount": "20000.00"},
    "discount": "",
    "consortium": [],
    "files": [{"name": "标书.pdf", "size": 4, "sha256": "0" * 64}],
}
SAID = ReadOut(
    tender=paper.TENDER,
    lot=1,
    bidder=paper.BIDDER,
    price=Decimal("1368000.00"),
    price_figures=Decimal("1368000.00"),
    price_words="壹佰叁拾陆万捌仟元整",
    duration_days=360,
    quality="合格",
    manager_name="王建国",
    manager_certificate="浙1330000000000001",
    deposit_form="transfer",
    deposit_amount=Decimal("20000.00"),
    discount="",
    consortium=(),
    files=(File("标书.pdf", 4, "0" * 64),),
)
PLACE = {"tender": paper.TENDER, "lot": 1, "bidder": paper.BIDDER}


def opened(ceiling=None, **changes):
    bid = json.dumps({**ITEMS, **changes}, ensure_ascii=False).encode()
    file = io.BytesIO(packed({"bid.json": bid, "标书.pdf": b"%PDF"}))
    return content.read(file, **PLACE, ceiling=ceiling)


def refusal(**changes):
    with pytest.raises(Unreadable) as refused:
        content.of_items({**ITEMS, **changes})
    return refused.value.code


def test_a_bid_is_read_out():
    assert opened() == SAID
    assert content.problems(ITEMS, Decimal("1368000.00")) == ()


def test_a_consortium_is_read_out():
    partners = [{"uscc": USCC, "name": "杭州某建设有限公司", "share": "40%"}]
    assert opened(consortium=partners).consortium == (Partner(USCC, "杭州某建设有限公司", "40%"),)


# Findings at the opening


def test_the_words_prevail_over_the_figures():
    assert opened(price="1268000.00") == replace(SAID, price_figures=Decimal("1268000.00"), findings=("words_differ",))


@pytest.mark.parametrize("words", ["", "一百元", "壹佰元", "零元整", "壹佰叁拾陆万捌仟元整整"])
def test_words_that_are_no_amount_leave_the_figures(words):
    assert opened(price_words=words) == replace(SAID, price_words=words, findings=("words_unreadable",))


def test_a_price_above_the_ceiling_is_found():
    assert opened(ceiling=Decimal("1367999.99")).findings == ("above_ceiling",)
    assert opened(ceiling=Decimal("1368000.00")).findings == ()


def test_the_price_that_counts_is_compared_with_the_ceiling():
    assert opened(price="1.00", ceiling=Decimal("1000000.00")).findings == ("words_differ", "above_ceiling")


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"tender": "E3302002611220001002"}, "wrong_tender"),
        ({"lot": 2}, "wrong_lot"),
        ({"bidder": "U91330100MA0000000Y"}, "wrong_bidder"),
        ({"files": []}, "files_differ"),
        ({"files": [{"name": "标书.pdf", "size": 5, "sha256": "0" * 64}]}, "files_differ"),
    ],
)
def test_a_bid_that_names_something_else_is_found(changes, finding):
    assert opened(**changes).findings == (finding,)


def test_an_opening_tolerates_stray_characters():
    assert opened(quality=" 合\u200b格\n").quality == "合格"
    assert opened(discount="1\x002").discount == "1 2"


def test_every_finding_has_its_words():
    assert {"words_differ", "words_unreadable", "above_ceiling", "wrong_tender", "wrong_lot", "wrong_bidder"} < set(
        content.TEXTS
    )


# What cannot be read


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"a":1,"a":1}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":' + b"1" * 5_000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 10_000,
    ],
)
def test_what_is_no_plain_json_is_refused(data):
    with pytest.raises(Unreadable) as refused:
        content.parse(data)
    assert refused.value.code == "bid_json"


def test_a_bid_of_more_than_64_kib_is_refused():
    with pytest.raises(Unreadable) as refused:
        content.parse(b" " * 65_537)
    assert refused.value.code == "bid_too_long"


@pytest.mark.parametrize("items", [None, [], "x", {}, {**ITEMS, "note": ""}])
def test_what_has_other_items_is_refused(items):
    with pytest.raises(Unreadable) as refused:
        content.of_items(items)
    assert refused.value.code == "bid_members"
    assert content.problems(items) == ("bid_members",)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("v", "bid/2", "bid_version"),
        *(("price", value, "price_wrong") for value in (
            "-1.00", "0.00", "0", "1.001", "1e6", "1,000.00", " 1.00", "١", "NaN", 1368000, None, "1" * 17, ["1.00"],
        )),
        *(("lot", value, "lot_wrong") for value in (0, True, "1", 1000)),
        *(("duration_days", value, "duration_days_wrong") for value in (0, -1, 100_000, "360", True, None, 10**20)),
        ("tender", 1, "tender_wrong"),
        ("quality", None, "quality_wrong"),
        ("quality", "\ud800", "quality_wrong"),
        ("price_words", [], "price_words_wrong"),
        ("manager", [], "bid_members"),
        ("manager", {"name": "x"}, "bid_members"),
        ("manager", {"name": 1, "certificate": ""}, "manager_wrong"),
        ("deposit", {"form": "cash", "amount": "1.00"}, "deposit_wrong"),
        ("deposit", {"form": ["none"], "amount": "1.00"}, "deposit_wrong"),
        ("deposit", {"form": "none", "amount": "-1.00"}, "deposit_wrong"),
        ("consortium", {}, "consortium_wrong"),
        ("consortium", [{"uscc": "x", "name": "x", "share": "x"}], "consortium_wrong"),
        ("consortium", [{"uscc": 1, "name": "x", "share": "x"}], "consortium_wrong"),
        ("consortium", [[]], "bid_members"),
        ("files", None, "files_wrong"),
        ("files", [{"name": "../x", "size": 1, "sha256": "0" * 64}], "files_wrong"),
        ("files", [{"name": 1, "size": 1, "sha256": "0" * 64}], "files_wrong"),
        ("files", [{"name": "x", "size": 1, "sha256": "0" * 63}], "files_wrong"),
        ("files", [{"name": "x", "size": 1, "sha256": 0}], "files_wrong"),
        ("files", [{"name": "x", "size": -1, "sha256": "0" * 64}], "files_wrong"),
        ("files", [{"name": "x", "size": False, "sha256": "0" * 64}], "files_wrong"),
    ],
)  # fmt: skip
def test_a_malformed_item_is_refused(name, value, code):
    assert refusal(**{name: value}) == code
    assert content.problems({**ITEMS, name: value}) == (code,)


# Before sealing


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"price": "1268000.00"}, "words_differ"),
        ({"price_words": "壹佰"}, "words_unreadable"),
        ({"price": "2000000.01", "price_words": money.in_words(Decimal("2000000.01"))}, "above_ceiling"),
        ({"quality": " "}, "text_missing"),
        ({"manager": {"name": "王", "certificate": ""}}, "text_missing"),
        ({"discount": "x" * 201}, "text_too_long"),
        ({"deposit": {"form": "none", "amount": "1.00"}}, "deposit_wrong"),
        ({"deposit": {"form": "transfer", "amount": "0.00"}}, "deposit_wrong"),
        ({"consortium": [{"uscc": "9" * 18, "name": "x", "share": "x"}]}, "uscc_wrong"),
        ({"files": []}, "files_missing"),
        ({"files": [{"name": "a", "size": 0, "sha256": "0" * 64}]}, "file_empty"),
        ({"files": [{"name": "bid.JSON", "size": 1, "sha256": "0" * 64}]}, "file_name_wrong"),
        ({"files": [{"name": name, "size": 1, "sha256": "0" * 64} for name in ("a", "A")]}, "file_twice"),
    ],
)
def test_a_bid_with_a_problem_is_not_to_be_sealed(changes, problem):
    assert content.problems({**ITEMS, **changes}, Decimal("2000000.00")) == (problem,)
    assert problem in content.TEXTS


def test_partners_with_right_codes_are_no_problem():
    assert content.problems({**ITEMS, "consortium": [{"uscc": USCC, "name": "x", "share": "x"}]}) == ()


SCALARS = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


@paper.unhurried
@given(st.sampled_from(sorted(ITEMS)), JSON)
def test_any_value_is_read_or_refused(name, value):
    try:
        said = content.of_items({**ITEMS, name: value})
    except Unreadable:
        return
    assert said.price > 0


@paper.unhurried
@given(st.decimals(min_value="0.01", max_value="9999999999999999.99", places=2))
def test_every_price_in_its_words_is_read(price):
    said = content.of_items({**ITEMS, "price": f"{price:f}", "price_words": money.in_words(price)})
    assert said.price == said.price_figures == price
