"""The evaluation of one lot's opened bids (评标), from the convened committee to its signed report.

Convened, examining, scoring, summed, reported, signed; or failed (招标投标法 37 to 42; 87号令 44 to 66).
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids.opening import Opening
from trading import unguessable
from trading.lot import Lot
from trading.session import Session
from trading.transitions import Machine


class Evaluation(Machine):
    """The evaluation of one lot. `document` is what the engine computed from, `figures` what it found."""

    noun = "evaluation"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="evaluation")
    opening = models.OneToOneField(Opening, on_delete=models.PROTECT, editable=False, related_name="evaluation")
    session = models.OneToOneField(
        Session, verbose_name=_("Session"), on_delete=models.PROTECT, related_name="evaluation"
    )
    until = models.DateTimeField(_("Evaluation until"), null=True, editable=False)
    document = models.JSONField(null=True, editable=False)
    figures = models.JSONField(null=True, editable=False)
    failure = models.CharField(_("Reason of failure"), max_length=32, blank=True, editable=False)
    report = models.JSONField(null=True, editable=False)
    report_sha256 = models.CharField(_("SHA-256 of the report"), max_length=64, blank=True, editable=False)
    reported_at = models.DateTimeField(_("Reported"), null=True, editable=False)
    signed_at = models.DateTimeField(_("Signed"), null=True, editable=False)
    candidates: Any  # one row for each opened bid, as Candidate declares it

    def __str__(self) -> str:
        return self.lot.name
