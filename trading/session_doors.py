"""The doors of rooms, sessions, attendance and rules of conduct: their API and the inputs of their acts."""

from typing import Any

from django.db import models
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.attendance import UNNAMED, SignIn
from trading.conduct import ConductRules
from trading.doors import addresses  # noqa: F401  # it registers how records are named
from trading.doors.door import Door
from trading.doors.fields import BASICS, Input, Moment, Record, Ref
from trading.ledger.tables import SecretWindow
from trading.party import Role, User
from trading.pause import PauseReason
from trading.room import Kind, Room
from trading.session import SUPERVISING, Session
from trading.transcript_api import TranscriptApi

OFFICIALS = frozenset({Role.CENTRE_STAFF, Role.AUDITOR, *SUPERVISING})


class RoomInput(Input):
    kind = serializers.ChoiceField(choices=Kind.choices, label=_("Kind"))
    name = serializers.CharField(max_length=64, label=_("Name"))
    place = serializers.CharField(max_length=128, label=_("Place"))


class RoomRecord(Record):
    class Meta:
        model = Room
        fields = ("id", "kind", "name", "place", *BASICS)


class BookingInput(Input):
    consequence = _("The session is announced with this time and room; it cannot open earlier.")

    room = Ref("room", among=lambda person: Room.objects.filter(state="in_use"), label=_("Room"))
    kind = serializers.ChoiceField(choices=Kind.choices, label=_("Kind"))
    title = serializers.CharField(max_length=200, label=_("Title"))
    starts_at = Moment(label=_("Begins"))
    ends_at = Moment(label=_("Ends"))
    lot = Ref("lot", required=False, label=_("Lot"))
    host = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), required=False, label=_("Host (user name)")
    )


class ReasonInput(Input):
    consequence = _("Everything in the session stops until it is resumed. The reason is public.")

    reason = serializers.ChoiceField(choices=PauseReason.choices, label=_("Reason"))


class MoveInput(Input):
    consequence = _("The session is announced anew with this time; whoever watches hears of it.")

    starts_at = Moment(label=_("Begins"))
    ends_at = Moment(label=_("Ends"))


class CancelInput(ReasonInput):
    consequence = _("The session will not be held; its room is free again. The reason is public.")


class BreakOffInput(ReasonInput):
    consequence = _("The session ends here. What its draw has fixed stays; the draw goes on in another session.")


class SessionRecord(Record):
    transcript = serializers.IntegerField(source="transcript_id", read_only=True)
    public = serializers.BooleanField(source="transcript.public", read_only=True)
    room = serializers.CharField(source="room.name", read_only=True)
    lot = serializers.CharField(source="lot.code", read_only=True, default=None)
    rehearsal = serializers.BooleanField(source="transcript.rehearsal", read_only=True)

    class Meta:
        model = Session
        fields = (
            "id",
            "title",
            "kind",
            "room",
            "lot",
            "starts_at",
            "ends_at",
            "reason",
            "transcript",
            "public",
            "rehearsal",
            *BASICS,
        )


class SignInInput(Input):
    consequence = _("You receive a badge. Wear it in the room and give it back when you leave.")

    session = Ref("session", label=_("Session"))
    organisation = Ref("organisation", label=_("Organisation"))
    role = serializers.ChoiceField(choices=Role.choices, label=_("Role"))
    conduct_sha256 = serializers.RegexField(
        "^[0-9a-f]{64}$", label=_("Rules of conduct"), help_text=_("The SHA-256 of the text you confirm.")
    )


class SignInRecord(Record):
    badge = serializers.CharField(source="badge.number", read_only=True)
    conduct_sha256 = serializers.CharField(source="conduct.sha256", read_only=True)

    class Meta:
        model = SignIn
        fields = ("id", "session", "role", "badge", "conduct_sha256", "at", "left_at", *BASICS)


class ConductInput(Input):
    role = serializers.ChoiceField(
        choices=Role.choices,
        required=False,
        allow_blank=True,
        default="",
        label=_("Role"),
        help_text=_("Empty: for everybody."),
    )
    title = serializers.CharField(max_length=64, label=_("Title"))
    text = serializers.CharField(max_length=20_000, label=_("Text"))


class ConductRecord(Record):
    class Meta:
        model = ConductRules
        fields = ("id", "role", "number", "title", "text", "sha256", *BASICS)


def own_sign_ins(person: Any) -> models.QuerySet[SignIn]:
    """Return the sign-ins a person may see: everybody their own, officials all but what would count the bidders."""
    if not person.is_authenticated:
        return SignIn.objects.none()
    own = models.Q(user=person)
    if not person.roles() & OFFICIALS:
        return SignIn.objects.filter(own)
    secret = SecretWindow.objects.filter(revealed_at=None).values("tender")
    return SignIn.objects.filter(own | ~models.Q(role__in=UNNAMED, session__lot__code__in=secret))


def everybody(model: type[models.Model]) -> Any:
    """Return the rows of a noun that hides nothing."""
    return lambda person: model._base_manager.all()


ROOM = Door(
    model=Room,
    path="rooms",
    singular=_("Room"),
    plural=_("Rooms"),
    reads=RoomRecord,
    rows=everybody(Room),
    creates=("register", RoomInput),
    acts={"withdraw": None},
    at_will=("withdraw",),
    filters=("kind",),
    listed_as=("name", "kind", "place"),
)
SESSION = Door(
    model=Session,
    path="sessions",
    singular=_("Session"),
    plural=_("Sessions"),
    reads=SessionRecord,
    rows=Session.objects.visible_to,
    lists=lambda person: Session.objects.visible_to(person).filter(transcript__rehearsal=False),
    creates=("book", BookingInput),
    acts={
        "open": None,
        "move": MoveInput,
        "suspend": ReasonInput,
        "resume": None,
        "close": None,
        "cancel": CancelInput,
        "break_off": BreakOffInput,
    },
    at_will=("move", "break_off"),
    fits={
        "close": lambda session, person: not session.holds_a_draw(),
        "cancel": lambda session, person: not session.holds_a_draw(),
        "break_off": lambda session, person: not session.may_have_dice(),
    },
    filters=("kind", "state", "room"),
    order=("-starts_at", "-pk"),
    related=("room", "lot", "transcript"),
    listed_as=("title", "kind", "room", "starts_at"),
)
SIGN_IN = Door(
    model=SignIn,
    path="sign-ins",
    singular=_("Sign-in"),
    plural=_("Sign-ins"),
    reads=SignInRecord,
    rows=own_sign_ins,
    creates=("sign_in", SignInInput),
    acts={"sign_out": None},
    at_will=("sign_out",),
    filters=("session", "role"),
    related=("session__lot", "badge", "conduct"),
    listed_as=("session", "role", "at"),
    order=("-at", "-pk"),
)
CONDUCT = Door(
    model=ConductRules,
    path="conduct",
    singular=_("Rules of conduct"),
    plural=_("Rules of conduct"),
    reads=ConductRecord,
    rows=everybody(ConductRules),
    creates=("publish", ConductInput),
    filters=("role",),
    listed_as=("title", "role", "number"),
)
NOUNS = (ROOM, SESSION, SIGN_IN, CONDUCT)
api: list[URLPattern] = [path("sessions/<name:name>/events", TranscriptApi.as_view(), name="session_events")]
