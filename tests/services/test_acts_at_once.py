import pytest
from django.db import IntegrityError, connection, transaction

from tests.services.together import at_once
from trading.errors import RuleError
from trading.ledger import sequencer
from trading.ledger.tables import AuditEvent, LogCheckpoint, LogLeaf, Pending
from trading.party import Membership, Organisation, Role, User
from trading.transitions import perform

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(answers):
    return sorted(type(answer).__name__ for answer in answers)


@pytest.fixture
def membership(enterprise, person, admin):
    bidder = person("bidder")
    organisation = perform(enterprise(1).register, by=bidder)
    return perform(Membership(user=bidder, organisation=organisation, role=Role.BIDDER).grant, by=admin)


def test_of_two_who_register_the_same_enterprise_one_succeeds(enterprise, person):
    bidder, rival = person("bidder"), person("rival")
    answers = at_once(
        lambda: perform(enterprise(1).register, by=bidder),
        lambda: perform(enterprise(1).register, by=rival),
    )
    assert kinds(answers) in (["IntegrityError", "Organisation"], ["Organisation", "RuleError"])
    assert Organisation.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_of_two_who_end_a_role_one_succeeds(membership, admin):
    before = AuditEvent.objects.count()
    answers = at_once(*[lambda: perform(membership.end, by=admin)] * 2)
    assert kinds(answers) == ["Membership", "WrongState"]
    assert AuditEvent.objects.count() == before + 1


def test_of_two_who_saw_the_same_version_one_succeeds(membership, admin):
    answers = at_once(*[lambda: perform(membership.end, by=admin, expected_version=1)] * 2)
    assert kinds(answers) == ["Membership", "StaleVersion"]


@pytest.mark.parametrize("turn", range(3))
def test_of_two_conflicting_roles_given_at_once_one_is_held(enterprise, person, admin, turn):
    bidder = person("bidder")
    organisation = perform(enterprise(1).register, by=bidder)
    roles = (Role.CENTRE_STAFF, Role.SITE_SUPERVISOR)

    def grant(role):
        fresh = User.objects.get(pk=bidder.pk)
        return perform(Membership(user=fresh, organisation=organisation, role=role).grant, by=admin)

    answers = at_once(*(lambda role=role: grant(role) for role in roles))
    assert kinds(answers) == ["Membership", "RuleError"]
    assert [answer.code for answer in answers if isinstance(answer, RuleError)] == ["conflicting_roles"]
    assert Membership.objects.filter(user=bidder).count() == 1


def test_of_two_first_administrators_at_once_one_is_first(enterprise, person):
    ones = [person("one"), person("two")]
    offices = [perform(enterprise(number).register, by=one) for number, one in enumerate(ones, 1)]

    def grant(number):
        given = {"user": ones[number], "organisation": offices[number], "role": Role.SECURITY_ADMIN}
        return perform(Membership(**given).grant, by=None)

    answers = at_once(lambda: grant(0), lambda: grant(1))
    assert "Membership" in kinds(answers)
    assert Membership.objects.filter(role=Role.SECURITY_ADMIN).count() == 1


def test_a_founder_who_enters_twice_at_once_enters_once(enterprise, person):
    bidder = person("bidder")
    organisation = perform(enterprise(1).register, by=bidder)

    def found():
        return perform(Membership(user=bidder, organisation=organisation, role=Role.BIDDER).grant, by=bidder)

    answers = at_once(found, found)
    refused = next(answer for answer in answers if isinstance(answer, Exception))
    assert getattr(refused, "code", "") in {"not_the_first", "not_permitted"}
    assert Membership.objects.filter(organisation=organisation).count() == 1


def test_many_writers_and_two_sequencers_leave_no_hole_and_no_double(enterprise, person):
    bidder = person("bidder")

    def write(first):
        return [perform(enterprise(first + turn).register, by=bidder) for turn in range(10)]

    def sequence():
        return [sequencer.sequence_once() for _ in range(20)]

    answers = at_once(*(lambda first=first: write(first) for first in range(0, 80, 10)), sequence, sequence)
    while sequencer.sequence_once():
        pass
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert not Pending.objects.exists()
    assert list(LogLeaf.objects.order_by("idx").values_list("idx", flat=True)) == list(range(80))
    assert LogLeaf.objects.values("event").distinct().count() == 80
    assert LogCheckpoint.objects.order_by("-size").first().size == 80


@pytest.mark.parametrize("table", ["audit_event", "log_leaf", "log_checkpoint"])
@pytest.mark.parametrize("change", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
def test_the_log_only_grows(membership, table, change):
    sequencer.sequence_once()
    column = {"audit_event": "leaf", "log_leaf": "event_id", "log_checkpoint": "root"}[table]
    if change.startswith("UPDATE") and table == "log_checkpoint":
        change = "UPDATE {table} SET {column} = '\\x00'"
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table=table, column=column))


def test_a_state_changes_only_beside_an_entry_in_the_log(membership):
    table = Membership._meta.db_table
    with (
        pytest.raises(IntegrityError, match="changed without an entry"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET state = 'ended' WHERE id = %s", [membership.pk])  # noqa: S608
    membership.refresh_from_db()
    assert membership.state == "live"
