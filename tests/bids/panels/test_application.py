"""The application for a committee and its approval: what the law forbids is refused, and leaves nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from experts.panel import Panel
from experts.seat import Seat
from tests import make
from tests.bids.panels.conftest import GATHER, wanted
from tests.bids.tenders.conftest import DEADLINE, case_of
from tests.refusals import refused
from trading.party import Role
from trading.transitions import perform


def test_an_application_is_approved_by_who_supervises_and_then_stands(panel, approver):
    assert panel.state == "applied"
    assert panel.wanted.composition.members == 5
    digest = panel.digest()
    perform(panel.approve, by=approver)
    assert panel.state == "approved"
    assert panel.recorded is not None
    assert Panel.objects.get(pk=panel.pk).digest() == digest


def test_an_application_is_returned_corrected_and_given_up(case, panel, approver):
    perform(panel.hand_back, by=approver, reason="专业不符")
    assert panel.reason == "专业不符"
    perform(panel.apply, by=case.agency, wanted=wanted(("A0802", 5), representatives=0))
    assert (panel.state, panel.reason, panel.wanted.composition.experts) == ("applied", "", 5)
    perform(panel.void, by=case.agency, reason="另行申请")
    assert panel.state == "voided"
    perform(panel.apply, by=case.agency, wanted=wanted())
    assert panel.state == "applied"


@pytest.mark.parametrize(
    ("needs", "facts", "code"),
    [
        ([("A0802", 2), ("A0601", 1)], {"representatives": 1}, "committee_too_small"),
        ([("A0802", 5)], {"representatives": 1}, "committee_even"),
        ([("A0802", 3)], {"representatives": 2}, "committee_experts_too_few"),
        ([("A0802", 2), ("A0802", 2)], {}, "needs_wrong"),
        ([("A0802", 5), ("A0601", 0)], {"representatives": 0}, "needs_wrong"),
        ([("ZZZZ", 4)], {}, "speciality_unknown"),
        ([], {"avoid": ["not a code"]}, "application_wrong"),
        ([], {"region": "51x"}, "application_wrong"),
        ([], {"hours": 0}, "application_wrong"),
        ([], {"hours": 73}, "application_wrong"),
        ([], {"gather_at": DEADLINE - timedelta(seconds=1)}, "gathers_too_early"),
        ([], {"place": "  "}, "place_missing"),
    ],
)
def test_what_no_committee_may_be_is_refused(case, needs, facts, code):
    refused(Panel(lot=case.lot).apply, code, by=case.agency, wanted=wanted(*needs, **facts))


def test_a_committee_may_gather_at_the_deadline_itself(case):
    assert perform(Panel(lot=case.lot).apply, by=case.agency, wanted=wanted(gather_at=DEADLINE)).state == "applied"


def test_a_lot_without_a_tender_has_nothing_to_evaluate(db, owner):
    lot = make.lot(owner=owner)
    refused(Panel(lot=lot).apply, "nothing_to_evaluate", by=owner, wanted=wanted())


@pytest.mark.parametrize(("estimate", "weighty"), [("10000000.00", False), ("9999999.99", True)])
def test_a_large_or_weighty_procurement_has_seven(db, time_machine, owner, agency, estimate, weighty):
    facts = {"estimate": Decimal(estimate), "approved_estimate": Decimal("20000000.00")}
    case = case_of(time_machine, owner, agency, kind="government_open_tender", **facts)
    case.announce()
    panel = Panel(lot=case.lot)
    refusal = refused(panel.apply, "committee_too_small", by=agency, wanted=wanted(weighty=weighty))
    assert "at least 7" in refusal.detail
    done = perform(panel.apply, by=agency, wanted=wanted(("A0802", 5), representatives=2, weighty=weighty))
    assert done.size_rule().count == 7


def test_only_owner_and_agency_apply_and_only_supervision_decides(case, panel, approver):
    refused(Panel(lot=case.lot).apply, "not_permitted", by=make.user(Role.OWNER), wanted=wanted())
    refused(panel.approve, "not_permitted", by=make.user(Role.CENTRE_STAFF))
    refused(panel.approve, "not_permitted", by=case.agency)
    refused(panel.hand_back, "not_permitted", by=case.owner, reason="x")
    perform(panel.approve, by=make.user(Role.SITE_SUPERVISOR))
    refused(panel.apply, "wrong_state", by=case.agency, wanted=wanted())


def test_an_approval_looks_at_the_clock_again(case, panel, approver):
    case.clock.move_to(GATHER + timedelta(seconds=1))
    refused(panel.approve, "gathers_too_early", by=approver)


def test_the_owner_names_its_representatives_and_no_more(case, panel):
    named = perform(Seat(panel=panel, user=case.owner).join, by=case.agency)
    assert (named.number, named.kind, named.state) == (5, "representative", "arrived")
    assert list(panel.sitting()) == [named]
    other = make.user(Role.OWNER, of=make.home(case.owner))
    refused(Seat(panel=panel, user=other).join, "representatives_complete", by=case.agency)
    refused(Seat(panel=panel, user=case.agency).join, "not_of_the_owner", by=case.agency)
    refused(Seat(panel=panel).join, "not_of_the_owner", by=case.agency)
    refused(Seat(panel=panel, user=other).join, "not_permitted", by=make.user(Role.CENTRE_STAFF))
