"""Decimal figures: read strictly, kept exactly, rounded as told, printed plainly."""

import math
import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,8})?")
MODES = ("half_up", "half_even", "up", "down")
LONG = 40  # places of a figure that never ends, such as a third
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])  # a result that does not fit is an error


def written(text: str) -> Decimal | None:
    """Return the number of a decimal string: at most 16 digits, then at most 8 places; None for anything else."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def added(values: Iterable[Fraction]) -> Fraction:
    """Return the exact sum; for many values, over one denominator."""
    values = tuple(values)
    whole = math.lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (whole // value.denominator) for value in values), whole)


def rounded(value: Fraction, places: int, mode: str) -> Fraction:
    """Return the value with so many decimal places; halves and rests go as `mode`, one of MODES, says."""
    scale = 10**places
    whole, rest = divmod(abs(value.numerator) * scale, value.denominator)
    twice = 2 * rest - value.denominator
    upwards = {
        "half_up": twice >= 0,
        "half_even": twice > 0 or (twice == 0 and whole % 2 == 1),
        "up": rest > 0,
        "down": False,
    }[mode]
    whole += upwards
    return Fraction(whole if value >= 0 else -whole, scale)


def fixed(value: Fraction, places: int) -> str:
    """Return a value that has at most so many places, with all of them: 71.10."""
    scaled = value * 10**places
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def exact(value: Fraction, least: int = 0) -> str:
    """Return every digit, at least so many places: 71.149. What never ends is rounded half up to 40 places."""
    places, rest = least, value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest > 1:
        return fixed(rounded(value, LONG, "half_up"), LONG)
    return fixed(value, max(places, twos, fives))
