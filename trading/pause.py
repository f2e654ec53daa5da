"""Why a session stops or ends before its time: a listed reason, the same for everybody who may stop it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import InvalidInput


class PauseReason(models.TextChoices):
    EQUIPMENT = "equipment", _("Equipment failure")
    POWER_OR_NETWORK = "power_or_network", _("Power or network failure")
    ORDER = "order", _("Disturbance of order")
    OBJECTION = "objection", _("Objection raised on the spot")
    EVIDENCE = "evidence", _("Doubt about evidence")
    SUPERVISOR_ORDER = "supervisor_order", _("Order of a supervisor")
    OTHER = "other", _("Other")


def listed(given: str) -> str:
    """Return a reason of the list. Raises InvalidInput for another."""
    if given not in PauseReason.values:
        raise InvalidInput(gettext_noop("Choose a reason from the list."), code="unknown_reason")
    return given
