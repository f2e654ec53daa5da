"""What a draw of parameters lists and plans, and what its ranking says, also after a bid was rejected."""

from hypothesis import given
from hypothesis import strategies as st

from bids import drawn_parameters
from trading.draws import selector
from trading.draws.candidates import parse_list

VALUES = {"parameters": [{"name": "k", "values": ["0.95", "0.96"]}, {"name": "band", "values": ["0.1", "0.2", "0.3"]}]}
GROUPS = ("group_b", "group_c")
GROUPED = {
    "parameters": [
        {"name": "group_b", "values": ["2"]},
        {"name": "k", "values": ["1", "0.9"]},
        {"name": "group_c", "values": ["1"]},
    ]
}
BIDS = ["1", "2", "3", "4", "5"]


def drawn(told, groups, bids, seed, out=()):
    frozen = parse_list(drawn_parameters.listed(told, groups, bids), "sha256")
    ranking = selector.rank("sha256", seed, frozen.candidates)
    return drawn_parameters.chosen(told, groups, ranking, frozen, out)


def test_values_and_bids_stand_in_the_list_under_their_parameter():
    assert drawn_parameters.listed(VALUES, (), BIDS).decode().splitlines() == [
        *("band:0.1\tBAND\t1\t-", "band:0.2\tBAND\t1\t-", "band:0.3\tBAND\t1\t-"),
        *("k:0.95\tK\t1\t-", "k:0.96\tK\t1\t-"),
    ]
    lines = drawn_parameters.listed(GROUPED, GROUPS, BIDS).decode().splitlines()
    assert "bid:5\tGROUPB,GROUPC\t1\t-" in lines
    assert len(lines) == 7
    assert drawn_parameters.plan(GROUPED, GROUPS) == [
        *({"st": "GROUPB", "k": 2, "alt": 0}, {"st": "K", "k": 1, "alt": 0}, {"st": "GROUPC", "k": 1, "alt": 0}),
    ]
    assert (drawn_parameters.needed(GROUPED, GROUPS), drawn_parameters.needed(VALUES, ())) == (3, 0)


@given(st.binary(min_size=32, max_size=32))
def test_each_parameter_gets_one_of_its_values_and_each_group_its_own_bids(seed):
    found = drawn(VALUES, (), [], seed)
    assert found["k"] in {"0.95", "0.96"}
    assert found["band"] in {"0.1", "0.2", "0.3"}
    grouped = drawn(GROUPED, GROUPS, BIDS, seed)
    assert (len(grouped["group_b"]), len(grouped["group_c"])) == (2, 1)
    assert len({*grouped["group_b"], *grouped["group_c"]}) == 3


@given(st.binary(min_size=32, max_size=32), st.sampled_from(BIDS))
def test_a_rejected_bid_gives_way_to_the_next_of_the_same_ranking(seed, gone):
    before, after = drawn(GROUPED, GROUPS, BIDS, seed), drawn(GROUPED, GROUPS, BIDS, seed, [gone])
    assert gone not in {*after["group_b"], *after["group_c"]}
    assert (len(after["group_b"]), after["k"]) == (2, before["k"])
    if gone not in {*before["group_b"], *before["group_c"]}:
        assert after == before
