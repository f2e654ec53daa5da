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
from pathlib import Path
from typing import Any

SHA, MAX_INTEGER, TILE = hashlib.sha256, 2**53 - 1, 256
EXTRAS = {"consistency.json", "example.receipt.json", "example.tlog-proof", "leaf0.txt"}
MEMBERS = {"v", "log", "id", "at", "type", "actor", "subject", "tender", "data"}
LISTING = {"tender.closed", "opening.started", "opening.finished", "award.decided"}
NOBODY, NOTHING = {"id": "-", "role": "-", "auth": "-"}, {"type": "-", "id": "-"}
AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z").fullmatch
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").fullmatch
TYPE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*").fullmatch
SIMPLE_KEYS = re.compile(r'(?:[^"]++|"(?:[^"\\]++|\\.)*+"(?!:)|"[a-z][a-z0-9_]{0,31}":)*+').fullmatch
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
        value = json.loads(data)
        need(
            json.dumps(value, indent=1, ensure_ascii=False).encode() == data.rstrip(b"\n"), "keys.json: not as exported"
        )
        need(set(value) == {"origin", "log", "witnesses", "quorum", "receipt_key"}, "keys.json: wrong members")
        self.origin, self.quorum, self.receipt = value["origin"], value["quorum"], value["receipt_key"]
        self.strict, self.keys, self.times = strict, dict[tuple[str, bytes], bytes](), dict[str, int]()
        for text in value["log"] + value["witnesses"]:
            name, identity, material = text.split("+", 2)
            key = SHA(name.encode() + b"\n" + raw(material)).digest()[:4]
            need(key.hex() == identity and raw(material)[0] in {1, 4}, f"keys.json: the key of {name} is malformed")
            self.keys[name, key] = raw(material)
        least, most = min(1, len(value["witnesses"])), len(value["witnesses"])
        need(
            self.quorum in range(least, most + 1) and self.quorum is not True and len(raw(self.receipt)) == 32,
            "keys.json: no such quorum or key",
        )

    def open(self, data: bytes, where: str) -> tuple[int, bytes]:
        """Return size and root of a note that the log and the quorum of witnesses signed, none earlier than before."""
        text, _, lines = data.decode().rpartition("\n\n")
        head, found, seen = HEAD(text + "\n"), LINE.findall(lines), dict[str, int]()
        need(head and "".join(f"— {name} {body}\n" for name, body in found) == lines, f"{where}: not a checkpoint")
        need(head and head[1] == self.origin and len(raw(head[3])) == 32, f"{where}: of another log")
        for name, body in found:
            key, body = self.keys.get((name, raw(body)[:4])), raw(body)[4:]
            need(key or not self.strict, f"{where}: a line of {name}, which no key explains")
            if key:
                need(name not in seen, f"{where}: {name} signed twice")
                seen[name] = int.from_bytes(body[:8], "big") if key[0] == 4 else -1
                stamp = f"cosignature/v1\ntime {seen[name]}\n" if key[0] == 4 else ""
                good = signed(key[1:], f"{stamp}{text}\n".encode(), body[8:] if stamp else body)
                need(good, f"{where}: the signature of {name} is wrong")
        need(seen.pop(self.origin, 0) == -1, f"{where}: not signed by the log's key")
        need(len(seen) >= self.quorum, f"{where}: {len(seen)} of {self.quorum} required witness cosignatures")
        need(
            all(time >= self.times.get(name, 0) for name, time in seen.items()),
            f"{where}: cosigned before a smaller one",
        )
        self.times |= seen
        return (int(head[2]), raw(head[3])) if head else (0, b"")


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
        nodes = []
        while start < end:
            height = (end - start).bit_length() - 1
            first = start >> 8 * (height // 8)
            nodes.append(fold(self.levels[height // 8][first : first + (1 << height % 8)]))
            start += 1 << height
        result = nodes.pop() if nodes else fold([])
        while nodes:
            result = SHA(b"\x01" + nodes.pop() + result).digest()
        return result

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
    need(abs(value := int(text)) <= MAX_INTEGER, f"{text} is beyond 2^53-1")
    return value


def refuse(text: str) -> float:
    raise Fault(1, f"{text} is not a number of the ledger")


DECODE = json.JSONDecoder(parse_float=refuse, parse_constant=refuse, parse_int=integer).raw_decode
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class Entries:
    """The entries in their order, and what they must be together: unique, complete for each lot, the sealed ones opened."""

    def __init__(self, origin: str) -> None:
        self.origin, self.hashes, self.ids, self.since = origin, list[bytes](), set[str](), dict[str, list[bytes]]()
        self.sealed, self.windows = dict[int, tuple[str, frozenset[int]]](), dict[str, int]()
        self.opened, self.lengths, self.now = set[int](), set[int](), frozenset[int]()

    def take(self, data: bytes) -> None:
        """Check the next entry. Raises Fault."""
        entry, end = DECODE(text := data.decode())
        need(end == len(text) and ENCODE(entry) == text and SIMPLE_KEYS(text), "not canonical")
        self.check_members(entry)
        self.ids.add(entry["id"])
        kind, tender, facts = entry["type"], entry.get("tender"), entry["data"]
        if tender is not None:
            self.check_list(kind, facts.get("events"), since := self.since.setdefault(tender, []))
            since.append(SHA(b"\x00" + data).digest())
        if kind == "sealed.entry":
            self.lengths.add(len(data))
            told = (
                entry["actor"] != NOBODY or entry["subject"] != NOTHING or tender is not None or facts.keys() != {"c"}
            )
            need(not told and len(self.lengths) == 1, "a sealed entry that differs from the others")
            self.sealed[len(self.hashes)] = facts["c"], self.now
        elif kind in {"sealed.opened", "secret.started", "secret.ended"}:
            self.check_secret(kind, facts, tender or "")
        self.hashes.append(SHA(b"\x00" + data).digest())

    def check_members(self, entry: dict[str, Any]) -> None:
        need(entry.keys() | {"tender"} == MEMBERS, "members are missing or unknown")
        actor, subject, tender = entry["actor"], entry["subject"], entry.get("tender")
        need(entry["v"] == 1 and entry["v"] is not True and entry["log"] == self.origin, "of another log or version")
        need(ID(entry["id"]) and entry["id"] not in self.ids, "its id is malformed or used before")
        need(AT(entry["at"]) and TYPE(entry["type"]), "its time or type is malformed")
        need(actor.keys() | {"org"} == {"id", "role", "auth", "org"}, "its actor is malformed")
        need(subject.keys() == {"type", "id"} and isinstance(entry["data"], dict), "its subject or data is malformed")
        need(
            all(isinstance(item, str) for item in (*actor.values(), *subject.values(), tender or "")),
            "a member is no text",
        )

    def check_list(self, kind: str, given: Any, since: list[bytes]) -> None:
        if given is None:
            return need(kind not in LISTING, "it does not list the entries of its lot")
        stated: object = sorted(map(base64, since))
        if isinstance(given, dict):
            stated = {"count": len(since), "root": base64(fold(sorted(since)))}
        need(
            stated == (given if isinstance(given, dict) else sorted(given)),
            "its list of the lot's entries is not complete",
        )
        return since.clear()

    def check_secret(self, kind: str, facts: dict[str, Any], tender: str) -> None:
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
        signed_trees = [self.keys.open(self.notes[size], f"checkpoint.{size}") for size in sorted(self.notes)]
        need([size for size, _ in signed_trees] == sorted(self.notes), "a checkpoint is kept under another size")
        size, _ = head = self.keys.open(self.read("checkpoint"), "checkpoint")
        need(size not in self.notes or self.notes[size] == self.read("checkpoint"), f"checkpoint.{size}: not the same")
        need(size >= max(self.notes, default=0), "checkpoint: older than one that is kept")
        expected = self.expected({*self.notes, size})
        for path, level, _, width in tiles(size):
            for data in split(self.read(path), path, width) if level < 0 else ():
                try:
                    self.entries.take(data)
                except (*MALFORMED, Fault) as error:
                    raise Fault(1, f"entry {len(self.entries.hashes)}: {error.args[-1]}") from error
        tree = Tree(self.entries.hashes)
        for path, place in expected.items():
            self.check_tile(tree, path, *place)
        for stated, root in [*signed_trees, head]:
            need(tree.span(0, stated) == root, f"the {stated} entries are not those that were signed: another root")
        if self.extras:
            self.check_extras(tree, size)
        left = len(self.entries.sealed) - len(self.entries.opened)
        return (
            f"verified: {size} entries of {self.keys.origin}, {len(self.notes)} kept checkpoints, {left} still sealed"
        )

    def expected(self, sizes: set[int]) -> dict[str, tuple[int, int, int]]:
        """Return the tiles that must be there, and those a mirror may have besides."""
        found = {path: place for size in sizes for path, *place in tiles(size)}
        for name in sorted({*found, *self.extras} - self.files.keys()):
            need(None, f"{name} is missing", 2)
        known = {*found, *self.extras, "checkpoint", "keys.json", *(f"checkpoint.{size}" for size in self.notes)}
        for name in sorted(self.files.keys() - known):
            part = PARTIAL(name)
            need(part and not self.keys.strict, f"{name}: does not belong here")
            level, first = (-1 if part[1] == "entries" else int(part[1])), int(re.sub("[x/]", "", part[2])) * TILE
            found[name] = [level, first, int(part[3])]
        return found

    def check_tile(self, tree: Tree, path: str, level: int, first: int, width: int) -> None:
        own, data = tree.levels[max(level, 0)][first : first + width], self.read(path)
        if level < 0:
            data = b"".join(SHA(b"\x00" + entry).digest() for entry in split(data, path, width))
        for i, each in enumerate(own):
            at = (first + i) << 8 * max(level, 0)
            need(data[i * 32 : i * 32 + 32] == each, f"entry {at}: it does not hash to its place in {path}")
        need(len(data) == len(own) * 32 == width * 32, f"{path}: cut or extended")

    def check_extras(self, tree: Tree, size: int) -> None:
        """Check the examples: everything but the receipt's signature can be made again and must be the same."""
        receipt, proof = json.loads(self.read("example.receipt.json")), self.read("example.tlog-proof").decode()
        promise, pairs = receipt["receipt"], json.loads(self.read("consistency.json"))
        message, index, note = (
            f"ptlog receipt v1\n{ENCODE(promise)}".encode(),
            int(proof.split()[2]),
            proof.partition("\n\n")[2],
        )
        need(
            receipt["key"] == self.keys.receipt and promise["log"] == self.keys.origin,
            "example.receipt.json: of another log",
        )
        good = signed(raw(receipt["key"]), message, raw(receipt["sig"])) and len(receipt) == 3
        need(
            good and ENCODE(receipt).encode() == self.read("example.receipt.json"),
            "example.receipt.json: not as signed",
        )
        need(note.encode() in self.notes.values(), "example.tlog-proof: its checkpoint is not kept")
        path = tree.proof(int(note.split("\n")[1]), index=index)
        whole = "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", note])
        need(
            whole == proof and tree.levels[0][index] == raw(promise["leaf_hash"]), "example.tlog-proof: proves nothing"
        )
        need(tree.levels[0][0] == SHA(b"\x00" + self.read("leaf0.txt")).digest(), "leaf0.txt: not entry 0")
        made = []
        for old, new in ((pair["size1"], pair["size2"]) for pair in pairs):
            roots = {"root1": base64(tree.span(0, old)), "root2": base64(tree.span(0, new))}
            made.append({"size1": old, "size2": new, **roots, "proof": tree.proof(new, old)})
        need(
            {size, *self.notes} == {size, *(pair[key] for pair in pairs for key in ("size1", "size2"))},
            "consistency.json: ...",
        )
        need(json.dumps(made, indent=1).encode() == self.read("consistency.json"), "consistency.json: a proof is wrong")


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
    sys.exit(print(reason) or code)  # type: ignore[func-returns-value]  # noqa: T201
