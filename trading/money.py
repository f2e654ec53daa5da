"""Money: yuan as Decimal with two places, in figures, in JSON and in words (大写金额)."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

from trading.errors import InvalidInput
from trading.text import mark as _

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999999999.99")  # numeric(18, 2)
CURRENCY = "CNY"
LONGEST_WORDS = 60

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")


class WrongAmount(InvalidInput):
    """The text or value is not an amount of money."""

    code = "amount_wrong"
    next_step = _("Write the amount in yuan with at most two decimals, such as 1368000.00.")


def parse(text: str, *, negative: bool = False) -> Decimal:
    """Return the amount that `text` writes in plain figures: up to 16 digits, up to two decimals.

    Signs (unless `negative`), exponents, separators, spaces, leading zeros and other scripts are refused.
    Raises WrongAmount.
    """
    sign = "-?" if negative else ""
    if not isinstance(text, str) or not re.fullmatch(rf"{sign}(0|[1-9][0-9]{{0,15}})(\.[0-9]{{1,2}})?", text):
        raise WrongAmount("%(text)s is not an amount in yuan.", text=str(text)[:40])
    return Decimal(text).quantize(CENT)


def to_cent(value: Decimal) -> Decimal:
    """Return the value rounded half up to the cent. Raises WrongAmount if it is not finite or too large."""
    if not value.is_finite() or abs(value) > LARGEST:
        raise WrongAmount("%(text)s is not an amount in yuan.", text=str(value)[:40])
    with localcontext() as context:
        context.prec = 60
        return value.quantize(CENT, rounding=ROUND_HALF_UP)


def to_json(amount: Decimal) -> dict[str, str]:
    """Return the amount as the API writes it."""
    return {"amount": format(to_cent(amount), "f"), "currency": CURRENCY}


def from_json(value: object) -> Decimal:
    """Return the amount that `to_json` wrote. Raises WrongAmount."""
    if not isinstance(value, Mapping) or set(value) != {"amount", "currency"} or value["currency"] != CURRENCY:
        raise WrongAmount("An amount is written as an object with amount and currency CNY.")
    return parse(value["amount"], negative=True)


def in_words(amount: Decimal) -> str:
    """Return the amount in capital numerals: 壹佰叁拾陆万捌仟元整.

    Source: rules on filling in bills (支付结算办法, annex 1). Raises WrongAmount below zero, above the largest
    amount, or between cents.
    """
    if to_cent(amount) != amount or amount < 0:
        raise WrongAmount("%(text)s cannot be written in words.", text=str(amount)[:40])
    cents = int(amount * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not fen:
        return f"{words or '零元'}整"
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif words:
        words += DIGITS[0]
    return words + (f"{DIGITS[fen]}分" if fen else "")


def from_words(text: str) -> Decimal:
    """Return the amount that `in_words` wrote. Raises WrongAmount."""
    found = re.fullmatch(r"(?:(?P<yuan>.+)元)?整?零?(?:(?P<jiao>.)角)?(?:(?P<fen>.)分)?", text)
    if not found or len(text) > LONGEST_WORDS:
        raise WrongAmount("%(text)s is not an amount in words.", text=text[:80])
    tenths, hundredths = (DIGITS.find(found[part] or DIGITS[0]) for part in ("jiao", "fen"))
    amount = _number(found["yuan"] or "") + Decimal(10 * tenths + hundredths) / 100
    if amount < 0 or amount > LARGEST or in_words(amount) != text:
        raise WrongAmount("%(text)s is not an amount in words.", text=text[:80])
    return amount.quantize(CENT)


def _whole(number: int) -> str:
    """Return a number from 1 up in words: groups of four digits, 万 between them, 亿 over eight."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = DIGITS[0] if 0 < low < size // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low) if low else ''}"
    words = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += DIGITS[digit] + PLACES[place]
        elif words and not words.endswith(DIGITS[0]):
            words += DIGITS[0]
    return words.rstrip(DIGITS[0])


def _number(words: str) -> Decimal:
    """Return the whole number that the words add up to; `in_words` then proves them."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        high, found, low = words.partition(name)
        if found:
            return _number(high) * size + _number(low)
    total, digit = Decimal(0), 0
    for character in words:
        if character in DIGITS:
            digit = DIGITS.index(character)
        elif character in PLACES:
            total, digit = total + digit * 10 ** PLACES.index(character), 0
    return total + digit
