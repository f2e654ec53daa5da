"""What is decided in the evaluation room: sealed as long as the lot's committee is secret (招标投标法 37, 44)."""

from collections.abc import Callable
from typing import Any

from django.db import models

from experts.seat import State
from trading import attendance, secrecy, session_rows
from trading.party import Role
from trading.room import Kind
from trading.transitions import Machine, Power

BASIS = "招标投标法 38; 招标投标法实施条例 48; 87号令 66"
IN_THE_ROOM = frozenset({Role.EXPERT, Role.OWNER, Role.AGENCY})
SEATS = {Role.EXPERT: "expert", Role.OWNER: "representative"}


class Secret(Machine):
    """A record of the evaluation room."""

    class Meta:
        abstract = True

    def secret_scope(self) -> str:
        """Seal what happens here until the committee is open."""
        return secrecy.scope_of(self.ledger_lot())


def arrived(person: Any) -> models.Q:
    """Return the condition of the sessions for whose committee a person has arrived: it finds its room."""
    seat = {"lot__panel__seats__user": person, "lot__panel__seats__state": State.ARRIVED}
    return models.Q(kind=Kind.EVALUATION, **seat)


session_rows.MEMBERS.append(arrived)


def members_power(sits: Callable[[Any, Any], list[Any]]) -> Power:
    """The power of a member; `sits(record, person)` returns the members as whom the person may act on the record."""

    def of(role: Role) -> Power:
        return Power(role, lambda record, person: any(one.seat.kind == SEATS[role] for one in sits(record, person)))

    return of(Role.EXPERT) | of(Role.OWNER)


def check_in_room(evaluation: Any, person: Any) -> None:
    """Refuse outside the open session, and who is not signed in to it. Raises RuleError."""
    evaluation.session.check_open()
    attendance.check_present(evaluation.session, person, IN_THE_ROOM, BASIS)
