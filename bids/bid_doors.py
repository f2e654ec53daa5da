"""The doors of a bid: the lot's sealing parameters, uploads in parts, and the envelope that makes them binding."""

import re
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bids import bid, custody, submission, upload
from bids.bid import Bid
from bids.sealing import envelope
from trading import clock
from trading.doors.door import Door, contradiction, refused
from trading.doors.fields import Input, Record
from trading.doors.schema import Schema
from trading.errors import InvalidInput
from trading.ledger import leaf, notes, receipts
from trading.ledger.tables import SealedEntry
from trading.lot import Lot
from trading.party import Organisation, Role

DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")


class BidRecord(Record):
    """A bid of one's own."""

    class Meta:
        model = Bid
        fields = ("number", "lot", "organisation", "seq", "received_at", "state", "version")


BIDS = Door(
    model=Bid,
    path="bids",
    singular=_("Bid"),
    plural=_("Bids"),
    reads=BidRecord,
    rows=Bid.objects.visible_to,
    by="number",
    inside=("submit", "supersede", "withdraw"),
    filters=("lot__code", "state"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "seq", "received_at"),
    by_hand=False,
)


class Custodians(serializers.Serializer[Any]):
    """Who holds shares, and the key to wrap them to."""

    holder = serializers.CharField()
    organisation = serializers.CharField()
    recipient = serializers.CharField()


class Sealing(serializers.Serializer[Any]):
    """What a bidder needs to seal a bid for a lot."""

    tender = serializers.CharField()
    lot = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    mode = serializers.CharField()
    deadline = serializers.DateTimeField(allow_null=True)
    now = serializers.DateTimeField()
    custodians = Custodians(many=True)
    sets = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    part = serializers.IntegerField()
    max_bytes = serializers.IntegerField()
    price_ceiling = serializers.CharField(allow_null=True)
    window_minutes = serializers.IntegerField()
    bidder = serializers.CharField(allow_null=True)
    current = serializers.JSONField(allow_null=True)


def tendered(code: str) -> Lot:
    """Return the announced lot of this code, or 404."""
    rows = Lot.objects.select_related("tender", "project__owner", "project__agency").exclude(tender=None)
    found = rows.exclude(tender__state="registered").filter(code=code).first()
    if found is None:
        raise Http404
    return found


def enterprises_of(person: Any) -> list[Organisation]:
    """Return the enterprises for which a person may bid."""
    if not person.is_authenticated:
        return []
    return [m.organisation for m in person.active_memberships() if m.role == Role.BIDDER]


def sealing_of(lot: Lot, person: Any) -> dict[str, Any]:
    """Return the sealing parameters; the last two members are the person's own."""
    own = enterprises_of(person)
    head = bid.chain_head(lot, own[0]) if own else None
    tender = lot.tender
    return {
        "tender": lot.code[:-3],
        "lot": int(lot.code[-3:]),
        "code": lot.code,
        "name": lot.name,
        "mode": tender.mode,
        "deadline": tender.deadline and clock.iso(tender.deadline),
        "now": clock.iso(lot.now()),
        "custodians": custody.published(lot),
        "sets": [list(holders) for holders in custody.sets_of(tender.mode)],
        "part": envelope.PART,
        "max_bytes": settings.BID_MAX_BYTES,
        "price_ceiling": None if tender.price_ceiling is None else str(tender.price_ceiling),
        "window_minutes": tender.window_minutes,
        "bidder": f"U{own[0].uscc}" if own else None,
        "current": head
        and {"bid": head.number, "seq": head.head_seq, "leaf_hash": head.head_leaf, "state": head.state},
    }


class SealingApi(APIView):
    """What a bidder needs to seal a bid."""

    schema = Schema()

    @extend_schema(operation_id="lot_sealing", tags=["bids"], responses=Sealing)
    def get(self, request: Request, name: str) -> Response:
        """The custodians' keys, the mode, the deadline and the enterprise's own last envelope."""
        return Response(sealing_of(tendered(name), request.user), headers={"Cache-Control": "private, no-store"})


class BeginUpload(Input):
    """The number that the bid will have, drawn by its maker, and the enterprise that bids."""

    id = serializers.UUIDField()
    organisation = serializers.RegexField(r"^[0-9A-Z]{18}$", label=_("Unified social credit code"))


class UploadRecord(serializers.Serializer[Any]):
    """An upload and the parts that have arrived."""

    id = serializers.UUIDField()
    parts = serializers.ListField(child=serializers.DictField())


class UploadsApi(APIView):
    """Begins an upload."""

    schema = Schema()

    @extend_schema(
        operation_id="lot_begin_upload",
        tags=["bids"],
        request=BeginUpload,
        responses={200: UploadRecord, 201: UploadRecord},
    )
    def post(self, request: Request, name: str) -> Response:
        """Begin the upload of a sealed bid; the same number again finds it."""
        given = BeginUpload(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data["organisation"]
        enterprise = next((o for o in enterprises_of(request.user) if o.uscc == wanted), None)
        if enterprise is None:
            raise refused(gettext_noop("Submit the bid"))
        number = given.validated_data["id"]
        again = upload.Upload.objects.filter(pk=number).exists()
        begun = upload.begin(tendered(name), enterprise, number, by=request.user)
        return Response(_uploaded(begun), 200 if again else 201)


def _own_upload(request: Request, number: uuid.UUID) -> upload.Upload:
    rows = upload.Upload.objects.select_related("lot__tender", "organisation")
    found = rows.filter(pk=number, organisation__in=enterprises_of(request.user)).first()
    if found is None:
        raise Http404
    return found


def _uploaded(found: upload.Upload) -> dict[str, Any]:
    rows = found.parts.order_by("n")
    return {
        "id": str(found.pk),
        "parts": [{"n": p.n, "size": p.size, "sha256": bytes(p.sha256).hex()} for p in rows],
    }


class UploadApi(APIView):
    """Says which parts have arrived."""

    schema = Schema()

    @extend_schema(operation_id="upload", tags=["bids"], responses=UploadRecord)
    def get(self, request: Request, number: uuid.UUID) -> Response:
        """The parts that are there, so that a broken upload goes on where it stopped."""
        return Response(_uploaded(_own_upload(request, number)), headers={"Cache-Control": "private, no-store"})


class PartApi(APIView):
    """Takes one part."""

    schema = Schema()
    parser_classes = (parsers.FileUploadParser,)

    @extend_schema(
        operation_id="upload_part",
        tags=["bids"],
        parameters=[OpenApiParameter("Content-Digest", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True)],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: None, 201: None},
    )
    def put(self, request: Request, number: uuid.UUID, n: int) -> Response:
        """One part of a sealed bid, with its digest (RFC 9530); the same bytes twice are there once."""
        found = DIGEST.fullmatch(request.headers.get("Content-Digest", ""))
        if found is None:
            raise InvalidInput(
                gettext_noop("A part comes with its Content-Digest: sha-256=:…: (RFC 9530)."), code="digest_missing"
            )
        try:
            digest = notes.unbase64(found[1])
        except notes.NoteError as error:
            raise InvalidInput(gettext_noop("The digest is not canonical base64."), code="digest_missing") from error
        new = upload.receive(_own_upload(request, number), n, request._request.body, digest)  # noqa: SLF001
        return Response(status=201 if new else 200)


class Submitted(serializers.Serializer[Any]):
    """A bid as the platform has it, with the signed receipt."""

    id = serializers.CharField()
    seq = serializers.IntegerField()
    state = serializers.CharField()
    received_at = serializers.DateTimeField()
    receipt = serializers.JSONField()


class EnvelopesApi(APIView):
    """Takes the envelope that makes an upload a bid, or withdraws one."""

    schema = Schema()

    @extend_schema(
        operation_id="envelope_submit",
        tags=["bids"],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: Submitted, 201: Submitted},
    )
    def post(self, request: Request) -> Response:
        """Submit, replace or withdraw: the signed envelope, byte for byte; the very same one again changes nothing."""
        if not request.user.is_authenticated:
            raise refused(gettext_noop("Submit the bid"))
        text = request._request.body  # noqa: SLF001  # the signed bytes, not what a parser makes of them
        try:
            found, new = submission.take(text, by=request.user)
        except IntegrityError as refusal:
            raise contradiction(Bid()) from refusal
        return Response(said_of(found, text), 201 if new else 200, headers={"Cache-Control": "private, no-store"})


def said_of(found: Bid, text: bytes) -> dict[str, Any]:
    """Return what the enterprise hears of an envelope of its own; `received_at` is when that envelope arrived."""
    withdrawn = text.decode() == found.withdrawal
    entry = entry_of(found, "bid.withdrawn" if withdrawn else "bid.submitted")
    arrived = datetime.fromisoformat(leaf.decode(bytes(entry.inner))["data"]["arrived"])
    return {
        "id": found.number,
        "seq": found.head_seq if withdrawn else found.seq,
        "state": found.state,
        "received_at": clock.iso(found.lot.at(arrived)),
        "receipt": receipts.issue(entry.event),
    }


def entry_of(found: Bid, kind: str) -> SealedEntry:
    """Return the private side of the ledger entry of one of the bid's acts."""
    rows = SealedEntry.objects.select_related("event").filter(subject_type=Bid.noun, subject_id=found.number, type=kind)
    return rows.latest("pk")


api = [
    path("lots/<name:name>/sealing/", SealingApi.as_view(), name="lot_sealing"),
    path("lots/<name:name>/uploads/", UploadsApi.as_view(), name="lot_uploads"),
    path("uploads/<uuid:number>/", UploadApi.as_view(), name="upload"),
    path("uploads/<uuid:number>/parts/<int:n>/", PartApi.as_view(), name="upload_part"),
    path("envelopes/", EnvelopesApi.as_view(), name="envelopes"),
]
