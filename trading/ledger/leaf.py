"""An entry of the ledger (ptlog/1): its members, its canonical bytes, and the strict reading of bytes.

The bytes are the evidence; the JSON is only a view of them. The profile of RFC 8785 here has no floats and only simple
keys, so that the standard library's `json.dumps(sort_keys=True)` gives the canonical form.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Never
from uuid import UUID

MAX_BYTES = 65_535
MAX_INTEGER = 2**53 - 1
KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
TYPE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ORIGIN = re.compile(r"[!-*,-~]+")
SEALED_TYPE = "sealed.entry"
SEALED_DOMAIN = b"ptlog sealed v1\n"
NOBODY = {"id": "-", "role": "-", "auth": "-"}
NOTHING = {"type": "-", "id": "-"}
COVER = b'{"type":"cover"}'
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class LeafError(ValueError):
    """A value or bytes that are no entry of this ledger."""


def check(value: object) -> None:
    """Raise LeafError unless `value` lies in the profile: no floats, no big integers, simple keys, no surrogates."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise LeafError("a string holds a lone surrogate")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not KEY.fullmatch(key):
                raise LeafError(f"the key {key!r} does not match {KEY.pattern}")
            check(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check(item)
    else:
        check_scalar(value)


def check_scalar(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if not isinstance(value, int):
        raise LeafError(f"{type(value).__name__} is not a value of the ledger: write money and times as text")
    if abs(value) > MAX_INTEGER:
        raise LeafError(f"the integer {value} is beyond 2^53-1")


def encode(value: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an object in the profile. Raises LeafError."""
    check(value)
    return to_bytes(value)


def to_bytes(value: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an object that was checked already. Raises LeafError if they are too many."""
    data = ENCODER.encode(value).encode()
    if len(data) > MAX_BYTES:
        raise LeafError(f"an entry has at most {MAX_BYTES} bytes, not {len(data)}")
    return data


def refuse(text: str) -> Never:
    raise LeafError(f"{text} is not a number of the ledger")


def decode(data: bytes) -> dict[str, Any]:
    """Return the object whose canonical bytes are `data`. Raises LeafError if they are not canonical."""
    try:
        value = json.loads(data, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise LeafError(f"not an entry: {error}") from error
    if not isinstance(value, dict):
        raise LeafError("an entry is a JSON object")
    if encode(value) != data:
        raise LeafError("the bytes are not canonical")
    return value


def check_members(entry: Mapping[str, Any], log: str) -> None:
    """Raise LeafError unless the object has the members that every entry of `log` has, each in its form."""
    forms: dict[str, bool] = {
        "v": entry.get("v") == 1 and entry.get("v") is not True,
        "log": entry.get("log") == log,
        "id": matches(UUID7, entry.get("id")),
        "at": matches(AT, entry.get("at")),
        "type": matches(TYPE, entry.get("type")),
        "actor": is_record(entry.get("actor"), {"id", "role", "auth"}, {"org"}),
        "subject": is_record(entry.get("subject"), {"type", "id"}, set()),
        "tender": "tender" in entry and (entry["tender"] is None or isinstance(entry["tender"], str)),
        "data": isinstance(entry.get("data"), dict),
    }
    for name, good in forms.items():
        if not good:
            raise LeafError(f"the member {name!r} is missing or malformed: {entry.get(name)!r}")
    if extra := entry.keys() - forms.keys():
        raise LeafError(f"unknown members: {', '.join(sorted(extra))}")


def matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_record(value: object, required: set[str], optional: set[str]) -> bool:
    """Return whether `value` is an object of strings with the required and at most the optional keys."""
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        return False
    return required <= value.keys() <= required | optional


def uuid7(milliseconds: int, randomness: bytes) -> UUID:
    """Return a UUID version 7 (RFC 9562, 5.7) of a Unix time in milliseconds and 10 random bytes."""
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(randomness[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0b11 << 62) | 0b10 << 62)
