"""The words of an opening in its hall: of its events, and of what is read out; lent to the hall's transcript."""

from django.utils.translation import gettext_lazy as _

from bids.custody import BIDDER, Holder, Mode
from bids.opened import Outcome
from bids.sealing import content
from bids.tender_failure import Failure
from trading import spoken
from trading.spoken import Words
from trading.termination import TerminationReason

KINDS: Words = {
    "tender.closed": _("The deadline has passed; the list of bids is fixed"),
    "opening.started": _("The opening begins; bids are decrypted"),
    "opening.failed": _("The opening failed"),
    "opening.shares_given": _("A custodian gave its shares"),
    "opening.bidder_share_given": _("A bidder gave its own share"),
    "opening.wraps_refused": _("A custodian reports wraps that do not open"),
    "opening.decrypted": _("Bids are decided on"),
    "opening.window_extended": _("The decryption window is extended once"),
    "bid.read_out": _("Read out"),
    "opening.confirmed": _("A bidder confirms what was read out"),
    "opening.signed": _("The record is signed"),
    "opening.finished": _("The opening is finished; its record is fixed"),
    "opening_objection.raised": _("Objection on the spot"),
    "opening_objection.answered": _("Answer to the objection"),
}
FACTS: Words = {
    "number": _("No."),
    "numbers": _("Nos."),
    "name": _("Bidder"),
    "uscc": _("Unified social credit code"),
    "outcome": _("Outcome"),
    "at_fault": _("At fault"),
    "basis": _("Article"),
    "price": _("Price (yuan)"),
    "price_words": _("In words"),
    "price_figures": _("Price as written in figures"),
    "duration_days": _("Duration (days)"),
    "quality": _("Quality"),
    "manager_name": _("Project manager"),
    "manager_certificate": _("Certificate"),
    "deposit_form": _("Bid security"),
    "deposit_amount": _("Amount of the bid security (yuan)"),
    "discount": _("Discount or remark"),
    "findings": _("Found at the opening"),
    "received_at": _("Received at"),
    "bids": _("Bids"),
    "opened": _("Decrypted"),
    "mode": _("Who opens the bids"),
    "until": _("Until"),
    "holder": _("Holder"),
    "accepted": _("Shares accepted"),
    "done": _("Decided so far"),
    "total": _("Of"),
    "side": _("Side"),
    "text": _("Text"),
    "data_sha256": _("SHA-256 of the record's data"),
    "record_sha256": _("SHA-256 of the record's PDF"),
}
HOLDERS: Words = {**dict(Holder.choices), BIDDER: _("Bidder")}
OUTCOMES: Words = {str(code): words for code, words in Outcome.choices if code}
FAULTS: Words = {**HOLDERS, "platform": _("Platform")}
UNREAD = _("The content cannot be read (%(code)s).")
SIDES: Words = {"host": _("Host"), "supervisor": _("Supervisor")}
DEPOSITS: Words = {"transfer": _("Bank transfer"), "guarantee": _("Guarantee"), "none": _("None required")}
FINDINGS: Words = {code: _(text) for code, text in content.TEXTS.items()}
VALUES: dict[str, Words] = {
    "outcome": OUTCOMES,
    "at_fault": FAULTS,
    "mode": dict(Mode.choices),
    "holder": HOLDERS,
    "side": SIDES,
    "deposit_form": DEPOSITS,
    "findings": FINDINGS,
    "reason": {**dict(Failure.choices), **dict(TerminationReason.choices)},
}
spoken.lend(KINDS, FACTS, VALUES)


def fault(names: str) -> str:
    """Return who is at fault in words, of one party or of several."""
    return ", ".join(str(FAULTS.get(name, name)) for name in names.split(", ") if name)


def finding(code: str) -> str:
    """Return a finding in words; a content that cannot be read keeps its code."""
    return str(FINDINGS.get(code, UNREAD % {"code": code}))
