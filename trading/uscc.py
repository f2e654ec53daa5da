"""The unified social credit code (统一社会信用代码) of GB 32100-2015, with the organisation code inside it."""

import unicodedata
from collections.abc import Container

from trading.errors import InvalidInput
from trading.text import mark as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
BASIS = "GB 32100-2015"


class WrongCode(InvalidInput):
    """The text is not a unified social credit code."""

    code = "uscc_wrong"
    basis = BASIS
    next_step = _("Copy the code from the business licence or certificate.")


class WrongLength(WrongCode):
    """Not 18 characters."""

    code = "uscc_length"


class ForeignCharacter(WrongCode):
    """A character outside the alphabet of the standard."""

    code = "uscc_alphabet"


class WrongCheckCharacter(WrongCode):
    """The 18th character does not follow from the first 17."""

    code = "uscc_check_character"


class WrongOrganisationCode(WrongCode):
    """The 17th character does not follow from the 8 before it."""

    code = "uscc_organisation_code"
    basis = "GB 11714-1997"


def normalise(text: str) -> str:
    """Return the code as the standard writes it: half-width, upper case, without space around it."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def check_character(first: str) -> str:
    """Return the 18th character for the first 17."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(first: str) -> str:
    """Return the check character of an organisation code for its first 8."""
    total = sum(int(c, 36) * w for c, w in zip(first, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def check(text: str, exceptions: Container[str] = ()) -> str:
    """Return the normalised code.

    A code listed in `exceptions` (entered by a regulator with a reason) needs the right length and
    alphabet only. Raises a kind of WrongCode.
    """
    code = normalise(text)
    if len(code) != 18:
        raise WrongLength("The code has %(length)s characters; 18 are needed.", length=len(code))
    foreign = sorted(set(code) - set(ALPHABET))
    if foreign:
        raise ForeignCharacter("The code contains %(characters)s.", characters=" ".join(foreign))
    if code in exceptions:
        return code
    expected = check_character(code[:17])
    if code[17] != expected:
        raise WrongCheckCharacter(
            "The check character is %(given)s; %(expected)s follows from the rest.", given=code[17], expected=expected
        )
    inner = organisation_check_character(code[8:16])
    if code[16] != inner:
        raise WrongOrganisationCode(
            "The organisation code inside ends in %(given)s; %(expected)s follows from the rest.",
            given=code[16],
            expected=inner,
        )
    return code
