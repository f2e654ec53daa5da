"""The bid (投标): a small signed envelope that makes an upload binding, before the deadline (integrity.md, 2.4 and 3).

Whoever it comes from, nobody learns of it until the opening: its ledger entry is sealed, its number is random, and its
content nobody can read. It may be replaced and withdrawn until the deadline; late by a microsecond is late.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import conflicts, custody, prequalified, suspended
from bids.registration import check_standing
from bids.sealing import admission, envelope
from bids.sealing.envelope import Envelope
from bids.upload import Upload
from trading import clock, unguessable
from trading.errors import RuleError
from trading.ledger import notes
from trading.lot import Lot
from trading.party import Organisation, Role, within
from trading.transitions import Act, Machine, act, not_live, perform

BIDDER = within(Role.BIDDER, lambda bid: bid.organisation_id)
BASIS = "招标投标法 28, 29; 电子招标投标办法 27"


class TooLate(RuleError):
    """The envelope arrived at the deadline or after it; the refusal is on record."""

    code = "bid_late"
    basis = BASIS
    next_step = gettext_noop("The refusal is in the public ledger. Follow the notices of the lot.")


class Undecided(RuleError):
    """The envelope arrived in time and was not decided on before the list was frozen; the platform is at fault."""

    code = "bid_undecided"
    status = 503
    basis = "电子招标投标办法 27, 31"
    next_step = gettext_noop("Your envelope's hash is in the public ledger. Tell the centre and the sector regulator.")


def too_late(deadline: datetime, arrived: datetime) -> TooLate:
    return TooLate(
        gettext_noop("The deadline was %(deadline)s; your envelope arrived at %(arrived)s."),
        deadline=deadline.astimezone(clock.LOCAL).isoformat(),
        arrived=arrived.astimezone(clock.LOCAL).isoformat(),
    )


class BidQuerySet(models.QuerySet["Bid"]):
    def standing(self) -> "BidQuerySet":
        """Return the bids that neither replacement nor withdrawal has ended."""
        return self.filter(state="submitted")

    def visible_to(self, person: Any) -> "BidQuerySet":
        """Return an enterprise's own bids; nobody sees another's before the opening (招标投标法 22)."""
        if not person.is_authenticated:
            return self.none()
        own = [m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
        return self.filter(organisation_id__in=own)


class Bid(Machine):
    """One sealed bid as it was submitted; `head_seq` and `head_leaf` are the last link of its chain of envelopes."""

    noun = "bid"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    number = models.CharField(_("Number"), max_length=36, unique=True, editable=False)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, editable=False, related_name="bid")
    lot = models.ForeignKey(Lot, verbose_name=_("Lot"), on_delete=models.PROTECT, related_name="bids")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Enterprise"), on_delete=models.PROTECT, related_name="bids"
    )
    seq = models.PositiveIntegerField(_("Version"), editable=False)
    envelope = models.TextField(editable=False)
    withdrawal = models.TextField(blank=True, editable=False)
    received_at = models.DateTimeField(_("Received"), editable=False)
    head_seq = models.PositiveIntegerField(editable=False)
    head_leaf = models.CharField(max_length=44, blank=True, editable=False)

    objects = BidQuerySet.as_manager()

    class Meta:
        ordering = ("received_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation"], condition=models.Q(state="submitted"), name="one_standing_bid"
            ),
            models.UniqueConstraint(fields=["lot", "organisation", "seq"], name="a_bid_number_once"),
        ]

    def __str__(self) -> str:
        return self.number

    def ledger_id(self) -> str:
        return self.number

    def read(self) -> Envelope:
        """Return the envelope as it was admitted; it never changes, and a bid in memory reads it once."""
        return self._parsed

    @cached_property
    def _parsed(self) -> Envelope:
        return envelope.parse(self.envelope.encode())

    @act(
        "bid.submitted",
        source="",
        target="submitted",
        may=BIDDER,
        label=gettext_noop("Submit the bid"),
        side_by_side=True,
        even_suspended=True,  # what arrived before: see _in_time
    )
    def submit(self, act: Act, *, sealed: Envelope) -> dict[str, Any]:
        """Take the bid: in time, whole, sealed to the custodians, the enterprise's own, the only one that stands."""
        act.seal()
        self.received_at = self._in_time(act)
        prequalified.may_bid(self.lot, self.organisation)
        conflicts.at_submission(self.lot, self.organisation)
        check_standing(self.lot, self.organisation, self.received_at)
        self._check_sealed(sealed)
        before = chain_head(self.lot, self.organisation)
        _check_follows(sealed, before)
        if before is not None and before.state == "submitted":
            perform(before.supersede, by=act.by, successor=self)
        self.seq = self.head_seq = sealed.seq
        act.then(self._keep_receipt)
        return {
            "arrived": clock.iso(act.arrived),
            "bidder": self.organisation.uscc,
            "seq": sealed.seq,
            "envelope_sha256": hashlib.sha256(self.envelope.encode()).hexdigest(),
        }

    @act(
        "bid.superseded",
        source="submitted",
        target="superseded",
        may=BIDDER,
        label=gettext_noop("Replace the bid"),
        side_by_side=True,
        even_suspended=True,  # what arrived before: see _in_time
    )
    def supersede(self, act: Act, *, successor: "Bid") -> dict[str, Any]:
        """End this bid, because its enterprise has sent another (招标投标法 29)."""
        act.seal()
        return {"bidder": self.organisation.uscc, "by": successor.number}

    @act(
        "bid.withdrawn",
        source="submitted",
        target="withdrawn",
        may=BIDDER,
        label=gettext_noop("Withdraw the bid"),
        side_by_side=True,
        even_suspended=True,  # what arrived before: see _in_time
    )
    def withdraw(self, act: Act, *, sealed: Envelope, text: str) -> dict[str, Any]:
        """Take the bid back before the deadline, by a signed envelope (招标投标法 29)."""
        act.seal()
        self._in_time(act)
        admission.check_withdrawal(sealed, self._expected())
        _check_follows(sealed, self)
        self.withdrawal, self.head_seq = text, sealed.seq
        act.then(self._keep_receipt)
        return {
            "arrived": clock.iso(act.arrived),
            "bidder": self.organisation.uscc,
            "seq": sealed.seq,
            "envelope_sha256": hashlib.sha256(text.encode()).hexdigest(),
        }

    def _in_time(self, act: Act) -> datetime:
        """Return when the envelope arrived, on the lot's clock. Raises TooLate, Undecided, RuleError.

        What arrived before the lot was suspended is decided although it is suspended meanwhile (电子签名法 11).
        """
        arrived, tender = self.lot.at(act.arrived), self.lot.tender
        if not self.lot.is_live and not suspended.came_before(self.lot, arrived):
            raise not_live()
        if tender.deadline is not None and arrived >= tender.deadline:
            raise too_late(tender.deadline, arrived)
        if not tender.takes_bids(arrived):
            raise RuleError(gettext_noop("This lot takes no bids yet."), code="takes_no_bids", basis=BASIS)
        if tender.closed_at is not None:
            raise Undecided(gettext_noop("The platform did not decide on your envelope before the list was frozen."))
        return arrived

    def _check_sealed(self, sealed: Envelope) -> None:
        parts = [admission.Part(part.n, part.size, bytes(part.leaf_hash)) for part in self.upload.in_order()]
        begun = bool(parts) and parts[0].n == 0
        admission.check(sealed, self._expected(), parts, self.upload.head() if begun else b"")

    def _expected(self) -> admission.Expected:
        """Return what the platform knows of the bid before it reads the envelope."""
        mode = self.lot.tender.mode
        return admission.Expected(
            tender=self.lot.code[:-3],
            lot=int(self.lot.code[-3:]),
            bidder=f"U{self.organisation.uscc}",
            bid=self.number,
            mode=mode,
            sets=custody.sets_of(mode),
            max_bytes=settings.BID_MAX_BYTES,
        )

    def _keep_receipt(self) -> None:
        """Remember the hash that the receipt promises: the next envelope of the chain names it."""
        self.head_leaf = notes.base64_text(bytes(self.recorded.leaf_hash))
        Bid.objects.filter(pk=self.pk).update(head_leaf=self.head_leaf)


def chain_head(lot: Lot, organisation: Organisation) -> Bid | None:
    """Return the enterprise's newest bid for the lot, whatever became of it."""
    return Bid.objects.filter(lot=lot, organisation=organisation).order_by("-seq").first()


def _check_follows(sealed: Envelope, before: Bid | None) -> None:
    """Refuse an envelope that does not continue the chain of the enterprise's envelopes: a replay, or a second bid."""
    seq, leaf = (before.head_seq, before.head_leaf) if before else (0, "")
    named = notes.base64_text(sealed.supersedes) if sealed.supersedes else ""
    if (sealed.seq, named) != (seq + 1, leaf):
        raise RuleError(
            gettext_noop("The envelope is number %(given)s and must be %(wanted)s, naming the receipt before it."),
            code="bid_out_of_order",
            basis="招标投标法 29; 招标投标法实施条例 51(4)",
            next_step=gettext_noop("Reload the page: it shows which bid of yours stands, and replaces that one."),
            given=sealed.seq,
            wanted=seq + 1,
        )
