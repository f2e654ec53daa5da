"""The doors of a panel and of its seats: everything answers 404 to who takes no part."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bids import panel_serializers as s
from bids import sides
from experts.calls import Call
from experts.panel import Panel
from experts.seat import Refusal, Seat
from trading import looking
from trading.doors.door import Door, refused
from trading.doors.fields import Input
from trading.doors.schema import Schema
from trading.party import SUPERVISING, Role
from trading.transitions import Machine, perform

ACCEPT, DECLINE = "1", "2"


def seats_for(person: Any) -> models.QuerySet[Seat]:
    """Return the seats of the panels that a person may see, and an expert's own."""
    if not person.is_authenticated:
        return Seat.objects.none()
    seen = Panel.objects.visible_to(person).values("pk")
    return Seat.objects.filter(models.Q(panel__in=seen) | models.Q(expert__user=person))


@dataclass(frozen=True)
class PanelDoor(Door):
    """The door of a panel: who bids, and the supervisor's key, are added here and never sent by anybody."""

    def act_on(self, record: Machine, name: str, *, person: Any, version: int | None, facts: dict[str, Any]) -> Machine:
        given = sides.of_draw(record.ledger_lot()) if name == "begin_draw" else {}
        return super().act_on(record, name, person=person, version=version, facts={**facts, **given})


def is_drawn(panel: Panel, person: Any) -> bool:
    return panel.draw is not None and panel.draw.state == "drawn"


def is_void(panel: Panel, person: Any) -> bool:
    return panel.draw is not None and panel.draw.state == "void"


PANELS = PanelDoor(
    model=Panel,
    path="panels",
    singular=_("Committee"),
    plural=_("Committees"),
    reads=s.PanelRecord,
    rows=Panel.objects.visible_to,
    creates=("apply", s.Apply),
    acts={
        "apply": s.Reapply,
        "hand_back": s.Reason,
        "approve": None,
        "void": s.Reason,
        "widen": s.Widen,
        "begin_draw": s.BeginExpertDraw,
        "return_to_application": None,
        "take_result": None,
        "notify": None,
        "replace": s.ReplaceExpert,
        "gather": None,
    },
    at_will=("hand_back", "void", "widen", "replace"),
    inside=("lock",),
    fits={"take_result": is_drawn, "return_to_application": is_void},
    filters=("lot__code", "state"),
    related=("lot__project", "lot__tender", "draw"),
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
    acts={"accept": s.AcceptSeat, "decline": s.DeclineSeat, "arrive": None, "unseal": None},
    at_will=("decline",),
    by_hand=False,
    inside=("draw", "call", "recuse", "replace"),
    fits={"unseal": lambda seat, person: seat.unsealed_at is None},
    filters=("state", "kind"),
    related=("panel__lot__project", "expert"),
    listed_as=("number", "kind"),
)
NOUNS = (PANELS, SEATS)


def holds(request: Request, *roles: str) -> bool:
    """Say whether who asks holds one of the roles."""
    return request.user.is_authenticated and bool(request.user.roles() & set(roles))


class KeyPressed(Input):
    """What the carrier reports of a call: the key, 1 to accept and 2 to decline."""

    key = serializers.ChoiceField(choices=[ACCEPT, DECLINE])


class Answered(serializers.Serializer[Any]):
    """How the seat stands now; not whose it is."""

    state = serializers.CharField()


class KeyPressedApi(APIView):
    """Takes the key that a called expert pressed, from the centre's telephone gateway."""

    schema = Schema()

    @extend_schema(operation_id="expert_call_answer", tags=["seats"], request=KeyPressed, responses=Answered)
    def post(self, request: Request, name: str) -> Response:
        """The gateway knows the call's random reference; nobody else can answer for an expert."""
        if not holds(request, Role.CENTRE_STAFF):
            raise refused(str(Seat.accept.act["label"]))  # type: ignore[attr-defined]
        call = Call.objects.filter(reference=name).select_related("seat__panel__lot", "seat__expert").first()
        if call is None:
            raise Http404
        given = KeyPressed(data=request.data)
        given.is_valid(raise_exception=True)
        if given.validated_data["key"] == ACCEPT:
            done = perform(call.seat.accept, by=request.user, call=call)
        else:
            done = perform(call.seat.decline, by=request.user, refusal=Refusal.OTHER, call=call)
        return Response({"state": done.state})


class DrawKey(serializers.Serializer[Any]):
    """The key of a draw of experts, with which an auditor checks every leaf, and its published commitment."""

    key = serializers.CharField()
    kd = serializers.CharField()


def panel_of(name: str, person: Any) -> Panel:
    """Return the panel of this number that the person may see, or 404; who asks for another's is on record."""
    found: Panel | None = PANELS.find(name, Panel.objects.visible_to(person))
    if found is None:
        looking.note(PANELS.find(name, Panel.objects.all()), person)
        raise Http404
    return found


class DrawKeyApi(APIView):
    """Gives auditors the key of the draw, once the committee is no secret."""

    schema = Schema()

    @extend_schema(operation_id="panel_key", tags=["panels"], responses=DrawKey)
    def get(self, request: Request, name: str) -> Response:
        """K_draw opens every leaf, of who was drawn and of who was not: for auditors alone (ggzy-draw/1, 3.10)."""
        found = panel_of(name, request.user)
        if found.draw is None or not holds(request, Role.AUDITOR):
            raise Http404
        looking.note(found, request.user)
        found.check_open()
        body = {"key": found.key().hex(), "kd": found.draw.kd}
        return Response(body, headers={"Cache-Control": "private, no-store"})


class SealedKeyApi(APIView):
    """Gives supervision the copy of the key that only the lot's supervisor can open."""

    schema = Schema()

    @extend_schema(
        operation_id="panel_sealed_key", tags=["panels"], responses={(200, "application/age"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, name: str) -> HttpResponse:
        """The second copy of K_draw, sealed with age to the supervisor's key (ggzy-draw/1, 3.2)."""
        found = panel_of(name, request.user)
        if found.draw is None or not holds(request, *SUPERVISING):
            raise Http404
        headers = {"Content-Disposition": 'attachment; filename="draw-key.age"', "Cache-Control": "private, no-store"}
        return HttpResponse(bytes(found.key_copy), content_type="application/age", headers=headers)


api = [
    path("expert-calls/<name:name>/", KeyPressedApi.as_view(), name="expert_call"),
    path("panels/<name:name>/key/", DrawKeyApi.as_view(), name="panel_key"),
    path("panels/<name:name>/sealed-key/", SealedKeyApi.as_view(), name="panel_sealed_key"),
]
