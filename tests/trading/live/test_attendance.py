"""Attendance: rules confirmed, a badge for everybody, no conflicting part, no name that must stay secret."""

import hashlib
import re
from datetime import timedelta

import pytest
import time_machine

from tests.trading.live.scene import (
    MORNING,
    RULES,
    START,
    booked,
    centre,
    coming,
    organisation_of,
    person,
    room,
    rules,
    said,
)
from trading.attendance import SignIn, SiteBadge, is_present, present
from trading.conduct import ConductRules
from trading.errors import NotPermitted, RuleError, WrongState
from trading.ledger.tables import AuditEvent
from trading.party import Membership, Role
from trading.room import Kind
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
def confirmed(at_work):
    return rules(at_work).sha256


@pytest.fixture
def supervisor():
    return person("supervisor", Role.SITE_SUPERVISOR)


def refused(session, user, role, sha256, **where):
    before = AuditEvent.objects.count()
    with pytest.raises(RuleError) as refusal:
        coming(session, user, role, sha256, **where)
    assert (SignIn.objects.filter(user=user, state="present").count(), AuditEvent.objects.count()) == (0, before)
    return refusal.value.code


def test_signing_in_gives_a_badge_and_is_said_by_role_and_number(session, supervisor, confirmed):
    there = coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    assert there.state == "present"
    assert re.fullmatch(rf"{session.pk:04d}-\d{{3}}", there.badge.number)
    facts = {"role": "site_supervisor", "badge": there.badge.number}
    assert said(session)[-1] == (2, "session.signed_in", facts)
    assert list(present(session, Role.SITE_SUPERVISOR)) == [there]
    assert is_present(session, supervisor, Role.SITE_SUPERVISOR)
    assert session.roles_present() == {"site_supervisor"}
    assert there.badge.is_valid


def test_an_enterprise_is_named_nowhere_public(session, confirmed):
    bidder = person("bidder", Role.BIDDER)
    there = coming(session, bidder, Role.BIDDER, confirmed)
    assert [kind for _, kind, _ in said(session)] == ["session.booked"]
    entry = bytes(AuditEvent.objects.order_by("-pk").first().leaf)
    assert organisation_of(bidder).uscc.encode() not in entry
    assert there.badge.number.encode() not in entry


def test_neither_badges_nor_identifiers_count_those_who_are_not_named(session, supervisor, confirmed):
    for number in range(20):
        coming(session, person(f"{number:02d}bidder", Role.BIDDER), Role.BIDDER, confirmed)
    there = coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    numbers = [int(badge.number[-3:]) for badge in SiteBadge.objects.order_by("pk")]
    assert len(set(numbers)) == 21
    assert numbers != sorted(numbers)
    others = SignIn.objects.exclude(pk=there.pk).values_list("pk", flat=True)
    assert min(abs(there.pk - other) for other in others) > 1_000_000


def test_without_published_rules_nobody_signs_in(session, supervisor):
    assert refused(session, supervisor, Role.SITE_SUPERVISOR, "0" * 64) == "no_conduct_rules"


def test_the_rules_confirmed_are_those_of_the_role_and_of_the_last_version(at_work, session, supervisor, confirmed):
    own = rules(at_work, role=Role.SITE_SUPERVISOR, text="Watch, do not decide.")
    assert refused(session, supervisor, Role.SITE_SUPERVISOR, confirmed) == "conduct_not_confirmed"
    newer = rules(at_work, role=Role.SITE_SUPERVISOR, text="Watch.")
    assert (own.number, newer.number) == (1, 2)
    assert refused(session, supervisor, Role.SITE_SUPERVISOR, own.sha256) == "conduct_not_confirmed"
    assert coming(session, supervisor, Role.SITE_SUPERVISOR, newer.sha256).conduct == newer


def test_the_hash_of_the_rules_is_the_hash_of_their_text(at_work, confirmed):
    assert ConductRules.objects.get().text == RULES
    assert confirmed == hashlib.sha256(RULES.encode()).hexdigest()


def test_only_the_centre_publishes_rules(supervisor):
    with pytest.raises(NotPermitted):
        rules(supervisor)
    assert not ConductRules.objects.exists()


def test_nobody_signs_in_twice(session, supervisor, confirmed):
    coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    with pytest.raises(RuleError) as refusal:
        coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    assert refusal.value.code == "signed_in_already"
    assert SiteBadge.objects.count() == 1


def test_nobody_comes_in_two_roles(session, supervisor, confirmed):
    Membership.objects.create(user=supervisor, organisation=organisation_of(supervisor), role=Role.NOTARY)
    perform(coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed).sign_out, by=supervisor)
    assert refused(session, supervisor, Role.NOTARY, confirmed) == "conflicting_roles"


def test_one_may_come_back_in_the_same_role_with_a_new_badge(session, supervisor, confirmed):
    first = perform(coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed).sign_out, by=supervisor)
    second = coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    assert [badge.is_valid for badge in SiteBadge.objects.order_by("pk")] == [False, True]
    assert first.left_at == MORNING
    assert first.badge.number != second.badge.number
    assert [kind for _, kind, _ in said(session)[1:]] == [
        "session.signed_in",
        "session.signed_out",
        "session.signed_in",
    ]


def test_the_centre_may_take_a_badge_back(at_work, session, supervisor, confirmed):
    there = coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    assert perform(there.sign_out, by=at_work).state == "left"
    assert not present(session, Role.SITE_SUPERVISOR).exists()


def test_a_role_one_does_not_hold_opens_no_door(session, confirmed):
    stranger = person("stranger", Role.BIDDER)
    assert refused(session, stranger, Role.SITE_SUPERVISOR, confirmed) == "not_permitted"


@pytest.mark.parametrize(
    ("kind", "role"), [(Kind.OPENING, Role.EXPERT), (Kind.DRAW, Role.EXPERT), (Kind.EVALUATION, Role.BIDDER)]
)
def test_experts_stay_out_of_openings_and_enterprises_out_of_evaluations(at_work, confirmed, kind, role):
    session = booked(at_work, room(at_work, kind=kind))
    assert refused(session, person("guest", role), role, confirmed) == "role_not_admitted"


@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(days=1)])
def test_sign_in_is_on_the_day_of_the_session(session, supervisor, confirmed, shift):
    with time_machine.travel(START + shift, tick=False):
        assert refused(session, supervisor, Role.SITE_SUPERVISOR, confirmed) == "sign_in_closed"


def test_after_the_close_nobody_comes_and_no_badge_is_valid(at_work, session, supervisor, confirmed):
    there = coming(session, supervisor, Role.SITE_SUPERVISOR, confirmed)
    with time_machine.travel(START, tick=False):
        perform(session.open, by=at_work)
        perform(session.close, by=at_work)
        late = person("late", Role.NOTARY)
        with pytest.raises(WrongState):
            coming(session, late, Role.NOTARY, confirmed)
        there.session.refresh_from_db()
        assert not there.badge.is_valid
        assert perform(there.sign_out, by=supervisor).state == "left"
    assert said(session)[-1][1] == "session.closed"
