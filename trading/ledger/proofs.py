"""Finding an entry in the log and proving that it stands there, from the database's tiles."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from trading.ledger import merkle, notes, promise
from trading.ledger.tables import AuditEvent, LogAnchor, LogCheckpoint, LogLeaf, LogTile


def reader(tiles: dict[merkle.Place, bytes] | None = None) -> merkle.ReadTile:
    """Return a function that reads tiles, each once; it keeps them in `tiles`."""
    kept = {} if tiles is None else tiles

    def read(level: int, number: int) -> bytes:
        if (level, number) not in kept:
            data = LogTile.objects.filter(level=level, number=number).values_list("data", flat=True).first()
            kept[level, number] = bytes(data or b"")
        return kept[level, number]

    return read


def tiles_at(places: Sequence[merkle.Place]) -> dict[merkle.Place, bytes]:
    """Return the tiles at these places, by one query."""
    if not places:
        return {}
    wanted = reduce(or_, (Q(level=level, number=number) for level, number in places))
    rows = LogTile.objects.filter(wanted).values_list("level", "number", "data")
    return {(level, number): bytes(data) for level, number, data in rows}


def head() -> LogCheckpoint | None:
    """Return the newest checkpoint."""
    return LogCheckpoint.objects.order_by("-size").first()


def quorum() -> int:
    """Return how many witnesses a checkpoint needs before anybody relies on it."""
    needed: int = settings.LEDGER.get("QUORUM", 1)
    return needed


def cosigned_sizes(start: int = 0) -> list[int]:
    """Return the sizes from `start` on, ascending, whose checkpoint has the quorum of witnesses."""
    anchors = LogAnchor.objects.filter(kind=LogAnchor.Kind.WITNESS, checkpoint_id__gte=start)
    counted = anchors.values("checkpoint_id").annotate(count=Count("name")).filter(count__gte=quorum())
    return list(counted.order_by("checkpoint_id").values_list("checkpoint_id", flat=True))


def note(size: int) -> str:
    """Return the checkpoint of a size as a note with the signatures of the log and of its witnesses."""
    own: str = LogCheckpoint.objects.values_list("note", flat=True).get(size=size)
    lines = LogAnchor.objects.filter(checkpoint_id=size, kind=LogAnchor.Kind.WITNESS).order_by("pk")
    return own + "".join(bytes(body).decode() for body in lines.values_list("body", flat=True))


def index_of(event: AuditEvent) -> int | None:
    """Return the place of an event in the log, None while it waits."""
    return LogLeaf.objects.filter(event=event).values_list("idx", flat=True).first()


def find(key: str) -> LogLeaf | None:
    """Return the entry with this index, id, or leaf hash (64 hex digits or base64), None if the log has none."""
    for wanted, read in CLUES:
        try:
            value = read(key.strip())
        except ValueError:
            continue
        return LogLeaf.objects.select_related("event").filter(**{wanted: value}).first()
    return None


def digest(text: str) -> bytes:
    value = bytes.fromhex(text) if len(text) == 64 else notes.unbase64(text)
    if len(value) != merkle.HASH:
        raise ValueError("a leaf hash has 32 bytes")
    return value


def place(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValueError("an index is a whole number")
    return int(text)


CLUES: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("idx", place),
    ("event__leaf_hash", digest),
    ("event__event_id", UUID),
)


def proof(index: int, size: int | None = None) -> promise.Proof:
    """Return the proof of the entry at `index`, in the first cosigned checkpoint that holds it, else in the newest one.

    Raises TreeError if no checkpoint holds it.
    """
    if size is None:
        newest = head()
        size = next(iter(cosigned_sizes(index + 1)), newest.size if newest else 0)
    path = merkle.inclusion(reader(), index, size)
    return promise.Proof(index, tuple(path), note(size))


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` entries extends the one of `old`."""
    return merkle.consistency(reader(), old, new)


def cosigned_after(event: AuditEvent) -> bool:
    """Return whether a checkpoint with the quorum of witnesses holds this event."""
    index = index_of(event)
    return index is not None and bool(cosigned_sizes(index + 1))
