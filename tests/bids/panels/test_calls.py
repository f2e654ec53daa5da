"""The calls, the substitutes and the gathering: evidence and cap, one name at a time, nobody chosen."""

import hashlib
from datetime import timedelta

import pytest
from django.core import mail

from experts import calls, due
from experts.calls import Call
from experts.panel import Panel, name_of
from experts.seat import Seat
from tests import make
from tests.bids.panels.conftest import GATHER
from tests.refusals import refused
from trading import clock
from trading.draws import selector
from trading.draws.draw import Draw
from trading.errors import NotPermitted, RuleError
from trading.party import Role
from trading.transitions import perform

EVIDENCE = hashlib.sha256(b"letter").hexdigest()
heard = []


class Recorder:
    """A telephone gateway that keeps what it was asked to say."""

    def call(self, number, script, reference):
        heard.append((number, script, reference))
        return f"receipt {reference}"


class Broken:
    """A gateway that is down."""

    def call(self, number, script, reference):
        raise OSError("no line")


def later(desk, **span):
    desk.case.clock.move_to(clock.now() + timedelta(**span))


def leaves_of(panel):
    return [leaf for leaf, _stratum in panel.draw.result["seated"]]


def test_a_call_says_when_and_where_and_never_for_what(desk, settings):
    settings.VOICE_GATEWAY = "tests.bids.panels.test_calls.Recorder"
    heard.clear()
    desk.call()
    calls.deliver()
    assert len(heard) == len(mail.outbox) == 4
    said = " ".join([*(script for _number, script, _reference in heard), *(one.body for one in mail.outbox)])
    assert "评标三室" in said
    assert clock.minute(GATHER) in said
    lot = desk.case.lot
    assert not any(word in said for word in (lot.name, lot.code, lot.project.name, lot.project.owner.name))
    assert {number for number, _script, _reference in heard} <= {one.personal.phone for one in desk.experts}
    assert Call.objects.filter(attempt=1, sent_at=None).count() == 0
    calls.deliver()
    assert len(heard) == 4
    later(desk, minutes=5)
    calls.deliver()
    assert len(heard) == 8


def test_a_broken_carrier_leaves_the_next_attempt(desk, settings):
    settings.VOICE_GATEWAY = "tests.bids.panels.test_calls.Broken"
    desk.call()
    calls.deliver()
    voice = Call.objects.filter(channel="voice", attempt=1)
    assert voice.exclude(begun_at=None).filter(sent_at=None).count() == 4


def test_when_all_accept_the_committee_is_locked_and_when_all_come_it_gathers(desk):
    assert desk.call().state == "notified"
    panel = desk.accept()
    assert panel.state == "locked"
    seat = desk.seats("confirmed")[0]
    refused(seat.arrive, "not_permitted", by=desk.seats("confirmed")[1].expert.user)
    desk.case.clock.move_to(GATHER - timedelta(minutes=20))
    for seat in desk.seats("confirmed"):
        perform(seat.arrive, by=seat.expert.user)
    assert [one.user for one in panel.sitting()] == [one.expert.user for one in panel.sitting()]
    refused(desk.fresh().gather, "gathering_incomplete", by=desk.case.agency)
    for seat in desk.seats("arrived"):
        refused(seat.unseal, "not_permitted", by=desk.hall["centre"])
        perform(seat.unseal, by=desk.case.agency)
        refused(seat.unseal, "unsealed_already", by=desk.case.agency)
    refused(desk.fresh().gather, "gathering_incomplete", by=desk.case.agency)
    perform(Seat(panel=panel, user=desk.case.owner).join, by=desk.case.agency)
    done = perform(desk.fresh().gather, by=desk.case.agency)
    assert (done.state, done.sitting().count()) == ("gathered", 5)
    done.lot.end_committee_secrecy(clock.now())
    due.dissolve_panels()
    assert desk.fresh().state == "dissolved"
    names = {one["name"] for one in desk.fresh().published()}
    assert names == {name_of(one) for one in desk.fresh().sitting()}


def test_nobody_signs_in_before_the_day(desk):
    Panel.objects.filter(pk=desk.panel.pk).update(gather_at=GATHER)
    desk.call()
    desk.accept()
    Panel.objects.filter(pk=desk.panel.pk).update(gather_at=GATHER + timedelta(days=1))
    seat = desk.seats("confirmed")[0]
    refused(seat.arrive, "gathering_ahead", by=seat.expert.user)


def test_who_declines_is_followed_by_the_next_of_the_same_ranking(desk):
    panel = desk.call()
    first = desk.seats("called")[0]
    before = leaves_of(panel)
    perform(first.decline, by=first.expert.user, refusal="busy")
    assert (first.state, first.refusal) == ("declined", "busy")
    panel = desk.fresh()
    new = [leaf for leaf in leaves_of(panel) if leaf not in before]
    assert new == [selector.ident_of(panel.draw.ranking()[4])]
    skip = panel.draw.skips.get()
    assert (skip.candidate, skip.code, skip.user) == (first.leaf, "S01", first.expert.user)
    successor = Seat.objects.get(panel=panel, leaf=new[0])
    assert (successor.number, successor.state, successor.expert) == (first.number, "drawn", None)
    due.call_experts()
    successor.refresh_from_db()
    assert successor.state == "drawn", "nobody is unsealed before the skip is witnessed"
    desk.witness()
    successor.refresh_from_db()
    assert successor.state == "called"
    strata = dict(panel.draw.result["seated"])
    assert {seat.leaf: seat.stratum for seat in desk.seats()} == strata


def test_the_clock_passes_over_who_does_not_answer_with_the_evidence_of_the_calls(desk):
    before = leaves_of(desk.call())
    calls.deliver()
    seat = desk.seats("called")[0]
    refused(seat.lapse, "expert_has_time", by=None)
    later(desk, minutes=15)
    refused(seat.accept, "answer_late", by=seat.expert.user)
    refused(seat.decline, "answer_late", by=seat.expert.user, refusal="busy")
    due.end_calls()
    seat.refresh_from_db()
    assert seat.state == "no_answer"
    skip = desk.fresh().draw.skips.get(candidate=seat.leaf)
    assert (skip.code, skip.user, skip.evidence) == ("S02", None, calls.evidence(seat))
    desk.witness()
    assert [one.state for one in desk.seats()] == ["called"] * 4
    assert not {one.leaf for one in desk.seats()} & set(before)


def test_who_promised_and_does_not_come_is_absent_and_a_substitute_has_time_to_come(desk):
    desk.call()
    desk.accept()
    seat = desk.seats("confirmed")[0]
    assert seat.arrive_by == GATHER + timedelta(minutes=30)
    refused(seat.miss, "expert_has_time", by=None)
    desk.case.clock.move_to(GATHER - timedelta(minutes=1))
    for other in desk.seats("confirmed")[1:]:
        perform(other.arrive, by=other.expert.user)
    desk.case.clock.move_to(GATHER + timedelta(minutes=30))
    due.find_absent()
    seat.refresh_from_db()
    assert (seat.state, desk.fresh().state) == ("absent", "notified")
    desk.witness()
    substitute = desk.seats("called")[0]
    perform(substitute.accept, by=substitute.expert.user)
    assert substitute.arrive_by >= clock.now() + timedelta(hours=1, minutes=59)
    assert desk.fresh().state == "locked"


def test_who_accepted_may_still_decline(desk):
    desk.call()
    desk.accept()
    seat = desk.seats("confirmed")[0]
    perform(seat.decline, by=seat.expert.user, refusal="health")
    assert desk.fresh().state == "notified"


def test_supervision_replaces_who_must_be_recused_and_no_clerk_does(desk):
    desk.call()
    desk.accept()
    seat, other, third = desk.seats("confirmed")[:3]
    facts = {"seat": seat, "code": "S01", "evidence": EVIDENCE}
    for person in (desk.hall["centre"], desk.case.agency, make.user(Role.EXPERT), other.expert.user):
        with pytest.raises(NotPermitted):
            perform(desk.fresh().replace, by=person, **facts)
    panel, facts["code"] = desk.fresh(), "S03"
    perform(panel.replace, by=desk.hall["supervisor"], **facts)
    seat.refresh_from_db()
    assert seat.state == "recused"
    with pytest.raises(RuleError, match="its successor"):
        perform(desk.fresh().replace, by=desk.hall["supervisor"], **facts)
    words = {"seat": other, "code": "S01", "evidence": "与投标人有利害关系"}
    perform(desk.fresh().replace, by=other.expert.user, **words)
    other.refresh_from_db()
    assert other.state == "recused"
    kept = desk.fresh().draw.skips.get(candidate=other.leaf).evidence
    assert kept == hashlib.sha256("与投标人有利害关系".encode()).hexdigest()
    perform(desk.fresh().replace, by=desk.hall["supervisor"], **{**facts, "seat": third, "code": "S02"})
    third.refresh_from_db()
    assert third.state == "replaced"
    assert [one.number for one in desk.seats()] == [1, 2, 3, 4]


def test_an_answer_of_the_telephone_needs_the_reference_of_the_call(desk):
    desk.call()
    one, two = desk.seats("called")[:2]
    centre = desk.hall["centre"]
    refused(one.accept, "call_unknown", by=centre)
    refused(one.accept, "call_unknown", by=centre, call=two.calls.first())
    perform(one.accept, by=centre, call=one.calls.first())
    assert one.state == "confirmed"
    perform(two.decline, by=centre, refusal="other", call=two.calls.first())
    assert desk.fresh().draw.skips.get().user == two.expert.user


def test_notify_waits_for_the_result_and_lock_for_the_last_answer(desk):
    refused(desk.panel.notify, "wrong_state", by=desk.hall["centre"])
    panel = desk.call()
    refused(panel.lock, "seats_open", by=desk.hall["centre"])
    with pytest.raises(RuleError):
        panel.published()
    refused(panel.dissolve, "committee_secret", by=None)


def test_beyond_the_cap_on_substitutes_a_supervisor_decides(desk):
    panel = desk.call()
    Draw.objects.filter(pk=panel.draw_id).update(skip_cap=0)
    seat = desk.seats("called")[0]
    perform(seat.decline, by=seat.expert.user, refusal="busy")
    assert (seat.state, len(desk.seats()), desk.fresh().draw.skips.count()) == ("declined", 3, 0)
    perform(desk.fresh().replace, by=desk.hall["supervisor"], seat=seat, code="S03", evidence=EVIDENCE)
    assert [one.number for one in desk.seats()] == [1, 2, 3, 4]
    assert desk.fresh().draw.skips.get().candidate == seat.leaf


def test_a_ranking_that_has_nobody_left_is_said_so(desk):
    desk.call()
    for _turn in range(4):
        seat = desk.seats("called", "drawn")[0]
        perform(desk.fresh().replace, by=desk.hall["supervisor"], seat=seat, code="S03", evidence=EVIDENCE)
    seat = desk.seats("called", "drawn")[0]
    with pytest.raises(RuleError) as caught:
        perform(desk.fresh().replace, by=desk.hall["supervisor"], seat=seat, code="S03", evidence=EVIDENCE)
    assert caught.value.code == "ranking_exhausted"
    assert len(desk.seats()) == 4
