"""No state of a stage changes without an entry in the ledger."""

from django.db import migrations

from trading.ledger import triggers

SUBJECTS = [
    ("bids_comparison", "comparison", "id"),
    ("bids_contract", "contract", "id"),
    ("bids_disciplinereport", "discipline_report", "id"),
    ("bids_milestone", "milestone", "id"),
    ("bids_participantnotice", "participant_notice", "id"),
    ("bids_qualification", "qualification", "id"),
    ("bids_registration", "registration", "id"),
]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):
    dependencies = [("bids", "0001_initial"), ("trading", "0002_guards")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
