"""Signed notes (C2SP signed-note), the checkpoints written in them, and the cosignatures of witnesses (cosignature/v1).

A key is text: `name+hash+base64` for verifying, `PRIVATE+KEY+name+hash+base64` for signing. Base64 is accepted in its
one canonical form only.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 1
COSIGNATURE = 4
NAME = re.compile(r"[^\s+]+")
LINE = re.compile(r"— ([^\s+]+) (\S+)\n")
NUMBER = re.compile(r"0|[1-9][0-9]*", re.ASCII)
MAX_SIGNATURES = 100


class NoteError(ValueError):
    """Text that is no signed note, no key or no checkpoint, or a signature that is wrong."""


def unbase64(text: str) -> bytes:
    """Return the bytes of standard base64 in canonical form. Raises NoteError."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"not base64: {text!r}") from error
    if base64.b64encode(data).decode() != text:
        raise NoteError(f"not canonical base64: {text!r}")
    return data


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def cosigned_text(text: str, time: int) -> bytes:
    """Return the message a witness signs: that it saw the checkpoint at Unix second `time`."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True)
class Signature:
    """One line under a note."""

    name: str
    key_id: bytes
    body: bytes

    def line(self) -> str:
        return f"— {self.name} {base64_text(self.key_id + self.body)}\n"

    @property
    def time(self) -> int:
        """The Unix second a cosignature states."""
        return int.from_bytes(self.body[:8], "big")


@dataclass(frozen=True)
class VerifyingKey:
    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.algorithm, self.public)

    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_text(bytes([self.algorithm]) + self.public)}"

    def verifies(self, text: str, signature: Signature) -> bool:
        """Return whether the signature, whose name and key id are this key's, is over `text`."""
        message, body = text.encode(), signature.body
        if self.algorithm == COSIGNATURE:
            message, body = cosigned_text(text, signature.time), body[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(body, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def verifying(self) -> VerifyingKey:
        return VerifyingKey(self.name, self.algorithm, self.private.public_key().public_bytes_raw())

    def text(self) -> str:
        """Return the secret as text, for the key's own file."""
        return (
            f"PRIVATE+KEY+{self.name}+{self.verifying.key_id.hex()}+{base64_text(bytes([self.algorithm]) + self.seed)}"
        )

    def sign(self, text: str, time: int = 0) -> Signature:
        """Return the signature over a note's text; a cosignature states the Unix second `time`."""
        message, stamp = text.encode(), b""
        if self.algorithm == COSIGNATURE:
            message, stamp = cosigned_text(text, time), time.to_bytes(8, "big")
        return Signature(self.name, self.verifying.key_id, stamp + self.private.sign(message))


def parse_key(text: str) -> VerifyingKey:
    """Return the verifying key of `name+hash+base64`. Raises NoteError."""
    name, identity, algorithm, public = key_parts(text)
    key = VerifyingKey(name, algorithm, public)
    if key.key_id.hex() != identity:
        raise NoteError(f"the hash in the key of {name} is not its own")
    return key


def parse_signing_key(text: str) -> SigningKey:
    """Return the signing key of `PRIVATE+KEY+name+hash+base64`. Raises NoteError."""
    if not text.startswith("PRIVATE+KEY+"):
        raise NoteError("a signing key begins with PRIVATE+KEY+")
    name, identity, algorithm, seed = key_parts(text.removeprefix("PRIVATE+KEY+"))
    key = SigningKey(name, algorithm, seed)
    if key.verifying.key_id.hex() != identity:
        raise NoteError(f"the hash in the signing key of {name} is not its own")
    return key


def key_parts(text: str) -> tuple[str, str, int, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not NAME.fullmatch(parts[0]):
        raise NoteError("a key is name+hash+base64")
    material = unbase64(parts[2])
    if len(material) != 33 or material[0] not in {ED25519, COSIGNATURE}:
        raise NoteError(f"the key of {parts[0]} is of an unknown kind")
    return parts[0], parts[1], material[0], material[1:]


@dataclass(frozen=True)
class Note:
    """A note as read; nothing in it is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def verified(self, keys: Iterable[VerifyingKey]) -> list[Signature]:
        """Return one signature of each key that signed; ignore other lines. Raises NoteError on a wrong one."""
        known = {(key.name, key.key_id): key for key in keys}
        good: dict[tuple[str, bytes], Signature] = {}
        for signature in self.signatures:
            place = signature.name, signature.key_id
            if place not in known or place in good:
                continue
            if not known[place].verifies(self.text, signature):
                raise NoteError(f"the signature of {signature.name} is wrong")
            good[place] = signature
        return list(good.values())


def parse(data: bytes) -> Note:
    """Return the note: text that ends in a newline, an empty line, signature lines. Raises NoteError."""
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise NoteError("a note is UTF-8") from error
    if any(char < " " and char != "\n" for char in whole):
        raise NoteError("a note holds no control characters")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines or not re.fullmatch(rf"(?:{LINE.pattern})+", lines):
        raise NoteError("a note ends with an empty line and signature lines")
    signatures = []
    for name, body in LINE.findall(lines):
        material = unbase64(body)
        if len(material) < 5:
            raise NoteError(f"the signature of {name} is too short")
        signatures.append(Signature(name, material[:4], material[4:]))
    if len(signatures) > MAX_SIGNATURES:
        raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(text + "\n", tuple(signatures))


def compose(text: str, signatures: Iterable[Signature]) -> str:
    """Return the note of `text` under these signatures."""
    return text + "\n" + "".join(signature.line() for signature in signatures)


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, its size and its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64_text(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text: exactly three lines. Raises NoteError."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not NUMBER.fullmatch(lines[1]):
        raise NoteError("a checkpoint is an origin, a size and a root, each on a line")
    root = unbase64(lines[2])
    if len(root) != 32:
        raise NoteError("the root of a checkpoint has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_checkpoint(data: bytes, log: VerifyingKey) -> tuple[Checkpoint, Note]:
    """Return the checkpoint that `log` signed, and its note. Raises NoteError if it is not this log's."""
    note = parse(data)
    if not note.verified([log]):
        raise NoteError(f"the checkpoint is not signed by {log.name}")
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log.name:
        raise NoteError(f"the checkpoint is of {checkpoint.origin}, not of {log.name}")
    return checkpoint, note
