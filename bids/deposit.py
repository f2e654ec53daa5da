"""Bid security (投标保证金): what is entered for an enterprise stays sealed until the opening."""

import unicodedata
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.application import OFFICIALS, revealed
from bids.conflicts import is_procurement
from bids.registration import BIDDER
from trading import clock, holiday_notice, limits, unguessable
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation, Role, within
from trading.transitions import Act, Machine, Power, act

OWNER = within(Role.OWNER, lambda deposit: deposit.lot.project.owner_id)
AGENCY = within(Role.AGENCY, lambda deposit: deposit.lot.project.agency_id)
CONDUCT = OWNER | AGENCY
ENTERED = Power(Role.BIDDER, lambda deposit, person: not deposit.fed and BIDDER(deposit, person))
BASIS = "招标投标法实施条例 26"
BASIS_PROCURED = "政府采购法实施条例 33; 财政部令87号 38"


class Form(models.TextChoices):
    """How security is given; never in cash (政府采购法实施条例 33)."""

    TRANSFER = "transfer", _("Transfer")
    GUARANTEE = "guarantee", _("Guarantee")


class Forfeit(models.TextChoices):
    """Why security is kept (招标投标法实施条例 35, 74; 财政部令87号 23)."""

    REVOKED = "revoked", _("The bid was revoked after the deadline")
    NOT_SIGNED = "not_signed", _("The winner did not sign the contract")
    NO_BOND = "no_bond", _("The winner gave no performance bond")


class RefundCause(models.TextChoices):
    """What a refund follows."""

    WITHDRAWN = "withdrawn", _("The bid was withdrawn before the deadline")
    CONTRACT = "contract", _("The contract was signed")
    NOTICE = "notice", _("The notice of award was issued")


REFUNDS = {RefundCause.WITHDRAWN: "T10", RefundCause.CONTRACT: "T14", RefundCause.NOTICE: "T14"}


class DepositQuerySet(models.QuerySet["Deposit"]):
    def visible_to(self, person: Any) -> "DepositQuerySet":
        """Return an enterprise's own that it entered; after the opening those of one's own project; officials all.

        What a bank feed brought is shown to nobody before, for it tells who bids (招标投标法 22).
        """
        if not person.is_authenticated:
            return self.none()
        held = person.active_memberships()
        mine = [m.organisation_id for m in held if m.role == Role.BIDDER]
        conducted = [m.organisation_id for m in held if m.role in {Role.OWNER, Role.AGENCY}]
        ours = models.Q(lot__project__owner_id__in=conducted) | models.Q(lot__project__agency_id__in=conducted)
        opened = revealed() if person.roles() & OFFICIALS else revealed() & ours
        return self.filter(models.Q(organisation_id__in=mine, fed=False) | opened)


class Deposit(Machine):
    """One security of one enterprise for one lot."""

    noun = "deposit"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="deposits")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Enterprise"), on_delete=models.PROTECT, related_name="deposits"
    )
    form = models.CharField(_("Form"), max_length=12, choices=Form.choices)
    amount = models.DecimalField(_("Amount (yuan)"), max_digits=18, decimal_places=2)
    account_name = models.CharField(_("Name of the account, or who asked for the guarantee"), max_length=200)
    basic_account = models.BooleanField(_("From the basic account"), default=False)
    reference = models.CharField(_("Serial no. of the bank, or guarantee no."), max_length=64)
    valid_until = models.DateField(_("Guarantee valid until"), null=True, blank=True)
    fed = models.BooleanField(default=False, editable=False)
    arrived_at = models.DateTimeField(editable=False)
    ended_on = models.DateField(_("Refunded or kept on"), null=True, editable=False)
    cause = models.CharField(_("Cause"), max_length=12, blank=True, editable=False)

    objects = DepositQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="deposit_given_is_positive"),
            models.UniqueConstraint(
                fields=["lot", "organisation", "reference", "fed"],
                condition=models.Q(state="entered"),
                name="one_deposit_a_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.lot.name

    @act(
        "deposit.entered",
        source="",
        target="entered",
        may=BIDDER | CONDUCT,
        label=gettext_noop("Enter a bid security"),
    )
    def enter(self, act: Act) -> dict[str, Any]:
        """Enter security before the deadline, from the enterprise's own basic account and as much as is asked for.

        Sources: 招标投标法实施条例 26; 政府采购法实施条例 33.
        """
        act.seal()
        self._check_time(act)
        self._check_form()
        self.fed, self.arrived_at = act.role != Role.BIDDER, act.arrived
        return {"enterprise": self.organisation.uscc, "form": self.form, "amount": str(self.amount)}

    @act(
        "deposit.withdrawn",
        source="entered",
        target="withdrawn",
        may=ENTERED,
        label=gettext_noop("Take the entry of a bid security back"),
    )
    def withdraw(self, act: Act) -> dict[str, Any]:
        """Take back what the enterprise itself entered, before the deadline (招标投标法 29)."""
        act.seal()
        self._check_time(act)
        return {"enterprise": self.organisation.uscc}

    @act(
        "deposit.refunded",
        source="entered",
        target="refunded",
        may=CONDUCT,
        label=gettext_noop("Refund a bid security"),
    )
    def refund(self, act: Act, *, cause: str, on: date) -> dict[str, Any]:
        """Record the refund, with interest where the law asks for it (招标投标法实施条例 35, 57; 87号令 38)."""
        self._check_opened()
        self.cause, self.ended_on = RefundCause(cause), on
        return {"enterprise": self.organisation.uscc, "cause": self.cause, "on": on.isoformat()}

    @act("deposit.kept", source="entered", target="kept", may=CONDUCT, label=gettext_noop("Keep a bid security"))
    def keep(self, act: Act, *, cause: str, on: date) -> dict[str, Any]:
        """Keep the security for a coded cause (招标投标法实施条例 35, 74)."""
        self._check_opened()
        self.cause, self.ended_on = Forfeit(cause), on
        return {"enterprise": self.organisation.uscc, "cause": self.cause, "on": on.isoformat()}

    def matches(self) -> bool:
        """Say whether the account's name is the enterprise's, apart from what typing adds."""
        return _plain(self.account_name) == _plain(self.organisation.name)

    def _check_time(self, act: Act) -> None:
        tender, arrived = getattr(self.lot, "tender", None), self.lot.at(act.arrived)
        if tender is None or tender.deposit == 0:
            raise RuleError(gettext_noop("This lot asks for no bid security."), code="no_deposit_asked", basis=BASIS)
        if tender.state != "announced" or tender.deadline is None or arrived >= tender.deadline:
            raise RuleError(
                gettext_noop("Security is entered while bids are taken, before the deadline."),
                code="deposit_late",
                basis=self._basis(),
            )

    def _check_form(self) -> None:
        tender = self.lot.tender
        if self.amount < tender.deposit:
            raise self._refusal("deposit_too_small", gettext_noop("The security is less than the tender asks for."))
        if not self.matches():
            raise self._refusal(
                "deposit_account_differs",
                gettext_noop("The security must come from an account of the bidder's own name."),
            )
        if self.form == Form.TRANSFER and not self.basic_account:
            raise self._refusal("not_basic_account", gettext_noop("A transfer comes from the bidder's basic account."))
        last = clock.local_date(tender.deadline or clock.now()) + timedelta(days=tender.validity_days)
        if self.form == Form.GUARANTEE and (self.valid_until is None or self.valid_until < last):
            raise self._refusal("guarantee_too_short", gettext_noop("The guarantee must last as long as the bid."))

    def _check_opened(self) -> None:
        """Refuse while it is secret who bids: before the deadline nobody but the bidder knows of the security."""
        if not Deposit.objects.filter(revealed(), pk=self.pk).exists():
            raise RuleError(gettext_noop("The bids are not opened yet."), code="bids_not_opened", basis="招标投标法 22")

    def _refusal(self, code: str, sentence: str) -> RuleError:
        return RuleError(sentence, code=code, basis=self._basis())

    def _basis(self) -> str:
        return BASIS_PROCURED if is_procurement(self.lot) else BASIS


def given_by(lot: Lot, organisation: Organisation) -> Deposit | None:
    """Return the security that stands for a bidder, the largest first; for the read-out after the deadline."""
    rows = Deposit.objects.filter(lot=lot, organisation=organisation, state="entered")
    return rows.order_by("-amount", "pk").first()


def refund_due(lot: Lot, cause: str, on: date) -> date:
    """Return the last day to refund: T10 after a withdrawal, T14 after the contract, G17 in procurement."""
    kept = "G17" if is_procurement(lot) and cause != RefundCause.WITHDRAWN else REFUNDS[RefundCause(cause)]
    return limits.due(kept, on, calendar=holiday_notice.calendar()).day


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())
