"""How the floor's records read, and what their acts need."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.document import Document
from trading.doors.fields import BASICS, Input, Moment, Record, Ref, Yuan
from trading.lot import Lot
from trading.notice import Kind, Notice, NoticeVersion
from trading.party import Organisation, Role
from trading.party_serializers import holding, mine
from trading.project import CORRECTABLE, Category, Funding, LegalBasis, Project
from trading.suspension import SuspensionReason
from trading.termination import TerminationReason

KINDS = [
    ("fixed_price", _("Fixed-price comparison")),
    ("public_tender", _("Open tender")),
    ("government_open_tender", _("Open tender of government procurement")),
]


def owners(person: Any) -> models.QuerySet[Organisation]:
    """Offer an owner its own organisations, an agency every owner."""
    chosen = holding(Role.OWNER) if Role.AGENCY in person.roles() else mine(Role.OWNER)
    rows: models.QuerySet[Organisation] = chosen(person)
    return rows


def own_accepted(person: Any) -> models.QuerySet[Project]:
    """Offer the accepted projects of one's own organisations."""
    return Project.objects.filter(owner__in=mine(Role.OWNER)(person), state="accepted")


class LegalBasisRecord(Record):
    class Meta:
        model = LegalBasis
        fields = (
            "id",
            "document_no",
            "title",
            "issuer",
            "valid_from",
            "valid_to",
            "amount_cap",
            "categories",
            "region",
            *BASICS,
        )


class EnterLegalBasis(Input):
    document_no = serializers.CharField(label=_("Document no."), max_length=64)
    title = serializers.CharField(label=_("Title"), max_length=200)
    issuer = serializers.CharField(label=_("Issued by"), max_length=100)
    valid_from = serializers.DateField(label=_("Valid from"))
    valid_to = serializers.DateField(label=_("Valid to"))
    amount_cap = Yuan(label=_("Cap (yuan)"), min_value=0)
    categories = serializers.MultipleChoiceField(choices=Category.choices, label=_("Categories covered"))
    region = serializers.RegexField(
        r"^[0-9]{6}$",
        label=_("Region code (GB/T 2260)"),
        help_text=_("Six digits, such as 410900."),
        required=False,
        allow_blank=True,
    )

    def validate_categories(self, value: set[str]) -> list[str]:
        return sorted(value)


class ProjectRecord(Record):
    class Meta:
        model = Project
        fields = (
            *("code", "name", "owner", "agency", "category", "industry", "region", "funding", "approval_no"),
            *("approved_estimate", "funds_in_place", "title_clear", "programme", "rehearsal", "return_reason", *BASICS),
        )


class SubmitProject(Input):
    """The project as its approval document names it."""

    name = serializers.CharField(label=_("Name"), max_length=200)
    owner = Ref("organisation", offers=owners, label=_("Owner"))
    agency = Ref("organisation", offers=holding(Role.AGENCY), label=_("Agency"), required=False, allow_null=True)
    category = serializers.ChoiceField(choices=Category.choices, label=_("Category"))
    region = serializers.RegexField(
        r"^[0-9]{6}$", label=_("Region code (GB/T 2260)"), help_text=_("Six digits, such as 410900.")
    )
    industry = serializers.RegexField(r"^[A-T]$", label=_("Industry letter (GB/T 4754)"), default="E")
    funding = serializers.ChoiceField(choices=Funding.choices, label=_("Funding"))
    approval_no = serializers.CharField(label=_("Approval document no."), max_length=64, allow_blank=True)
    approved_estimate = Yuan(label=_("Approved estimate (yuan)"), min_value=0)
    funds_in_place = serializers.BooleanField(label=_("Funds are in place"), default=False)
    title_clear = serializers.BooleanField(label=_("Title is clear and undisputed"), default=False)
    programme = serializers.CharField(
        label=_("Programme"),
        max_length=64,
        required=False,
        allow_blank=True,
        help_text=_("Purchases of one programme count together against the thresholds."),
    )
    rehearsal = serializers.BooleanField(
        label=_("Rehearsal"), default=False, help_text=_("Practise only: it says so everywhere and counts nowhere.")
    )


class CorrectProject(SubmitProject):
    """What is corrected; whatever is left out stays as it was registered."""

    consequence = _("The ledger names each change. Submit the registration again afterwards.")
    owner = None  # type: ignore[assignment]  # how a serializer drops what it inherits
    rehearsal = None  # type: ignore[assignment]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, serializers.empty
        return fields

    @classmethod
    def known_of(cls, record: Project) -> dict[str, Any]:
        known = {name: getattr(record, name) for name in CORRECTABLE}
        return {**known, "agency": str(record.agency_id) if record.agency_id else ""}


class GiveReason(Input):
    reason = serializers.CharField(label=_("Reason"), max_length=200, style={"base_template": "textarea.html"})


class LotRecord(Record):
    project = serializers.CharField(source="project.code")
    clock_ahead = serializers.SerializerMethodField(help_text="Seconds by which a rehearsal's clock is ahead.")

    class Meta:
        model = Lot
        fields = ("code", "name", "project", "kind", "estimate", "round", "rehearsal", "reason", "clock_ahead", *BASICS)

    def get_clock_ahead(self, lot: Lot) -> int:
        return int(lot.clock_ahead.total_seconds())


class RegisterLot(Input):
    project = Ref("project", offers=own_accepted, label=_("Project"))
    name = serializers.CharField(label=_("Name"), max_length=200)
    kind = serializers.ChoiceField(choices=KINDS, label=_("Procedure"))
    estimate = Yuan(label=_("Estimated price (yuan)"))
    retender_of = Ref(
        "lot",
        label=_("Lot that failed before"),
        required=False,
        allow_null=True,
        help_text=_("Only when this lot is announced again."),
    )


class SuspendLot(Input):
    consequence = _(
        "Every act on the lot stops until the regulator resumes it; running periods are shown as interrupted."
    )
    basis = "宁波市公共资源交易管理条例 25"
    reason = serializers.ChoiceField(choices=SuspensionReason.choices, label=_("Reason"))


class TerminateLot(Input):
    consequence = _("The procedure ends for good. It cannot be resumed.")
    basis = "宁波市公共资源交易管理条例 26; 濮阳市公共资源交易管理条例 22"
    reason = serializers.ChoiceField(choices=TerminationReason.choices, label=_("Reason"))
    evidence = serializers.CharField(
        label=_("Decision or document that shows it"),
        max_length=1000,
        required=False,
        allow_blank=True,
        style={"base_template": "textarea.html"},
        help_text=_("Needed once the inputs of the lot's draw are fixed."),
    )


class MoveClock(Input):
    hours = serializers.IntegerField(label=_("Hours"), min_value=0, max_value=1440, default=0)
    seconds = serializers.IntegerField(label=_("Seconds"), min_value=0, max_value=3599, default=0)


class VersionRecord(serializers.ModelSerializer[NoticeVersion]):
    published_at = Moment()

    class Meta:
        model = NoticeVersion
        fields = ("number", "title", "content", "sha256", "reason", "published_at")


class NoticeRecord(Record):
    lot = serializers.CharField(source="lot.code", allow_null=True, default=None)

    class Meta:
        model = Notice
        fields = (
            *("id", "lot", "kind", "title", "region", "category", "buyer", "published_at", "published_until"),
            *("rehearsal", "source_url", *BASICS),
        )


class NoticeDetail(NoticeRecord):
    versions = VersionRecord(many=True)

    class Meta(NoticeRecord.Meta):
        fields = (  # type: ignore[assignment]  # mypy counts the members
            *NoticeRecord.Meta.fields,
            "versions",
        )


class PostNotice(Input):
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    kind = serializers.ChoiceField(choices=Kind.choices, label=_("Kind"))
    title = serializers.CharField(label=_("Title"), max_length=300)
    region = serializers.CharField(label=_("Region"), max_length=64, required=False, allow_blank=True)
    category = serializers.CharField(label=_("Business line"), max_length=32, required=False, allow_blank=True)
    buyer = serializers.CharField(label=_("Owner"), max_length=200, required=False, allow_blank=True)
    content = serializers.DictField(label=_("Content"), help_text=_("One item a line: its name, a colon, its text."))
    until = Moment(label=_("Published until"), required=False, allow_null=True)


class TakeOverNotice(Input):
    consequence = _("The notice is listed with its source and first publication; nothing is added.")
    kind = serializers.ChoiceField(choices=Kind.choices, label=_("Kind"))
    title = serializers.CharField(label=_("Title"), max_length=300)
    region = serializers.CharField(label=_("Region"), max_length=64, required=False, allow_blank=True)
    category = serializers.CharField(label=_("Business line"), max_length=32, required=False, allow_blank=True)
    buyer = serializers.CharField(label=_("Owner"), max_length=200, required=False, allow_blank=True)
    source_url = serializers.URLField(label=_("First published at"), max_length=500)
    first_published_at = Moment(label=_("First published"))
    content = serializers.DictField(label=_("Content"), help_text=_("One item a line: its name, a colon, its text."))


class EditNotice(Input):
    consequence = _("The corrected text becomes a new version; the earlier one stays readable.")
    content = serializers.DictField(label=_("Content"), help_text=_("One item a line: its name, a colon, its text."))
    reason = serializers.CharField(label=_("Reason"), max_length=300)


class RetractNotice(Input):
    reason = serializers.CharField(label=_("Reason"), max_length=300)


class DocumentRecord(Record):
    lot = serializers.CharField(source="lot.code", allow_null=True, default=None)

    class Meta:
        model = Document
        fields = ("id", "lot", "organisation", "title", "sha256", "size", "media_type", "public", "for_takers", *BASICS)


class StoreDocument(Input):
    organisation = Ref("organisation", among=mine(Role.OWNER, Role.AGENCY, Role.BIDDER), label=_("Organisation"))
    lot = Ref("lot", label=_("Lot"), required=False, allow_null=True, help_text=_("The lot's code."))
    title = serializers.CharField(label=_("Title"), max_length=200)
    for_takers = serializers.BooleanField(
        label=_("Given to who takes the tender documents"),
        default=False,
        help_text=_("Title and hash are public; the file goes to enterprises that take the documents by name."),
    )
    upload = serializers.FileField(
        label=_("File"), help_text=_("PDF, PNG, JPEG, DOCX, XLSX or ZIP."), allow_empty_file=True, max_length=100
    )
