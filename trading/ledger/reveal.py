"""Opening what was sealed: at the end of a lot's secret acts each sealed entry gets its public counterpart."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import models

from trading.ledger import entries, sequencer
from trading.ledger.entries import LEDGER, Actor, Subject
from trading.ledger.sealed import ENDED, OPENED
from trading.ledger.tables import AuditEvent, SealedEntry, SecretWindow

AT_ONCE = 500  # rows in one statement


def open_sealed(
    tender: str, at: datetime, *, by: Actor = LEDGER, types: Collection[str] | None = None
) -> list[AuditEvent]:
    """Open a lot's sealed entries in the running transaction, of the given types or all; return the opening entries.

    When none remain the lot's secret window ends, and with it the cover entries that no other lot's window covers.
    """
    sequencer.sequence_within()
    own = SealedEntry.objects.filter(tender=tender, cover=False, opened_at=None)
    chosen = own if types is None else own.filter(type__in=types)
    events = unseal(chosen, at, by)
    if not own.exists():
        end_window(tender, at, by)
    return events


def end_window(tender: str, at: datetime, by: Actor) -> None:
    """Say that a lot's secret time is over, and open the cover entries that hide nothing any more."""
    window = SecretWindow.objects.filter(tender=tender, revealed_at=None).select_related("started").first()
    if window is None:
        return
    window.revealed_at = at
    window.closed_at = window.closed_at or at
    window.save()
    others = SecretWindow.objects.filter(revealed_at=None).order_by("started__log_leaf__idx")
    first = others.values_list("started__log_leaf__idx", flat=True).first()
    covers = SealedEntry.objects.filter(cover=True, opened_at=None)
    if first is not None:
        covers = covers.filter(event__log_leaf__idx__lt=first)
    unseal(covers, at, LEDGER)
    entries.write(
        entries.members(ENDED, by, Subject("secret_window", tender or "-"), tender=tender or None, data={}, at=at)
    )


def unseal(chosen: "models.QuerySet[SealedEntry]", at: datetime, by: Actor) -> list[AuditEvent]:
    """Write the opening of every chosen entry: its index, its salt, its content."""
    rows = list(chosen.select_related("event__log_leaf").order_by("pk"))
    events = entries.write_all(opening(private, at, by) for private in rows)
    for start in range(0, len(rows), AT_ONCE):
        keys = [private.pk for private in rows[start : start + AT_ONCE]]
        SealedEntry.objects.filter(pk__in=keys).update(opened_at=at)
    return events


def opening(private: SealedEntry, at: datetime, by: Actor) -> dict[str, Any]:
    idx = private.event.log_leaf.idx
    data = {"idx": idx, "salt": bytes(private.salt).hex(), "inner": bytes(private.inner).decode()}
    return entries.members(OPENED, by, Subject("sealed", str(idx)), tender=private.tender or None, data=data, at=at)
