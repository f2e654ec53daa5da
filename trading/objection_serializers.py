"""How objections read, and what their acts need."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.doors.fields import BASICS, Input, Record, Ref
from trading.objection import Matter, Objection, Outcome
from trading.party import Role
from trading.party_serializers import mine


class ObjectionRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Objection
        fields = (
            "id",
            "lot",
            "organisation",
            "matter",
            "text",
            "interest",
            "reply",
            "outcome",
            "reply_due_on",
            *BASICS,
        )


class RaiseObjection(Input):
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", among=mine(Role.BIDDER), label=_("Organisation"))
    matter = serializers.ChoiceField(choices=Matter.choices, label=_("Matter"))
    text = serializers.CharField(
        label=_("Objection and its grounds"), max_length=4000, style={"base_template": "textarea.html"}
    )
    interest = serializers.CharField(
        label=_("Interest in the matter"),
        max_length=300,
        required=False,
        allow_blank=True,
        style={"base_template": "textarea.html"},
        help_text=_("Who did not register says how the list or the result affects their own rights."),
    )


class AnswerObjection(Input):
    basis = "招标投标法实施条例 22, 54"
    consequence = _("An objection that is upheld stops the lot until what follows from it has been done.")
    outcome = serializers.ChoiceField(choices=Outcome.choices, label=_("Outcome"))
    reply = serializers.CharField(label=_("Reply"), max_length=4000, style={"base_template": "textarea.html"})
