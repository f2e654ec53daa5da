"""PostgreSQL refuses a commit in which a state changed and the ledger was forgotten."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from trading.ledger import events, merkle, triggers
from trading.ledger.tables import AuditEvent

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def guarded():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE guarded_thing (id bigint PRIMARY KEY, state text NOT NULL, note text)")
        cursor.execute(triggers.EVENT_GUARD)
        cursor.execute(triggers.install_event_guard("guarded_thing", "thing"))


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def commit():
    """Check what waits for the commit."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def record(number, **changes):
    return events.record(
        type="thing.opened",
        actor=events.Actor("u:1", "agency", "pw"),
        subject=events.Subject("thing", str(number)),
        tender="L-1",
        data={},
        at=MOMENT,
        **changes,
    )


def test_a_state_with_an_entry_is_committed():
    run("INSERT INTO guarded_thing VALUES (1, 'open', '')")
    event = record(1)
    commit()
    assert AuditEvent.objects.get(pk=event.pk).xid is not None


def test_a_state_with_a_sealed_entry_is_committed():
    run("INSERT INTO guarded_thing VALUES (1, 'open', '')")
    record(1, sealed=True)
    commit()


def test_a_new_state_without_an_entry_is_refused():
    with pytest.raises(IntegrityError, match="thing 1 changed without an entry"):
        change("INSERT INTO guarded_thing VALUES (1, 'open', '')", other=2)


def test_an_entry_of_an_earlier_transaction_does_not_count():
    run("INSERT INTO guarded_thing VALUES (1, '', '')")
    earlier = {"event_id": UUID(int=1), "type": "thing.opened", "subject_type": "thing", "subject_id": "1", "xid": 1}
    AuditEvent.objects.create(**earlier, leaf=b"{}", leaf_hash=merkle.leaf_hash(b"{}"))
    with pytest.raises(IntegrityError, match="without an entry"):
        change("UPDATE guarded_thing SET state = 'open'", other=2)


def change(sql, *, other):
    """Change a state beside an entry about another record, in a transaction of its own."""
    with transaction.atomic():
        run(sql)
        record(other)
        commit()


def test_what_is_no_state_needs_no_entry():
    run("INSERT INTO guarded_thing VALUES (1, '', '')")
    run("UPDATE guarded_thing SET note = 'changed'")
    commit()
