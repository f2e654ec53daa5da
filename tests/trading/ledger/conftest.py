"""A ledger of its own for every test: keys and published files in a folder that goes away."""

import pytest
from django.db import connection

from trading.ledger.tables import AuditEvent


@pytest.fixture(autouse=True)
def ledger_folder(settings, tmp_path):
    settings.LEDGER = {
        **settings.LEDGER,
        "ORIGIN": "ledger.test/audit/1",
        "DIR": tmp_path / "ledger",
        "KEYS_DIR": tmp_path / "keys",
        "WITNESSES": (),
        "QUORUM": 1,
    }
    return tmp_path / "ledger"


@pytest.fixture
def tamper(db):
    """Change the bytes of an entry as somebody with the database file could; PostgreSQL's own check forbids it."""
    if connection.vendor == "postgresql":
        pytest.skip("the check constraint on the leaf forbids it")

    def change(event, data):
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_event_no_update")
        AuditEvent.objects.filter(pk=event.pk).update(leaf=data)

    return change
