"""An enterprise enters: account, organisation and first role in one step, free and without approval.

Source: 电子招标投标办法 20.
"""

from typing import Any

from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from rest_framework import serializers

from trading.doors.fields import Input
from trading.errors import RuleError
from trading.party import Membership, Organisation, Role, User
from trading.transitions import perform

ACCOUNT = ("username", "password", "person")


class UsernameTaken(RuleError):
    """Somebody else has this user name."""

    code = "username_taken"
    next_step = gettext_noop("Choose another user name.")


class EnterpriseInput(Input):
    """The enterprise as its business licence names it, and the first person who acts for it."""

    consequence = _("The enterprise is entered into the register at once, and you act for it from then on.")
    basis = "电子招标投标办法 20"

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
    person = serializers.CharField(label=_("Your name"), max_length=64, style={"autocomplete": "name"})
    username = serializers.RegexField(
        r"^[\w.@+-]+$", label=_("User name"), max_length=150, style={"autocomplete": "username"}
    )
    password = serializers.CharField(
        label=_("Password"),
        max_length=256,
        trim_whitespace=False,
        write_only=True,
        help_text=_("At least 10 characters."),
        style={"input_type": "password"},
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(attrs["password"], User(username=attrs["username"], name=attrs["person"]))
        except ValidationError as weak:
            raise serializers.ValidationError({"password": weak.messages}) from weak
        return attrs


def enter(data: dict[str, Any]) -> Membership:
    """Enter the enterprise with its first person; all of it happens, or nothing."""
    with transaction.atomic():
        person = _account(data)
        organisation = Organisation(**{name: value for name, value in data.items() if name not in ACCOUNT})
        perform(organisation.register, by=person)
        founding = Membership(user=person, organisation=organisation, role=Role.BIDDER)
        membership: Membership = perform(founding.grant, by=person)
    return membership


def _account(data: dict[str, Any]) -> User:
    try:
        with transaction.atomic():
            person = User.objects.create_user(data["username"], password=data["password"], name=data["person"])
    except IntegrityError as error:
        raise UsernameTaken(gettext_noop("The user name %(name)s is taken."), name=data["username"]) from error
    password_changed(data["password"], person)
    return person
