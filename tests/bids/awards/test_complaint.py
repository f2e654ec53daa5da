"""Complaints about an award: when, by whom, what the regulator may order, and what its decision does."""

import pytest

from tests import make
from tests.bids.awards.scene import RESULT, signed
from tests.bids.awards.test_tender_award import entry, object_, public
from tests.refusals import refused
from trading import complaint_due
from trading.complaint import Complaint
from trading.party import Role
from trading.transitions import perform


def complaint(scene, place=1, **facts):
    bidder = scene.bidders[place]
    given = {"matter": "result", "text": "对异议答复不服，请求重新评审。", **facts}
    return Complaint(lot=scene.lot, organisation=make.home(bidder), **given), bidder


def answered(scene):
    """Publish the candidates; one bidder objects and is answered on the next day."""
    public(scene)
    scene.to("2026-03-03")
    made = object_(scene)
    scene.to("2026-03-04")
    return perform(made.answer, by=scene.owner, reply="业绩真实。", outcome="rejected")


def accepted(scene):
    answered(scene)
    made, bidder = complaint(scene)
    perform(made.make, by=bidder)
    return perform(made.accept, by=scene.regulator)


def decide(scene, made, outcome="upheld", remedy="", decision="投诉成立。"):
    return perform(made.decide, by=scene.regulator, outcome=outcome, remedy=remedy, decision=decision)


def test_who_is_not_satisfied_with_the_answer_complains_and_owner_and_agency_read_it_once_accepted(works, api):
    answered(works)
    made, bidder = complaint(works)
    perform(made.make, by=bidder)
    assert made.due_on.isoformat() == "2026-03-09"  # three working days: 5, 6 and 9 March
    path = f"complaints/{made.pk}/"
    assert api(works.owner).get(path).status_code == 404
    assert api(works.bidders[2]).get(path).status_code == 404
    refused(made.accept, "not_permitted", by=works.owner)
    perform(made.accept, by=works.regulator)
    assert entry("complaint.accepted") == {"due": "2026-04-16", "late": False}
    assert api(works.owner).get(path).status_code == 200
    assert perform(made.respond, by=works.agency, text="评审合法。").response == "评审合法。"


def test_the_objection_comes_first_and_its_answer_is_awaited(works):
    public(works)
    made, bidder = complaint(works)
    assert "招标投标法实施条例 60" in refused(made.make, "objection_first", by=bidder).basis
    works.to("2026-03-03")
    object_(works)
    refused(made.make, "answer_awaited", by=bidder)
    works.to("2026-03-07")  # the answer was due on the sixth
    assert perform(made.make, by=bidder).objection is not None


def test_another_breach_needs_no_objection_but_an_interest(works):
    public(works)
    stranger = make.user(Role.BIDDER)
    made = Complaint(lot=works.lot, organisation=make.home(stranger), matter="other", text="评委收受贿赂")
    refused(made.make, "interest_not_stated", by=stranger)
    mine, bidder = complaint(works, matter="other", text=" ")
    refused(mine.make, "complaint_empty", by=bidder)
    made.interest = "潜在投标人"
    assert perform(made.make, by=stranger).state == "made"


def test_a_complaint_is_late_after_ten_days_the_answers_days_left_out(works):
    answered(works)  # candidates on the second; objection on the third, answer on the fourth
    made, bidder = complaint(works)
    works.to("2026-03-15")
    refused(made.make, "complaint_late", by=bidder)
    works.to("2026-03-14", 23)
    assert perform(made.make, by=bidder).state == "made"


def test_what_was_learned_long_ago_is_late(works):
    works.receive()
    made, bidder = complaint(works, matter="other", known_on=works.award.entered_on.replace(month=2, day=1))
    refused(made.make, "complaint_late", by=bidder)


def test_a_lot_of_another_procedure_has_no_such_complaint(owner, regulator):
    bidder = make.user(Role.BIDDER)
    made = Complaint(lot=make.lot(owner=owner), organisation=make.home(bidder), matter="other", text="投诉")
    refused(made.make, "kind_wrong", by=bidder)


def test_the_regulator_returns_a_complaint_with_a_coded_reason_and_says_if_it_is_late(works):
    answered(works)
    made, bidder = complaint(works)
    perform(made.make, by=bidder)
    works.to("2026-03-10")
    perform(made.give_back, by=works.regulator, reason="no_facts")
    assert (made.state, entry("complaint.returned")) == ("returned", {"reason": "no_facts", "late": True})


def test_a_complaint_during_the_publicity_stops_the_lot_over_the_festival_and_gives_its_days_back(
    time_machine, owner, agency
):
    """The candidates are public from Wednesday, 11 February 2026; the festival is off from the 15th to the 23rd."""
    scene = signed(time_machine, owner, agency, at="2026-02-11")
    public(scene)
    assert scene.award.public_until.isoformat() == "2026-02-14"  # 12, 13, 14
    scene.to("2026-02-12", 9)
    objected = object_(scene)
    perform(objected.answer, by=owner, reply="业绩真实。", outcome="rejected")
    scene.to("2026-02-13")
    made, bidder = complaint(scene)
    perform(made.make, by=bidder)
    assert made.due_on.isoformat() == "2026-02-25"  # 14 is worked; then 24 and 25
    perform(made.accept, by=scene.regulator)
    perform(made.stop, by=scene.regulator)
    assert scene.lot.state == "suspended"
    scene.to("2026-02-16")
    refused(scene.award.determine, "lot_not_live", by=owner)
    scene.to("2026-02-26")
    decide(scene, made, "rejected", decision="投诉缺乏事实依据，驳回。")
    assert entry("complaint.decided") == {"outcome": "rejected", "remedy": "", "late": False}
    # The twelfth was a whole day of publicity. 13 to 26 February were not; the 27th and 28th complete the three days.
    assert (scene.lot.state, scene.award.public_until.isoformat()) == ("live", "2026-02-28")
    scene.to("2026-02-28", 23)
    refused(scene.award.determine, "publicity_runs", by=owner)
    scene.to("2026-03-01")
    assert perform(scene.award.determine, by=owner).state == "awarded"
    assert scene.lot.notices.get(kind="other").newest().content["reply"] == "投诉缺乏事实依据，驳回。"


def test_a_procurement_rests_thirty_days_at_most_and_the_clock_lets_it_go_on(goods, committee):
    goods.receive()
    perform(goods.award.confirm, by=goods.owner)
    perform(goods.award.publish, by=goods.agency, content=RESULT)
    objected = object_(goods)
    perform(objected.answer, by=goods.owner, reply="质疑不成立。", outcome="rejected")
    made, bidder = complaint(goods)
    perform(made.make, by=bidder)
    perform(made.accept, by=goods.regulator)
    perform(made.stop, by=goods.regulator)
    assert made.stopped_until.isoformat() == "2026-04-01"
    goods.to("2026-04-01", 23)
    complaint_due.end_stops()
    made.refresh_from_db()
    refused(made.end_stop, "stop_runs", by=None)
    assert goods.lot.state == "suspended"
    goods.to("2026-04-02", 0)
    complaint_due.end_stops()
    assert goods.lot.state == "live"
    made.refresh_from_db()
    refused(made.stop, "stopped_before", by=goods.regulator)
    refused(made.decide, "remedy_wrong", by=goods.regulator, outcome="upheld", remedy="", decision="成立")
    decide(goods, made, remedy="retender")
    assert (goods.award.state, goods.award.failure) == ("failed", "award_void")


def test_a_procurements_complaint_follows_a_challenge_in_fifteen_working_days(goods, committee):
    goods.receive()
    perform(goods.award.confirm, by=goods.owner)
    perform(goods.award.publish, by=goods.agency, content=RESULT)
    other, bidder = complaint(goods, matter="other")
    refused(other.make, "objection_first", by=bidder)
    object_(goods)  # on the second; the answer is due on the eleventh
    made, bidder = complaint(goods)
    goods.to("2026-03-12")
    assert perform(made.make, by=bidder).state == "made"
    perform(made.withdraw, by=bidder)
    again, bidder = complaint(goods)
    goods.to("2026-04-02", 0)  # fifteen working days after the eleventh: the first of April
    refused(again.make, "complaint_late", by=bidder)


@pytest.mark.parametrize(
    ("remedy", "state"),
    [("none", "publicising"), ("next", "publicising"), ("evaluate", "set_aside"), ("retender", "failed")],
)
def test_an_upheld_complaint_does_to_the_award_what_it_orders(works, remedy, state):
    made = accepted(works)
    perform(made.stop, by=works.regulator)
    decide(works, made, remedy=remedy)
    assert (works.lot.state, works.award.state) == ("live", state)
    assert hasattr(works.candidate(1), "passed_over") == (remedy == "next")


def test_a_report_that_was_set_aside_is_not_received_again_and_a_new_one_is(works):
    made = accepted(works)
    decide(works, made, remedy="evaluate")
    works.receive()
    assert works.award.state == "set_aside"
    refused(works.award.receive, "report_set_aside", by=None)
    evaluation = works.lot.evaluation
    type(evaluation).objects.filter(pk=evaluation.pk).update(report_sha256="ef" * 32)
    assert works.receive().state == "reported"


def test_nobody_ends_an_award_as_void_without_a_decision(works):
    refused(public(works).fail, "candidates_stand", by=works.owner, reason="award_void")


def test_a_notice_of_award_gives_way_to_an_upheld_complaint(works):
    accepted(works)
    made = Complaint.objects.get()
    works.to("2026-03-06")
    perform(works.award.determine, by=works.owner)
    perform(works.award.issue, by=works.agency)
    decide(works, made, remedy="next")
    assert works.lot.notices.get(kind="result").state == "withdrawn"
    assert perform(works.award.determine, by=works.owner, rank=2).winner == works.candidate(2)


def test_a_complaint_that_is_withdrawn_lets_the_lot_go_on_unless_another_holds_it(works):
    made = accepted(works)
    perform(made.stop, by=works.regulator)
    other, third = complaint(works, 2, matter="other", known_on=None)
    perform(other.make, by=third)
    perform(other.accept, by=works.regulator)
    Complaint.objects.filter(pk=other.pk).update(stopped_on=works.award.entered_on)
    perform(made.withdraw, by=works.bidders[1])
    assert works.lot.state == "suspended"
    other.refresh_from_db()
    perform(other.withdraw, by=third)
    assert works.lot.state == "live"
    assert entry("complaint.withdrawn") == {"matter": "other"}
