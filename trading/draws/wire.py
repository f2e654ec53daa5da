"""The bytes of `ggzy-draw/1`: suites, length-prefixed hashes, the key derivation, canonical JSON.

Pure. Everything a draw hashes passes through here; the layout is fixed by docs/draw.md.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from trading.errors import InvalidInput

PROTOCOL = "ggzy-draw/1"
SUITES = ("sha256", "sm3")
BLOCK = 64
LARGEST = 2**53


class Malformed(InvalidInput):
    """Bytes that the draw protocol does not allow; `code` names what is wrong."""

    code = "malformed"


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def tag(name: str) -> bytes:
    """Return T(name): the domain of a hash."""
    return f"{PROTOCOL}/{name}".encode("ascii") + b"\x00"


def length_value(value: bytes) -> bytes:
    """Return LV(value): four bytes of length, then the value."""
    return u32(len(value)) + value


def suite_of(name: object) -> str:
    """Return `name` if it is a suite of the protocol; there is no fallback to another."""
    if name not in SUITES:
        raise Malformed("The suite must be sha256 or sm3, not %(suite)s.", code="bad_suite", suite=name)
    return str(name)


def digest(suite: str, message: bytes) -> bytes:
    return hashlib.new(suite, message).digest()


def mac(suite: str, key: bytes, message: bytes) -> bytes:
    """Return HMAC-H(key, message)."""
    return hmac.digest(key, message, suite)


def tagged_hash(suite: str, name: str, *parts: bytes) -> bytes:
    """Return HT(name, parts...)."""
    return digest(suite, tag(name) + b"".join(map(length_value, parts)))


def tagged_mac(suite: str, key: bytes, name: str, *parts: bytes) -> bytes:
    """Return MT(key, name, parts...)."""
    return mac(suite, key, tag(name) + b"".join(map(length_value, parts)))


def hkdf_extract(suite: str, salt: bytes, material: bytes) -> bytes:
    """Return the pseudo-random key of RFC 5869, 2.2; an empty salt is a block of zeros there."""
    return mac(suite, salt or bytes(hashlib.new(suite).digest_size), material)


def hkdf_expand(suite: str, key: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes of output key, RFC 5869, 2.3."""
    output = block = b""
    counter = 0
    while len(output) < length:
        counter += 1
        block = mac(suite, key, block + info + bytes([counter]))
        output += block
    return output[:length]


def keyed(suite: str, key: bytes, prefix: bytes) -> tuple[Any, Any]:
    """Return the inner and outer states of HMAC-H(key, prefix + ...), copied for each message."""
    if len(key) > BLOCK:
        key = digest(suite, key)
    block = key.ljust(BLOCK, b"\x00")
    inner = hashlib.new(suite, bytes(byte ^ 0x36 for byte in block) + prefix)
    return inner, hashlib.new(suite, bytes(byte ^ 0x5C for byte in block))


def merkle_root(suite: str, leaves: Iterable[bytes]) -> bytes:
    """Return the RFC 6962 root over leaf contents; H of nothing when there are none."""
    fresh = hashlib.new(suite, b"\x00").copy
    level = []
    for leaf in leaves:
        state = fresh()
        state.update(leaf)
        level.append(state.digest())
    if not level:
        return digest(suite, b"")
    node = hashlib.new(suite, b"\x01").copy
    while len(level) > 1:
        above = []
        for left, right in zip(level[::2], level[1::2], strict=False):
            state = node()
            state.update(left + right)
            above.append(state.digest())
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def canonical(value: object) -> bytes:
    """Return the one form of a record: sorted ASCII keys, no spaces, UTF-8, no float and no null.

    Raises Malformed for a value outside the profile.
    """
    try:
        _check(value)
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except RecursionError as error:
        raise Malformed("A record is nested too deeply.", code="not_canonical") from error
    return text.encode("utf-8")


def parse_canonical(raw: bytes, what: str) -> Any:
    """Return the value of `raw`, which must be exactly its canonical form."""
    value = parse_json(raw, what)
    if canonical(value) != raw:
        raise Malformed("%(what)s is not canonical JSON.", code="not_canonical", what=what)
    return value


def parse_json(raw: bytes, what: str) -> Any:
    """Return the value of UTF-8 JSON in which no member stands twice."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise Malformed("%(what)s is not JSON: %(why)s.", code="bad_json", what=what, why=error) from error


def parse_hex(text: object, what: str, *, size: int | None = None) -> bytes:
    """Return the bytes of lower-case hexadecimal, of `size` bytes if given."""
    digits = text if isinstance(text, str) else ""
    if not isinstance(text, str) or len(digits) % 2 or not set(digits) <= set("0123456789abcdef"):
        raise Malformed("%(what)s is not lower-case hexadecimal.", code="bad_hex", what=what)
    value = bytes.fromhex(digits)
    if size is not None and len(value) != size:
        raise Malformed(
            "%(what)s is %(have)s bytes, not %(need)s.",
            code="bad_hex",
            what=what,
            have=len(value),
            need=size,
        )
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key.isascii():
                raise Malformed("A key is not ASCII: %(key)s.", code="not_canonical", key=ascii(key))
        _check_all(value.values())
    elif isinstance(value, list):
        _check_all(value)
    elif isinstance(value, str):
        _check_text(value)
    elif not isinstance(value, int) or abs(value) >= LARGEST:
        raise Malformed("A record may not hold %(value)s.", code="not_canonical", value=ascii(value))


def _check_all(values: Iterable[object]) -> None:
    for value in values:
        _check(value)


def _check_text(value: str) -> None:
    surrogate = any("\ud800" <= character <= "\udfff" for character in value)
    if surrogate or not unicodedata.is_normalized("NFC", value):
        raise Malformed("A text is not in form NFC: %(value)s.", code="not_canonical", value=ascii(value))
