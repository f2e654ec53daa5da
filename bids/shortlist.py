"""The candidates that a signed report names (中标候选人), and who of them gave way, for which coded reason."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.room.evaluation import Evaluation
from bids.room.ranking import Candidate
from trading.errors import RuleError
from trading.lot import Lot


class PassReason(models.TextChoices):
    """Why a candidate is passed over (招标投标法实施条例 55; 政府采购法实施条例 49; 94号令 16, 32)."""

    GAVE_UP = "gave_up", _("Gives up the award, or refuses to sign")
    FORCE_MAJEURE = "force_majeure", _("Cannot perform, by force majeure")
    NO_BOND = "no_bond", _("Gave no performance bond as the documents ask")
    ILLEGAL = "illegal", _("Found to have acted unlawfully in a way that affects the result")
    UPHELD = "upheld", _("An objection or a complaint against it was upheld")


class PassedOver(models.Model):
    """A candidate that gave way, on whose word and on what evidence."""

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="passed_over")
    reason = models.CharField(_("Reason"), max_length=16, choices=PassReason.choices)
    evidence = models.CharField(_("Evidence"), max_length=300)
    role = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.candidate} {self.reason}"


def signed(lot: Lot) -> Evaluation:
    """Return the evaluation of a lot whose report every member has signed. Raises RuleError."""
    found = Evaluation.objects.filter(lot=lot, state="signed").first()
    if found is None:
        raise RuleError(
            gettext_noop("There is no signed evaluation report for this lot."),
            code="report_not_signed",
            basis="招标投标法 40; 招标投标法实施条例 53; 政府采购法实施条例 43",
            next_step=gettext_noop("The committee signs its report first."),
        )
    return found


def recommended(lot: Lot) -> models.QuerySet[Candidate]:
    """Return the candidates of the report in their order, those that gave way included."""
    rows = Candidate.objects.recommended().filter(evaluation__lot=lot)
    return rows.select_related("opened__bid__organisation", "passed_over")


def standing(lot: Lot) -> list[Candidate]:
    """Return the candidates that have not given way, the best first."""
    return [one for one in recommended(lot) if not hasattr(one, "passed_over")]


def best(lot: Lot) -> Candidate:
    """Return the best candidate that stands. Raises RuleError when none is left."""
    left = standing(lot)
    if not left:
        raise RuleError(
            gettext_noop("Every candidate has given way."),
            code="no_candidate_left",
            basis="招标投标法实施条例 55; 政府采购法实施条例 49",
            next_step=gettext_noop("Declare the tender failed; it may be tendered again."),
        )
    return left[0]


def published(one: Candidate) -> dict[str, Any]:
    """Return what is public of a candidate: what 发改委令第10号 6 names, from the bid as it was read out."""
    said, organisation = one.opened.items, one.opened.bid.organisation
    return {
        "rank": one.rank,
        "name": organisation.name,
        "uscc": organisation.uscc,
        "price": str(one.price),
        "evaluated_price": "" if one.evaluated_price is None else str(one.evaluated_price),
        "total": "" if one.total is None else f"{one.total.normalize():f}",
        "quality": said.get("quality", ""),
        "duration_days": said.get("duration_days", ""),
        "manager": said.get("manager_name", ""),
        "manager_certificate": said.get("manager_certificate", ""),
    }
