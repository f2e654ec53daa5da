"""Handing in an envelope: what it asks for is done once, whatever comes twice or at once (integrity.md, 3.4)."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from bids.bid import BASIS, BIDDER, Bid, TooLate, Undecided, too_late
from bids.sealing import envelope
from bids.sealing.envelope import Envelope
from bids.upload import Upload
from trading import arrival, clock
from trading.errors import RuleError, WrongState
from trading.ledger import events, sealed
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.lot import Lot
from trading.party import Role
from trading.transitions import perform

REFUSED = "bid.refused"


class Stopped(WrongState):
    """The envelope arrived while its lot was suspended or terminated; the refusal is on record."""

    code = "lot_not_live"
    basis = "电子招标投标办法 27; 宁波市公共资源交易管理条例 25"
    next_step = gettext_noop("The refusal is in the ledger, sealed until the opening. Follow the notices of the lot.")


def take(text: bytes, *, by: Any) -> tuple[Bid, bool]:
    """Perform what an envelope asks for; return the bid and whether it is new. The same envelope again changes nothing.

    Raises RuleError; an envelope that came late, or while the lot was suspended, leaves its hash in the ledger, as the
    law wants proof of the refusal.
    """
    read = envelope.parse(text)
    try:
        with transaction.atomic():
            return _decide(read, text, by)
    except (TooLate, Undecided) as refusal:
        _record_refusal(text, refusal.code, _lot_of(read))
        raise
    except WrongState as refusal:
        if refusal.code != Stopped.code:
            raise
        _record_refusal(text, refusal.code, _lot_of(read))
        raise Stopped(refusal.message) from refusal


def _decide(read: Envelope, text: bytes, by: Any) -> tuple[Bid, bool]:
    uploads = Upload.objects.select_for_update(of=("self",))  # the same envelope twice at once waits here
    found = uploads.select_related("lot__tender", "lot__project", "organisation").filter(pk=read.bid).first()
    known = Bid.objects.select_related("lot__tender", "organisation").filter(upload=found).first() if found else None
    if known is not None and text.decode() in {known.envelope, known.withdrawal}:
        if not BIDDER(known, by):
            raise _not_yours()
        return known, False
    if read.is_withdrawal:
        return _withdraw(known, read, text, by), True
    if found is None:
        raise _without_upload(read, by)
    bid = Bid(number=read.bid, upload=found, lot=found.lot, organisation=found.organisation, envelope=text.decode())
    done: Bid = perform(bid.submit, by=by, sealed=read)
    return done, True


def _without_upload(read: Envelope, by: Any) -> RuleError:
    """Say what is wrong with an envelope whose file is not there: that it is late, if it is."""
    lot = _lot_of(read)
    deadline = lot.tender.deadline if lot is not None and hasattr(lot, "tender") else None
    own = {f"U{m.organisation.uscc}" for m in by.active_memberships() if m.role == Role.BIDDER}
    if lot is not None and deadline is not None and read.bidder in own:
        arrived = lot.at(arrival.moment())
        if arrived >= deadline:
            return too_late(deadline, arrived)
    return RuleError(
        gettext_noop("No upload has the number that the envelope names."),
        code="upload_unknown",
        basis=BASIS,
        next_step=gettext_noop("Upload the sealed file first; then submit its envelope."),
    )


def _withdraw(known: Bid | None, read: Envelope, text: bytes, by: Any) -> Bid:
    if known is None or not BIDDER(known, by):
        raise _not_yours()
    done: Bid = perform(known.withdraw, by=by, sealed=read, text=text.decode())
    return done


def _not_yours() -> RuleError:
    return RuleError(
        gettext_noop("You have no bid with this number."),
        code="bid_unknown",
        basis=BASIS,
        next_step=gettext_noop("The page of the lot shows the number of your bid."),
    )


def _lot_of(read: Envelope) -> Lot | None:
    """Return the lot whose upload the envelope is of, or the one that it names."""
    uploaded = Upload.objects.select_related("lot__tender").filter(pk=read.bid).first()
    if uploaded is not None:
        return uploaded.lot
    return Lot.objects.select_related("tender").filter(code=f"{read.tender}{read.lot:03d}").first()


def _record_refusal(text: bytes, code: str, lot: Lot | None) -> None:
    """Leave proof of what became of an envelope: its hash, no name (integrity.md, 2.4).

    While nobody may know whether anybody bids for the lot, the entry is sealed with the others (招标投标法 22).
    """
    digest = hashlib.sha256(text).hexdigest()
    subject = events.Subject(type="bid", id=digest)
    hidden = lot is not None and sealed.is_open(lot.code)
    with transaction.atomic():
        if _is_recorded(subject):
            return
        events.record(
            type=REFUSED,
            actor=events.Actor(id="-", role="bidder", auth="-"),
            subject=subject,
            tender=lot.code if lot is not None and hidden else None,
            data={"envelope_sha256": digest, "reason": code},
            at=clock.now(),
            sealed=hidden,
        )


def _is_recorded(subject: events.Subject) -> bool:
    place = {"subject_type": subject.type, "subject_id": subject.id}
    said = AuditEvent.objects.filter(type=REFUSED, **place)
    return said.exists() or SealedEntry.objects.filter(**place).exists()
