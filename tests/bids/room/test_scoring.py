"""Scoring: drafts that survive, sheets that close, ranges, objective parts, outliers; nothing seen before its time."""

import pytest

from bids.room import matrix
from bids.room.evaluation import Evaluation
from bids.room.member import Member
from bids.room.ranking import Candidate
from bids.room.sheet import Sheet
from tests.bids.room.conftest import Desk
from tests.bids.tenders.conftest import case_of
from tests.refusals import refused
from trading.errors import NotPermitted, RuleError, StaleVersion
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def code_of(act, *args, **facts):
    with pytest.raises(RuleError) as caught:
        act(*args, **facts)
    return caught.value.code


def row(**scores):
    return {"1": {"technical": "20", "business": "8", **scores}}


def test_a_draft_is_kept_and_says_where_it_was_overtaken(room):
    room.examine()
    sheet, person = room.sheet(1), room.people[1]
    assert sheet.save_draft(person, draft=0, scores=row()) == 1
    with pytest.raises(StaleVersion):
        sheet.save_draft(person, draft=0, scores=row(technical="1"))
    assert room.sheet(1).scores == row()
    assert room.sheet(1).save_draft(person, draft=1, scores=row(technical="21")) == 2
    with pytest.raises(NotPermitted):
        room.sheet(1).save_draft(room.people[2], draft=2, scores=row())


@pytest.mark.parametrize("score", ["30.01", "-1", "NaN", "1e1", "Infinity", "1" * 40, "0.123456789", "", " 5", "+5"])
def test_no_sheet_takes_a_score_out_of_range_or_none_at_all(room, score):
    room.examine()
    with pytest.raises(RuleError) as caught:
        room.sheet(1).save_draft(room.people[1], draft=0, scores=row(technical=score))
    assert (caught.value.code, list(caught.value.parts)) == ("score_out_of_range", ["/scores/1/technical"])
    assert room.sheet(1).scores == {}


def test_nothing_is_scored_of_a_rejected_bid_or_of_a_part_that_is_none(room):
    room.begin()
    for seat in room.people:
        room.find(seat, b2={"unsigned": "无"})
    perform(room.evaluation.conclude, by=room.chair)
    save = room.sheet(1).save_draft
    assert code_of(save, room.people[1], draft=0, scores={"2": {"technical": "1"}}) == "score_out_of_range"
    assert code_of(save, room.people[1], draft=0, scores={"1": {"price": "1"}}) == "score_out_of_range"


def test_a_sheet_is_signed_once_complete_and_as_it_was_seen(room):
    room.examine()
    sheet, person = room.sheet(1), room.people[1]
    sheet.save_draft(person, draft=0, scores=row())
    refused(room.sheet(1).sign, "score_out_of_range", by=person, draft=1)
    sheet = room.fill(1)
    refused(sheet.sign, "stale_version", by=person, draft=1)
    with pytest.raises(NotPermitted):
        perform(sheet.sign, by=room.people[2], draft=2)
    perform(sheet.sign, by=person, draft=2)
    refused(room.sheet(1).sign, "wrong_state", by=person, draft=2)
    assert code_of(room.sheet(1).save_draft, person, draft=2, scores=row()) == "sheet_closed"


def test_a_replaced_member_scores_nothing_more(room):
    room.examine()
    sheet, person = room.fill(4), room.people[4]
    Member.objects.filter(pk=sheet.member_id).update(state="replaced")
    sheet = Sheet.objects.get(pk=sheet.pk)
    with pytest.raises(NotPermitted):
        sheet.save_draft(person, draft=1, scores=row())
    with pytest.raises(NotPermitted):
        perform(sheet.sign, by=person, draft=1)
    perform(sheet.void, by=None)
    assert Sheet.objects.get(pk=sheet.pk).state == "void"
    assert "4" not in room.evaluation.sheets()


def test_nobody_sees_anothers_scores_before_all_have_signed(room):
    room.examine()
    for seat in (1, 2, 3, 4):
        room.sign(seat, technical="11")
    for person in (room.people[1], room.people[5], room.host):
        seen = matrix.of(room.evaluation, person)
        assert (seen["scores"], seen["figures"]) == ({}, None)
    refused(room.evaluation.sum_up, "sheets_open", by=room.chair)
    room.sign(5, technical="12")
    assert matrix.of(room.evaluation, room.people[1])["scores"]["5"]["1"]["technical"] == "12"


def test_objective_parts_have_one_score(room):
    room.examine()
    for seat in room.people:
        room.sign(seat, business="7" if seat == 2 else "8.0" if seat == 3 else "8")
    assert room.evaluation.differing() == [(1, "business"), (2, "business"), (3, "business")]
    refused(room.evaluation.sum_up, "objective_differs", by=room.chair)
    refused(room.evaluation.score_again, "no_reason_to_change", by=room.chair, seat=2, reason="mood")
    refused(room.evaluation.score_again, "sheet_not_signed", by=room.chair, seat=9, reason="objective_differs")
    perform(room.evaluation.score_again, by=room.chair, seat=2, reason="objective_differs")
    room.sign(2)
    assert perform(room.evaluation.sum_up, by=room.chair).state == "summed"


def test_a_score_far_from_the_others_is_explained_by_its_member(room):
    room.examine()
    for seat in room.people:
        room.sign(seat, b1={"technical": "5"} if seat == 3 else {"technical": "25"})
    refused(room.evaluation.sum_up, "outliers_unexplained", by=room.chair)
    facts = {"by": room.people[3], "number": 1, "part": "technical"}
    refused(room.sheet(3).explain, "reason_missing", **facts, reason=" ")
    refused(room.sheet(3).explain, "not_an_outlier", **{**facts, "number": 2}, reason="方案缺项")
    refused(room.sheet(1).explain, "not_an_outlier", by=room.chair, number=1, part="technical", reason="高")
    perform(room.sheet(3).explain, **facts, reason="方案缺项")
    summed = perform(room.evaluation.sum_up, by=room.chair)
    assert [flag["flag"] for flag in summed.figures["flags"]] == ["outlier"]
    assert room.sheet(3).explanations == {"1": {"technical": "方案缺项"}}


def test_after_the_sum_a_sheet_opens_again_for_a_reason_of_the_law_and_the_sum_is_gone(room):
    room.score()
    perform(room.evaluation.score_again, by=room.chair, seat=1, reason="sum_error")
    evaluation = room.evaluation
    assert (evaluation.state, evaluation.figures, room.sheet(1).state) == ("scoring", None, "draft")
    assert room.sheet(1).scores["1"]["technical"] == "25"
    with pytest.raises(NotPermitted):
        perform(evaluation.score_again, by=room.people[2], seat=2, reason="sum_error")


def test_the_figures_are_the_engines(room):
    room.score(b1={"technical": "30"})
    evaluation = room.evaluation
    assert evaluation.document["bids"][0]["experts"][0] == {"id": "1", "scores": {"technical": "30"}}
    assert evaluation.document["bids"][0]["fixed"] == {"business": "8"}
    found = {one["id"]: (one["rank"], one["total"]) for one in evaluation.figures["bids"]}
    assert found == {"1": (1, "97.44"), "2": (2, "93.00"), "3": (3, "91.34")}


def test_a_method_of_prices_alone_needs_no_sheets(db, time_machine, owner, agency):
    room = Desk(
        case_of(time_machine, owner, agency, kind="government_open_tender"), {"method": "lowest_evaluated_price"}
    )
    room.examine()
    assert not Sheet.objects.exists()
    assert perform(room.evaluation.sum_up, by=room.chair).state == "summed"
    done = perform(room.evaluation.write_report, by=room.chair)
    assert done.state == "reported"
    assert list(Candidate.objects.recommended().values_list("number", flat=True)) == [2, 1, 3]


def test_equal_bids_wait_for_their_draw(db, time_machine, owner, agency):
    prices = ("4800000.00", "4800000.00", "4800000.01")
    room = Desk(case_of(time_machine, owner, agency), prices=prices)
    room.score()
    assert refused(room.evaluation.write_report, "tie_undrawn", by=room.chair).params["numbers"] == "1, 2"
    assert Evaluation.objects.get().state == "summed"
