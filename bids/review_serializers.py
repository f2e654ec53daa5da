"""How qualification reads, and what their acts need."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids import qualifying
from bids.application import Application
from bids.examination import Examination, Ground, ItemFinding
from bids.registration import Verdict
from bids.requirements import CONFLICT, QualificationItem, Requirements
from bids.review import Review
from trading.doors.fields import BASICS, Input, Moment, Record, Ref
from trading.lot import Lot
from trading.party import Role
from trading.party_serializers import mine

AREA = {"base_template": "textarea.html"}
STORED = _("The numbers of documents that you stored, one a line.")


def own_lots(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own projects that are to be tendered."""
    ours = models.Q(project__owner__in=mine(Role.OWNER)(person))
    ours |= models.Q(project__agency__in=mine(Role.AGENCY)(person))
    return Lot.objects.filter(ours, tender__state="registered")


def opened_lots(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own projects whose opening is finished and whose bidders are not examined yet."""
    ours = models.Q(project__owner__in=mine(Role.OWNER)(person))
    ours |= models.Q(project__agency__in=mine(Role.AGENCY)(person))
    return Lot.objects.filter(ours, opening__state="finished").exclude(reviews__stage="post")


class ItemRecord(serializers.ModelSerializer[QualificationItem]):
    class Meta:
        model = QualificationItem
        fields = ("code", "requirement", "evidence")


class RequirementsRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Requirements
        fields = ("id", "lot", *BASICS)


class RequirementsDetail(RequirementsRecord):
    items = ItemRecord(many=True)

    class Meta(RequirementsRecord.Meta):
        fields = (*RequirementsRecord.Meta.fields, "items")  # type: ignore[assignment]  # mypy counts the members


class ItemInput(serializers.Serializer[Any]):
    """One requirement with its evidence."""

    code = serializers.CharField(label=_("Code"), max_length=16)
    requirement = serializers.CharField(label=_("Requirement"), max_length=1000)
    evidence = serializers.CharField(label=_("Evidence"), max_length=300)


def items_field() -> serializers.ListField:
    return serializers.ListField(
        child=ItemInput(),
        label=_("Requirements"),
        allow_empty=False,
        max_length=100,
        help_text=_("One line each: code | requirement | evidence wanted."),
    )


class StateRequirements(Input):
    consequence = _("The notice publishes them; from then on they stand, and each is judged pass or fail.")
    lot = Ref("lot", offers=own_lots, label=_("Lot"))
    items = items_field()


class RestateRequirements(Input):
    items = items_field()

    @classmethod
    def known_of(cls, record: Any) -> dict[str, Any]:
        return {"items": ItemRecord(record.items.all(), many=True).data}


class ReviewRecord(Record):
    lot = serializers.CharField(source="lot.code")
    name = serializers.CharField(source="lot.name")

    class Meta:
        model = Review
        fields = (
            *("id", "lot", "name", "stage", "documents_from", "documents_until", "applications_until", "notice"),
            *("failure", *BASICS),
        )


class PrequalificationContent(serializers.Serializer[Any]):
    """The owner's own words in the notice; requirements and moments come from the record."""

    scope = serializers.CharField(label=_("Scope"), max_length=4000)
    qualification = serializers.CharField(label=_("Qualification"), max_length=4000, required=False, allow_blank=True)
    documents = serializers.CharField(label=_("How the documents are taken"), max_length=1000)
    contact = serializers.CharField(label=_("Contact"), max_length=300)
    objection_channel = serializers.CharField(label=_("Where to object"), max_length=300)


class AnnouncePrequalification(Input):
    consequence = _("The notice is public at once; its requirements and schedule then bind everybody.")
    lot = Ref("lot", offers=own_lots, label=_("Lot"))
    documents_from = Moment(label=_("Documents are offered from"))
    documents_until = Moment(label=_("Documents are offered until"))
    applications_until = Moment(label=_("Applications until"))
    content = PrequalificationContent(label=_("Content"))


class BeginReview(Input):
    basis = "财政部令第87号 44; 招标投标法实施条例 20"
    consequence = _("Every bidder whose bid was opened comes under examination, with what the register shows of them.")
    lot = Ref("lot", offers=opened_lots, label=_("Lot"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Add who is examined: those of the opening's own list, never what somebody sends."""
        return {**attrs, "entrants": qualifying.entrants_of(attrs["lot"])}


class AmendPrequalification(Input):
    changes = serializers.CharField(label=_("Changes"), max_length=2000, style=AREA)
    applications_until = Moment(label=_("New deadline of applications"), required=False, allow_null=True)


class PartnerInput(serializers.Serializer[Any]):
    """A member of the consortium beside the one that applies."""

    uscc = serializers.CharField(label=_("Unified social credit code"), max_length=40)
    name = serializers.CharField(label=_("Name"), max_length=200)


def partners_field() -> serializers.ListField:
    return serializers.ListField(
        child=PartnerInput(),
        label=_("Partners of the consortium"),
        required=False,
        max_length=20,
        help_text=_("One line each: unified social credit code | name. Leave it empty to apply alone."),
    )


class ApplicationRecord(Record):
    lot = serializers.CharField(source="lot.code")
    uscc = serializers.CharField(source="organisation.uscc")
    name = serializers.CharField(source="organisation.name")
    partners = PartnerInput(many=True)

    class Meta:
        model = Application
        fields = (
            *("id", "lot", "organisation", "uscc", "name", "partners", "manager_name", "manager_certificate"),
            *("documents", "arrived_at", *BASICS),
        )


class ReplaceApplication(Input):
    basis = "招标投标法 29"
    manager_name = serializers.CharField(label=_("Project manager"), max_length=64)
    manager_certificate = serializers.CharField(label=_("Project manager's certificate no."), max_length=64)
    partners = partners_field()
    documents = serializers.ListField(
        child=Ref("document"), label=_("Documents"), required=False, max_length=50, help_text=STORED
    )


class SubmitApplication(ReplaceApplication):
    basis = "招标投标法 22; 招标投标法实施条例 17, 34"
    consequence = _("Nobody learns that you applied before the deadline; the ledger's entry is sealed.")
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", among=mine(Role.BIDDER), label=_("Enterprise"))


class ItemFindingRecord(serializers.ModelSerializer[ItemFinding]):
    class Meta:
        model = ItemFinding
        fields = ("item", "verdict", "ground", "reason", "evidence")


class ConflictRecord(serializers.Serializer[Any]):
    """What the register shows: the rule of recusal, how it is met, who is concerned, and whether it is certain."""

    rule = serializers.CharField()
    how = serializers.CharField()
    parties = serializers.ListField(child=serializers.CharField())
    basis = serializers.CharField()
    certain = serializers.BooleanField()


class ExaminationRecord(Record):
    lot = serializers.CharField(source="lot.code")
    uscc = serializers.CharField(source="organisation.uscc")
    name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Examination
        fields = ("id", "lot", "review", "stage", "organisation", "uscc", "name", "application", "verdict", *BASICS)


class ExaminationDetail(ExaminationRecord):
    findings = ItemFindingRecord(many=True)
    conflicts = serializers.SerializerMethodField()

    class Meta(ExaminationRecord.Meta):
        fields = (*ExaminationRecord.Meta.fields, "findings", "conflicts")  # type: ignore[assignment]  # as above

    def get_conflicts(self, examination: Examination) -> list[dict[str, Any]]:
        return [dict(one) for one in ConflictRecord(examination.shown_to(self.context["person"]), many=True).data]


class ItemFindingInput(serializers.Serializer[Any]):
    """One verdict on one item."""

    item = serializers.CharField(label=_("Code"), max_length=16)
    verdict = serializers.ChoiceField(choices=Verdict.choices, label=_("Verdict"))
    ground = serializers.ChoiceField(choices=Ground.choices, label=_("Ground"), required=False, allow_blank=True)
    reason = serializers.CharField(label=_("Reason"), max_length=300, required=False, allow_blank=True)
    evidence = serializers.CharField(label=_("Evidence"), max_length=200, required=False, allow_blank=True)


class RecordItemFindings(Input):
    findings = serializers.ListField(
        child=ItemFindingInput(),
        label=_("Findings"),
        allow_empty=False,
        max_length=101,
        help_text=_(
            "One line each: code | pass or fail | ground | reason | evidence. RC stands for conflicts of interest."
        ),
    )

    @classmethod
    def known_of(cls, record: Any) -> dict[str, Any]:
        """Return the items with what was found so far, so that the page shows every item that needs a verdict."""
        known = {one.item: ItemFindingRecord(one).data for one in record.findings.all()}
        codes = QualificationItem.objects.filter(requirements__lot=record.lot_id).values_list("code", flat=True)
        blank = {"verdict": "", "ground": "", "reason": "", "evidence": ""}
        return {"findings": [known.get(code, {"item": code, **blank}) for code in [*codes, CONFLICT]]}
