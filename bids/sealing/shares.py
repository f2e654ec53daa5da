"""The shares of a bid's secret: XOR over a set of holders, each share bound to its place and committed to. Pure.

A set opens when all its holders give their share; nobody short of a set learns anything. The bidder's own share (mode
TB) is the same 32 bytes in every set, written as one code of 52 characters.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from trading.errors import InvalidInput
from trading.text import mark as _

SHARE_BYTES = 32
BIDDER = "bidder"
CODE_LENGTH = 52
CODE = re.compile(r"[A-Z2-7]{51}[AQ]")  # the last character carries one bit only

Chance = Callable[[int], bytes]  # gives that many random bytes


class WrongShare(InvalidInput):
    """What was handed in is not the share that the envelope commits to."""

    code = "share_wrong"
    basis = "电子招标投标办法 30"
    next_step = _("Send the share that your own key opened, unchanged.")


class WrongShareCode(WrongShare):
    """The text is not a share's code of 52 characters."""

    code = "share_code_wrong"
    next_step = _("Type the 52 characters again as they stand in the rescue file: letters A to Z and digits 2 to 7.")


def label(tender: str, bid: str, seq: int, set_number: int, holder: str) -> bytes:
    """Return what a share is bound to; sets are counted from 0 (integrity.md 2.4)."""
    return f"ptseal-share/v1\n{tender}\n{bid}\n{seq}\n{set_number}\n{holder}\n".encode()


def commit(place: bytes, share: bytes) -> bytes:
    """Return the commitment to a share under its label."""
    return hashlib.sha256(place + share).digest()


def split(secret: bytes, holders: Sequence[str], chance: Chance, *, own: bytes = b"") -> dict[str, bytes]:
    """Return {holder: share} of one set; the XOR of all is the secret.

    `own` is the bidder's share, needed where the bidder holds one; the last of the others gets what is left.
    """
    others = [holder for holder in holders if holder != BIDDER]
    given = {BIDDER: own} if BIDDER in holders else {}
    if not others or any(len(share) != SHARE_BYTES for share in [secret, *given.values()]):
        raise ValueError("a set has a holder beside the bidder, and shares have 32 bytes")
    drawn = {holder: chance(SHARE_BYTES) for holder in others[:-1]}
    shares = {**drawn, **given}
    shares[others[-1]] = combine([secret, *shares.values()])
    return {holder: shares[holder] for holder in holders}


def combine(shares: Iterable[bytes]) -> bytes:
    """Return the XOR of shares of 32 bytes."""
    return reduce(lambda left, right: bytes(a ^ b for a, b in zip(left, right, strict=True)), shares)


def check_share(share: bytes, place: bytes, commitment: bytes) -> bytes:
    """Return the share if it is the one committed to under its label. Raises WrongShare."""
    if len(share) != SHARE_BYTES or not hmac.compare_digest(commit(place, share), commitment):
        raise WrongShare("The share is not the one that the bidder committed to.")
    return share


def unwrap(content: bytes, place: bytes, commitment: bytes) -> bytes:
    """Return the share in a wrap's decrypted content: the label, then the share. Raises WrongShare."""
    if not content.startswith(place):
        raise WrongShare("What the wrap holds belongs to another bid, set or holder.", code="share_foreign")
    return check_share(content.removeprefix(place), place, commitment)


def to_code(share: bytes) -> str:
    """Return the share as 52 characters of base32 (RFC 4648) without padding."""
    return base64.b32encode(share).decode().rstrip("=")


def from_code(text: str) -> bytes:
    """Return the share of its code as a person types it: any case and width, spaces and hyphens ignored.

    Raises WrongShareCode; the text is a secret and is not repeated.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != CODE_LENGTH:
        raise WrongShareCode(
            "The code has %(length)s characters; 52 are needed.", code="share_code_length", length=len(code)
        )
    if not CODE.fullmatch(code):
        raise WrongShareCode("The code holds a character that no such code has there.")
    return base64.b32decode(code + "====")
