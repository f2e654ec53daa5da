"""A tender (招标) of one lot, from its registration to its deadline (domain.md, 2.1 and 2.2).

Each act names who performs it, what must be true, and the article. What follows the deadline is in `opening`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import custody
from bids.custody import Mode
from trading import clock
from trading.errors import RuleError
from trading.ledger import sealed
from trading.lot import Lot
from trading.notice import Notice
from trading.party import Role, within
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda tender: tender.lot.project.owner_id)
AGENCY = within(Role.AGENCY, lambda tender: tender.lot.project.agency_id)
CONDUCT = OWNER | AGENCY


class TenderQuerySet(models.QuerySet["Tender"]):
    def visible_to(self, person: Any) -> "TenderQuerySet":
        """Return what has been announced; their own for owner and agency, everything for officials."""
        if person.is_authenticated and person.roles() - {Role.BIDDER, Role.OWNER, Role.AGENCY, Role.EXPERT}:
            return self
        seen = models.Q(notice__isnull=False)
        if person.is_authenticated:
            mine = [m.organisation_id for m in person.active_memberships()]
            seen |= models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(seen)


class Tender(Machine):
    """One lot's way to its deadline."""

    noun = "tender"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="tender")
    mode = models.CharField(_("Who opens the bids"), max_length=2, choices=Mode.choices, default=Mode.T)
    window_minutes = models.PositiveSmallIntegerField(_("Decryption window (minutes)"), default=30)
    price_ceiling = models.DecimalField(
        _("Price ceiling (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    deposit = models.DecimalField(_("Bid security (yuan)"), max_digits=18, decimal_places=2, default=Decimal(0))
    consortium = models.BooleanField(_("Consortia may bid"), default=False)
    prequalified = models.BooleanField(_("Qualification is examined before bids"), default=False)
    validity_days = models.PositiveSmallIntegerField(_("Bid validity (days)"), default=90)
    documents_from = models.DateTimeField(_("Documents are offered from"), null=True, editable=False)
    documents_until = models.DateTimeField(_("Documents are offered until"), null=True, editable=False)
    deadline = models.DateTimeField(_("Deadline"), null=True, editable=False)
    opening_place = models.CharField(_("Place of the opening"), max_length=200, blank=True, editable=False)
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, editable=False, related_name="tender")
    failure = models.CharField(_("Reason of failure"), max_length=200, blank=True, editable=False)

    objects = TenderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_ceiling=None) | models.Q(price_ceiling__gt=0), name="ceiling_is_positive"
            ),
            models.CheckConstraint(condition=models.Q(deposit__gte=0), name="deposit_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.lot.name

    def today(self) -> date:
        """Return the county's calendar day on the lot's clock."""
        return clock.local_date(self.lot.now())

    def takes_bids(self, moment: datetime) -> bool:
        """Say whether a bid that arrives at a moment of the lot's clock is in time: before the deadline, to the µs."""
        if self.state != "announced" or self.documents_from is None or self.deadline is None:
            return False
        return self.documents_from <= moment < self.deadline

    @act("tender.registered", source="", target="registered", may=CONDUCT, label=gettext_noop("Register a tender"))
    def register(self, act: Act) -> dict[str, Any]:
        """Begin the tender of a lot of this kind."""
        return {"kind": self.lot.kind, "mode": self.mode}

    @act(
        "tender.announced",
        source="registered",
        target="announced",
        may=CONDUCT,
        label=gettext_noop("Publish the tender notice"),
    )
    def announce(
        self,
        act: Act,
        *,
        documents_from: datetime,
        documents_until: datetime,
        deadline: datetime,
        opening_place: str,
        content: dict[str, Any],
    ) -> dict[str, Any]:
        """Publish the notice with its schedule (招标投标法 16, 24; 招标投标法实施条例 16)."""
        if not self.lot.now() <= documents_from < documents_until <= deadline:
            raise RuleError(gettext_noop("Documents are offered, then bids are due."), code="schedule_out_of_order")
        custody.check_ready(self.lot)
        self.documents_from, self.documents_until, self.deadline = documents_from, documents_until, deadline
        self.opening_place = opening_place
        sealed.open_secret_window(self.lot.code, act.at)
        moments = {
            "documents_from": clock.iso(documents_from),
            "documents_until": clock.iso(documents_until),
            "deadline": clock.iso(deadline),
        }
        return {**moments, "custodians": custody.published(self.lot)}
