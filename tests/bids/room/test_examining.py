"""The examination: findings and majorities, corrections, questions, low prices; and what keeps it from closing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bids.room.correction import Correction
from bids.room.evaluation import Evaluation
from bids.room.inquiry import Inquiry
from bids.room.ranking import Candidate
from bids.room.sheet import Sheet
from bids.tender import Tender
from tests.bids.room.conftest import Desk
from tests.bids.tenders.conftest import case_of
from tests.refusals import refused
from trading.errors import NotPermitted, WrongState
from trading.transitions import perform

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=20)


def bidder(room, number):
    return next(one for one, _sealed in room.made if one.organisation == bid(room, number).opened.bid.organisation)


def bid(room, number):
    return Candidate.objects.get(evaluation__lot=room.lot, number=number)


def ask(room, number, about="clarification"):
    question = Inquiry(candidate=bid(room, number), about=about, question="第3页", answer_by=room.lot.now() + SOON)
    return perform(question.ask, by=room.chair)


def correction(room, number, **facts):
    return Correction(candidate=bid(room, number), **{"answer_by": room.lot.now() + SOON, **facts})


def propose(room, number, price):
    """Correct a price by what its unit price comes to."""
    item = {"quantity": Decimal(1), "unit_price": Decimal(price), "stated_sum": Decimal(price)}
    return perform(correction(room, number).propose, by=room.chair, items=[item])


def all_find(room, **grounds):
    for seat in room.people:
        room.find(seat, **grounds)


def closed(room):
    return perform(room.evaluation.conclude, by=room.chair)


def test_a_majority_rejects_with_the_ground_its_article_and_the_reasons(room):
    room.begin()
    for seat in room.people:
        room.find(seat, **({"b2": {"unsigned": f"第{seat}页无签字"}} if seat <= 3 else {}))
    assert closed(room).state == "scoring"
    rejected = bid(room, 2)
    assert rejected.rejected
    assert [(one["ground"], one["basis"], one["said"]) for one in rejected.reasons] == [
        ("unsigned", "招标投标法实施条例 51(1)", ["第1页无签字", "第2页无签字", "第3页无签字"])
    ]
    assert Candidate.objects.effective().count() == 2


def test_a_minority_rejects_nothing_and_a_later_finding_replaces_the_earlier(room):
    room.begin()
    all_find(room, b1={"unresponsive": "无"})
    for seat in (3, 4, 5):
        room.find(seat)
    closed(room)
    assert not bid(room, 1).rejected


def test_a_finding_names_bids_and_grounds_that_exist_with_reasons(room):
    room.begin()
    find = room.member(1).find
    refused(find, "bid_not_listed", by=room.people[1], findings=[{"number": 9, "grounds": {}}])
    wrong = [{"number": 1, "grounds": {"no_deposit": "无"}}]
    refused(find, "unknown_ground", by=room.people[1], findings=wrong)
    silent = [{"number": 1, "grounds": {"unsigned": " "}}]
    refused(find, "reason_missing", by=room.people[1], findings=silent)
    with pytest.raises(NotPermitted):
        perform(find, by=room.people[2], findings=silent)


def test_nothing_closes_before_everybody_found_on_every_bid(room):
    room.begin()
    for seat in (1, 2, 3, 4):
        room.find(seat)
    assert refused(room.evaluation.conclude, "findings_incomplete", by=room.chair).params["have"] == 4
    with pytest.raises(NotPermitted):
        perform(room.evaluation.conclude, by=room.people[2])


def test_the_committee_of_a_tender_settles_the_qualification_and_who_fails_it_is_rejected(room):
    room.convene()
    for seat in room.people:
        room.declare(seat)
    room.elect()
    perform(room.evaluation.begin, by=room.chair)
    all_find(room)
    refused(room.evaluation.conclude, "qualification_open", by=room.chair)
    room.qualify()
    assert closed(room).state == "scoring"


def test_an_unqualified_bidder_is_rejected_without_findings(procured):
    Tender.objects.update(price_ceiling=None)
    procured.convene()
    for seat in procured.people:
        procured.declare(seat)
    procured.elect()
    refused(procured.evaluation.begin, "qualification_open", by=procured.chair)


def test_a_clarification_is_asked_of_one_bidder_and_answered_by_it_in_time(room):
    room.begin()
    inquiry = ask(room, 1)
    all_find(room)
    refused(room.evaluation.conclude, "answers_open", by=room.chair)
    with pytest.raises(NotPermitted):
        perform(inquiry.answer, by=bidder(room, 2).person, text="我方")
    refused(inquiry.answer, "answer_empty", by=bidder(room, 1).person, text=" ")
    room.case.clock.shift(timedelta(minutes=1))
    answered = perform(inquiry.answer, by=bidder(room, 1).person, text="见附件二")
    assert (answered.state, answered.answer_text) == ("answered", "见附件二")
    refused(room.evaluation.conclude, "findings_incomplete", by=room.chair)
    all_find(room)
    assert closed(room).state == "scoring"


def test_an_answer_after_its_time_is_late_and_the_examination_goes_on_without(room):
    room.begin()
    inquiry = ask(room, 1)
    room.case.clock.shift(SOON)
    refused(inquiry.answer, "answer_late", by=bidder(room, 1).person, text="迟")
    all_find(room)
    assert closed(room).state == "scoring"


def test_the_chair_alone_asks_while_bids_are_examined_and_leaves_time(room):
    room.begin()
    question = Inquiry(candidate=bid(room, 1), about="clarification", question="?", answer_by=room.lot.now() + SOON)
    with pytest.raises(NotPermitted):
        perform(question.ask, by=room.people[2])
    question.answer_by = room.lot.now() + timedelta(minutes=1)
    refused(question.ask, "time_to_answer_short", by=room.chair)
    question.answer_by = room.lot.now() + SOON
    Evaluation.objects.update(state="scoring")
    refused(question.ask, "not_at_this_stage", by=room.chair)


def test_a_correction_counts_once_its_bidder_confirms_it(room):
    room.begin()
    a_correction = propose(room, 1, "4700000.00")
    assert (a_correction.was, a_correction.price) == (Decimal("4800000.00"), Decimal("4700000.00"))
    assert bid(room, 1).price == Decimal("4800000.00")
    with pytest.raises(NotPermitted):
        perform(a_correction.confirm, by=bidder(room, 2).person)
    room.case.clock.shift(timedelta(minutes=1))
    perform(a_correction.confirm, by=bidder(room, 1).person)
    assert bid(room, 1).price == Decimal("4700000.00")
    all_find(room)
    closed(room)
    assert not bid(room, 1).rejected


@pytest.mark.parametrize("answers", [True, False])
def test_a_correction_that_is_refused_or_not_answered_ends_the_bid(room, answers):
    room.begin()
    a_correction = propose(room, 1, "4700000.00")
    if answers:
        perform(a_correction.refuse, by=bidder(room, 1).person)
    else:
        all_find(room)
        refused(room.evaluation.conclude, "answers_open", by=room.chair)
        room.case.clock.shift(SOON)
        refused(a_correction.refuse, "answer_late", by=bidder(room, 1).person)
    all_find(room)
    closed(room)
    assert [one["ground"] for one in bid(room, 1).reasons] == ["correction_refused"]


def test_a_correction_above_the_ceiling_is_never_confirmed_and_ends_the_bid(room):
    room.begin()
    a_correction = propose(room, 1, "4900000.01")
    refused(a_correction.confirm, "correction_above_ceiling", by=bidder(room, 1).person)
    all_find(room)
    closed(room)
    assert [one["ground"] for one in bid(room, 1).reasons] == ["above_ceiling"]
    assert bid(room, 1).price == Decimal("4800000.00")


def test_what_contradicts_nothing_is_not_corrected_and_nothing_twice(room):
    room.begin()
    refused(correction(room, 1).propose, "nothing_to_correct", by=room.chair)
    with pytest.raises(NotPermitted):
        perform(correction(room, 1).propose, by=room.people[2])
    propose(room, 1, "4700000.00")
    item = {"quantity": Decimal(1), "unit_price": Decimal(1), "stated_sum": Decimal(1)}
    refused(correction(room, 1).propose, "corrected_already", by=room.chair, items=[item])


def test_a_bid_that_names_no_price_is_not_corrected(room):
    room.begin()
    row = bid(room, 1).opened
    row.items = {}
    row.save()
    refused(correction(room, 1).propose, "no_price", by=room.chair)


def test_words_that_differ_are_corrected_before_the_examination_closes(room):
    room.begin()
    row = bid(room, 1).opened
    row.findings, row.items = ["words_differ"], {**row.items, "price_figures": "4810000.00"}
    row.save()
    all_find(room)
    refused(room.evaluation.conclude, "correction_due", by=room.chair)
    a_correction = perform(correction(room, 1).propose, by=room.chair)
    assert a_correction.steps == [{"rule": 2, "was": "4810000.00", "now": "4800000.00"}]


def test_a_low_price_is_asked_about_before_anything_closes_or_is_rejected(db, time_machine, owner, agency):
    room = Desk(case_of(time_machine, owner, agency), prices=("4800000.00", "4755000.00", "2000000.00"))
    room.begin()
    all_find(room)
    assert refused(room.evaluation.conclude, "low_price_unexplained", by=room.chair).params["numbers"] == "3"
    all_find(room, b3={"low_price": "低于成本"})
    refused(room.evaluation.conclude, "low_price_not_asked", by=room.chair)
    inquiry = ask(room, 3, "low_price")
    room.case.clock.shift(timedelta(minutes=1))
    perform(inquiry.answer, by=bidder(room, 3).person, text="自有设备")
    all_find(room, b3={"low_price": "说明不成立"})
    closed(room)
    assert [one["ground"] for one in bid(room, 3).reasons] == ["low_price"]


def test_a_tender_whose_bids_are_all_rejected_fails(room):
    room.begin()
    all_find(room, **{f"b{number}": {"unsigned": "无签字"} for number in (1, 2, 3)})
    closed(room)
    assert (room.evaluation.state, room.evaluation.failure) == ("failed", "all_rejected")
    assert Tender.objects.get(lot=room.lot).failure == "all_rejected"
    assert not Sheet.objects.exists()


def test_a_procurement_with_two_effective_bids_fails_and_a_tender_goes_on(procured):
    procured.begin()
    all_find(procured, b1={"conditions": "付款条件"})
    closed(procured)
    assert (procured.evaluation.state, procured.evaluation.failure) == ("failed", "no_competition")
    assert Tender.objects.get(lot=procured.lot).state == "failed"


def test_a_committee_stops_by_majority_alone(room):
    room.begin()
    fail = room.evaluation.fail
    refused(fail, "unknown_motion", by=room.chair, reason="all_rejected")
    for seat in (1, 2):
        perform(room.member(seat).vote, by=room.people[seat], matter="documents_defective", choice="yes")
    refused(fail, "no_majority", by=room.chair, reason="documents_defective")
    perform(room.member(3).vote, by=room.people[3], matter="documents_defective", choice="yes")
    perform(fail, by=room.chair, reason="documents_defective")
    assert Tender.objects.get(lot=room.lot).failure == "documents_defective"
    with pytest.raises(WrongState):
        perform(room.evaluation.conclude, by=room.chair)


def test_what_the_method_takes_from_a_bid_is_recorded_if_the_method_knows_it(room):
    room.begin()
    facts = {"number": 1, "deductions": [], "adjustments": [], "brand": "某牌"}
    perform(room.evaluation.assess, by=room.chair, **facts)
    assert bid(room, 1).brand == "某牌"
    refused(room.evaluation.assess, "not_computable", by=room.chair, **{**facts, "deductions": ["小微"]})
    refused(room.evaluation.assess, "bid_not_listed", by=room.chair, **{**facts, "number": 9})
    assert bid(room, 1).deductions == []
