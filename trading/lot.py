"""A lot (标段): the unit that is traded.

Its procedure's stages live in `bids`; here are its identity, its standing and its clock.
"""

import functools
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, codes, secrecy, suspension, termination
from trading.errors import RuleError
from trading.ledger import leaf, sealed
from trading.ledger.tables import AuditEvent
from trading.party import Role, anywhere, within
from trading.project import Project
from trading.suspension import SuspensionReason
from trading.termination import TerminationReason
from trading.transitions import THE_CLOCK, Act, Machine, act

OWNER = within(Role.OWNER, lambda lot: lot.project.owner_id)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)
PROCEDURES = {"fixed_price": "comparison"}  # what a procedure's record is called on its lot; a tender's is `tender`
AWARDS = ("tender_award", "procurement_award")  # what the record of its award is called


class Standing(models.TextChoices):
    LIVE = "live", _("Live")
    SUSPENDED = "suspended", _("Suspended")
    TERMINATED = "terminated", _("Terminated")


def lot_now() -> "models.ExpressionWrapper[Any]":
    """Return the present moment on the clock of each row's `lot`, for a query."""
    moment = models.Value(clock.now(), output_field=models.DateTimeField())
    return models.ExpressionWrapper(moment + models.F("lot__clock_ahead"), output_field=models.DateTimeField())


class LotQuerySet(models.QuerySet["Lot"]):
    def public(self) -> "LotQuerySet":
        """Return what public lists and statistics may count: no rehearsal."""
        return self.filter(rehearsal=False)

    def together_with(self, lot: "Lot") -> "LotQuerySet":
        """Return the lots that count together (化整为零), rehearsals apart.

        They are of one project, or of the owner's projects of one programme or of one approval, however typed.
        """
        projects = Project.objects.filter(owner=lot.project.owner)
        same = [one.pk for one in projects if one == lot.project or one.is_part_with(lot.project)]
        return self.filter(project__in=same, rehearsal=lot.rehearsal)


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

    @property
    def award(self) -> Any:
        """Return the record of a tender's award, which the stages above define; None before the report is signed."""
        return next((found for name in AWARDS if (found := getattr(self, name, None)) is not None), None)

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
        self._check_retender()
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
        """Stop every act on the lot until it is resumed (宁波市公共资源交易管理条例 25).

        Not by the owner between the cut-off and the result of a draw, nor between the deadline for bids and the end of
        their opening: whoever is in the room may foresee what comes.
        """
        self.reason = SuspensionReason(reason)
        suspension.check(role=act.role, drawing=self.is_past_cut_off(), opening=self.is_opening())
        return {"reason": self.reason}

    @act(
        "lot.resumed",
        source=Standing.SUSPENDED,
        target=Standing.LIVE,
        may=REGULATOR | THE_CLOCK,
        label=gettext_noop("Resume the lot"),
        even_suspended=True,
    )
    def resume(self, act: Act) -> dict[str, Any]:
        """Let the procedure go on where it stood."""
        ended, self.reason = self.reason, ""
        for stage in filter(None, (self.procedure, self.award)):  # the stages above give everybody the time back
            act.then(functools.partial(stage.go_on, act.by))
        return {"reason": ended}

    @act("lot.urged", source=Standing.LIVE, target=Standing.LIVE, may=REGULATOR, label=gettext_noop("Urge the owner"))
    def urge(self, act: Act) -> dict[str, Any]:
        """Urge an owner who has let the lot lie for the period of V06 (宁波市公共资源交易管理条例 26)."""
        since = self._owner_acted()
        termination.check_idle("V06", since, clock.local_date(self.now()))
        return {"idle_since": since.isoformat()}

    @act(
        "lot.terminated",
        source=[Standing.LIVE, Standing.SUSPENDED],
        target=Standing.TERMINATED,
        may=REGULATOR | OWNER,
        label=gettext_noop("Terminate the lot"),
        even_suspended=True,
    )
    def terminate(self, act: Act, *, reason: str, evidence: str = "") -> dict[str, Any]:
        """End the procedure for good (宁波市公共资源交易管理条例 26, 濮阳市公共资源交易管理条例 22).

        Once the inputs of a draw are fixed, or bids are in, only the regulator may, saying on what evidence: nobody
        draws or tenders again until the result pleases (ggzy-draw/1, 2 row 4; 招标投标法实施条例 55).
        """
        self.reason = TerminationReason(reason)
        self._check_terminator(act, evidence.strip())
        act.then(lambda: self.end_all_secrecy(act.at))
        return {"reason": self.reason, **({"evidence": evidence.strip()} if evidence.strip() else {})}

    @property
    def committee_is_secret(self) -> bool:
        """Say whether nobody may learn of a committee yet, nor whether there is one (招标投标法 37; 87号令 69)."""
        return not sealed.is_revealed(sealed.committee(self.code))

    def end_secrecy(self, at: datetime) -> None:
        """Open what was sealed of the bids; who bid stays secret to the announced deadline (招标投标法 22)."""
        secrecy.end(self, self.code, at)

    def end_committee_secrecy(self, at: datetime) -> None:
        """Open what was sealed of the committee: with the award or the published result (招标投标法 37; 87号令 69)."""
        secrecy.end(self, sealed.committee(self.code), at)

    def end_all_secrecy(self, at: datetime) -> None:
        """Open all that was sealed, where the lot ends early."""
        self.end_secrecy(at)
        self.end_committee_secrecy(at)

    def is_drawn(self) -> bool:
        """Say whether the inputs of a draw are fixed and nobody has voided it."""
        return bool(self.draws.exclude(commit_hash="").exclude(state="void").exists())

    def has_bids_in(self) -> bool:
        """Say whether a tender's deadline has passed, so that its prices are known or about to be."""
        tender: Any = getattr(self, "tender", None)
        ahead = tender is None or tender.state == "failed" or tender.deadline is None
        return not ahead and self.now() >= tender.deadline

    def is_opening(self) -> bool:
        """Say whether the deadline for bids has passed and their opening is neither finished nor failed."""
        opening: Any = getattr(self, "opening", None)
        return self.has_bids_in() and (opening is None or opening.state not in {"finished", "failed"})

    def is_past_cut_off(self) -> bool:
        """Say whether a draw's inputs stand as they are, and its result is not out yet."""
        under_way = self.draws.exclude(state__in=["drawn", "void"])
        return any(draw.is_past_cut_off(clock.now()) for draw in under_way)

    def _check_terminator(self, act: Act, evidence: str) -> None:
        fixed = self.is_drawn() or self.has_bids_in()
        termination.check(self.reason, evidence, role=act.role, fixed=fixed)
        if self.reason == TerminationReason.OWNER_IDLE:
            urged = self._last_day("lot.urged")
            if urged is None or urged < self._owner_acted():
                raise RuleError(
                    gettext_noop("The owner has not been urged since its last act."),
                    code="owner_not_urged",
                    basis=termination.BASIS,
                    next_step=gettext_noop("Urge the owner, and wait for the period of V06.urged."),
                )
            termination.check_idle("V06.urged", urged, clock.local_date(self.now()))

    def _owner_acted(self) -> date:
        """Return the day of the newest act of owner or agency on this lot, from the ledger."""
        own = {Role.OWNER, Role.AGENCY}
        entries = AuditEvent.objects.filter(tender=self.code).order_by("-pk").iterator(chunk_size=100)
        acts = (entry for event in entries if (entry := leaf.decode(bytes(event.leaf)))["actor"]["role"] in own)
        newest = next(acts, None)
        return self._day(datetime.fromisoformat(newest["at"]) if newest else self.created_at)

    def _last_day(self, kind: str) -> date | None:
        event = AuditEvent.objects.filter(tender=self.code, type=kind).order_by("pk").last()
        return self._day(datetime.fromisoformat(leaf.decode(bytes(event.leaf))["at"])) if event else None

    def _day(self, moment: datetime) -> date:
        return clock.local_date(self.at(moment))

    def _check_retender(self) -> None:
        before = self.retender_of
        if before is None:
            return
        failed = before.procedure is not None and before.procedure.state == "failed"
        if before.project_id != self.project_id or not (failed or before.state == Standing.TERMINATED):
            raise RuleError(
                gettext_noop("Only a lot of the same project that failed or was terminated is announced again."),
                code="retender_without_failure",
                basis="招标投标法 28; 招标投标法实施条例 19, 44",
                next_step=gettext_noop("Register the lot without naming an earlier one."),
            )

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
