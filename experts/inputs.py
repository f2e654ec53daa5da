"""What people type about an expert: the application, the keeper's decisions, leaves, ties, a look at personal data."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from experts import application, specialities
from experts.application import Profile, Tie
from experts.entry import Returned, Title
from experts.expert import Misconduct
from experts.facts import Kind, Whose
from experts.looking import Purpose
from experts.personal import Personal
from trading.doors.fields import Input, Ref
from trading.party import User

SPECIALITIES = [(one.code, str(one)) for one in specialities.ALL.values()]
DETAILS = ("region", "title", "field_since", "specialities")


class TieInput(serializers.Serializer[Any]):
    """One tie to an organisation: kind | whose | code | organisation | from | until."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    whose = serializers.ChoiceField(choices=Whose.choices)
    uscc = serializers.CharField(max_length=24)
    organisation = serializers.CharField(max_length=200)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False)


TIES = _(
    "One line each: kind | whose | credit code | organisation | from | until. Kinds: employment, directorship, "
    "holding, principal, authority, other. Whose: self, spouse, lineal, collateral, in_law. Relatives are not named."
)


def employer_in(data: dict[str, Any]) -> Tie:
    """Return the employer as a tie of the expert's own."""
    return Tie(
        application.Kind.EMPLOYMENT,
        application.Whose.SELF,
        data["employer_uscc"],
        data["employer_name"],
        data["employed_since"],
    )


def ties_in(data: dict[str, Any]) -> tuple[Tie, ...]:
    """Return the declared ties."""
    return tuple(Tie(**one) for one in data.get("ties", ()))


class ApplicationInput(Input):
    """A person's application; what tells who it is, is sealed at once and never shown in full without a reason."""

    consequence = _(
        "Your personal data is encrypted, shown masked, and read in full only for a recorded reason. The ledger names "
        "you by a number."
    )
    basis = "招标投标法 37; 招标投标法实施条例 45; 个人信息保护法 13, 17"

    name = serializers.CharField(label=_("Full name"), max_length=64, style={"autocomplete": "name"})
    id_number = serializers.CharField(label=_("Identity card no."), max_length=32)
    phone = serializers.CharField(label=_("Mobile number"), max_length=24, style={"autocomplete": "tel"})
    email = serializers.EmailField(label=_("E-mail"), required=False, allow_blank=True, style={"autocomplete": "email"})
    bank_account = serializers.RegexField(
        r"^[0-9 -]{8,32}$", label=_("Bank account for fees"), required=False, allow_blank=True
    )
    region = serializers.RegexField(
        r"^[0-9]{6}$", label=_("Region code (GB/T 2260)"), help_text=_("Six digits, such as 410900.")
    )
    title = serializers.ChoiceField(choices=Title.choices, label=_("Professional title"))
    field_since = serializers.DateField(label=_("In the field since"))
    specialities = serializers.MultipleChoiceField(choices=SPECIALITIES, label=_("Specialities"))
    employer_uscc = serializers.CharField(label=_("Credit code of the employer"), max_length=24)
    employer_name = serializers.CharField(label=_("Employer"), max_length=200)
    employed_since = serializers.DateField(label=_("Employed since"))
    ties = serializers.ListField(
        child=TieInput(), label=_("Relations to organisations"), help_text=TIES, required=False, max_length=50
    )
    truthful = serializers.BooleanField(
        label=_("All of this is true, and I will report every change within ten days"),
    )

    def validate_truthful(self, value: bool) -> bool:  # noqa: FBT001  # the shape of DRF's hook
        if not value:
            raise serializers.ValidationError(_("Confirm that the application is true."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return who applies, and what the person is by trade."""
        who = Personal(**{name: attrs.get(name, "") for name in Personal.__dataclass_fields__})
        profile = Profile(**{name: attrs[name] for name in DETAILS}, employer=employer_in(attrs), ties=ties_in(attrs))
        return {"who": who, "profile": profile}


class ReturnApplication(Input):
    reason = serializers.ChoiceField(choices=Returned.choices, label=_("Reason"))


class Decision(Input):
    reason = serializers.ChoiceField(choices=Misconduct.choices, label=_("Reason"))
    basis = serializers.CharField(label=_("Article"), max_length=100)
    decision_no = serializers.CharField(label=_("Decision no."), max_length=64)


class SuspendExpert(Decision):
    consequence = _("The expert is not drawn until that day, and may be drawn again after it without another act.")

    until = serializers.DateField(label=_("Until"))


class RemoveExpert(Decision):
    consequence = _("The person is out of the library for good and cannot apply again.")


class SetSpecialities(Input):
    codes = serializers.MultipleChoiceField(choices=SPECIALITIES, label=_("Specialities"))


class BindAccount(Input):
    account = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), label=_("Account")
    )


class TakeLeave(Input):
    starts_on = serializers.DateField(label=_("From"))
    ends_on = serializers.DateField(label=_("Until"), help_text=_("The last day is included."))


class ChangeEmployer(Input):
    consequence = _("The employer before stays on record: recusal looks back three years.")

    employer_uscc = serializers.CharField(label=_("Credit code of the employer"), max_length=24)
    employer_name = serializers.CharField(label=_("Employer"), max_length=200)
    employed_since = serializers.DateField(label=_("Employed since"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the employer."""
        return {"employer": employer_in(attrs)}


class DeclareRelations(Input):
    ties = serializers.ListField(
        child=TieInput(), label=_("Relations to organisations"), help_text=TIES, min_length=1, max_length=50
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the ties."""
        return {"ties": ties_in(attrs)}


class ChangeContact(Input):
    consequence = _("What you leave empty stays as it is.")

    phone = serializers.CharField(label=_("Mobile number"), max_length=24, required=False, allow_blank=True)
    bank_account = serializers.RegexField(
        r"^[0-9 -]{8,32}$", label=_("Bank account for fees"), required=False, allow_blank=True
    )
    email = serializers.EmailField(label=_("E-mail"), required=False, allow_blank=True)


class LookInput(Input):
    consequence = _("You see the data for ten minutes. The look and its purpose are in the ledger for good.")
    basis = "GB/T 35273-2020 7.1, 7.2; 个人信息保护法 6, 51"

    expert = Ref("expert", label=_("Expert no."))
    purpose = serializers.ChoiceField(choices=Purpose.choices, label=_("Purpose"))
    reason = serializers.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The application, evaluation or case. It stays on record; name nobody in it."),
    )
