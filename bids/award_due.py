"""What the clock performs for awards: each function finds what is due on the lot's own clock and performs it.

A late tick changes nothing but the moment; two ticks at once are harmless, for `perform` checks the state again.
"""

from contextlib import suppress
from typing import Any

from django.db import models

from bids import award_days
from bids.conflicts import is_procurement
from bids.procurement_award import ProcurementAward
from bids.room.evaluation import Evaluation
from bids.tender_award import TenderAward
from trading.errors import RuleError
from trading.lot import Standing
from trading.transitions import perform


def receive_reports() -> None:
    """Lay every report that is signed before its owner, and the new one after the first was set aside."""
    waiting = Evaluation.objects.filter(state="signed", lot__state=Standing.LIVE)
    none = models.Q(lot__tender_award=None, lot__procurement_award=None)
    aside = models.Q(lot__tender_award__state="set_aside") | models.Q(lot__procurement_award__state="set_aside")
    for evaluation in waiting.filter(none | aside).select_related("lot"):
        machine: Any = ProcurementAward if is_procurement(evaluation.lot) else TenderAward
        award = evaluation.lot.award or machine(lot=evaluation.lot)
        with suppress(RuleError):  # another tick was first, the lot was suspended, or no new report is there
            perform(award.receive, by=None)


def deem_confirmed() -> None:
    """Confirm the best candidate where the buyer was silent."""
    silent = ProcurementAward.objects.filter(state="reported", lot__state=Standing.LIVE)
    for award in silent.select_related("lot__project"):
        if award.entered_on is not None and award_days.has_passed(award.lot, "confirm_days", award.entered_on):
            with suppress(RuleError):
                perform(award.deem, by=None)
