"""How organisations and people's roles read, and what their acts need."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.doors.fields import BASICS, Input, Record, Ref
from trading.party import Membership, Organisation, Role, UsccException, User
from trading.sanction import Sanction


def mine(*roles: str) -> Any:
    """Return the choice of organisations in which a person holds one of the roles."""

    def among(person: Any) -> models.QuerySet[Organisation]:
        held = (
            [m.organisation_id for m in person.active_memberships() if m.role in roles]
            if person.is_authenticated
            else []
        )
        return Organisation.objects.filter(pk__in=held)

    return among


def holding(role: str) -> Any:
    """Return the choice of organisations in which somebody holds the role."""

    def among(person: Any) -> models.QuerySet[Organisation]:
        held = Membership.objects.filter(role=role, ended_at=None).values("organisation")
        return Organisation.objects.filter(pk__in=held)

    return among


class OrganisationRecord(Record):
    class Meta:
        model = Organisation
        fields = ("id", "uscc", "name", "region", "controller", "rehearsal", *BASICS)


class RegisterOrganisation(Input):
    """The organisation as its business licence names it."""

    uscc = serializers.CharField(
        label=_("Unified social credit code"), max_length=40, help_text=_("18 characters, as on the business licence.")
    )
    name = serializers.CharField(label=_("Name"), max_length=200, help_text=_("As on the business licence."))
    region = serializers.RegexField(
        r"^[0-9]{6}$",
        label=_("Region code (GB/T 2260)"),
        help_text=_("Six digits, such as 410900."),
        required=False,
        allow_blank=True,
    )
    responsible_person = serializers.CharField(
        label=_("Person in charge"), max_length=64, required=False, allow_blank=True
    )
    rehearsal = serializers.BooleanField(label=_("For a rehearsal only"), default=False)


class EnterController(Input):
    controller = Ref("organisation", label=_("Controlled by"), help_text=_("The number of the organisation."))


class MembershipRecord(Record):
    user = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.name")

    class Meta:
        model = Membership
        fields = ("id", "user", "name", "organisation", "role", "ended_at", *BASICS)


class GrantMembership(Input):
    user = serializers.SlugRelatedField(slug_field="username", queryset=User.objects.all(), label=_("User name"))
    organisation = Ref("organisation", label=_("Organisation"), help_text=_("The number of the organisation."))
    role = serializers.ChoiceField(choices=Role.choices, label=_("Role"))


class SanctionRecord(Record):
    class Meta:
        model = Sanction
        fields = ("id", "organisation", "starts_on", "ends_on", "decision_no", "reason", "basis", *BASICS)


class ImposeSanction(Input):
    organisation = Ref("organisation", label=_("Organisation"), help_text=_("The number of the organisation."))
    starts_on = serializers.DateField(label=_("From"))
    ends_on = serializers.DateField(label=_("Until"))
    decision_no = serializers.CharField(label=_("Decision no."), max_length=64)
    reason = serializers.CharField(label=_("Reason"), max_length=200)
    basis = serializers.CharField(label=_("Article"), max_length=100)


class UsccExceptionRecord(Record):
    class Meta:
        model = UsccException
        fields = ("id", "code", "reason", *BASICS)


class EnterUsccException(Input):
    code = serializers.CharField(label=_("Unified social credit code"), max_length=18, min_length=18)
    reason = serializers.CharField(label=_("Reason"), max_length=200)
