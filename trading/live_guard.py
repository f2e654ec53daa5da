"""What the database itself guards of a transcript: it only grows, its events stay as they were said.

An event is said at the head of its transcript, the head moves by one, and a closed transcript stays as it is.
Migrations run the SQL of one vendor through `forward` and `backward`.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from trading.ledger import triggers

EVENTS, TRANSCRIPTS = "trading_sessionevent", "trading_transcript"
TABLES = (EVENTS, TRANSCRIPTS)
GOES_BACK = """
WHEN (NEW.id <> OLD.id OR NEW.public <> OLD.public OR NEW.rehearsal <> OLD.rehearsal
  OR NEW.head NOT IN (OLD.head, OLD.head + 1) OR (OLD.closed AND (NOT NEW.closed OR NEW.head <> OLD.head)))
"""
SQLITE_AT_HEAD = """
CREATE TRIGGER trading_sessionevent_at_head BEFORE INSERT ON trading_sessionevent
WHEN NEW.seq IS NOT (SELECT head FROM trading_transcript WHERE id = NEW.transcript_id)
BEGIN SELECT RAISE(ABORT, 'an event is said at the head of its transcript'); END;
"""
POSTGRESQL_AT_HEAD = """
CREATE OR REPLACE FUNCTION transcript_at_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT head FROM trading_transcript WHERE id = NEW.transcript_id) THEN
        RAISE EXCEPTION 'an event is said at the head of its transcript' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trading_sessionevent_at_head BEFORE INSERT ON trading_sessionevent
FOR EACH ROW EXECUTE FUNCTION transcript_at_head();
ALTER TABLE trading_sessionevent ENABLE ALWAYS TRIGGER trading_sessionevent_at_head;
"""


def forward(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Install the triggers; for RunPython."""
    on_postgresql = editor.connection.vendor == "postgresql"
    template = triggers.POSTGRESQL if on_postgresql else triggers.SQLITE
    grow = [template.format(table=EVENTS, when=""), template.format(table=TRANSCRIPTS, when=GOES_BACK)]
    triggers.run(editor, [*grow, POSTGRESQL_AT_HEAD if on_postgresql else SQLITE_AT_HEAD])


def backward(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove what `forward` installed; for RunPython."""
    on_postgresql = editor.connection.vendor == "postgresql"
    names = [(table, f"{table}_{what}") for table in TABLES for what in ("no_delete", "no_update")]
    for table, name in [*names, (EVENTS, f"{EVENTS}_at_head")]:
        triggers.run(editor, [f"DROP TRIGGER {name} ON {table}" if on_postgresql else f"DROP TRIGGER {name}"])
    if on_postgresql:
        triggers.run(editor, ["DROP FUNCTION transcript_at_head()"])
