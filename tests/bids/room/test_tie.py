"""Equal bids in the order of their draw; pure."""

import pytest

from bids.room import tie
from trading.errors import RuleError

FIGURES = {
    "bids": [
        {"id": "4", "rank": 1},
        {"id": "2", "rank": 2},
        {"id": "7", "rank": 2},
        {"id": "5", "rank": 4},
        {"id": "6", "rank": 4},
        {"id": "9", "rank": None},
    ],
    "flags": [
        {"flag": "draw", "bids": ["2", "7"], "rank": "2"},
        {"flag": "draw", "bids": ["5", "6"], "rank": "4"},
        {"flag": "outlier", "bid": "4"},
    ],
}


def test_only_who_would_be_a_candidate_needs_a_draw():
    assert tie.undecided(FIGURES) == [["2", "7"]]


def test_the_draw_parts_equals_and_nobody_else():
    assert tie.ranks(FIGURES, ["7", "2"]) == {"4": 1, "7": 2, "2": 3, "5": 4, "6": 4}
    assert tie.ranks(FIGURES, ["2", "6", "7"]) == {"4": 1, "2": 2, "7": 3, "5": 4, "6": 4}


@pytest.mark.parametrize("order", [[], ["2"], ["7", "9"]])
def test_without_the_whole_draw_there_is_no_ranking(order):
    with pytest.raises(RuleError) as caught:
        tie.ranks(FIGURES, order)
    assert caught.value.code == "tie_undrawn"
