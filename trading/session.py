"""Sessions: an opening, an evaluation, a draw or an auction, held in a room.

A room holds one session at a time. A session has a transcript, in which its acts say what
everybody may know; it opens at its announced time, not before.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, pause, secrecy, unfinished
from trading.errors import RuleError, WrongState
from trading.live import Transcript
from trading.lot import Lot, Standing
from trading.party import Role, anywhere
from trading.room import CENTRE, PRIVATE, Kind, Room, check_times
from trading.session_rows import SUPERVISING, SessionQuerySet, SessionState
from trading.transitions import THE_CLOCK, Act, Machine, Power, act

__all__ = ["HOST", "SUPERVISING", "SUPERVISION", "Session", "SessionQuerySet", "SessionState"]

SUPERVISION = anywhere(Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE)
HOST = Power("host", lambda session, person: person is not None and person == session.host)


class Session(Machine):
    """A session in a room at an announced time."""

    noun = "session"
    room = models.ForeignKey(Room, verbose_name=_("Room"), on_delete=models.PROTECT, related_name="sessions")
    lot = models.ForeignKey(
        Lot,
        verbose_name=_("Lot"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
    )
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices)
    title = models.CharField(_("Title"), max_length=200)
    starts_at = models.DateTimeField(_("Begins"))
    ends_at = models.DateTimeField(_("Ends"))
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Host"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    transcript = models.OneToOneField(Transcript, on_delete=models.PROTECT, editable=False)
    paused_by_role = models.CharField(max_length=20, blank=True, editable=False)
    reason = models.CharField(_("Reason"), max_length=32, blank=True, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def secret_scope(self) -> str:
        """Return under what a session of the lot's committee is sealed; the others are public."""
        return secrecy.scope_of(self.lot) if self.kind in PRIVATE and self.lot else ""

    def now(self) -> datetime:
        """Return the time that counts here: the lot's, or the server's."""
        return self.lot.now() if self.lot else clock.now()

    def roles_present(self) -> set[str]:
        """Return the roles of those who are signed in now."""
        return set(self.sign_ins.filter(state="present").values_list("role", flat=True))

    def check_open(self) -> None:
        """Raise WrongState unless the session is open: nothing happens in it before, after or in a pause."""
        if self.state != SessionState.OPEN:
            raise WrongState(
                gettext_noop("The session is not open; its state is “%(state)s”."),
                code="session_not_open",
                state=self.state,
            )

    @act(
        "session.booked",
        source="",
        target=SessionState.SCHEDULED,
        may=CENTRE | THE_CLOCK,
        label=gettext_noop("Book a room"),
    )
    def book(self, act: Act) -> dict[str, Any]:
        """Reserve a room that suits the session and is free at its time."""
        room = self._take_room()
        private = self.kind in PRIVATE
        if private and self.lot is None:
            raise RuleError(
                gettext_noop("A session of a committee belongs to a lot."),
                code="lot_missing",
                basis="招标投标法 37, 38",
                next_step=gettext_noop("Name the lot for which the committee is drawn or evaluates."),
            )
        self.transcript = Transcript.objects.create(public=not private, rehearsal=bool(self.lot and self.lot.rehearsal))
        facts = {"title": self.title, "room": room.name, "starts_at": clock.iso(self.starts_at)}
        act.say(self.transcript_id, "session.booked", facts)
        return {**facts, "kind": self.kind, "ends_at": clock.iso(self.ends_at)}

    @act(
        "session.moved",
        source=SessionState.SCHEDULED,
        target=SessionState.SCHEDULED,
        may=CENTRE | THE_CLOCK,
        label=gettext_noop("Move the session"),
    )
    def move(self, act: Act, *, starts_at: datetime, ends_at: datetime, room: Room | None = None) -> dict[str, Any]:
        """Hold the session at another time, in the same room unless one is named; everybody who watches hears of it."""
        unfinished.check(self, act.by)
        self.starts_at, self.ends_at, self.room = starts_at, ends_at, room or self.room
        taken = self._take_room()
        facts = {"title": self.title, "room": taken.name, "starts_at": clock.iso(self.starts_at)}
        act.say(self.transcript_id, "session.moved", facts)
        return {**facts, "ends_at": clock.iso(self.ends_at)}

    def _take_room(self) -> Room:
        """Return the room, which suits the session and is free at its time. Raises RuleError."""
        room = Room.objects.select_for_update().get(pk=self.room_id)
        room.check_suits(self.kind)
        check_times(self.starts_at, self.ends_at, now=self.now())
        others = room.sessions.holding_the_room().exclude(pk=self.pk)
        other = others.within(self.starts_at, self.ends_at).first()
        if other is not None:
            raise RuleError(
                gettext_noop("%(room)s is taken from %(start)s to %(end)s."),
                code="room_taken",
                next_step=gettext_noop("Choose another time or another room."),
                room=room.name,
                start=clock.minute(other.starts_at),
                end=clock.minute(other.ends_at),
            )
        return room

    @act(
        "session.opened",
        source=SessionState.SCHEDULED,
        target=SessionState.OPEN,
        may=CENTRE | HOST | THE_CLOCK,
        label=gettext_noop("Open the session"),
    )
    def open(self, act: Act) -> dict[str, Any]:
        """Begin, at the announced time or later; the announcement bound everybody to it."""
        unfinished.check(self, act.by)
        if self.now() < self.starts_at:
            raise RuleError(
                gettext_noop("The session begins at %(start)s, not before."),
                code="too_early",
                basis="招标投标法 34",
                start=clock.minute(self.starts_at),
            )
        facts = {"title": self.title, "room": self.room.name, "role": act.role}
        act.say(self.transcript_id, "session.opened", facts)
        return facts

    @act(
        "session.suspended",
        source=SessionState.OPEN,
        target=SessionState.SUSPENDED,
        may=SUPERVISION | CENTRE,
        label=gettext_noop("Suspend the session"),
        even_suspended=True,
    )
    def suspend(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Stop everything in the session, for a listed reason."""
        self.reason = pause.listed(reason)
        self.paused_by_role = act.role
        facts = {"reason": self.reason, "role": act.role}
        act.say(self.transcript_id, "session.suspended", facts)
        return facts

    @act(
        "session.resumed",
        source=SessionState.SUSPENDED,
        target=SessionState.OPEN,
        may=SUPERVISION | CENTRE,
        label=gettext_noop("Resume the session"),
    )
    def resume(self, act: Act) -> dict[str, Any]:
        """Go on; what supervision stopped, only supervision lets go on."""
        if self.paused_by_role in SUPERVISING and act.role not in SUPERVISING:
            raise RuleError(
                gettext_noop("Supervision suspended this session; only supervision resumes it."),
                code="suspended_by_supervision",
                basis="宁波市公共资源交易管理条例 10",
            )
        facts = {"reason": self.reason, "role": act.role}
        self.reason, self.paused_by_role = "", ""
        act.say(self.transcript_id, "session.resumed", facts)
        return facts

    @act(
        "session.closed",
        source=SessionState.OPEN,
        target=SessionState.CLOSED,
        may=CENTRE | HOST | THE_CLOCK,
        label=gettext_noop("Close the session"),
        even_suspended=True,
    )
    def close(self, act: Act) -> dict[str, Any]:
        """End the session; this is the last word of its transcript. A draw is finished in its session."""
        unfinished.check(self, act.by)
        self._check_no_draw()
        act.say(self.transcript_id, "session.closed", {"role": act.role})
        return {"transcript_head": self.transcript.head + 1}

    @act(
        "session.cancelled",
        source=[SessionState.SCHEDULED, SessionState.SUSPENDED],
        target=SessionState.CANCELLED,
        may=CENTRE | THE_CLOCK,
        label=gettext_noop("Cancel the session"),
        even_suspended=True,
    )
    def cancel(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Give the room back without the session having been held to its end; the clock gives its stage's reason."""
        unfinished.check(self, act.by)
        self._check_no_draw()
        self.reason = reason if act.by is None else pause.listed(reason)
        act.say(self.transcript_id, "session.cancelled", {"reason": self.reason, "role": act.role})
        return {"reason": self.reason}

    @act(
        "session.broken_off",
        source=SessionState.SUSPENDED,
        target=SessionState.CANCELLED,
        may=SUPERVISION,
        label=gettext_noop("Break the session off"),
        even_suspended=True,
    )
    def break_off(self, act: Act, *, reason: str) -> dict[str, Any]:
        """End by force what cannot go on here; its draw goes on in another session, unless its dice may have fallen."""
        unfinished.check(self, act.by)
        if self.may_have_dice():
            raise RuleError(
                gettext_noop("The reveals are closed, and the dice may lie on the table; the draw ends there."),
                code="dice_on_the_table",
                basis="ggzy-draw/1, 2 row 4, 3.8",
                next_step=gettext_noop(
                    "Resume the session; if the dice are lost, the regulator ends the lot on evidence."
                ),
            )
        self.reason = pause.listed(reason)
        act.say(self.transcript_id, "session.broken_off", {"reason": self.reason, "role": act.role})
        return {"reason": self.reason}

    @property
    def is_over(self) -> bool:
        return self.state in {SessionState.CLOSED, SessionState.CANCELLED}

    def holds_a_draw(self) -> bool:
        """Say whether a draw of a lot that goes on has begun here and has neither a result nor been voided."""
        ended = self.lot is not None and self.lot.state == Standing.TERMINATED
        return not ended and self.draws.exclude(state__in=["drawn", "void"]).exists()

    def may_have_dice(self) -> bool:
        """Say whether the dice of a draw may lie on the table: to roll them again elsewhere is a second draw."""
        dice = self.draws.filter(state="closed", beacon__kind="physical")
        return self.holds_a_draw() and dice.exists()

    def _check_no_draw(self) -> None:
        if self.holds_a_draw():
            raise RuleError(
                gettext_noop("A draw is under way in this session."),
                code="draw_under_way",
                basis="ggzy-draw/1, 2 row 4; 政府采购货物和服务招标投标管理办法(87号令) 14",
                next_step=gettext_noop("Finish the draw; before its cut-off the supervisor may void it."),
            )
