"""Publishing the log as static files (C2SP tlog-tiles): anybody can mirror and verify it without the database.

Files are written whole (temporary name, fsync, rename), tiles first and the checkpoint last, so that a reader always
finds what a checkpoint promises. A checkpoint that witnesses cosigned is kept as `checkpoint.<size>` with its tiles.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from trading import clock
from trading.ledger import keys, merkle, notes, proofs
from trading.ledger.tables import LogCheckpoint, LogLeaf

Tile = tuple[int, int, int]


def folder() -> Path:
    return Path(settings.LEDGER["DIR"])


@contextmanager
def alone() -> Iterator[None]:
    """Hold back other publishers, in this process or another."""
    with (keys.folder() / "publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def publish() -> None:
    """Write what the newest checkpoint has and the folder has not."""
    with alone():
        newest = proofs.head()
        start = published_size(folder())
        if newest is None or newest.size <= start:
            return
        write_tiles(folder(), merkle.all_tiles(newest.size, start))
        write(folder() / "checkpoint", proofs.note(newest.size).encode())
        prune(start, newest.size)
    LogCheckpoint.objects.filter(size=newest.size, published_at=None).update(published_at=clock.now())


def keep(size: int) -> None:
    """Keep a cosigned checkpoint for good, with the tiles of its size; the newest also replaces `checkpoint`."""
    note = proofs.note(size).encode()
    with alone():
        write_tiles(folder(), edge(size))
        write(folder() / f"checkpoint.{size}", note)
        if published_size(folder()) == size:
            write(folder() / "checkpoint", note)


def edge(size: int) -> list[Tile]:
    """Return the partly filled tiles of a size."""
    return [(level, number, (size >> 8 * level) % merkle.WIDTH) for level, number in merkle.edge_tiles(size)]


def published_size(path: Path) -> int:
    """Return the size of the checkpoint in a folder, 0 if there is none. Raises NoteError if it is damaged."""
    try:
        data = (path / "checkpoint").read_bytes()
    except FileNotFoundError:
        return 0
    return notes.parse_checkpoint(notes.parse(data).text).size


def write_tiles(path: Path, tiles: Iterable[Tile]) -> None:
    """Write the tiles, and beside each of level 0 the bundle of its entries."""
    read = proofs.reader()
    for level, number, width in tiles:
        data = read(level, number)[: width * merkle.HASH]
        write(path / merkle.tile_path(level, number, width), data)
        if level == 0:
            write(path / merkle.tile_path("entries", number, width), bundle(number, width))


def bundle(number: int, width: int) -> bytes:
    """Return the entries under one tile of level 0, each after its length in two bytes."""
    first = number * merkle.WIDTH
    leaves = LogLeaf.objects.filter(idx__gte=first, idx__lt=first + width).order_by("idx")
    entries = [bytes(leaf) for leaf in leaves.values_list("event__leaf", flat=True)]
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def prune(start: int, size: int) -> None:
    """Remove the partial forms of tiles that are full now, except those that a kept checkpoint needs."""
    for level, number, width in merkle.all_tiles(size, start):
        if width < merkle.WIDTH:
            continue
        first, shift = number * merkle.WIDTH, 8 * level
        kept = {(cosigned >> shift) - first for cosigned in proofs.cosigned_sizes(first << shift)}
        for kind in (level, "entries") if level == 0 else (level,):
            partial = folder() / f"{merkle.tile_path(kind, number)}.p"
            for path in partial.glob("*"):
                if int(path.name) not in kept:
                    path.unlink()
