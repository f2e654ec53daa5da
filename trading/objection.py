"""Objections (异议): raised by a party, answered by the owner; while one is open the lot does not move past it."""

from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, holiday_notice, limits, procedures, unguessable
from trading.errors import RuleError
from trading.ledger import sealed
from trading.lot import Lot
from trading.notice import Kind
from trading.party import Organisation, Role, within
from trading.procedures import public_tender
from trading.rules import engine
from trading.session import SUPERVISION
from trading.transitions import THE_CLOCK, Act, Machine, act

OWNER = within(Role.OWNER, lambda objection: objection.lot.project.owner_id)
AGENCY = within(Role.AGENCY, lambda objection: objection.lot.project.agency_id)
CONDUCT = OWNER | within(Role.AGENCY, lambda objection: objection.lot.project.agency_id)
OBJECTOR = within(Role.BIDDER, lambda objection: objection.organisation_id)


class Matter(models.TextChoices):
    NOTICE = "notice", _("Notice and documents")
    LIST = "list", _("List of qualified enterprises")
    RESULT = "result", _("Result")


class Outcome(models.TextChoices):
    UPHELD = "upheld", _("Upheld")
    PARTLY = "partly", _("Partly upheld")
    REJECTED = "rejected", _("Rejected")


WAYS_OUT = {
    Matter.NOTICE: gettext_noop("Correct the notice in time, or have the lot terminated and announce it again."),
    Matter.LIST: gettext_noop("The supervisor reopens the qualification; a second version of the list follows."),
    Matter.RESULT: gettext_noop("The enterprise is passed over on this ground."),
}
PERIODS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    Matter.NOTICE: (
        frozenset({Kind.DRAW, Kind.PREQUALIFICATION, Kind.TENDER, Kind.PROCUREMENT}),
        frozenset({Kind.DRAW_LIST, Kind.FAILURE}),
    ),
    Matter.LIST: (frozenset({Kind.DRAW_LIST}), frozenset({Kind.DRAW_RESULT, Kind.FAILURE})),
    Matter.RESULT: (frozenset({Kind.DRAW_RESULT, Kind.CANDIDATES, Kind.PROCURED}), frozenset({Kind.FAILURE})),
}


@runtime_checkable
class Objectable(Protocol):
    """A procedure's record that says itself when it takes objections."""

    def takes_objections(self, matter: str, moment: datetime) -> bool:
        """Say whether the matter is before the public at a moment of the lot's clock."""
        ...


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def open(self) -> "ObjectionQuerySet":
        return self.filter(state="raised")

    def upheld(self, matter: str) -> "ObjectionQuerySet":
        """Return the objections that were upheld and from which nothing has followed yet."""
        return self.filter(matter=matter, state="answered", outcome=Outcome.UPHELD)

    def unmet(self, matter: str) -> "ObjectionQuerySet":
        """Return the objections from which something may still follow: open or upheld."""
        return self.open().filter(matter=matter) | self.upheld(matter)

    def check_settled(self, matter: str) -> None:
        """Refuse to go past a matter with an objection that waits, for its answer or for what follows from it.

        Source: 招标投标法实施条例 22, 54. Raises RuleError.
        """
        self.check_answered(matter)
        if self.upheld(matter).exists():
            raise RuleError(
                gettext_noop("An objection was upheld, and nothing has followed from it yet."),
                code="objection_upheld",
                basis="招标投标法实施条例 22, 54",
                next_step=WAYS_OUT[Matter(matter)],
            )

    def check_answered(self, matter: str) -> None:
        """Refuse to go past a matter with an objection that waits for its answer. Raises RuleError."""
        if self.open().filter(matter=matter).exists():
            raise RuleError(
                gettext_noop("An objection waits for its answer."),
                code="objection_open",
                basis="招标投标法实施条例 22, 54",
                next_step=gettext_noop("Answer the objection first."),
            )

    def visible_to(self, person: Any) -> "ObjectionQuerySet":
        """Return a party's own objections; owner, agency, supervisors and auditors see all of the lot's."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}:
            return self
        mine = [m.organisation_id for m in person.active_memberships()]
        parties = models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(models.Q(organisation_id__in=mine) | parties)


class Objection(Machine):
    """One objection with its answer."""

    noun = "objection"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="objections")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="objections")
    matter = models.CharField(_("Matter"), max_length=8, choices=Matter.choices)
    text = models.TextField(_("Objection and its grounds"), max_length=4000)
    interest = models.CharField(_("Interest in the matter"), max_length=300, blank=True)
    reply = models.TextField(_("Reply"), max_length=4000, blank=True, editable=False)
    outcome = models.CharField(_("Outcome"), max_length=8, choices=Outcome.choices, blank=True, editable=False)
    reply_due_on = models.DateField(null=True, editable=False)
    answered_on = models.DateField(null=True, editable=False)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation", "matter"], condition=models.Q(state="raised"), name="one_open_objection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot.name} · {self.get_matter_display()}"

    @act("objection.raised", source="", target="raised", may=OBJECTOR, label=gettext_noop("Raise an objection"))
    def raise_(self, act: Act) -> dict[str, Any]:
        """Object, as a bidder or with an interest in the matter; the procedure waits for the reply.

        It is due in three days, in government procurement in seven working days. Sources:
        招标投标法实施条例 22, 54, 60; 政府采购法 53.
        """
        if not self.text.strip():
            raise RuleError(gettext_noop("Say what you object to and why."), code="objection_empty")
        self._check_period(self.lot.at(act.arrived))
        self._check_standing()
        self._check_none_open()
        self._seal_while_secret(act)
        raised_on = clock.local_date(self.lot.now())
        kind = procedures.TENDERS.get(self.lot.kind, public_tender.PROCEDURE)
        reply = engine.deadline(kind.rules["reply_days"], raised_on, calendar=holiday_notice.calendar())
        self.reply_due_on = reply.date
        due = self.reply_due_on.isoformat() if self.reply_due_on else ""
        return {"matter": self.matter, "due": due, "calendar": limits.used(reply)}

    def _check_none_open(self) -> None:
        alike = Objection.objects.filter(lot=self.lot, organisation=self.organisation, matter=self.matter)
        if alike.filter(state="raised").exists():
            raise RuleError(
                gettext_noop("Your objection to the same matter waits for its reply."),
                code="objection_waits",
                basis="招标投标法实施条例 22, 54",
                next_step=gettext_noop("Wait for the reply, or withdraw the objection and raise it anew."),
            )

    @act(
        "objection.answered",
        source="raised",
        target="answered",
        may=OWNER | AGENCY,
        label=gettext_noop("Answer the objection"),
    )
    def answer(self, act: Act, *, reply: str, outcome: str) -> dict[str, Any]:
        """Reply in writing, and say whether the objection is justified; if it is, the lot waits for what follows."""
        self.reply, self.outcome, self.answered_on = reply, Outcome(outcome), clock.local_date(self.lot.now())
        return {"matter": self.matter, "outcome": self.outcome}

    @act(
        "objection.carried_out",
        source=["raised", "answered"],
        target="carried_out",
        may=CONDUCT | SUPERVISION | THE_CLOCK,
        label=gettext_noop("Carry out what follows from the objection"),
    )
    def carry_out(self, act: Act) -> dict[str, Any]:
        """Note, as a part of the act that corrects the matter, that the objection had its consequence.

        One that still waits is met as well where what it objects to is gone, such as an award that lapsed.
        """
        return {"matter": self.matter}

    @act(
        "objection.withdrawn",
        source="raised",
        target="withdrawn",
        may=OBJECTOR,
        label=gettext_noop("Withdraw the objection"),
    )
    def withdraw(self, act: Act) -> dict[str, Any]:
        """Take the objection back."""
        self._seal_while_secret(act)
        return {"matter": self.matter}

    def _seal_while_secret(self, act: Act) -> None:
        if sealed.is_open(self.lot.code):
            act.seal()

    def _check_period(self, arrived: datetime) -> None:
        """Refuse an objection to what has not been published, or whose time is over (招标投标法实施条例 22, 54)."""
        procedure = self.lot.procedure
        if isinstance(procedure, Objectable):
            takes = procedure.takes_objections(self.matter, arrived)
        else:
            takes = self._is_published(arrived)
        if not takes:
            raise RuleError(
                gettext_noop("This is not the time to object to this matter."),
                code="not_the_time_to_object",
                basis="招标投标法实施条例 22, 54",
                next_step=gettext_noop("Complain to the sector regulator instead."),
            )

    def _is_published(self, arrived: datetime) -> bool:
        """Say whether the procedure's own notices have laid the matter open and not closed it."""
        published = set(self.lot.notices.filter(state="published").values_list("kind", flat=True))
        begins, ends = PERIODS[self.matter]
        end = Coalesce("objections_until", "published_until")
        until = self.lot.notices.filter(kind__in=begins).aggregate(last=models.Max(end))["last"]
        return bool(published & begins) and not published & ends and (until is None or arrived < until)

    def _check_standing(self) -> None:
        """Refuse an objection to list or result of one who neither registered, nor bid, nor states an interest.

        It comes after the period: before the list nobody learns from it who registered (招标投标法 22).
        """
        if self.matter == Matter.NOTICE or self.interest.strip():
            return
        parts = (self.lot.registrations.counted(), self.lot.bids.filter(state="submitted"))
        if not any(rows.filter(organisation=self.organisation_id).exists() for rows in parts):
            raise RuleError(
                gettext_noop("Only a registrant, or whoever states an interest in the matter, may object to it."),
                code="interest_not_stated",
                basis="招标投标法实施条例 54, 60",
                next_step=gettext_noop("State how the list or the result affects your own rights."),
            )
