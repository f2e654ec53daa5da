"""Each method by the worked examples of domain.md 6 and by values worked out by hand."""

import pytest

from bids.evaluation.methods import METHODS
from tests.bids.evaluation.papers import (
    BUSINESS,
    PRICE,
    TECHNICAL,
    by_benchmark,
    by_price,
    column,
    price_points,
    priced,
    ranks,
    result,
    row,
    scored,
    sheets,
    whole,
)

MICRO = [{"id": "micro", "rate": "0.10"}]


def test_every_method_names_itself_and_its_source():
    assert list(METHODS) == [
        "comprehensive_scoring", "lowest_evaluated_price", "lowest_evaluated_tender", "benchmark", "none",
    ]  # fmt: skip
    assert all(method.en and method.zh and method.basis for method in METHODS.values())


# Comprehensive scoring, 87号令 55 and 57


def test_the_lowest_price_gets_all_points_and_the_others_in_proportion():
    found = result(by_price("1000000", "1200000", "1500000"))
    assert found["benchmark"] == "1000000.00"
    assert [bid["total"] for bid in found["bids"]] == ["30.00", "25.00", "20.00"]


def test_four_decimals_of_forty_points():
    document = by_price("1000000", "1200000", "1500000", weight="40", rounding={"places": 4, "stage": "part"})
    assert list(price_points(document).values()) == ["40.0000", "33.3333", "26.6667"]
    assert list(column(document, "total").values()) == ["40.0000", "33.3333", "26.6667"]


def test_weighted_scores_keep_every_digit_and_print_two():
    parts = [{"id": name, "kind": "expert", "weight": weight, "max": "100"} for name, weight in
             [("price", "30"), ("technical", "50"), ("credit", "20")]]  # fmt: skip
    scores = {"price": "33.33", "technical": "85.5", "credit": "92"}
    bids = [{"id": "A", "experts": [{"id": "e1", "scores": scores}]}]
    bid = row({"v": 1, "lot": "L", "method": "comprehensive_scoring", "parts": parts, "bids": bids}, "A")
    assert (bid["total_exact"], bid["total"]) == ("71.149", "71.15")
    assert bid["parts"] == {"price": "9.999", "technical": "42.75", "credit": "18.4"}


def test_the_example_of_the_format():
    assert row(whole(), "A") == {
        "id": "A", "effective": True, "evaluated_price": "1000000.00",
        "parts": {"price": "30", "technical": "44.625", "business": "18.5"},
        "total": "93.13", "total_exact": "93.125", "rank": 1, "tied_with": [], "reasons": [],
    }  # fmt: skip


def test_a_deduction_counts_in_the_price_score():
    document = by_price("1000000", "1050000", deductions=MICRO)
    document["bids"][1]["deductions"] = ["micro"]
    assert column(document, "evaluated_price") == {"B": "945000.00", "A": "1000000.00"}
    assert price_points(document) == {"B": "30", "A": "28.35"}


def test_equal_scores_are_ranked_by_the_lower_price():
    assert ranks(scored(("A", "200", "90"), ("B", "100", "90"))) == {"B": 1, "A": 2}


def test_a_part_without_a_weight_counts_as_scored_and_points_on_top_count_too():
    parts = [PRICE, {**TECHNICAL, "weight": None, "max": "50"}, BUSINESS, {"id": "green", "kind": "fixed", "max": "3"}]
    bid = {"id": "A", "price": "100", "fixed": {"business": "20", "green": "3"}, "experts": sheets("40", "50")}
    assert row(whole(parts=parts, bids=[bid]), "A")["total"] == "98.00"


# Lowest evaluated price, 87号令 54 and 56


def test_the_lowest_price_after_deductions_is_first_and_the_price_stays():
    document = priced("lowest_evaluated_price", "1000000", "1050000", "1100000", deductions=MICRO)
    document["bids"][1]["deductions"] = ["micro"]
    assert ranks(document) == {"B": 1, "A": 2, "C": 3}
    assert row(document, "B")["evaluated_price"] == "945000.00"
    assert document["bids"][1]["price"] == "1050000"


def test_equal_prices_are_parallel_and_drawn_only_where_the_documents_say_so():
    parallel = result(priced("lowest_evaluated_price", "100", "100", "200", tie=[]))
    assert [(bid["id"], bid["rank"], bid["tied_with"]) for bid in parallel["bids"]] == [
        ("A", 1, ["B"]), ("B", 1, ["A"]), ("C", 3, []),
    ]  # fmt: skip
    assert (parallel["flags"], parallel["bids"][0]["reasons"]) == ([], [])
    drawn = result(priced("lowest_evaluated_price", "100", "100", "200"))
    assert drawn["flags"] == [{"flag": "draw", "bids": ["A", "B"], "rank": "1"}]
    assert drawn["bids"][0]["reasons"] == ["equal by every rule: the selector draws"]


def test_equal_evaluated_prices_are_ranked_by_the_quote():
    document = priced("lowest_evaluated_price", "1000", "900", deductions=MICRO)
    document["bids"][0]["deductions"] = ["micro"]
    assert ranks(document) == {"B": 1, "A": 2}


# Lowest evaluated tender


def test_adjustments_bring_bids_to_one_footing():
    document = priced("lowest_evaluated_tender", "1000", "990")
    document["bids"][1]["adjustments"] = [
        {"reason": "item left out", "amount": "30.50"}, {"reason": "early payment", "amount": "-10"},
    ]  # fmt: skip
    assert column(document, "evaluated_price") == {"A": "1000.00", "B": "1010.50"}
    assert ranks(document) == {"A": 1, "B": 2}


def test_a_tie_of_prices_can_go_to_the_better_technical_score():
    document = scored(("A", "100", "80"), ("B", "100", "90"), method="lowest_evaluated_tender")
    assert ranks({**document, "tie": ["price_asc", "technical_desc"]}) == {"B": 1, "A": 2}


# Benchmark methods


@pytest.mark.parametrize(
    ("rule", "prices", "benchmark"),
    [
        ("B1", ["90", "100", "110"], "100.00"),
        ("B1", ["10", "90", "110", "400"], "100.00"),
        ("B1", ["10", "90"], "50.00"),
        ("B2", ["90", "100", "110", "120", "80"], "100.00"),
        ("B2", ["1", "90", "100", "110", "120", "900"], "105.00"),
        ("B2", ["1", "40", "100", "100", "100", "900"], "100.00"),
        ("B3", ["10", "90", "110", "190"], "100.00"),
        ("B3", ["1", "90", "100", "110", "999"], "100.00"),
        ("B4", ["10", "90", "100", "110", "190"], "100.00"),
        ("B4", ["1", "90", "100", "100", "110", "999"], "100.00"),
        ("B4", ["1", *["100"] * 8, "999"], "100.00"),
        ("B4", ["1", "2", *["100"] * 7, "998", "999"], "100.00"),
        ("B4", ["1", "2", *["100"] * 16, "998", "999"], "100.00"),
        ("B4", ["1", "2", "3", *["100"] * 15, "997", "998", "999"], "100.00"),
        ("B7", ["90", "100", "110"], "90.00"),
        ("B8", ["100", "100", "100", "100", "10"], "90.00"),
    ],
)
def test_the_benchmark_price_of_each_rule(rule, prices, benchmark):
    changes = {"variant": "lowest"} if rule == "B7" else {}
    assert result(by_benchmark(rule, *prices, **changes))["benchmark"] == benchmark


def test_buckets_of_b4_are_exact():
    for bids, side in [(3, 0), (5, 0), (6, 1), (10, 1), (11, 2), (20, 2), (21, 3)]:
        prices = [str(2**n) for n in range(bids)]
        kept = prices[side : bids - side]
        expected = sum(map(int, kept)) / len(kept)
        assert float(result(by_benchmark("B4", *prices))["benchmark"]) == pytest.approx(expected)


def test_a_factor_drawn_from_the_published_range_multiplies_the_mean():
    assert result(by_benchmark("B2", "90", "100", "110", K="0.95"))["benchmark"] == "95.00"


def test_b5_mixes_the_discounted_ceiling_and_two_groups():
    found = result(by_benchmark(
        "B5", "900", "800", "700", ceiling="1000", k="0.98", delta="0.1", group_b=["A", "B"], group_c=["C"]
    ))  # fmt: skip
    assert found["benchmark"] == "828.10"  # (900 × 50 % + 850 × 30 % + 700 × 20 %) × 0.98


@pytest.mark.parametrize(
    "prices",
    [
        ["700", "800", "900"],  # the mean of three
        ["700", "800", "900", "1000"],  # without the highest
        ["1", *["800"] * 5, "1000"],  # a fifth of seven is one
        ["1", "2", *["800"] * 4, "999", "1000"],  # a fifth of eight is two
    ],
)
def test_b6_mixes_the_trimmed_mean_and_the_ceiling(prices):
    found = result(by_benchmark("B6", *prices, ceiling="1000", K1="0.98", K2="1", Q1="0.5"))
    assert found["benchmark"] == "892.00"  # 800 × 0.98 × 0.5 + 1000 × 1 × 0.5


def test_b7_knows_the_lowest_the_middle_to_the_budget_and_the_auction():
    lowest = by_benchmark("B7", "80", "100", variant="lowest")
    assert price_points(lowest) == {"A": "100", "B": "80"}
    highest = by_benchmark("B7", "80", "100", variant="highest")
    assert (price_points(highest), result(highest)["benchmark"]) == ({"B": "100", "A": "80"}, "100.00")
    middle = by_benchmark("B7", "80", "100", variant="mean_and_budget", ceiling="110")
    assert result(middle)["benchmark"] == "100.00"


def test_points_are_taken_for_each_per_cent_above_and_below_and_never_below_the_floor():
    document = by_benchmark("B3", "100", "101", "99", full_score="50")
    assert price_points(document) == {"A": "50", "C": "49.5", "B": "49"}
    far = by_benchmark("B1", "10", "100", "1000", deduct_above="2", floor="5")
    assert price_points(far)["C"] == "5"


def test_b3_brings_its_own_points():
    document = priced("benchmark", "100", "101", "99", benchmark={"rule": "B3"})
    assert price_points(document) == {"A": "50", "C": "49.5", "B": "49"}


def test_a_benchmark_part_takes_its_share_of_the_weights():
    parts = [{"id": "price", "kind": "price", "weight": "60", "formula": "benchmark"}, {**TECHNICAL, "weight": "40"}]
    document = {**by_benchmark("B1", "100", "110", "90"), "parts": parts}
    for bid in document["bids"]:
        bid["experts"] = sheets("80")
    assert column(document, "total") == {"A": "92.00", "C": "89.00", "B": "86.00"}
    del document["benchmark"]["full_score"]
    assert column(document, "total") == {"A": "92.00", "C": "87.00", "B": "82.00"}  # of 60, not of 100


def test_the_benchmark_is_rounded_only_where_the_documents_say_so():
    third = by_benchmark("B1", "100", "100", "101")
    assert result(third)["benchmark"] == "100.3333333333333333333333333333333333333333"
    assert result(by_benchmark("B1", "100", "100", "101", places=2))["benchmark"] == "100.33"


def test_a_bid_outside_the_evaluation_does_not_move_the_benchmark():
    document = by_benchmark("B1", "90", "100", "110", "5000", ceiling="1000")
    assert result(document)["benchmark"] == "100.00"


# Scores only


def test_scores_alone_rank_without_prices():
    document = scored(("A", None, "80"), ("B", None, "90"), ("C", None, "90"))
    found = result(document)
    assert [(bid["id"], bid["rank"], bid["evaluated_price"]) for bid in found["bids"]] == [
        ("B", 1, None), ("C", 1, None), ("A", 3, None),
    ]  # fmt: skip
    assert found["benchmark"] is None


# Who is evaluated at all


def test_ineffective_bids_stand_last_without_figures_and_above_the_ceiling_is_ineffective():
    document = by_price("100", "90", "200", ceiling="150")
    document["bids"][1]["effective"] = False
    found = result(document)["bids"]
    assert [(bid["id"], bid["effective"], bid["rank"], bid["evaluated_price"], bid["total"]) for bid in found] == [
        ("A", True, 1, "100.00", "30.00"), ("B", False, None, None, None), ("C", False, None, None, None),
    ]  # fmt: skip
    assert found[1]["reasons"] == ["given as ineffective"]
    assert found[2]["reasons"] == ["the price is above the ceiling (招标投标法实施条例 51(5), 87号令 63(4))"]


@pytest.mark.parametrize("method", METHODS)
def test_a_document_in_which_no_bid_is_effective_has_no_ranks(method):
    document = {**scored(("A", "100", "80")), "method": method}
    if method == "benchmark":
        document["benchmark"] = {"rule": "B3"}
    document["bids"][0]["effective"] = False
    found = result(document)
    assert (found["benchmark"], [bid["rank"] for bid in found["bids"]], found["flags"]) == (None, [None], [])


# One brand, 87号令 31


def test_of_one_brand_only_the_lowest_price_is_evaluated_under_the_lowest_price():
    document = priced("lowest_evaluated_price", "100", "90", "80")
    for bid in document["bids"][:2]:
        bid["brand"] = "甲牌"
    found = result(document)["bids"]
    assert [(bid["id"], bid["rank"], bid["effective"]) for bid in found] == [
        ("C", 1, True), ("B", 2, True), ("A", None, False),
    ]  # fmt: skip
    assert found[2]["reasons"] == ["B of the same brand bids less (87号令 31)"]


def test_of_one_brand_only_the_best_score_is_ranked_and_all_prices_count():
    document = by_price("100", "90", "120")
    for bid in document["bids"][:2]:
        bid["brand"] = "甲牌"
    found = result(document)
    assert [(bid["id"], bid["rank"], bid["effective"], bid["total"]) for bid in found["bids"]] == [
        ("B", 1, True, "30.00"), ("C", 2, True, "22.50"), ("A", None, True, "27.00"),
    ]  # fmt: skip
    assert found["bids"][2]["reasons"] == ["B of the same brand stands before it (87号令 31)"]


def test_equals_of_one_brand_are_drawn():
    document = scored(("A", "100", "80"), ("B", "100", "80"))
    for bid in document["bids"]:
        bid["brand"] = "甲牌"
    assert ranks({**document, "method": "comprehensive_scoring"}) == {"A": 1, "B": 1}
