"""Custody (保管): who holds shares of the bids' keys, with keys that live in their own browsers (integrity.md, 2.2).

Any two of three open every bid after the deadline: the tenderer or its agency, the supervisor, and an outside back-up.
The operator of the platform holds nothing.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Any

import pyrage
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import independence
from bids.sealing import custodian as outside
from trading import clock
from trading.errors import InvalidInput, RuleError
from trading.lot import Lot
from trading.party import SUPERVISING, Organisation, Role, within
from trading.transitions import Act, Machine, Power, act

BASIS = "电子招标投标办法 27; 招标投标法 22"


class Mode(models.TextChoices):
    """Who must take part in opening a bid."""

    T = "T", _("Two of three custodians")
    TB = "TB", _("Two of three custodians and the bidder")


class Holder(models.TextChoices):
    AGENCY = "agency", _("Tenderer or agency")
    SUPERVISOR = "supervisor", _("Supervisor")
    BACKUP = "backup", _("Outside back-up")


BIDDER = "bidder"
REHEARSALS = (timedelta(hours=24), timedelta(hours=1))  # before the deadline
PAIRS: tuple[tuple[str, str], ...] = (
    (Holder.AGENCY, Holder.SUPERVISOR),
    (Holder.AGENCY, Holder.BACKUP),
    (Holder.SUPERVISOR, Holder.BACKUP),
)


def sets_of(mode: str) -> tuple[tuple[str, ...], ...]:
    """Return the sets of holders of whom one suffices to open a bid, in their order."""
    return tuple((*pair, BIDDER) if mode == Mode.TB else pair for pair in PAIRS)


CONDUCT = within(Role.OWNER, lambda custodian: custodian.lot.project.owner_id) | within(
    Role.AGENCY, lambda custodian: custodian.lot.project.agency_id
)
KEEPER = Power(
    "custodian",
    lambda custodian, person: (
        person is not None
        and person.is_authenticated
        and any(m.organisation_id == custodian.organisation_id for m in person.active_memberships())
    ),
)


class Custodian(Machine):
    """One holder of shares for one lot: its organisation and the recipient (公钥) whose key only it has."""

    noun = "custodian"
    lot = models.ForeignKey(Lot, verbose_name=_("Lot"), on_delete=models.PROTECT, related_name="custodians")
    holder = models.CharField(_("Holder"), max_length=16, choices=Holder.choices)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Organisation"), on_delete=models.PROTECT, related_name="+"
    )
    recipient = models.CharField(_("Public key (age)"), max_length=64, blank=True, editable=False)
    challenge = models.CharField(max_length=64, blank=True, editable=False)
    rehearsed_at = models.DateTimeField(_("Rehearsed"), null=True, editable=False)

    class Meta:
        ordering = ("lot", "pk")
        constraints = [
            models.UniqueConstraint(fields=["lot", "holder"], name="a_holder_once"),
            models.UniqueConstraint(fields=["lot", "organisation"], name="a_custodian_holds_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_holder_display()}: {self.organisation}"

    @act("custodian.appointed", source="", target="appointed", may=CONDUCT, label=gettext_noop("Appoint a custodian"))
    def appoint(self, act: Act) -> dict[str, Any]:
        """Name who holds a share; never the operator or its group, and each of the three with people of its own."""
        others = self.lot.custodians.select_related("organisation")
        independence.check([self.organisation, *(other.organisation for other in others)])
        _check_suits(self)
        return {"holder": self.holder, "organisation": self.organisation.uscc}

    @act(
        "custodian.key_given",
        source=["appointed", "keyed"],
        target="keyed",
        may=KEEPER,
        label=gettext_noop("Give the custodian's public key"),
    )
    def give_key(self, act: Act, *, recipient: str) -> dict[str, Any]:
        """Publish the recipient to which bidders wrap shares; fixed once the notice is published."""
        if getattr(self.lot, "tender", None) is not None and self.lot.tender.state != "registered":
            raise RuleError(
                gettext_noop("Bids are sealed to the published key; it cannot change any more."),
                code="custodian_key_fixed",
                basis=BASIS,
            )
        self.check_recipient(recipient)
        self.recipient, self.rehearsed_at = recipient, None
        self.challenge = secrets.token_hex(32)
        return {"holder": self.holder, "recipient": recipient}

    @act("custodian.rehearsed", source="keyed", target="keyed", may=KEEPER, label=gettext_noop("Rehearse the opening"))
    def rehearse(self, act: Act, *, answer: bytes) -> dict[str, Any]:
        """Prove that this browser opens what is wrapped to its key, before it matters (integrity.md, 2.4)."""
        if not hmac.compare_digest(answer, bytes.fromhex(self.challenge)):
            raise RuleError(
                gettext_noop("The answer is not what was wrapped to your key."),
                code="rehearsal_failed",
                basis=BASIS,
                next_step=gettext_noop("Load the key file that belongs to this lot and try again."),
            )
        self.rehearsed_at = act.at
        self.challenge = secrets.token_hex(32)
        return {"holder": self.holder, "at": clock.iso(act.at)}

    def is_to_rehearse(self) -> bool:
        """Say whether the rehearsal of the last day, or of the last hour, is due (integrity.md, 2.4)."""
        deadline, now, last = self.lot.tender.deadline, self.lot.now(), self.rehearsed_at
        if deadline is None or now >= deadline:
            return False
        marks = [deadline - before for before in REHEARSALS if now >= deadline - before]
        return any(last is None or self.lot.at(last) < mark for mark in marks)

    def check_recipient(self, recipient: str) -> None:
        """Refuse what is no age recipient or another holder's. Raises InvalidInput, RuleError."""
        try:
            pyrage.x25519.Recipient.from_str(recipient)
        except pyrage.RecipientError as error:
            raise InvalidInput(gettext_noop("This is no age recipient."), code="recipient_wrong") from error
        if self.lot.custodians.exclude(pk=self.pk).filter(recipient=recipient).exists():
            raise RuleError(
                gettext_noop("Another custodian of this lot has this key; two holders of one key are one."),
                code="recipient_taken",
                basis=BASIS,
                next_step=gettext_noop("Make a key of your own on this page."),
            )

    def test_wrap(self) -> bytes:
        """Return the rehearsal's secret under its label, wrapped to the custodian's key (docs/sealing.md)."""
        recipient = pyrage.x25519.Recipient.from_str(self.recipient)
        wrapped: bytes = pyrage.encrypt(outside.test_of(bytes.fromhex(self.challenge)), [recipient])
        return wrapped


def check_ready(lot: Lot) -> None:
    """Refuse to take bids before all three custodians have published keys that open, and are still who they must be.

    Registers and memberships change after an appointment, so all of it is looked at again. Raises RuleError.
    """
    rows = list(lot.custodians.select_related("organisation", "lot__project").order_by("pk"))
    keyed = {row.holder: row for row in rows if row.state == "keyed"}
    missing = [holder.label for holder in Holder if holder not in keyed]
    if missing:
        raise RuleError(
            gettext_noop("No key yet from: %(missing)s."),
            code="custodians_not_ready",
            basis=BASIS,
            next_step=gettext_noop("Each custodian opens its page and makes its key; then publish again."),
            missing=", ".join(str(name) for name in missing),
        )
    if unproved := [row.get_holder_display() for row in rows if row.rehearsed_at is None]:
        raise RuleError(
            gettext_noop("Not rehearsed yet, so nobody knows whether the key opens anything: %(names)s."),
            code="custodian_not_rehearsed",
            basis="招标投标法 22; 电子招标投标办法 27, 30",
            next_step=gettext_noop("Each custodian opens the test on its page with its key; then publish again."),
            names=", ".join(str(name) for name in unproved),
        )
    for row in rows:
        _check_suits(row)
        row.check_recipient(row.recipient)
    independence.check(row.organisation for row in rows)


def published(lot: Lot) -> list[dict[str, str]]:
    """Return the custodians as bidders need them: holder, organisation, recipient."""
    rows = lot.custodians.filter(state="keyed").select_related("organisation").order_by("pk")
    return [{"holder": c.holder, "organisation": c.organisation.name, "recipient": c.recipient} for c in rows]


def _check_suits(custodian: Custodian) -> None:
    """Refuse a holder who is not what its name says."""
    project, organisation = custodian.lot.project, custodian.organisation
    parties = {project.owner_id, project.agency_id}
    held = set(organisation.memberships.filter(ended_at=None).values_list("role", flat=True))
    suits = {
        Holder.AGENCY: organisation.pk in parties,
        Holder.SUPERVISOR: bool(held & SUPERVISING) and organisation.pk not in parties,
        Holder.BACKUP: organisation.pk not in parties and Role.BIDDER not in held,
    }
    if not suits[Holder(custodian.holder)]:
        raise RuleError(
            gettext_noop("%(organisation)s cannot be the holder “%(holder)s”."),
            code="custodian_unsuitable",
            basis=BASIS,
            next_step=gettext_noop(
                "The first share is the tenderer's or its agency's, the second a supervisor's, the third an outsider's."
            ),
            organisation=organisation.name,
            holder=custodian.get_holder_display(),
        )
