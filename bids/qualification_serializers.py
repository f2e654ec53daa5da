"""How the examination of a comparison's registrants reads, and what its acts need."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids.qualification import Finding, Qualification
from bids.registration import Verdict
from trading.doors.fields import BASICS, Input, Record, Ref


class FindingRecord(serializers.ModelSerializer[Finding]):
    class Meta:
        model = Finding
        fields = ("registration", "role", "verdict", "reason")


class QualificationRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Qualification
        fields = ("id", "lot", *BASICS)


class OpenQualification(Input):
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))


class ReopenQualification(Input):
    consequence = _("Verdicts are open again until both examiners have found anew where they must and it is settled.")
    reason = serializers.CharField(label=_("Reason"), max_length=300, style={"base_template": "textarea.html"})


class FindingInput(serializers.Serializer[Any]):
    """One verdict on one registration."""

    registration = serializers.IntegerField(label=_("Registration"), min_value=1, max_value=2**53)
    verdict = serializers.ChoiceField(choices=Verdict.choices, label=_("Verdict"))
    reason = serializers.CharField(label=_("Reason"), max_length=300, required=False, allow_blank=True)


class RecordFindings(Input):
    findings = serializers.ListField(
        child=FindingInput(),
        label=_("Findings"),
        allow_empty=False,
        max_length=5000,
        help_text=_("One line each: number of the registration | pass or fail | reason."),
    )
