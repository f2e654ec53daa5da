"""What the evaluation makes of each opened bid: rejected and why, or its price, its total and its rank."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids.opened import OpenedBid

MOST = 3  # candidates of a report (招标投标法实施条例 53)


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def effective(self) -> "CandidateQuerySet":
        """Return the bids that nobody has rejected, in the order of the opening list."""
        return self.filter(rejected=False)

    def recommended(self) -> "CandidateQuerySet":
        """Return the candidates (中标候选人) of a report, the first first (招标投标法实施条例 53)."""
        return self.filter(rank__isnull=False, rank__lte=MOST).order_by("rank", "number")


class Candidate(models.Model):
    """One opened bid under evaluation. `price` counts once corrections are confirmed; `rank` comes with the report.

    `reasons`: why it is rejected, each {"ground", "reason", "basis", "found_by"}, or what the engine says of its rank.
    `deductions` and `adjustments` are those of the method that the committee accepts for this bid.
    """

    evaluation = models.ForeignKey("bids.Evaluation", on_delete=models.PROTECT, related_name="candidates")
    opened = models.OneToOneField(OpenedBid, on_delete=models.PROTECT, related_name="candidate")
    number = models.PositiveIntegerField(_("Number"))
    price = models.DecimalField(_("Price (yuan)"), max_digits=18, decimal_places=2, null=True)
    evaluated_price = models.DecimalField(_("Evaluated price (yuan)"), max_digits=18, decimal_places=2, null=True)
    total = models.DecimalField(_("Total score"), max_digits=18, decimal_places=8, null=True)
    rank = models.PositiveIntegerField(_("Rank"), null=True)
    rejected = models.BooleanField(_("Rejected"), default=False)
    reasons = models.JSONField(_("Reasons"), default=list)
    deductions = models.JSONField(default=list)
    adjustments = models.JSONField(default=list)
    brand = models.CharField(_("Brand"), max_length=64, blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ("evaluation", "number")
        constraints = [models.UniqueConstraint(fields=["evaluation", "number"], name="a_candidate_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.opened.bid.organisation}"
