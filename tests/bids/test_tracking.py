"""The works after the contract: milestones, the close, and what discipline inspection is told."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bids import tracking
from bids.award import Award
from bids.contract import Contract
from bids.tracking import DisciplineReport, Milestone
from tests import make
from tests.bids import ceremony
from tests.bids.conftest import DRAWN
from tests.refusals import refused
from trading.party import Role
from trading.transitions import perform

DAY = DRAWN.date() + timedelta(days=5)
CLOSING = {"final_price": Decimal("1700000.00"), "assessment": "合格"}


@pytest.fixture
def contracted(case):
    """A contract that both sides have signed, on the fifth day after the draw."""
    ceremony.listed(case)
    ceremony.noticed(case)
    facts = {"price": Decimal("1710000.00"), "signed_on": DAY, "sha256": "ab" * 32}
    perform(case.fresh().conclude_contract, by=case.owner, **facts)
    person = make.user(Role.BIDDER, of=Award.objects.current(case.lot).registration.organisation)
    perform(case.fresh().contract().confirm, by=person, sha256="ab" * 32)
    return person


@pytest.fixture
def tracked(case, contracted):
    perform(case.fresh().track, by=case.regulator, tracker=case.supervisor)
    return contracted


def milestone(case, **facts):
    given = {"kind": "completion", "title": "竣工", "due_on": DAY + timedelta(days=90)}
    return Milestone(contract=case.fresh().contract(), **{**given, **facts})


def planned(case, **facts):
    return perform(milestone(case, **facts).plan, by=case.supervisor)


def reached(case, step, person):
    perform(step.report, by=person, percent=100, note="完工")
    perform(step.verify, by=case.supervisor)


def test_a_milestone_needs_a_contract_that_is_performed(case, contracted):
    Contract.objects.update(tracker=case.supervisor)
    refused(milestone(case).plan, "contract_not_performing", by=case.supervisor)


def test_a_comparison_closes_once_everything_is_verified(case, tracked):
    error = refused(case.fresh().close, "completion_not_verified", by=case.owner, **CLOSING)
    assert error.next_step
    completion, progress = planned(case), planned(case, kind="progress", title="过半")
    reached(case, completion, tracked)
    error = refused(case.fresh().close, "milestones_open", by=case.owner, **CLOSING)
    assert (error.params["count"], bool(error.next_step)) == (1, True)
    reached(case, progress, tracked)
    assert perform(case.fresh().close, by=case.owner, **CLOSING).state == "closed"


def test_too_many_projects_and_a_late_milestone_are_reported_once(case, tracked):
    planned(case, due_on=DAY + timedelta(days=10))
    case.clock.move_to(DRAWN + timedelta(days=20))
    (late,) = tracking.overdue()
    assert tracking.report_overloaded(late) is None
    winner = case.fresh().contract().registration
    for number in range(2):  # two more projects of the same enterprise; how it came to them is not under test
        lot = make.lot()
        named = {"grade": "三级", "manager_certificate": f"川{number}", "confirmed_at": winner.confirmed_at}
        copy = type(winner)(lot=lot, organisation=winner.organisation, group=winner.group, state="submitted", **named)
        copy.save_base(raw=True)
        signed = {"price": Decimal(1), "signed_on": DAY, "sha256": "ab" * 32, "state": "performing"}
        Contract(lot=lot, registration=copy, **signed).save_base(raw=True)
    report = tracking.report_overloaded(late)
    assert (report.trigger, "3 projects, 1 milestones late" in report.facts) == ("too_many_projects", True)
    assert tracking.report_overloaded(late) is None
    assert DisciplineReport.objects.count() == 1


def test_discipline_inspection_receives_and_settles_a_report(case, discipline):
    ceremony.listed(case)
    winner = case.lot.registrations.first().organisation
    filed = DisciplineReport(lot=case.lot, organisation=winner, trigger="too_many_projects", facts="工期滞后")
    discipline_report = perform(filed.file, by=case.supervisor)
    perform(discipline_report.receive, by=discipline, receipt_no="收〔2026〕1号")
    perform(discipline_report.settle, by=discipline, outcome="已约谈")
    assert (discipline_report.state, discipline_report.outcome) == ("settled", "已约谈")
