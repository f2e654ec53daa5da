"""The sequencer: takes what waits, gives each entry its index, extends the tree, signs the new checkpoint.

One batch is one transaction; its state is only in the database, so it may be killed at any point. Whatever looks wrong
(a leaf that does not hash as it did, a log or a clock that went back) ends in LedgerFault: it refuses to sign.
"""

import logging
import random
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, connections, transaction

from trading import clock
from trading.ledger import guard, keys, merkle, notes, proofs, publish, sealed, witness
from trading.ledger.tables import AuditEvent, LedgerFault, LogCheckpoint, LogLeaf, LogTile, Pending

log = logging.getLogger(__name__)
LOCK = 99
BATCH = 5000
PAUSE_SECONDS = 0.05
FAULT_PAUSE_SECONDS = 10
WAIT = timedelta(seconds=10)
CLOCK_TOLERANCE = timedelta(seconds=2)
chance = random.SystemRandom()


def sequence_once() -> LogCheckpoint | None:
    """Sequence one batch and publish it; return its checkpoint, None if nothing waits or another sequencer is at it.

    Raises LedgerFault.
    """
    if not Pending.objects.exists():
        return None
    guard.check()
    with transaction.atomic():
        return batch() if try_lock() else None


def sequence_within() -> None:
    """Sequence everything that waits inside the caller's transaction, for an act that must name indices."""
    guard.check()
    lock()
    while batch() is not None:
        pass


def lock() -> None:
    """Hold back every other sequencer until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def try_lock() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def batch() -> LogCheckpoint | None:
    """Append what waits to the tree and sign, in the running transaction and under the lock."""
    events = list(AuditEvent.objects.filter(pending__isnull=False).only("leaf", "leaf_hash").order_by("pk")[:BATCH])
    if not events:
        return None
    newest = proofs.head()
    size = newest.size if newest else 0
    guard.check_growth(newest)
    now = clock.now()
    if newest and now < newest.at - CLOCK_TOLERANCE:
        raise LedgerFault(f"the clock went back: it is {now}, the last checkpoint is of {newest.at}")
    hashes = [checked_hash(event) for event in events]
    Pending.objects.filter(pk__in=[event.pk for event in events]).delete()
    LogLeaf.objects.bulk_create([LogLeaf(idx=size + i, event=event) for i, event in enumerate(events)])
    append(size, hashes)
    return sign(size + len(events))


def ensure_cosigned(event: AuditEvent) -> bool:
    """Sequence and have cosigned now, after the event's commit; return whether the quorum of witnesses confirmed it.

    Raises LedgerFault.
    """
    deadline = clock.now() + WAIT
    while proofs.index_of(event) is None and clock.now() < deadline:
        if sequence_once() is None:
            time.sleep(PAUSE_SECONDS)  # another sequencer has the lock
    witness.cosign()
    return proofs.cosigned_after(event)


def checked_hash(event: AuditEvent) -> bytes:
    """Return the hash of the leaf's bytes as they are now; the stored one is not trusted."""
    computed = merkle.leaf_hash(bytes(event.leaf))
    if computed != bytes(event.leaf_hash):
        raise LedgerFault(f"the leaf of event {event.pk} does not hash to {bytes(event.leaf_hash).hex()}")
    return computed


def append(size: int, hashes: Sequence[bytes]) -> None:
    read = proofs.reader()
    edge = {level: read(level, number) for level, number in merkle.edge_tiles(size)}
    changed = merkle.append(edge, size, hashes)
    LogTile.objects.bulk_create(
        [LogTile(level=level, number=number, data=data) for (level, number), data in changed.items()],
        update_conflicts=True,
        unique_fields=["level", "number"],
        update_fields=["data"],
    )


def sign(size: int) -> LogCheckpoint:
    """Sign and keep the checkpoint of the tree as it stands; it is published after the commit."""
    root = merkle.tree_root(proofs.reader(), size)
    text = notes.Checkpoint(keys.origin(), size, root).text()
    note = notes.compose(text, [keys.log_key().sign(text)])
    checkpoint = LogCheckpoint.objects.create(size=size, root=root, note=note, at=clock.now())
    transaction.on_commit(lambda: guard.remember(checkpoint))
    transaction.on_commit(publish.publish, robust=True)
    return checkpoint


def run(stop: threading.Event) -> None:
    """Sequence, cover and cosign until `stop` is set: the in-server thread, and `manage.py ledger sequence`."""
    cosign_at = cover_at = clock.now()
    pause = PAUSE_SECONDS
    while not stop.wait(pause):
        pause = PAUSE_SECONDS
        try:
            close_old_connections()
            cover_at = cover(cover_at)
            sequence_once()
            if clock.now() >= cosign_at:
                cosign_at = clock.now() + timedelta(seconds=settings.LEDGER.get("COSIGN_SECONDS", 600))
                witness.cosign()
        except LedgerFault:
            log.critical("The ledger refuses to sign.", exc_info=True)
            pause = FAULT_PAUSE_SECONDS
        except OperationalError:
            log.warning("The ledger's database does not answer; trying again.", exc_info=True)
            connections.close_all()
    connections.close_all()


def cover(due: datetime) -> datetime:
    """Write a cover entry if one is due and a lot takes secret acts; return when the next is due."""
    now = clock.now()
    if now < due:
        return due
    with transaction.atomic():
        lock()
        if sealed.takes_secret_acts():
            sealed.cover(now)
    return now + timedelta(hours=chance.expovariate(settings.LEDGER.get("COVER_PER_HOUR", 60)))
