"""A place in a JSON document: what stands there, where it is, and what is wrong with it.

Every reader returns a value even where it found a fault, so that one reading names all faults.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Self

from bids.evaluation import figures
from trading.errors import InvalidInput
from trading.text import mark as _

LONGEST_TEXT = 200
LONGEST_WHOLE = 9  # digits of a JSON number
SHOWN = 44


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a JSON pointer (RFC 6901), `/` for the whole document; `code` where it has a name."""

    pointer: str
    reason: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.reason}"


class Faulty(InvalidInput):
    """The document cannot be evaluated; `faults` names every fault found."""

    code = "evaluation_document_wrong"
    next_step = _("Mend the document at the places named and evaluate it again.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("%(faults)s", faults="\n".join(map(str, self.faults)))


class Members(dict[str, object]):
    """An object of the document; `twice` are the names that stand in it more than once."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        names = [name for name, _value in pairs] if len(pairs) != len(self) else []
        self.twice = sorted({name for name in names if names.count(name) > 1})


class Literal(str):
    """A number as JSON wrote it, where only a small whole number may stand without quotes."""

    __slots__ = ()


def shown(value: object) -> str:
    """Return a value for a fault's reason: on one line and not long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = value if isinstance(value, Literal) else json.dumps(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def escaped(name: str) -> str:
    """Return a member's name as a JSON pointer writes it, on one line."""
    plain = name if name.isprintable() else json.dumps(name)[1:-1]
    return plain.replace("~", "~0").replace("/", "~1")


def load(text: str) -> object:
    """Return the JSON value. Raises Faulty."""
    try:
        return json.loads(
            text, object_pairs_hook=Members, parse_float=Literal, parse_constant=Literal, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise Faulty([Fault("", f"not JSON: {error.msg}, line {error.lineno}, column {error.colno}")]) from error
    except RecursionError as error:
        raise Faulty([Fault("", "nested too deeply")]) from error


def _whole(text: str) -> int | Literal:
    return int(text) if len(text) <= LONGEST_WHOLE else Literal(text)


@dataclass(frozen=True, slots=True)
class Place:
    value: object
    pointer: str = ""
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, reason: str, code: str = "") -> None:
        self.faults.append(Fault(self.pointer, reason, code))

    def at(self, key: str | int) -> Self:
        """Return the member or entry, which must be there."""
        value = self.value[key]  # type: ignore[index]  # the callers have looked
        return type(self)(value, f"{self.pointer}/{escaped(str(key))}", self.faults)

    def members(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Self]:
        """Return the object's members by name; an optional one that is null is left out."""
        required, known = set(required), {*required, *optional}
        value = self.named()
        for name in sorted(set(value) - known):
            self.at(name).refuse("unknown key")
        missing = sorted(required - set(value))
        if missing and isinstance(self.value, Members):
            self.refuse(f"lacks {', '.join(missing)}")
        return {
            name: self.at(name) for name in value if name in known and (name in required or value[name] is not None)
        }

    def named(self) -> Members:
        """Return the object; names that stand twice are refused."""
        if not isinstance(self.value, Members):
            self.refuse(f"must be an object, not {shown(self.value)}")
            return Members([])
        for name in self.value.twice:
            self.at(name).refuse("stands twice")
        return self.value

    def entries(self) -> list[Self]:
        if not isinstance(self.value, list):
            self.refuse(f"must be a list, not {shown(self.value)}")
            return []
        return [self.at(index) for index in range(len(self.value))]

    def text(self) -> str:
        """Return a text of 1 to 200 printable characters."""
        value = self.value
        if isinstance(value, str) and not isinstance(value, Literal) and 0 < len(value) <= LONGEST_TEXT:
            if value.isprintable():
                return value
            self.refuse("holds a character that cannot be printed")
            return ""
        self.refuse(f"must be a text of 1 to {LONGEST_TEXT} characters, not {shown(value)}")
        return ""

    def one_of(self, allowed: Iterable[str]) -> str:
        allowed = tuple(allowed)
        if isinstance(self.value, str) and self.value in allowed:
            return str(self.value)
        self.refuse(f"must be one of {', '.join(allowed)}, not {shown(self.value)}")
        return allowed[0]

    def yes(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(f"must be true or false, not {shown(self.value)}")
        return self.value is True

    def whole(self, least: int, most: int) -> int:
        """Return a JSON number without a fraction, from `least` to `most`."""
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.refuse(f"must be a whole number from {least} to {most}, not {shown(value)}")
        return least

    def number(self, least: int | None = 0, most: int | None = None, *, above: int | None = None) -> Fraction:
        """Return the exact value of a decimal string from `least` to `most`, or greater than `above`."""
        value = self.decimal()
        outside = (
            (above is not None and value <= above)
            or (above is None and least is not None and value < least)
            or (most is not None and value > most)
        )
        if outside:
            low = f"above {above}" if above is not None else f"from {least}"
            self.refuse(f"must be {low}{f' to {most}' if most is not None else ''}, not {value}")
        return Fraction(value)

    def decimal(self) -> Decimal:
        """Return the number of a decimal string; no JSON number, exponent, NaN or sign of plus."""
        value = self.value
        if isinstance(value, str) and not isinstance(value, Literal):
            number = figures.written(value)
            if number is not None:
                return number
        self.refuse(
            f'must be a decimal string such as "12.50", with at most 16 digits and 8 places, not {shown(value)}'
        )
        return Decimal(1)


def unlike(places: Iterable[tuple[Place, str]], what: str) -> None:
    """Refuse each name that stood before."""
    seen: set[str] = set()
    for place, name in places:
        if name and name in seen:
            place.refuse(f"the {what} {name} stands twice")
        seen.add(name)
