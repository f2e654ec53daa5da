"""A published evaluation computed again: the same figures, equals in the order that was drawn, bids called by name."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids import recomputing
from bids.evaluation.reading.place import Faulty
from bids.recomputing import Published
from tests.bids.evaluation.papers import by_benchmark, by_price, result, whole

NAMES = {"A": "甲公司", "B": "乙公司", "C": "丙公司"}


def test_the_figures_are_those_that_the_command_prints():
    assert recomputing.figures_of(whole()) == result(whole())
    with pytest.raises(Faulty):
        recomputing.figures_of({})


@given(st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_names_change_no_figure(prices):
    document = by_price(*[f"{price}000.00" for price in prices])
    plain = {one["id"]: one for one in recomputing.figures_of(document)["bids"]}
    called = {one["id"]: one for one in recomputing.figures_of(recomputing.named(document, NAMES))["bids"]}
    assert set(called) == {f"{number} {name}" for number, name in NAMES.items()}
    for number, name in NAMES.items():
        for figure in ("evaluated_price", "parts", "total", "total_exact", "rank"):
            assert called[f"{number} {name}"][figure] == plain[number][figure]


def test_groups_of_a_benchmark_are_called_by_name_too():
    document = by_benchmark(
        "B5", "100", "110", "120", ceiling="200", k="1", delta="0.1", group_b=["A", "B"], group_c=["C"]
    )
    named = recomputing.named(document, NAMES)
    assert named["benchmark"]["group_b"] == ["A 甲公司", "B 乙公司"]
    before, after = (recomputing.figures_of(each)["benchmark"] for each in (document, named))
    assert before == after


def test_each_bid_stands_beside_what_was_published_of_it():
    document = whole()
    figures = recomputing.figures_of(document)
    totals = {one["id"]: Decimal(one["total"]) for one in figures["bids"]}
    ranks = {one["id"]: one["rank"] for one in figures["bids"]}
    published = {name: Published(NAMES[name], ranks[name], totals[name]) for name in ("A", "B")}
    rows = recomputing.rows(document, figures, published, ranks)
    assert [row["equal"] for row in rows] == [True, True]
    assert {row["id"]: row["price"] for row in rows} == {"A": "1000000.00", "B": "1200000.00"}
    assert all(len(row["points"]) == 3 and len(row["experts"]) == 2 for row in rows)
    wrong = {**published, "A": Published("甲公司", ranks["A"], totals["A"] + Decimal("0.01"))}
    assert {row["id"]: row["equal"] for row in recomputing.rows(document, figures, wrong, ranks)} == {
        "A": False,
        "B": True,
    }
    swapped = {**published, "B": Published("乙公司", 9, totals["B"])}
    assert not all(row["equal"] for row in recomputing.rows(document, figures, swapped, ranks))
    assert not any(row["equal"] for row in recomputing.rows(document, figures, {}, ranks))


def test_a_bid_that_was_rejected_has_no_figures_and_agrees_with_none():
    document = by_price("100", "200")
    document["bids"][1] = {"id": "B", "effective": False}
    figures = recomputing.figures_of(document)
    said = {"A": Published("甲", 1, Decimal("30.00")), "B": Published("乙", None, None)}
    rows = recomputing.rows(document, figures, said, {"A": 1})
    assert [(row["id"], row["place"], row["points"], row["equal"]) for row in rows] == [
        *[("A", 1, [rows[0]["parts"]["price"]], True), ("B", None, [], True)],
    ]
