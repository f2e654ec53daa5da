"""What holds for every evaluation: no order matters, scale does not matter, sums are exact, ranks follow totals."""

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bids.evaluation.engine import evaluate
from bids.evaluation.reading import read
from bids.evaluation.reading.place import Faulty
from tests.bids.evaluation.papers import BUSINESS, PRICE, TECHNICAL, by_benchmark, result

SCORES = st.decimals(0, 100, places=2).map(str)
PRICES = st.decimals("0.01", 10**9, places=2).map(str)
RULES = st.sampled_from(["B1", "B2", "B3", "B4", "B8"])
AGGREGATES = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(["mean", "trimmed"]),
        "of": st.sampled_from(["part", "total"]),
        "min_experts": st.integers(3, 5),
    }
)
ROUNDINGS = st.fixed_dictionaries(
    {
        "places": st.integers(0, 4),
        "stage": st.sampled_from(["final", "part", "expert"]),
        "mode": st.sampled_from(["half_up", "half_even", "up", "down"]),
    }
)
PARTS = [PRICE, {**TECHNICAL, "weight": "30"}, {**TECHNICAL, "id": "staff", "weight": "20"}, BUSINESS]


@st.composite
def documents(draw):
    """Return a document with a price, an expert's and a given part, all scores there."""
    experts = draw(st.integers(1, 5))
    bids = [
        {
            "id": f"bid{n}",
            "price": draw(PRICES),
            "effective": draw(st.sampled_from([True, True, True, False])),
            "deductions": draw(st.sampled_from([[], ["micro"]])),
            "fixed": {"business": draw(st.sampled_from(["0", "12.5", "20"]))},
            "brand": draw(st.sampled_from([None, None, "甲", "乙"])),
            "experts": [
                {"id": f"e{m}", "scores": {"technical": draw(SCORES), "staff": draw(SCORES)}} for m in range(experts)
            ],
        }
        for n in range(draw(st.integers(1, 4)))
    ]
    return {
        "v": 1, "lot": "L", "method": "comprehensive_scoring", "parts": PARTS, "bids": bids,
        "deductions": [{"id": "micro", "rate": "0.1"}], "aggregate": draw(AGGREGATES), "rounding": draw(ROUNDINGS),
    }  # fmt: skip


def evaluated(document):
    return evaluate(read(json.dumps(document)))


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_bids_and_of_experts_does_not_matter(document, chance):
    before = result(document)
    shuffled = json.loads(json.dumps(document))
    chance.shuffle(shuffled["bids"])
    for bid in shuffled["bids"]:
        chance.shuffle(bid["experts"])
        for sheet in bid["experts"]:
            sheet["scores"] = dict(chance.sample(list(sheet["scores"].items()), 2))
    assert result(shuffled) == before


@given(documents(), st.sampled_from(["10", "100", "0.1"]))
def test_the_unit_of_the_currency_does_not_matter_to_the_points(document, unit):
    scaled = json.loads(json.dumps(document))
    for bid in scaled["bids"]:
        bid["price"] = f"{Decimal(bid['price']) * Decimal(unit):f}"
    shown = [(one.id, one.rank, one.total_exact, one.parts) for one in evaluated(document).standings]
    assert [(one.id, one.rank, one.total_exact, one.parts) for one in evaluated(scaled).standings] == shown


@given(st.lists(PRICES, min_size=1, max_size=12), RULES)
def test_a_benchmark_scales_with_the_prices_and_the_scores_do_not(prices, rule):
    scaled = [f"{Decimal(price) * 10:f}" for price in prices]
    one, ten = evaluated(by_benchmark(rule, *prices)), evaluated(by_benchmark(rule, *scaled))
    assert ten.benchmark == one.benchmark * 10
    assert [each.total_exact for each in ten.standings] == [each.total_exact for each in one.standings]


@given(st.lists(PRICES, min_size=1, max_size=25), RULES)
def test_a_benchmark_lies_between_the_lowest_and_the_highest_price(prices, rule):
    factor = Fraction(9, 10) if rule == "B8" else 1
    found = evaluated(by_benchmark(rule, *prices)).benchmark / factor
    assert min(map(Fraction, prices)) <= found <= max(map(Fraction, prices))


@given(st.lists(PRICES, min_size=2, max_size=12), RULES)
def test_the_nearer_price_on_one_side_of_the_benchmark_never_scores_less(prices, rule):
    found = evaluated(by_benchmark(rule, *prices))
    scores = {one.price: one.total_exact for one in found.standings}
    above = [scores[price] for price in sorted(scores) if price >= found.benchmark]
    below = [scores[price] for price in sorted(scores) if price <= found.benchmark]
    assert above == sorted(above, reverse=True)
    assert below == sorted(below)
    assert all(0 <= score <= 100 for score in scores.values())


@given(documents())
def test_the_parts_add_up_exactly_and_the_total_is_nearest(document):
    unit = Fraction(1, 10 ** document["rounding"]["places"])
    for standing in evaluated(document).standings:
        if standing.effective:
            assert sum(standing.parts.values()) == standing.total_exact
            assert abs(standing.total - standing.total_exact) < unit
            assert (standing.total / unit).denominator == 1


@given(documents())
def test_ranks_follow_totals_and_then_prices(document):
    standings = [one for one in evaluated(document).standings if one.rank is not None]
    keys = [(-one.total, one.price) for one in standings]
    assert keys == sorted(keys)
    for standing, key in zip(standings, keys, strict=True):
        assert standing.rank == 1 + sum(other < key for other in keys)
        equals = [one.id for one, other in zip(standings, keys, strict=True) if other == key and one is not standing]
        assert standing.tied_with == equals


@given(documents())
def test_every_bid_is_printed_once_and_the_ineffective_last(document):
    found = result(document)["bids"]
    assert sorted(bid["id"] for bid in found) == sorted(bid["id"] for bid in document["bids"])
    assert [bid["effective"] for bid in found] == sorted((bid["effective"] for bid in found), reverse=True)
    given_effective = {bid["id"] for bid in document["bids"] if bid["effective"]}
    assert {bid["id"] for bid in found if bid["effective"]} == given_effective


@given(st.lists(SCORES, min_size=3, max_size=9))
def test_a_trimmed_mean_lies_between_the_second_lowest_and_the_second_highest(scores):
    experts = [{"id": f"e{n}", "scores": {"technical": score}} for n, score in enumerate(scores)]
    document = {
        "v": 1, "lot": "L", "method": "none", "parts": [{"id": "technical", "kind": "expert"}],
        "bids": [{"id": "A", "experts": experts}], "aggregate": {"rule": "trimmed", "min_experts": 3},
    }  # fmt: skip
    ordered = sorted(map(Fraction, scores))
    found = evaluated(document).standings[0].total_exact
    assert ordered[1] <= found <= ordered[-2]
    assert found == sum(ordered[1:-1]) / (len(ordered) - 2)


@given(documents())
def test_what_is_printed_is_read_again_as_it_was(document):
    for bid in result(document)["bids"]:
        if bid["effective"]:
            assert abs(Fraction(bid["total_exact"]) - sum(map(Fraction, bid["parts"].values()))) < Fraction(1, 10**38)


@given(documents(), st.floats(0, 1), st.sampled_from('0-e."{}[]x'))
def test_a_document_with_anything_changed_is_refused_or_evaluated_and_never_fails(document, place, put):
    text = json.dumps(document)
    at = int(place * (len(text) - 1))
    try:
        changed = read(text[:at] + put + text[at + 1 :])
    except Faulty:
        return
    assert len(evaluate(changed).standings) == len(changed.bids)
