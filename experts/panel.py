"""The panel of a lot (评标委员会): calls, substitutes of the same ranking, the gathering, and its names in the end.

One machine in three files: `Convening` and `Drawing` come before (domain.md 4; draw-protocol.md 3.7).
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from experts.convening import CONDUCT, State
from experts.drawing import CENTRE, Drawing
from experts.expert import Expert
from experts.seat import HELD, Kind, Seat
from experts.seat import State as SeatState
from trading import secrecy
from trading.draws import dossier, leaves
from trading.draws.entries import SkipCode
from trading.errors import NotPermitted, RuleError
from trading.ledger import proofs
from trading.party import SUPERVISING, Role, anywhere
from trading.transitions import THE_CLOCK, Act, Power, act, perform

__all__ = ["Panel", "State"]

OFFICIALS = frozenset({Role.CENTRE_STAFF, Role.AUDITOR, *SUPERVISING})
MEMBER = Power(
    Role.EXPERT,
    lambda panel, person: (
        person is not None and person.pk is not None and panel.seats.filter(expert__user=person.pk).exists()
    ),
)
RECUSING = frozenset({SkipCode.REFUSED, SkipCode.INELIGIBLE})
SHA256 = re.compile(r"[0-9a-f]{64}")
EXHAUSTED = "ranking_exhausted"
WAITS = frozenset({"no_alternate_left", EXHAUSTED})  # the seat stands empty until a supervisor decides


class PanelQuerySet(models.QuerySet["Panel"]):
    def visible_to(self, person: Any) -> "PanelQuerySet":
        """Return all for officials, and their own for owner and agency; nobody else learns of one (招标投标法 37)."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & OFFICIALS:
            return self.all()
        ours = [m.organisation_id for m in person.active_memberships() if m.role in {Role.OWNER, Role.AGENCY}]
        return self.filter(models.Q(lot__project__owner_id__in=ours) | models.Q(lot__project__agency_id__in=ours))


class Panel(Drawing):
    """One lot's committee: applied for, drawn unseen, called, gathered."""

    objects = PanelQuerySet.as_manager()

    def secret_scope(self) -> str:
        return secrecy.scope_of(self.lot)

    @act(
        "panel.notified",
        source=State.DRAWN,
        target=State.NOTIFIED,
        may=CENTRE,
        label=gettext_noop("Let the drawn experts be called"),
    )
    def notify(self, act: Act) -> dict[str, Any]:
        """Let the clock call every seat, each in a window of its own (ggzy-draw/1, 3.7)."""
        return {"seats": self.seats.count()}

    @act(
        "panel.locked",
        source=State.NOTIFIED,
        target=State.LOCKED,
        may=THE_CLOCK | CENTRE,
        label=gettext_noop("Lock the committee"),
    )
    def lock(self, act: Act) -> dict[str, Any]:
        """Note that every seat is confirmed; a part of the last answer (ggzy-draw/1, 3.7)."""
        if not self.is_complete(SeatState.CONFIRMED, SeatState.ARRIVED):
            raise RuleError(gettext_noop("Not every seat is confirmed."), code="seats_open", basis="ggzy-draw/1, 3.7")
        return {}

    @act(
        "panel.replaced",
        source=[State.NOTIFIED, State.LOCKED, State.GATHERED],
        target=State.NOTIFIED,
        may=anywhere(*sorted(SUPERVISING)) | MEMBER | THE_CLOCK,
        label=gettext_noop("Pass over an expert and call the next"),
    )
    def replace(self, act: Act, *, seat: Seat, code: str, evidence: str) -> dict[str, Any]:
        """Pass over who declined, did not answer or must go; the next of the same ranking follows (补抽).

        Beyond the cap on substitutes only a supervisor decides so. `evidence` is a SHA-256, or words to be hashed.
        Source: ggzy-draw/1, 3.7; 招标投标法实施条例 46, 48.
        """
        self._check_own(seat)
        if not SHA256.fullmatch(evidence):
            evidence = hashlib.sha256(evidence.encode()).hexdigest()
        if act.role == Role.EXPERT and (seat.expert is None or seat.expert.user_id != act.by.pk):
            raise NotPermitted(gettext_noop("An expert gives up the own seat only."), basis="ggzy-draw/1, 3.7")
        if seat.state in HELD:
            vacate = seat.recuse if code in RECUSING else seat.replace
            perform(vacate, by=None, code=code, evidence=evidence)
        drawn = self._finished_draw()
        before = {leaf for leaf, _stratum in drawn.result["seated"]}
        perform(drawn.skip, by=act.by, candidate=seat.leaf, code=code, evidence=evidence)
        new = [pair for pair in drawn.result["seated"] if pair[0] not in before]
        if not new:
            raise RuleError(
                gettext_noop("The ranking has nobody left for this seat."),
                code=EXHAUSTED,
                basis="ggzy-draw/1, 3.6; 87号令 49",
                next_step=gettext_noop("The committee cannot be completed; report it to the regulator."),
            )
        leaf, stratum = new[0]
        act.then(lambda: self._seat(seat.number, leaf, stratum, by=None))
        for other, another in drawn.result["seated"]:  # the same walk may seat a member for another of its specialities
            self.seats.filter(leaf=other, state__in=HELD).update(stratum=another)
        return {"seat": seat.number, "code": code, "evidence": evidence}

    @act(
        "panel.gathered",
        source=State.LOCKED,
        target=State.GATHERED,
        may=CONDUCT,
        label=gettext_noop("Close the gathering"),
    )
    def gather(self, act: Act) -> dict[str, Any]:
        """Say that all have come and their names were compared; the evaluation may begin (87号令 45; 招标投标法 37)."""
        named = self.sitting().filter(kind=Kind.REPRESENTATIVE).count()
        sealed = self.sitting().filter(kind=Kind.EXPERT, unsealed_at=None).exists()
        if sealed or named < self.representatives or not self.is_complete(SeatState.ARRIVED):
            raise RuleError(
                gettext_noop("Not everybody has come, or a name is not compared, or a representative not named."),
                code="gathering_incomplete",
                basis="87号令 45; 招标投标法 37",
                next_step=gettext_noop("Unseal each name in turn and name the owner's representatives."),
            )
        return {"members": self.sitting().count()}

    @act(
        "panel.dissolved",
        source=[
            State.APPLIED,
            State.RETURNED,
            State.APPROVED,
            State.DRAWN,
            State.NOTIFIED,
            State.LOCKED,
            State.GATHERED,
        ],
        target=State.DISSOLVED,
        may=THE_CLOCK,
        label=gettext_noop("Dissolve the committee"),
        even_suspended=True,
    )
    def dissolve(self, act: Act) -> dict[str, Any]:
        """End the committee once everybody may know of it: award, result or failure (招标投标法 37; 87号令 69)."""
        self.check_open()
        return {"members": self.sitting().count()}

    def sitting(self) -> "models.QuerySet[Seat]":
        """Return the seats of those who sit now: who arrived and has neither been replaced nor recused."""
        return self.seats.filter(state=SeatState.ARRIVED).order_by("number")

    def may_call(self) -> bool:
        """Say whether the next name may be unsealed: every skip before it is witnessed (ggzy-draw/1, 3.7)."""
        drawn = self._finished_draw()
        return not drawn.skips.exists() or proofs.cosigned_after(drawn.event_of("draw.skipped"))

    def experts_of(self, ids: Iterable[str]) -> dict[str, Expert]:
        """Return by leaf whose it is; for the calls only."""
        rows = self.rows_by_leaf()
        numbers = {rows[leaf].number: leaf for leaf in ids}
        return {numbers[one.number]: one for one in Expert.objects.filter(number__in=numbers)}

    def is_complete(self, *states: str) -> bool:
        """Say whether every expert's seat is held, each in one of these states."""
        held = self.seats.filter(kind=Kind.EXPERT, state__in=states)
        return held.count() == self.wanted.composition.experts

    def settle(self) -> None:
        """Lock the committee if the answer just given was the last that was missing."""
        current = Panel.objects.get(pk=self.pk)
        if current.state == State.NOTIFIED and current.is_complete(SeatState.CONFIRMED, SeatState.ARRIVED):
            perform(current.lock, by=None)

    def follow(self, seat: Any, code: str, evidence: str, *, by: Any) -> None:
        """Pass over a seat that was just vacated; where the substitutes are used up, it waits for a supervisor."""
        try:
            perform(Panel.objects.get(pk=self.pk).replace, by=by, seat=seat, code=code, evidence=evidence)
        except RuleError as refusal:
            if refusal.code not in WAITS:
                raise

    def published(self) -> list[dict[str, Any]]:
        """Return who sat in the committee, for the notice of the result (87号令 69). Raises CommitteeSecret before."""
        self.check_open()
        return [{"seat": one.number, "kind": one.kind, "name": name_of(one)} for one in self.sitting()]

    def _check_own(self, seat: Seat) -> None:
        followed = self.seats.filter(number=seat.number, state__in=HELD).exclude(pk=seat.pk).exists()
        if seat.panel_id != self.pk or seat.kind != Kind.EXPERT or followed:
            raise RuleError(
                gettext_noop("This is no expert's seat of this committee, or it has its successor."),
                code="other_seat",
                basis="ggzy-draw/1, 3.7",
            )


def name_of(seat: Seat) -> str:
    """Return the full name of who holds a seat; a door decides who may see it."""
    if seat.expert is not None:
        return seat.expert.personal.name
    return seat.user.name if seat.user is not None else ""


def openings_of(draw: Any) -> list[dict[str, Any]]:
    """Return the opened leaves of a panel's draw."""
    panel = Panel.objects.filter(draw=draw).first()
    return panel.openings() if panel else []


dossier.OPENERS[leaves.PURPOSE] = openings_of
