"""What tells who a person is: the citizen's number of GB 11643, a mobile number, and how each is masked. Pure.

No refusal repeats what was typed: refusals are logged and shown, personal data is not (GB/T 35273, 6.3 and 7.2).
"""

import re
import unicodedata
from datetime import date

from trading.errors import InvalidInput
from trading.text import mark as _

BASIS = "GB 11643-1999; GB/T 35273-2020 5.2"
WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
CHECKS = "10X98765432"
NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
UNKNOWN = "—"


class WrongIdentity(InvalidInput):
    """A citizen's number or a telephone number that cannot be one."""

    code = "identity_wrong"
    basis = BASIS
    next_step = _("Copy it from the identity card, digit by digit.")


def check_character(first: str) -> str:
    """Return the 18th character of a citizen's number for its first 17."""
    return CHECKS[sum(int(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 11]


def plain(text: str) -> str:
    """Return what was typed, half-width, upper case, without spaces."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def check_number(text: str) -> str:
    """Return the citizen's number as GB 11643 writes it. Raises WrongIdentity."""
    number = plain(text)
    if not NUMBER.fullmatch(number) or check_character(number[:17]) != number[17]:
        raise WrongIdentity("This is no citizen's identity number.", code="id_number_wrong")
    birthday(number)
    return number


def birthday(number: str) -> date:
    """Return the date of birth that a citizen's number holds. Raises WrongIdentity."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise WrongIdentity("This is no citizen's identity number.", code="id_number_wrong") from error


def check_phone(text: str) -> str:
    """Return a mobile number of the mainland, its eleven digits. Raises WrongIdentity."""
    number = plain(text).removeprefix("+86")
    if not MOBILE.fullmatch(number):
        raise WrongIdentity(
            "This is no mobile number.", code="phone_wrong", next_step=_("Give the eleven digits of a mobile number.")
        )
    return number


def masked_name(name: str) -> str:
    """Return a name but for the family name: 张*."""
    return name[:1] + "*" * (len(name) - 1) if name else UNKNOWN


def masked_number(number: str) -> str:
    """Return a citizen's number but for its ends: 510699********1234."""
    return _ends(number, 6, 4)


def masked_phone(phone: str) -> str:
    """Return a telephone number but for its ends: 138****5678."""
    return _ends(phone, 3, 4)


def masked_account(account: str) -> str:
    """Return a bank account's last four digits."""
    return _ends(account, 0, 4)


def masked_email(email: str) -> str:
    """Return an address with the first letter of its box: z***@example.com."""
    box, at, host = email.partition("@")
    return f"{box[:1]}***{at}{host}" if at else UNKNOWN


def _ends(text: str, first: int, last: int) -> str:
    hidden = len(text) - first - last
    if hidden <= 0:
        return "*" * len(text) or UNKNOWN
    return text[:first] + "*" * hidden + text[-last:]
