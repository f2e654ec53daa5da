"""No state of a tender's stages changes without an entry in the ledger."""

from django.db import migrations

from trading.ledger import triggers

SUBJECTS = [
    ("bids_application", "application", "id"),
    ("bids_bid", "bid", "number"),
    ("bids_custodian", "custodian", "id"),
    ("bids_deposit", "deposit", "id"),
    ("bids_examination", "examination", "id"),
    ("bids_opening", "opening", "id"),
    ("bids_openingobjection", "opening_objection", "id"),
    ("bids_outage", "outage", "id"),
    ("bids_postponement", "postponement", "id"),
    ("bids_question", "question", "id"),
    ("bids_requirements", "requirements", "id"),
    ("bids_review", "review", "id"),
    ("bids_taking", "taking", "id"),
    ("bids_tender", "tender", "id"),
    ("trading_priorservice", "prior_service", "id"),
]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):
    dependencies = [("bids", "0003_tenders"), ("trading", "0003_tenders")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
