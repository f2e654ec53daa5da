"""Published results of real evaluations, recomputed. `pytest -s` prints the table; docs/evaluation.md sums it up.

Where a notice prints neither weights nor averaging, the parameters that `inferred` found stand in for them; a case for
which none exist, or whose order among equals follows an unprinted rule, is named with the reason.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.bids.evaluation.papers import priced, result

HERE = Path(__file__).parent
TOTALS = {"id": "total", "kind": "fixed"}


def cases(name):
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))["cases"]


SCORED = {case["id"]: case for case in cases("scoring")}
JIANGXI = [name for name, case in SCORED.items() if "inferred" in case]
GIVEN = ["SC-01", "EMB-02", "JX-S1", "WO-02", "WO-04", "WO-06", "WO-08"]
SAME_TOTALS_OTHER_ORDER = "equal totals stand in another order than by price; the tie rule is not printed"
WITHOUT = {
    "JX-27": "published error: 0.00 is printed for price and performance of every bidder, but the totals hold both",
}


def plain(text):
    return None if text is None else f"{Decimal(text):f}"


def document(bids, parts, **changes):
    return {"v": 1, "lot": "real", "method": "none", "parts": parts, "bids": bids, **changes}


def of_experts(case, solution):
    """Return the document of a case under one solution: weights of parts, or the experts' plain totals."""
    weights = solution.get("weights_percent")
    kind = {"kind": "expert"}
    parts = [
        {**kind, "id": part, **({"weight": str(weights[part]), "max": "100"} if weights else {})}
        for part in case["parts"]
    ]
    trimmed = {"rule": "trimmed", "of": "part" if weights else "total", "min_experts": 5}
    bids = [
        {
            "id": bid["name"],
            "price": plain(bid["price"]),
            "experts": [
                {"id": f"e{n}", "scores": {part: sheet[part] for part in case["parts"]}}
                for n, sheet in enumerate(bid["experts"], 1)
            ],
        }
        for bid in case["bidders"]
    ]
    return document(bids, parts, aggregate=trimmed if solution["averaging"] != "mean" else {"rule": "mean"})


def of_totals(case):
    """Return the document in which each bid's printed total is given: only the order is recomputed."""
    bids = [
        {"id": bid["name"], "price": plain(bid["price"]), "fixed": {"total": plain(bid["total"])}}
        for bid in case["bidders"]
    ]
    return document(bids, [TOTALS])


def agreement(case, found):
    """Return whether the totals and whether the printed ranks are those of the notice."""
    by_name = {bid["id"]: bid for bid in found["bids"]}
    bidders = case["bidders"]
    totals = all(Decimal(by_name[bid["name"]]["total"]) == Decimal(bid["total"]) for bid in bidders)
    ranks = all(bid["rank"] in {None, by_name[bid["name"]]["rank"]} for bid in bidders)
    return totals, ranks


def equals_stand_otherwise(case):
    """Say whether bids of one printed total are printed in an order that is not that of their prices."""
    pairs = zip(case["bidders"], case["bidders"][1:], strict=False)
    return any(
        one["total"] == other["total"] and Decimal(one["price"]) > Decimal(other["price"]) for one, other in pairs
    )


def show(name, outcome):
    print(f"{name:8} {outcome}")  # noqa: T201  # the table


@pytest.mark.parametrize("name", [name for name in JIANGXI if name not in WITHOUT])
def test_totals_and_ranks_follow_from_the_experts_scores(name):
    case = SCORED[name]
    assert case["inferred"]["solutions"]
    for solution in case["inferred"]["solutions"]:
        totals, ranks = agreement(case, result(of_experts(case, solution)))
        assert totals
        assert ranks is not equals_stand_otherwise(case)
    show(name, "totals and ranks" if ranks else f"totals; {SAME_TOTALS_OTHER_ORDER}")


@pytest.mark.parametrize("name", ["JX-19", "JX-31"])
def test_only_rounding_at_the_end_reproduces_these(name):
    case = SCORED[name]
    (solution,) = case["inferred"]["solutions"]
    early = of_experts(case, solution) | {"rounding": {"places": 2, "stage": "part"}}
    assert agreement(case, result(early))[0] is False


@pytest.mark.parametrize("name", WITHOUT)
def test_no_usual_parameters_reproduce_these(name):
    case = SCORED[name]
    steps = [(a, b, 100 - a - b) for a in range(0, 101, 5) for b in range(0, 101 - a, 5)]
    for averaging in ("mean", "trimmed"):
        solutions = [{"averaging": averaging}] + [
            {"averaging": averaging, "weights_percent": dict(zip(case["parts"], step, strict=True))} for step in steps
        ]
        assert not any(agreement(case, result(of_experts(case, solution)))[0] for solution in solutions)
    printed = [
        (Decimal(bid["total"]), max(Decimal(sheet["total"]) for sheet in bid["experts"])) for bid in case["bidders"]
    ]
    assert all(total > most for total, most in printed)
    show(name, WITHOUT[name])


@pytest.mark.parametrize("name", GIVEN)
def test_ranks_follow_from_printed_totals(name):
    case = SCORED[name]
    assert agreement(case, result(of_totals(case))) == (True, True)
    show(name, "ranks from the printed totals; the scores behind them are not printed")


def test_thirteen_equal_totals_cannot_be_ranked():
    found = result(of_totals(SCORED["JX-S1"]))["bids"]
    assert [bid["rank"] for bid in found] == [1] * 13 + [14]


def test_the_winner_has_the_higher_mean_of_the_experts_totals():
    case = SCORED["SD-02"]
    bids = [
        {"id": bid["name"], "experts": [{"id": f"e{n}", "scores": sheet} for n, sheet in enumerate(bid["experts"])]}
        for bid in case["bidders"]
    ]
    first, second = result(document(bids, [{"id": "total", "kind": "expert"}]))["bids"]
    assert (first["id"], first["total"], second["total"]) == (case["winner"]["name"], "91.85", "88.83")
    show("SD-02", "the winner; the list is cut off after the second bidder")


@pytest.mark.parametrize("case", cases("lowest_price"), ids=lambda case: case["id"])
def test_the_lowest_evaluated_tender_is_first(case):
    bids = [{"id": bid["name"], "price": bid["price"]} for bid in case["bids"]]
    found = result(priced("lowest_evaluated_tender", ceiling=case["control_price"]) | {"bids": bids})["bids"]
    assert [(bid["id"], bid["rank"]) for bid in found] == [(bid["name"], bid["rank"]) for bid in case["bids"]]
    show(case["id"], "ranks; the price that was rejected as abnormally low is not printed")


def test_where_the_method_is_not_printed_the_order_is_by_price_in_few_lists_only():
    lists = json.loads((HERE / "lowest_price.json").read_text("utf-8"))["candidate_lists_method_unknown"]["sample"]
    agreeing = 0
    for case in lists:
        bids = [{"id": f"{n:02}", "price": plain(bid["price"])} for n, bid in enumerate(case["bids"])]
        found = result(priced("lowest_evaluated_price") | {"bids": bids})["bids"]
        ascending = [bid["id"] for bid in found] == [bid["id"] for bid in bids]
        assert ascending is case["order_is_ascending_price"]
        agreeing += ascending
    show("YC-*", f"{agreeing} of {len(lists)} lists are in order of price; the others' method is not printed")


@pytest.mark.parametrize("case", cases("benchmark"), ids=lambda case: case["id"])
def test_no_notice_prints_a_benchmark_but_what_it_prints_is_possible(case):
    assert case["benchmark_published"] is None
    scores = [(Decimal(bid["price"]), Decimal(bid["price_score"])) for bid in case["bids"] if "price_score" in bid]
    ordered = [score for _price, score in sorted(scores)]
    peak = ordered.index(max(ordered)) if ordered else 0
    assert ordered == sorted(ordered[:peak]) + sorted(ordered[peak:], reverse=True)
    show(case["id"], "nothing to recompute: benchmark and its parameters are not printed")
