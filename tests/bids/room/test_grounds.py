"""The grounds of rejection: seven of the tendering law, six of procurement and its other articles; majorities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.room import grounds

SEVEN = [f"51({n})" for n in range(1, 8)]
SIX = [f"63({n})" for n in range(1, 7)]


def articles(regime):
    return [ground.basis.rpartition(" ")[2] for ground in grounds.REGIMES[regime].values()]


def test_every_ground_of_the_law_is_coded():
    assert sorted({each for each in articles("tender") if each.startswith("51")}) == SEVEN
    assert sorted({each for each in articles("procurement") if each.startswith("63")}) == SIX
    assert sorted(each for each in articles("procurement") if not each.startswith("63")) == ["37", "59", "60"]


@pytest.mark.parametrize("regime", ["tender", "procurement"])
def test_members_find_neither_what_the_record_says_nor_what_no_law_knows(regime):
    for code in (*grounds.FROM_THE_RECORD, "ugly"):
        with pytest.raises(grounds.WrongGround) as caught:
            grounds.check(["unsigned", code], regime)
        assert caught.value.code == "unknown_ground"
    grounds.check(grounds.found_by_members(regime), regime)
    assert not grounds.FROM_THE_RECORD & set(grounds.found_by_members(regime))


def test_more_than_half_decide_on_each_ground_by_itself():
    findings = [["unsigned"], ["unsigned", "unresponsive"], ["unsigned"], ["unresponsive"], []]
    assert grounds.decided(findings, 5) == ["unsigned"]
    assert grounds.decided(findings[:3], 3) == ["unsigned"]
    assert grounds.decided([["unsigned"], ["unsigned"], []], 4) == []


@given(st.lists(st.lists(st.sampled_from(sorted(grounds.found_by_members("tender")))), max_size=9), st.randoms())
def test_who_speaks_first_does_not_matter_and_nobody_counts_twice(findings, chance):
    mixed = [each * 2 for each in findings]
    chance.shuffle(mixed)
    members = max(1, len(findings))
    found = grounds.decided(findings, members)
    assert found == grounds.decided(mixed, members)
    assert all(2 * sum(code in each for each in findings) > members for code in found)
