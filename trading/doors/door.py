"""The declaration of a noun's door: which rows, how they read, which acts with which input."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django_fsm import can_proceed

from trading import looking
from trading.doors.addresses import register
from trading.doors.fields import Input, Nothing, Record
from trading.errors import NotPermitted, RuleError
from trading.transitions import Machine, Power, perform

DOORS: dict[str, "Door"] = {}
register()


class Contradiction(RuleError):
    """The database refused: the record contradicts another one."""

    code = "contradicts_record"


class Task(NamedTuple):
    """An act that a person can perform now, and the page where."""

    name: str
    label: str
    path: str


@dataclass(frozen=True)
class Door:
    """A noun as its API and its pages show it.

    `rows(person)` are the records a person may see; `lists(person)` those that lists show, if that is less. `by` is the
    field that names a record in addresses. `creates` is the creating act with its input: the input's fields fill the
    new record, except those that the act's method asks for; `also_creates` are rarer ways to create one.

    `acts` maps the other acts to their inputs (None: nothing to fill in); `at_will` are those that nobody waits for,
    such as a withdrawal; `inside` are acts that happen only as a part of another noun's act. `unversioned` are
    those that touch the person's own row alone, such as its share: what others did since it was read is no reason to
    refuse, so they name no version, and If-Match is not looked at.

    `filters` are a django-filter set or field names, `listed_as` the columns of the list's page, `details` how one
    record reads where it says more than in a list, `by_hand` whether "My work" offers the creating act, `states` the
    words and tones of states that this noun understands otherwise than the site does.

    `fits` says of acts whether a record has room for them beyond its own state, such as one whose session is over: only
    what fits is offered, the act itself decides. `over` are states in which nothing waits, though acts still answer.

    `errands(person)` are records that wait for the person for another reason than a role, such as an appointment.
    """

    model: type[Machine]
    path: str
    singular: Any
    plural: Any
    reads: type[Record]
    rows: Callable[[Any], models.QuerySet[Any]]
    lists: Callable[[Any], models.QuerySet[Any]] | None = None
    by: str = "pk"
    creates: tuple[str, type[Input]] | None = None
    acts: Mapping[str, type[Input] | None] = field(default_factory=dict)
    filters: Any = ()
    order: tuple[str, ...] = ("-pk",)
    related: tuple[str, ...] = ()
    listed_as: tuple[str, ...] = ()
    details: type[Record] | None = None
    at_will: tuple[str, ...] = ()
    unversioned: tuple[str, ...] = ()
    by_hand: bool = True
    inside: tuple[str, ...] = ()
    also_creates: Mapping[str, type[Input]] = field(default_factory=dict)
    states: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    fits: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    over: tuple[str, ...] = ()
    errands: Callable[[Any], list[tuple[Machine, list["Task"]]]] = field(default=lambda person: [])

    def __post_init__(self) -> None:
        DOORS[self.noun] = self

    @property
    def noun(self) -> str:
        return self.model.noun

    def name_of(self, record: Machine) -> str:
        """Return the record's name in addresses."""
        return str(getattr(record, self.by))

    def find(self, name: str, rows: models.QuerySet[Any]) -> Any:
        """Return the record of that name among `rows`, or None."""
        if self.by == "pk" and not (name.isascii() and name.isdecimal() and len(name) <= 18):
            return None
        return rows.select_related(*self.related).filter(**{self.by: name}).first()

    def seen_by(self, person: Any, name: str) -> Any:
        """Return the record of that name, or None where the person may not see it; asking for a secret is recorded."""
        found = self.find(name, self.rows(person))
        if found is None:
            looking.note(self.find(name, self.model._base_manager.all()), person)
        return found

    @property
    def begins(self) -> str:
        """Return the name of the creating act."""
        return self.creates[0] if self.creates else ""

    @property
    def creating(self) -> dict[str, type[Input]]:
        """Return every act that creates a record, with its input."""
        return {**dict([self.creates] if self.creates else []), **self.also_creates}

    def input_of(self, name: str, *, new: bool = False) -> type[Input]:
        """Return the input of an act; an act may both create and be performed again."""
        return self.creating[name] if new else self.acts[name] or Nothing

    def label_of(self, name: str) -> str:
        """Return the act's name on screen."""
        return gettext(getattr(self.model, name).act["label"])

    def open_to(self, record: Machine, person: Any) -> list[str]:
        """Return the acts that the person can perform on the record now."""
        return [name for name in self.acts if possible(record, name, person)]

    def address_of(self, record: Machine) -> str:
        """Return the address of the record's page."""
        return reverse(self.noun, args=[self.name_of(record)])

    def tasks(self, record: Machine, person: Any) -> list["Task"]:
        """Return the acts open to the person, each with the address of its page."""
        name = self.name_of(record)
        return [
            Task(act, self.label_of(act), reverse(f"{self.noun}_act", args=[name, segment(act)]))
            for act in self.open_to(record, person)
        ]

    def waiting(self, person: Any, most: int = 50) -> list[tuple[Machine, list["Task"]]]:
        """Return the newest records that wait for the person, each with what is to be done."""
        held = person.roles() if person.is_authenticated else set()
        duties = [getattr(self.model, name) for name in self.acts if name not in self.at_will]
        mine = [act for act in duties if held & set(roles_of(act.act["may"]))]
        states = {state for act in mine for state in sources_of(act)} - set(self.over)
        rows = self.rows(person).filter(state__in=states).select_related(*self.related).order_by(*self.order)[:most]
        found = [(row, [task for task in self.tasks(row, person) if task.name not in self.at_will]) for row in rows]
        return [(row, tasks) for row, tasks in found if tasks] + self.errands(person)

    def holds_power(self, record: Machine, name: str, person: Any) -> bool:
        """Say whether the person holds the power for the act, whatever the record's state."""
        try:
            return bool(getattr(self.model, name).act["may"](record, person))
        except RuleError:  # the power belongs to somebody who does not exist yet, such as the winner
            return False

    def require_power(self, record: Machine, name: str, person: Any) -> None:
        """Refuse before reading any input, so that a stranger learns nothing from its errors."""
        if not self.holds_power(record, name, person):
            raise refused(getattr(self.model, name).act["label"])

    def require_creator(self, name: str, person: Any) -> None:
        """Refuse a creation to whoever holds none of the roles that could do it."""
        if not self.creatable_by(person, name):
            raise refused(getattr(self.model, name).act["label"])

    def creatable_by(self, person: Any, name: str = "") -> bool:
        """Say whether the person's roles could allow the creating act; the act itself decides."""
        if not (name or self.creates):
            return False
        held = person.roles() if person.is_authenticated else set()
        roles = set(roles_of(getattr(self.model, name or self.begins).act["may"]))
        return bool(roles & (held | {"visitor"})) or (person.is_authenticated and "founder" in roles)

    def offered_to(self, person: Any) -> bool:
        """Say whether "My work" offers the creating act: to those whose role it is, not to everybody who could."""
        if not (self.creates and self.by_hand and person.is_authenticated):
            return False
        return bool(person.roles() & set(roles_of(getattr(self.model, self.begins).act["may"])))

    def create(self, name: str, data: dict[str, Any], person: Any) -> Machine:
        """Fill a new record from `data` and perform its creating act."""
        wanted = asked_by(getattr(self.model, name))
        facts = {key: value for key, value in data.items() if key in wanted}
        filled = {key: value for key, value in data.items() if key not in wanted}
        attached = {f.name: filled.pop(f.name) for f in self.model._meta.many_to_many if f.name in filled}
        record = self.model(**filled)
        record.clean_fields(exclude=[f.name for f in self.model._meta.fields if f.name not in filled])
        with transaction.atomic():
            done = run(record, name, person, None, facts)
            for field_name, records in attached.items():
                getattr(done, field_name).set(records)
        return done

    def act_on(self, record: Machine, name: str, *, person: Any, version: int | None, facts: dict[str, Any]) -> Machine:
        """Perform an act on a record that exists."""
        return run(record, name, person, None if name in self.unversioned else version, facts)


def run(record: Machine, name: str, person: Any, version: int | None, facts: dict[str, Any]) -> Machine:
    """Perform, and say what a refusal by the database means."""
    try:
        done: Machine = perform(getattr(record, name), by=person, expected_version=version, **facts)
    except IntegrityError as refusal:
        raise contradiction(record) from refusal
    return done


def contradiction(record: Machine) -> Contradiction:
    """Name what the record contradicts."""
    try:
        record.validate_unique()
        record.validate_constraints()
    except ValidationError as said:
        return Contradiction(_("The register refuses this record: %(reasons)s"), reasons=" ".join(said.messages))
    return Contradiction(_("The register refuses this record: it contradicts another one."))


def refused(label: str) -> NotPermitted:
    return NotPermitted(_("You do not hold the power for this act: %(act)s."), act=gettext(label))


def possible(record: Machine, name: str, person: Any) -> bool:
    """Say whether power, state, lot and circumstances allow the act now; its guards may still refuse."""
    lot, door = record.ledger_lot(), DOORS[record.noun]
    moves = lot is None or lot.is_live or getattr(type(record), name).act["even_suspended"]
    if not (moves and can_proceed(getattr(record, name)) and door.holds_power(record, name, person)):
        return False
    fits = door.fits.get(name)
    return fits is None or fits(record, person)


def roles_of(power: Power) -> Iterable[str]:
    """Yield every role that a power names."""
    yield power.role
    for other in power.alternatives:
        yield from roles_of(other)


def sources_of(method: Callable[..., Any]) -> set[str]:
    """Return the states from which an act is possible."""
    return set(method._django_fsm.transitions)  # type: ignore[attr-defined]  # noqa: SLF001


def asked_by(method: Callable[..., Any]) -> set[str]:
    """Return the names that an act's method asks for beside the act itself."""
    parameters = inspect.signature(method).parameters.values()
    return {p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def segment(act: str) -> str:
    """Return an act's name in addresses: `fix_price` is `fix-price`."""
    return act.rstrip("_").replace("_", "-")


def said_of(door: Door, act: str) -> str:
    """Return what an act is, from the docstring that names its articles."""
    return inspect.getdoc(getattr(door.model, act)) or ""
