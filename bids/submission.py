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
from trading.errors import RuleError
from trading.ledger import events
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.party import Role
from trading.transitions import perform


def take(text: bytes, *, by: Any) -> tuple[Bid, bool]:
    """Perform what an envelope asks for; return the bid and whether it is new. The same envelope again changes nothing.

    Raises RuleError; a late envelope leaves its hash in the ledger, as the law wants proof of the refusal.
    """
    sealed = envelope.parse(text)
    try:
        with transaction.atomic():
            return _decide(sealed, text, by)
    except (TooLate, Undecided) as refusal:
        _record_refusal(text, refusal.code)
        raise


def _decide(sealed: Envelope, text: bytes, by: Any) -> tuple[Bid, bool]:
    uploads = Upload.objects.select_for_update(of=("self",))  # the same envelope twice at once waits here
    found = uploads.select_related("lot__tender", "lot__project", "organisation").filter(pk=sealed.bid).first()
    known = Bid.objects.select_related("lot__tender", "organisation").filter(upload=found).first() if found else None
    if known is not None and text.decode() in {known.envelope, known.withdrawal}:
        if not BIDDER(known, by):
            raise _not_yours()
        return known, False
    if sealed.is_withdrawal:
        return _withdraw(known, sealed, text, by), True
    if found is None:
        raise _without_upload(sealed, by)
    bid = Bid(number=sealed.bid, upload=found, lot=found.lot, organisation=found.organisation, envelope=text.decode())
    done: Bid = perform(bid.submit, by=by, sealed=sealed)
    return done, True


def _without_upload(sealed: Envelope, by: Any) -> RuleError:
    """Say what is wrong with an envelope whose file is not there: that it is late, if it is."""
    lot = Lot.objects.select_related("tender").filter(code=f"{sealed.tender}{sealed.lot:03d}").first()
    deadline = lot.tender.deadline if lot is not None and hasattr(lot, "tender") else None
    own = {f"U{m.organisation.uscc}" for m in by.active_memberships() if m.role == Role.BIDDER}
    if lot is not None and deadline is not None and sealed.bidder in own:
        arrived = lot.at(arrival.moment())
        if arrived >= deadline:
            return too_late(deadline, arrived)
    return RuleError(
        gettext_noop("No upload has the number that the envelope names."),
        code="upload_unknown",
        basis=BASIS,
        next_step=gettext_noop("Upload the sealed file first; then submit its envelope."),
    )


def _withdraw(known: Bid | None, sealed: Envelope, text: bytes, by: Any) -> Bid:
    if known is None or not BIDDER(known, by):
        raise _not_yours()
    done: Bid = perform(known.withdraw, by=by, sealed=sealed, text=text.decode())
    return done


def _not_yours() -> RuleError:
    return RuleError(
        gettext_noop("You have no bid with this number."),
        code="bid_unknown",
        basis=BASIS,
        next_step=gettext_noop("The page of the lot shows the number of your bid."),
    )


def _record_refusal(text: bytes, code: str) -> None:
    """Leave proof of what became of an envelope: its hash, no name (integrity.md, 2.4)."""
    digest = hashlib.sha256(text).hexdigest()
    with transaction.atomic():
        if AuditEvent.objects.filter(subject_type="bid", subject_id=digest, type="bid.refused").exists():
            return
        events.record(
            type="bid.refused",
            actor=events.Actor(id="-", role="bidder", auth="-"),
            subject=events.Subject(type="bid", id=digest),
            tender=None,
            data={"envelope_sha256": digest, "reason": code},
            at=clock.now(),
        )
