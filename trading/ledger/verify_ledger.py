"""Verify an export or a mirror of the public ledger offline; needs Python 3.11 and nothing else.

    python3 verify_ledger.py DIR [--keys keys.json]

Take keys.json from elsewhere than DIR if you can: with `--keys` only those keys count, and a keys.json in DIR must be
the same. Exit code 0: verified; 1: tampered, with the entry and the reason; 2: incomplete, with what is missing.
The format is described in docs/ledger.md.
"""

import argparse
import hashlib
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any

SHA, TILE = hashlib.sha256, 256
EXTRAS = {"consistency.json", "example.receipt.json", "example.tlog-proof", "leaf0.txt"}
LISTING = {"tender.closed", "opening.started", "opening.finished", "award.decided"}
SECRET = {"sealed.entry", "sealed.opened", "secret.started", "secret.ended"}
HIDDEN = '{"auth":"-","id":"-","role":"-"}', '{"id":"-","type":"-"}'
# An entry has one form (RFC 8785), so expressions can read it; they are several times as fast as parsing and writing it.
TEXT = r'"(?:[^"\\\x00-\x1f]++|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*+"'
KEY, PLAIN = '"[a-z][a-z0-9_]{0,31}":', rf"(?:{TEXT}|null|true|false|0|-?[1-9][0-9]{{0,14}})"
ENTRY = re.compile(
    rf'\{{"actor":(\{{"auth":{TEXT},"id":{TEXT}(?:,"org":{TEXT})?,"role":{TEXT}\}})'
    r',"at":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z","data":(\{.*\})'
    rf',"id":"([0-9a-f]{{8}}-[0-9a-f]{{4}}-7[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}})","log":({TEXT})'
    rf',"subject":(\{{"id":{TEXT},"type":{TEXT}\}})(?:,"tender":(?:null|({TEXT})))?'
    r',"type":"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)","v":1\}'
).fullmatch
FLAT = re.compile(rf"\{{(?:{KEY}{PLAIN}(?:,{KEY}{PLAIN})*+)?\}}").fullmatch
KEYS = re.compile(rf"[{{,]({KEY})").findall
SIMPLE_KEYS = re.compile(rf"(?:[^\"]++|{TEXT}(?!:)|{KEY})*+").fullmatch
HEAD = re.compile(r"([^\n]+)\n(0|[1-9][0-9]*)\n(.+)\n").fullmatch
LINE = re.compile(r"— ([^\s+]+) (\S+)\n")
PARTIAL = re.compile(r"tile/([0-9]|entries)/((?:x[0-9]{3}/)*[0-9]{3})\.p/([1-9][0-9]{0,2})").fullmatch
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
Point = tuple[int, int, int, int]


class Fault(Exception):
    """Why an export is not accepted; exit code 1 where something is wrong, 2 where something is missing."""


def need(good: object, reason: str, code: int = 1) -> None:
    if not good:
        raise Fault(code, reason)


def point(data: bytes) -> Point:
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and (x * x - square) % P == 0 and (x or not sign), "a key is no point of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


@cache
def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature is good (RFC 8032, 5.1.7)."""
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, t = point(public)
    base, minus, result = point(b"\x58" + b"\x66" * 31), (P - x, y, z, P - t), (0, 1, 1, 0)
    choice = result, base, minus, add(base, minus)
    for bit in range(255, -1, -1):
        result = add(add(result, result), choice[s >> bit & 1 | (h >> bit & 1) << 1])
    x, y = result[0] * pow(result[2], P - 2, P) % P, result[1] * pow(result[2], P - 2, P) % P
    return len(signature) == 64 and s < L and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def raw(text: str) -> bytes:
    need(base64(data := b64decode(text, validate=True)) == text, f"{text} is not canonical base64")
    return data


class Keys:
    """The pinned keys: of the log, of its witnesses and of its receipts."""

    def __init__(self, data: bytes, *, strict: bool) -> None:
        value, self.strict, self.times = json.loads(data), strict, dict[str, int]()
        need(
            json.dumps(value, indent=1, ensure_ascii=False).encode() == data.rstrip(b"\n"), "keys.json: not as exported"
        )
        need(set(value) == {"origin", "log", "witnesses", "quorum", "receipt_key"}, "keys.json: wrong members")
        self.origin, self.receipt, self.quorum = value["origin"], value["receipt_key"], value["quorum"]
        self.keys = dict[tuple[str, bytes], bytes]()
        for name, identity, material in (text.split("+", 2) for text in value["log"] + value["witnesses"]):
            key = SHA(name.encode() + b"\n" + raw(material)).digest()[:4]
            need(key.hex() == identity and raw(material)[0] in {1, 4}, f"keys.json: the key of {name} is malformed")
            self.keys[name, key] = raw(material)
        quorums = range(min(1, len(value["witnesses"])), len(value["witnesses"]) + 1)
        need(
            self.quorum in quorums and self.quorum is not True and len(raw(self.receipt)) == 32,
            "keys.json: no such quorum",
        )

    def open(self, data: bytes, where: str) -> tuple[int, bytes]:
        """Return size and root of a note that the log and the quorum of witnesses signed, none earlier than before."""
        text, _, lines = data.decode().rpartition("\n\n")
        origin, size, root = HEAD(text + "\n").groups()  # type: ignore[union-attr]
        found, seen = LINE.findall(lines), dict[str, int]()
        need("".join(f"— {name} {body}\n" for name, body in found) == lines, f"{where}: not a checkpoint")
        for name, body in ((name, raw(body)) for name, body in found):
            if key := self.keys.get((name, body[:4])):
                seen[name] = int.from_bytes(body[4:12], "big") if key[0] == 4 else -1
                stamp = f"cosignature/v1\ntime {seen[name]}\n" if key[0] == 4 else ""
                good = signed(key[1:], f"{stamp}{text}\n".encode(), body[12 if stamp else 4 :])
                need(good, f"{where}: the signature of {name} is wrong")
        need(len(seen) == len(found) or not self.strict, f"{where}: a line that no key explains")
        need(origin == self.origin and seen.pop(origin, 0) == -1, f"{where}: not signed by the log's key")
        need(len(seen) >= self.quorum, f"{where}: {len(seen)} of {self.quorum} required witness cosignatures")
        need(
            all(time >= self.times.get(name, 0) for name, time in seen.items()),
            f"{where}: cosigned before a smaller one",
        )
        self.times |= seen
        return int(size), raw(root)


def fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [SHA(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=False)] + odd
    return hashes[0] if hashes else SHA(b"").digest()


class Tree:
    """The hashes of every level of tiles; level L holds the roots of 256^L leaves each."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.levels = [leaves]
        while full := len(self.levels[-1]) // TILE:
            self.levels.append([fold(self.levels[-1][i * TILE : (i + 1) * TILE]) for i in range(full)])

    def span(self, start: int, end: int) -> bytes:
        """Return the root over the leaves [start, end)."""
        nodes = [] if start < end else [fold([])]
        while start < end:
            level, rest = divmod((end - start).bit_length() - 1, 8)
            first = start >> 8 * level
            nodes.append(fold(self.levels[level][first : first + (1 << rest)]))
            start += 1 << 8 * level + rest
        return reduce(lambda right, left: SHA(b"\x01" + left + right).digest(), nodes[::-1])

    def proof(self, size: int, old: int = 0, index: int = -1) -> list[str]:
        """Return in base64 the inclusion proof of `index` or, without one, the consistency proof from `old`."""
        path, start, end, whole = list[bytes](), 0, size, True
        while end - start > 1 if index >= 0 else 0 < old < end:
            middle = start + (1 << (end - start - 1).bit_length() - 1)
            left = index < middle if index >= 0 else old <= middle
            path.append(self.span(middle, end) if left else self.span(start, middle))
            start, end, whole = (start, middle, whole) if left else (middle, end, index >= 0)
        return [base64(item) for item in ([] if whole else [self.span(start, end)]) + path[::-1]]


def tiles(size: int) -> Iterator[tuple[str, int, int, int]]:
    """Yield path, level, first hash and width of the tiles and bundles (level -1) of a tree."""
    for level in range(-1, (size.bit_length() + 7) // 8):
        count = size >> 8 * max(level, 0)
        for number in range((count + TILE - 1) // TILE):
            path, rest, width = f"{number % 1000:03d}", number // 1000, min(TILE, count - number * TILE)
            while rest:
                path, rest = f"x{rest % 1000:03d}/{path}", rest // 1000
            path = f"tile/{level if level >= 0 else 'entries'}/{path}" + (f".p/{width}" if width < TILE else "")
            yield path, level, number * TILE, width


def integer(text: str) -> int:
    need(abs(value := int(text)) < 2**53, f"{text} is not a number of the ledger")
    return value


DECODE = json.JSONDecoder(parse_float=integer, parse_constant=integer, parse_int=integer).raw_decode
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(data: str) -> bool:
    """Return whether an object is in the ledger's profile of RFC 8785: ordered simple keys, no floats, no big integers."""
    if FLAT(data):
        return (keys := KEYS(data)) == sorted(set(keys))
    value, end = DECODE(data)
    return end == len(data) and ENCODE(value) == data and SIMPLE_KEYS(data) is not None


class Entries:
    """The entries in their order, and what they must be together: unique, complete for each lot, the sealed ones opened."""

    def __init__(self, origin: str) -> None:
        self.log, self.hashes, self.ids, self.since = f'"{origin}"', list[bytes](), set[str](), dict[str, list[bytes]]()
        self.sealed, self.windows = dict[int, tuple[str, frozenset[int]]](), dict[str | None, int]()
        self.opened, self.lengths, self.now = set[int](), set[int](), frozenset[int]()

    def take(self, entry: bytes) -> None:
        """Check the next entry. Raises Fault."""
        parts = ENTRY(entry.decode())
        need(parts, "not canonical, or a member is missing or malformed")
        actor, data, identity, log, subject, tender, kind = parts.groups()  # type: ignore[union-attr]
        need(log == self.log and identity not in self.ids, "of another log, or its id was used before")
        need(canonical(data), "its data is not canonical")
        self.ids.add(identity)
        digest = SHA(b"\x00" + entry).digest()
        if tender is not None:
            self.check_list(kind, json.loads(data).get("events") if '"events":' in data else None, tender)
            self.since.setdefault(tender, []).append(digest)
        if kind == "sealed.entry":
            self.lengths.add(len(entry))
            need(
                (actor, subject) == HIDDEN and tender is None and len(self.lengths) == 1, "a sealed entry that differs"
            )
            self.sealed[len(self.hashes)] = json.loads(data)["c"], self.now
        elif kind in SECRET:
            self.check_secret(kind, json.loads(data), tender)
        self.hashes.append(digest)

    def check_list(self, kind: str, given: Any, tender: str) -> None:
        if given is None:
            return need(kind not in LISTING, "it does not list the entries of its lot")
        since = sorted(self.since.pop(tender, []))
        root = isinstance(given, dict) and {"count": len(since), "root": base64(fold(since))}
        good = given == root if root else sorted(given) == sorted(map(base64, since))
        return need(good, "its list of the lot's entries is not complete")

    def check_secret(self, kind: str, facts: dict[str, Any], tender: str | None) -> None:
        if kind == "sealed.opened":
            commitment, _ = self.sealed.get(idx := facts["idx"], ("", None))
            need(commitment and idx not in self.opened, f"it opens entry {idx}, which is not sealed or open already")
            content = b"ptlog sealed v1\n" + bytes.fromhex(facts["salt"]) + facts["inner"].encode()
            need(SHA(content).hexdigest() == commitment, f"what it opens is not what entry {idx} sealed")
            return self.opened.add(idx)
        need((kind == "secret.started") == (tender not in self.windows), "a secret window opened or ended twice")
        if self.windows.pop(tender, None) is None:
            self.windows[tender] = len(self.hashes)
        self.now = frozenset(self.windows.values())
        waiting = (then for idx, (_, then) in self.sealed.items() if then and idx not in self.opened)
        return need(all(then & self.now for then in waiting), "sealed entries were left unopened")


def split(data: bytes, where: str, width: int) -> list[bytes]:
    entries, at = list[bytes](), 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : end])
        at = end
    need(at == len(data) and len(entries) == width, f"{where}: cut or extended, or not {width} entries")
    return entries


class Export:
    def __init__(self, folder: Path, pinned: Path | None) -> None:
        self.files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
        data = pinned.read_bytes() if pinned else self.read("keys.json")
        need("keys.json" not in self.files or self.read("keys.json") == data, "keys.json: not the pinned keys")
        self.keys = Keys(data, strict="keys.json" in self.files)
        self.entries, self.extras = Entries(self.keys.origin), EXTRAS if EXTRAS & self.files.keys() else set[str]()
        self.notes = {int(name[11:]): self.read(name) for name in self.files if name.startswith("checkpoint.")}

    def read(self, name: str) -> bytes:
        need(name in self.files, f"{name} is missing", 2)
        return self.files[name].read_bytes()

    def verify(self) -> str:
        heads = [self.keys.open(self.notes[size], f"checkpoint.{size}") for size in sorted(self.notes)]
        need([size for size, _ in heads] == sorted(self.notes), "a checkpoint is kept under another size")
        heads.append(self.keys.open(self.read("checkpoint"), "checkpoint"))
        size = heads[-1][0]
        same = self.notes.get(size, self.read("checkpoint")) == self.read("checkpoint")
        need(same and size >= max(self.notes, default=0), "checkpoint: not the newest of those that are kept")
        expected = self.expected({*self.notes, size})
        for path, level, _, width in tiles(size):
            for entry in split(expected.pop(path) and self.read(path), path, width) if level < 0 else ():
                try:
                    self.entries.take(entry)
                except (*MALFORMED, Fault) as error:
                    raise Fault(1, f"entry {len(self.entries.hashes)}: {error.args[-1]}") from error
        tree = Tree(self.entries.hashes)
        for path, place in expected.items():
            self.check_tile(tree, path, *place)
        for stated, root in heads:
            need(tree.span(0, stated) == root, f"the {stated} entries are not those that were signed: another root")
        if self.extras:
            self.check_extras(tree, size)
        left = len(self.entries.sealed) - len(self.entries.opened)
        return (
            f"verified: {size} entries of {self.keys.origin}, {len(self.notes)} kept checkpoints, {left} still sealed"
        )

    def expected(self, sizes: set[int]) -> dict[str, list[int]]:
        """Return the tiles that must be there, and those a mirror may have besides."""
        found = {path: place for size in sizes for path, *place in tiles(size)}
        for name in sorted({*found, *self.extras}):
            need(name in self.files, f"{name} is missing", 2)
        known = {*found, *self.extras, "checkpoint", "keys.json", *(f"checkpoint.{size}" for size in self.notes)}
        for name in sorted(self.files.keys() - known):
            level, number, width = PARTIAL(name if not self.keys.strict else "").groups()  # type: ignore[union-attr]
            found[name] = [-1 if level == "entries" else int(level), int(re.sub("[x/]", "", number)) * TILE, int(width)]
        return found

    def check_tile(self, tree: Tree, path: str, level: int, first: int, width: int) -> None:
        own, data = tree.levels[max(level, 0)][first : first + width], self.read(path)
        if level < 0:
            data = b"".join(SHA(b"\x00" + entry).digest() for entry in split(data, path, width))
        for i, each in enumerate(own if data != b"".join(own) else ()):
            place = (first + i) << 8 * max(level, 0)
            need(data[i * 32 : i * 32 + 32] == each, f"entry {place}: it does not hash to its place in {path}")
        need(len(data) == len(own) * 32 == width * 32, f"{path}: cut or extended")

    def check_extras(self, tree: Tree, size: int) -> None:
        """Check the examples: everything but the receipt's signature can be made again and must be the same."""
        receipt, proof = json.loads(self.read("example.receipt.json")), self.read("example.tlog-proof").decode()
        promise, index, note = receipt["receipt"], int(proof.split()[2]), proof.partition("\n\n")[2]
        need(note.encode() in self.notes.values(), "example.tlog-proof: its checkpoint is not kept")
        path, made = tree.proof(int(note.split("\n")[1]), index=index), []
        for old, new in ((pair["size1"], pair["size2"]) for pair in json.loads(self.read("consistency.json"))):
            roots = {"root1": base64(tree.span(0, old)), "root2": base64(tree.span(0, new))}
            made.append({"size1": old, "size2": new, **roots, "proof": tree.proof(new, old)})
        again = {
            "consistency.json": json.dumps(made, indent=1),
            "example.receipt.json": ENCODE({"key": self.keys.receipt, "receipt": promise, "sig": receipt["sig"]}),
            "example.tlog-proof": "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", note]),
        }
        for name, text in again.items():
            need(self.read(name) == text.encode(), f"{name}: not what follows from the log and the keys")
        message = f"ptlog receipt v1\n{ENCODE(promise)}".encode()
        need(
            signed(raw(self.keys.receipt), message, raw(receipt["sig"])), "example.receipt.json: the signature is wrong"
        )
        need(tree.levels[0][index] == raw(promise["leaf_hash"]), "example.tlog-proof: not of the receipt's entry")
        need(tree.levels[0][0] == SHA(b"\x00" + self.read("leaf0.txt")).digest(), "leaf0.txt: not entry 0")
        proved = {size, *(pair[key] for pair in made for key in ("size1", "size2"))}
        need(proved == {size, *self.notes}, "consistency.json: a kept checkpoint is not proved")


def examine(folder: Path, keys: Path | None = None) -> tuple[int, str]:
    """Return the exit code and the reason."""
    try:
        return 0, Export(folder, keys).verify()
    except Fault as fault:
        return fault.args[0], f"{'tampered' if fault.args[0] == 1 else 'incomplete'}: {fault.args[1]}"
    except MALFORMED as error:
        return 1, f"tampered: malformed: {error!r}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keys", type=Path)
    code, reason = examine(**vars(parser.parse_args()))
    sys.exit(print(reason) or code)  # noqa: T201
