"""No state of the library changes without an entry in the ledger."""

from django.db import migrations

from trading.ledger import triggers

SUBJECTS = [
    ("experts_expert", "expert", "number"),
    ("experts_look", "personal_look", "id"),
    ("experts_snapshot", "library_snapshot", "id"),
]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):
    dependencies = [("experts", "0001_initial"), ("trading", "0002_guards")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
