"""The Merkle tree of RFC 6962 over SHA-256, cut into the tiles of C2SP tlog-tiles.

A tile holds 256 hashes of one level; level L of the tiles is height 8·L of the tree. Everything here is computed from
tiles: the append from the tiles at the right edge alone, a root or a proof from the few tiles it touches.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

HASH = 32
WIDTH = 256
EMPTY = hashlib.sha256(b"").digest()

Place = tuple[int, int]  # level and number of a tile
ReadTile = Callable[[int, int], bytes]


class TreeError(ValueError):
    """A tile, a size or a proof that no tree has."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the leaf hashes; of none, the hash of nothing."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[-1:] if len(level) % 2 else pairs
    return level[0]


def split(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[i : i + HASH] for i in range(0, len(data), HASH)]


def append(edge: Mapping[int, bytes], size: int, hashes: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """Return the changed tiles, by (level, number), when leaf hashes follow a tree of `size`.

    `edge` holds the partly filled tile of each level at that size. Raises TreeError if one has another width.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level = 0
    while hashes:
        number, filled = divmod(size >> 8 * level, WIDTH)
        data = edge.get(level, b"") if filled else b""
        if len(data) != filled * HASH:
            raise TreeError(f"tile {level}/{number} has {len(data) // HASH} hashes, not {filled}")
        data += b"".join(hashes)
        full = []
        for start in range(0, len(data), WIDTH * HASH):
            tile = data[start : start + WIDTH * HASH]
            changed[level, number + start // (WIDTH * HASH)] = tile
            if len(tile) == WIDTH * HASH:
                full.append(root(split(tile)))
        hashes = full
        level += 1
    return changed


def edge_tiles(size: int) -> list[tuple[int, int]]:
    """Return (level, number) of the partly filled tiles of a tree of `size` leaves."""
    levels = ((level, size >> 8 * level) for level in range(8))
    return [(level, count // WIDTH) for level, count in levels if count % WIDTH]


def all_tiles(size: int, start: int = 0) -> list[tuple[int, int, int]]:
    """Return (level, number, width) of the tiles of a tree of `size` leaves that one of `start` leaves has not."""
    tiles: list[tuple[int, int, int]] = []
    level = 0
    while count := size >> 8 * level:
        numbers = range((start >> 8 * level) // WIDTH, (count + WIDTH - 1) // WIDTH)
        if start >> 8 * level == count:
            numbers = range(0)
        tiles.extend((level, number, min(WIDTH, count - number * WIDTH)) for number in numbers)
        level += 1
    return tiles


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return the path of a tile (of a bundle: level "entries") as tlog-tiles writes it, x001/x234/067, partial .p/W."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def node(read: ReadTile, height: int, index: int) -> bytes:
    """Return the root of the complete subtree `index` of 2^height leaves."""
    level, rest = divmod(height, 8)
    number, offset = divmod(index << rest, WIDTH)
    hashes = split(read(level, number)[offset * HASH : (offset + (1 << rest)) * HASH])
    if len(hashes) != 1 << rest:
        raise TreeError(f"tile {level}/{number} does not reach hash {offset + (1 << rest)}")
    return root(hashes)


def subtree(read: ReadTile, start: int, end: int) -> bytes:
    """Return the root over the leaves [start, end) of the tree that the tiles hold."""
    nodes = []
    while start < end:
        height = (end - start).bit_length() - 1
        nodes.append(node(read, height, start >> height))
        start += 1 << height
    return fold(nodes)


def fold(nodes: Iterable[bytes]) -> bytes:
    """Return the root over complete subtrees that stand side by side, the largest first."""
    *rest, result = nodes
    for left in reversed(rest):
        result = node_hash(left, result)
    return result


def tree_root(read: ReadTile, size: int) -> bytes:
    return subtree(read, 0, size) if size else EMPTY


def half(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1


def inclusion(read: ReadTile, index: int, size: int) -> list[bytes]:
    """Return the inclusion proof of leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise TreeError(f"there is no leaf {index} in a tree of {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + half(end - start)
        if index < middle:
            path.append(subtree(read, middle, end))
            end = middle
        else:
            path.append(subtree(read, start, middle))
            start = middle
    return path[::-1]


def consistency(read: ReadTile, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` leaves extends the one of `old` (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        raise TreeError(f"a tree of {new} does not extend one of {old}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while 0 < old < end:
        middle = start + half(end - start)
        if old <= middle:
            path.append(subtree(read, middle, end))
            end = middle
        else:
            path.append(subtree(read, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree(read, start, end))
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> bool:
    """Return whether the proof leads from the leaf hash at `index` to the root of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != HASH:
        return False
    last, result = size - 1, leaf
    for item in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            result = node_hash(item, result)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            result = node_hash(result, item)
        index >>= 1
        last >>= 1
    return last == 0 and result == expected


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether the proof shows that the tree of `new` leaves extends the one of `old` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return old > 0 and not proof and old_root == new_root
    if not 0 < old < new:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    return walk(old - 1, new - 1, path) == (old_root, new_root)


def walk(first: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the two roots that a consistency path leads to, None if it is too short or too long."""
    while first & 1:
        first >>= 1
        last >>= 1
    old = new = path[0]
    for item in path[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            old, new = node_hash(item, old), node_hash(item, new)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            new = node_hash(new, item)
        first >>= 1
        last >>= 1
    return (old, new) if last == 0 else None
