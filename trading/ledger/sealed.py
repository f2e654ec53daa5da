"""Sealed entries: the log must not tell who acts, or how often, while a lot takes secret acts (integrity.md, 1.7).

A sealed entry is the same for everybody, in shape and length, and holds only a commitment. The content and its salt are
kept beside it until the lot opens them. Cover entries, made at random times, hide how many there are.
"""

import hashlib
import os
from datetime import datetime
from typing import Any

from trading import clock
from trading.ledger import entries, keys, leaf
from trading.ledger.entries import LEDGER, Actor, Subject
from trading.ledger.tables import AuditEvent, SealedEntry, SecretWindow

STARTED, ENDED, OPENED = "secret.started", "secret.ended", "sealed.opened"


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
    """Return whether any lot takes secret acts, so that cover entries are due."""
    return SecretWindow.objects.filter(closed_at__isnull=True, revealed_at__isnull=True).exists()


def is_revealed(tender: str) -> bool:
    """Return whether the lot had its secret time and it is over."""
    windows = SecretWindow.objects.filter(tender=tender)
    return windows.exists() and not windows.filter(revealed_at__isnull=True).exists()


def is_open(tender: str) -> bool:
    """Return whether the lot takes secret acts now."""
    return SecretWindow.objects.filter(tender=tender, revealed_at__isnull=True).exists()


def seal(inner: dict[str, Any]) -> AuditEvent:
    """Write a sealed entry for `inner`; the content stays in SealedEntry."""
    leaf.check_members(inner, keys.origin())
    open_secret_window(inner["tender"] or "")
    event, private = commit(leaf.encode(inner), at=inner["at"], identity=inner["id"])
    private.tender, private.type = inner["tender"] or "", inner["type"]
    private.subject_type, private.subject_id = inner["subject"]["type"], inner["subject"]["id"]
    private.save(force_insert=True)
    return event


def cover(at: datetime) -> AuditEvent:
    """Write a cover entry: nobody can tell it from a sealed one until both are open."""
    event, private = commit(leaf.COVER, at=clock.iso(at), identity=entries.fresh_id(at))
    private.type, private.cover = "cover", True
    private.save(force_insert=True)
    return event


def commit(inner: bytes, *, at: str, identity: str) -> tuple[AuditEvent, SealedEntry]:
    """Write the public side of a sealed entry; return it with the private side, not saved yet."""
    salt = os.urandom(32)
    commitment = hashlib.sha256(leaf.SEALED_DOMAIN + salt + inner).hexdigest()
    entry = {
        "v": 1,
        "log": keys.origin(),
        "id": identity,
        "at": at,
        "type": leaf.SEALED_TYPE,
        "actor": leaf.NOBODY,
        "subject": leaf.NOTHING,
        "tender": None,
        "data": {"c": commitment},
    }
    event = entries.write(entry)
    return event, SealedEntry(event=event, salt=salt, inner=inner)
