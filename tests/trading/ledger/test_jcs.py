"""RFC 8785 against the reference test data."""

import json
import struct
from pathlib import Path

import pytest

from trading.ledger import jcs

VECTORS = json.loads(Path("tests/vectors/ledger/rfc8785_jcs.json").read_text())


@pytest.mark.parametrize("case", VECTORS["objects"], ids=lambda case: case["name"])
def test_the_reference_objects(case):
    assert jcs.encode(json.loads(case["input_utf8"])).hex() == case["output_hex"]


@pytest.mark.parametrize("case", VECTORS["es6_numbers"], ids=lambda case: case["ieee754_hex"])
def test_the_reference_numbers(case):
    assert jcs.number(struct.unpack(">d", bytes.fromhex(case["ieee754_hex"].zfill(16)))[0]) == case["text"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-1.5, "-1.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (123.456, "123.456"),
        (5e-324, "5e-324"),
    ],
)
def test_numbers_as_ecmascript_prints_them(value, text):
    assert jcs.number(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, b"bytes", "\ud800", object()])
def test_what_json_does_not_hold_is_refused(value):
    with pytest.raises((ValueError, TypeError), match=r".+"):
        jcs.encode(value)
