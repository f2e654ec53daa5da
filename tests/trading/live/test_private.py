"""The sessions of a lot's committee are seen by those who take part in it, and leave no trace for anybody else."""

import pytest
import time_machine
from django.db.models import Q
from django.test import Client

from tests import make
from tests.refusals import refused
from tests.trading.live.scene import HOUR, MORNING, START, booked, coming, room, rules, said
from trading import clock, live, session_rows
from trading.ledger import sealed, sequencer
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role
from trading.room import PRIVATE, Kind
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db
NAME = "绝密评审"
PLACES = (
    "/",
    "/sessions/",
    "/statistics/",
    "/site-map/",
    "/tenders/",
    "/projects/",
    "/notices/",
    "/verify/",
    "/ledger/",
)
LISTS = ("sessions", "sign-ins", "draws", "lots", "projects", "notices", "documents", "rooms")


@pytest.fixture
def at_work():
    with time_machine.travel(MORNING, tick=False):
        yield make.user(Role.CENTRE_STAFF)


@pytest.fixture(params=sorted(PRIVATE))
def session(at_work, request):
    """A session of the committee of an announced lot, open, with a supervisor in it."""
    owner, agency = make.user(Role.OWNER), make.user(Role.AGENCY)
    lot = make.lot(owner=owner, of=make.project(owner=owner, agency=make.home(agency)), kind="public_tender")
    sealed.open_secret_windows(lot.code, MORNING)
    return booked(at_work, room(at_work, kind=request.param), lot=lot, title=NAME)


def numbers_of(person):
    return list(Session.objects.visible_to(person).values_list("pk", flat=True))


def owner_of(session):
    return session.lot.project.owner.memberships.get().user


def test_every_act_is_sealed_until_the_committee_is_open(at_work, session):
    text = rules(at_work)
    with time_machine.travel(START, tick=False):
        perform(session.open, by=at_work)
        there = coming(session, make.user(Role.SITE_SUPERVISOR), Role.SITE_SUPERVISOR, text.sha256)
    kinds = ["session.booked", "session.opened", "session.signed_in"]
    kept = SealedEntry.objects.filter(tender=sealed.committee(session.lot.code), cover=False).order_by("pk")
    assert list(kept.values_list("type", flat=True)) == kinds
    assert not AuditEvent.objects.filter(Q(type__startswith="session.") | Q(subject_type="session")).exists()
    session.lot.end_committee_secrecy(clock.now())
    assert AuditEvent.objects.filter(type="sealed.opened").count() == 3
    perform(there.sign_out, by=there.user)
    assert AuditEvent.objects.filter(type="session.signed_out").count() == 1
    assert [kind for _seq, kind, _facts in said(session)] == [*kinds, "session.signed_out"]


def test_those_who_take_part_see_it_and_nobody_else(at_work, session):
    agency = session.lot.project.agency.memberships.get().user
    for role in (Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR):
        assert numbers_of(make.user(role)) == [session.pk]
    assert [numbers_of(person) for person in (at_work, owner_of(session), agency)] == [[session.pk]] * 3
    for role in (Role.BIDDER, Role.EXPERT, Role.OWNER, Role.AGENCY, Role.NOTARY, Role.SYS_ADMIN):
        assert numbers_of(make.user(role)) == []


def test_a_bidder_of_the_owners_house_is_not_the_owner(session):
    assert numbers_of(make.user(Role.BIDDER, of=session.lot.project.owner)) == []


def test_a_stage_above_says_who_is_a_member(session, monkeypatch):
    expert = make.user(Role.EXPERT)
    monkeypatch.setattr(session_rows, "MEMBERS", [lambda person: Q(pk=session.pk) if person == expert else Q(pk=None)])
    assert numbers_of(expert) == [session.pk]
    assert numbers_of(make.user(Role.EXPERT)) == []


@pytest.mark.parametrize("role", [None, Role.BIDDER])
def test_nobody_else_finds_it_anywhere(at_work, session, role):
    with time_machine.travel(START, tick=False):
        perform(session.open, by=at_work)
    sequencer.sequence_once()
    browser = Client()
    if role:
        browser.force_login(make.user(role))
    lot = session.lot.code
    places = [*PLACES, f"/lots/{lot}/", f"/ledger/?q={lot}", f"/projects/{session.lot.project.code}/", "/work/"]
    places += [f"/api/v1/{name}/" for name in LISTS if name != "rooms"]
    places += [f"/api/v1/sessions/?kind={session.kind}", f"/api/v1/lots/{lot}/", f"/sessions/?week={START:%Y-%m-%d}"]
    for place in places:
        text = browser.get(place).content.decode()
        assert [found for found in (f"/sessions/{session.pk}/", NAME) if found in text] == [], place
    for place in ("", "screen/", "sign-in/"):
        assert browser.get(f"/sessions/{session.pk}/{place}", follow=True).status_code in {404, 200}
        assert NAME not in browser.get(f"/sessions/{session.pk}/{place}", follow=True).content.decode()
    for place in ("", "events", "open/"):
        assert browser.get(f"/api/v1/sessions/{session.pk}/{place}").status_code in {404, 405}
    assert not live.is_public(session.transcript_id)


def test_a_badge_of_it_says_nothing_to_a_stranger(client, at_work, session):
    supervisor = make.user(Role.SITE_SUPERVISOR)
    badge = coming(session, supervisor, Role.SITE_SUPERVISOR, rules(at_work).sha256).badge
    assert client.get(f"/badges/{badge.token}/").status_code == 404
    client.force_login(supervisor)
    assert badge.number in client.get(f"/badges/{badge.token}/").content.decode()


def test_it_belongs_to_a_lot(at_work, session):
    place = room(at_work, kind=session.kind, name="二号室")
    made = Session(room=place, kind=session.kind, title="x", starts_at=START, ends_at=START + HOUR)
    refused(made.book, "lot_missing", by=at_work)


def test_no_enterprise_and_no_expert_comes_to_the_draw_of_experts(at_work):
    text, session = rules(at_work).sha256, booked(at_work, room(at_work, kind=Kind.PANEL))
    for role in (Role.BIDDER, Role.EXPERT):
        with pytest.raises(Exception, match="no place in a session of this kind"):
            coming(session, make.user(role), role, text)
