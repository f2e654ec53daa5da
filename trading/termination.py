"""Termination (终止): why a lot ends for good, and who may end it, on what.

Whoever could end a lot after its draw is fixed, or once its bids are in, could draw or tender again until the result
pleases: from then on it takes the regulator and its evidence.
"""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import holiday_notice, limits
from trading.errors import RuleError
from trading.party import Role

BASIS = "宁波市公共资源交易管理条例 26; 濮阳市公共资源交易管理条例 22"


class TerminationReason(models.TextChoices):
    """The coded reasons (宁波市公共资源交易管理条例 26; 濮阳市公共资源交易管理条例 22; 政府采购法 36)."""

    OWNER_IDLE = "owner_idle", _("Owner idle after urging")
    NO_RIGHT = "no_right", _("No right of disposal")
    DESTROYED = "destroyed", _("The object was destroyed")
    CANCELLED = "cancelled", _("The project was cancelled")
    UNLAWFUL = "unlawful", _("Unlawful acts that affect fairness")


FOR_THE_REGULATOR = frozenset({TerminationReason.OWNER_IDLE, TerminationReason.UNLAWFUL})


def check(reason: str, evidence: str, *, role: str, fixed: bool) -> None:
    """Refuse who may not end the lot, or does so on nothing. Raises RuleError.

    `fixed` says that the inputs of a draw are fixed or that the deadline for bids has passed.
    """
    if role == Role.OWNER and (fixed or reason in FOR_THE_REGULATOR):
        raise RuleError(
            gettext_noop(
                "Only the regulator ends a lot whose draw is fixed or whose deadline for bids has passed, "
                "or ends it because the owner is idle or for an unlawful act."
            ),
            code="regulator_terminates",
            basis=BASIS,
            next_step=gettext_noop("Ask the sector regulator, with the evidence."),
        )
    if fixed and not evidence:
        raise RuleError(
            gettext_noop("The draw of this lot is fixed, or its bids are in; say on what evidence the lot ends."),
            code="evidence_missing",
            basis=BASIS,
            next_step=gettext_noop("Name the decision or document."),
        )


def check_idle(rule: str, since: date, today: date) -> None:
    """Refuse while the owner, who acted last on the day `since`, has time by the rule. Raises RuleError."""
    due = limits.due(rule, since, calendar=holiday_notice.calendar())
    if today <= due.day:
        raise RuleError(
            gettext_noop("The owner has until %(last)s to act (%(rule)s)."),
            code="owner_has_time",
            basis=BASIS,
            next_step=gettext_noop("Wait until the period is over."),
            last=due.day.isoformat(),
            rule=rule,
        )
