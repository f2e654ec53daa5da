"""The doors of a draw: how it reads while it goes on, and what its acts need."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading.doors.door import Door
from trading.doors.fields import BASICS, Input, Moment, Record, Ref
from trading.draws import offers
from trading.draws.committing import VoidCause
from trading.draws.draw import Draw
from trading.draws.entries import Contribution, Skip, State
from trading.room import Kind
from trading.session import Session

AREA = {"base_template": "textarea.html"}
SHA256 = r"^[0-9a-f]{64}$"


class ContributionRecord(serializers.ModelSerializer[Contribution]):
    at = Moment()
    revealed_at = Moment()

    class Meta:
        model = Contribution
        fields = ("who", "c", "at", "value", "revealed_at")


class SkipRecord(serializers.ModelSerializer[Skip]):
    at = Moment()

    class Meta:
        model = Skip
        fields = ("candidate", "stratum", "code", "evidence", "at")


class DrawRecord(Record):
    lot = serializers.CharField(source="lot.code")
    rehearsal = serializers.BooleanField(source="lot.rehearsal")

    class Meta:
        model = Draw
        fields: tuple[str, ...] = (
            *("id", "draw_id", "lot", "rehearsal", "session", "purpose", "seq", "suite", "plan", "beacon"),
            *("list_facts", "commit_hash", "seed", "drawn_at", "void_cause", *BASICS),
        )


class DrawDetail(DrawRecord):
    contributions = ContributionRecord(many=True)
    skips = SkipRecord(many=True)

    class Meta(DrawRecord.Meta):
        fields = (*DrawRecord.Meta.fields, "record", "attempt", "beacon_value", "result", "contributions", "skips")


class Contribute(Input):
    basis = "ggzy-draw/1, 3.4"
    consequence = _("The commitment is public at once. Keep the secret: only it can be revealed later.")
    c = serializers.RegexField(
        SHA256, label=_("Commitment"), help_text=_("Made from a secret in your own browser; 64 digits and letters.")
    )


class Reveal(Input):
    basis = "ggzy-draw/1, 3.6"
    consequence = _("The secret becomes public and counts. What is not revealed before the close is absent for good.")
    nonce = serializers.CharField(
        label=_("Secret"), max_length=1000, help_text=_("64 digits and letters from 0 to f, or the digits you typed.")
    )
    typed = serializers.BooleanField(label=_("I typed digits"), default=False)


def open_draw_sessions(person: Any) -> models.QuerySet[Session]:
    """Offer the sessions that are open in a draw room."""
    return Session.objects.visible_to(person).filter(kind__in=[Kind.DRAW, Kind.PANEL], state="open")


class Move(Input):
    basis = "ggzy-draw/1, 2"
    consequence = _("The draw goes on where it stood; contributions, list and plan stay as they are.")
    session = Ref("session", offers=open_draw_sessions, label=_("Session"))


class Void(Input):
    basis = "ggzy-draw/1, 2"
    consequence = _("The draw ends without a result. The cause is public, and the next draw carries the next number.")
    cause = serializers.ChoiceField(choices=VoidCause.choices, label=_("Cause"))
    reason = serializers.CharField(label=_("What happened"), max_length=1000, style=AREA)


class EnterDice(Input):
    basis = "ggzy-draw/1, 3.8"
    consequence = _("Two people read the dice, each alone; only equal readings count.")
    digits = serializers.RegexField(
        r"^[0-9]{20,100}$", label=_("Digits"), help_text=_("In the order of the rolls; zeros in front count.")
    )
    hands = serializers.ListField(
        child=serializers.CharField(max_length=16),
        allow_empty=False,
        max_length=20,
        label=_("Badges of those who rolled"),
        help_text=_("At least three, one a line."),
    )


class TakeBeacon(Input):
    number = serializers.IntegerField(label=_("Round"), min_value=1, max_value=10**15)
    signature = serializers.RegexField(r"^[0-9a-f]{96}$", label=_("Signature"))
    randomness = serializers.RegexField(SHA256, label=_("Randomness"), required=False, allow_blank=True, default="")


DRAWS = Door(
    model=Draw,
    path="draws",
    singular=_("Draw"),
    plural=_("Draws"),
    reads=DrawRecord,
    details=DrawDetail,
    rows=Draw.objects.visible_to,
    lists=lambda person: Draw.objects.visible_to(person).filter(lot__rehearsal=False),
    acts={
        "contribute": Contribute,
        "commit": None,
        "reveal": Reveal,
        "close_reveals": None,
        "move": Move,
        "void": Void,
        "enter_dice": EnterDice,
        "confirm_dice": None,
        "reject_dice": None,
        "take_beacon": TakeBeacon,
    },
    at_will=("void", "reject_dice"),
    over=(State.DRAWN,),
    fits={
        "contribute": offers.contribute,
        "commit": offers.commit,
        "reveal": offers.reveal,
        "close_reveals": offers.close_reveals,
        "move": offers.move,
        "void": offers.void,
        "enter_dice": offers.enter_dice,
        "confirm_dice": offers.confirm_dice,
        "reject_dice": offers.reject_dice,
        "take_beacon": offers.take_beacon,
    },
    inside=("prepare", "skip"),
    filters=("lot__code", "state", "session"),
    related=("lot__project", "session"),
    listed_as=("draw_id", "lot", "drawn_at"),
)
NOUNS = (DRAWS,)
