"""The ledger's tables: what is written with an act, what the sequencer makes of it, and what stays sealed.

The columns of an event beside `leaf` are for finding it; the evidence is the bytes of the leaf alone.
"""

from typing import Any

from django.db import models

from trading import clock


class LedgerFault(RuntimeError):
    """The ledger cannot be continued honestly: it refuses to sign until a person has looked."""


class CurrentTransaction(models.Func):
    """PostgreSQL's number of the running transaction; nothing on SQLite, which has one writer."""

    template = "NULL"
    output_field = models.BigIntegerField()

    def as_postgresql(self, *_: Any, **__: Any) -> tuple[str, tuple[()]]:
        return "(pg_current_xact_id()::text::bigint)", ()


class AuditEvent(models.Model):
    """One entry, written in the transaction of its act. `id` is drawn after the lot's lock and gives the order."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    xid = models.BigIntegerField(null=True, db_default=CurrentTransaction())
    type = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    tender = models.CharField(max_length=64, blank=True)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "trading"
        db_table = "audit_event"
        indexes = (
            models.Index(fields=["subject_type", "subject_id"], name="audit_event_subject"),
            models.Index(fields=["tender"], name="audit_event_tender", condition=~models.Q(tender="")),
            models.Index(fields=["leaf_hash"], name="audit_event_leaf_hash"),
        )


class Pending(models.Model):
    """An event that has no index in the log yet.

    Here and in LogLeaf the database does not check the reference again: both rows are written beside the event they
    name, events are never deleted, and the check would cost as much as the writing.
    """

    event = models.OneToOneField(
        AuditEvent, models.PROTECT, primary_key=True, related_name="pending", db_constraint=False
    )

    class Meta:
        app_label = "trading"
        db_table = "audit_pending"


class LogLeaf(models.Model):
    """The index of an event in the log."""

    idx = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="log_leaf", db_constraint=False)

    class Meta:
        app_label = "trading"
        db_table = "log_leaf"
        constraints = (models.CheckConstraint(condition=models.Q(idx__gte=0), name="log_leaf_idx_not_negative"),)


class LogTile(models.Model):
    """Up to 256 hashes of one level of the tree."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    data = models.BinaryField(max_length=8192)

    class Meta:
        app_label = "trading"
        db_table = "log_tile"
        constraints = (models.UniqueConstraint(fields=["level", "number"], name="log_tile_once"),)


class LogCheckpoint(models.Model):
    """A tree that the log key signed. `note` carries the log's own signature; the witnesses' are anchors."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trading"
        db_table = "log_checkpoint"


class LogAnchor(models.Model):
    """What an outside party confirmed of a checkpoint, such as a witness's signature line."""

    class Kind(models.TextChoices):
        WITNESS = "witness", "witness"
        RFC3161 = "rfc3161", "rfc3161"
        OBJECT = "object", "object"

    checkpoint = models.ForeignKey(LogCheckpoint, models.PROTECT, db_column="size", related_name="anchors")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=128)
    body = models.BinaryField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        app_label = "trading"
        db_table = "log_anchor"
        constraints = (models.UniqueConstraint(fields=["checkpoint", "kind", "name"], name="log_anchor_once"),)


class SecretWindow(models.Model):
    """The time in which a lot takes secret acts, until its sealed entries are open."""

    tender = models.CharField(max_length=64, blank=True)
    started = models.OneToOneField(AuditEvent, models.PROTECT)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trading"
        db_table = "secret_window"
        constraints = (
            models.UniqueConstraint(
                fields=["tender"], condition=models.Q(revealed_at__isnull=True), name="secret_window_one_at_a_time"
            ),
        )


class SealedEntry(models.Model):
    """The private side of a sealed entry: what it commits to, and the salt. A cover entry commits to nothing."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, primary_key=True, related_name="sealed")
    tender = models.CharField(max_length=64, blank=True, db_index=True)
    type = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    salt = models.BinaryField(max_length=32)
    inner = models.BinaryField()
    cover = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trading"
        db_table = "sealed_entry"
        indexes = (models.Index(fields=["subject_type", "subject_id"], name="sealed_entry_subject"),)
