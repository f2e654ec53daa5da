"""Recording an act: its entry is written in the act's own transaction and waits there for the sequencer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trading.ledger import entries, leaf, merkle, notes
from trading.ledger.entries import Actor, Subject
from trading.ledger.sealed import seal
from trading.ledger.tables import AuditEvent

__all__ = ["Actor", "Subject", "completeness", "record"]

LIST_LIMIT = 500


def record(  # noqa: PLR0913  # the members of an entry
    *,
    type: str,  # noqa: A002  # the member's name in the entry
    actor: Actor,
    subject: Subject,
    tender: str | None = None,
    data: Mapping[str, Any],
    at: datetime,
    sealed: bool | str = False,
) -> AuditEvent:
    """Write the entry of an act, in the transaction that changes the state.

    `sealed` keeps its content secret: True until the lot's own secrets are opened, a scope until that one is.
    Raises LeafError for data out of the profile, and LedgerFault outside a transaction.
    """
    entry = entries.members(type, actor, subject, tender=tender, data=data, at=at)
    if not sealed:
        return entries.write(entry)
    return seal(entry, sealed if isinstance(sealed, str) else tender or "")


def completeness(tender: str) -> list[str] | dict[str, Any]:
    """Return the list for `data["events"]` of a lot's closing act: all of the lot's entries since the last such list.

    Leaf hashes in ascending order, in base64; more than 500 are replaced by their number and tree root. Call it under
    the lot's lock.
    """
    hashes = []
    for event in AuditEvent.objects.filter(tender=tender).order_by("-pk").iterator(chunk_size=200):
        hashes.append(bytes(event.leaf_hash))
        if "events" in leaf.decode(bytes(event.leaf))["data"]:
            break
    hashes.sort()
    if len(hashes) > LIST_LIMIT:
        return {"count": len(hashes), "root": notes.base64_text(merkle.root(hashes))}
    return [notes.base64_text(item) for item in hashes]
