"""A witness: cosigns a log's checkpoints, and only ever those that extend the last one it cosigned (C2SP tlog-witness).

For the supervisor's own machine, with Python and the `cryptography` package alone; copy this one file. It remembers the
newest checkpoint of each log in a folder, written to disk before the cosignature leaves. Over the network it answers
`POST /add-checkpoint`; without one, the same request and answer travel as files.

    python witness_program.py key  --name supervisor.example/w1 --key witness.key
    python witness_program.py serve --key witness.key --log "$LOG_KEY" --state state/ --port 8099
    python witness_program.py file  --key witness.key --log "$LOG_KEY" --state state/ request.txt response.txt
"""

import argparse
import base64
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_REQUEST = 64 * 1024
REQUEST = re.compile(r"old (0|[1-9][0-9]*)\n((?:[A-Za-z0-9+/=]+\n){0,63})\n(.+)", re.DOTALL | re.ASCII)
TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n")
LINE = re.compile(r"— ([^\s+]+) (\S+)\n")
EMPTY = hashlib.sha256(b"").digest()


class Refusal(Exception):
    """A request that is answered with an HTTP status and a text instead of a cosignature."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


def key_hash(name: str, algorithm: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Log:
    """A log that this witness watches: its name and its Ed25519 key."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Log":
        """Return the log of a key `name+hash+base64`. Raises ValueError."""
        name, identity, material = text.split("+", 2)
        data = unbase64(material)
        if len(data) != 33 or data[0] != 1 or key_hash(name, 1, data[1:]).hex() != identity:
            raise ValueError(f"not the key of a log: {text}")
        return cls(name, data[1:])

    def open(self, note: str) -> tuple[str, Checkpoint]:
        """Return the text and the checkpoint of a note that this log signed. Raises Refusal."""
        text, blank, lines = note.rpartition("\n\n")
        parts = TEXT.fullmatch(text + "\n")
        if not blank or not parts:
            raise Refusal(400, "not a checkpoint")
        identity = key_hash(self.name, 1, self.public)
        for name, body in LINE.findall(lines):
            signature = unbase64(body)
            if name == self.name and signature[:4] == identity and self.signed(f"{text}\n", signature[4:]):
                return f"{text}\n", Checkpoint(parts[1], int(parts[2]), unbase64(parts[3]))
        raise Refusal(403, "no signature of the log's key")

    def signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def extends(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Return whether the proof shows that `new` extends `old`, which is not empty and smaller (RFC 9162, 2.1.4.2)."""
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    first, last = old.size - 1, new.size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    if not path:
        return False
    low = high = path[0]
    for item in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            low, high = pair(item, low), pair(item, high)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            high = pair(high, item)
        first, last = first >> 1, last >> 1
    return last == 0 and (low, high) == (old.root, new.root)


def pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Witness:
    """The witness: its name, its secret, the logs it watches, the folder of its memory."""

    name: str
    seed: bytes
    logs: Sequence[Log]
    state: Path

    @property
    def key(self) -> str:
        """The verifying key as text."""
        public = self.private.public_key().public_bytes_raw()
        material = base64.b64encode(b"\x04" + public).decode()
        return f"{self.name}+{key_hash(self.name, 4, public).hex()}+{material}"

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def answer(self, request: bytes) -> tuple[int, str]:
        """Return the status and the body that answer a request."""
        try:
            return 200, self.add_checkpoint(request)
        except Refusal as refusal:
            return refusal.status, f"{refusal.text}\n"
        except ValueError as error:
            return 400, f"{error}\n"

    def add_checkpoint(self, request: bytes) -> str:
        """Return the cosignature line of a checkpoint that extends the last one. Raises Refusal or ValueError."""
        parts = REQUEST.fullmatch(request.decode()) if len(request) <= MAX_REQUEST else None
        if not parts:
            raise Refusal(400, "not an add-checkpoint request")
        proof = [unbase64(line) for line in parts[2].split()]
        log = self.log_of(parts[3])
        text, new = log.open(parts[3])
        if new.origin != log.name or int(parts[1]) > new.size:
            raise Refusal(400, "the old size is beyond the checkpoint")
        self.state.mkdir(parents=True, exist_ok=True)
        memory = self.state / hashlib.sha256(new.origin.encode()).hexdigest()
        with memory.with_suffix(".lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            self.compare(self.remembered(memory, new.origin), int(parts[1]), new, proof)
            self.remember(memory, text)
        return self.cosign(text)

    def log_of(self, note: str) -> Log:
        origin = note.partition("\n")[0]
        for log in self.logs:
            if log.name == origin:
                return log
        raise Refusal(404, "unknown origin")

    def compare(self, last: Checkpoint, old: int, new: Checkpoint, proof: Sequence[bytes]) -> None:
        """Raise Refusal unless `new` extends the last checkpoint that this witness cosigned."""
        if old != last.size or (new.size == last.size and new.root != last.root):
            raise Refusal(409, str(last.size))
        trivial = last.size in {0, new.size}
        if not (extends(last, new, proof) if not trivial else not proof):
            raise Refusal(422, "the proof does not show that the checkpoint extends the last one")

    def remembered(self, memory: Path, origin: str) -> Checkpoint:
        if not memory.exists():
            return Checkpoint(origin, 0, EMPTY)
        _, size, root, _ = memory.read_text().split("\n")
        return Checkpoint(origin, int(size), unbase64(root))

    def remember(self, memory: Path, text: str) -> None:
        """Write the checkpoint to disk, whole, before anybody gets the cosignature."""
        fresh = memory.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(memory)
        folder = os.open(memory.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def cosign(self, text: str) -> str:
        now = int(time.time())
        public = self.private.public_key().public_bytes_raw()
        signature = self.private.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
        body = key_hash(self.name, 4, public) + now.to_bytes(8, "big") + signature
        return f"— {self.name} {base64.b64encode(body).decode()}\n"


def load(path: Path, logs: Sequence[str], state: Path) -> Witness:
    """Return the witness of a key file `PRIVATE+KEY+name+hash+base64`. Raises ValueError."""
    _, _, name, _, material = path.read_text().strip().split("+", 4)
    data = unbase64(material)
    if len(data) != 33 or data[0] != 4:
        raise ValueError(f"{path} is not the key of a witness")
    return Witness(name, data[1:], [Log.parse(text) for text in logs], state)


def new_key(path: Path, name: str) -> Witness:
    """Make a key file that only its owner can read."""
    witness = Witness(name, os.urandom(32), [], path.parent)
    identity = witness.key.split("+", 2)[1]
    material = base64.b64encode(b"\x04" + witness.seed).decode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"PRIVATE+KEY+{name}+{identity}+{material}\n")
    return witness


def handler(witness: Witness) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, body = 404, "unknown path\n"
            if self.path.endswith("/add-checkpoint"):
                status, body = witness.answer(self.rfile.read(min(length, MAX_REQUEST + 1)))
            self.send_response(status)
            self.send_header("Content-Type", "text/x.tlog.size" if status == 409 else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

    return Handler


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("key", "serve", "file"):
        command = commands.add_parser(name)
        command.add_argument("--key", type=Path, required=True)
        command.add_argument("--log", action="append", default=[])
        command.add_argument("--state", type=Path, default=Path("state"))
    commands.choices["key"].add_argument("--name", required=True)
    commands.choices["serve"].add_argument("--host", default="127.0.0.1")
    commands.choices["serve"].add_argument("--port", type=int, default=8099)
    commands.choices["file"].add_argument("request", type=Path)
    commands.choices["file"].add_argument("response", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "key":
        print(new_key(options.key, options.name).key)  # noqa: T201  # this is a program
        return 0
    witness = load(options.key, options.log, options.state)
    if options.command == "file":
        status, body = witness.answer(options.request.read_bytes())
        options.response.write_text(f"{status}\n{body}")
        return 0 if status == 200 else 1
    ThreadingHTTPServer((options.host, options.port), handler(witness)).serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
