"""A seat from the draw to the answer: whose leaf it is, the calls, accepted or declined (draw-protocol.md 3.7).

One machine in two files: `Calling` holds the fields and these acts, `Seat` what happens at the gathering. Until the
calls a seat has no person, only the leaf of the draw; whoever comes after it takes the same number.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts import calls
from experts.expert import Expert
from trading import clock, secrecy, unguessable
from trading.draws.entries import SkipCode
from trading.errors import RuleError
from trading.party import SUPERVISING, Role, anywhere
from trading.rules import table
from trading.rules.rule import Unit
from trading.transitions import THE_CLOCK, Act, Machine, Power, act

CENTRE = anywhere(Role.CENTRE_STAFF)
SUPERVISION = anywhere(*sorted(SUPERVISING))
SELF = Power(
    Role.EXPERT,
    lambda seat, person: (
        person is not None and person.pk is not None and seat.expert is not None and seat.expert.user_id == person.pk
    ),
)
CALLS = "招标投标法 37; ggzy-draw/1, 3.7"
WINDOW, LATE, SUPPLEMENT = "X08", "X09", "X09.supplement"


class Kind(models.TextChoices):
    EXPERT = "expert", _("Expert")
    REPRESENTATIVE = "representative", _("Representative of the owner")


class State(models.TextChoices):
    DRAWN = "drawn", _("Drawn")
    CALLED = "called", _("Called")
    CONFIRMED = "confirmed", _("Will come")
    DECLINED = "declined", _("Declined")
    NO_ANSWER = "no_answer", _("No answer")
    ARRIVED = "arrived", _("Arrived")
    ABSENT = "absent", _("Absent")
    RECUSED = "recused", _("Recused")
    REPLACED = "replaced", _("Replaced")


HELD = (State.DRAWN, State.CALLED, State.CONFIRMED, State.ARRIVED)


class Refusal(models.TextChoices):
    BUSY = "busy", _("Engaged at that time")
    HEALTH = "health", _("For reasons of health")
    RECUSAL = "recusal", _("Must be recused")
    AWAY = "away", _("Away from the region")
    OTHER = "other", _("Other")


class Calling(Machine):
    """The fields of a seat, and its acts up to the answer."""

    noun = "seat"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    panel = models.ForeignKey("experts.Panel", on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField(_("Seat"), editable=False)
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices, default=Kind.EXPERT, editable=False)
    stratum = models.CharField(_("Speciality"), max_length=16, blank=True, editable=False)
    leaf = models.CharField(max_length=64, blank=True, editable=False)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, null=True, editable=False, related_name="seats")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="seats"
    )
    answer_until = models.DateTimeField(_("Answer until"), null=True, editable=False)
    arrive_by = models.DateTimeField(_("Arrive by"), null=True, editable=False)
    answered_at = models.DateTimeField(_("Answered"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("Arrived at"), null=True, editable=False)
    refusal = models.CharField(_("Reason"), max_length=16, choices=Refusal.choices, blank=True, editable=False)
    unsealed_at = models.DateTimeField(null=True, editable=False)
    unsealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ("number", "created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "number"], condition=models.Q(state__in=HELD), name="a_seat_is_held_once"
            ),
            models.UniqueConstraint(
                fields=["panel", "user"], condition=models.Q(state__in=HELD), name="a_person_sits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def ledger_lot(self) -> Any:
        return self.panel.lot

    def secret_scope(self) -> str:
        return secrecy.scope_of(self.panel.lot)

    @act(
        "seat.drawn",
        source="",
        target=State.DRAWN,
        may=CENTRE | SUPERVISION | THE_CLOCK,
        label=gettext_noop("Give a drawn expert a seat"),
    )
    def draw(self, act: Act) -> dict[str, Any]:
        """Give a leaf of the draw its seat; nobody knows yet whose it is (ggzy-draw/1, 3.7)."""
        return {"seat": self.number, "id": self.leaf, "stratum": self.stratum}

    @act(
        "seat.called",
        source=State.DRAWN,
        target=State.CALLED,
        may=CENTRE | THE_CLOCK,
        label=gettext_noop("Call the drawn expert"),
    )
    def call(self, act: Act, *, expert: Expert) -> dict[str, Any]:
        """Begin the calls: the window to answer runs from now (ggzy-draw/1, 3.7; X08)."""
        self.expert = expert
        self.answer_until = self.panel.lot.now() + self._span(WINDOW)
        act.then(lambda: calls.plan(self))
        return {"seat": self.number, "answer_until": clock.iso(self.answer_until)}

    @act(
        "seat.confirmed",
        source=State.CALLED,
        target=State.CONFIRMED,
        may=SELF | CENTRE,
        label=gettext_noop("Accept the seat"),
    )
    def accept(self, act: Act, *, call: Any = None) -> dict[str, Any]:
        """Promise to come, on one's own page or by a key of the telephone, which the gateway reports (X08)."""
        said = self._answered(act, call)
        now = self.panel.lot.now()
        self.arrive_by = max(self.panel.gather_at + self._span(LATE), now + self._span(SUPPLEMENT))
        act.then(self.panel.settle)
        return said

    @act(
        "seat.declined",
        source=[State.CALLED, State.CONFIRMED],
        target=State.DECLINED,
        may=SELF | CENTRE,
        label=gettext_noop("Decline the seat"),
    )
    def decline(self, act: Act, *, refusal: str, call: Any = None) -> dict[str, Any]:
        """Decline, for a listed reason, even after accepting; the next of the ranking is called (ggzy-draw/1, 3.7).

        Whose telephone said so, is passed over by the clock where the expert has no account.
        """
        said = self._answered(act, call)
        self.refusal = Refusal(refusal)
        by = self.expert.user if self.expert else None
        code = SkipCode.REFUSED if by else SkipCode.UNREACHABLE
        act.then(lambda: self.panel.follow(self, code, calls.evidence(self), by=by))
        return {**said, "refusal": self.refusal}

    @act(
        "seat.unanswered",
        source=State.CALLED,
        target=State.NO_ANSWER,
        may=THE_CLOCK,
        label=gettext_noop("End the calls without an answer"),
    )
    def lapse(self, act: Act) -> dict[str, Any]:
        """End the calls where nobody answered in the window; the clock passes over the expert (ggzy-draw/1, 3.7)."""
        self._check_over(self.answer_until)
        return self._pass_over(act)

    def _answered(self, act: Act, call: Any) -> dict[str, Any]:
        """Take an answer in time: the expert's own, or the one that a call's reference proves. Raises RuleError."""
        if act.role == Role.EXPERT:
            act.hide()
        elif call is None or call.seat_id != self.pk:
            raise RuleError(gettext_noop("No call of this seat has this reference."), code="call_unknown", basis=CALLS)
        now = self.panel.lot.now()
        if self.state == State.CALLED and self.answer_until is not None and now >= self.answer_until:
            raise RuleError(
                gettext_noop("The time to answer ended at %(until)s; the next expert is called."),
                code="answer_late",
                basis=CALLS,
                until=clock.minute(self.answer_until),
            )
        self.answered_at = now
        return {"seat": self.number, "by": "page" if call is None else "telephone"}

    def _pass_over(self, act: Act) -> dict[str, Any]:
        proof = calls.evidence(self)
        act.then(lambda: self.panel.follow(self, SkipCode.UNREACHABLE, proof, by=None))
        return {"seat": self.number, "evidence": proof}

    def _check_over(self, end: datetime | None) -> None:
        if end is None or self.panel.lot.now() < end:
            raise RuleError(
                gettext_noop("The expert has until %(until)s."),
                code="expert_has_time",
                basis=CALLS,
                until=clock.minute(end) if end else "-",
            )

    def _span(self, rule_id: str) -> timedelta:
        rule = table.find(rule_id, clock.local_date(self.panel.lot.now()))
        unit = {Unit.MINUTES: "minutes", Unit.HOURS: "hours"}[rule.unit]
        return timedelta(**{unit: int(rule.number or 0)})
