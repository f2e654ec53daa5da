"""Suspension (中止): why a lot is stopped for a time, and who may stop it when.

Whoever knows or may foresee what a draw or an opening is about to show must not be able to stop it until it suits.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.party import Role


class SuspensionReason(models.TextChoices):
    SYSTEM_FAULT = "system_fault", _("System fault without a fallback")
    FORCE_MAJEURE = "force_majeure", _("Force majeure")
    TITLE_DISPUTE = "title_dispute", _("Dispute over title")
    OBJECTION = "objection", _("Objection, complaint or order of the regulator")
    OTHER = "other", _("Other")


def check(*, role: str, drawing: bool, opening: bool) -> None:
    """Refuse the owner while the result of a draw or an opening is about to come out. Raises RuleError.

    `drawing` says that a draw is between its cut-off and its result, whose outcome somebody in the room may foresee;
    `opening` that the deadline for bids has passed and their opening is not over (招标投标法 34, 36).
    """
    if role != Role.OWNER:
        return
    if drawing:
        raise RuleError(
            gettext_noop("The inputs of the draw stand, and its result is not out yet: the draw goes on."),
            code="draw_past_cut_off",
            basis="ggzy-draw/1, 2 row 4; 宁波市公共资源交易管理条例 25",
            next_step=gettext_noop("Wait for the result, or give the regulator your reason."),
        )
    if opening:
        raise RuleError(
            gettext_noop("The deadline for bids has passed and their opening is not over: it goes on."),
            code="opening_goes_on",
            basis="招标投标法 34, 36; 宁波市公共资源交易管理条例 25",
            next_step=gettext_noop("Wait until the record is signed, or give the regulator your reason."),
        )
