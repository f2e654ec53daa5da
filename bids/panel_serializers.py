"""How a panel and its seats read, and what their acts need."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from experts import specialities
from experts.panel import Panel
from experts.seat import Kind, Refusal, Seat
from experts.wanted import Need, Wanted
from trading.doors.fields import BASICS, Input, Moment, Record, Ref
from trading.draws.entries import SkipCode
from trading.lot import Lot
from trading.party import Role, User
from trading.party_serializers import mine
from trading.room import Kind as Room
from trading.session import Session

DETAILS = ("representatives", "gather_at", "place", "hours", "region", "avoid", "weighty")
NEEDS = _("One line each: code of the speciality | number of experts, such as “A0802 | 3”.")
AVOID = _("Credit codes of units, or experts' numbers, one a line. Bidders need not be named: the platform knows them.")


def own_lots(person: Any) -> models.QuerySet[Lot]:
    """Offer the lots of one's own tenders that have no committee yet."""
    ours = models.Q(project__owner__in=mine(Role.OWNER)(person))
    ours |= models.Q(project__agency__in=mine(Role.AGENCY)(person))
    return Lot.objects.filter(ours, tender__state="announced", panel=None)


def own_panels(person: Any) -> models.QuerySet[Panel]:
    """Offer the panels of one's own lots that gather."""
    return Panel.objects.visible_to(person).filter(state__in=["locked", "notified"])


class NeedInput(serializers.Serializer[Any]):
    """So many experts of a speciality."""

    code = serializers.ChoiceField(choices=[(one.code, str(one)) for one in specialities.ALL.values()])
    count = serializers.IntegerField(min_value=1, max_value=99)


class Reapply(Input):
    """What the committee is to be."""

    consequence = _(
        "The supervisor sees the application and approves or returns it. Nobody else learns that a committee is formed."
    )
    basis = "招标投标法 37; 招标投标法实施条例 46; 87号令 47"

    needs = serializers.ListField(
        child=NeedInput(), label=_("Experts for each speciality"), help_text=NEEDS, allow_empty=False, max_length=20
    )
    representatives = serializers.IntegerField(
        label=_("Representatives of the owner"), min_value=0, max_value=30, default=0
    )
    weighty = serializers.BooleanField(label=_("Complex, or of great influence on society"), default=False)
    region = serializers.RegexField(
        r"^[0-9]{0,6}$",
        label=_("Region of the experts"),
        required=False,
        allow_blank=True,
        default="",
        help_text=_("The first digits of the region's code; empty for anywhere."),
    )
    avoid = serializers.ListField(
        child=serializers.CharField(max_length=18), label=_("To be avoided"), help_text=AVOID, required=False,
        max_length=200,
    )  # fmt: skip
    gather_at = Moment(label=_("Gathering"))
    place = serializers.CharField(label=_("Place of the gathering"), max_length=200)
    hours = serializers.IntegerField(label=_("Duration (hours)"), min_value=1, max_value=72, default=8)

    @classmethod
    def known_of(cls, record: Any) -> dict[str, Any]:
        return {"needs": record.needs, **{name: getattr(record, name) for name in DETAILS}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what is applied for."""
        needs = [Need(**one) for one in attrs["needs"]]
        said = {name: attrs[name] for name in DETAILS if name in attrs}
        return {"wanted": Wanted(needs, **said)}


class Apply(Reapply):
    """A lot, and what its committee is to be."""

    lot = Ref("lot", offers=own_lots, label=_("Lot"))

    def get_fields(self) -> dict[str, Any]:
        """Ask for the lot first."""
        fields = super().get_fields()
        return {"lot": fields.pop("lot"), **fields}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the lot beside what is applied for."""
        return {"lot": attrs["lot"], **super().validate(attrs)}


class Reason(Input):
    reason = serializers.CharField(label=_("Reason"), max_length=200)


class PanelRecord(Record):
    """A panel as those read it who take part: needs and counts, no person."""

    lot = serializers.CharField(source="lot.code", read_only=True)
    name = serializers.CharField(source="lot.name", read_only=True)

    class Meta:
        model = Panel
        fields = (
            *("id", "lot", "name", "needs", "representatives", "region", "weighty", "gather_at", "place", "hours"),
            *("counts", "reason", *BASICS),
        )


class SeatRecord(Record):
    """A seat: its number, how it stands, when and where it gathers; never who holds it, or for which project."""

    gather_at = Moment(source="panel.gather_at", read_only=True, label=_("Gathering"))
    place = serializers.CharField(source="panel.place", read_only=True, label=_("Place of the gathering"))
    hours = serializers.IntegerField(source="panel.hours", read_only=True, label=_("Duration (hours)"))

    class Meta:
        model = Seat
        fields = (
            "id",
            "number",
            "kind",
            "stratum",
            "gather_at",
            "place",
            "hours",
            "answer_until",
            "arrive_by",
            *BASICS,
        )


def open_panel_sessions(person: Any) -> models.QuerySet[Session]:
    """Offer the sessions that are open for a draw of experts."""
    return Session.objects.visible_to(person).filter(kind=Room.PANEL, state="open")


class Widen(Input):
    basis = "ggzy-draw/1, 2 row 21"
    consequence = _("Experts of the wider region may be drawn; the change is on record.")
    region = serializers.RegexField(
        r"^[0-9]{0,6}$", label=_("Region of the experts"), required=False, allow_blank=True, default="",
        help_text=_("The first digits of the region's code; empty for anywhere."),
    )  # fmt: skip


class BeginExpertDraw(Input):
    basis = "招标投标法 37; 招标投标法实施条例 46; ggzy-draw/1"
    consequence = _("The list of the experts is frozen, recusals found; you see counts and codes, nobody sees a name.")
    session = Ref("session", offers=open_panel_sessions, label=_("Session"))
    beacon = serializers.DictField(
        label=_("Source of randomness"), help_text=_("kind: physical, or kind: drand with its round.")
    )


def followed_seats(person: Any) -> models.QuerySet[Seat]:
    """Offer the experts' seats that a supervisor may pass over."""
    return Seat.objects.filter(panel__in=Panel.objects.visible_to(person), kind=Kind.EXPERT)


class ReplaceExpert(Input):
    basis = "ggzy-draw/1, 3.7; 招标投标法实施条例 46, 48"
    consequence = _(
        "The next of the same ranking is called; what the member said is void. Reason and evidence are kept."
    )
    seat = Ref("seat", offers=followed_seats, label=_("Seat"))
    code = serializers.ChoiceField(choices=SkipCode.choices[:3], label=_("Reason"))
    evidence = serializers.RegexField(r"^[0-9a-f]{64}$", label=_("SHA-256 of the evidence"))


class DeclineSeat(Input):
    consequence = _("The next expert is called. Your reason is on record; your name is not.")
    basis = "招标投标法 37; ggzy-draw/1, 3.7"
    refusal = serializers.ChoiceField(choices=Refusal.choices, label=_("Reason"))


class AcceptSeat(Input):
    consequence = _("You promise to come in time and to tell nobody. Who stays away without cause is suspended.")
    basis = "招标投标法 37, 44; 87号令 47"


class NameRepresentative(Input):
    consequence = _("Who is named sits and votes in the committee, with the owner's letter of authority.")
    basis = "87号令 45, 47"

    panel = Ref("panel", offers=own_panels, label=_("Committee"))
    user = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), label=_("Account")
    )
