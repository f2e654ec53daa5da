"""What a custodian does outside the browser: open the wraps that the platform hands out after the deadline. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from bids.sealing import age, opening, shares
from trading.ledger import notes

UNREADABLE, FOREIGN, UNCOMMITTED = "unreadable", "foreign", "commit"


def open_wraps(wraps: Iterable[Mapping[str, Any]], holder: str, identity: str) -> dict[str, Any]:
    """Return {"holder", "shares", "bad"}, as the opening takes it, of wraps {"bid", "seq", "set", "commit", "wrap"}.

    A wrap that gives no share is listed in `bad` with its code and does not stop the others. Raises age.WrongKey.
    """
    secret = age.decode_identity(identity)
    good: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    for wrap in wraps:
        place = {"bid": wrap["bid"], "set": wrap["set"]}
        found = open_wrap(wrap, holder, secret)
        if isinstance(found, bytes):
            good.append({**place, "share": notes.base64_text(found)})
        else:
            bad.append({**place, "code": found})
    return {"holder": holder, "shares": good, "bad": bad}


def open_wrap(wrap: Mapping[str, Any], holder: str, secret: bytes) -> bytes | str:
    """Return the share inside, or why there is none: unreadable, foreign (of another bid, set or holder), commit."""
    try:
        held = opening.unwrap(notes.unbase64(wrap["wrap"]), secret)
    except (notes.NoteError, opening.NotDecryptable):
        return UNREADABLE
    label, share = held[: -shares.SHARE_BYTES], held[-shares.SHARE_BYTES :]
    _version, tender, *_rest = [*label.decode("ascii", "replace").split("\n"), ""]
    if label != shares.label(tender, str(wrap["bid"]), wrap["seq"], wrap["set"], holder):
        return FOREIGN
    return share if hashlib.sha256(held).digest() == notes.unbase64(wrap["commit"]) else UNCOMMITTED
