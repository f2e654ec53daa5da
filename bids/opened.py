"""What an opening knows of each bid: its place on the list, the shares that came, and what became of it."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.bid import Bid
from trading.errors import RuleError

READ_OUT = frozenset({"read_out", "finished"})  # the states of an opening from which its bids are public


class Outcome(models.TextChoices):
    """What became of a bid at the opening (电子招标投标办法 30, 31)."""

    WAITING = "", _("Waits for decryption")
    OPENED = "opened", _("Decrypted")
    REVOKED = "revoked", _("Revoked: the bidder's fault")
    RETURNED = "returned", _("Returned: not the bidder's fault")


class OpenedBidQuerySet(models.QuerySet["OpenedBid"]):
    def undecided(self) -> "OpenedBidQuerySet":
        """Return the bids of which nothing is known yet."""
        return self.filter(outcome=Outcome.WAITING)

    def read_out(self) -> "OpenedBidQuerySet":
        """Return the bids whose content was read out: the opened bids, with which the evaluation begins."""
        return self.filter(outcome=Outcome.OPENED, opening__state__in=READ_OUT)


class OpenedBid(models.Model):
    """A bid on the opening list. Its content is here from the decryption, and public from the reading out."""

    opening = models.ForeignKey("bids.Opening", on_delete=models.PROTECT, related_name="opened")
    bid = models.OneToOneField(Bid, on_delete=models.PROTECT, related_name="opened")
    number = models.PositiveIntegerField(_("Number"))
    outcome = models.CharField(_("Outcome"), max_length=16, choices=Outcome.choices, blank=True)
    at_fault = models.CharField(_("At fault"), max_length=32, blank=True)
    ground = models.CharField(_("Ground"), max_length=32, blank=True)
    basis = models.CharField(_("Article"), max_length=100, blank=True)
    set_used = models.PositiveSmallIntegerField(null=True)
    secret = models.CharField(max_length=64, blank=True)
    plaintext_sha256 = models.CharField(max_length=64, blank=True)
    plaintext_size = models.PositiveBigIntegerField(null=True)
    items = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(_("Confirmed"), null=True)

    objects = OpenedBidQuerySet.as_manager()

    class Meta:
        ordering = ("opening", "number")
        constraints = [models.UniqueConstraint(fields=["opening", "number"], name="an_opening_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.bid}"

    def listed(self) -> dict[str, Any]:
        """Return what is public of the bid once the list is frozen: who, and when it arrived."""
        organisation = self.bid.organisation
        return {"number": self.number, "bid": self.bid.number, "uscc": organisation.uscc, "name": organisation.name}


class Share(models.Model):
    """A share that a holder gave for one set of one bid, checked against its commitment."""

    opened = models.ForeignKey(OpenedBid, on_delete=models.PROTECT, related_name="shares")
    set_number = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=16)
    value = models.BinaryField(max_length=32)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opened", "set_number", "holder"], name="a_share_once")]

    def __str__(self) -> str:
        return f"{self.opened} {self.set_number} {self.holder}"


class SharesRefused(RuleError):
    """None of the shares that were handed in was accepted; `errors` says why, share by share."""

    code = "shares_refused"
    basis = "电子招标投标办法 29, 30"
    next_step = gettext_noop("Open the wraps of the bids on the list with your own key, and hand in what is inside.")

    def __init__(self, refused: Mapping[int, RuleError]) -> None:
        super().__init__(gettext_noop("None of the shares that were handed in was accepted."))
        self.parts = {f"/shares/{n}": error for n, error in refused.items()}


class BadWrap(models.Model):
    """What a custodian reports of a wrap that its key does not open, or that holds something else."""

    opened = models.ForeignKey(OpenedBid, on_delete=models.PROTECT, related_name="bad_wraps")
    set_number = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=16)
    code = models.CharField(max_length=32)
    proved = models.BooleanField(null=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opened", "set_number", "holder"], name="a_bad_wrap_once")]

    def __str__(self) -> str:
        return f"{self.opened} {self.set_number} {self.holder} {self.code}"
