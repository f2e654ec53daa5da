"""An odd number, large enough, at least two thirds experts (招标投标法 37, 87号令 47)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts.committee import Composition, WrongCommittee, check, fewest_experts, size_rule

DAY = date(2026, 3, 2)
TENDER = size_rule(DAY, procured=False)
LARGE = size_rule(DAY, procured=True, budget=Decimal(10_000_000))


def refused(composition, size=TENDER):
    with pytest.raises(WrongCommittee) as caught:
        check(composition, size, DAY)
    return caught.value.code, caught.value.basis, caught.value.detail


def test_five_with_one_representative_are_legal_and_with_three_not():
    check(Composition(4, 1), TENDER, DAY)
    check(Composition(5), TENDER, DAY)
    assert refused(Composition(2, 3)) == (
        "committee_experts_too_few", "招标投标法 37", "Of 5 members at least 4 must be experts, not 2.",
    )  # fmt: skip
    assert refused(Composition(3, 2))[0] == "committee_experts_too_few"


@pytest.mark.parametrize(("members", "needed"), [(3, 2), (5, 4), (7, 5), (9, 6), (11, 8)])
def test_two_thirds_are_rounded_up(members, needed):
    assert fewest_experts(members, DAY) == needed


@pytest.mark.parametrize("numbers", [(3, 0), (4, 0), (0, 0), (9, -4), (-1, 9)])
def test_fewer_than_five_are_too_small(numbers):
    assert refused(Composition(*numbers))[0] == "committee_too_small"


def test_an_even_committee_is_refused():
    assert refused(Composition(6)) == (
        "committee_even", "招标投标法 37", "The committee has 6 members; the number must be odd.",
    )  # fmt: skip


def test_a_large_procurement_needs_seven():
    assert (TENDER.id, LARGE.id) == ("Q04", "Q13")
    assert size_rule(DAY, procured=True, budget=Decimal("9999999.99")).id == "Q04"
    assert size_rule(DAY, procured=True).id == "Q04"
    assert size_rule(DAY, procured=True, weighty=True).id == "Q13"
    assert size_rule(DAY, procured=False, budget=Decimal(10**9), weighty=True).id == "Q04"
    check(Composition(5, 2), LARGE, DAY)
    assert refused(Composition(5), LARGE)[::2] == (
        "committee_too_small", "The committee has 5 members; it must have at least 7.",
    )  # fmt: skip
    assert refused(Composition(4, 3), LARGE)[0] == "committee_experts_too_few"


@given(st.integers(0, 20), st.integers(0, 20))
def test_what_is_accepted_is_odd_large_and_two_thirds_experts(experts, representatives):
    members = experts + representatives
    legal = members >= 5 and members % 2 == 1 and 3 * experts >= 2 * members
    try:
        check(Composition(experts, representatives), TENDER, DAY)
    except WrongCommittee:
        assert not legal
    else:
        assert legal
