"""Who may not evaluate, by which rule and under which code; what the operator sees tells nobody who bids."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts.recusal import Candidate, Case, Code, avoided, counted, grounds

DAY = date(2026, 3, 2)
LONG_AGO = date(2001, 1, 1)
TENDER = Case(
    DAY, {"BIDDER": frozenset({"PARENT", "DAUGHTER"}), "RIVAL": frozenset()}, owners=frozenset({"OWNER"}),
    agencies=frozenset({"AGENCY"}), supervisors=frozenset({"BUREAU"}), authorities=frozenset({"MINISTRY"}),
    listed=frozenset({"LISTED", "E9"}), asked=frozenset({"E8"}),
)  # fmt: skip
PROCURED = replace(TENDER, procurement=True)


@dataclass(frozen=True)
class Tie:
    kind: str
    whose: str
    uscc: str
    starts_on: date = LONG_AGO
    ends_on: date | None = None


def found(*ties, case=TENDER, number="E1", punished=False):
    return [(ground.code, ground.rule) for ground in grounds(Candidate(number, ties, punished), case)]


def own(uscc, ends_on=None, kind="employment", starts_on=LONG_AGO):
    return Tie(kind, "self", uscc, starts_on, ends_on)


def test_who_has_nothing_to_do_with_anybody_may_evaluate():
    assert found(own("STRANGER"), own("OWNER", date(2026, 3, 1)), Tie("employment", "spouse", "OWNER")) == []


@pytest.mark.parametrize(
    ("uscc", "ground"),
    [
        ("BIDDER", (Code.BIDDER, "RC-05")),
        ("PARENT", (Code.BIDDER, "RC-05")),
        ("DAUGHTER", (Code.BIDDER, "RC-05")),
        ("RIVAL", (Code.BIDDER, "RC-05")),
        ("OWNER", (Code.OWNER, "RC-09")),
        ("AGENCY", (Code.AGENCY, "RC-09")),
        ("BUREAU", (Code.AUTHORITY, "RC-06")),
        ("MINISTRY", (Code.AUTHORITY, "RC-10")),
        ("LISTED", (Code.OTHER, "list")),
    ],
)
def test_the_unit_of_each_side_is_avoided(uscc, ground):
    assert found(own(uscc)) == [ground]


def test_an_expert_of_a_bidders_parent_is_avoided_in_procurement_too():
    assert found(own("PARENT"), case=PROCURED) == [(Code.BIDDER, "RC-05")]
    assert found(own("BIDDER"), case=PROCURED) == [(Code.BIDDER, "RC-07")]


@pytest.mark.parametrize("kind", ["employment", "directorship", "holding"])
def test_procurement_looks_back_three_years_at_own_ties(kind):
    on_the_day, before = date(2023, 3, 2), date(2023, 3, 1)
    assert found(own("BIDDER", on_the_day, kind), case=PROCURED) == [(Code.BIDDER, "RC-07")]
    assert found(own("BIDDER", before, kind), case=PROCURED) == []
    assert found(own("BIDDER", on_the_day, kind)) == []  # a tender does not look back
    assert found(own("PARENT", on_the_day, kind), case=PROCURED) == []


def test_a_relatives_former_tie_does_not_count_and_a_lasting_one_does():
    former = Tie("employment", "spouse", "BIDDER", LONG_AGO, date(2026, 3, 1))
    assert found(former, case=PROCURED) == found(former) == []
    lasting = Tie("employment", "spouse", "BIDDER")
    assert found(lasting, case=PROCURED) == found(lasting) == [(Code.BIDDER, "RC-05")]


@pytest.mark.parametrize("whose", ["spouse", "lineal", "collateral", "in_law"])
def test_a_near_relative_in_charge_of_a_bidder(whose):
    tie = Tie("principal", whose, "BIDDER")
    assert found(tie) == [(Code.BIDDER, "RC-10")]
    assert found(tie, case=PROCURED) == [(Code.BIDDER, "RC-07")]
    assert found(replace(tie, uscc="PARENT")) == [(Code.BIDDER, "RC-05")]
    assert found(replace(tie, ends_on=date(2026, 3, 1)), case=PROCURED) == []


def test_other_interests_count_while_they_last():
    assert found(own("BIDDER", kind="other")) == [(Code.BIDDER, "RC-05")]
    assert found(own("BIDDER", date(2026, 3, 1), "other"), case=PROCURED) == []
    assert found(own("BIDDER", date(2026, 3, 2), "other")) == [(Code.BIDDER, "RC-05")]


def test_a_tie_that_begins_later_is_none_yet():
    later = own("BIDDER", starts_on=date(2026, 3, 3))
    assert found(later) == found(later, case=PROCURED) == []


def test_who_is_listed_asked_for_or_punished_is_avoided():
    assert found(number="E9") == [(Code.OTHER, "list")]
    assert found(number="E8") == [(Code.OTHER, "RC-08")]
    assert found(punished=True) == [(Code.OTHER, "RC-10")]


def test_every_ground_is_named_once_in_order_of_its_code():
    ties = (own("LISTED"), own("OWNER"), own("BIDDER"), own("RIVAL"))
    assert found(*ties, punished=True) == [
        (Code.BIDDER, "RC-05"), (Code.OWNER, "RC-09"), (Code.OTHER, "RC-10"), (Code.OTHER, "list"),
    ]  # fmt: skip


def test_the_operator_sees_counts_by_code_and_nobody():
    experts = [
        Candidate("E1", (own("BIDDER"),)), Candidate("E2", (own("RIVAL"), own("OWNER"))), Candidate("E3"),
        Candidate("E4", (own("OWNER"),)), Candidate("E9"),
    ]  # fmt: skip
    sealed = list(avoided(experts, TENDER))
    assert [number for number, _grounds in sealed] == ["E1", "E2", "E4", "E9"]
    assert counted(sealed) == {"1": 2, "2": 1, "9": 1}


def test_without_bidders_only_the_other_sides_count():
    empty = replace(TENDER, bidders={})
    assert (found(own("BIDDER"), case=empty), found(own("OWNER"), case=empty)) == ([], [(Code.OWNER, "RC-09")])


@given(st.permutations([own("BIDDER"), own("OWNER"), Tie("principal", "lineal", "RIVAL"), own("STRANGER")]))
def test_the_order_of_ties_does_not_matter(ties):
    assert found(*ties) == [(Code.BIDDER, "RC-05"), (Code.BIDDER, "RC-10"), (Code.OWNER, "RC-09")]


def test_on_a_leap_day_the_look_back_ends_with_february():
    leap = replace(PROCURED, day=date(2024, 2, 29))
    assert leap.since == date(2021, 2, 28)
