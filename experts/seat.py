"""A seat of a panel at the gathering: who came, who stayed away, who must be recused (domain.md 4.3).

Whoever goes is followed by the next of the same ranking, in the same seat.
"""

from typing import Any

from django.utils.translation import gettext_noop

from experts.calling import HELD, SELF, SUPERVISION, Calling, Kind, Refusal, State
from trading import clock
from trading.errors import RuleError
from trading.party import Role, within
from trading.transitions import THE_CLOCK, Act, act

__all__ = ["HELD", "Kind", "Refusal", "Seat", "State"]

CONDUCT = within(Role.OWNER, lambda seat: seat.panel.lot.project.owner_id) | within(
    Role.AGENCY, lambda seat: seat.panel.lot.project.agency_id
)


class Seat(Calling):
    """One seat, held by one person at a time."""

    @act(
        "seat.missed",
        source=State.CONFIRMED,
        target=State.ABSENT,
        may=THE_CLOCK,
        label=gettext_noop("Find the expert absent"),
    )
    def miss(self, act: Act) -> dict[str, Any]:
        """Find absent who promised and did not come in time; the next of the ranking is called (补抽; X09)."""
        self._check_over(self.arrive_by)
        return self._pass_over(act)

    @act(
        "seat.arrived",
        source=State.CONFIRMED,
        target=State.ARRIVED,
        may=SELF,
        label=gettext_noop("Sign in at the gathering"),
    )
    def arrive(self, act: Act) -> dict[str, Any]:
        """Sign in at the gathering, through one's own account, on its day (87号令 45)."""
        act.hide()
        now = self.panel.lot.now()
        if clock.local_date(now) < clock.local_date(self.panel.gather_at):
            raise RuleError(
                gettext_noop("The committee gathers at %(at)s."),
                code="gathering_ahead",
                basis="87号令 45",
                next_step=gettext_noop("Sign in on that day, at the place."),
                at=clock.minute(self.panel.gather_at),
            )
        self.user, self.arrived_at = act.by, now
        return {"seat": self.number}

    @act(
        "seat.recused",
        source=HELD,
        target=State.RECUSED,
        may=SUPERVISION | THE_CLOCK,
        label=gettext_noop("Recuse the expert"),
    )
    def recuse(self, act: Act, *, code: str, evidence: str) -> dict[str, Any]:
        """Vacate the seat of who must be recused; a part of the replacement (招标投标法 37; 招标投标法实施条例 46)."""
        return {"seat": self.number, "code": code, "evidence": evidence}

    @act(
        "seat.replaced",
        source=HELD,
        target=State.REPLACED,
        may=SUPERVISION | THE_CLOCK,
        label=gettext_noop("Replace the expert"),
    )
    def replace(self, act: Act, *, code: str, evidence: str) -> dict[str, Any]:
        """Vacate the seat of who left or cannot go on; what the member said is void (招标投标法实施条例 48)."""
        return {"seat": self.number, "code": code, "evidence": evidence}

    @act(
        "seat.unsealed",
        source=State.ARRIVED,
        target=None,
        may=CONDUCT,
        label=gettext_noop("Unseal the name of who arrived"),
    )
    def unseal(self, act: Act) -> dict[str, Any]:
        """Show the host the name of one who has arrived, to compare it with the papers (87号令 45)."""
        if self.unsealed_at is not None:
            raise RuleError(gettext_noop("This name is unsealed."), code="unsealed_already", basis="87号令 45")
        self.unsealed_at, self.unsealed_by = act.at, act.by
        return {"seat": self.number}

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
        self.unsealed_at, self.unsealed_by = act.at, act.by
        return {"seat": self.number, "kind": self.kind}
