"""Every act as every role: only who holds its power passes, and a refusal changes nothing."""

from typing import Any

import pytest

from config import urls
from tests.doors.world import World
from trading import looking
from trading.doors.door import DOORS, Door, roles_of, segment
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role

pytestmark = pytest.mark.django_db
assert urls.urlpatterns
ACTS = [(door, act) for door in DOORS.values() for act in door.acts]
CREATIONS = [
    (door, act, f"{door.path}/" if act == door.begins else f"{door.path}/{segment(act)}/")
    for door in DOORS.values()
    for act in door.creating
]
HOLDS = {"custodian": str(Role.BIDDER)}
SOME_ROLES = ("owner", "bidder", "site_supervisor", "auditor")


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def callers(api, world):
    """Everybody of the world at the API, by role."""
    return {str(role): api(person) for role, person in world.people.items()}


def standing() -> dict[str, Any]:
    """Return every record's version and state, and how many entries the ledger has."""
    rows = {
        noun: sorted(door.model._base_manager.values_list("pk", "version", "state")) for noun, door in DOORS.items()
    }
    looks = SealedEntry.objects.filter(type=looking.TYPE)  # who asks for a committee is on record
    own = AuditEvent.objects.exclude(pk__in=looks.values("event")).exclude(type="secret.started")
    return {**rows, "entries": own.count()}


def path_of(world: World, door: Door, act: str) -> str:
    return f"{door.path}/{door.name_of(world.the(door.model))}/{segment(act)}/"


def named(door: Door, act: str) -> set[str]:
    """Return the roles that the act's declaration names; custody goes with an organisation, here the bidder's."""
    return {HOLDS.get(role, role) for role in roles_of(getattr(door.model, act).act["may"])}


def test_only_who_holds_an_acts_power_gets_past_it(world, callers):
    paths = {(door.noun, act): path_of(world, door, act) for door, act in ACTS}
    before = standing()
    wrong = {}
    for door, act in ACTS:
        answers = {role: caller.post(paths[door.noun, act], {}).status_code for role, caller in callers.items()}
        past = {400, 409} if act in door.unversioned else {428}
        passed = {role for role, status in answers.items() if status in past}
        refused = {status for role, status in answers.items() if role not in passed}
        if not passed or not passed <= named(door, act) or not refused <= {403, 404}:
            wrong[f"{door.noun}.{act}"] = answers
    assert wrong == {}
    assert standing() == before


def test_only_the_roles_of_a_creating_act_get_to_its_input(world, callers):
    before = standing()
    wrong = {}
    for door, act, path in CREATIONS:
        roles = named(door, act)
        answers = {role: caller.post(path, {}).status_code for role, caller in callers.items()}
        free = set(answers) if roles & {"visitor", "founder"} else roles & set(answers)
        expected = {role: 400 if role in free else 403 for role in answers}
        if answers != expected:
            wrong[f"{door.noun}.{act}"] = answers
    assert wrong == {}
    assert standing() == before


def test_a_stranger_and_a_visitor_never_get_past_a_power(api, world, stranger):
    unknown, visitor = api(stranger), api(None)
    wrong = {}
    for door, act in ACTS:
        path, version = path_of(world, door, act), world.the(door.model).version
        answers = (unknown.post(path, {}, match=version).status_code, visitor.post(path, {}, match=version).status_code)
        if answers not in {(403, 401), (404, 404)}:
            wrong[f"{door.noun}.{act}"] = answers
    assert wrong == {}


def test_the_pages_of_acts_keep_the_same_powers(browser_of, world, stranger):
    paths = {(door.noun, act): path_of(world, door, act) for door, act in ACTS}
    before = standing()
    wrong = {}
    for person in (stranger, *(world.people[role] for role in SOME_ROLES)):
        browser = browser_of(person)
        for door, act in ACTS:
            holds = door.holds_power(world.the(door.model), act, person)
            status = browser.post(f"/{paths[door.noun, act]}", {}).status_code
            past = {400, 409} if act in door.unversioned else {400, 412}
            if (status in past) != holds or status not in {403, 404, *past}:
                wrong[f"{door.noun}.{act} as {person.username}"] = (holds, status)
    assert wrong == {}
    assert standing() == before
