"""Rooms and sessions: booking without overlap, opening in time, suspension, the last word."""

from datetime import timedelta

import pytest
import time_machine

from tests.trading.live.scene import HOUR, MORNING, START, booked, centre, person, room, said
from trading.errors import InvalidInput, NotPermitted, RuleError, WrongState
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.room import Kind
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work():
    with time_machine.travel(MORNING, tick=False):
        yield centre()


@pytest.fixture
def session(at_work):
    return booked(at_work, room(at_work))


@pytest.fixture
def opened(at_work, session):
    with time_machine.travel(START, tick=False):
        yield perform(session.open, by=at_work)


@pytest.fixture
def supervisor():
    return person("supervisor", Role.SITE_SUPERVISOR)


def test_a_booking_is_announced_and_recorded(session):
    facts = {"title": "A draw", "room": "Draw room 1", "starts_at": "2026-03-02T01:30:00.000000Z"}
    assert (session.state, said(session)) == ("scheduled", [(1, "session.booked", facts)])
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize(("start", "hours"), [(0, 2), (-1, 2), (1, 2), (-1, 4), (0.5, 1)])
def test_a_second_session_in_the_same_room_and_time_is_refused(at_work, session, start, hours):
    with pytest.raises(RuleError) as refusal:
        booked(at_work, session.room, starts_at=START + start * HOUR, hours=hours)
    assert refusal.value.code == "room_taken"
    assert "2026-03-02 09:30" in refusal.value.detail
    assert Session.objects.count() == 1


@pytest.mark.parametrize("start", [-0.5, 2])
def test_a_room_is_free_until_and_after_a_session(at_work, session, start):
    hours = 0.5 if start < 0 else 1
    assert booked(at_work, session.room, starts_at=START + start * HOUR, hours=hours).pk != session.pk


def test_a_cancelled_session_frees_its_room(at_work, session):
    perform(session.cancel, by=at_work, reason="equipment")
    assert said(session)[-1] == (2, "session.cancelled", {"reason": "equipment", "role": "centre_staff"})
    assert booked(at_work, session.room).state == "scheduled"


def test_a_session_belongs_in_a_room_made_for_it(at_work):
    place = room(at_work, kind=Kind.OPENING)
    with pytest.raises(RuleError) as refusal:
        booked(at_work, place, kind=Kind.DRAW)
    assert refusal.value.code == "wrong_room"


def test_a_withdrawn_room_is_not_booked(at_work):
    place = perform(room(at_work).withdraw, by=at_work)
    with pytest.raises(RuleError) as refusal:
        booked(at_work, place)
    assert refusal.value.code == "room_not_in_use"


@pytest.mark.parametrize(("start", "hours"), [(-24, 2), (0, 0), (0, 13)])
def test_impossible_times_are_refused(at_work, start, hours):
    place = room(at_work)
    with pytest.raises(RuleError) as refusal:
        booked(at_work, place, starts_at=START + start * HOUR, hours=hours)
    assert refusal.value.code == "impossible_times"


def test_only_the_centre_books(at_work, supervisor):
    place = room(at_work)
    with pytest.raises(NotPermitted):
        booked(supervisor, place)
    assert not Session.objects.exists()


def test_a_session_does_not_open_before_its_time(at_work, session):
    with time_machine.travel(START - timedelta(seconds=1), tick=False), pytest.raises(RuleError) as refusal:
        perform(session.open, by=at_work)
    assert refusal.value.code == "too_early"
    assert Session.objects.get().state == "scheduled"


def test_the_host_opens_and_closes(at_work):
    host = person("host", Role.OWNER)
    session = booked(at_work, room(at_work), host=host)
    with time_machine.travel(START, tick=False):
        perform(session.open, by=host)
        perform(session.close, by=host)
    assert [kind for _, kind, _ in said(session)] == ["session.booked", "session.opened", "session.closed"]
    session.transcript.refresh_from_db()
    assert session.transcript.closed


def test_a_suspension_names_its_listed_reason(opened, supervisor):
    perform(opened.suspend, by=supervisor, reason="evidence")
    assert said(opened)[-1] == (3, "session.suspended", {"reason": "evidence", "role": "site_supervisor"})
    with pytest.raises(WrongState):
        opened.check_open()


def test_an_unlisted_reason_suspends_nothing(opened, supervisor):
    with pytest.raises(InvalidInput):
        perform(opened.suspend, by=supervisor, reason="tired")
    assert Session.objects.get().state == "open"


def test_what_supervision_suspends_the_centre_does_not_resume(at_work, opened, supervisor):
    perform(opened.suspend, by=supervisor, reason="evidence")
    with pytest.raises(RuleError) as refusal:
        perform(opened.resume, by=at_work)
    assert refusal.value.code == "suspended_by_supervision"
    perform(opened.resume, by=supervisor)
    assert (opened.state, opened.reason) == ("open", "")
    opened.check_open()


def test_what_the_centre_suspends_it_resumes(at_work, opened):
    perform(opened.suspend, by=at_work, reason="equipment")
    perform(opened.resume, by=at_work)
    assert [seq for seq, _, _ in said(opened)] == [1, 2, 3, 4]


def test_a_stranger_suspends_nothing(opened):
    with pytest.raises(NotPermitted):
        perform(opened.suspend, by=person("stranger", Role.BIDDER), reason="other")
    assert Session.objects.get().state == "open"


def test_an_evaluation_is_not_public(at_work):
    session = booked(at_work, room(at_work, kind=Kind.EVALUATION))
    assert not session.transcript.public
    assert list(Session.objects.visible_to(person("stranger", Role.BIDDER))) == []
    assert list(Session.objects.visible_to(at_work)) == [session]
