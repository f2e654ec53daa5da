"""What becomes of a bid at its opening, and whose fault it is if it stays shut: a pure function of what was found.

A bid is opened by the first set of holders whose shares give its key. One that stays shut by the bidder's doing counts
as revoked (撤销), by anybody else's as returned (撤回) with a claim for the loss; the other bids go on.
Source: 电子招标投标办法 30, 31; integrity.md 2.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bids.sealing.shares import BIDDER
from trading.text import mark as _


class Found(StrEnum):
    """What came of one share."""

    AWAITED = "awaited"  # nothing came, or a custodian says without proof that the wrap is bad
    MISMATCH = "mismatch"  # what came is not what the bidder committed to
    GIVEN = "given"
    SPOILED = "spoiled"  # the arbiter saw the custodian's key: the wrap cannot be opened, or holds something else


class Window(StrEnum):
    """Where the time for handing in shares stands; the extension follows only if a verdict asks for it."""

    OPEN = "open"
    ENDED = "ended"
    EXTENDED = "extended"
    OVER = "over"


class Outcome(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"
    REVOKED = "revoked"  # 撤销
    RETURNED = "returned"  # 撤回


class Fault(StrEnum):
    NONE = "none"
    BIDDER = "bidder"
    CUSTODIAN = "custodian"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Share:
    holder: str
    found: Found


@dataclass(frozen=True, slots=True)
class Set:
    """One set in the envelope's order; `opens`: do the shares give the recipient's key (None: not all here)."""

    shares: tuple[Share, ...]
    opens: bool | None = None

    def __post_init__(self) -> None:
        if (self.opens is not None) != all(share.found is Found.GIVEN for share in self.shares):
            raise ValueError("a set is tried when all its shares were given, and not before")

    @property
    def is_dead(self) -> bool:
        """Whether the bidder made it so that it can never open."""
        return self.opens is False or any(share.found is Found.SPOILED for share in self.shares)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record shows of one bid.

    `stored`: the ciphertext has its receipted size and root. `decrypts`: with the recipient's own key (None: not
    tried). `rescue`: the bidder handed in the whole key and it is the recipient's (None: nothing handed in). `outage`:
    the log shows the platform down in each window that has ended.
    """

    sets: tuple[Set, ...]
    window: Window = Window.OPEN
    stored: bool = True
    decrypts: bool | None = None
    rescue: bool | None = None
    outage: bool = False

    def __post_init__(self) -> None:
        if not self.sets:
            raise ValueError("a bid has at least one set")


class Ground(NamedTuple):
    """Why a bid's outcome is what it is, and what is to be done, in sentences for people."""

    outcome: Outcome
    words: str
    next_step: str
    basis: str = "电子招标投标办法 31"


GROUNDS = {
    "opened": Ground(
        Outcome.OPENED, _("The shares of a set gave the key."), _("Read out the bid."), "电子招标投标办法 30"
    ),
    "rescued": Ground(
        Outcome.OPENED,
        _("The custodians kept the bid shut; its bidder handed in the key."),
        _("Read out the bid; ask the custodians why."),
    ),
    "file_lost": Ground(
        Outcome.RETURNED,
        _("The stored file is gone or is not the one that was received."),
        _("Report the incident; the bidder may claim the direct loss from the platform."),
    ),
    "outage": Ground(
        Outcome.RETURNED,
        _("The platform was down while the bidder was to send its share."),
        _("Report the incident; the bidder may claim the direct loss from the platform."),
    ),
    "custodians_failed": Ground(
        Outcome.RETURNED,
        _("No set of custodians sent its shares in time."),
        _("The bidder may claim the direct loss from the custodians named."),
    ),
    "set_spoiled": Ground(
        Outcome.REVOKED,
        _("The bidder made shares that do not give the key."),
        _("Go on with the other bids; the record keeps the shares as proof."),
    ),
    "not_decryptable": Ground(
        Outcome.REVOKED,
        _("The file does not decrypt with its own key."),
        _("Go on with the other bids; the record keeps the key as proof."),
    ),
    "bidder_share_missing": Ground(
        Outcome.REVOKED, _("The bidder did not send its share in time."), _("Go on with the other bids.")
    ),
    "shares_awaited": Ground(
        Outcome.WAITING,
        _("Shares are still to come."),
        _("Wait for the shares until the window ends."),
        "电子招标投标办法 30",
    ),
    "decryption_awaited": Ground(Outcome.WAITING, _("The key is there."), _("Decrypt the bid."), "电子招标投标办法 30"),
    "extension_due": Ground(
        Outcome.WAITING,
        _("The window ended without the shares that were needed."),
        _("Extend the window for this bid and tell those who did not send their share."),
    ),
    "extension_awaited": Ground(
        Outcome.WAITING, _("The window was extended."), _("Wait for the shares until the extension ends.")
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the bid; `set_number` is the set that opened it, `custodians` those who failed it, in order.

    An opened bid has somebody at fault where an earlier set was lost. `may_rescue`: the bidder may hand in the key.
    """

    ground: str
    at_fault: Fault = Fault.NONE
    custodians: tuple[str, ...] = ()
    set_number: int | None = None
    may_rescue: bool = False

    @property
    def outcome(self) -> Outcome:
        return GROUNDS[self.ground].outcome

    @property
    def basis(self) -> str:
        return GROUNDS[self.ground].basis

    @property
    def words(self) -> str:
        return GROUNDS[self.ground].words

    @property
    def next_step(self) -> str:
        return GROUNDS[self.ground].next_step

    @property
    def is_final(self) -> bool:
        return self.outcome is not Outcome.WAITING


def judge(facts: Facts) -> Verdict:
    """Return the one verdict that the facts allow."""
    if not facts.stored:
        return Verdict("file_lost", Fault.PLATFORM)
    number = next((number for number, each in enumerate(facts.sets) if each.opens), None)
    if number is not None:
        return _with_key(facts, number)
    if by_bidder := _bidders_ground(facts):
        return Verdict(by_bidder, Fault.BIDDER, _failing(facts, facts.sets))
    if facts.window is Window.OPEN:
        return Verdict("shares_awaited")
    if _bidders_share_lacks(facts):
        return _after_outage(facts)
    return _through_custodians(facts)


def _with_key(facts: Facts, number: int | None) -> Verdict:
    """Judge a bid whose key is known, by a set or (None) by the bidder's rescue file."""
    if facts.decrypts is None:
        return Verdict("decryption_awaited", set_number=number)
    if not facts.decrypts:
        return Verdict("not_decryptable", Fault.BIDDER, set_number=number)
    lost = facts.sets[:number]
    custodians = _failing(facts, lost)
    fault = Fault.CUSTODIAN if custodians else Fault.NONE
    fault = Fault.BIDDER if any(each.is_dead for each in lost) else fault
    return Verdict("opened" if number is not None else "rescued", fault, custodians, number)


def _bidders_ground(facts: Facts) -> str:
    """Return why no set opens by the bidder's doing, "" if that is not shown (yet).

    While the window is open a set that others still may open counts for the bidder; after it one spoiled set is enough,
    or planting it would win the extension and the rescue.
    """
    dead = [each.is_dead for each in facts.sets]
    excused = facts.outage and _bidders_share_lacks(facts)
    if all(dead):
        return "set_spoiled"
    if facts.window is Window.OPEN or excused:
        return ""
    if any(dead):
        return "set_spoiled"
    return "bidder_share_missing" if _bidders_share_lacks(facts) else ""


def _after_outage(facts: Facts) -> Verdict:
    """Judge a bid whose bidder could not hand in the share: one extension, then it is the platform's fault."""
    ground = {Window.ENDED: "extension_due", Window.EXTENDED: "extension_awaited"}.get(facts.window, "outage")
    return Verdict(ground, Fault.PLATFORM)


def _through_custodians(facts: Facts) -> Verdict:
    """Judge a bid that only custodians keep shut: the rescue file, one extension, then it is their fault."""
    if facts.rescue:
        return _with_key(facts, None)
    final = "custodians_failed"
    ground = {Window.ENDED: "extension_due", Window.EXTENDED: "extension_awaited"}.get(facts.window, final)
    return Verdict(ground, Fault.CUSTODIAN, _failing(facts, facts.sets), may_rescue=ground != final)


def _bidders_share_lacks(facts: Facts) -> bool:
    return any(share.holder == BIDDER and share.found is not Found.GIVEN for share in _every_share(facts.sets))


def _failing(facts: Facts, sets: tuple[Set, ...]) -> tuple[str, ...]:
    """Return the custodians who sent a wrong share, or none in time."""
    wrong = {Found.MISMATCH} if facts.window is Window.OPEN else {Found.MISMATCH, Found.AWAITED}
    failing = (share.holder for share in _every_share(sets) if share.holder != BIDDER and share.found in wrong)
    return tuple(dict.fromkeys(failing))


def _every_share(sets: tuple[Set, ...]) -> Iterator[Share]:
    return (share for each in sets for share in each.shares)
