"""What the database itself guards.

The ledger and the transcripts only grow, no state changes without an entry, one session in a room.
"""

from django.db import migrations

from trading import live_guard, room
from trading.ledger import triggers

SUBJECTS = [
    ("trading_conductrules", "conduct", "id"),
    ("trading_document", "document", "id"),
    ("trading_draw", "draw", "draw_id"),
    ("trading_holidaynotice", "holiday_notice", "id"),
    ("trading_legalbasis", "legal_basis", "id"),
    ("trading_lot", "lot", "code"),
    ("trading_membership", "membership", "id"),
    ("trading_notice", "notice", "id"),
    ("trading_objection", "objection", "id"),
    ("trading_organisation", "organisation", "uscc"),
    ("trading_project", "project", "code"),
    ("trading_room", "room", "id"),
    ("trading_sanction", "sanction", "id"),
    ("trading_session", "session", "id"),
    ("trading_signin", "sign_in", "id"),
    ("trading_usccexception", "uscc_exception", "id"),
]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):
    dependencies = [("trading", "0001_initial")]
    operations = [
        migrations.RunPython(triggers.forward, triggers.backward),
        migrations.RunPython(guard, migrations.RunPython.noop),
        migrations.RunPython(room.forward, room.backward),
        migrations.RunPython(live_guard.forward, live_guard.backward),
    ]
