"""The doors of the library: experts, masked; looks at their data; the daily snapshots."""

from typing import Any

import django_filters
from django.db import models
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from experts import inputs, specialities
from experts.entry import READERS
from experts.expert import Expert
from experts.looking import Look
from experts.snapshot import Snapshot
from trading.doors import api as door_api
from trading.doors.door import Door
from trading.doors.fields import BASICS, Record
from trading.doors.schema import Schema

STATES = [
    ("applied", _("Applied")),
    ("returned", _("Returned")),
    ("active", _("In the library")),
    ("suspended", _("Suspended")),
    ("removed", _("Removed")),
    ("left", _("Left the library")),
]


class MaskedData(serializers.Serializer[Any]):
    """Personal data as a screen may show it: 张*, 138****5678."""

    name = serializers.CharField(label=_("Full name"))
    id_number = serializers.CharField(label=_("Identity card no."))
    phone = serializers.CharField(label=_("Mobile number"))
    bank_account = serializers.CharField(label=_("Bank account for fees"))
    email = serializers.CharField(label=_("E-mail"))


class PersonalData(MaskedData):
    """Personal data in full, for who asked with a reason."""


class ExpertRecord(Record):
    person = MaskedData(source="masked", label=_("Person"), read_only=True)
    specialities = serializers.ListField(source="codes", child=serializers.CharField(), label=_("Specialities"))
    employer = serializers.CharField(source="employer.organisation", default="", label=_("Employer"))
    employer_uscc = serializers.CharField(source="employer.uscc", default="", label=_("Credit code of the employer"))

    class Meta:
        model = Expert
        fields = (
            *("number", "person", "specialities", "employer", "employer_uscc", "region", "title", "field_since"),
            *("returned_for", "admitted_on", "drawable_on", "rehearsal", *BASICS),
        )


class LookRecord(Record):
    expert = serializers.CharField(source="expert.number", label=_("Expert no."))

    class Meta:
        model = Look
        fields = ("id", "expert", "purpose", "reason", "until", "readings", *BASICS)


class SnapshotRecord(Record):
    class Meta:
        model = Snapshot
        fields = ("id", "day", "size", "root", "sha256", "rehearsal", *BASICS)


class ExpertFilter(django_filters.FilterSet):
    """Search in the library, the same at the desk and in the API."""

    number = django_filters.CharFilter(label=_("Expert no."), max_length=11)
    speciality = django_filters.ChoiceFilter(
        choices=[(one.code, str(one)) for one in specialities.ALL.values()],
        label=_("Speciality"),
        empty_label=_("All"),
        method="holding",
    )
    region = django_filters.CharFilter(
        label=_("Region"), lookup_expr="startswith", max_length=6, help_text=_("The first digits of the region's code.")
    )
    state = django_filters.ChoiceFilter(choices=STATES, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Expert
        fields: tuple[str, ...] = ()

    def holding(self, rows: models.QuerySet[Expert], _name: str, code: str) -> models.QuerySet[Expert]:
        """Return who holds the speciality now."""
        return rows.filter(held__code=code, held__ends_on=None)


def snapshots_for(person: Any) -> models.QuerySet[Snapshot]:
    """Return the snapshots for who may read the library; everybody finds their roots in the ledger."""
    allowed = person.is_authenticated and person.roles() & READERS
    return Snapshot.objects.all() if allowed else Snapshot.objects.none()


EXPERTS = Door(
    model=Expert,
    path="experts",
    singular=_("Expert"),
    plural=_("Library of experts"),
    reads=ExpertRecord,
    rows=Expert.objects.visible_to,
    lists=lambda person: Expert.objects.visible_to(person).known(),
    by="number",
    creates=("apply", inputs.ApplicationInput),
    also_creates={"recommend": inputs.ApplicationInput},
    acts={
        "correct": inputs.ApplicationInput,
        "admit": None,
        "send_back": inputs.ReturnApplication,
        "suspend": inputs.SuspendExpert,
        "resume": None,
        "remove": inputs.RemoveExpert,
        "set_specialities": inputs.SetSpecialities,
        "bind": inputs.BindAccount,
        "take_leave": inputs.TakeLeave,
        "end_leave": None,
        "move": inputs.ChangeEmployer,
        "declare": inputs.DeclareRelations,
        "change_contact": inputs.ChangeContact,
        "leave": None,
    },
    at_will=(
        *("suspend", "resume", "remove", "set_specialities", "bind", "take_leave", "end_leave", "move", "declare"),
        *("change_contact", "leave"),
    ),
    filters=ExpertFilter,
    order=("-pk",),
    listed_as=("number", "region"),
)
LOOKS = Door(
    model=Look,
    path="personal-looks",
    singular=_("Look at personal data"),
    plural=_("Looks at personal data"),
    reads=LookRecord,
    rows=Look.objects.visible_to,
    creates=("look", inputs.LookInput),
    by_hand=False,
    filters=("expert__number", "purpose"),
    order=("-created_at", "-pk"),
    related=("expert", "by"),
    listed_as=("expert", "purpose", "reason", "created_at", "readings"),
)
SNAPSHOTS = Door(
    model=Snapshot,
    path="library-snapshots",
    singular=_("Daily snapshot of the library"),
    plural=_("Daily snapshots of the library"),
    reads=SnapshotRecord,
    rows=snapshots_for,
    filters=("day",),
    order=("-day", "-pk"),
    listed_as=("day", "size", "root"),
)
NOUNS = (EXPERTS, LOOKS, SNAPSHOTS)


class PersonalDataApi(APIView):
    """The data that a look opens, for ten minutes; never stored by whoever is between."""

    schema = Schema()

    @extend_schema(operation_id="personal_look_data", tags=["personal-looks"], responses=PersonalData)
    def get(self, request: Request, name: str) -> Response:
        """Return an expert's data in full, to who asked for it with a reason."""
        found: Look | None = LOOKS.find(name, Look.objects.visible_to(request.user))
        if found is None:
            raise Http404
        return Response(found.read(request.user), headers={"Cache-Control": "private, no-store"})


api = [
    path("personal-looks/<name:name>/data/", PersonalDataApi.as_view(), name="personal_look_data"),
    *(route for door in NOUNS for route in door_api.urls(door)),
]
