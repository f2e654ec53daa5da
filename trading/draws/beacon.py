"""The last entropy of a draw: which beacons a record may name, and the one form each value has.

Pure. A beacon becomes known after every contribution is on the table, so nobody can withhold one
to steer. Labels are `drand:<round>`, `physical:<digits>`, `cwl-ssq:<issue>` and `nist:<time>`;
the value of dice is their digits in roll order, as text.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from trading.draws.wire import Malformed, parse_hex
from trading.errors import RuleError
from trading.text import mark as _

DICE = 20
TAKEN = ("physical", "drand")
SSQ_ISSUE = re.compile(r"20[0-9]{5}")
NIST_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}Z")
SSQ_VALUE = re.compile(rb"((?:[1-9][0-9]?\.){6})/([1-9][0-9]?)\./")


def label(source: dict[str, Any]) -> str:
    """Return the label of a beacon that a commit record names, e.g. `physical:20`."""
    kind = source["kind"]
    form = FORMS.get(kind) if isinstance(kind, str) else None
    if form is None or set(source) != {"kind", *form[0]}:
        raise Malformed("The record names no beacon of the protocol.", code="bad_beacon")
    members, is_well_formed, _value = form
    if not is_well_formed(source):
        raise Malformed("The beacon %(kind)s is malformed.", code="bad_beacon", kind=kind)
    return f"{kind}:{source[members[-1]]}"


def check_value(label: str, value: bytes) -> None:
    """Refuse a beacon value that is not of the form its label promises."""
    kind, parameter = label.split(":", 1)
    if not FORMS[kind][2](parameter, value):
        raise Malformed("The value of %(label)s is malformed.", code="bad_beacon_value", label=label)


def check_taken(source: dict[str, Any]) -> None:
    """Refuse a beacon that no act of the platform takes: its draw could never end.

    Dice and drand leave at least 64 bits after the contributions are sealed, and nobody can choose them
    (ggzy-draw/1, 2 row 11 and 3.9).
    """
    if source.get("kind") not in TAKEN:
        raise RuleError(
            "A draw takes its last entropy from %(kinds)s.",
            code="beacon_not_taken",
            basis="ggzy-draw/1, 1, 3.9",
            next_step=_("Prepare the draw with dice, or with a drand round."),
            kinds=", ".join(TAKEN),
        )


def ssq_value(reds: Sequence[int], blue: int) -> bytes:
    """Return a double-colour-ball draw in the form of RFC 3797: `1.5.9.12.20.33./7./`."""
    value = "".join(f"{number}." for number in sorted(reds)).encode() + f"/{blue}./".encode()
    check_value("cwl-ssq:2026001", value)
    return value


def _is_drand(source: dict[str, Any]) -> bool:
    parse_hex(source["chain"], "The chain", size=32)
    return _is_positive(source["round"])


def _is_positive(value: object) -> bool:
    return type(value) is int and value >= 1


def _is_dice(source: dict[str, Any]) -> bool:
    """At least 20 ten-sided dice: 66 bits of entropy after the seal."""
    return type(source["digits"]) is int and DICE <= source["digits"] <= 100


def _are_digits(parameter: str, value: bytes) -> bool:
    """The digits in roll order as text: a leading zero counts."""
    return len(value) == int(parameter) and value.isdigit()


def _is_ssq(_parameter: str, value: bytes) -> bool:
    match = SSQ_VALUE.fullmatch(value)
    if match is None:
        return False
    reds = [int(number) for number in match[1].split(b".")[:-1]]
    return reds == sorted(set(reds)) and reds[-1] <= 33 and int(match[2]) <= 16


Form = tuple[tuple[str, ...], Callable[[dict[str, Any]], bool], Callable[[str, bytes], bool]]
FORMS: dict[str, Form] = {
    "drand": (("chain", "round"), _is_drand, lambda _, value: len(value) == 32),
    "physical": (("digits",), _is_dice, _are_digits),
    "cwl-ssq": (
        ("issue",),
        lambda source: isinstance(source["issue"], str) and bool(SSQ_ISSUE.fullmatch(source["issue"])),
        _is_ssq,
    ),
    "nist": (
        ("time",),
        lambda source: isinstance(source["time"], str) and bool(NIST_TIME.fullmatch(source["time"])),
        lambda _, value: len(value) == 64,
    ),
}
