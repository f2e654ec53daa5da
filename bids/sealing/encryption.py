"""The writer of age files to one X25519 recipient: a stream in, a stream out, one chunk of 64 KiB in memory. Pure.

Written here because pyrage adds a second, random stanza ("grease") to each file, which admission refuses.
Source: age-encryption.org/v1, with the random bytes passed in.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bids.sealing import age
from bids.sealing.shares import Chance

FILE_KEY_BYTES = 16
STREAM_NONCE = 12


def encrypt(content: Iterable[bytes], recipient: str, chance: Chance) -> Iterator[bytes]:
    """Yield the age file of `content` in pieces; `recipient` is age1…. Raises age.WrongKey."""
    file_key = chance(FILE_KEY_BYTES)
    yield _header(file_key, age.decode_recipient(recipient), chance(age.KEY_BYTES))
    nonce = chance(age.NONCE_BYTES)
    yield nonce
    cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
    held, counter = bytearray(), 0
    for piece in content:
        held += piece
        while len(held) > age.CHUNK:  # a full chunk waits: it may be the last
            yield cipher.encrypt(_stream_nonce(counter, last=False), bytes(held[: age.CHUNK]), None)
            del held[: age.CHUNK]
            counter += 1
    yield cipher.encrypt(_stream_nonce(counter, last=True), bytes(held), None)


def wrap(content: bytes, recipient: str, chance: Chance) -> bytes:
    """Return the age file of a few bytes."""
    return b"".join(encrypt([content], recipient, chance))


def _header(file_key: bytes, public: bytes, secret: bytes) -> bytes:
    ephemeral = X25519PrivateKey.from_private_bytes(secret)
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    wrapping = _derive(shared, share + public, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(STREAM_NONCE), file_key, None)
    head = b"%s\n-> X25519 %s\n%s\n---" % (age.FORMAT.encode(), _base64(share), _base64(body))
    mac = hmac.digest(_derive(file_key, b"", b"header"), head, "sha256")
    return b"%s %s\n" % (head, _base64(mac))


def _derive(material: bytes, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 (RFC 5869)."""
    key = hmac.digest(salt or bytes(hashlib.sha256().digest_size), material, "sha256")
    return hmac.digest(key, info + b"\x01", "sha256")


def _stream_nonce(counter: int, *, last: bool) -> bytes:
    return counter.to_bytes(STREAM_NONCE - 1, "big") + bytes([last])


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
