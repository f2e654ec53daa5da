"""A lot (标段): the unit that is traded.

Its procedure's stages live in `bids`; here are its identity, its standing and its clock.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, codes
from trading.errors import RuleError
from trading.ledger import reveal
from trading.party import Role, anywhere, within
from trading.project import Project
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda lot: lot.project.owner_id)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)
PROCEDURES = {"fixed_price": "comparison"}  # what a procedure's record is called on its lot; a tender's is `tender`


class Standing(models.TextChoices):
    LIVE = "live", _("Live")
    SUSPENDED = "suspended", _("Suspended")
    TERMINATED = "terminated", _("Terminated")


class SuspensionReason(models.TextChoices):
    SYSTEM_FAULT = "system_fault", _("System fault without a fallback")
    FORCE_MAJEURE = "force_majeure", _("Force majeure")
    TITLE_DISPUTE = "title_dispute", _("Dispute over title")
    OBJECTION = "objection", _("Objection, complaint or order of the regulator")
    OTHER = "other", _("Other")


class TerminationReason(models.TextChoices):
    OWNER_IDLE = "owner_idle", _("Owner idle after urging")
    NO_RIGHT = "no_right", _("No right of disposal")
    DESTROYED = "destroyed", _("The object was destroyed")
    CANCELLED = "cancelled", _("The project was cancelled")


class LotQuerySet(models.QuerySet["Lot"]):
    def public(self) -> "LotQuerySet":
        """Return what public lists and statistics may count: no rehearsal."""
        return self.filter(rehearsal=False)


class Lot(Machine):
    """One lot of a project, of one procedure kind."""

    noun = "lot"
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(_("Lot code"), max_length=23, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=200)
    kind = models.CharField(_("Procedure"), max_length=32)
    estimate = models.DecimalField(_("Estimated price (yuan)"), max_digits=18, decimal_places=2)
    retender_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="retender")
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    rehearsal = models.BooleanField(_("Rehearsal"), default=False)
    clock_ahead = models.DurationField(default=timedelta(0), editable=False)
    reason = models.CharField(_("Reason"), max_length=32, blank=True, editable=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rehearsal=True) | models.Q(clock_ahead=timedelta(0)),
                name="only_a_rehearsal_moves_its_clock",
            ),
            models.CheckConstraint(condition=models.Q(estimate__gt=0), name="estimate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def ledger_id(self) -> str:
        return self.code

    def ledger_lot(self) -> "Lot":
        return self

    @property
    def is_live(self) -> bool:
        return self.state in {"", Standing.LIVE}

    @property
    def procedure(self) -> Any:
        """Return the record of the lot's procedure, which the stages above define; None before it is registered."""
        return getattr(self, PROCEDURES.get(self.kind, "tender"), None)

    def now(self) -> datetime:
        """Return the time that counts for this lot: the server's, moved ahead in a rehearsal."""
        return self.at(clock.now())

    def at(self, moment: datetime) -> datetime:
        """Return a moment of the server's clock on the lot's."""
        return moment + self.clock_ahead

    @act("lot.registered", source="", target=Standing.LIVE, may=OWNER, label=gettext_noop("Register a lot"))
    def register(self, act: Act) -> dict[str, Any]:
        """Enter a lot of an accepted project."""
        if not self.project.is_accepted:
            raise RuleError(
                gettext_noop("The project has not been accepted for entry."),
                code="project_not_accepted",
                basis="濮阳市公共资源交易管理条例 13",
                next_step=gettext_noop("Submit the entry registration; the centre checks its form."),
            )
        self.rehearsal = self.project.rehearsal
        self.round = self.retender_of.round + 1 if self.retender_of else 1
        self.code = codes.lot_code(self.project.tender_code(), self.project.lots.count() + 1)
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "estimate": str(self.estimate),
            "project": self.project.code,
        }

    @act(
        "lot.suspended",
        source=Standing.LIVE,
        target=Standing.SUSPENDED,
        may=REGULATOR | OWNER,
        label=gettext_noop("Suspend the lot"),
    )
    def suspend(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Stop every act on the lot until it is resumed (宁波市公共资源交易管理条例 25)."""
        self.reason = SuspensionReason(reason)
        return {"reason": self.reason}

    @act(
        "lot.resumed",
        source=Standing.SUSPENDED,
        target=Standing.LIVE,
        may=REGULATOR,
        label=gettext_noop("Resume the lot"),
        even_suspended=True,
    )
    def resume(self, act: Act) -> dict[str, Any]:
        """Let the procedure go on where it stood."""
        ended, self.reason = self.reason, ""
        return {"reason": ended}

    @act(
        "lot.terminated",
        source=[Standing.LIVE, Standing.SUSPENDED],
        target=Standing.TERMINATED,
        may=REGULATOR | OWNER,
        label=gettext_noop("Terminate the lot"),
        even_suspended=True,
    )
    def terminate(self, act: Act, *, reason: str) -> dict[str, Any]:
        """End the procedure for good (宁波市公共资源交易管理条例 26, 濮阳市公共资源交易管理条例 22)."""
        self.reason = TerminationReason(reason)
        act.then(lambda: reveal.open_sealed(self.code, act.at))
        return {"reason": self.reason}

    @act(
        "lot.clock_moved",
        source=Standing.LIVE,
        target=Standing.LIVE,
        may=anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Move the rehearsal clock ahead"),
    )
    def move_clock(self, act: Act, *, hours: int = 0, seconds: int = 0) -> dict[str, Any]:
        """Let a rehearsal's waiting periods pass; a real lot lives by the server's clock."""
        if not self.rehearsal:
            raise RuleError(gettext_noop("Only a rehearsal may move its clock."), code="not_a_rehearsal")
        if not (0 <= hours <= 24 * 60 and 0 <= seconds < 3600 and hours + seconds):
            raise RuleError(gettext_noop("Move the clock by up to 1,440 hours."), code="clock_step_out_of_range")
        self.clock_ahead += timedelta(hours=hours, seconds=seconds)
        return {"hours": hours, "seconds": seconds}
