"""The doors of a complaint: how it reads, what its acts need."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.complaint import Complaint, Matter, ReturnReason
from trading.complaint_grounds import Remedy
from trading.doors.door import Door
from trading.doors.fields import BASICS, Input, Record, Ref
from trading.objection import Outcome
from trading.party import Role
from trading.party_serializers import mine

AREA = {"base_template": "textarea.html"}


class ComplaintRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Complaint
        fields = (
            *("id", "lot", "organisation", "matter", "known_on", "text", "interest", "objection", "made_on", "due_on"),
            *("response", "return_reason", "stopped_on", "stopped_until", "outcome", "remedy", "decision", *BASICS),
        )


class MakeComplaint(Input):
    basis = "招标投标法 65; 招标投标法实施条例 60; 政府采购法 55; 94号令 18"
    consequence = _("The regulator decides whether it accepts the complaint; owner and agency then read it.")
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", among=mine(Role.BIDDER), label=_("Organisation"))
    matter = serializers.ChoiceField(
        choices=Matter.choices,
        label=_("Matter"),
        help_text=_("Notice, documents and result are objected to first; the complaint follows the answer."),
    )
    known_on = serializers.DateField(
        label=_("Known since"),
        required=False,
        allow_null=True,
        help_text=_("For another breach: the day on which you learned of it."),
    )
    text = serializers.CharField(label=_("Facts, evidence and request"), max_length=8000, style=AREA)
    interest = serializers.CharField(
        label=_("Interest in the matter"),
        max_length=300,
        required=False,
        allow_blank=True,
        style=AREA,
        help_text=_("Who did not bid says how the breach affects their own rights."),
    )


class ReturnComplaint(Input):
    basis = "招标投标法实施条例 61; 94号令 21"
    reason = serializers.ChoiceField(choices=ReturnReason.choices, label=_("Reason"))


class RespondToComplaint(Input):
    basis = "94号令 22"
    text = serializers.CharField(label=_("Statement of the respondent"), max_length=8000, style=AREA)


class StopLot(Input):
    basis = "招标投标法实施条例 62; 政府采购法 57"
    consequence = _("Every act on the lot stops until the decision; a procurement goes on after thirty days at most.")


class DecideComplaint(Input):
    basis = "招标投标法实施条例 61, 81; 94号令 26, 29 to 34"
    consequence = _("The decision is published. The lot goes on, or its award ends as the remedy says.")
    outcome = serializers.ChoiceField(choices=Outcome.choices, label=_("Outcome"))
    remedy = serializers.ChoiceField(
        choices=Remedy.choices,
        label=_("Remedy"),
        required=False,
        allow_blank=True,
        help_text=_("What an upheld complaint changes; none where it is dismissed."),
    )
    decision = serializers.CharField(label=_("Decision"), max_length=8000, style=AREA)


COMPLAINTS = Door(
    model=Complaint,
    path="complaints",
    singular=_("Complaint"),
    plural=_("Complaints"),
    reads=ComplaintRecord,
    rows=Complaint.objects.visible_to,
    creates=("make", MakeComplaint),
    acts={
        "accept": None,
        "give_back": ReturnComplaint,
        "respond": RespondToComplaint,
        "stop": StopLot,
        "decide": DecideComplaint,
        "withdraw": None,
    },
    at_will=("stop", "withdraw"),
    fits={
        "respond": lambda complaint, person: not complaint.response,
        "stop": lambda complaint, person: complaint.stopped_on is None,
    },
    filters=("lot__code", "state", "matter"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation", "matter", "due_on"),
    order=("-created_at", "-pk"),
)
NOUNS = (COMPLAINTS,)
