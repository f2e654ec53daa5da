"""What a custodian does outside the browser: open the wraps that the platform hands out after the deadline. Pure.

A rehearsal proves the key before. Its test has a label of its own, so that no share is ever taken for one and told.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from bids.sealing import age, opening, shares
from trading.errors import InvalidInput
from trading.ledger import notes
from trading.text import mark as _

REHEARSAL = b"ptseal-rehearsal/v1\n"
UNREADABLE, FOREIGN, UNCOMMITTED = "unreadable", "foreign", "commit"


class NotATest(InvalidInput):
    """What the platform gave out as a test is none: it may be the share of a bid."""

    code = "not_a_test_wrap"
    basis = "招标投标法 22; 电子招标投标办法 27"
    next_step = _("Answer nothing and report it to the regulator: before the deadline nobody may ask for a share.")


def test_of(challenge: bytes) -> bytes:
    """Return what is wrapped for a rehearsal: its label, then 32 random bytes."""
    return REHEARSAL + challenge


def answer_to(wrap: bytes, identity: str) -> bytes:
    """Return the 32 bytes in a test wrap. Raises NotATest for anything else, NotDecryptable, age.WrongKey."""
    content = opening.unwrap(wrap, age.decode_identity(identity))
    if not content.startswith(REHEARSAL) or len(content) != len(REHEARSAL) + shares.SHARE_BYTES:
        raise NotATest("This is not a test wrap: report it.")
    return content.removeprefix(REHEARSAL)


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
