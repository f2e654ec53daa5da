"""The sequencer: takes what waits, gives each entry its index, extends the tree, signs the new checkpoint.

One batch is one transaction; its state is only in the database, so it may be killed at any point. Whatever looks wrong
(a leaf that does not hash as it did, a log or a clock that went back) ends in LedgerFault: it refuses to sign.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from trading import clock
from trading.ledger import guard, keys, loop, merkle, notes, proofs, sealed, witness
from trading.ledger.tables import AuditEvent, LedgerFault, LogCheckpoint, LogLeaf, LogTile, Pending

LOCK = 99
BATCH = 5000
PAUSE_SECONDS = 0.05
PATIENCE = 200
CLOCK_TOLERANCE = timedelta(seconds=2)


def sequence_once() -> LogCheckpoint | None:
    """Sequence one batch; return its checkpoint, None if nothing waits or another sequencer is at it.

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
    waiting = Pending.objects.order_by("pk").values_list("pk", "event__leaf", "event__leaf_hash")
    events = list(waiting[:BATCH])
    if not events:
        return None
    newest = proofs.head()
    size = newest.size if newest else 0
    guard.check_growth(newest)
    now = clock.now()
    if newest and now < newest.at - CLOCK_TOLERANCE:
        raise LedgerFault(f"the clock went back: it is {now}, the last checkpoint is of {newest.at}")
    hashes = [checked_hash(*event) for event in events]
    changed, read = extended(size, hashes)
    checkpoint = signed(size + len(events), read)
    with together():
        Pending.objects.filter(pk__in=[event for event, _, _ in events]).delete()
        LogLeaf.objects.bulk_create([LogLeaf(idx=size + i, event_id=event) for i, (event, _, _) in enumerate(events)])
        keep(changed)
        checkpoint.save(force_insert=True)
    transaction.on_commit(lambda: guard.remember(checkpoint))
    return checkpoint


@contextmanager
def together() -> Iterator[None]:
    """Send the writes within without waiting for each answer, where the database can; a failure shows at the end."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def ensure_cosigned(event: AuditEvent) -> bool:
    """Sequence, publish and have cosigned now, after the event's commit; return whether the quorum confirmed it.

    Raises LedgerFault.
    """
    for _ in range(PATIENCE):
        if proofs.index_of(event) is not None:
            break
        if sequence_once() is None:
            time.sleep(PAUSE_SECONDS)  # another sequencer has the lock
    witness.cosign()
    return proofs.cosigned_after(event)


def checked_hash(event: int, leaf: bytes | memoryview, stated: bytes | memoryview) -> bytes:
    """Return the hash of the leaf's bytes as they are now; the stored one is not trusted."""
    computed = merkle.leaf_hash(bytes(leaf))
    if computed != bytes(stated):
        raise LedgerFault(f"the leaf of event {event} does not hash to {bytes(stated).hex()}")
    return computed


def extended(size: int, hashes: Sequence[bytes]) -> tuple[dict[merkle.Place, bytes], merkle.ReadTile]:
    """Return the tiles that change when the tree of `size` leaves grows, and a reader of the tiles as they then are."""
    kept = proofs.tiles_at(merkle.edge_tiles(size))
    read = proofs.reader(kept)
    edge = {level: read(level, number) for level, number in merkle.edge_tiles(size)}
    changed = merkle.append(edge, size, hashes)
    kept |= changed
    return changed, read


def keep(changed: Mapping[merkle.Place, bytes]) -> None:
    """Write tiles, new ones and grown ones."""
    LogTile.objects.bulk_create(
        [LogTile(level=level, number=number, data=data) for (level, number), data in changed.items()],
        update_conflicts=True,
        unique_fields=["level", "number"],
        update_fields=["data"],
    )


def signed(size: int, read: merkle.ReadTile) -> LogCheckpoint:
    """Return the signed checkpoint of a tree, not saved yet."""
    root = merkle.tree_root(read, size)
    text = notes.Checkpoint(keys.origin(), size, root).text()
    note = notes.compose(text, [keys.log_key().sign(text)])
    return LogCheckpoint(size=size, root=root, note=note, at=clock.now())


def run(stop: threading.Event) -> None:
    """Sequence and cover until `stop` is set: a thread of the server, or a process of its own."""
    cover_at = clock.now()

    def turn() -> None:
        nonlocal cover_at
        cover_at = cover(cover_at)
        sequence_once()

    loop.until(stop, turn, PAUSE_SECONDS)


def cover(due: datetime) -> datetime:
    """Write cover entries if they are due and a lot takes secret acts; return when the next are due."""
    now = clock.now()
    if now < due:
        return due
    if sealed.takes_secret_acts():
        with transaction.atomic():
            lock()
            if sealed.takes_secret_acts():  # it may have ended while we waited
                sealed.cover(now)
    return now + sealed.until_next_cover(now)
