"""Sealed entries: the log must not tell who acts, or how often, while a lot takes secret acts (integrity.md, 1.7).

A sealed entry is the same for everybody, in shape and length, and holds only a commitment and the minute. The content
and its salt are kept beside it until the lot opens them. Cover entries hide how many there are: they come at random
times, as many at once as a registration with its documents may leave, and at a rate that nobody knows (docs/adr/0008).
"""

import hashlib
import os
import random
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from trading import clock
from trading.ledger import entries, keys, leaf
from trading.ledger.entries import LEDGER, Actor, Subject
from trading.ledger.tables import AuditEvent, SealedEntry, SecretWindow

STARTED, ENDED, OPENED = "secret.started", "secret.ended", "sealed.opened"
MOST_AT_ONCE = 6  # a registration by its page leaves one entry, and one for each of up to five documents
HALF_DAY_SECONDS = 43_200
chance = random.SystemRandom()


def committee(code: str) -> str:
    """Return the scope of the secrets of a lot's committee, which outlast the bids' (招标投标法 37; 87号令 69)."""
    return f"{code}/committee"


def open_secret_window(tender: str, at: datetime | None = None, *, by: Actor = LEDGER) -> SecretWindow:
    """Say that a lot takes secret acts from now on; cover entries begin. Twice is once."""
    window = SecretWindow.objects.filter(tender=tender, revealed_at__isnull=True).first()
    if window is not None:
        return window
    moment = at or clock.now()
    subject = Subject("secret_window", tender or "-")
    event = entries.write(entries.members(STARTED, by, subject, tender=tender or None, data={}, at=moment))
    return SecretWindow.objects.create(tender=tender, started=event, opened_at=moment)


def open_secret_windows(code: str, at: datetime) -> None:
    """Say that a tender takes secret acts: of bidders, and of a committee, whether there will be one or not."""
    open_secret_window(code, at)
    open_secret_window(committee(code), at)


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


def seal(inner: dict[str, Any], scope: str) -> AuditEvent:
    """Write a sealed entry for `inner`, to be opened with its scope; the content stays in SealedEntry.

    A scope is a lot's code, what is secret until its bids are opened, or its `committee`.
    """
    leaf.check_members(inner, keys.origin())
    open_secret_window(scope)
    event, private = commit(leaf.encode(inner), at=datetime.fromisoformat(inner["at"]))
    private.tender, private.type = scope, inner["type"]
    private.subject_type, private.subject_id = inner["subject"]["type"], inner["subject"]["id"]
    private.save(force_insert=True)
    return event


def cover(at: datetime) -> list[AuditEvent]:
    """Write the cover entries of one random moment: nobody can tell them from sealed ones until both are open."""
    return [_cover(at) for _ in range(chance.randint(1, MOST_AT_ONCE))]


def _cover(at: datetime) -> AuditEvent:
    event, private = commit(leaf.COVER, at=at)
    private.type, private.cover = "cover", True
    private.save(force_insert=True)
    return event


def cover_rate(at: datetime) -> float:
    """Return how many times an hour cover entries come: 1 to 4 times the setting, the same for half a day.

    Only who holds the log's receipt key can tell the factor, so the number of entries over days does not tell how many
    of them are sealed.
    """
    half_day = int(at.timestamp()) // HALF_DAY_SECONDS
    secret = hashlib.sha256(keys.receipt_key().sign(f"ptlog cover v1\n{half_day}".encode())).digest()
    least: int = settings.LEDGER["COVER_PER_HOUR"]
    return least * 4 ** (int.from_bytes(secret[:8], "big") / 2**64)


def until_next_cover(at: datetime) -> timedelta:
    """Return a random time without memory."""
    return timedelta(hours=chance.expovariate(cover_rate(at)))


def commit(inner: bytes, *, at: datetime) -> tuple[AuditEvent, SealedEntry]:
    """Write the public side of a sealed entry; return it with the private side, not saved yet.

    It says the minute and no more, in its time and in its id: an act of several entries leaves no trace of its pace.
    """
    minute = at.replace(second=0, microsecond=0)
    salt = os.urandom(32)
    commitment = hashlib.sha256(leaf.SEALED_DOMAIN + salt + inner).hexdigest()
    entry = {
        "v": 1,
        "log": keys.origin(),
        "id": entries.fresh_id(minute),
        "at": clock.iso(minute),
        "type": leaf.SEALED_TYPE,
        "actor": leaf.NOBODY,
        "subject": leaf.NOTHING,
        "tender": None,
        "data": {"c": commitment},
    }
    event = entries.write(entry)
    return event, SealedEntry(event=event, salt=salt, inner=inner)
