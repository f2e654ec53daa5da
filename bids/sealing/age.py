"""The age file (age-encryption.org/v1) as a sealed bid must be: to exactly one X25519 recipient, read without any key.

Stricter than age itself: one stanza, nothing else, so that the header is always 168 bytes and hides nothing. Pure.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import xor

from trading.errors import InvalidInput
from trading.text import mark as _

FORMAT = "age-encryption.org/v1"
MARK = b"age-encryption.org"
HEADER_BYTES = 168  # 22 version, 54 stanza, 44 body, 48 MAC
NONCE_BYTES = 16
HEAD_BYTES = HEADER_BYTES + NONCE_BYTES
CHUNK = 65_536
TAG = 16
KEY_BYTES = 32

PRIME = 2**255 - 19
LOW_ORDER = {
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    PRIME - 1,
    PRIME,
    PRIME + 1,
}  # u-coordinates of at most 255 bits

STANZA = re.compile(rb"-> X25519 ([0-9A-Za-z+/]{43})")
BODY = re.compile(rb"([0-9A-Za-z+/]{43})")
MAC = re.compile(rb"--- ([0-9A-Za-z+/]{43})")

RECIPIENT = "age"
IDENTITY = "age-secret-key-"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
TERMS = [reduce(xor, (term for place, term in enumerate(GENERATOR) if top >> place & 1), 0) for top in range(32)]
CHECKSUM = 6


class NotEncrypted(InvalidInput):
    """The file is not an age file at all."""

    code = "not_encrypted"
    basis = "电子招标投标办法 26"
    next_step = _("Seal the bid on its page or with the sealing tool, and send what that made.")


class WrongAgeFile(InvalidInput):
    """An age file of another form than sealed bids and their shares have."""

    code = "age_wrong"
    basis = "电子招标投标办法 26"
    next_step = _("Seal the bid again on its page or with the sealing tool.")


class WrongKey(InvalidInput):
    """The text is not an age recipient or identity of X25519."""

    code = "age_key_wrong"
    next_step = _("Copy the whole key, from age1 or AGE-SECRET-KEY-1 to its last character.")


@dataclass(frozen=True, slots=True)
class Header:
    """The three values of a header: the ephemeral share, the wrapped file key, the MAC; 32 bytes each."""

    share: bytes
    body: bytes
    mac: bytes


def parse_header(head: bytes) -> Header:
    """Return the header of an age file from its first HEAD_BYTES (more are ignored).

    Exactly: the version line, one X25519 stanza of one argument and one body line, the MAC line, a nonce; LF only,
    base64 canonical. Raises NotEncrypted or WrongAgeFile, whose code says which line: age_version, age_stanza, age_mac,
    age_nonce, age_share.
    """
    if not head.startswith(MARK):
        raise NotEncrypted("The file is not encrypted.")
    version, stanza, body, mac, *_more = [*head[:HEADER_BYTES].split(b"\n"), b"", b"", b""]
    if version != FORMAT.encode():
        raise WrongAgeFile("The file's first line is not that of age, version 1.", code="age_version")
    header = Header(_value(STANZA, stanza), _value(BODY, body), _value(MAC, mac))
    if head[HEADER_BYTES - 1 : HEADER_BYTES] != b"\n":
        raise WrongAgeFile("The header does not end after its MAC.", code="age_mac")
    if len(head) < HEAD_BYTES:
        raise WrongAgeFile("The file ends inside its nonce.", code="age_nonce")
    if of_low_order(header.share):
        raise WrongAgeFile("The header's key is a point of low order.", code="age_share")
    return header


def _value(pattern: re.Pattern[bytes], line: bytes) -> bytes:
    """Return the 32 bytes that the line carries in canonical unpadded base64."""
    found = pattern.fullmatch(line)
    data = base64.b64decode(found[1] + b"=") if found else b""
    if not found or base64.b64encode(data)[:-1] != found[1]:
        if pattern is MAC:
            raise WrongAgeFile("The header's MAC is malformed or does not follow the recipient.", code="age_mac")
        raise WrongAgeFile("The header does not name one X25519 recipient and no other.", code="age_stanza")
    return data


def of_low_order(point: bytes) -> bool:
    """Return whether every exchange with this X25519 point gives zero (RFC 7748, 6.1)."""
    return int.from_bytes(point, "little") & (1 << 255) - 1 in LOW_ORDER


def payload_size(total: int, header: int = HEADER_BYTES) -> int:
    """Return the bytes of plaintext in an age file of `total` bytes.

    STREAM: chunks of 64 KiB, each with its tag; the last is empty only where the whole is. Raises WrongAgeFile
    (age_payload).
    """
    sealed = total - header - NONCE_BYTES
    full, rest = divmod(sealed, CHUNK + TAG)
    fits = rest == 0 or rest > TAG or (rest == TAG and not full)
    if sealed < TAG or not fits:
        raise WrongAgeFile("No encrypted content has %(size)s bytes.", code="age_payload", size=sealed)
    return sealed - TAG * (full + (rest > 0))


def file_size(plain: int) -> int:
    """Return the bytes of the age file that `plain` bytes of plaintext make; the inverse of `payload_size`."""
    return HEAD_BYTES + plain + TAG * max(1, -(-plain // CHUNK))


def decode_recipient(text: object) -> bytes:
    """Return the X25519 public key of `age1…`, lower case. Raises WrongKey."""
    key = _decode(RECIPIENT, text)
    if of_low_order(key):
        raise WrongKey("The recipient is a point of low order.")
    return key


def encode_recipient(public: bytes) -> str:
    return _encode(RECIPIENT, public)


def decode_identity(text: object) -> bytes:
    """Return the secret of `AGE-SECRET-KEY-1…`, upper case. Raises WrongKey, which does not repeat the text."""
    if not isinstance(text, str) or text != text.upper():
        raise WrongKey("That is not a secret key of age.")
    return _decode(IDENTITY, text.lower())


def encode_identity(secret: bytes) -> str:
    return _encode(IDENTITY, secret).upper()


def _encode(prefix: str, data: bytes) -> str:
    """Return the Bech32 (BIP 173) of 32 bytes, without its limit of 90 characters."""
    bits = int.from_bytes(data, "big") << 4
    values = [bits >> shift & 31 for shift in range(255, -1, -5)]
    check = _polymod([*_expanded(prefix), *values, *[0] * CHECKSUM]) ^ 1
    values += [check >> 5 * (CHECKSUM - 1 - place) & 31 for place in range(CHECKSUM)]
    return f"{prefix}1{''.join(BECH32[value] for value in values)}"


def _decode(prefix: str, text: object) -> bytes:
    """Return the 32 bytes; only what `_encode` writes is read: no other case, length or padding."""
    digits = text.removeprefix(f"{prefix}1") if isinstance(text, str) else ""
    values = [BECH32.find(digit) for digit in digits]
    data = b""
    if len(values) == 52 + CHECKSUM and min(values) >= 0:
        bits = 0
        for value in values[:52]:
            bits = bits << 5 | value
        data = (bits >> 4).to_bytes(KEY_BYTES, "big")
    if not data or _encode(prefix, data) != text:
        raise WrongKey("That is not a key of age (%(prefix)s1…).", prefix=prefix)
    return data


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value ^ TERMS[top]
    return check
