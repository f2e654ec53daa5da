"""The doors of an opening: what everybody may read, custodians' wraps and shares, the bidders' own acts."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bids import looking
from bids.custody import Custodian, Holder
from bids.decrypting import CUSTODIAN, MOST, Given, own_rows
from bids.opened import READ_OUT, OpenedBid
from bids.opening import Opening, awaits_signature, spoken
from bids.opening_objection import OpeningObjection
from bids.sealing import envelope
from trading.doors.door import Door, refused
from trading.doors.fields import Input, Record, Ref
from trading.doors.schema import Schema
from trading.ledger import notes
from trading.transitions import perform

AFTER_CLOSE = frozenset({"decrypting", "read_out", "finished"})


class OpeningRecord(Record):
    """An opening as everybody may read it."""

    session = serializers.IntegerField(source="session_id", read_only=True)
    deadline = serializers.DateTimeField(source="lot.tender.deadline", read_only=True)
    mode = serializers.CharField(source="lot.tender.mode", read_only=True)

    class Meta:
        model = Opening
        fields = (
            *("id", "lot", "session", "mode", "deadline", "closed_at", "began_at", "window_until", "failure"),
            *("record_sha256", "state", "version"),
        )


class Rescue(Input):
    identity = serializers.RegexField(r"^AGE-SECRET-KEY-1[0-9A-Z]{58}$", label=_("The bid's key (AGE-SECRET-KEY-1…)"))


class ShowKey(Rescue):
    holder = serializers.ChoiceField(choices=Holder.choices, label=_("Holder"))


class ShareCode(Input):
    code = serializers.CharField(max_length=120, label=_("Your share's code (52 characters)"))


OPENINGS = Door(
    model=Opening,
    path="openings",
    singular=_("Opening"),
    plural=_("Openings"),
    reads=OpeningRecord,
    rows=Opening.objects.visible_to,
    lists=lambda person: Opening.objects.visible_to(person).filter(lot__rehearsal=False),
    acts={
        "give_own_share": ShareCode,
        "rescue": Rescue,
        "show_key": ShowKey,
        **dict.fromkeys(("confirm", "sign", "finish")),
    },
    at_will=("rescue", "show_key"),
    unversioned=("give_own_share", "rescue", "confirm"),
    inside=("give_shares", "refuse_wraps"),
    fits={
        "confirm": lambda opening, person: any(row.confirmed_at is None for row in own_rows(opening, person)),
        "sign": awaits_signature,
        "finish": lambda opening, person: opening.is_signed(),
    },
    filters=("lot__code", "state"),
    related=("lot__project", "lot__tender", "session"),
    listed_as=("lot", "closed_at"),
)


class OpeningObjectionRecord(Record):
    class Meta:
        model = OpeningObjection
        fields = ("id", "opening", "number", "text", "answer_text", "answered_at", "state", "version")


class Object(Input):
    opening = Ref("opening", label=_("Opening"))
    text = serializers.CharField(max_length=500, label=_("Objection"))


class Answer(Input):
    text = serializers.CharField(max_length=500, label=_("Answer"))


OBJECTIONS = Door(
    model=OpeningObjection,
    path="opening-objections",
    singular=_("Objection at the opening"),
    plural=_("Objections at the opening"),
    reads=OpeningObjectionRecord,
    rows=lambda person: OpeningObjection.objects.all(),
    lists=lambda person: OpeningObjection.objects.filter(opening__lot__rehearsal=False),
    creates=("raise_", Object),
    acts={"answer": Answer},
    filters=("opening", "state"),
    related=("opening__lot__project", "opening__session"),
    listed_as=("opening", "number", "text"),
    by_hand=False,
)


def found(name: str) -> Opening:
    """Return the opening of this number, or 404."""
    row: Opening | None = OPENINGS.find(name, Opening.objects.all())
    if row is None:
        raise Http404
    return row


def custodian_of(opening: Opening, person: Any, holder: str) -> Custodian:
    """Return the custodian as whom the person acts. Raises NotPermitted."""
    held = [m.organisation_id for m in person.active_memberships()] if person.is_authenticated else []
    row = opening.lot.custodians.filter(organisation_id__in=held, holder=holder).first()
    if row is None:
        raise refused(str(Opening.give_shares.act["label"]))  # type: ignore[attr-defined]
    return row


class OpeningOf(serializers.Serializer[Any]):
    """Where the opening of a lot is."""

    id = serializers.IntegerField()
    session = serializers.IntegerField()
    state = serializers.CharField()


class OpeningOfLot(APIView):
    """Names the opening of a lot."""

    schema = Schema()

    @extend_schema(operation_id="lot_opening", tags=["openings"], responses=OpeningOf)
    def get(self, request: Request, name: str) -> Response:
        """The lot's opening and its live session; a rehearsal, which is in no list, is found by its code."""
        row = Opening.objects.filter(lot__code=name).first()
        if row is None:
            raise Http404
        return Response({"id": row.pk, "session": row.session_id, "state": row.state})


class Wrap(serializers.Serializer[Any]):
    """A share of one bid, wrapped to a custodian."""

    bid = serializers.CharField()
    set = serializers.IntegerField()
    commit = serializers.CharField()
    wrap = serializers.CharField()


class Wraps(serializers.Serializer[Any]):
    """The wraps of one custodian."""

    wraps = Wrap(many=True)


class WrapsApi(APIView):
    """Gives a custodian its wraps, once the opening has begun."""

    schema = Schema()

    @extend_schema(
        operation_id="opening_wraps",
        tags=["openings"],
        parameters=[
            OpenApiParameter("holder", OpenApiTypes.STR, required=True),
            OpenApiParameter("after", OpenApiTypes.INT, description="The number of the last bid you have."),
        ],
        responses=Wraps,
    )
    def get(self, request: Request, name: str) -> Response:
        """The wraps of the bids on the list, in its order, at most 500; nobody gets them before the opening."""
        opening = found(name)
        looking.guard(opening, request.user, allowed=opening.state in AFTER_CLOSE)
        holder = custodian_of(opening, request.user, request.query_params.get("holder", "")).holder
        after = request.query_params.get("after", "0")
        known = int(after) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
        rows = opening.opened.filter(number__gt=known)
        body = [wrap for row in rows.select_related("bid").order_by("number")[:500] for wrap in wraps_of(row, holder)]
        return Response({"wraps": body}, headers={"Cache-Control": "private, no-store"})


def wraps_of(row: OpenedBid, holder: str) -> list[dict[str, Any]]:
    """Return what the bid's envelope wraps to a holder, set by set."""
    return [
        {
            "bid": row.bid.number,
            "number": row.number,
            "seq": row.bid.seq,
            "set": number,
            "commit": access["commit"],
            "wrap": access["wrap"],
        }
        for number, holders in enumerate(envelope.access_of(row.bid.envelope))
        for access in holders
        if access["holder"] == holder
    ]


class GivenShare(Input):
    bid = serializers.UUIDField()
    set = serializers.IntegerField(min_value=0, max_value=15)
    share = serializers.RegexField(r"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$")  # canonical base64 of 32 bytes


class BadWrapInput(Input):
    bid = serializers.UUIDField()
    set = serializers.IntegerField(min_value=0, max_value=15)
    code = serializers.ChoiceField(choices=[("unreadable", "unreadable"), ("foreign", "foreign"), ("commit", "commit")])


class GiveShares(Input):
    """A custodian's shares, at most 600, and the wraps that did not open."""

    holder = serializers.ChoiceField(choices=Holder.choices)
    shares = serializers.ListField(child=GivenShare(), max_length=MOST)
    bad = serializers.ListField(child=BadWrapInput(), required=False, max_length=MOST)


class Refused(serializers.Serializer[Any]):
    bid = serializers.CharField()
    set = serializers.IntegerField()
    code = serializers.CharField()


class SharesTaken(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    refused = Refused(many=True)


class SharesApi(APIView):
    """Takes a custodian's shares."""

    schema = Schema()

    @extend_schema(operation_id="opening_give_shares", tags=["openings"], request=GiveShares, responses=SharesTaken)
    def post(self, request: Request, name: str) -> Response:
        """Each share is checked against its commitment; where none keeps it, everything handed in is refused."""
        opening = found(name)
        looking.guard(opening, request.user, allowed=opening.state in AFTER_CLOSE)
        if not CUSTODIAN(opening, request.user):
            raise refused(str(Opening.give_shares.act["label"]))  # type: ignore[attr-defined]
        given = GiveShares(data=request.data)
        given.is_valid(raise_exception=True)
        facts = given.validated_data
        held = [Given(str(one["bid"]), one["set"], notes.unbase64(one["share"])) for one in facts["shares"]]
        bad = [(str(one["bid"]), one["set"], one["code"]) for one in facts.get("bad", ())]
        with transaction.atomic():
            if bad:
                perform(opening.refuse_wraps, by=request.user, holder=facts["holder"], given=bad)
            if held:
                perform(opening.give_shares, by=request.user, holder=facts["holder"], given=held)
        not_taken = opening.refused if held else []
        return Response({"accepted": len(held) - len(not_taken), "refused": not_taken})


class BidsReadOut(serializers.Serializer[Any]):
    """The opening list; the content of the bids is there from the reading out."""

    bids = serializers.ListField(child=serializers.DictField())


class BidsApi(APIView):
    """The opening list."""

    schema = Schema()

    @extend_schema(operation_id="opening_bids", tags=["openings"], responses=BidsReadOut)
    def get(self, request: Request, name: str) -> Response:
        """Who bid, when it arrived, and from the reading out on what it says."""
        opening = found(name)
        looking.guard(opening, request.user, allowed=opening.state in AFTER_CLOSE)
        rows = opening.opened.select_related("bid__organisation").order_by("number")
        return Response({"bids": [spoken(row) if opening.state in READ_OUT else row.listed() for row in rows]})


api = [
    path("lots/<name:name>/opening/", OpeningOfLot.as_view(), name="lot_opening"),
    path("openings/<name:name>/wraps/", WrapsApi.as_view(), name="opening_wraps"),
    path("openings/<name:name>/shares/", SharesApi.as_view(), name="opening_shares"),
    path("openings/<name:name>/bids/", BidsApi.as_view(), name="opening_bids"),
]
NOUNS = (OPENINGS, OBJECTIONS)
