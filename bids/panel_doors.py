"""The doors of a panel and of its seats: everything answers 404 to who takes no part."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids import panel_serializers as s
from experts.panel import Panel
from experts.seat import Seat
from trading.doors.door import Door


def seats_for(person: Any) -> models.QuerySet[Seat]:
    """Return the seats of the panels that a person may see, and an expert's own."""
    if not person.is_authenticated:
        return Seat.objects.none()
    seen = Panel.objects.visible_to(person).values("pk")
    return Seat.objects.filter(models.Q(panel__in=seen) | models.Q(expert__user=person))


PANELS = Door(
    model=Panel,
    path="panels",
    singular=_("Committee"),
    plural=_("Committees"),
    reads=s.PanelRecord,
    rows=Panel.objects.visible_to,
    creates=("apply", s.Apply),
    acts={"apply": s.Reapply, "hand_back": s.Reason, "approve": None, "void": s.Reason},
    at_will=("hand_back", "void"),
    filters=("lot__code", "state"),
    related=("lot__project", "lot__tender"),
    listed_as=("lot", "gather_at"),
)
SEATS = Door(
    model=Seat,
    path="seats",
    singular=_("Seat of a committee"),
    plural=_("Seats of a committee"),
    reads=s.SeatRecord,
    rows=seats_for,
    creates=("join", s.NameRepresentative),
    by_hand=False,
    filters=("state", "kind"),
    related=("panel__lot__project",),
    listed_as=("number", "kind"),
)
NOUNS = (PANELS, SEATS)
