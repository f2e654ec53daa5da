"""The first half of a draw, up to the cut-off: prepared, contributions, the commit record, reveals, the close.

Nobody can know the outcome before the beacon, and everything else is fixed before it (docs/draw.md). One machine in two
files: `Committing` holds the fields and these acts, `Draw` the beacon and the result.
"""

import functools
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import attendance, clock, secrecy
from trading.draws import beacon, candidates, contributor, cutoff, drand, earlier, leaves, sources, wire
from trading.draws.entries import Contribution, State, VoidCause
from trading.draws.private import HELD_IN
from trading.draws.record import NEEDED, Commit, check_commit, read_commit, record_of
from trading.errors import InvalidInput, RuleError
from trading.ledger import finding, sequencer
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.party import Role, anywhere
from trading.room import Kind
from trading.rules import table
from trading.session import SUPERVISING, SUPERVISION, Session
from trading.transitions import Act, Machine, act

__all__ = ["BASIS", "CENTRE", "Committing", "State", "VoidCause"]

CENTRE = anywhere(Role.CENTRE_STAFF)
BASIS = "ggzy-draw/1; 政府采购货物和服务招标投标管理办法(87号令) 14"


class Committing(Machine):
    """The fields of a draw, and its acts up to the cut-off."""

    noun = "draw"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="draws")
    session = models.ForeignKey(Session, verbose_name=_("Session"), on_delete=models.PROTECT, related_name="draws")
    purpose = models.CharField(max_length=16, default="enterprise")
    seq = models.PositiveIntegerField(default=1, editable=False)
    draw_id = models.CharField(max_length=64, unique=True, editable=False)
    suite = models.CharField(max_length=8, default="sha256")
    rule = models.JSONField(default=dict)
    plan = models.JSONField(default=list)
    caps = models.JSONField(default=list, blank=True)
    skip_cap = models.PositiveSmallIntegerField(default=3)
    beacon = models.JSONField(default=dict)
    library = models.JSONField(default=dict, blank=True)
    kd = models.CharField(max_length=64, blank=True)
    list_file = models.TextField()
    list_facts = models.JSONField(default=dict, editable=False)
    exclusions_file = models.TextField(blank=True)
    exclusions_facts = models.JSONField(default=dict, editable=False)
    prev = models.CharField(max_length=64, blank=True, editable=False)
    record = models.TextField(blank=True, editable=False)
    commit_hash = models.CharField(max_length=64, blank=True, editable=False)
    void_cause = models.CharField(max_length=24, choices=VoidCause.choices, blank=True, editable=False)

    contributions: models.Manager[Contribution]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.lot.name} {self.draw_id}"

    def ledger_id(self) -> str:
        return self.draw_id

    def secret_scope(self) -> str:
        """Return under what a committee's draw is sealed while it is secret."""
        return secrecy.scope_of(self.lot) if self.purpose in HELD_IN else ""

    @property
    def transcript_id(self) -> int | None:
        """Return where the draw is spoken of; None once the session is over, for a draw may outlast it."""
        return None if self.session.is_over else self.session.transcript_id

    @act("draw.prepared", source="", target=State.PREPARING, may=CENTRE, label=gettext_noop("Prepare the draw"))
    def prepare(self, act: Act) -> dict[str, Any]:
        """Put one frozen list on the table, before witnesses; one live draw for each list."""
        self._check_witnessed()
        self._follow_earlier()
        self.list_facts = self.frozen().facts()
        if not self.list_facts["n"]:
            raise RuleError(gettext_noop("The list has not been frozen."), code="list_not_frozen", basis=BASIS)
        self._check_lists()
        check_commit(record_of(self, [{"kind": "commit", "who": who, "c": "0" * 64} for who in NEEDED]))
        beacon.check_taken(self.beacon)
        self._check_beacon_ahead(act)
        facts = {"draw_id": self.draw_id, "suite": self.suite, "list": self.list_facts, "beacon": self.beacon}
        facts |= {"prev": self.prev} if self.prev else {}
        act.say(self.transcript_id, "draw.prepared", {**facts, "plan": self.plan})
        return {**facts, "plan": self.plan, "caps": self.caps, "excl": self.exclusions_facts}

    @act(
        "draw.contributed",
        source=State.PREPARING,
        target=State.PREPARING,
        may=contributor.CONTRIBUTORS,
        label=gettext_noop("Contribute to the draw"),
    )
    def contribute(self, act: Act, *, c: str) -> dict[str, Any]:
        """Lay down the commitment to a secret that stays in the contributor's hands."""
        listed = self.frozen().candidates
        who = contributor.of_present(act, self.session, listed)
        wire.parse_hex(c, "The commitment", size=32)
        if self.contributions.filter(who=who).exists():
            raise RuleError(gettext_noop("%(who)s has contributed already."), code="contributed_already", who=who)
        if self.contributions.filter(c=c).exists():
            raise RuleError(gettext_noop("This is another party's commitment."), code="copied_commitment")
        contributor.check_group(who, {one.who for one in self.contributions.all()}, listed)
        self.contributions.create(who=who, user=act.by, c=c, at=act.at)
        act.say(self.transcript_id, "draw.contributed", {"who": who, "c": c})
        return {"who": who, "c": c}

    @act(
        "draw.committed",
        source=State.PREPARING,
        target=State.COMMITTED,
        may=CENTRE,
        label=gettext_noop("Fix the commit record"),
    )
    def commit(self, act: Act) -> dict[str, Any]:
        """Fix list, plan, contributions and the place of the last entropy, once and for all."""
        self.session.check_open()
        made = list(self.contributions.order_by("pk"))
        missing = [who for who in NEEDED if who not in {one.who for one in made}]
        if missing:
            raise RuleError(
                gettext_noop("Contributions are missing: %(who)s."), code="contribution_missing", who=", ".join(missing)
            )
        self._check_beacon_ahead(act)
        committed = check_commit(record_of(self, [{"kind": "commit", "who": one.who, "c": one.c} for one in made]))
        self.record, self.commit_hash = wire.canonical(committed.record).decode(), committed.hash.hex()
        act.then(self._ask_witnesses)
        act.say(self.transcript_id, "draw.committed", {"commit_hash": self.commit_hash, "record": committed.record})
        return {"commit_hash": self.commit_hash, "record": committed.record}

    @act(
        "draw.revealed",
        source=[State.COMMITTED, State.CLOSED, State.DRAWN],
        target=None,
        may=contributor.CONTRIBUTORS,
        label=gettext_noop("Reveal a contribution"),
    )
    def reveal(self, act: Act, *, nonce: str, typed: bool = False) -> dict[str, Any]:
        """Open one's own secret before the cut-off: 32 bytes in hexadecimal, or the digits that were typed."""
        self._check_before_cut_off(act, "reveal_too_late")
        who = contributor.of_present(act, self.session, self.frozen().candidates)
        own = self.contributions.filter(who=who).first()
        if own is None:
            raise RuleError(gettext_noop("You have made no contribution to this draw."), code="no_contribution")
        if own.value:
            raise RuleError(gettext_noop("This contribution is revealed already."), code="revealed_already")
        value = nonce.encode() if typed else wire.parse_hex(nonce, "The secret", size=sources.NONCE)
        if sources.commitment(self.suite, self.draw_id, own.who, value).hex() != own.c:
            raise RuleError(gettext_noop("This secret does not fit its commitment."), code="commitment_mismatch")
        contributor.check_fresh(value.hex())
        own.value, own.revealed_at = value.hex(), act.at
        act.then(functools.partial(self._remember, own))
        act.then(self._ask_witnesses)
        act.say(self.transcript_id, "draw.revealed", {"who": own.who, "value": own.value})
        return {"who": own.who, "value": own.value}

    @act(
        "draw.closed",
        source=State.COMMITTED,
        target=State.CLOSED,
        may=CENTRE,
        label=gettext_noop("Close the reveals"),
    )
    def close_reveals(self, act: Act) -> dict[str, Any]:
        """End the reveals; a missing one is absent for good once a witness has cosigned this entry."""
        self._check_before_cut_off(act, "past_cut_off")
        present = [one.who for one in self.contributions.order_by("pk") if one.value]
        absent = [one.who for one in self.contributions.order_by("pk") if not one.value]
        if missing := [who for who in NEEDED if who in absent]:
            raise RuleError(
                gettext_noop("The reveals of %(who)s are missing."),
                code="too_few_reveals",
                basis="ggzy-draw/1, 3.4",
                next_step=gettext_noop("Wait for them, or let the supervisor void the draw."),
                who=", ".join(missing),
            )
        act.then(self._ask_witnesses)
        act.say(self.transcript_id, "draw.closed", {"present": present, "absent": absent})
        return {"present": present, "absent": absent}

    @act(
        "draw.voided",
        source=[State.PREPARING, State.COMMITTED, State.CLOSED],
        target=State.VOID,
        may=SUPERVISION,
        label=gettext_noop("Void the draw"),
        even_suspended=True,
    )
    def void(self, act: Act, *, cause: str, reason: str) -> dict[str, Any]:
        """End the draw before its cut-off, for a listed cause, by a supervisor in the room; never for its outcome.

        A session that is over keeps who was in it to its end.
        """
        attendance.check_present(self.session, act.by, SUPERVISING, BASIS)
        if cause not in VoidCause.values or not reason.strip():
            raise InvalidInput(gettext_noop("Name a listed cause and the reason."), code="bad_cause")
        if not (cause == VoidCause.REVEALS_MISSING and self.came_to_nothing(act.at)):
            self._check_before_cut_off(act, "past_cut_off")
        self.void_cause = cause
        facts = {"cause": cause, "reason": reason, "commit_hash": self.commit_hash}
        act.say(self.transcript_id, "draw.voided", facts)
        return facts

    def frozen(self) -> candidates.FrozenList:
        """Return the list of the draw, read from its file."""
        return candidates.parse_list(self.list_file.encode(), wire.suite_of(self.suite))

    def committed(self) -> Commit:
        """Return the commit record, read from its bytes."""
        return read_commit(self.record.encode())

    def event_of(self, kind: str) -> AuditEvent:
        """Return this draw's newest ledger event of a type."""
        return finding.about(self.noun, [self.draw_id], kind).latest("pk")

    def _check_lists(self) -> None:
        raw, listed = self.exclusions_file.encode(), self.frozen().candidates
        excluded = candidates.parse_exclusions(raw)
        candidates.check_apart(listed, excluded)
        if self.purpose == leaves.PURPOSE:
            leaves.check_list(listed, excluded, self.kd, self.library)
            times = table.find("X06.times", clock.local_date(self.lot.now())).count
            leaves.check_pool(listed, self.plan, times)
        self.exclusions_facts = candidates.exclusion_facts(raw, wire.suite_of(self.suite))

    def _check_witnessed(self) -> None:
        self.session.check_open()
        if self.session.kind != HELD_IN.get(self.purpose, Kind.DRAW) or self.session.lot_id != self.lot_id:
            raise RuleError(gettext_noop("This is not the draw session of the lot."), code="other_session")
        if not any(role in SUPERVISING for role in self.session.roles_present()):
            raise RuleError(gettext_noop("No supervisor has signed in."), code="witness_missing", basis=BASIS)

    def _follow_earlier(self) -> None:
        own = type(self)._base_manager.filter(lot=self.lot, purpose=self.purpose)
        if own.exclude(state=State.VOID).exists():
            raise RuleError(
                gettext_noop("This list has a draw already; a second one needs the first to be void."),
                code="draw_exists",
                basis=BASIS,
            )
        self.seq = own.count() + 1
        self.prev = getattr(earlier.fixed_draw(self.lot, self.purpose), "commit_hash", "")
        self.draw_id = f"{self.lot.code}/{self.purpose}/{self.seq}"

    def _check_beacon_ahead(self, act: Act) -> None:
        if self.beacon["kind"] == "drand":
            drand.check_ahead(self.beacon["chain"], self.beacon["round"], act.at.timestamp())

    def drand_limit(self) -> int:
        return drand.limit(self.beacon["chain"], self.beacon["round"])

    def is_past_cut_off(self, moment: datetime) -> bool:
        """Say whether what is on the table stays as it is."""
        closed = self.state in {State.CLOSED, State.DRAWN}
        by_time = self.state == State.COMMITTED and self.beacon["kind"] == "drand"
        return closed or (by_time and moment.timestamp() >= self.drand_limit())

    def _check_before_cut_off(self, act: Act, code: str) -> None:
        if self.is_past_cut_off(act.at):
            raise RuleError(gettext_noop("The cut-off has passed; what is on the table stays."), code=code, basis=BASIS)

    def came_to_nothing(self, moment: datetime) -> bool:
        """Say whether the round's cut-off passed with too few reveals: there is no result to dislike."""
        if not self.commit_hash or self.beacon["kind"] != "drand" or moment.timestamp() < self.drand_limit():
            return False
        size = cutoff.size_before(self.drand_limit(), self.event_of("draw.committed"))
        return sum(one.stood_before(size) for one in self.contributions.all()) < self.committed().min_reveals

    def _remember(self, own: Any) -> None:
        own.revealed_in = self.event_of("draw.revealed")
        own.save()

    def _ask_witnesses(self) -> None:
        """Have the act that was just recorded cosigned as soon as it is committed."""
        event = finding.about(self.noun, [self.draw_id]).latest("pk")
        transaction.on_commit(functools.partial(sequencer.ensure_cosigned, event), robust=True)
