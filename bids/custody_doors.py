"""The doors of a custodian: appointment, its key, and the rehearsal that proves the key works."""

from typing import Any

from django.db import models
from django.http import Http404
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bids.custody import KEEPER, Custodian, Holder
from bids.opened import BadWrap, Share
from bids.opening import Opening
from trading.doors.door import Door, Task, refused
from trading.doors.fields import Input, Record, Ref
from trading.doors.schema import Schema
from trading.errors import WrongState
from trading.ledger import notes
from trading.lot import Standing
from trading.party import Organisation, Role
from trading.transitions import Machine

UNDER_WAY, OVER = ("registered", "announced"), ("read_out", "finished", "failed")
MOST = 50
OFFICIALS = {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR, Role.CENTRE_STAFF}


def custodians_for(person: Any) -> models.QuerySet[Custodian]:
    """Return the custodians of announced tenders for everybody; one's own, and those of one's own projects, before."""
    seen = models.Q(lot__tender__notice__isnull=False)
    if person.is_authenticated:
        mine = [m.organisation_id for m in person.active_memberships()]
        seen |= models.Q(organisation_id__in=mine) | models.Q(lot__project__owner_id__in=mine)
        seen |= models.Q(lot__project__agency_id__in=mine)
        if person.roles() & OFFICIALS:
            return Custodian.objects.all()
    return Custodian.objects.filter(seen).distinct()


class CustodianRecord(Record):
    class Meta:
        model = Custodian
        fields = ("id", "lot", "holder", "organisation", "recipient", "rehearsed_at", "state", "version")


class Appoint(Input):
    consequence = _("The three holders are published with the notice; any two of them open every bid.")
    basis = "电子招标投标办法 27, 29"

    lot = Ref("lot", label=_("Lot"))
    holder = serializers.ChoiceField(choices=Holder.choices, label=_("Holder"))
    organisation = Ref("organisation", among=lambda person: Organisation.objects.all(), label=_("Organisation"))


class GiveKey(Input):
    recipient = serializers.RegexField(r"^age1[0-9a-z]{58}$", label=_("Public key (age)"))


class Rehearse(Input):
    answer = serializers.RegexField(r"^[A-Za-z0-9+/]{43}=$", label=_("What was wrapped, in base64"))

    def validate_answer(self, value: str) -> bytes:
        """Return the bytes of the answer."""
        try:
            return notes.unbase64(value)
        except notes.NoteError as error:
            raise serializers.ValidationError(_("This is not canonical base64.")) from error


def errands(person: Any) -> list[tuple[Machine, list[Task]]]:
    """Return the custodians for whom the person acts that have something to do now, each with its one page."""
    held = [m.organisation_id for m in person.active_memberships()] if person.is_authenticated else []
    rows = Custodian.objects.filter(
        organisation_id__in=held, lot__state=Standing.LIVE, lot__tender__state__in=UNDER_WAY
    )
    rows = rows.exclude(lot__opening__state__in=OVER).select_related("lot__tender", "organisation").order_by("-pk")
    due = ((row, _due(row)) for row in rows[:MOST])
    return [(row, [Task(act.__name__, _label(act), reverse("custody", args=[row.pk]))]) for row, act in due if act]


def _due(row: Custodian) -> Any:
    """Return the act that waits for the custodian: its key, the rehearsal, its shares; None if none does."""
    if row.lot.tender.state == "registered":
        return row.give_key if row.state == "appointed" else row.rehearse if row.rehearsed_at is None else None
    opening = Opening.objects.filter(lot=row.lot).first()
    if opening is not None and opening.state == "decrypting":
        return opening.give_shares if _owes_shares(opening, row.holder) else None
    return row.rehearse if row.is_to_rehearse() else None


def _owes_shares(opening: Opening, holder: str) -> bool:
    """Say whether a bid that is not decided on has neither a share nor a report from the holder."""
    given = Share.objects.filter(opened=models.OuterRef("pk"), holder=holder)
    reported = BadWrap.objects.filter(opened=models.OuterRef("pk"), holder=holder)
    return opening.opened.undecided().exclude(models.Exists(given)).exclude(models.Exists(reported)).exists()


def _label(act: Any) -> str:
    return gettext(act.act["label"])


CUSTODIANS = Door(
    model=Custodian,
    path="custodians",
    singular=_("Custodian"),
    plural=_("Custodians"),
    reads=CustodianRecord,
    rows=custodians_for,
    lists=lambda person: custodians_for(person).filter(lot__rehearsal=False),
    creates=("appoint", Appoint),
    acts={"give_key": GiveKey, "rehearse": Rehearse},
    at_will=("rehearse",),
    errands=errands,
    filters=("lot__code", "holder", "state"),
    related=("lot__project", "lot__tender", "organisation"),
    listed_as=("lot", "holder", "organisation", "rehearsed_at"),
)


class TestWrap(serializers.Serializer[Any]):
    """A secret wrapped to the custodian's key."""

    wrap = serializers.CharField()


class TestWrapApi(APIView):
    """Gives a custodian something to open before it matters."""

    schema = Schema()

    @extend_schema(operation_id="custodian_test_wrap", tags=["custodians"], responses=TestWrap)
    def get(self, request: Request, name: str) -> Response:
        """Wrap the rehearsal's secret to the key that was given."""
        found: Custodian | None = CUSTODIANS.find(name, custodians_for(request.user))
        if found is None:
            raise Http404
        if not KEEPER(found, request.user):
            raise refused(str(Custodian.rehearse.act["label"]))  # type: ignore[attr-defined]
        if not found.recipient:
            raise WrongState(gettext_noop("The custodian has given no key yet."), code="no_key_yet")
        body = {"wrap": notes.base64_text(found.test_wrap())}
        return Response(body, headers={"Cache-Control": "private, no-store"})


api = [path("custodians/<name:name>/test-wrap/", TestWrapApi.as_view(), name="custodian_test_wrap")]
