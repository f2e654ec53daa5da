"""How a tender's records read, and what their acts need."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids.clarification import Question
from bids.custody import Mode
from bids.taking import Taking
from bids.tender import Tender
from bids.tender_documents import TenderDocument
from bids.tender_failure import Failure
from trading import clock, holiday_notice
from trading.document import Document
from trading.doors.fields import BASICS, Input, Moment, Record, Ref, Yuan
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role
from trading.party_serializers import mine
from trading.procedures import TENDERS, tender_schedule

AREA = {"base_template": "textarea.html"}
MORNING, EVENING, OPENING = time(9), time(17), time(9, 30)
OLDER = _("The numbers of files stored for this lot as tender documents, one a line.")


def lots_without_tender(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own projects that were registered for a tender and have none yet."""
    mine_too = models.Q(project__owner__in=mine(Role.OWNER)(person))
    mine_too |= models.Q(project__agency__in=mine(Role.AGENCY)(person))
    return Lot.objects.filter(mine_too, kind__in=TENDERS, state="live", tender=None)


def unused_documents(lot: Lot) -> list[str]:
    """Return the names of the files that were stored for the lot's takers and are in no version yet."""
    rows = Document.objects.filter(lot=lot, for_takers=True, tender_document=None).order_by("created_at")
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


class TenderRecord(Record):
    lot = serializers.CharField(source="lot.code")
    name = serializers.CharField(source="lot.name")
    kind = serializers.CharField(source="lot.kind")
    rehearsal = serializers.BooleanField(source="lot.rehearsal")

    class Meta:
        model = Tender
        fields = (
            *("id", "lot", "name", "kind", "rehearsal", "mode", "window_minutes", "price_ceiling", "deposit"),
            *("consortium", "prequalified", "validity_days", "documents_from", "documents_until", "deadline"),
            *("opening_place", "announced_on", "notice", "failure", *BASICS),
        )


class TenderDocumentRecord(serializers.ModelSerializer[TenderDocument]):
    """A file of the tender documents, without the file itself."""

    document = serializers.CharField(source="document_id")
    title = serializers.CharField(source="document.title")
    sha256 = serializers.CharField(source="document.sha256")
    size = serializers.IntegerField(source="document.size")
    valid_from = Moment()

    class Meta:
        model = TenderDocument
        fields = ("number", "document", "title", "sha256", "size", "valid_from")


class TenderDetail(TenderRecord):
    documents = TenderDocumentRecord(source="lot.tender_documents", many=True)
    retender_of = serializers.CharField(source="lot.retender_of.code", allow_null=True, default=None)

    class Meta(TenderRecord.Meta):
        fields = (*TenderRecord.Meta.fields, "documents", "retender_of")  # type: ignore[assignment]


class RegisterTender(Input):
    basis = "招标投标法 3, 10; 招标投标法实施条例 26, 27; 政府采购法 26"
    consequence = _("A ceiling may be stated; a least price is forbidden, so there is no field for one.")
    lot = Ref("lot", offers=lots_without_tender, label=_("Lot"))
    mode = serializers.ChoiceField(choices=Mode.choices, label=_("Who opens the bids"), default=Mode.T)
    window_minutes = serializers.IntegerField(
        label=_("Decryption window (minutes)"), min_value=1, max_value=24 * 60, default=30
    )
    price_ceiling = Yuan(label=_("Price ceiling (yuan)"), min_value=0, required=False, allow_null=True)
    deposit = Yuan(
        label=_("Bid security (yuan)"), min_value=0, default=0, help_text=_("At most two percent; 0 for none.")
    )
    consortium = serializers.BooleanField(label=_("Consortia may bid"), default=False)
    prequalified = serializers.BooleanField(label=_("Qualification is examined before bids"), default=False)
    validity_days = serializers.IntegerField(label=_("Bid validity (days)"), min_value=1, max_value=730, default=90)


class TenderContent(serializers.Serializer[Any]):
    """The owner's own words in the notice; the figures come from the record."""

    scope = serializers.CharField(label=_("Scope"), max_length=4000, style=AREA)
    qualification = serializers.CharField(label=_("Qualification asked for"), max_length=4000, style=AREA)
    period = serializers.CharField(label=_("Time for completion or delivery"), max_length=300)
    contact = serializers.CharField(label=_("Contact"), max_length=300)
    objection_channel = serializers.CharField(label=_("Where to object"), max_length=300)
    policies = serializers.CharField(
        label=_("Policies for small firms and the environment"), max_length=2000, required=False, allow_blank=True
    )


class AnnounceTender(Input):
    basis = "招标投标法 16, 24; 招标投标法实施条例 16; 政府采购法 35; 财政部令第87号 16, 18"
    consequence = _("The notice is public at once; its schedule then binds everybody. Moments may only move later.")
    documents_from = Moment(label=_("Documents are offered from"))
    documents_until = Moment(label=_("Documents are offered until"))
    deadline = Moment(
        label=_("Deadline"), help_text=_("A bid is in time when it arrives before this instant, not at it.")
    )
    notice_until = serializers.DateField(
        label=_("Last day of the notice"),
        required=False,
        allow_null=True,
        help_text=_("Left empty, as long as the documents are offered, and at least as long as the law asks."),
    )
    opening_place = serializers.CharField(label=_("Place of the opening"), max_length=200)
    documents = serializers.ListField(
        child=Ref("document"), label=_("Tender documents"), allow_empty=False, max_length=50, help_text=OLDER
    )
    content = TenderContent(label=_("Content"))

    @classmethod
    def known_of(cls, record: Tender) -> dict[str, Any]:
        """Propose the earliest lawful schedule from tomorrow on, where the calendar is published."""
        known: dict[str, Any] = {"documents": unused_documents(record.lot)}
        tomorrow = record.today() + timedelta(days=1)
        try:
            days = tender_schedule.propose(
                TENDERS[record.lot.kind], record.today(), documents_from=tomorrow, calendar=holiday_notice.calendar()
            )
        except (KeyError, RuleError):
            return known
        return {
            **known,
            "documents_from": datetime.combine(days.documents_from, MORNING, clock.LOCAL),
            "documents_until": datetime.combine(days.documents_until, EVENING, clock.LOCAL),
            "deadline": datetime.combine(max(days.deadline, days.documents_until + timedelta(1)), OPENING, clock.LOCAL),
        }


class AmendTender(Input):
    basis = "招标投标法 23; 招标投标法实施条例 21; 政府采购法实施条例 31"
    consequence = _("Everybody who took the documents is told. Less than 15 days before the deadline it must move.")
    documents = serializers.ListField(
        child=Ref("document"), label=_("Changed or added files"), allow_empty=False, max_length=50, help_text=OLDER
    )
    changes = serializers.CharField(label=_("What changes"), max_length=4000, style=AREA)
    deadline = Moment(label=_("New deadline"), required=False, allow_null=True)

    @classmethod
    def known_of(cls, record: Tender) -> dict[str, Any]:
        return {"documents": unused_documents(record.lot)}


class ExtendTender(Input):
    basis = "招标投标法 23; 招标投标法实施条例 21"
    consequence = _("Everybody who took the documents is told; bids that were handed in stay as they are.")
    deadline = Moment(label=_("New deadline"))
    documents_until = Moment(label=_("Documents are offered until"), required=False, allow_null=True)
    reason = serializers.CharField(label=_("Reason"), max_length=300, style=AREA)

    @classmethod
    def known_of(cls, record: Tender) -> dict[str, Any]:
        return {"deadline": record.deadline, "documents_until": record.documents_until}


class FailTender(Input):
    basis = "招标投标法 28, 42; 招标投标法实施条例 19, 44; 政府采购法 36"
    consequence = _("The tender ends without an award, and a notice says why. The lot may be tendered again.")
    reason = serializers.ChoiceField(choices=Failure.choices, label=_("Reason"))


def offering(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots whose documents can be taken now."""
    ahead = models.ExpressionWrapper(
        models.Value(clock.now(), output_field=models.DateTimeField()) + models.F("clock_ahead"),
        output_field=models.DateTimeField(),
    )
    rows = Lot.objects.public().annotate(lot_at=ahead).filter(state="live", tender__state="announced")
    return rows.filter(tender__documents_from__lte=models.F("lot_at"), tender__documents_until__gt=models.F("lot_at"))


class TakingRecord(Record):
    lot = serializers.CharField(source="lot.code")
    uscc = serializers.CharField(source="organisation.uscc")
    name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Taking
        fields = ("id", "lot", "organisation", "uscc", "name", "email", "phone", "taken_at", *BASICS)


class TakenFile(TenderDocumentRecord):
    """A file that was taken, with the address where it is fetched."""

    href = serializers.SerializerMethodField()

    class Meta(TenderDocumentRecord.Meta):
        fields = (*TenderDocumentRecord.Meta.fields, "href")  # type: ignore[assignment]  # mypy counts the members

    def get_href(self, row: TenderDocument) -> str:
        return reverse("tender_file", args=[row.lot.tender.pk, row.document_id])


class TakingDetail(TakingRecord):
    files = TakenFile(source="lot.tender_documents", many=True)

    class Meta(TakingRecord.Meta):
        fields = (*TakingRecord.Meta.fields, "files")  # type: ignore[assignment]  # mypy counts the members


class TakeDocuments(Input):
    basis = "电子招标投标办法 20; 招标投标法 22; 招标投标法实施条例 16"
    consequence = _("Nobody learns before the opening that you took the documents; you are told of every change.")
    lot = Ref("lot", offers=offering, label=_("Lot"))
    organisation = Ref("organisation", among=mine(Role.BIDDER), label=_("Enterprise"))
    email = serializers.EmailField(label=_("E-mail for changes"), max_length=254)
    phone = serializers.RegexField(
        r"^\+?[0-9]{6,19}$", label=_("Mobile number for changes"), required=False, allow_blank=True
    )


class QuestionRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Question  # who asked, and when to the second, is in no view
        fields = ("id", "lot", "text", "asked_on", "reply", "replied_on", "changed_to", "state", "version")


class AskQuestion(Input):
    basis = "招标投标法 22, 23; 招标投标法实施条例 21"
    consequence = _("Everybody reads the question; nobody learns who asked. Do not write your name.")
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", among=mine(Role.BIDDER), label=_("Enterprise"))
    text = serializers.CharField(label=_("Question"), max_length=2000, style=AREA)


class AnswerQuestion(Input):
    basis = "招标投标法 23; 招标投标法实施条例 21"
    consequence = _("Everybody reads the answer, and who took the documents is told.")
    reply = serializers.CharField(label=_("Answer"), max_length=4000, style=AREA)
    changes_documents = serializers.BooleanField(label=_("The answer changes the documents"), default=False)
    documents = serializers.ListField(
        child=Ref("document"), label=_("Changed or added files"), required=False, max_length=50, help_text=OLDER
    )
    deadline = Moment(
        label=_("New deadline"),
        required=False,
        allow_null=True,
        help_text=_("Needed where less than 15 days are left."),
    )
