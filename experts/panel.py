"""The panel of a lot: its committee from the application to the end (评标委员会; domain.md 4)."""

from typing import Any

from django.db import models

from experts.convening import Convening, State
from experts.seat import Seat
from experts.snapshot import Snapshot
from trading.draws.draw import Draw
from trading.party import SUPERVISING, Role

__all__ = ["Panel", "State"]

OFFICIALS = frozenset({Role.CENTRE_STAFF, Role.AUDITOR, *SUPERVISING})


class PanelQuerySet(models.QuerySet["Panel"]):
    def visible_to(self, person: Any) -> "PanelQuerySet":
        """Return all for officials, and their own for owner and agency; nobody else learns of one (招标投标法 37)."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & OFFICIALS:
            return self.all()
        ours = [m.organisation_id for m in person.active_memberships() if m.role in {Role.OWNER, Role.AGENCY}]
        return self.filter(models.Q(lot__project__owner_id__in=ours) | models.Q(lot__project__agency_id__in=ours))


class Panel(Convening):
    """One lot's committee: applied for, drawn unseen, called, gathered."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, null=True, editable=False, related_name="panel")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    key_sealed = models.BinaryField(default=b"", editable=False)
    key_sealed_by = models.CharField(max_length=16, blank=True, editable=False)
    key_copy = models.BinaryField(default=b"", editable=False)
    counts = models.JSONField(default=dict, editable=False)

    objects = PanelQuerySet.as_manager()

    def sitting(self) -> "models.QuerySet[Seat]":
        """Return the seats of those who sit now: who arrived and has neither been replaced nor recused."""
        return self.seats.filter(state="arrived").order_by("number")
