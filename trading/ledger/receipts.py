"""The receipt of an event, given to the person concerned at once (the formats are in promise.py)."""

from typing import Any

from trading.ledger import keys, leaf, notes, promise
from trading.ledger.tables import AuditEvent, SealedEntry


def issue(event: AuditEvent) -> dict[str, Any]:
    """Return the signed promise that the event will stand in the log; for a sealed event with its content and salt.

    A sealed event's receipt is for the person concerned alone.
    """
    data = bytes(event.leaf)
    receipt = promise.sign(
        keys.receipt_key(), log=keys.origin(), leaf_hash=bytes(event.leaf_hash), at=leaf.decode(data)["at"]
    )
    private = SealedEntry.objects.filter(event=event, cover=False).first()
    if private is None:
        return receipt
    inner = bytes(private.inner).decode()
    return {**receipt, "leaf": data.decode(), "sealed": {"salt": bytes(private.salt).hex(), "inner": inner}}


def check(data: dict[str, Any]) -> bytes:
    """Return the leaf hash that this log promised. Raises NoteError."""
    return promise.verify(data, notes.unbase64(notes.base64_text(keys.receipt_key().public_key().public_bytes_raw())))
