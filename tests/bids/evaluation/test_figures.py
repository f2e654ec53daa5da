"""Exact figures: rounding, printing, aggregation and its stages, flags."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.evaluation import figures
from tests.bids.evaluation.papers import TECHNICAL, by_price, column, priced, ranks, result, row, scored, sheets

DECIMALS = st.decimals(-(10**12), 10**12, places=6)
THEIRS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP, "down": ROUND_DOWN}


@given(DECIMALS, st.integers(0, 8), st.sampled_from(figures.MODES))
def test_rounding_is_that_of_decimal(value, places, mode):
    expected = value.quantize(Decimal(1).scaleb(-places), THEIRS[mode], Context(prec=60))
    rounded = figures.rounded(Fraction(value), places, mode)
    assert rounded == Fraction(expected)
    assert figures.fixed(rounded, places) == f"{expected:f}".replace("-0", "0" if not expected else "-0")


@given(DECIMALS)
def test_what_ends_is_printed_in_full(value):
    assert Fraction(figures.exact(Fraction(value))) == Fraction(value)
    assert figures.written(figures.exact(Fraction(value), 2)) == value


@given(st.fractions())
def test_what_never_ends_is_printed_to_40_places(value):
    assert abs(Fraction(figures.exact(value)) - value) <= Fraction(1, 2 * 10**40)


@pytest.mark.parametrize(
    ("value", "text"),
    [("71.149", "71.149"), ("100", "100"), ("0.50", "0.5"), ("-12.5", "-12.5"), ("0", "0"), ("1/3", "0." + "3" * 40)],
)
def test_figures_are_plain(value, text):
    assert figures.exact(Fraction(value)) == text


# Aggregation


def points(*scores, **changes):
    return row(scored(("A", "1", *scores), **changes), "A")


def test_the_mean_takes_all_experts():
    assert points("90", "80", "70")["total_exact"] == "80"


@pytest.mark.parametrize(
    ("scores", "min_experts", "total"),
    [
        (["10", "80", "80", "80", "100"], 5, "80.00"),
        (["10", "80", "80", "80", "100"], 7, "70.00"),
        (["100", "100", "70", "10", "10"], 5, "60.00"),
        (["10", "80", "100"], 3, "80.00"),
        (["10", "100"], 3, "55.00"),
    ],
)
def test_one_highest_and_one_lowest_are_dropped_from_enough_experts_on(scores, min_experts, total):
    assert points(*scores, aggregate={"rule": "trimmed", "min_experts": min_experts})["total"] == total


def test_without_a_number_seven_experts_are_enough():
    six = ["0", "50", "50", "50", "50", "100"]
    assert points(*six, "100", aggregate={"rule": "trimmed"})["total"] == "60.00"
    assert points(*six, aggregate={"rule": "trimmed"})["total"] == "50.00"
    assert points("0", "0", "60", "60", "60", aggregate={"rule": "trimmed"})["total"] == "36.00"


def two_parts(of, **changes):
    parts = [{**TECHNICAL, "id": name, "weight": weight} for name, weight in [("plan", "60"), ("staff", "40")]]
    marks = [("100", "0"), ("0", "100"), ("50", "60")]
    experts = [{"id": f"e{n}", "scores": {"plan": a, "staff": b}} for n, (a, b) in enumerate(marks)]
    document = {"v": 1, "lot": "L", "method": "none", "parts": parts, "bids": [{"id": "A", "experts": experts}]}
    return row({**document, "aggregate": {"rule": "trimmed", "of": of, "min_experts": 3}, **changes}, "A")


def test_the_extremes_of_each_part_or_the_experts_with_the_extreme_totals_are_dropped():
    assert two_parts("part")["parts"] == {"plan": "30", "staff": "24"}  # 50 and 60 are in the middle
    assert two_parts("total")["parts"] == {"plan": "30", "staff": "24"}  # 60, 40, 54: the third expert stays
    assert two_parts("total")["total"] == "54.00"


def test_a_whole_expert_is_dropped_not_scores_of_different_ones():
    parts = [{"id": name, "kind": "expert"} for name in ("a", "b")]
    marks = [("10", "1"), ("9", "9"), ("1", "2")]
    experts = [{"id": f"e{n}", "scores": {"a": a, "b": b}} for n, (a, b) in enumerate(marks)]
    document = {"v": 1, "lot": "L", "method": "none", "parts": parts, "bids": [{"id": "A", "experts": experts}]}
    aggregate = {"rule": "trimmed", "min_experts": 3}
    assert row({**document, "aggregate": {**aggregate, "of": "total"}}, "A")["parts"] == {"a": "10", "b": "1"}
    assert row({**document, "aggregate": {**aggregate, "of": "part"}}, "A")["parts"] == {"a": "9", "b": "2"}
    rounded = {**document, "rounding": {"stage": "expert", "places": 0}, "aggregate": {**aggregate, "of": "total"}}
    assert row(rounded, "A")["parts"] == {"a": "10", "b": "1"}


# Rounding


def test_nothing_is_rounded_before_the_total_unless_the_documents_say_so():
    thirds = {"parts": [{**TECHNICAL, "id": name, "weight": "50"} for name in ("a", "b")]}
    marks = ["66.67", "66.66", "66.66"]
    experts = [{"id": f"e{n}", "scores": {"a": mark, "b": mark}} for n, mark in enumerate(marks)]
    document = {"v": 1, "lot": "L", "method": "none", **thirds, "bids": [{"id": "A", "experts": experts}]}
    assert row(document, "A")["total_exact"] == "66.6633333333333333333333333333333333333333"
    by_part = row({**document, "rounding": {"places": 1, "stage": "part"}}, "A")
    assert (by_part["parts"], by_part["total"]) == ({"a": "33.3", "b": "33.3"}, "66.6")
    by_expert = row({**document, "rounding": {"places": 1, "stage": "expert"}}, "A")
    assert (by_expert["parts"], by_expert["total"]) == ({"a": "33.3", "b": "33.3"}, "66.6")
    assert row({**document, "rounding": {"places": 1}}, "A")["total"] == "66.7"


def test_the_rounded_total_ranks_then_the_lower_price():
    document = scored(("A", "200", "98.067"), ("B", "100", "98.066"))
    assert (column(document, "total"), ranks(document)) == ({"B": "98.07", "A": "98.07"}, {"B": 1, "A": 2})
    assert ranks({**document, "rounding": {"places": 3}}) == {"A": 1, "B": 2}


@pytest.mark.parametrize(
    ("mode", "total"), [("half_up", "0.13"), ("half_even", "0.12"), ("up", "0.13"), ("down", "0.12")]
)
def test_the_mode_of_rounding(mode, total):
    assert points("0.125", rounding={"mode": mode})["total"] == total


def test_a_total_can_have_no_places():
    assert points("0.5", rounding={"places": 0})["total"] == "1"


# Flags


def flags(document, kind):
    return [flag for flag in result(document)["flags"] if flag["flag"] == kind]


def test_an_abnormally_low_price_names_each_limit_it_is_below():
    document = by_price("400000", "820000", "860000", "900000", ceiling="1000000")
    low = {"flag": "abnormally_low", "bid": "A", "price": "400000.00"}
    assert flags(document, "abnormally_low") == [
        {**low, "rule": "next_lowest", "limit": "410000.00"},
        {**low, "rule": "ceiling", "limit": "450000.00"},
    ]
    document["abnormally_low"] = {"mean": "0.60", "next_lowest": "0", "ceiling": "0"}
    assert flags(document, "abnormally_low") == [{**low, "rule": "mean", "limit": "447000.00"}]


def test_a_price_on_the_limit_or_alone_is_not_abnormally_low():
    assert flags(priced("lowest_evaluated_price", "450", "900", ceiling="1000"), "abnormally_low") == []
    assert flags(priced("lowest_evaluated_price", "1"), "abnormally_low") == []


def test_a_score_far_from_the_mean_is_an_outlier():
    document = scored(("A", "1", "40", "80", "90"), ("B", "1", "70", "70", "70"))
    assert flags(document, "outlier") == [
        {"flag": "outlier", "bid": "A", "part": "technical", "expert": "e1", "score": "40", "mean": "70"},
    ]
    assert len(flags({**document, "outlier": "0.1"}, "outlier")) == 3
    assert flags({**document, "outlier": "1"}, "outlier") == []


def test_a_missing_score_leaves_the_bid_without_total_and_rank():
    document = scored(("A", "1", "80", "80"), ("B", "1", "90"), ("C", "1"))
    missing = {"flag": "missing_score", "part": "technical"}
    assert flags(document, "missing_score") == [
        {**missing, "bid": "B", "expert": "e2"},
        {**missing, "bid": "C", "expert": "e1"},
        {**missing, "bid": "C", "expert": "e2"},
    ]
    found = row(document, "B")
    assert (found["parts"], found["total"], found["total_exact"], found["rank"], found["reasons"]) == (
        {"technical": None}, None, None, None, ["scores are missing"],
    )  # fmt: skip
    assert ranks(document) == {"A": 1, "B": None, "C": None}


def test_parts_that_are_complete_are_shown_though_another_lacks_a_score():
    parts = [{"id": "a", "kind": "expert"}, {"id": "b", "kind": "expert"}, {"id": "c", "kind": "fixed"}]
    sheet = {"id": "e1", "scores": {"a": "5"}}
    bids = [{"id": "A", "experts": [sheet, {**sheet, "id": "e2"}, {**sheet, "id": "e3"}]}]
    document = {"v": 1, "lot": "L", "method": "none", "parts": parts, "bids": bids}
    assert row(document, "A")["parts"] == {"a": "5", "b": None, "c": None}
    assert [flag["expert"] for flag in flags(document, "missing_score")] == ["", "e1", "e2", "e3"]
    trimmed = {**document, "aggregate": {"rule": "trimmed", "of": "total", "min_experts": 3}}
    assert row(trimmed, "A")["parts"] == {"a": None, "b": None, "c": None}


def test_where_nobody_scored_every_part_of_the_experts_is_missing():
    assert flags(scored(("A", "1")), "missing_score") == [
        {"flag": "missing_score", "bid": "A", "part": "technical", "expert": ""},
    ]


def test_a_price_that_is_not_there_does_not_part_a_group():
    assert ranks(scored(("A", "200", "80"), ("B", None, "80"), ("C", "100", "80"))) == {"A": 1, "B": 1, "C": 1}


def test_the_sheets_of_an_ineffective_bid_do_not_call_anybody_missing():
    document = scored(("A", "1", "80"), ("B", "1", "80", "90"))
    document["bids"][1]["effective"] = False
    assert result(document)["flags"] == []
    assert sheets("80") == document["bids"][0]["experts"]
