"""The first stage of the opening (开标): the deadline passes, the list of bids is frozen, the opening begins or fails.

Nobody can begin it early and nobody can hold it up: the clock performs these acts (招标投标法 34; integrity.md, 3.2).
One machine in three files: `Closing`, `Decrypting` and `Opening`.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import outage
from bids.bid import Bid
from bids.opened import OpenedBid
from bids.tender import Tender
from bids.tender_failure import Failure
from trading import clock, unfinished, waiting
from trading.errors import RuleError
from trading.ledger import events, merkle, notes
from trading.lot import Lot, Standing
from trading.procedures import TENDERS
from trading.room import Kind as RoomKind
from trading.room import Room
from trading.rules.rule import Rule
from trading.session import Session
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

GRACE = timedelta(seconds=2)  # what arrived before the deadline is decided by then
DELAY = timedelta(minutes=1)  # an opening that begins later had a reason beyond the rush
LASTS = timedelta(hours=4)
ONLINE = "网上开标室"


class Closing(Machine):
    """The fields of an opening, and its acts up to its beginning."""

    noun = "opening"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="opening")
    session = models.OneToOneField(Session, on_delete=models.PROTECT, editable=False, related_name="opening")
    closed_at = models.DateTimeField(_("Closed"), null=True, editable=False)
    began_at = models.DateTimeField(_("Begun"), null=True, editable=False)
    window_until = models.DateTimeField(_("Decryption until"), null=True, editable=False)
    extended = models.BooleanField(default=False, editable=False)
    failure = models.CharField(_("Reason of failure"), max_length=64, blank=True, editable=False)
    opened: Any  # the bids on the list, as OpenedBid declares them
    record_sha256 = models.CharField(_("SHA-256 of the record"), max_length=64, blank=True, editable=False)
    record_facts = models.JSONField(default=dict, editable=False)  # what only the moment of the finish knew

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.lot.name

    @property
    def tender(self) -> Tender:
        return self.lot.tender

    @property
    def deadline(self) -> datetime:
        """Return the deadline. Raises RuleError before one is announced."""
        if self.tender.deadline is None:
            raise RuleError(gettext_noop("The tender has no deadline yet."), code="not_announced")
        return self.tender.deadline

    @act(
        "opening.scheduled",
        source="",
        target="scheduled",
        may=THE_CLOCK,
        label=gettext_noop("Schedule the opening"),
    )
    def schedule(self, act: Act) -> dict[str, Any]:
        """Announce the live session: it begins at the deadline, the moment bids are due (招标投标法 34)."""
        begins = max(self.deadline, self.lot.now())
        self.session = Session(
            lot=self.lot,
            kind=RoomKind.OPENING,
            room=_free_room(begins),
            title=f"{self.lot.name} 开标",
            starts_at=begins,
            ends_at=begins + LASTS,
        )
        perform(self.session.book, by=None)
        return {"session": self.session_id, "deadline": clock.iso(self.deadline)}

    @act(
        "opening.moved",
        source="scheduled",
        target="scheduled",
        may=THE_CLOCK,
        label=gettext_noop("Move the opening"),
    )
    def move(self, act: Act) -> dict[str, Any]:
        """Follow the deadline where it was moved, to another room if its own is taken then."""
        room = _free_room(self.deadline, held=self.session)
        perform(self.session.move, by=None, starts_at=self.deadline, ends_at=self.deadline + LASTS, room=room)
        return {"session": self.session_id, "deadline": clock.iso(self.deadline)}

    @act("tender.closed", source="scheduled", target="closed", may=THE_CLOCK, label=gettext_noop("Close the tender"))
    def close(self, act: Act) -> dict[str, Any]:
        """Freeze the list of bids, once every bid that arrived in time has been decided (integrity.md, 3.2)."""
        if self.lot.now() < self.deadline + GRACE:
            raise RuleError(gettext_noop("The deadline has not passed."), code="too_early", basis="招标投标法 34")
        outage.check_none_waits(self.lot)
        self._check_all_decided()
        self.closed_at = self.tender.closed_at = self.lot.now()
        self.tender.save(update_fields=["closed_at"])
        standing = list(self.lot.bids.standing().select_related("organisation"))
        rows = [OpenedBid(opening_id=self.pk, bid=bid, number=n) for n, bid in enumerate(standing, 1)]
        act.then(lambda: OpenedBid.objects.bulk_create(rows, batch_size=500))
        act.say(self.session.transcript_id, "tender.closed", {"bids": len(rows)})
        root = merkle.root([hashlib.sha256(bid.envelope.encode()).digest() for bid in standing])
        return {
            "n": len(rows),
            "root": notes.base64_text(root),
            "deadline": clock.iso(self.deadline),
            "events": events.completeness(self.lot.code),
        }

    @act(
        "opening.failed",
        source=["scheduled", "closed", "decrypting"],
        target="failed",
        may=THE_CLOCK,
        label=gettext_noop("Declare the opening failed"),
    )
    def fail(self, act: Act) -> dict[str, Any]:
        """Open nothing where fewer than three bid, or where the tender has failed (招标投标法 28; 政府采购法 36)."""
        if self.tender.state != "failed":
            self._fail_the_tender()
        self.failure, count = self.tender.failure, self.opened.count()
        act.say(self.session.transcript_id, "opening.failed", {"bids": count, "reason": self.failure})
        return {"reason": self.failure, "n": count}

    @act(
        "opening.started",
        source="closed",
        target="decrypting",
        may=THE_CLOCK,
        label=gettext_noop("Begin the opening"),
    )
    def begin(self, act: Act) -> dict[str, Any]:
        """Begin: sealed ledger entries are opened, custodians get wraps, the window runs (电子招标投标办法 29)."""
        if not self.has_enough():
            least = self.least_bids()
            raise RuleError(
                gettext_noop("%(have)s of %(need)s bids."),
                code="too_few_bids",
                basis=least.basis,
                have=self.opened.count(),
                need=least.count,
            )
        self.tender.check_answered()
        self.began_at = self.lot.now()
        late = self.began_at - self.deadline > DELAY  # an outage or a suspension takes no minute of the window
        begins = self.began_at if late else self.deadline
        self.window_until = begins + timedelta(minutes=self.tender.window_minutes)
        perform(self.session.open, by=None)
        listed = [row.listed() for row in self.opened.select_related("bid__organisation")]
        facts = {"bids": len(listed), "mode": self.tender.mode, "until": clock.iso(self.window_until)}
        act.say(self.session.transcript_id, "opening.started", facts)
        gone = self._discard_replaced()
        act.then(lambda: self.lot.end_secrecy(act.at))
        return {**facts, "discarded": gone, "events": events.completeness(self.lot.code)}

    def _fail_the_tender(self) -> None:
        if self.state == "scheduled":
            raise RuleError(
                gettext_noop("The list of bids is not fixed yet; nobody knows how many there are."),
                code="list_not_fixed",
                basis="招标投标法 22, 28",
            )
        if self.has_enough():
            raise RuleError(gettext_noop("Enough enterprises have bid."), code="enough_bids")
        perform(self.tender.fail, by=None, reason=Failure.TOO_FEW_BIDDERS)

    def _check_all_decided(self) -> None:
        """Wait for every request that arrived in time, however long it waits, up to a limit (电子签名法 11)."""
        late = self.lot.now() > self.deadline + waiting.LONGEST
        if not (late or waiting.nobody_from_before(self.deadline - self.lot.clock_ahead)):
            raise RuleError(gettext_noop("Envelopes that arrived in time are being decided."), code="arrivals_pending")

    def least_bids(self) -> Rule:
        """Return how many must bid: 招标投标法 28 for works, 政府采购法 36 and 87号令 43 for procurement."""
        return TENDERS[self.lot.kind].rule("min_bidders", clock.local_date(self.lot.now()))

    def has_enough(self) -> bool:
        return bool(self.opened.count() >= self.least_bids().count)

    def _discard_replaced(self) -> list[str]:
        """Delete the ciphertext of replaced and withdrawn bids; nobody ever gets their wraps (integrity.md, 2.4)."""
        ended: list[Bid] = list(self.lot.bids.filter(state__in=["superseded", "withdrawn"]).select_related("upload"))
        for bid in ended:
            bid.upload.discard()
        return sorted(bid.number for bid in ended)


def _awaits_its_opening(session: Session) -> bool:
    """Say whether a session is held for an opening that is neither finished nor failed, on a lot that still lives."""
    found = getattr(session, "opening", None)
    if found is None or found.state in {"", "finished", "failed"}:
        return False
    return bool(found.lot.state != Standing.TERMINATED)


unfinished.KEEPERS.append(_awaits_its_opening)


def _free_room(at: datetime, held: Session | None = None) -> Room:
    """Return an opening room that is free for the session: the one it holds, another, an online one if need be."""
    rooms = Room.objects.filter(kind=RoomKind.OPENING, state="in_use").order_by("pk")
    others = Session.objects.holding_the_room().within(at, at + LASTS)
    if held is not None:
        others = others.exclude(pk=held.pk)
    ready = rooms.exclude(pk__in=others.values("room_id"))
    free = (ready.filter(pk=held.room_id).first() if held else None) or ready.first()
    if free is None:
        free = Room(kind=RoomKind.OPENING, name=f"{ONLINE} {rooms.count() + 1}", place=ONLINE)
        perform(free.register, by=None)
    return free
