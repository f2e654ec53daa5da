"""RFC 8785, the JSON Canonicalization Scheme: one value, one sequence of bytes.

The ledger's own entries use a narrower profile without floats (leaf.py); this is the whole scheme, for other documents.
"""

import json
import math
from collections.abc import Mapping, Sequence

TYPE_ERROR = "not a JSON value: {}"


def encode(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of a JSON value. Raises ValueError or TypeError for what I-JSON lacks."""
    return text(value).encode()


def text(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = sorted(value.items(), key=lambda pair: sort_key(pair[0]))
        return "{" + ",".join(f"{string(key)}:{text(item)}" for key, item in pairs) + "}"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return "[" + ",".join(text(item) for item in value) + "]"
    return scalar(value)


def sort_key(key: object) -> bytes:
    """Return the UTF-16 code units by which RFC 8785, 3.2.3 sorts."""
    if not isinstance(key, str):
        raise TypeError(TYPE_ERROR.format("a key that is no string"))
    return key.encode("utf-16-be", "surrogatepass")


def string(value: str) -> str:
    value.encode()  # a lone surrogate is refused here
    return json.dumps(value, ensure_ascii=False)


def scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return number(float(value))
    if isinstance(value, float):
        return number(value)
    raise TypeError(TYPE_ERROR.format(type(value).__name__))


def number(value: float) -> str:
    """Return a double as ECMAScript prints it (RFC 8785, 3.2.2.3)."""
    if not math.isfinite(value):
        raise ValueError("NaN and infinity are not JSON numbers")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, exponent = f"{abs(value)!r}".partition("e")[::2]
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    point = len(whole) + int(exponent or 0) - leading
    return sign + place_point(digits.rstrip("0"), point)


def place_point(digits: str, point: int) -> str:
    """Return the digits with the decimal point after `point` of them, as ECMA-262 Number::toString."""
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    exponent = point - 1
    head = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{head}e{'+' if exponent > 0 else '-'}{abs(exponent)}"
