"""Objections to tender documents: their time, the day of the reply, and that they stay secret."""

from datetime import date, timedelta

from bids.opening import Opening
from tests import make
from tests.bids.tenders.conftest import DEADLINE
from tests.bids.tenders.test_opening import begin, enter, tick
from tests.refusals import refused
from trading.ledger.tables import AuditEvent
from trading.objection import Matter, Objection
from trading.transitions import perform

DAY = timedelta(days=1)
LAST = DEADLINE.replace(day=21, hour=16, minute=0)  # the midnight that ends 21 March in the county


def objection_of(case, person):
    return Objection(lot=case.lot, organisation=make.home(person), matter=Matter.NOTICE, text="资格条件排斥潜在投标人")


def test_documents_are_objected_to_until_ten_days_before_the_deadline(case, bidder, rival):
    case.open()
    case.clock.move_to(LAST - timedelta(microseconds=1), tick=False)
    assert perform(objection_of(case, bidder).raise_, by=bidder).reply_due_on == date(2026, 3, 24)
    case.clock.move_to(LAST, tick=False)
    refused(objection_of(case, rival).raise_, "not_the_time_to_object", by=rival)


def test_a_moved_deadline_moves_the_time_to_object(case, bidder):
    case.open()
    perform(case.fresh().extend, by=case.agency, deadline=DEADLINE + DAY, reason="场地调整")
    case.clock.move_to(LAST, tick=False)
    assert perform(objection_of(case, bidder).raise_, by=bidder).state == "raised"


def test_procurement_replies_in_seven_working_days(procurement, bidder):
    procurement.open()
    raised = perform(objection_of(procurement, bidder).raise_, by=bidder)
    assert raised.reply_due_on == date(2026, 3, 11)
    assert procurement.fresh().notice.objections_until == DEADLINE.replace(day=18, hour=16, minute=0)


def test_an_objection_before_the_opening_is_sealed_and_the_agency_answers_it(case, bidder):
    case.open()
    raised = perform(objection_of(case, bidder).raise_, by=bidder)
    assert not AuditEvent.objects.filter(type="objection.raised").exists()
    assert case.fresh().objection_waits()
    perform(raised.answer, by=case.agency, reply="已修改。", outcome="rejected")
    assert not case.fresh().objection_waits()


def test_the_opening_waits_for_the_answer_to_an_objection(case, bidder):
    case.open()
    raised = perform(objection_of(case, bidder).raise_, by=bidder)
    enter(case)
    assert begin(case).state == "closed"
    perform(raised.answer, by=case.agency, reply="维持。", outcome="rejected")
    tick()
    assert Opening.objects.get().state == "decrypting"


def test_a_challenge_in_its_time_is_admitted_after_the_deadline(procurement, bidder, rival):
    procurement.open(documents_until=DEADLINE - DAY)
    last = DEADLINE.replace(month=4, day=9, hour=16, minute=0)  # the midnight that ends 9 April: Tomb Sweeping is off
    assert procurement.fresh().notice.objections_until == last
    enter(procurement)
    assert begin(procurement).state == "decrypting"
    procurement.clock.move_to(last - timedelta(microseconds=1), tick=False)
    raised = perform(objection_of(procurement, bidder).raise_, by=bidder)
    assert raised.reply_due_on == date(2026, 4, 20)
    procurement.clock.move_to(last, tick=False)
    refused(objection_of(procurement, rival).raise_, "not_the_time_to_object", by=rival)


def test_a_change_of_the_documents_gives_time_to_challenge_it(procurement, bidder):
    procurement.open()
    procurement.clock.move_to(DEADLINE - 16 * DAY, tick=False)  # Sunday 15 March
    perform(procurement.fresh().amend, by=procurement.agency, documents=[procurement.file("补遗")], changes="参数调整")
    assert procurement.fresh().notice.objections_until == DEADLINE.replace(day=24, hour=16, minute=0)


def test_a_challenge_in_procurement_does_not_stop_it(procurement, bidder):
    procurement.open()
    perform(objection_of(procurement, bidder).raise_, by=bidder)
    assert not procurement.fresh().objection_waits()
