"""How an award reads, and what its acts need."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids import shortlist
from bids.award_letter import AwardLetter
from bids.procurement_award import ProcurementAward
from bids.shortlist import PassReason
from bids.tender_award import TenderAward
from bids.tender_failure import BY_THE_AWARD, Failure
from trading.doors.fields import BASICS, Input, Moment, Record

AREA = {"base_template": "textarea.html"}
SHA256 = r"^[0-9a-f]{64}$"
CHANNEL = _("How and where objections are made")
FAILURES = [(code.value, code.label) for code in Failure if code in BY_THE_AWARD]


class LetterRecord(serializers.ModelSerializer[AwardLetter]):
    """A letter of award, to the winner or to another bidder."""

    issued_at = Moment()

    class Meta:
        model = AwardLetter
        fields = ("round", "won", "content", "sha256", "issued_at")


class AwardRecord(Record):
    """An award as its reader may see it: the letters are one's own, or all for who conducts and supervises."""

    lot = serializers.CharField(source="lot.code")
    kind = serializers.CharField(source="lot.kind")
    rehearsal = serializers.BooleanField(source="lot.rehearsal")
    winner = serializers.SerializerMethodField()
    candidates = serializers.SerializerMethodField()
    letters = serializers.SerializerMethodField()

    def get_winner(self, award: Any) -> str:
        return "" if award.winner is None else str(award.winner.opened.bid.organisation.uscc)

    def get_candidates(self, award: Any) -> list[dict[str, Any]]:
        return [
            {**shortlist.published(one), "passed_over": one.passed_over.reason if hasattr(one, "passed_over") else ""}
            for one in shortlist.recommended(award.lot)
        ]

    def get_letters(self, award: Any) -> list[dict[str, Any]]:
        rows = AwardLetter.objects.visible_to(self.context["person"]).filter(lot=award.lot_id)
        return list(LetterRecord(rows, many=True).data)


SHARED = ("id", "lot", "kind", "rehearsal", "entered_on", "awarded_on", "winner", "candidates", "letters", "failure")


class TenderAwardRecord(AwardRecord):
    public_until = serializers.DateField(read_only=True)

    class Meta:
        model = TenderAward
        fields = (*SHARED, "publicised_on", "public_days", "public_until", "reported_on", *BASICS)


class ProcurementAwardRecord(AwardRecord):
    challenged_until = serializers.DateField(read_only=True)

    class Meta:
        model = ProcurementAward
        fields = (*SHARED, "published_on", "challenged_until", *BASICS)


class Words(Input):
    """Texts of a notice, gathered as its `content`."""

    texts: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> Any:
        given = super().to_internal_value(data)
        content = {name: given.pop(name, "") for name in self.texts}
        return {**given, "content": content}


class PubliciseCandidates(Words):
    basis = "招标投标法实施条例 54; 发改委令第10号 6"
    consequence = _("Everybody reads the candidates with their prices; whoever is concerned may object meanwhile.")
    texts = ("evaluation", "qualification", "contact", "objection_channel")
    evaluation = serializers.CharField(label=_("How the bids were evaluated"), max_length=2000, style=AREA)
    qualification = serializers.CharField(
        label=_("How the candidates meet the qualification asked for"), max_length=2000, style=AREA
    )
    contact = serializers.CharField(label=_("Contact"), max_length=300)
    objection_channel = serializers.CharField(label=CHANNEL, max_length=300)
    days = serializers.IntegerField(
        label=_("Days of publicity"),
        min_value=1,
        max_value=60,
        required=False,
        allow_null=True,
        help_text=_("Three at least (T12); empty for as many as the rule says."),
    )


class PublishResult(Words):
    basis = "87号令 69; 政府采购法实施条例 43"
    consequence = _("The result is public with the experts' names; every bidder is told, the losers with the reasons.")
    texts = ("winner_address", "main_items", "contact", "objection_channel")
    winner_address = serializers.CharField(label=_("Address of the winner"), max_length=300)
    main_items = serializers.CharField(
        label=_("Main items: name, specification, quantity, unit price, service"), max_length=4000, style=AREA
    )
    contact = serializers.CharField(label=_("Contact"), max_length=300)
    objection_channel = serializers.CharField(label=CHANNEL, max_length=300)


class ChooseRank(Input):
    basis = "招标投标法 40; 招标投标法实施条例 55; 87号令 68"
    consequence = _("The enterprise of this rank wins.")
    rank = serializers.IntegerField(label=_("Rank"), min_value=1, max_value=3, default=1)


class PassOver(Input):
    basis = "招标投标法实施条例 55; 政府采购法实施条例 49"
    consequence = _("The best candidate that stands gives way; who follows may be awarded.")
    reason = serializers.ChoiceField(choices=PassReason.choices, label=_("Reason"))
    evidence = serializers.CharField(label=_("Evidence"), max_length=300, style=AREA)


class HandInReport(Input):
    basis = "招标投标法 47"
    sha256 = serializers.RegexField(SHA256, label=_("SHA-256 of the written report"))


class EndAward(Input):
    basis = "招标投标法实施条例 55; 政府采购法 36"
    consequence = _("The tender ends without an award, and a notice says why. The lot may be tendered again.")
    reason = serializers.ChoiceField(choices=FAILURES, label=_("Reason"))
