"""The doors of the rules: the deadline calculator (期限计算器) as a page and in the API, and the table of rules."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trading import holiday_notice, limits
from trading.doors.schema import Schema
from trading.errors import InvalidInput
from trading.rules import engine, table
from trading.rules.finding import Finding, Status, written
from trading.rules.rule import Direction, Roll, Rule, Unit

REGIMES = {
    "T": _("Tendering for works"),
    "G": _("Government procurement"),
    "L": _("Land and auctions"),
    "A": _("State assets"),
    "F": _("Fixed-price comparison"),
    "V": _("Supervision"),
    "R": _("Records"),
    "Q": _("Quantities"),
    "M": _("Mandatory tendering"),
    "X": _("Library of experts"),
}
ROLLS = {
    "": _("As the rule says"),
    Roll.NONE: _("It stays"),
    Roll.STATUTORY: _("It moves past statutory holidays"),
    Roll.NON_WORKDAY: _("It moves to the next working day"),
}
STATUSES = {
    Status.COMPLIANT: (_("Computed"), "success"),
    Status.VIOLATION: (_("Violation"), "danger"),
    Status.UNCERTAIN: (_("Uncertain"), "warning"),
    Status.NOT_APPLICABLE: (_("Not applicable"), "calm"),
    Status.INVALID_INPUT: (_("Invalid input"), "danger"),
}
UNITS = {
    Unit.DAYS: _("%(number)s calendar days"),
    Unit.WORKING_DAYS: _("%(number)s working days"),
    Unit.MONTHS: _("%(number)s months"),
    Unit.YEARS: _("%(number)s years"),
    Unit.HOURS: _("%(number)s hours"),
    Unit.MINUTES: _("%(number)s minutes"),
    Unit.SECONDS: _("%(number)s seconds"),
    Unit.YUAN: _("%(number)s yuan"),
}
LIMITS = {
    Direction.AT_LEAST: _("at least %(limit)s"),
    Direction.AT_MOST: _("at most %(limit)s"),
    Direction.AT_LEAST_BEFORE: _("at least %(limit)s before"),
    Direction.AT_MOST_BEFORE: _("at most %(limit)s before"),
    Direction.FROM: _("from %(limit)s"),
}
MEANINGS = {
    (Direction.AT_LEAST, False): _("First lawful day of the end event"),
    (Direction.AT_LEAST, True): _("Last safe day of the start event"),
    (Direction.AT_MOST, False): _("Last lawful day of the end event"),
    (Direction.AT_MOST, True): _("First day of the start event that is in time"),
    (Direction.EXACTLY, False): _("Day of the end event"),
    (Direction.EXACTLY, True): _("Day of the start event"),
}
AS = {Direction.AT_LEAST_BEFORE: Direction.AT_LEAST, Direction.AT_MOST_BEFORE: Direction.AT_MOST}
FLAGS = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True, "on": True}


def title(rule: Rule) -> str:
    """Return what the rule limits, in the reader's language."""
    return rule.en if (get_language() or "").startswith("en") else rule.zh


def limit(rule: Rule) -> str:
    """Return the limit in words, in the reader's language."""
    if rule.number is None:
        return gettext("no number")
    number = str(written(rule.number))
    if rule.upper is not None:
        number = gettext("%(least)s to %(most)s") % {"least": number, "most": written(rule.upper)}
    measured = str(UNITS.get(rule.unit, "%(number)s")) % {"number": number}
    words = str(LIMITS.get(rule.direction, "%(limit)s")) % {"limit": measured}
    return gettext("%(limit)s, an odd number") % {"limit": words} if rule.odd else words


def rule_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the rules that yield a date, by regime."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for rule in map(table.latest, table.IDS):
        if rule.is_period:
            entry = (rule.id, f"{rule.id} · {title(rule)} ({limit(rule)})")
            groups.setdefault(rule.id[0], []).append(entry)
    return [(str(REGIMES[letter]), entries) for letter, entries in groups.items()]


class DeadlineForm(forms.Form):
    """What the calculator needs; the day is checked by the engine."""

    rule = forms.ChoiceField(label=_("Rule"), choices=rule_choices)
    before = forms.BooleanField(
        label=_("Count back from the end event"),
        help_text=_("For “at least so many days before”: the date above is the later event."),
        required=False,
    )
    roll = forms.ChoiceField(label=_("When the last day is a day off"), choices=list(ROLLS.items()), required=False)

    field_order = ("rule", "from", "before", "roll")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = forms.CharField(
            label=_("Date of the event"),
            help_text=_("The day itself does not count."),
            required=False,
            max_length=10,
            widget=forms.DateInput(attrs={"type": "date"}),
        )
        self.order_fields(self.field_order)

    def answer(self) -> Finding:
        """Return what the engine says."""
        given = self.cleaned_data
        return engine.ask(
            given["rule"],
            given["from"] or None,
            before=given["before"],
            roll_on=given["roll"] or None,
            calendar=holiday_notice.calendar(),
        )


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the calculator, its answer and the table of rules."""
    form = DeadlineForm(request.GET if "rule" in request.GET else None)
    context: dict[str, Any] = {"form": form, "rules": [_shown(rule) for rule in table.RULES]}
    if form.is_bound and form.is_valid():
        found = form.answer()
        if found.status is Status.INVALID_INPUT:
            form.add_error("from", said(found))
        else:
            context |= _answered(found, back=form.cleaned_data["before"])
    return render(
        request, "trading/deadline.html", context, status=400 if form.is_bound and not form.is_valid() else 200
    )


def _shown(rule: Rule) -> dict[str, Any]:
    return {"rule": rule, "title": title(rule), "limit": limit(rule)}


def _answered(found: Finding, *, back: bool) -> dict[str, Any]:
    words, tone = STATUSES[found.status]
    shown = _shown(found.rule) if found.rule else {}
    direction = found.rule.direction if found.rule else Direction.AT_LEAST
    meaning = MEANINGS.get((AS.get(direction, direction), back), "")
    return {"found": found, "because": said(found), "words": words, "tone": tone, "meaning": meaning, **shown}


def said(found: Finding) -> str:
    """Return why, in the reader's language."""
    return gettext(found.message) % found.params


class RuleRecord(serializers.Serializer[Any]):
    """One version of a rule."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField(help_text="What a procedure calls it; may be empty.")
    title = serializers.CharField(source="en")
    title_zh = serializers.CharField(source="zh")
    direction = serializers.CharField(help_text="≥, ≤, ≥B, ≤B, =, range, from or prompt.")
    number = serializers.SerializerMethodField()
    upper = serializers.SerializerMethodField()
    unit = serializers.CharField(help_text="d, wd, m, y, h, min, s, share, count, CNY or empty.")
    start = serializers.CharField()
    end = serializers.CharField()
    roll = serializers.CharField()
    odd = serializers.BooleanField()
    basis = serializers.CharField()
    verified = serializers.BooleanField(help_text="False: a parameter to confirm before real use.")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)

    def get_number(self, rule: Rule) -> str | None:
        return None if rule.number is None else str(written(rule.number))

    def get_upper(self, rule: Rule) -> str | None:
        return None if rule.upper is None else str(written(rule.upper))


class RulePage(serializers.Serializer[Any]):
    """The whole table."""

    items = RuleRecord(many=True)


class NoticeUsed(serializers.Serializer[Any]):
    """A holiday notice by which the answer was counted."""

    year = serializers.IntegerField()
    version = serializers.IntegerField(help_text="0 is the table of past years.")


class DeadlineRecord(serializers.Serializer[Any]):
    """The answer of the calculator; `result` and `date` are the same day, null when there is none."""

    rule = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    basis = serializers.CharField()
    start = serializers.DateField(allow_null=True)
    limit = serializers.JSONField(allow_null=True, help_text="The number of the rule.")
    unit = serializers.CharField(allow_null=True)
    result = serializers.DateField(allow_null=True)
    date = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=[str(status) for status in Status])
    calendar = NoticeUsed(many=True)


class RulesApi(APIView):
    """The table of rules."""

    schema = Schema()

    @extend_schema(operation_id="rules_list", tags=["rules"], responses=RulePage)
    def get(self, request: Request) -> Response:
        """Every version of every rule, in the order of the table."""
        return Response({"items": RuleRecord(table.RULES, many=True).data})


class DeadlineApi(APIView):
    """The deadline calculator."""

    schema = Schema()

    @extend_schema(
        operation_id="rules_deadline",
        tags=["rules"],
        parameters=[
            OpenApiParameter("id", location=OpenApiParameter.PATH, description="Such as T04."),
            OpenApiParameter(
                "from", {"type": "string", "format": "date"}, description="Left out: the day is not known."
            ),
            OpenApiParameter(
                "before", {"type": "boolean", "default": False}, description="Count back from the end event."
            ),
            OpenApiParameter("roll", enum=[str(roll) for roll in Roll], description="When the last day is a day off."),
        ],
        responses=DeadlineRecord,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 (the address's own word)
        """Return the limit of a rule from the day of its start event, or back from the day of its end event."""
        table.versions(id)
        query = request.query_params
        before = FLAGS.get(query.get("before", "").lower())
        if before is None:
            raise InvalidInput("`before` is true or false.")
        days = holiday_notice.calendar()
        found = engine.ask(id, query.get("from"), before=before, roll_on=query.get("roll"), calendar=days)
        if found.status is Status.INVALID_INPUT:
            raise InvalidInput(found.message, **found.params)
        return Response({**found.as_deadline(), "calendar": limits.used(found)})


api = [
    path("rules/", RulesApi.as_view(), name="rules"),
    re_path(r"^rules/(?P<id>[^/]+)/deadline/?$", DeadlineApi.as_view(), name="rule_deadline"),
]
pages = [path("deadline/", page, name="deadline")]
