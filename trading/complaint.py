"""Complaints (投诉): made to the regulator, accepted or returned, decided; on the way it may order the lot to rest.

What was first to be objected to comes here after the answer, or after the answer was due (招标投标法实施条例 60;
政府采购法 55). The decision's effect on an award is the award's own act.
"""

import functools
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, complaint_grounds, holiday_notice, unguessable
from trading.complaint_grounds import Remedy
from trading.errors import RuleError
from trading.ledger import sealed
from trading.lot import Lot, Standing
from trading.notice import Kind, Notice
from trading.objection import Objection, Outcome
from trading.party import Organisation, Role, anywhere, within
from trading.procedures import TENDERS, complaint_days
from trading.suspension import SuspensionReason
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

REGULATOR = anywhere(Role.SECTOR_REGULATOR)
COMPLAINANT = within(Role.BIDDER, lambda complaint: complaint.organisation_id)
RESPONDENT = within(Role.OWNER, lambda complaint: complaint.lot.project.owner_id) | within(
    Role.AGENCY, lambda complaint: complaint.lot.project.agency_id
)
BASIS = "招标投标法实施条例 60 to 62; 政府采购法 55 to 57; 94号令 17 to 32"


class Matter(models.TextChoices):
    """What is complained of; notice and result are objected to first (招标投标法实施条例 60)."""

    NOTICE = "notice", _("Notice and documents")
    RESULT = "result", _("Candidates or result")
    OTHER = "other", _("Another breach of the law")


class ReturnReason(models.TextChoices):
    """Why a complaint is not accepted (工程建设项目招标投标活动投诉处理办法 12; 94号令 21)."""

    NOT_CONCERNED = "not_concerned", _("The complainant is not concerned")
    NO_FACTS = "no_facts", _("Neither a clear request nor evidence")
    LATE = "late", _("After the time to complain")
    DECIDED = "decided", _("Decided before, with no new evidence")
    ELSEWHERE = "elsewhere", _("Another authority decides, or a court has it")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, person: Any) -> "ComplaintQuerySet":
        """Return a party's own; owner and agency see those that were accepted, officials all."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}:
            return self
        mine = [m.organisation_id for m in person.active_memberships()]
        parties = models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(
            models.Q(organisation_id__in=mine) | (parties & ~models.Q(state__in=["", "made", "returned"]))
        )


class Complaint(Machine):
    """One complaint with its decision."""

    noun = "complaint"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="complaints")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="complaints")
    matter = models.CharField(_("Matter"), max_length=8, choices=Matter.choices)
    known_on = models.DateField(_("Known since"), null=True, blank=True)
    text = models.TextField(_("Facts, evidence and request"), max_length=8000)
    interest = models.CharField(_("Interest in the matter"), max_length=300, blank=True)
    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, null=True, editable=False, related_name="complaints"
    )
    made_on = models.DateField(_("Made on"), null=True, editable=False)
    due_on = models.DateField(_("Due on"), null=True, editable=False)
    response = models.TextField(_("Statement of the respondent"), blank=True, editable=False)
    return_reason = models.CharField(
        _("Reason of the return"), max_length=16, choices=ReturnReason.choices, blank=True, editable=False
    )
    stopped_on = models.DateField(_("Lot stopped on"), null=True, editable=False)
    stopped_until = models.DateField(_("Lot stopped until"), null=True, editable=False)
    outcome = models.CharField(_("Outcome"), max_length=8, choices=Outcome.choices, blank=True, editable=False)
    remedy = models.CharField(_("Remedy"), max_length=12, choices=Remedy.choices, blank=True, editable=False)
    decision = models.TextField(_("Decision"), blank=True, editable=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation", "matter"],
                condition=models.Q(state__in=["made", "accepted"]),
                name="one_open_complaint",
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot.name} · {self.get_matter_display()}"

    @act(
        "complaint.made",
        source="",
        target="made",
        may=COMPLAINANT,
        label=gettext_noop("Complain to the regulator"),
        even_suspended=True,
    )
    def make(self, act: Act) -> dict[str, Any]:
        """Complain in time, after an objection or challenge where the law asks for it first.

        Sources: 招标投标法实施条例 60; 政府采购法 52, 55; 94号令 17 to 19.
        """
        if sealed.is_open(self.lot.code):
            act.seal()
        self.made_on = clock.local_date(self.lot.at(act.arrived))
        self.objection = complaint_grounds.before(self)
        complaint_grounds.check(self)
        self.due_on = complaint_days.accept_by(self._procedure(), self.made_on, calendar=holiday_notice.calendar())
        return {"matter": self.matter, "due": self.due_on.isoformat()}

    @act(
        "complaint.accepted",
        source="made",
        target="accepted",
        may=REGULATOR,
        label=gettext_noop("Accept the complaint"),
        even_suspended=True,
    )
    def accept(self, act: Act) -> dict[str, Any]:
        """Accept within three or five working days; an acceptance that comes late says so (实施条例 61; 94号令 21)."""
        late, today = self._is_late(), self._today()
        days = {"made_on": self.made_on or today, "accepted_on": today}
        self.due_on = complaint_days.decide_by(self._procedure(), **days, calendar=holiday_notice.calendar())
        return {"due": self.due_on.isoformat(), "late": late}

    @act(
        "complaint.returned",
        source="made",
        target="returned",
        may=REGULATOR,
        label=gettext_noop("Return the complaint"),
        even_suspended=True,
    )
    def give_back(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Return what the law does not let the regulator accept, with the coded reason (94号令 21)."""
        late = self._is_late()
        self.return_reason, self.due_on = ReturnReason(reason), None
        return {"reason": self.return_reason, "late": late}

    @act(
        "complaint.responded",
        source="accepted",
        target="accepted",
        may=RESPONDENT,
        label=gettext_noop("Answer the complaint"),
        even_suspended=True,
    )
    def respond(self, act: Act, *, text: str) -> dict[str, Any]:
        """State the facts to the regulator, as the owner or its agency (94号令 22)."""
        self.response = text
        return {"matter": self.matter}

    @act(
        "complaint.suspension_ordered",
        source="accepted",
        target="accepted",
        may=REGULATOR,
        label=gettext_noop("Order the lot to rest"),
    )
    def stop(self, act: Act) -> dict[str, Any]:
        """Stop the lot while the complaint is decided; a procurement for thirty days at most (政府采购法 57)."""
        if self.stopped_until is not None:
            raise RuleError(
                gettext_noop("The procurement has rested because of this complaint already."),
                code="stopped_before",
                basis="政府采购法 57; 94号令 28",
            )
        self.stopped_on = self._today()
        calendar = holiday_notice.calendar()
        self.stopped_until = complaint_days.stopped_until(self._procedure(), self.stopped_on, calendar=calendar)
        act.then(lambda: perform(self._fresh_lot().suspend, by=act.by, reason=SuspensionReason.OBJECTION))
        return {"until": self.stopped_until.isoformat() if self.stopped_until else ""}

    @act(
        "complaint.suspension_ended",
        source="accepted",
        target="accepted",
        may=THE_CLOCK,
        label=gettext_noop("Let the lot go on at the end of its time to rest"),
        even_suspended=True,
    )
    def end_stop(self, act: Act) -> dict[str, Any]:
        """Let a procurement go on after the thirty days, decided or not (政府采购法 57; 94号令 28)."""
        if self.stopped_until is None or self._today() <= self.stopped_until:
            raise RuleError(gettext_noop("The lot may rest until then."), code="stop_runs", basis="政府采购法 57")
        self._let_go(act)
        return {"until": str(self.stopped_until)}

    @act(
        "complaint.decided",
        source="accepted",
        target="decided",
        may=REGULATOR,
        label=gettext_noop("Decide the complaint"),
        even_suspended=True,
    )
    def decide(self, act: Act, *, outcome: str, decision: str, remedy: str = "") -> dict[str, Any]:
        """Decide in writing and publish it; the lot goes on, or its award ends as the decision says.

        Sources: 招标投标法实施条例 61, 81; 94号令 26, 29 to 34.
        """
        self.outcome, self.remedy, self.decision = Outcome(outcome), remedy and Remedy(remedy), decision
        complaint_grounds.check_remedy(self)
        late = self._is_late()
        self.due_on = None
        act.then(functools.partial(self._follow, act))
        return {"outcome": self.outcome, "remedy": self.remedy, "late": late}

    @act(
        "complaint.withdrawn",
        source=["made", "accepted"],
        target="withdrawn",
        may=COMPLAINANT,
        label=gettext_noop("Withdraw the complaint"),
        even_suspended=True,
    )
    def withdraw(self, act: Act) -> dict[str, Any]:
        """Take the complaint back; the lot goes on (94号令 30)."""
        if sealed.is_open(self.lot.code):
            act.seal()
        self.due_on = None
        self._let_go(act)
        return {"matter": self.matter}

    def _follow(self, act: Act) -> None:
        self._let_go(act)
        lot = self._fresh_lot()
        content = {"project": lot.project.name, "lot": lot.code, "reply": self.decision, "outcome": self.outcome}
        notice = Notice(lot=lot, kind=Kind.OTHER, title=f"{lot.name}投诉处理结果公告", region=lot.project.region)
        notice.buyer = lot.project.owner.name
        perform(notice.publish, by=None, content=content)
        if self.remedy and lot.award is not None:
            lot.award.follow_decision(act.by, self.remedy)

    def _let_go(self, act: Act) -> None:
        """Resume the lot if it rests because of this complaint and of no other."""
        lot = self._fresh_lot()
        others = Complaint.objects.filter(lot=self.lot_id, state="accepted", stopped_on__isnull=False).exclude(
            pk=self.pk
        )
        if self.stopped_on is not None and lot.state == Standing.SUSPENDED and not others.exists():
            perform(lot.resume, by=None)
        self.stopped_on = None

    def _fresh_lot(self) -> Lot:
        return Lot.objects.get(pk=self.lot_id)

    def _procedure(self) -> Any:
        return TENDERS[self.lot.kind]

    def _today(self) -> date:
        return clock.local_date(self.lot.now())

    def _is_late(self) -> bool:
        return self.due_on is not None and self._today() > self.due_on
