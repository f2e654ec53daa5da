"""How the comparison's records read, and what their acts need."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids.award import Award, LapseReason
from bids.comparison import Comparison
from bids.registration import ParticipantNotice, Registration
from trading import clock, holiday_notice
from trading.doors.fields import BASICS, Input, Moment, Record, Ref, Yuan
from trading.lot import Lot
from trading.party import Role, User
from trading.party_serializers import mine
from trading.procedures import timetable
from trading.project import LegalBasis
from trading.room import Kind
from trading.rules.workdays import CalendarNotPublished
from trading.session import Session

AREA = {"base_template": "textarea.html"}
SHA256 = r"^[0-9a-f]{64}$"


def lots_without_comparison(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own projects that are in no comparison yet."""
    return Lot.objects.filter(project__owner__in=mine(Role.OWNER)(person), state="live", comparison=None)


def bases_in_force(person: Any) -> models.QuerySet[LegalBasis]:
    """Offer the local rules that stand."""
    return LegalBasis.objects.filter(state="entered").order_by("-pk")


def newest_notices(person: Any) -> models.QuerySet[ParticipantNotice]:
    """Offer the participant's notices, the newest first."""
    return ParticipantNotice.objects.order_by("-pk")


def open_draw_sessions(person: Any) -> models.QuerySet[Session]:
    """Offer the sessions that are open in a draw room."""
    return Session.objects.filter(kind=Kind.DRAW, state="open")


class ParticipantNoticeRecord(Record):
    class Meta:
        model = ParticipantNotice
        fields = ("id", "number", "text", "sha256", *BASICS)


class PublishParticipantNotice(Input):
    number = serializers.CharField(label=_("Version"), max_length=32)
    text = serializers.CharField(label=_("Text"), max_length=60_000, style=AREA)


class ComparisonRecord(Record):
    lot = serializers.CharField(source="lot.code")
    name = serializers.CharField(source="lot.name")
    rehearsal = serializers.BooleanField(source="lot.rehearsal")
    discount_rate = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    draw_id = serializers.CharField(source="draw.draw_id", allow_null=True, default=None)

    class Meta:
        model = Comparison
        fields = (
            *("id", "lot", "name", "rehearsal", "legal_basis", "reviewed_price", "discount_rate", "fixed_price"),
            *("reviewer", "review_no", "notice", "draw_at", "draw_place", "draw", "draw_id", "failure", *BASICS),
        )


class WindowRecord(serializers.Serializer[Any]):
    """When registrations are taken, and which notice must be confirmed."""

    opens_at = Moment()
    closes_at = Moment()
    participant_notice = serializers.CharField(source="participant_notice_id")


class ListRecord(serializers.Serializer[Any]):
    """The numbered list, frozen."""

    n = serializers.IntegerField()
    sha256 = serializers.CharField()
    root = serializers.CharField()  # type: ignore[assignment]  # the member's name in draw-protocol 3.2
    published_at = Moment()


class AwardRecord(serializers.ModelSerializer[Award]):
    uscc = serializers.CharField(source="registration.organisation.uscc")
    name = serializers.CharField(source="registration.organisation.name")
    number = serializers.IntegerField(source="registration.number")
    publicised_at = Moment()
    noticed_at = Moment()
    lapsed_at = Moment()

    class Meta:
        model = Award
        fields = (
            *("rank", "uscc", "name", "number", "publicised_at", "public_until", "noticed_at", "sign_by"),
            *("lapsed_at", "lapse_reason"),
        )


class ComparisonDetail(ComparisonRecord):
    registration_window = WindowRecord(source="lot.registration_window", allow_null=True, default=None)
    candidate_list = ListRecord(source="lot.candidate_list", allow_null=True, default=None)
    awards = AwardRecord(source="lot.awards", many=True)
    contract = serializers.CharField(source="standing_contract.pk", allow_null=True, default=None)

    class Meta(ComparisonRecord.Meta):
        fields = (  # type: ignore[assignment]  # mypy counts the members
            *ComparisonRecord.Meta.fields,
            "registration_window",
            "candidate_list",
            "awards",
            "contract",
        )


class RegisterComparison(Input):
    basis = "濮阳市公共资源交易管理条例; 政府采购法实施条例 28"
    lot = Ref("lot", offers=lots_without_comparison, label=_("Lot"))
    legal_basis = Ref("legal_basis", offers=bases_in_force, label=_("Legal basis"))


class FixPrice(Input):
    consequence = _("The fixed price is the reviewed control price less the discount; enterprises do not bid a price.")
    reviewed_price = Yuan(label=_("Reviewed control price (yuan)"), min_value=0)
    discount_rate = serializers.DecimalField(
        label=_("Discount rate"),
        max_digits=5,
        decimal_places=4,
        min_value=0,
        max_value=1,
        help_text=_("0.0500 is five percent."),
    )
    reviewer = serializers.CharField(label=_("Reviewer"), max_length=100)
    review_no = serializers.CharField(label=_("Review document no."), max_length=64)


class Content(serializers.Serializer[Any]):
    """The owner's own words in the comparison notice; the figures come from the record."""

    scope = serializers.CharField(label=_("Scope"), max_length=4000)
    qualification = serializers.CharField(label=_("Qualification"), max_length=4000)
    contact = serializers.CharField(label=_("Contact"), max_length=300)
    draw_place = serializers.CharField(label=_("Draw place"), max_length=200)
    objection_channel = serializers.CharField(label=_("Where to object"), max_length=300)


class Announce(Input):
    consequence = _("The notice is public at once; its schedule then binds everybody.")
    opens_at = Moment(label=_("Registration opens"))
    closes_at = Moment(label=_("Registration closes"))
    draw_at = Moment(label=_("Draw at"))
    participant_notice = Ref("participant_notice", offers=newest_notices, label=_("Participant's notice"))
    content = Content(label=_("Content"))

    @classmethod
    def known_of(cls, record: Comparison) -> dict[str, Any]:
        """Propose the earliest lawful schedule from today on; nothing while a year's holidays are not published."""
        try:
            days = timetable.propose(record.today(), calendar=holiday_notice.calendar())
        except CalendarNotPublished:
            return {}
        opens = record.lot.now().astimezone(clock.LOCAL).replace(second=0, microsecond=0) + timedelta(hours=1)
        closes = datetime.combine(days.closes_on, time(17), clock.LOCAL)
        draws = datetime.combine(days.draw_on, time(10), clock.LOCAL)
        return {"opens_at": opens, "closes_at": closes, "draw_at": draws}


class BeginDraw(Input):
    session = Ref("session", offers=open_draw_sessions, label=_("Session"))
    beacon = serializers.DictField(
        label=_("Source of randomness"), help_text=_("kind: physical, or kind: drand with its round.")
    )


class Doubt(Input):
    basis = "招标投标法实施条例 55; ggzy-draw/1, 2 row 17"
    consequence = _("It is on record for everybody; another person of supervision then passes the enterprise over.")
    evidence = serializers.RegexField(SHA256, label=_("SHA-256 of the evidence"))
    reason = serializers.CharField(label=_("Reason"), max_length=300)


class Lapse(Input):
    basis = "招标投标法 46; 招标投标法实施条例 55; ggzy-draw/1, 3.7"
    consequence = _("The award passes to the next alternate, and the draw's record says so for everybody.")
    reason = serializers.ChoiceField(choices=LapseReason.choices, label=_("Reason"))
    evidence = serializers.RegexField(
        SHA256,
        label=_("SHA-256 of the evidence"),
        required=False,
        allow_blank=True,
        help_text=_("A supervisor names what shows it; who declines its own award need not."),
    )


class ConcludeContract(Input):
    basis = "招标投标法 46"
    price = Yuan(label=_("Contract price (yuan)"))
    signed_on = serializers.DateField(label=_("Signed on"))
    sha256 = serializers.RegexField(
        SHA256, label=_("SHA-256 of the signed contract"), help_text=_("64 digits and letters from 0 to f.")
    )


class Track(Input):
    tracker = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), label=_("Tracker (user name)")
    )


class CloseComparison(Input):
    final_price = Yuan(label=_("Final price (yuan)"), min_value=0)
    assessment = serializers.CharField(label=_("Assessment of the enterprise"), max_length=300, style=AREA)


class RegistrationRecord(Record):
    lot = serializers.CharField(source="lot.code")
    uscc = serializers.CharField(source="organisation.uscc")
    name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Registration
        fields = (
            *("id", "lot", "organisation", "uscc", "name", "grade", "manager_name", "manager_certificate"),
            *(
                "safety_licence",
                "documents",
                "confirmed_sha256",
                "confirmed_at",
                "number",
                "verdict",
                "reason",
                *BASICS,
            ),
        )


class SubmitRegistration(Input):
    basis = "招标投标法 22; 招标投标法实施条例 34"
    consequence = _("Nobody learns that you registered before registration closes; the ledger's entry is sealed.")
    lot = Ref("lot", label=_("Lot"), help_text=_("The lot's code."))
    organisation = Ref("organisation", among=mine(Role.BIDDER), label=_("Enterprise"))
    grade = serializers.CharField(label=_("Qualification grade"), max_length=100)
    manager_name = serializers.CharField(label=_("Project manager"), max_length=64)
    manager_certificate = serializers.CharField(label=_("Project manager's certificate no."), max_length=64)
    safety_licence = serializers.CharField(label=_("Safety production licence no."), max_length=64)
    confirmed_sha256 = serializers.RegexField(
        SHA256,
        label=_("Hash of the participant's notice that you read"),
        help_text=_("It stands on the notice; entering it confirms that you read that version."),
    )
    documents = serializers.ListField(
        child=Ref("document"),
        label=_("Documents"),
        required=False,
        max_length=50,
        help_text=_("The numbers of documents that you stored, one a line."),
    )
