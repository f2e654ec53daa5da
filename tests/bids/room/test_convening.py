"""The committee convenes: who sits, who declares, who presides; and what keeps the examination from beginning."""

from datetime import timedelta

import pytest

from bids.opening import Opening
from bids.room.evaluation import Evaluation
from bids.room.member import Member
from experts.panel import Panel
from experts.seat import Seat
from tests import make
from tests.refusals import refused
from trading.errors import NotPermitted, WrongState
from trading.party import Role
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def convening(room, **facts):
    return Evaluation(**{"lot": room.lot, "session": room.session, **facts}).convene


def test_everybody_who_arrived_takes_a_seat(room):
    evaluation = room.convene()
    assert (evaluation.state, evaluation.until) == ("convened", room.session.ends_at)
    seated = {(one.seat.number, one.seat.kind, one.state) for one in Member.objects.select_related("seat")}
    assert seated == {(1, "expert", "seated"), (2, "expert", "seated"), (3, "expert", "seated"),
                      (4, "expert", "seated"), (5, "representative", "seated")}  # fmt: skip


def test_the_committee_convenes_in_the_open_session_of_its_lot_alone(room):
    perform(room.session.suspend, by=room.centre, reason="equipment")
    refused(convening(room), "session_not_open", by=room.host)
    perform(Session.objects.get(pk=room.session.pk).resume, by=room.centre)
    refused(convening(room, session=room.opening.session), "session_of_another_kind", by=room.host)
    with pytest.raises(NotPermitted):
        perform(convening(room), by=room.people[1])
    refused(convening(room), "not_present", by=room.case.owner)
    assert not Evaluation.objects.exists()


def test_nobody_convenes_before_the_opening_is_finished_or_the_panel_has_gathered(room):
    Panel.objects.update(state="locked")
    refused(convening(room), "panel_not_gathered", by=room.host)
    Opening.objects.update(state="read_out")
    refused(convening(room), "opening_not_finished", by=room.host)


def test_a_member_declares_after_the_discipline_and_only_for_itself(room):
    room.convene()
    with pytest.raises(WrongState):
        perform(room.member(1).declare_none, by=room.people[1])
    with pytest.raises(NotPermitted):
        perform(room.member(1).confirm_discipline, by=room.people[2])
    outsider = make.user(Role.EXPERT)
    with pytest.raises(NotPermitted):
        perform(room.member(1).confirm_discipline, by=outsider)
    room.declare(1)
    assert room.member(1).state == "sitting"


def test_who_has_left_the_room_declares_nothing(room):
    room.convene()
    perform(room.session.sign_ins.get(user=room.people[2]).sign_out, by=room.people[2])
    refused(room.member(2).confirm_discipline, "not_present", by=room.people[2])


def test_more_than_half_of_the_committee_elect_the_chair(room):
    room.convene()
    for seat in room.people:
        room.declare(seat)
    for seat in (1, 2):
        perform(room.member(seat).vote, by=room.people[seat], matter="chair", choice="1")
    assert not Member.objects.filter(is_chair=True).exists()
    perform(room.member(3).vote, by=room.people[3], matter="chair", choice="1")
    assert room.member(1).is_chair
    refused(room.member(4).vote, "chair_elected", by=room.people[4], matter="chair", choice="2")


def test_votes_are_for_seats_and_motions_that_exist(room):
    room.convene()
    room.declare(1)
    vote = room.member(1).vote
    refused(vote, "unknown_seat", by=room.people[1], matter="chair", choice="9")
    refused(vote, "unknown_motion", by=room.people[1], matter="lunch", choice="yes")
    refused(vote, "unknown_motion", by=room.people[1], matter="no_competition", choice="1")


def test_in_procurement_the_buyers_representative_does_not_preside(procured):
    procured.convene()
    procured.declare(1)
    refused(procured.member(1).vote, "representative_chairs", by=procured.people[1], matter="chair", choice="5")


def test_the_examination_waits_for_every_member_every_declaration_and_a_chair(room):
    room.convene()
    refused(room.evaluation.begin, "not_declared", by=room.host)
    for seat in room.people:
        room.declare(seat)
    refused(room.evaluation.begin, "no_chair", by=room.host)
    room.elect()
    Member.objects.filter(seat__number=4).update(seat=Seat.objects.get(number=4))
    gone = room.member(4)
    Member.objects.filter(pk=gone.pk).update(state="replaced")
    refused(room.evaluation.begin, "committee_incomplete", by=room.host)


def test_in_procurement_the_buyer_settles_the_qualification_first(procured):
    procured.convene()
    for seat in procured.people:
        procured.declare(seat)
    procured.elect()
    refused(procured.evaluation.begin, "qualification_open", by=procured.host)
    procured.qualify()
    assert perform(procured.evaluation.begin, by=procured.host).state == "examining"
    assert procured.evaluation.candidates.count() == 3


def test_who_came_instead_is_seated_and_nobody_twice(room):
    room.convene()
    refused(room.evaluation.seat_newcomers, "nobody_arrived", by=room.host)
    gone = room.member(4)
    Member.objects.filter(pk=gone.pk).update(state="replaced")
    Seat.objects.filter(pk=gone.seat_id).update(state="replaced")
    room.arrive(4)
    perform(room.evaluation.seat_newcomers, by=room.host)
    assert room.member(4).user == room.people[4] != gone.user


def test_leaving_needs_a_reason_and_comes_before_the_report(room):
    supervisor = room.case.keepers["supervisor"]
    room.convene()
    refused(room.member(2).recuse, "reason_missing", by=room.people[2], ground="1", reason=" ")
    with pytest.raises(NotPermitted):
        perform(room.member(2).replace, by=room.host, ground="1", reason="投标人股东")
    Evaluation.objects.update(state="reported")
    refused(room.member(2).replace, "report_written", by=supervisor, ground="1", reason="投标人股东")


def test_where_more_than_a_third_want_time_it_is_extended_before_anything_goes_on(room):
    room.begin()
    for seat in room.people:
        room.find(seat)
    perform(room.member(1).ask_time, by=room.people[1])
    room.evaluation.check_time()
    perform(room.member(2).ask_time, by=room.people[2])
    refused(room.evaluation.conclude, "time_too_short", by=room.chair)
    until = room.evaluation.until
    refused(room.evaluation.extend, "not_later", by=room.host, until=until)
    perform(room.evaluation.extend, by=room.host, until=until + timedelta(hours=2))
    assert perform(room.evaluation.conclude, by=room.chair).state == "scoring"


def test_a_member_finds_its_room_from_its_arrival_and_nobody_elses(room, client):
    late, page = room.arrive(6), f"/sessions/{room.session.pk}/sign-in/"
    client.force_login(late.user)
    assert client.get(page).status_code == 200
    Seat.objects.filter(pk=late.pk).update(state="replaced")
    assert client.get(page).status_code == 404
    client.force_login(make.user(Role.EXPERT))
    assert client.get(page).status_code == 404
