"""The publicity of the result: what objections it takes, and that its notice stands to its end."""

from datetime import timedelta

import pytest

from tests import make
from tests.bids import ceremony
from tests.bids.conftest import DRAWN
from tests.refusals import refused
from trading.ledger.tables import AuditEvent
from trading.notice import Kind
from trading.objection import Objection
from trading.party import Role
from trading.transitions import perform

AFTER = DRAWN + timedelta(days=5)


def objection(case, registration, matter="result"):
    return Objection(lot=case.lot, organisation=registration.organisation, matter=matter, text="排名有误")


def test_a_notice_of_award_waits_for_the_end_of_the_publicity(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    error = refused(case.fresh().send_notice, "publicity_running", by=case.owner)
    assert (error.basis, error.params["until"]) == ("招标投标法实施条例 54", "2026-03-13")


def test_a_notice_of_award_needs_the_publicity_to_have_stood(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    perform(case.lot.notices.get(kind=Kind.DRAW_RESULT).withdraw, by=None, reason="误发")
    case.clock.move_to(AFTER)
    error = refused(case.fresh().send_notice, "publicity_withdrawn", by=case.owner)
    assert error.next_step
    assert case.fresh().state == "publicising"


@pytest.mark.parametrize(
    ("days", "hour", "taken"), [(0, 3, True), (3, 15, True), (3, 16, False)], ids=["at once", "last hour", "over"]
)
def test_the_result_takes_objections_through_the_whole_last_day(case, days, hour, taken):
    registered = ceremony.listed(case)
    ceremony.publicised(case)
    case.clock.move_to(DRAWN.replace(hour=hour) + timedelta(days=days))  # 16:00 UTC is midnight in the county
    raised = objection(case, registered[0])
    person = make.user(Role.BIDDER, of=registered[0].organisation)
    if taken:
        assert perform(raised.raise_, by=person).state == "raised"
    else:
        refused(raised.raise_, "not_the_time_to_object", by=person)


def test_notices_that_say_otherwise_do_not_move_the_time_to_object(case):
    registered = ceremony.listed(case)
    person = make.user(Role.BIDDER, of=registered[0].organisation)
    refused(objection(case, registered[0], "result").raise_, "not_the_time_to_object", by=person)
    assert perform(objection(case, registered[0], "list").raise_, by=person).state == "raised"


def test_an_objection_that_was_withdrawn_stops_nothing(case):
    registered = ceremony.listed(case)
    raised = objection(case, registered[0], "list")
    person = make.user(Role.BIDDER, of=registered[0].organisation)
    perform(raised.raise_, by=person)
    case.clock.move_to(DRAWN)
    refused(case.fresh().begin_draw, "objection_open", by=case.centre, session=None, beacon={})
    perform(raised.withdraw, by=person)
    assert AuditEvent.objects.filter(type="objection.withdrawn").count() == 1
    _place, draw = ceremony.begun(case)
    assert draw.state == "preparing"
