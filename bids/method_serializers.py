"""How an evaluation method reads, and what stating and changing it needs."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bids import method_rules
from bids.method import Method, MethodVersion, current
from bids.review_serializers import own_lots
from bids.tender_serializers import AREA, OLDER, unused_documents
from trading.doors.fields import BASICS, Input, Moment, Record, Ref
from trading.draw_doors import open_draw_sessions
from trading.lot import Lot

MEMBERS = ("method", "parts", "rounding", "aggregate", "deductions", "tie", "benchmark", "outlier", "abnormally_low")
METHODS = {
    "comprehensive_scoring": _("Comprehensive scoring"),
    "lowest_evaluated_price": _("Lowest evaluated price"),
    "lowest_evaluated_tender": _("Lowest evaluated tender"),
    "benchmark": _("Benchmark price"),
}
KINDS = {"price": _("by the price"), "expert": _("by each expert"), "fixed": _("as given")}
STAGES = {"final": _("the total"), "part": _("each part"), "expert": _("each expert's points")}
MODES = {"half_up": _("half up"), "half_even": _("half to even"), "up": _("up"), "down": _("down")}
RULES = {"mean": _("mean"), "trimmed": _("mean without the highest and the lowest")}
OF = {"part": _("of each part"), "total": _("of the totals")}
WHEN = {"before_reading": _("before the reading out"), "after_reading": _("after the reading out")}


def lots_without_method(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own registered tenders whose method is not stated yet."""
    return own_lots(person).filter(method=None)


class MethodVersionRecord(serializers.ModelSerializer[MethodVersion]):
    stated_at = Moment()

    class Meta:
        model = MethodVersion
        fields = ("number", "document", "drawn", "sha256", "stated_at")


class MethodRecord(Record):
    lot = serializers.CharField(source="lot.code")

    class Meta:
        model = Method
        fields = ("id", "lot", *BASICS)


class MethodDetail(MethodRecord):
    versions = MethodVersionRecord(many=True)

    class Meta(MethodRecord.Meta):
        fields = (*MethodRecord.Meta.fields, "versions")  # type: ignore[assignment]  # mypy counts the members


def text(label: Any, **options: Any) -> serializers.CharField:
    return serializers.CharField(label=label, max_length=200, **options)


def may_be_empty(label: Any, **options: Any) -> serializers.CharField:
    return text(label, required=False, allow_blank=True, **options)


class PartInput(Input):
    """One part of the total; the reading of the document judges its numbers."""

    id = text(_("Name"))
    kind = serializers.ChoiceField(choices=list(KINDS.items()), label=_("Kind"))
    weight = may_be_empty(_("Weight"))
    max = may_be_empty(_("Highest score"))


class DeductionInput(Input):
    id = text(_("Name"))
    rate = text(_("Rate"))


class DrawnInput(Input):
    name = text(_("Name"))
    values = serializers.CharField(label=_("Values"), max_length=20_000)


class RoundingInput(Input):
    places = serializers.IntegerField(label=_("Rounding: decimal places"), min_value=0, max_value=8, required=False)
    stage = serializers.ChoiceField(choices=list(STAGES.items()), label=_("Rounding: from where on"), required=False)
    mode = serializers.ChoiceField(choices=list(MODES.items()), label=_("Rounding: how"), required=False)


class AggregateInput(Input):
    rule = serializers.ChoiceField(choices=list(RULES.items()), label=_("Experts' scores become their"), required=False)
    of = serializers.ChoiceField(choices=list(OF.items()), label=_("Highest and lowest"), required=False)
    min_experts = serializers.IntegerField(
        label=_("Left out from so many experts on"), min_value=3, max_value=99, required=False
    )


class LowInput(Input):
    mean = may_be_empty(_("Low price: below this share of the mean"))
    next_lowest = may_be_empty(_("Low price: below this share of the next lowest"))
    ceiling = may_be_empty(_("Low price: below this share of the ceiling"))


class MethodTerms(Input):
    """A method as owner or agency types it: the members of the evaluation document, and what is drawn."""

    basis = "招标投标法 19, 40; 招标投标法实施条例 27, 49; 财政部令第87号 20, 54, 55"
    consequence = _("The notice publishes the method with its hash; from then on nothing else may decide.")
    method = serializers.ChoiceField(choices=list(METHODS.items()), label=_("Method"))
    parts = serializers.ListField(
        child=PartInput(),
        label=_("Parts"),
        required=False,
        max_length=50,
        help_text=_("One line each: name | price, expert or fixed | weight | highest score. Weights make 100."),
    )
    benchmark = serializers.DictField(
        child=serializers.CharField(max_length=64),
        label=_("Benchmark price"),
        required=False,
        help_text=_("Only for this method, one line each: rule: B1 to B8, then its parameters, such as K: 0.95."),
    )
    deductions = serializers.ListField(
        child=DeductionInput(),
        label=_("Deductions for small firms"),
        required=False,
        max_length=20,
        help_text=_("One line each: name | rate, such as 0.10."),
    )
    aggregate = AggregateInput(required=False)
    rounding = RoundingInput(required=False)
    tie = serializers.ListField(
        child=serializers.CharField(max_length=210),
        label=_("Equals are parted by"),
        required=False,
        max_length=20,
        help_text=_(
            "One rule a line: total_desc, price_asc, evaluated_price_asc, the name of a part with _desc, draw."
        ),
    )
    abnormally_low = LowInput(required=False)
    outlier = may_be_empty(_("A score further from the mean than this share is explained"))
    drawn_when = serializers.ChoiceField(
        choices=list(WHEN.items()), label=_("Parameters are drawn"), required=False, allow_blank=True
    )
    drawn = serializers.ListField(
        child=DrawnInput(),
        label=_("Drawn parameters"),
        required=False,
        max_length=6,
        help_text=_("One line each: parameter | its values with spaces between, such as k | 0.95 0.96 0.97."),
    )

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            method_rules.check_no_floor(data)
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the terms as the document holds them, apart from what else the act needs."""
        given = {name: attrs.pop(name) for name in MEMBERS if name in attrs}
        when, drawn = attrs.pop("drawn_when", ""), attrs.pop("drawn", [])
        parameters = [{"name": one["name"].lower(), "values": one["values"].split()} for one in drawn]
        told = {"when": when, "parameters": parameters} if parameters else {}
        return {**attrs, "terms": terms_of(given), "drawn": told}


def terms_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed without what was left empty; the places of a benchmark are a whole number."""
    terms: dict[str, Any] = _filled(given)
    places = terms.get("benchmark", {}).get("places", "")
    if isinstance(places, str) and places.isdecimal() and len(places) == 1:
        terms["benchmark"]["places"] = int(places)
    return terms


def _filled(given: Any) -> Any:
    if isinstance(given, Mapping):
        kept = {str(name): _filled(value) for name, value in given.items()}
        return {name: value for name, value in kept.items() if value not in ("", None, [], {})}
    return [_filled(each) for each in given] if isinstance(given, list) else given


def typed(terms: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Return a method as the form shows it: groups as the names of their fields, what is drawn in lines."""
    shown: dict[str, Any] = {name: terms[name] for name in MEMBERS if name in terms}
    for group in ("rounding", "aggregate", "abnormally_low"):
        shown |= {f"{group}.{name}": value for name, value in shown.pop(group, {}).items()}
    parameters = [{**one, "values": " ".join(one["values"])} for one in drawn.get("parameters", [])]
    return {**shown, "drawn_when": drawn.get("when", ""), "drawn": parameters}


class OfLot(Input):
    lot = Ref("lot", offers=lots_without_method, label=_("Lot"))


class StateMethod(OfLot, MethodTerms):
    @classmethod
    def proposed(cls, person: Any, named: Mapping[str, str]) -> dict[str, Any]:
        """Propose a lawful method for the lot that the address names, or for the only one there is."""
        lots = lots_without_method(person).select_related("project")
        found = lots.filter(code=named["lot"]) if "lot" in named else lots
        lot = found[0] if len(found[:2]) == 1 else None
        return typed(method_rules.proposal(lot.kind, lot.project.category), {}) if lot else {}


class RestateMethod(MethodTerms):
    @classmethod
    def known_of(cls, record: Method) -> dict[str, Any]:
        """Return the method as it stands."""
        version = current(record.lot)
        return typed(version.document, version.drawn) if version else {}


class AmendMethod(RestateMethod):
    basis = "招标投标法 23; 招标投标法实施条例 21; 政府采购法实施条例 31"
    consequence = _("Everybody who took the documents is told; both versions stay. The deadline may have to move.")
    documents = serializers.ListField(
        child=Ref("document"), label=_("Changed or added files"), allow_empty=False, max_length=50, help_text=OLDER
    )
    changes = serializers.CharField(label=_("What changes"), max_length=4000, style=AREA)
    deadline = Moment(label=_("New deadline"), required=False, allow_null=True)

    @classmethod
    def known_of(cls, record: Method) -> dict[str, Any]:
        """Return the method as it stands, and the files that no version has yet."""
        return {**super().known_of(record), "documents": unused_documents(record.lot)}


class DrawParameters(Input):
    basis = "招标投标法 40; ggzy-draw/1"
    consequence = _("The list of values and the plan are public at once; then the draw goes on in its session.")
    session = Ref("session", offers=open_draw_sessions, label=_("Session"))
    beacon = serializers.DictField(
        label=_("Source of randomness"), help_text=_("kind: physical, or kind: drand with its round.")
    )
