"""Writing one entry: its members, its bytes, its row and its place in the queue, in the running transaction."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from trading import clock
from trading.ledger import keys, leaf, merkle
from trading.ledger.tables import AuditEvent, LedgerFault, Pending

APPEND = "SELECT ledger_append(%s, %s, %s, %s, %s, %s, %s)"  # triggers.py: the event and its place in one round trip


@dataclass(frozen=True)
class Actor:
    """Who acted: an account, the role used, how the person was authenticated, and for whom."""

    id: str
    role: str
    auth: str
    org: str = ""

    def members(self) -> dict[str, str]:
        organisation = {"org": self.org} if self.org else {}
        return {"id": self.id, "role": self.role, "auth": self.auth, **organisation}


@dataclass(frozen=True)
class Subject:
    """What was acted upon."""

    type: str
    id: str


LEDGER = Actor(id="ledger", role="clock", auth="-")


def fresh_id(at: datetime) -> str:
    return str(leaf.uuid7(int(at.timestamp() * 1000), os.urandom(10)))


def members(
    kind: str, actor: Actor, subject: Subject, *, tender: str | None, data: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """Return the entry of an act as an object."""
    return {
        "v": 1,
        "log": keys.origin(),
        "id": fresh_id(at),
        "at": clock.iso(at),
        "type": kind,
        "actor": actor.members(),
        "subject": {"type": subject.type, "id": subject.id},
        "tender": tender,
        "data": dict(data),
    }


def write(entry: dict[str, Any]) -> AuditEvent:
    """Insert the entry and its place in the queue. Raises LeafError, and LedgerFault outside a transaction."""
    event = _event(entry)
    if connection.vendor == "postgresql":
        insert(event)
    else:
        event.save(force_insert=True)
        Pending(event=event).save(force_insert=True)
    return event


def write_all(given: Iterable[dict[str, Any]]) -> list[AuditEvent]:
    """Insert many entries of one act at once, in their order."""
    events = AuditEvent.objects.bulk_create([_event(entry) for entry in given], batch_size=200)
    Pending.objects.bulk_create([Pending(event=event) for event in events], batch_size=500)
    return events


def _event(entry: dict[str, Any]) -> AuditEvent:
    if not connection.in_atomic_block:
        raise LedgerFault("an entry is written in the transaction of its act")
    leaf.check_members(entry, keys.origin())
    leaf.check({**entry["actor"], **entry["subject"], "tender": entry["tender"], "data": entry["data"]})
    data = leaf.to_bytes(entry)
    return AuditEvent(
        event_id=UUID(entry["id"]),
        type=entry["type"],
        subject_type=entry["subject"]["type"],
        subject_id=entry["subject"]["id"],
        tender=entry["tender"] or "",
        leaf=data,
        leaf_hash=merkle.leaf_hash(data),
    )


def insert(event: AuditEvent) -> None:
    """Insert the event and its place in the queue in one round trip."""
    found_by = event.type, event.subject_type, event.subject_id, event.tender
    with connection.cursor() as cursor:
        cursor.execute(APPEND, (event.event_id, *found_by, bytes(event.leaf), bytes(event.leaf_hash)))
        event.pk = cursor.fetchone()[0]
    event._state.adding = False
    event._state.db = connection.alias
