"""`perform`: the one path of every act.

An act is a state transition with a name, a power that it needs and an entry in the ledger. `perform` takes the locks,
checks state and power, runs the body, saves, writes the ledger entry in the same transaction and announces after the
commit. A transition called outside `perform` raises.
"""

import copy
import functools
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_noop as _
from django_fsm import FSMField, FSMModelMixin, can_proceed
from django_fsm import transition as fsm_transition

from trading import arrival, clock, live
from trading.errors import NotPermitted, StaleVersion, WrongState
from trading.ledger import events
from trading.ledger.tables import AuditEvent

LOT_LOCK = 7001
_performing: ContextVar[object] = ContextVar("performing", default=None)


class OutsidePerform(RuntimeError):
    """A transition was called directly; only `perform` may run it."""


@dataclass(frozen=True)
class Power:
    """Who may do an act: a role, and the predicate that says whether a person holds it for a record."""

    role: str
    holds: Callable[[Any, Any], bool]
    alternatives: tuple["Power", ...] = ()

    def __or__(self, other: "Power") -> "Power":
        return Power(self.role, self.holds, (*self.alternatives, other))

    def role_of(self, record: Any, person: Any) -> str | None:
        """Return the role in which `person` holds this power over `record`, or None."""
        if self.holds(record, person):
            return self.role
        return next((role for power in self.alternatives if (role := power.role_of(record, person))), None)

    def __call__(self, record: Any, person: Any) -> bool:
        return self.role_of(record, person) is not None


THE_CLOCK = Power("clock", lambda record, person: person is None)


@dataclass
class Act:
    """One act while it runs: who, in which role, when, and what it says beside its ledger entry.

    `arrived` is when the request came in, before it waited for its lot; `at` is when it was decided, under the lock.
    """

    by: Any
    role: str
    at: datetime
    arrived: datetime
    sealed: bool = False
    unnamed: bool = False
    said: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    rest: list[Callable[[], object]] = field(default_factory=list)

    def say(self, transcript_id: int | None, kind: str, payload: dict[str, Any]) -> None:
        """Announce a public fact in a session's transcript, if the act belongs to a session."""
        if transcript_id is not None:
            self.said.append((transcript_id, kind, payload))

    def seal(self) -> None:
        """Write the ledger entry sealed: its content stays secret until it is opened (integrity.md, 1.7)."""
        self.sealed = True

    def hide(self) -> None:
        """Leave the person out of the ledger entry, for good: it names the role only."""
        self.unnamed = True

    def then(self, step: Callable[[], object]) -> None:
        """Run `step` in the same transaction, after the act's own ledger entry."""
        self.rest.append(step)


class Machine(FSMModelMixin, models.Model):
    """A record whose state changes by acts only."""

    noun: ClassVar[str]
    recorded: Any = None  # the ledger entry of the act just performed
    state = FSMField(default="", max_length=32, protected=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def ledger_id(self) -> str:
        """Return the record's name in the ledger."""
        return str(self.pk)

    def ledger_lot(self) -> Any:
        """Return the lot that this record belongs to, or None."""
        return getattr(self, "lot", None)

    def secret_scope(self) -> str:
        """Return under what the record's entries are sealed for now (`ledger.sealed`), or nothing."""
        return ""


def act(  # noqa: PLR0913  # a declaration reads by its keywords
    event: str,
    *,
    source: str | Iterable[str],
    target: str | None,
    may: Power,
    label: str,
    even_suspended: bool = False,
    side_by_side: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method as an act: its ledger entry, its states, the power it needs and its name on screen.

    The method receives the `Act` and facts by keyword, raises RuleError to refuse, and returns the entry's public data.
    Acts that go `side_by_side` do not wait for each other, only for the lot's other acts, which wait for all of them: a
    thousand bids commit together, and the closing sees every one (integrity.md, 3.3).
    """

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def guarded(self: Machine, act: Act, **facts: Any) -> dict[str, Any]:
            if _performing.get() is not self:
                raise OutsidePerform(f"{event} must go through perform().")
            return method(self, act, **facts) or {}

        sources = source if isinstance(source, str) else list(source)
        custom: dict[str, Any] = {"event": event, "source": sources, "target": target, "may": may}
        custom |= {"label": label, "even_suspended": even_suspended, "side_by_side": side_by_side}
        decorated: Callable[..., Any] = fsm_transition(
            "state", source=sources, target=target, permission=may, custom=custom
        )(guarded)
        decorated.act = custom  # type: ignore[attr-defined]
        return decorated

    return declare


def perform(bound: Callable[..., Any], *, by: Any, expected_version: int | None = None, **facts: Any) -> Any:
    """Run one act and return its record: all of it happens, with its ledger entry, or nothing.

    `bound` is the transition of a record, `by` the person (None is the clock), `expected_version` the version the
    person saw. Raises NotPermitted, StaleVersion, WrongState or the RuleError of the broken rule.
    """
    arrived = arrival.moment()
    given: Machine = bound.__self__  # type: ignore[attr-defined]
    name: str = bound.__name__
    with transaction.atomic():
        rules = getattr(type(given), name).act
        record = _locked(given, side_by_side=rules["side_by_side"])
        role = _allowed(record, name, rules, by, expected_version)
        running = Act(by=by, role=role, at=clock.now(), arrived=arrived)
        data = _run(record, name, running, facts)
        record.version += 1
        record.save()
        record.recorded = _record(record, rules["event"], running, data)
        for step in running.rest:
            step()
        _announce(running)
    given.__dict__.update(record.__dict__)
    return given


def lock_lot(lot_id: int | None, *, side_by_side: bool = False) -> None:
    """Serialise the acts of one lot until the transaction ends; SQLite serialises every writer by itself."""
    if lot_id is not None and connection.vendor == "postgresql":
        lock = "pg_advisory_xact_lock_shared" if side_by_side else "pg_advisory_xact_lock"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s, %s)", [LOT_LOCK, lot_id])


def _locked(given: Machine, *, side_by_side: bool) -> Machine:
    lot = given.ledger_lot()
    lock_lot(lot.pk if lot else None, side_by_side=side_by_side)
    if given.pk is None or given._state.adding:
        record = copy.copy(given)
        _forget_the_lot(record)
        return record
    return type(given)._base_manager.select_for_update(of=("self",)).get(pk=given.pk)


def _forget_the_lot(record: Machine) -> None:
    """Drop what a new record knew of its lot before the lock, so that the lot is judged as it stands now."""
    for relation in record._meta.concrete_fields:
        if isinstance(relation, models.ForeignKey):
            known = relation.get_cached_value(record, default=None)
            if isinstance(known, Machine) and known.ledger_lot() and known.pk == getattr(record, relation.attname):
                relation.delete_cached_value(record)


def _allowed(record: Machine, name: str, rules: dict[str, Any], by: Any, expected_version: int | None) -> str:
    role: str | None = rules["may"].role_of(record, by)
    if role is None:
        raise NotPermitted(_("You do not hold the power for this act: %(act)s."), act=rules["label"])
    if expected_version is not None and expected_version != record.version:
        raise StaleVersion(
            _("This record is at version %(now)s; you saw version %(seen)s."), now=record.version, seen=expected_version
        )
    if not can_proceed(getattr(record, name)):
        raise WrongState(
            _("“%(act)s” is not possible in the state “%(state)s”."), act=rules["label"], state=record.state or "-"
        )
    lot = record.ledger_lot()
    if lot is not None and not lot.is_live and not rules["even_suspended"]:
        raise not_live()
    return role


def not_live() -> WrongState:
    return WrongState(_("The lot is suspended or terminated; nothing moves until it is resumed."), code="lot_not_live")


def _run(record: Machine, name: str, running: Act, facts: dict[str, Any]) -> dict[str, Any]:
    token = _performing.set(record)
    try:
        data: dict[str, Any] = getattr(record, name)(running, **facts)
    finally:
        _performing.reset(token)
    return data


def _announce(running: Act) -> None:
    """Write what the act says into the transcripts, and tell who watches once it is committed."""
    for transcript_id in dict.fromkeys(said[0] for said in running.said):
        own = [(kind, payload) for named, kind, payload in running.said if named == transcript_id]
        events = live.append_all(transcript_id, own, running.at)
        transaction.on_commit(functools.partial(live.push_all, events), robust=True)


def _record(record: Machine, event: str, running: Act, data: dict[str, Any]) -> AuditEvent:
    lot = record.ledger_lot()
    if lot is not None and lot.rehearsal:
        data = {**data, "rehearsal": True, "lot_at": clock.iso(lot.now())}
    return events.record(
        type=event,
        actor=_actor(running),
        subject=events.Subject(type=record.noun, id=record.ledger_id()),
        tender=lot.code if lot else None,
        data=data,
        at=running.at,
        sealed=record.secret_scope() or running.sealed,
    )


def _actor(running: Act) -> events.Actor:
    if running.by is None:
        return events.Actor(id="clock", role="clock", auth="-")
    if running.unnamed or not running.by.is_authenticated:
        return events.Actor(id="-", role=running.role, auth="-")
    return events.Actor(id=f"u:{running.by.pk}", role=running.role, auth="pw")


def acts_of(model: type[Machine]) -> dict[str, dict[str, Any]]:
    """Return the acts that a record of `model` knows, in the order of the code: method name to declaration."""
    names = dict.fromkeys(name for kind in reversed(model.__mro__) for name in vars(kind))
    declared = {name: getattr(getattr(model, name, None), "act", None) for name in names}
    return {name: rules for name, rules in declared.items() if rules is not None}
