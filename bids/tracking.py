"""Tracking (专人跟踪): milestones of a contract under its tracker, and reports to discipline inspection."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.award import Award, LapseReason
from bids.contract import Contract
from trading import clock
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation, Role, anywhere, within
from trading.procedures import participants
from trading.transitions import THE_CLOCK, Act, Machine, Power, act, perform

WINNER = within(Role.BIDDER, lambda milestone: milestone.contract.registration.organisation_id)
TRACKER = Power(
    Role.SITE_SUPERVISOR, lambda record, person: person is not None and record.contract.tracker_id == person.pk
)
SUPERVISOR = anywhere(Role.SITE_SUPERVISOR)
DISCIPLINE = anywhere(Role.DISCIPLINE)


class MilestoneKind(models.TextChoices):
    MOBILISED = "mobilised", _("Mobilised on site")
    PROGRESS = "progress", _("Progress")
    MANAGER_PRESENT = "manager_present", _("Project manager present")
    PAYMENT = "payment", _("Payment")
    SUSPENSION = "suspension", _("Suspension")
    COMPLETION = "completion", _("Completion")


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, person: Any) -> "MilestoneQuerySet":
        """Return every milestone: performance is published (宁波市公共资源交易管理条例 23)."""
        return self


class Milestone(Machine):
    """One step of a contract's performance: planned, reported by the enterprise, verified by the tracker."""

    noun = "milestone"
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="milestones")
    kind = models.CharField(_("Kind"), max_length=16, choices=MilestoneKind.choices)
    title = models.CharField(_("Title"), max_length=200)
    due_on = models.DateField(_("Due on"))
    percent = models.PositiveSmallIntegerField(_("Progress in percent"), default=0)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    done_on = models.DateField(_("Done on"), null=True, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [models.CheckConstraint(condition=models.Q(percent__lte=100), name="percent_up_to_100")]

    def __str__(self) -> str:
        return self.title

    @property
    def lot(self) -> Lot:
        return self.contract.lot

    @property
    def lot_id(self) -> int:
        return self.contract.lot_id

    def is_overdue(self) -> bool:
        """Say whether the milestone should have been done by the lot's today."""
        return self.done_on is None and clock.local_date(self.lot.now()) > self.due_on

    @act("milestone.planned", source="", target="planned", may=TRACKER, label=gettext_noop("Plan a milestone"))
    def plan(self, act: Act) -> dict[str, Any]:
        """Put a step of the performance on the tracker's list."""
        if self.contract.state != "performing":
            raise RuleError(gettext_noop("The contract is not being performed."), code="contract_not_performing")
        return {"kind": self.kind, "title": self.title, "due": self.due_on.isoformat()}

    @act(
        "milestone.reported", source="planned", target="reported", may=WINNER, label=gettext_noop("Report a milestone")
    )
    def report(self, act: Act, *, percent: int, note: str) -> dict[str, Any]:
        """Report, as the enterprise, how far the step has come."""
        self.percent, self.note = percent, note
        self.done_on = clock.local_date(self.lot.now())
        return {"percent": percent, "on": self.done_on.isoformat()}

    @act(
        "milestone.verified",
        source="reported",
        target="verified",
        may=TRACKER,
        label=gettext_noop("Verify a milestone"),
    )
    def verify(self, act: Act) -> dict[str, Any]:
        """Confirm what the enterprise reported."""
        return {"percent": self.percent}

    @act(
        "milestone.disputed",
        source="reported",
        target="planned",
        may=TRACKER,
        label=gettext_noop("Dispute a milestone"),
    )
    def dispute(self, act: Act, *, note: str) -> dict[str, Any]:
        """Send the report back: what it says is not what the tracker saw."""
        self.note, self.done_on = note, None
        return {"note": note}


class Trigger(models.TextChoices):
    TOO_MANY_PROJECTS = "too_many_projects", _("Too many projects; cannot keep progress")
    UNSIGNED = "unsigned", _("Contract not signed in time after being drawn")


class DisciplineReportQuerySet(models.QuerySet["DisciplineReport"]):
    def visible_to(self, person: Any) -> "DisciplineReportQuerySet":
        """Return the reports for those who supervise, inspect or audit; nobody else."""
        readers = {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}
        return self if person.is_authenticated and person.roles() & readers else self.none()


class DisciplineReport(Machine):
    """A report to discipline inspection: project, enterprise, facts, evidence, dates.

    Answered by a receipt (domain.md, 2.3, row 13).
    """

    noun = "discipline_report"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="discipline_reports")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="discipline_reports")
    trigger = models.CharField(_("Trigger"), max_length=20, choices=Trigger.choices)
    facts = models.TextField(_("Facts"), max_length=4000)
    receipt_no = models.CharField(_("Receipt no."), max_length=32, blank=True, editable=False)
    outcome = models.TextField(_("Outcome"), max_length=4000, blank=True, editable=False)

    objects = DisciplineReportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_trigger_display()}"

    @act(
        "discipline_report.filed",
        source="",
        target="filed",
        may=SUPERVISOR | THE_CLOCK,
        label=gettext_noop("Report to discipline inspection"),
        even_suspended=True,
    )
    def file(self, act: Act) -> dict[str, Any]:
        """Report one of the two triggers; the clock files the second by itself."""
        if not self.facts.strip():
            raise RuleError(gettext_noop("State the facts and the evidence."), code="facts_missing")
        return {"enterprise": self.organisation.uscc, "trigger": self.trigger}

    @act(
        "discipline_report.received",
        source="filed",
        target="received",
        may=DISCIPLINE,
        label=gettext_noop("Give a receipt"),
        even_suspended=True,
    )
    def receive(self, act: Act, *, receipt_no: str) -> dict[str, Any]:
        """Confirm receipt under a number."""
        self.receipt_no = receipt_no
        return {"receipt_no": receipt_no}

    @act(
        "discipline_report.settled",
        source="received",
        target="settled",
        may=DISCIPLINE,
        label=gettext_noop("Settle the report"),
        even_suspended=True,
    )
    def settle(self, act: Act, *, outcome: str) -> dict[str, Any]:
        """Close the report with its outcome."""
        self.outcome = outcome
        return {"receipt_no": self.receipt_no}


def report_unsigned(lot: Lot, award: Award) -> DisciplineReport:
    """File the report that an award lapsed without a contract, on the owner or the enterprise that let it lapse."""
    enterprise = award.registration.organisation
    organisation = lot.project.owner if award.lapse_reason == LapseReason.OWNER else enterprise
    today = clock.local_date(lot.now())
    late = participants.discipline_triggers(
        active_projects=0, milestones_late=0, sign_by=award.sign_by, signed_on=None, today=today
    )
    why = "; ".join(trigger.facts for trigger in late) or _due(award)
    who = f"{enterprise.name} ({enterprise.uscc}), rank {award.rank}"
    facts = f"{lot.code} {lot.name}: {who}; {award.get_lapse_reason_display()}; {why}."
    report = DisciplineReport(lot=lot, organisation=organisation, trigger=Trigger.UNSIGNED, facts=facts)
    perform(report.file, by=None)
    return report


def _due(award: Award) -> str:
    return f"due {award.sign_by}" if award.sign_by else "before its notice of award"


def overdue() -> list[Milestone]:
    """Return the planned milestones whose day has passed on their lot's clock."""
    planned = Milestone.objects.filter(state="planned", contract__state="performing", contract__lot__state="live")
    return [milestone for milestone in planned.select_related("contract__lot") if milestone.is_overdue()]


def report_overloaded(milestone: Milestone) -> DisciplineReport | None:
    """File the report on an enterprise with too many projects and a milestone late, once for each lot."""
    organisation, lot = milestone.contract.registration.organisation, milestone.lot
    running = Contract.objects.standing().filter(registration__organisation=organisation, lot__rehearsal=lot.rehearsal)
    triggers = participants.discipline_triggers(
        active_projects=running.exclude(state="closed").count(),
        milestones_late=1,
        sign_by=None,
        signed_on=None,
        today=clock.local_date(lot.now()),
    )
    told = lot.discipline_reports.filter(organisation=organisation, trigger=Trigger.TOO_MANY_PROJECTS).exists()
    if told or not triggers:
        return None
    facts = f"{lot.code} {lot.name}: {organisation.name} ({organisation.uscc}): {triggers[0].facts}."
    report = DisciplineReport(lot=lot, organisation=organisation, trigger=Trigger.TOO_MANY_PROJECTS, facts=facts)
    perform(report.file, by=None)
    return report
