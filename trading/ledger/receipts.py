"""The receipt of an event, given to the person concerned at once (the formats are in promise.py)."""

from typing import Any

from trading.ledger import keys, leaf, promise
from trading.ledger.tables import AuditEvent, SealedEntry


def promised(event: AuditEvent, *, at: str = "") -> dict[str, Any]:
    """Return the signed promise that the event will stand in the log; it tells nothing but a hash and a time.

    `at` is when it was made, where the public entry says only the minute.
    """
    at = at or leaf.decode(bytes(event.leaf))["at"]
    return promise.sign(keys.receipt_key(), log=keys.origin(), leaf_hash=bytes(event.leaf_hash), at=at)


def issue(event: AuditEvent) -> dict[str, Any]:
    """Return the receipt; of a sealed event it holds the content and the salt too, for the person concerned alone."""
    private = SealedEntry.objects.filter(event=event, cover=False).first()
    if private is None:
        return promised(event)
    inner = bytes(private.inner)
    opening = {"salt": bytes(private.salt).hex(), "inner": inner.decode()}
    return {**promised(event, at=leaf.decode(inner)["at"]), "leaf": bytes(event.leaf).decode(), "sealed": opening}


def check(data: dict[str, Any]) -> bytes:
    """Return the leaf hash that this log promised. Raises NoteError."""
    return promise.verify(data, keys.receipt_key().public_key().public_bytes_raw())
