"""Award (定标): the drawn enterprise is publicised, then noticed.

Who does not sign in time gives way to the next alternate.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import grounds
from bids.registration import Registration
from trading.errors import RuleError
from trading.lot import Lot
from trading.objection import Matter, Objection, ObjectionQuerySet


class LapseReason(models.TextChoices):
    TIMEOUT = "timeout", _("Contract not signed within the limit")
    OWNER = "owner", _("The owner did not enter the signed contract in time")
    REFUSED = "refused", _("The enterprise refused to sign")
    INELIGIBLE = "ineligible", _("Found ineligible after the draw")
    OBJECTION = "objection", _("An objection to the result was upheld")


class AwardQuerySet(models.QuerySet["Award"]):
    def current(self, lot: Lot) -> "Award":
        """Return the award that stands: the best-ranked one that has not lapsed. Raises RuleError when all have."""
        standing = self.filter(lot=lot, lapsed_at=None).order_by("rank").first()
        if standing is None:
            raise RuleError(
                gettext_noop("Winner and alternates have all lapsed."),
                code="no_alternate_left",
                basis="固定价比选 操作规程",
                next_step=gettext_noop("Declare the comparison failed and announce it again."),
            )
        return standing


class Award(models.Model):
    """One place of the drawn order: rank 1 is the winner, the others its alternates."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="awards")
    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="award")
    rank = models.PositiveIntegerField()
    publicised_at = models.DateTimeField(null=True)
    public_until = models.DateField(null=True)
    noticed_at = models.DateTimeField(null=True)
    sign_by = models.DateField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    lapse_reason = models.CharField(max_length=16, choices=LapseReason.choices, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ("rank",)
        constraints = [
            models.UniqueConstraint(fields=["lot", "rank"], name="a_rank_once"),
            models.CheckConstraint(
                condition=models.Q(publicised_at=None, public_until=None)
                | models.Q(publicised_at__isnull=False, public_until__isnull=False),
                name="publicity_has_its_end",
            ),
            models.CheckConstraint(
                condition=models.Q(noticed_at=None, sign_by=None)
                | models.Q(noticed_at__isnull=False, sign_by__isnull=False),
                name="notice_has_its_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(lapsed_at=None, lapse_reason="")
                | (models.Q(lapsed_at__isnull=False) & ~models.Q(lapse_reason="")),
                name="lapse_has_its_reason",
            ),
        ]

    def check_grounds(self) -> None:
        """Refuse to go on with an enterprise against which a ground has arisen since the draw. Raises RuleError."""
        way_out = gettext_noop("A supervisor passes over the enterprise as ineligible.")
        grounds.check(self.lot, [self.registration], way_out)

    def objections(self) -> ObjectionQuerySet:
        """Return the objections to this award: those to the result that were raised since it was publicised."""
        own = Objection.objects.filter(lot=self.lot_id, matter=Matter.RESULT)
        if self.publicised_at is None:
            return own.none()
        return own.filter(created_at__gte=self.publicised_at - self.lot.clock_ahead)

    def facts(self) -> dict[str, Any]:
        """Return what is public of this award."""
        return {
            "rank": self.rank,
            "enterprise": self.registration.organisation.uscc,
            "name": self.registration.organisation.name,
        }
