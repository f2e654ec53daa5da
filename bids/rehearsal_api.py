"""The door of a rehearsal's imported registrants."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bids import rehearsal
from trading.doors.fields import Input
from trading.doors.schema import Schema
from trading.lot import Lot


class Registrants(Input):
    """The unified social credit codes of organisations that exist in rehearsals."""

    codes = serializers.ListField(
        child=serializers.RegexField(r"^[0-9A-Z]{18}$"), allow_empty=False, max_length=500, help_text="At most 500."
    )


class Imported(serializers.Serializer[Any]):
    """How many were registered."""

    registered = serializers.IntegerField()


class ImportRegistrants(APIView):
    """Registers many organisations for a lot in rehearsal."""

    schema = Schema()

    @extend_schema(
        operation_id="lot_import_registrants",
        summary="Register many enterprises in a rehearsal",
        tags=["lots"],
        request=Registrants,
        responses=Imported,
    )
    def post(self, request: Request, name: str) -> Response:
        lot = Lot.objects.select_related("project__owner", "project__agency").filter(code=name).first()
        if lot is None:
            raise Http404
        given = Registrants(data=request.data)
        given.is_valid(raise_exception=True)
        codes = given.validated_data["codes"]
        return Response({"registered": rehearsal.import_registrants(lot, codes, by=request.user)})


api = [path("lots/<str:name>/import-registrants/", ImportRegistrants.as_view(), name="lot_import_registrants")]
