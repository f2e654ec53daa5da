"""A seat of a panel: a drawn expert from the draw to the table, or a representative of the owner.

Until the calls a seat has no person, only the leaf of the draw; whoever comes after it takes the same number. Source:
draw-protocol.md 3.7; domain.md 4.3.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts.expert import Expert
from trading import unguessable
from trading.errors import RuleError
from trading.party import Role, within
from trading.transitions import Act, Machine, act

CONDUCT = within(Role.OWNER, lambda seat: seat.panel.lot.project.owner_id) | within(
    Role.AGENCY, lambda seat: seat.panel.lot.project.agency_id
)


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


class Seat(Machine):
    """One seat, held by one person at a time."""

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

    @act(
        "seat.named",
        source="",
        target=State.ARRIVED,
        may=CONDUCT,
        label=gettext_noop("Name a representative of the owner"),
    )
    def join(self, act: Act) -> dict[str, Any]:
        """Name who sits for the owner, with the letter of authority, at the gathering (87号令 45, 47)."""
        named = self.panel.seats.filter(kind=Kind.REPRESENTATIVE, state=State.ARRIVED)
        owner = self.panel.lot.project.owner_id
        if self.user is None or not self.user.acts_for(owner, Role.OWNER):
            raise RuleError(
                gettext_noop("A representative is one of the owner's own people."),
                code="not_of_the_owner",
                basis="87号令 45, 47; 招标投标法 37",
                next_step=gettext_noop("Choose an account of the owner."),
            )
        if named.count() >= self.panel.representatives:
            raise RuleError(
                gettext_noop("The committee has its %(count)s representatives of the owner."),
                code="representatives_complete",
                basis="招标投标法 37",
                count=self.panel.representatives,
            )
        taken = set(named.values_list("number", flat=True))
        experts = self.panel.wanted.composition.experts
        self.kind, self.arrived_at = Kind.REPRESENTATIVE, self.panel.lot.now()
        self.number = min(set(range(experts + 1, experts + self.panel.representatives + 1)) - taken)
        return {"seat": self.number, "kind": self.kind}
