"""Finding what the ledger holds about a record, be it public or still sealed."""

from collections.abc import Collection

from django.db import models

from trading.ledger.tables import AuditEvent, SealedEntry


def about(noun: str, names: Collection[str], kind: str = "") -> "models.QuerySet[AuditEvent]":
    """Return the events about some records of a noun, the sealed ones too, oldest first; of one type if it is given."""
    facts = {"subject_type": noun, "subject_id__in": names, **({"type": kind} if kind else {})}
    shown = AuditEvent.objects.filter(**facts).values_list("pk", flat=True)
    hidden = SealedEntry.objects.filter(**facts).values_list("event_id", flat=True)
    return AuditEvent.objects.filter(pk__in=[*shown, *hidden]).order_by("pk")
