"""An opening of many bids: decided some at a time, each in one step with its verdict; a room for it when it moves."""

from datetime import timedelta

import pytest

from bids import decryption, opening_due
from bids.closing import LASTS
from bids.opened import OpenedBid
from bids.opening import Opening
from bids.tender import Tender
from tests.bids.tenders.conftest import DEADLINE
from tests.bids.tenders.test_opening import begin, enter, kinds, release, tick
from trading.room import Kind
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def test_bids_are_decided_some_at_a_time_and_none_is_left_out(case, monkeypatch):
    monkeypatch.setattr(decryption, "AT_ONCE", 2)
    case.open()
    enter(case)
    opening = begin(case)
    for holder in ("agency", "supervisor"):
        release(case, opening, holder, spoil={1})
    tick()
    assert OpenedBid.objects.undecided().count() == 1
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    opening.refresh_from_db()
    assert opening.state == "read_out"
    assert kinds(opening).count("opening.decrypted") == 2
    assert set(opening.opened.values_list("outcome", flat=True)) == {"opened"}


def test_an_opening_moves_to_another_room_where_its_own_is_taken(case):
    case.open()
    tick()
    opening = Opening.objects.get()
    begins = DEADLINE + timedelta(days=1)
    room = opening.session.room
    other = Session(
        lot=case.lot, kind=Kind.OPENING, room=room, title="另一场", starts_at=begins, ends_at=begins + LASTS
    )
    perform(other.book, by=None)
    Tender.objects.update(deadline=begins + timedelta(hours=1))
    opening_due.schedule_openings()
    opening = Opening.objects.get()
    assert opening.session.starts_at == begins + timedelta(hours=1)
    assert opening.session.room != room


def test_an_opening_that_moves_keeps_its_room_where_it_is_free(case):
    case.open()
    tick()
    room = Opening.objects.get().session.room
    Tender.objects.update(deadline=DEADLINE + timedelta(hours=1))
    opening_due.schedule_openings()
    session = Opening.objects.get().session
    assert (session.starts_at, session.room) == (DEADLINE + timedelta(hours=1), room)
