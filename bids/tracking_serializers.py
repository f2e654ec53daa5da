"""How contract, milestones and reports to discipline inspection read, and what their acts need."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids.contract import Contract
from bids.serializers import AREA, SHA256
from bids.tracking import DisciplineReport, Milestone, MilestoneKind, Trigger
from trading.doors.fields import BASICS, Input, Record, Ref


class ContractRecord(Record):
    lot = serializers.CharField(source="lot.code")
    uscc = serializers.CharField(source="registration.organisation.uscc")
    name = serializers.CharField(source="registration.organisation.name")
    tracker = serializers.CharField(source="tracker.username", allow_null=True, default=None)

    class Meta:
        model = Contract
        fields = (
            *("id", "lot", "uscc", "name", "price", "signed_on", "sha256", "confirm_by"),
            *("tracker", "final_price", "assessment"),
            *BASICS,
        )


class ConfirmContract(Input):
    sha256 = serializers.RegexField(
        SHA256, label=_("SHA-256 of your copy"), help_text=_("64 digits and letters from 0 to f.")
    )


class CorrectContract(Input):
    sha256 = serializers.RegexField(
        SHA256,
        label=_("SHA-256 of the signed contract"),
        help_text=_("64 digits and letters from 0 to f."),
    )


class MilestoneRecord(Record):
    class Meta:
        model = Milestone
        fields = ("id", "contract", "kind", "title", "due_on", "percent", "note", "done_on", *BASICS)


class PlanMilestone(Input):
    contract = Ref("contract", label=_("Contract"), help_text=_("The number of the contract."))
    kind = serializers.ChoiceField(choices=MilestoneKind.choices, label=_("Kind"))
    title = serializers.CharField(label=_("Title"), max_length=200)
    due_on = serializers.DateField(label=_("Due on"))


class ReportMilestone(Input):
    percent = serializers.IntegerField(label=_("Progress in percent"), min_value=0, max_value=100)
    note = serializers.CharField(label=_("Note"), max_length=300, required=False, allow_blank=True, default="")


class DisputeMilestone(Input):
    note = serializers.CharField(label=_("What the tracker saw"), max_length=300, style=AREA)


class DisciplineReportRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = DisciplineReport
        fields = ("id", "lot", "organisation", "trigger", "facts", "receipt_no", "outcome", *BASICS)


class FileReport(Input):
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", label=_("Enterprise"), help_text=_("The number of the organisation."))
    trigger = serializers.ChoiceField(choices=Trigger.choices, label=_("Trigger"))
    facts = serializers.CharField(label=_("Facts"), max_length=4000, style=AREA)


class ReceiveReport(Input):
    receipt_no = serializers.CharField(label=_("Receipt no."), max_length=32)


class SettleReport(Input):
    outcome = serializers.CharField(label=_("Outcome"), max_length=4000, style=AREA)
