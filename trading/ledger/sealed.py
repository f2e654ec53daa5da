"""Sealed entries: the log must not tell who acts, or how often, while a lot takes secret acts (integrity.md, 1.7).

A sealed entry is the same for everybody, in shape and length, and holds only a commitment. The content and its salt are
kept beside it until the lot opens them. It does not enter the log when it is written: the log takes one entry at every
turn, at random times, a sealed one that waits or else a cover. What the log shows does not depend on what was sealed
(docs/adr/0008-sealed-entries-take-turns.md).
"""

import hashlib
import os
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from trading import clock
from trading.ledger import entries, keys, leaf
from trading.ledger.entries import LEDGER, Actor, Subject
from trading.ledger.tables import AuditEvent, Held, SealedEntry, SecretWindow

STARTED, ENDED, OPENED, WAITING = "secret.started", "secret.ended", "sealed.opened", "secret.waiting"
SEATS = 32
chance = random.SystemRandom()


def open_secret_window(tender: str, at: datetime | None = None, *, by: Actor = LEDGER) -> SecretWindow:
    """Say that a lot takes secret acts from now on; cover entries begin. Twice is once."""
    window = SecretWindow.objects.filter(tender=tender, revealed_at__isnull=True).first()
    if window is not None:
        return window
    moment = at or clock.now()
    subject = Subject("secret_window", tender or "-")
    event = entries.write(entries.members(STARTED, by, subject, tender=tender or None, data={}, at=moment))
    return SecretWindow.objects.create(tender=tender, started=event, opened_at=moment)


def close_secret_window(tender: str, at: datetime | None = None) -> None:
    """Say that a lot takes no more secret acts; what is sealed stays so until `reveal.open_sealed`."""
    SecretWindow.objects.filter(tender=tender, closed_at__isnull=True).update(closed_at=at or clock.now())


def takes_secret_acts() -> bool:
    """Return whether any lot takes secret acts, so that turns are due."""
    return SecretWindow.objects.filter(closed_at__isnull=True, revealed_at__isnull=True).exists()


def is_revealed(tender: str) -> bool:
    """Return whether the lot had its secret time and it is over."""
    windows = SecretWindow.objects.filter(tender=tender)
    return windows.exists() and not windows.filter(revealed_at__isnull=True).exists()


def is_open(tender: str) -> bool:
    """Return whether the lot takes secret acts now."""
    return SecretWindow.objects.filter(tender=tender, revealed_at__isnull=True).exists()


def seal(inner: dict[str, Any]) -> AuditEvent:
    """Write a sealed entry for `inner`, which waits for its turn; the content stays in SealedEntry."""
    open_secret_window(inner["tender"] or "")
    entry, private = commitment_to(inner)
    private.event = entries.hold(entry)
    private.save(force_insert=True)
    return private.event


def seal_waiting(tender: str, at: datetime) -> AuditEvent:
    """Seal at once the list of the lot's entries that still wait: none can be added later as if it had been in time.

    Called at every close, whether anything waits or not, so that it tells nothing.
    """
    held = Held.objects.filter(event__sealed__tender=tender).values_list("event__leaf_hash", flat=True)
    data = {"waiting": entries.listed(bytes(item) for item in held)}
    subject = Subject("secret_window", tender)
    entry, private = commitment_to(entries.members(WAITING, LEDGER, subject, tender=tender, data=data, at=at))
    private.event = entries.write(entry)
    private.save(force_insert=True)
    return private.event


def take_turn() -> None:
    """Let one entry into the queue: any of those that wait, each with the chance of one seat, or else a cover.

    Below SEATS the chance of one's own entry does not depend on the others: its delay tells an enterprise nothing of
    them.
    """
    waiting = list(Held.objects.order_by("pk").values_list("pk", flat=True))
    seat = chance.randrange(max(SEATS, len(waiting)))
    if seat < len(waiting):
        entries.release([waiting[seat]])
    else:
        cover()


def until_next_turn() -> timedelta:
    """Return a random time without memory; the rate is a setting and never follows the load."""
    return timedelta(hours=chance.expovariate(settings.LEDGER["COVER_PER_HOUR"]))


def busiest_hour() -> int:
    """Return how many entries were sealed in the busiest hour so far; turns slower than that let them pile up."""
    rows = SealedEntry.objects.filter(cover=False).values_list("inner", flat=True)
    hours = Counter(leaf.decode(bytes(inner))["at"][:13] for inner in rows.iterator(chunk_size=1000))
    return max(hours.values(), default=0)


def release(chosen: "models.QuerySet[SealedEntry]") -> None:
    """Let those of the chosen entries that still wait into the queue, for they are opened now."""
    entries.release(list(Held.objects.filter(event__sealed__in=chosen).values_list("pk", flat=True)))


def cover() -> AuditEvent:
    """Write a cover entry: nobody can tell it from a sealed one until both are open."""
    entry, private = commitment(leaf.COVER)
    private.event, private.type, private.cover = entries.write(entry), "cover", True
    private.save(force_insert=True)
    return private.event


def commitment_to(inner: dict[str, Any]) -> tuple[dict[str, Any], SealedEntry]:
    """Return the public side of a sealed entry and its private side, neither written yet. Raises LeafError."""
    leaf.check_members(inner, keys.origin())
    entry, private = commitment(leaf.encode(inner))
    private.tender, private.type = inner["tender"] or "", inner["type"]
    private.subject_type, private.subject_id = inner["subject"]["type"], inner["subject"]["id"]
    return entry, private


def commitment(inner: bytes) -> tuple[dict[str, Any], SealedEntry]:
    """Return both sides of a commitment to bytes; its id and time say nothing of the moment."""
    salt = os.urandom(32)
    entry = {
        "v": 1,
        "log": keys.origin(),
        "id": str(leaf.uuid7(0, os.urandom(10))),
        "at": leaf.NO_TIME,
        "type": leaf.SEALED_TYPE,
        "actor": leaf.NOBODY,
        "subject": leaf.NOTHING,
        "tender": None,
        "data": {"c": hashlib.sha256(leaf.SEALED_DOMAIN + salt + inner).hexdigest()},
    }
    return entry, SealedEntry(salt=salt, inner=inner)
