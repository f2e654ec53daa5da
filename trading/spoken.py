"""The words of the live hall: what a kind of event, a fact and a coded value are called.

The page shows an event with these words and hands them to the browser, which writes the events that
come later in the same way. A stage that says something new in a session lends its words (`lend`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trading import clock
from trading.draws.committing import VoidCause
from trading.draws.entries import SkipCode
from trading.live import SessionEvent
from trading.party import Role
from trading.pause import PauseReason

Words = dict[str, Promise]
TYPED = re.compile(r"(3[0-9])+")  # the bytes of digits, in hexadecimal

KINDS: Words = {
    "session.booked": _("The session is announced"),
    "session.moved": _("The session is moved"),
    "session.opened": _("The session is open"),
    "session.suspended": _("The session is suspended"),
    "session.resumed": _("The session goes on"),
    "session.closed": _("The session is closed"),
    "session.cancelled": _("The session is cancelled"),
    "session.broken_off": _("The session is broken off by supervision"),
    "session.signed_in": _("Signed in, with a badge"),
    "session.signed_out": _("Signed out, badge returned"),
    "draw.prepared": _("The draw is prepared"),
    "draw.contributed": _("A contribution is laid down, closed"),
    "draw.committed": _("List, plan and contributions are fixed"),
    "draw.revealed": _("A contribution is opened"),
    "draw.closed": _("The contributions are complete; what is missing stays absent"),
    "draw.dice_entered": _("The dice are read"),
    "draw.dice_rejected": _("The supervisor rejected the readings; the dice are read again"),
    "draw.dice_differ": _("The two readings differ; the dice are read again"),
    "draw.result": _("The result"),
    "draw.skipped": _("A drawn candidate is passed over"),
    "draw.voided": _("The draw is void"),
    "draw.moved": _("The draw goes on in this session"),
}
FACTS: Words = {
    "title": _("Title"),
    "room": _("Room"),
    "role": _("Role"),
    "badge": _("Badge"),
    "reason": _("Reason"),
    "starts_at": _("Begins"),
    "who": _("By"),
    "draw_id": _("Draw no."),
    "suite": _("Algorithm"),
    "n": _("Candidates"),
    "c": _("Commitment"),
    "value": _("Value"),
    "hex": _("In hexadecimal"),
    "digits": _("Digits"),
    "attempt": _("Attempt"),
    "entry": _("Reading"),
    "equal": _("Readings agree"),
    "hands": _("Rolled by the badges"),
    "present": _("Opened"),
    "absent": _("Absent"),
    "round": _("Round of the beacon"),
    "cause": _("Cause"),
    "skipped": _("Passed over"),
    "seat": _("Seat"),
    "rank": _("Rank"),
    "code": _("Ground"),
    "evidence": _("Hash of the evidence"),
    "seed": _("Seed"),
    "commit_hash": _("Hash of the commit record"),
    "signature": _("Signature"),
    "rehearsal": _("Rehearsal"),
}
PARTS: Words = {"operator": _("Operator"), "supervisor": _("Supervisor")}
VALUES: dict[str, Words] = {
    "role": {**dict(Role.choices), "host": _("Host"), "clock": _("The clock")},
    "reason": dict(PauseReason.choices),
    "who": PARTS,
    "present": PARTS,
    "absent": PARTS,
    "cause": dict(VoidCause.choices),
    "code": dict(SkipCode.choices),
}
STANDING = {
    "session.booked": "scheduled",
    "session.opened": "live",
    "session.suspended": "suspended",
    "session.resumed": "live",
    "session.closed": "closed",
    "session.cancelled": "cancelled",
    "session.broken_off": "cancelled",
}


def lend(kinds: Words, facts: Words, values: dict[str, Words]) -> None:
    """Add the words of a stage's events: its kinds, facts and coded values."""
    KINDS.update(kinds)
    FACTS.update({name: word for name, word in facts.items() if name not in FACTS})
    FACTS["rehearsal"] = FACTS.pop("rehearsal")  # said last
    for name, words_of in values.items():
        VALUES[name] = {**VALUES.get(name, {}), **words_of}


@dataclass(frozen=True)
class Line:
    """An event as the page shows it."""

    seq: int
    at: datetime
    kind: str
    title: str
    facts: list[tuple[str, str]]


def line(event: SessionEvent) -> Line:
    """Return an event in the reader's words."""
    shown = (pair for name in in_order(event.payload) for pair in _shown(name, event.payload[name]))
    facts = [(str(FACTS.get(name, name)), text) for name, text in shown if text]
    return Line(event.seq, event.at, event.kind, str(KINDS.get(event.kind, event.kind)), facts)


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names of facts as the words list them; those without a word come last."""
    order = list(FACTS)
    return sorted(names, key=lambda name: (order.index(name) if name in FACTS else len(order), name))


def lines(events: Iterable[SessionEvent]) -> list[Line]:
    """Return events in the reader's words."""
    return [line(event) for event in events]


def _shown(name: str, value: Any) -> list[tuple[str, str]]:  # Any: JSON
    """Return a fact as it is shown: typed digits as they were typed, and their bytes after them."""
    text = _value(name, value)
    if name == "value" and TYPED.fullmatch(text):
        return [(name, text[1::2]), ("hex", text)]
    return [(name, text)]


def _value(name: str, value: Any) -> str:  # Any: JSON
    if value is True:
        return gettext("Yes")
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, (_value(name, item) for item in value)))
    if value is None or value is False or isinstance(value, dict):
        return ""
    if name.endswith("_at") or name == "until":
        return datetime.fromisoformat(value).astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M")
    return str(VALUES.get(name, {}).get(value, value))


def words() -> dict[str, Any]:
    """Return all the words in the reader's language, for the browser."""
    return {
        "kinds": {kind: str(text) for kind, text in KINDS.items()},
        "facts": {fact: str(text) for fact, text in FACTS.items()},
        "values": {fact: {code: str(text) for code, text in codes.items()} for fact, codes in VALUES.items()},
        "yes": gettext("Yes"),
    }
