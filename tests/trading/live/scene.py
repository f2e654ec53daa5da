"""The scene of the tests of sessions: rooms, rules of conduct, and the people who come."""

from datetime import UTC, datetime, timedelta

from tests import make
from trading.attendance import SignIn
from trading.conduct import ConductRules
from trading.party import Membership, Organisation, Role, User
from trading.room import PRIVATE, Kind, Room
from trading.session import Session
from trading.transitions import perform

MORNING = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # 08:30 in the county
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 09:30
HOUR = timedelta(hours=1)
RULES = "1. Keep quiet.\n2. Switch telephones off."


def person(name, role, *, organisation=None):
    """Return a person who holds `role` in an organisation."""
    organisation = organisation or Organisation.objects.create(uscc=f"{name:0<18.18}".upper(), name=f"{name} & co")
    user = User.objects.create(username=name, name=name.title())
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def organisation_of(user):
    return user.memberships.order_by("pk").first().organisation


def room(by, *, kind=Kind.DRAW, name="Draw room 1"):
    return perform(Room(kind=kind, name=name, place="3rd floor").register, by=by)


def rules(by, role="", text=RULES):
    return perform(ConductRules(role=role, title="Discipline", text=text).publish, by=by)


def booked(by, place, *, starts_at=START, hours=2, **fields):
    wanted = {"kind": place.kind, "title": "A draw", **fields}
    if place.kind in PRIVATE and "lot" not in wanted:
        wanted["lot"] = make.lot()
    return perform(Session(room=place, starts_at=starts_at, ends_at=starts_at + hours * HOUR, **wanted).book, by=by)


def coming(session, user, role, sha256, *, organisation=None):
    """Return the sign-in of a person, performed."""
    sign_in = SignIn(session=session, organisation=organisation or organisation_of(user), role=role)
    return perform(sign_in.sign_in, by=user, conduct_sha256=sha256)


def said(session):
    return [(event.seq, event.kind, event.payload) for event in session.transcript.events.all()]


def centre():
    return person("centre", Role.CENTRE_STAFF)
