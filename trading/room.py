"""Rooms of the centre: each made for one kind of session and booked for one at a time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.party import Role, anywhere
from trading.transitions import THE_CLOCK, Act, Machine, act

CENTRE = anywhere(Role.CENTRE_STAFF)
LONGEST = timedelta(hours=12)
ON_THE_SPOT = timedelta(minutes=10)

# PostgreSQL keeps "one session in a room at a time" by itself; SQLite has one writer, so the check
# under the room's lock is enough. A migration runs `forward` and `backward`.
ONE_IN_A_ROOM = """ALTER TABLE trading_session ADD CONSTRAINT one_session_in_a_room
    EXCLUDE USING gist (int8range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
    WHERE (state IN ('scheduled', 'open', 'suspended'))"""


def forward(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let PostgreSQL refuse two sessions in one room at one time."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ONE_IN_A_ROOM)


def backward(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the constraint back."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE trading_session DROP CONSTRAINT one_session_in_a_room")


class Kind(models.TextChoices):
    OPENING = "opening", _("Opening")
    EVALUATION = "evaluation", _("Evaluation")
    DRAW = "draw", _("Draw")
    AUCTION = "auction", _("Auction")
    PANEL = "panel", _("Draw of experts")


PRIVATE = frozenset({Kind.EVALUATION, Kind.PANEL})  # a committee's, which nobody else learns of (招标投标法 37, 38)


class Room(Machine):
    """A room of the centre, made for one kind of session."""

    noun = "room"
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("Name"), max_length=64, unique=True)
    place = models.CharField(_("Place"), max_length=128)

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name

    @act(
        "room.registered",
        source="",
        target="in_use",
        may=CENTRE | THE_CLOCK,
        label=gettext_noop("Register a room"),
    )
    def register(self, act: Act) -> dict[str, Any]:
        """Put a room to use."""
        return {"kind": self.kind, "name": self.name, "place": self.place}

    @act(
        "room.withdrawn",
        source="in_use",
        target="withdrawn",
        may=CENTRE,
        label=gettext_noop("Withdraw a room"),
    )
    def withdraw(self, act: Act) -> dict[str, Any]:
        """Take a room out of use; what is booked in it stays booked."""
        return {"name": self.name}

    def check_suits(self, kind: str) -> None:
        """Refuse a room that is out of use or made for another kind of session. Raises RuleError."""
        if self.state != "in_use":
            raise RuleError(gettext_noop("%(room)s is not in use."), code="room_not_in_use", room=self.name)
        if self.kind != kind:
            raise RuleError(
                gettext_noop("%(room)s is not made for this kind of session."), code="wrong_room", room=self.name
            )


def check_times(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """Refuse to book a room for what has begun long ago or goes on too long. Raises RuleError."""
    if not now - ON_THE_SPOT < starts_at < ends_at <= starts_at + LONGEST:
        raise RuleError(
            gettext_noop("A session begins now or later and lasts at most 12 hours."),
            code="impossible_times",
        )
