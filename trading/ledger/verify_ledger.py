"""Verify an export or a mirror of the public ledger offline; needs Python 3.11 and nothing else (docs/ledger.md).

Take keys.json from elsewhere than DIR if you can: with `--keys` only those keys count, and a keys.json in DIR must be
the same. Exit code 0: verified; 1: tampered, with the entry and the reason; 2: something is missing, or wrong usage.
"""

import argparse
import hashlib
import json
import re
import sys
from base64 import b64decode, b64encode
from functools import cache, reduce
from pathlib import Path
from typing import Any

SHA, TILE, SAFE = hashlib.sha256, 256, range(1 - 2**53, 2**53)
Point = tuple[int, int, int, int]
EXTRAS = {"consistency.json", "example.receipt.json", "example.tlog-proof", "leaf0.txt"}
LISTING = {"tender.closed", "opening.started", "opening.finished", "award.decided"}
HIDDEN = '{"auth":"-","id":"-","role":"-"}', '{"id":"-","type":"-"}', None
# An entry has one form (RFC 8785), so an expression can read it, several times as fast as parsing and writing it.
TEXT = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f]))[^"\\\x00-\x1f]*+)*+"'
KEY, PLAIN = '"[a-z][a-z0-9_]{0,31}":', rf"(?:{TEXT}|null|true|false|0|-?[1-9][0-9]{{0,14}})"
ENTRY = re.compile(
    rf'\{{"actor":(\{{"auth":{TEXT},"id":{TEXT}(?:,"org":{TEXT})?,"role":{TEXT}\}})'
    r',"at":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z","data":(\{.*\})'
    rf',"id":"([0-9a-f]{{8}}-[0-9a-f]{{4}}-7[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}})","log":({TEXT})'
    rf',"subject":(\{{"id":{TEXT},"type":{TEXT}\}})(?:,"tender":(?:null|({TEXT})))?'
    r',"type":"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)","v":1\}'
).fullmatch
FLAT = re.compile(rf"\{{(?:{KEY}{PLAIN}(?:,{KEY}{PLAIN})*+)?\}}").fullmatch
KEYS, SIMPLE_KEYS = re.compile(rf"[{{,]({KEY})").findall, re.compile(rf"(?:[^\"]++|{TEXT}(?!:)|{KEY})*+").fullmatch
NOTE = re.compile(r"(([^\n]+)\n(0|[1-9][0-9]*)\n(.+)\n)\n((?:— [^\s+]+ \S+\n)+)").fullmatch
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, P - 2, P) % P
DECODE = json.JSONDecoder(
    parse_float=int, parse_constant=int, parse_int=lambda text: SAFE[SAFE.index(int(text))]
).raw_decode
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


class Fault(Exception):
    """Why an export is not accepted; exit code 1 where something is wrong, 2 where something is missing."""


def need(good: object, reason: str, code: int = 1) -> None:
    if not good:
        raise Fault(code, reason)


def canonical(data: str) -> bool:
    """Return whether an object is in the ledger's profile of RFC 8785: simple keys in order, no floats."""
    if FLAT(data):
        return (keys := KEYS(data)) == sorted(set(keys))
    value, end = DECODE(data)
    return end == len(data) and ENCODE(value) == data and SIMPLE_KEYS(data) is not None


def point(data: bytes) -> Point:
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


@cache
def signed(public: bytes, message: bytes, signature: bytes) -> bool:
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


def fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [SHA(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=False)] + odd
    return hashes[0] if hashes else SHA(b"").digest()


def tiles(size: int) -> list[tuple[str, int, int, int]]:
    found = []  # path, level (-1: a bundle of entries), first hash, width
    for level in range(-1, (size.bit_length() + 7) // 8):
        count, name = size >> 8 * max(level, 0), level if level >= 0 else "entries"
        for number in range((count + TILE - 1) // TILE):
            width, digits = min(TILE, count - number * TILE), str(number).zfill((len(str(number)) + 2) // 3 * 3)
            path = f"tile/{name}/" + re.sub("(...)(?=.)", r"x\1/", digits) + f".p/{width}" * (width < TILE)
            found.append((path, level, number * TILE, width))
    return found


class Log:
    """A folder that claims to be the log, and what is known of it so far."""

    def __init__(self, folder: Path, pinned: Path | None) -> None:
        self.files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
        self.hashes, self.ids, self.since = list[bytes](), set[str](), dict[str, list[bytes]]()
        self.sealed, self.windows = dict[int, tuple[str, frozenset[int]]](), dict[str | None, int]()
        self.opened, self.lengths, self.now = set[int](), set[int](), frozenset[int]()
        self.keys, self.times = dict[tuple[str, bytes], bytes](), dict[str, int]()
        self.strict, self.levels = "keys.json" in self.files, [self.hashes]
        data = pinned.read_bytes() if pinned else self.read("keys.json")
        need(not self.strict or self.read("keys.json") == data, "keys.json: not the pinned keys")
        text, value = data.decode().rstrip("\n"), json.loads(data)
        need(json.dumps(value, indent=1, ensure_ascii=False) == text and len(value) == 5, "keys.json: not as exported")
        self.origin, self.receipt, self.quorum = value["origin"], value["receipt_key"], value["quorum"]
        for name, identity, material in (key.split("+", 2) for key in value["log"] + value["witnesses"]):
            key = SHA(name.encode() + b"\n" + raw(material)).digest()[:4]
            need(key.hex() == identity and raw(material)[0] in {1, 4}, f"keys.json: the key of {name} is malformed")
            self.keys[name, key] = raw(material)
        count = len(value["witnesses"])
        need(self.quorum in range(min(1, count), count + 1) and self.quorum is not True, "keys.json: no such quorum")

    def read(self, name: str) -> bytes:
        need(name in self.files, f"{name} is missing", 2)
        return self.files[name].read_bytes()

    def open(self, name: str) -> tuple[int, bytes]:
        """Return size and root of a note that the log and the quorum of witnesses signed, none earlier than before."""
        text, origin, size, root, lines = NOTE(self.read(name).decode()).groups()  # type: ignore[union-attr]
        found, seen = [line.split(" ")[1:] for line in lines.splitlines()], dict[str, int]()
        for who, body in ((who, raw(body)) for who, body in found):
            if key := self.keys.get((who, body[:4])):
                seen[who] = int.from_bytes(body[4:12], "big") if key[0] == 4 else -1
                stamp = f"cosignature/v1\ntime {seen[who]}\n" if key[0] == 4 else ""
                good = signed(key[1:], f"{stamp}{text}".encode(), body[12 if stamp else 4 :])
                need(good, f"{name}: the signature of {who} is wrong")
        need(len(seen) == len(found) or not self.strict, f"{name}: a line that no key explains")
        need(origin == self.origin and seen.pop(origin, 0) == -1, f"{name}: not signed by the log's key")
        quorum = self.quorum if self.strict or name != "checkpoint" else 0  # a mirror's newest may be seconds old
        need(len(seen) >= quorum, f"{name}: {len(seen)} of {quorum} required witness cosignatures")
        need(all(at >= self.times.get(who, 0) for who, at in seen.items()), f"{name}: cosigned before a smaller one")
        self.times |= seen
        return int(size), raw(root)

    def take(self, entry: bytes) -> None:
        """Check the next entry: canonical, unique, complete for its lot, the secrets opened. Raises Fault."""
        parts = ENTRY(entry.decode())
        need(parts and canonical(parts[2]), "not canonical, or a member is missing or malformed")
        actor, data, identity, log, subject, tender, kind = parts.groups()  # type: ignore[union-attr]
        need(log[1:-1] == self.origin and identity not in self.ids, "of another log, or its id was used before")
        self.ids.add(identity)
        digest = SHA(b"\x00" + entry).digest()
        if tender is not None:
            self.check_list(kind, json.loads(data).get("events") if '"events":' in data else None, tender)
            self.since.setdefault(tender, []).append(digest)
        if kind == "sealed.entry":
            self.lengths.add(len(entry))
            need((actor, subject, tender) == HIDDEN and len(self.lengths) == 1, "a sealed entry that differs")
            self.sealed[len(self.hashes)] = json.loads(data)["c"], self.now
        elif kind in {"sealed.opened", "secret.started", "secret.ended"}:
            self.check_secret(kind, json.loads(data), tender)
        self.hashes.append(digest)

    def check_list(self, kind: str, given: Any, tender: str) -> None:
        if given is None:
            return need(kind not in LISTING, "it does not list the entries of its lot")
        since = sorted(self.since.pop(tender, []))
        whole = {"count": len(since), "root": base64(fold(since))} if isinstance(given, dict) else None
        return need(given == whole or sorted(given) == sorted(map(base64, since)), "its list is not complete")

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

    def bundle(self, path: str, width: int) -> list[bytes]:
        entries, at, data = list[bytes](), 0, self.read(path)
        while at < len(data):
            entries.append(data[at + 2 : (at := at + 2 + int.from_bytes(data[at : at + 2], "big"))])
        need(at == len(data) and len(entries) == width, f"{path}: cut or extended, or not {width} entries")
        return entries

    def span(self, start: int, end: int) -> bytes:
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

    def verify(self) -> str:
        kept = sorted(int(name[11:]) for name in self.files if name.startswith("checkpoint."))
        heads = [self.open(name) for name in (*(f"checkpoint.{size}" for size in kept), "checkpoint")]
        size, least = heads[-1][0], max(kept, default=0 if self.strict else 2**63)
        need([at for at, _ in heads[:-1]] == kept, "a checkpoint is kept under another size")
        same = size not in kept or self.read(f"checkpoint.{size}") == self.read("checkpoint")
        need(same and size >= least, "checkpoint: not the newest that is kept, or none is kept")
        need(size <= TILE * len(self.files), f"bundles of the {size} entries are missing", 2)
        places = {path: place for at in {*kept, size} for path, *place in tiles(at)}
        extras = EXTRAS if EXTRAS & self.files.keys() else set()
        for name in sorted({*places, *extras}):
            need(name in self.files, f"{name} is missing", 2)
        known = {*places, *extras, "checkpoint", "keys.json", *(f"checkpoint.{at}" for at in kept)}
        need(not self.strict or self.files.keys() <= known, f"{sorted(self.files.keys() - known)} do not belong here")
        for path in [tile[0] for tile in tiles(size) if tile[1] < 0]:
            for entry in self.bundle(path, places.pop(path)[2]):
                try:
                    self.take(entry)
                except (*MALFORMED, Fault) as error:
                    raise Fault(1, f"entry {len(self.hashes)}: {error.args[-1]}") from error
        self.check_tree(places, heads)
        if extras:
            self.check_extras({*kept})
        self.counts = size, len(kept), max(kept, default=size), len(self.sealed) - len(self.opened)
        return "verified: {} entries, {} cosigned checkpoints to {}, {} still sealed".format(*self.counts)

    def check_tree(self, places: dict[str, list[int]], heads: list[tuple[int, bytes]]) -> None:
        while full := len(self.levels[-1]) // TILE:
            self.levels.append([fold(self.levels[-1][i * TILE : (i + 1) * TILE]) for i in range(full)])
        for path, (level, first, width) in places.items():
            own = b"".join(self.levels[max(level, 0)][first : first + width])
            leaves = (SHA(b"\x00" + entry).digest() for entry in (self.bundle(path, width) if level < 0 else ()))
            given = self.read(path) if level >= 0 else b"".join(leaves)
            same = next((i for i in range(width) if given[i * 32 : i * 32 + 32] != own[i * 32 : i * 32 + 32]), width)
            place = (first + same) << 8 * max(level, 0)
            need(given == own and same == width, f"entry {place}: it does not hash to its place in {path}")
        for size, root in heads:
            need(self.span(0, size) == root, f"the {size} entries are not those that were signed: another root")

    def check_extras(self, sizes: set[int]) -> None:
        """Check the examples: everything but the receipt's signature can be made again and must be the same."""
        receipt, made = json.loads(self.read("example.receipt.json")), []
        for old, new in ((pair["size1"], pair["size2"]) for pair in json.loads(self.read("consistency.json"))):
            roots = {"root1": base64(self.span(0, old)), "root2": base64(self.span(0, new))}
            made.append({"size1": old, "size2": new, **roots, "proof": self.proof(new, old)})
            sizes = sizes - {old, new}
        need(self.read("consistency.json") == json.dumps(made, indent=1).encode(), "consistency.json: a proof is wrong")
        need(len(sizes) <= (not made), "consistency.json: a kept checkpoint is not proved")
        promise = {"key": self.receipt, "receipt": receipt["receipt"], "sig": receipt["sig"]}
        need(self.read("example.receipt.json") == ENCODE(promise).encode(), "example.receipt.json: not as signed")
        message = f"ptlog receipt v1\n{ENCODE(receipt['receipt'])}".encode()
        need(signed(raw(self.receipt), message, raw(receipt["sig"])), "example.receipt.json: wrong signature")
        lines = self.read("example.tlog-proof").decode().split("\n")
        index, size = int(lines[1][6:]), int(lines[lines.index("") + 2])
        head, tail = ["c2sp.org/tlog-proof@v1", f"index {index}"], self.read(f"checkpoint.{size}").decode().split("\n")
        need(lines == [*head, *self.proof(size, index=index), "", *tail], "example.tlog-proof: it proves nothing")
        need(self.hashes[index] == raw(receipt["receipt"]["leaf_hash"]), "example.tlog-proof: of another entry")
        need(self.hashes[0] == SHA(b"\x00" + self.read("leaf0.txt")).digest(), "leaf0.txt: not entry 0")


def examine(folder: Path, keys: Path | None = None) -> tuple[int, str]:
    try:
        return 0, Log(folder, keys).verify()
    except (Fault, OSError, *MALFORMED) as error:
        code, reason = error.args if isinstance(error, Fault) else (1 + isinstance(error, OSError), error)
        return code, f"{'tampered' if code == 1 else 'incomplete'}: {reason}"


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keys", type=Path)
    code, reason = examine(**vars(parser.parse_args()))
    sys.exit(print(reason) or code)  # noqa: T201
