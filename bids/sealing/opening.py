"""Opening: from the secret that the shares give to the plaintext, in constant memory. Only this module needs pyrage.

Whether a secret is right needs no decryption: it is, exactly when it gives the recipient of the signed envelope.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bids.sealing import age, shares
from trading.errors import RuleError
from trading.text import mark as _

HELD = 1_048_576


class NotDecryptable(RuleError):
    """The age file does not open with this key, or is damaged."""

    code = "not_decryptable"
    basis = "电子招标投标办法 31"
    next_step = _("Let the verdict on the bid say whose fault it is.")


class Decrypted(NamedTuple):
    """What was written: its bytes and its SHA-256."""

    size: int
    sha256: bytes


def recipient_of(secret: bytes) -> str:
    """Return age1… of a secret of 32 bytes."""
    return age.encode_recipient(X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


def identity_of(secret: bytes) -> str:
    """Return AGE-SECRET-KEY-1… of a secret of 32 bytes, as `age -d -i` takes it."""
    return age.encode_identity(secret)


def key_of(given: Iterable[bytes], recipient: str) -> bytes | None:
    """Return the secret that all shares of a set give, None if it is not the recipient's."""
    secret = shares.combine(given)
    return secret if recipient_of(secret) == recipient else None


def decrypt(parts: Iterable[bytes], secret: bytes, into: BinaryIO) -> Decrypted:
    """Write the plaintext of an age file that comes in pieces; a megabyte or so is in memory.

    What was written is worth nothing if NotDecryptable is raised, for the end authenticates the whole.
    """
    reader, writer = Pieces(iter(parts)), Digesting(into)
    try:
        pyrage.decrypt_io(reader, writer, [pyrage.x25519.Identity.from_str(identity_of(secret))])
        writer.flush()
    except (pyrage.DecryptError, OSError) as error:
        if trouble := reader.trouble or writer.trouble:
            raise trouble from None
        raise NotDecryptable("The file does not open with this key.") from error
    return Decrypted(writer.size, writer.digest.digest())


def unwrap(wrap: bytes, secret: bytes) -> bytes:
    """Return the content of a small age file. Raises NotDecryptable."""
    into = io.BytesIO()
    decrypt([wrap], secret, into)
    return into.getvalue()


class Pieces:
    """Pieces of a file, read as one; keeps the trouble of the storage apart from that of the content."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = memoryview(b"")
        self.trouble: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self.rest:
                self.rest = memoryview(next(self.pieces))
        except StopIteration:
            return b""
        except Exception as trouble:
            self.trouble = trouble
            raise
        piece, self.rest = self.rest[:size], self.rest[size:]
        return bytes(piece)


class Digesting:
    """A file that is hashed while it is written, a megabyte at a time: pyrage gives it 8 KiB at a time."""

    def __init__(self, into: BinaryIO) -> None:
        self.into = into
        self.held = bytearray()
        self.size = 0
        self.digest = hashlib.sha256()
        self.trouble: Exception | None = None

    def write(self, data: bytes) -> int:
        self.held += data
        if len(self.held) >= HELD:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Write what is held back."""
        try:
            self.into.write(self.held)
        except Exception as trouble:
            self.trouble = trouble
            raise
        self.digest.update(self.held)
        self.size += len(self.held)
        self.held.clear()
