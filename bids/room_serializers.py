"""How the evaluation room reads, and what its acts need."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids.room.correction import Correction
from bids.room.evaluation import Evaluation
from bids.room.inquiry import About, Inquiry
from bids.room.member import CHAIR_VOTE, MOTIONS, SITTING, Member
from bids.room.ranking import Candidate
from bids.room.scoring import AGAIN
from bids.room.sheet import Sheet
from experts.recusal import Code
from trading.doors.fields import BASICS, Input, Moment, Record, Ref, Yuan
from trading.lot import Lot
from trading.party import Role
from trading.party_serializers import mine
from trading.room import Kind
from trading.session import Session

AREA = {"base_template": "textarea.html"}
MATTERS = {
    CHAIR_VOTE: _("Chair of the committee"),
    "no_competition": _("Reject all bids: clearly too little competition"),
    "documents_defective": _("Stop: the documents are so defective that nobody can evaluate"),
}
CODES = {
    Code.BIDDER: _("Interest in a bidder"),
    Code.OWNER: _("Belongs to the owner"),
    Code.AUTHORITY: _("Belongs to the authority or the supervisor"),
    Code.AGENCY: _("Belongs to the agency"),
    Code.OTHER: _("Another reason"),
}
REASONS = {
    "sum_error": _("The sheet is summed wrongly"),
    "out_of_range": _("A score is out of range"),
    "objective_differs": _("An objective part is scored differently"),
    "outlier": _("A score is far from the others"),
}


def own_lots(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own projects whose committee has gathered and is not convened yet."""
    ours = models.Q(project__owner__in=mine(Role.OWNER)(person))
    ours |= models.Q(project__agency__in=mine(Role.AGENCY)(person))
    return Lot.objects.filter(ours, panel__state="gathered", evaluation=None)


def own_sessions(person: Any) -> models.QuerySet[Session]:
    """Offer the open evaluation sessions of one's own projects."""
    ours = models.Q(lot__project__owner__in=mine(Role.OWNER)(person))
    ours |= models.Q(lot__project__agency__in=mine(Role.AGENCY)(person))
    return Session.objects.filter(ours, kind=Kind.EVALUATION, state="open", evaluation=None)


def presided(person: Any) -> models.QuerySet[Evaluation]:
    """Offer the evaluations whose committee the person chairs, while bids are examined."""
    chairs = models.Q(members__user=person, members__is_chair=True, members__state__in=SITTING)
    return Evaluation.objects.filter(chairs, state="examining")


class EvaluationRecord(Record):
    lot = serializers.CharField(source="lot.code", read_only=True)
    name = serializers.CharField(source="lot.name", read_only=True)

    class Meta:
        model = Evaluation
        fields = (
            *("id", "lot", "name", "session", "until", "failure", "report_sha256", "reported_at", "signed_at"),
            *BASICS,
        )


class Convene(Input):
    consequence = _("Everybody who has arrived for the committee takes a seat; then each member declares.")
    lot = Ref("lot", offers=own_lots, label=_("Lot"))
    session = Ref("session", offers=own_sessions, label=_("Session"))


class Extend(Input):
    until = Moment(label=_("Evaluation until"))


class Adjustment(serializers.Serializer[Any]):
    """What is added to a price or taken from it, and why."""

    reason = serializers.CharField(label=_("Reason"), max_length=200)
    amount = serializers.RegexField(r"^-?[0-9]{1,16}(\.[0-9]{1,2})?$", label=_("Amount (yuan)"))


class Assess(Input):
    number = serializers.IntegerField(label=_("Bid number"), min_value=1)
    deductions = serializers.ListField(
        child=serializers.CharField(max_length=64), label=_("Deductions"), required=False, default=list, max_length=20
    )
    adjustments = serializers.ListField(
        child=Adjustment(), label=_("Adjustments"), required=False, default=list, max_length=50
    )
    brand = serializers.CharField(label=_("Brand"), max_length=64, required=False, allow_blank=True, default="")


class ScoreAgain(Input):
    seat = serializers.IntegerField(label=_("Seat"), min_value=1)
    reason = serializers.ChoiceField(choices=[(code, REASONS[code]) for code in AGAIN], label=_("Reason"))


class DrawTies(Input):
    basis = "87号令 57, 68; ggzy-draw/1"
    beacon = serializers.DictField(
        label=_("Source of randomness"), help_text=_("kind: physical, or kind: drand with its round.")
    )


class Finish(Input):
    consequence = _("The signed report ends the evaluation; who neither signed nor wrote a dissent agrees.")
    refusals = serializers.CharField(
        label=_("How it was established that members refuse to sign"), max_length=500, required=False, allow_blank=True
    )


class Fail(Input):
    consequence = _("The tender ends without a result, by a public notice.")
    reason = serializers.ChoiceField(choices=[(code, MATTERS[code]) for code in MOTIONS], label=_("Reason"))


class MemberRecord(Record):
    seat = serializers.IntegerField(source="seat.number", read_only=True)
    kind = serializers.CharField(source="seat.kind", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Member
        fields = (
            *("id", "evaluation", "seat", "kind", "name", "is_chair", "discipline_at", "declared_at", "recusal"),
            *("signed_at", "deemed", *BASICS),
        )


class Leave(Input):
    consequence = _("The next of the draw takes the seat; what this member judged is void.")
    ground = serializers.ChoiceField(choices=[(code.value, words) for code, words in CODES.items()], label=_("Ground"))
    reason = serializers.CharField(label=_("Reason"), max_length=300)


class Vote(Input):
    matter = serializers.ChoiceField(choices=list(MATTERS.items()), label=_("Matter"))
    choice = serializers.RegexField(
        r"^([1-9][0-9]?|yes|no)$", label=_("Vote"), help_text=_("The seat's number for the chair; else yes or no.")
    )


class BidFindingInput(serializers.Serializer[Any]):
    """What a member finds of one bid: the grounds to reject it, or none."""

    number = serializers.IntegerField(min_value=1)
    grounds = serializers.DictField(child=serializers.CharField(max_length=500), required=False, default=dict)


class Findings(Input):
    findings = serializers.ListField(child=BidFindingInput(), label=_("Findings"), allow_empty=False, max_length=1000)


class SignReport(Input):
    consequence = _("You sign the report as it stands; what you think otherwise goes into it in writing.")
    dissent = serializers.CharField(
        label=_("Another opinion"), max_length=4000, required=False, allow_blank=True, style=AREA
    )


class SheetRecord(Record):
    evaluation = serializers.IntegerField(source="member.evaluation_id", read_only=True)
    seat = serializers.IntegerField(source="member.seat.number", read_only=True)

    class Meta:
        model = Sheet
        fields = (
            *("id", "evaluation", "seat", "scores", "draft", "saved_at", "signed_at", "sha256", "explanations"),
            *BASICS,
        )


class SignSheet(Input):
    consequence = _("The sheet is closed; a signed score changes only for a reason of the law (87号令 64).")
    draft = serializers.IntegerField(label=_("Number of the draft that you saw"), min_value=0)

    @classmethod
    def known_of(cls, record: Any) -> dict[str, Any]:
        return {"draft": record.draft}


class Explain(Input):
    number = serializers.IntegerField(label=_("Bid number"), min_value=1)
    part = serializers.CharField(label=_("Part"), max_length=64)
    reason = serializers.CharField(label=_("Reason"), max_length=1000, style=AREA)


class OfBid(Input):
    """Names a bid by its evaluation and its number on the opening list."""

    evaluation = Ref("evaluation", offers=presided, label=_("Evaluation"))
    number = serializers.IntegerField(label=_("Bid number"), min_value=1)
    answer_by = Moment(label=_("Answer by"))

    default_error_messages = {**Input.default_error_messages, "bid": _("There is no such bid.")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        evaluation, number = attrs.pop("evaluation"), attrs.pop("number")
        found = Candidate.objects.filter(evaluation=evaluation, number=number).first()
        if found is None:
            raise serializers.ValidationError({"number": [self.error_messages["bid"]]}, code="bid")
        return {**attrs, "candidate": found}


class Ask(OfBid):
    about = serializers.ChoiceField(choices=About.choices, label=_("About"))
    question = serializers.CharField(label=_("Question"), max_length=2000, style=AREA)


class PriceItemInput(serializers.Serializer[Any]):
    """A line of the price."""

    quantity = serializers.DecimalField(label=_("Quantity"), max_digits=18, decimal_places=4, min_value=0)
    unit_price = Yuan(label=_("Unit price (yuan)"), decimal_places=4, min_value=0)
    stated_sum = Yuan(label=_("Stated sum (yuan)"), min_value=0)


class Correct(OfBid):
    elsewhere = Yuan(label=_("Total elsewhere in the bid (yuan)"), required=False, min_value=0)
    items = serializers.ListField(child=PriceItemInput(), label=_("Items"), required=False, max_length=500)


class AnswerInquiry(Input):
    text = serializers.CharField(label=_("Answer"), max_length=4000, style=AREA)


class InquiryRecord(Record):
    evaluation = serializers.IntegerField(source="candidate.evaluation_id", read_only=True)
    number = serializers.IntegerField(source="candidate.number", read_only=True)

    class Meta:
        model = Inquiry
        fields = (
            *("id", "evaluation", "number", "about", "question", "answer_by", "answer_text", "answered_at"),
            *BASICS,
        )


class CorrectionRecord(Record):
    evaluation = serializers.IntegerField(source="candidate.evaluation_id", read_only=True)
    number = serializers.IntegerField(source="candidate.number", read_only=True)

    class Meta:
        model = Correction
        fields = (
            *("id", "evaluation", "number", "was", "price", "steps", "basis", "answer_by", "answered_at"),
            *BASICS,
        )
