"""Who is in conflict with the project, and with whom among the bidders, as far as a register shows it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bids import conflict_rules as rules
from bids.conflict_rules import Bidder, Company, Setting

OWNER = Company("O", "县建设局", "甲", ("O",), "O")
SETTING = Setting(owner=OWNER)


def company(uscc, *above, person=""):
    chain = (uscc, *above)
    return Company(uscc, f"公司{uscc}", person, chain, chain[-1])


def alone(uscc, *above, person="", manager=""):
    return Bidder((company(uscc, *above, person=person),), manager)


def found(bidders, setting=SETTING):
    return [(one.rule, one.how, one.parties, one.certain) for one in rules.among(bidders, setting)]


def test_strangers_are_in_no_conflict():
    assert found([alone("A", person="张"), alone("B", person="李"), alone("C")]) == []


def test_a_tie_to_the_owner_is_rc_01_and_a_namesake_only_suggests_it():
    assert found([alone("A", "O")]) == [("RC-01", "control", ("A", "O"), True)]
    assert found([alone("A", person="甲")]) == [("RC-01", "namesake_in_charge", ("A", "O"), False)]
    assert found([alone("O")]) == [("RC-01", "control", ("O", "O"), True)]


def test_control_of_one_by_another_is_rc_02_however_long_the_chain():
    bidders = [alone("A", "H", "T"), alone("T"), alone("X")]
    assert found(bidders) == [("RC-02", "control", ("A", "T"), True)]
    assert rules.among(bidders, SETTING)[0].bidders == ("A", "T")
    assert rules.among(bidders, SETTING)[0].basis == "招标投标法实施条例 34(2)(3)"
    procured = replace(SETTING, procurement=True)
    assert rules.among(bidders, procured)[0].basis == "政府采购法实施条例 18"


def test_sisters_and_namesakes_are_shown_and_not_certain():
    assert found([alone("A", "T"), alone("B", "T")]) == [("RC-02", "same_parent", ("A", "B"), False)]
    assert found([alone("A", person="张"), alone("B", person="张")]) == [
        ("RC-02", "namesake_in_charge", ("A", "B"), False)
    ]


def test_members_of_one_consortium_may_be_related():
    assert found([Bidder((company("A", "T", person="张"), company("B", "T", person="张")), "M1")]) == []


def test_who_served_the_project_stays_out_and_in_a_tender_its_subsidiary_too():
    served = replace(SETTING, served={"D": "design"})
    assert found([alone("D")], served) == [("RC-03", "design", ("D",), True)]
    assert found([alone("A", "D")], served) == [("RC-03", "design", ("A", "D"), True)]
    assert found([alone("A", "D")], replace(served, procurement=True)) == []


def test_agency_and_operator_and_their_groups_stay_out():
    setting = replace(SETTING, agency=company("G"), operators=(company("P"),))
    assert found([alone("G"), alone("A", "P"), alone("B")], setting) == [
        ("RC-04", "control", ("G", "G"), True),
        ("RC-11", "control", ("A", "P"), True),
    ]


def test_a_member_in_two_bids_is_rc_14():
    bidders = [Bidder((company("A"), company("B"))), Bidder((company("C"), company("B"))), alone("E")]
    assert found(bidders) == [("RC-14", "member_in_two_bids", ("B",), True)]
    assert rules.among(bidders, SETTING)[0].bidders == ("A", "C")
    assert found([Bidder((company("A"), company("A")))]) == [("RC-14", "named_twice", ("A",), True)]


def test_one_project_manager_in_two_bids_is_rc_15():
    assert found([alone("A", manager="川151"), alone("B", manager="川151"), alone("C"), alone("D")]) == [
        ("RC-15", "same_manager", ("A", "B"), True)
    ]


CODES = st.sampled_from("ABCDEFGH")
COMPANIES = st.builds(
    lambda uscc, above, person: company(uscc, *(one for one in above if one != uscc), person=person),
    CODES,
    st.lists(CODES, max_size=2, unique=True),
    st.sampled_from(["", "张", "李"]),
)
BIDDERS = st.lists(
    st.builds(lambda members, manager: Bidder(tuple(members), manager), st.lists(COMPANIES, min_size=1, max_size=3),
              st.sampled_from(["", "M1", "M2"])),
    max_size=6,
)  # fmt: skip


@given(BIDDERS)
def test_order_of_the_bidders_changes_nothing(bidders):
    forward, backward = rules.among(bidders, SETTING), rules.among(bidders[::-1], SETTING)
    assert sorted(map(repr, forward)) == sorted(map(repr, backward))


@given(BIDDERS)
def test_what_stands_between_one_and_the_project_does_not_depend_on_the_others(bidders):
    together = {repr(one) for one in rules.among(bidders, SETTING)}
    for bidder in bidders:
        assert {repr(one) for one in rules.with_project(bidder, SETTING)} <= together


@given(BIDDERS)
def test_every_conflict_names_bidders_of_the_list(bidders):
    leaders = {bidder.uscc for bidder in bidders}
    for conflict in rules.among(bidders, SETTING):
        assert set(conflict.bidders) <= leaders
        assert conflict.parties
        assert conflict.basis
