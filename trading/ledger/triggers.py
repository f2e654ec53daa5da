"""What the database itself guards: the log's tables only grow, and no state changes without an entry.

Each function returns SQL for one vendor; migrations run it through `forward` and `backward`. TRUNCATE is not in a
trigger, because the test suite flushes with it; docs/ledger.md revokes it from the application's role.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

APPEND_ONLY = ("audit_event", "log_leaf", "log_checkpoint", "log_anchor")

SQLITE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} only grows'); END;
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} only grows'); END;
"""
SQLITE_PUBLISHED = """
WHEN OLD.published_at IS NOT NULL OR OLD.size IS NOT NEW.size OR OLD.root IS NOT NEW.root
  OR OLD.note IS NOT NEW.note OR OLD.at IS NOT NEW.at
"""
SQLITE_LEAF = """
CREATE TRIGGER audit_event_leaf BEFORE INSERT ON audit_event
WHEN length(NEW.leaf) NOT BETWEEN 2 AND 65535 OR length(NEW.leaf_hash) <> 32
BEGIN SELECT RAISE(ABORT, 'not a leaf'); END;
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = '23000';
END $$;
"""
POSTGRESQL = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION ledger_only_grows();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_delete;
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION ledger_only_grows();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_update;
"""
POSTGRESQL_PUBLISHED = """
WHEN (OLD.published_at IS NOT NULL OR (OLD.size, OLD.root, OLD.note, OLD.at)
      IS DISTINCT FROM (NEW.size, NEW.root, NEW.note, NEW.at))
"""
POSTGRESQL_LEAF = """
ALTER TABLE audit_event
    ADD CONSTRAINT audit_event_leaf_length CHECK (octet_length(leaf) BETWEEN 2 AND 65535),
    ADD CONSTRAINT audit_event_leaf_hash CHECK (leaf_hash = sha256('\\x00'::bytea || leaf));
CREATE OR REPLACE FUNCTION ledger_append(uuid, text, text, text, text, bytea, bytea) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO audit_event (event_id, type, subject_type, subject_id, tender, leaf, leaf_hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id INTO added;
    INSERT INTO audit_pending (event_id) VALUES (added);
    RETURN added;
END $$;
ALTER TABLE log_tile
    ADD CONSTRAINT log_tile_data CHECK (octet_length(data) % 32 = 0 AND octet_length(data) BETWEEN 32 AND 8192);
ALTER TABLE audit_pending SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""
EVENT_GUARD = """
CREATE OR REPLACE FUNCTION ledger_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject text := to_jsonb(NEW) ->> TG_ARGV[1];
    running bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM audit_event
               WHERE subject_type = TG_ARGV[0] AND subject_id = subject AND xid = running)
       OR EXISTS (SELECT 1 FROM sealed_entry JOIN audit_event ON audit_event.id = sealed_entry.event_id
                  WHERE sealed_entry.subject_type = TG_ARGV[0] AND sealed_entry.subject_id = subject
                    AND audit_event.xid = running)
    THEN RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the state of % % changed without an entry in the ledger', TG_ARGV[0], subject
        USING ERRCODE = '23000';
END $$;
"""
GUARDED = """
CREATE CONSTRAINT TRIGGER {table}_event_insert AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.{state} <> '') EXECUTE FUNCTION ledger_event_guard('{subject_type}', '{column}');
CREATE CONSTRAINT TRIGGER {table}_event_update AFTER UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.{state} IS DISTINCT FROM NEW.{state})
EXECUTE FUNCTION ledger_event_guard('{subject_type}', '{column}');
"""


def append_only(vendor: str) -> list[str]:
    """Return the SQL after which the log's tables only grow; a checkpoint may be marked as published once."""
    if vendor == "postgresql":
        template, published = POSTGRESQL, POSTGRESQL_PUBLISHED
        before, after = [POSTGRESQL_FUNCTION], [POSTGRESQL_LEAF]
    else:
        template, published = SQLITE, SQLITE_PUBLISHED
        before, after = [], [SQLITE_LEAF]
    made = [template.format(table=name, when=published if name == "log_checkpoint" else "") for name in APPEND_ONLY]
    return [*before, *made, *after]


def install_event_guard(table: str, subject_type: str, *, column: str = "id", state: str = "state") -> str:
    """Return the PostgreSQL after which a row's `state` changes only beside an entry about `subject_type` in the log.

    `column` is the table's column that the entry names as its subject. Checked at commit.
    """
    return GUARDED.format(table=table, subject_type=subject_type, column=column, state=state)


def forward(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Install the append-only triggers and, on PostgreSQL, the event guard's function; for RunPython."""
    statements = append_only(editor.connection.vendor)
    run(editor, [*statements, EVENT_GUARD] if editor.connection.vendor == "postgresql" else statements)


def backward(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove what `forward` installed; for RunPython."""
    on = " ON {table}" if editor.connection.vendor == "postgresql" else ""
    statements = [f"DROP TRIGGER {{table}}_{what}{on}" for what in ("no_delete", "no_update")]
    run(editor, [statement.format(table=table) for table in APPEND_ONLY for statement in statements])
    if editor.connection.vendor != "postgresql":
        return run(editor, ["DROP TRIGGER audit_event_leaf"])
    return run(
        editor,
        [
            "DROP FUNCTION ledger_only_grows()",
            "DROP FUNCTION ledger_event_guard() CASCADE",
            "DROP FUNCTION ledger_append(uuid, text, text, text, text, bytea, bytea)",
            "ALTER TABLE audit_event DROP CONSTRAINT audit_event_leaf_length, DROP CONSTRAINT audit_event_leaf_hash",
            "ALTER TABLE log_tile DROP CONSTRAINT log_tile_data",
        ],
    )


def guard_states(editor: BaseDatabaseSchemaEditor, subjects: Iterable[tuple[str, str, str]]) -> None:
    """Install the event guard for each (table, subject type, column of the subject's name); nothing on SQLite."""
    if editor.connection.vendor == "postgresql":
        run(editor, [install_event_guard(table, noun, column=column) for table, noun, column in subjects])


def run(editor: BaseDatabaseSchemaEditor, statements: list[str]) -> None:
    """Run SQL as it stands; SQLite takes one statement at a time, and a trigger's body ends with END."""
    for text in statements:
        parts = [text] if editor.connection.vendor == "postgresql" else text.split("END;")
        for part in parts:
            if part.strip():
                editor.execute(part if len(parts) == 1 else f"{part}END;", params=None)
