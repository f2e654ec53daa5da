"""The doors of the comparison and of its stages."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids import qualification_serializers
from bids import serializers as s
from bids import tracking_serializers as t
from bids.comparison import Comparison
from bids.contract import Contract
from bids.qualification import Qualification
from bids.registration import ParticipantNotice, Registration
from bids.tracking import DisciplineReport, Milestone
from trading.doors.door import Door
from trading.objection import Matter
from trading.party import Role

OFFICIALS = {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}


def qualifications_for(person: Any) -> models.QuerySet[Qualification]:
    """Return the examinations of one's own projects; supervisors and auditors see all."""
    if not person.is_authenticated:
        return Qualification.objects.none()
    if person.roles() & OFFICIALS:
        return Qualification.objects.all()
    return Qualification.objects.filter(
        lot__project__owner_id__in=[m.organisation_id for m in person.active_memberships()]
    )


def stands_as(comparison: Comparison, state: str) -> bool:
    """Say whether the lot's contract is in a state."""
    return Contract.objects.filter(lot=comparison.lot_id, state=state).exists()


PARTICIPANT_NOTICES = Door(
    model=ParticipantNotice,
    path="participant-notices",
    singular=_("Participant's notice"),
    plural=_("Participant's notices"),
    reads=s.ParticipantNoticeRecord,
    rows=lambda person: ParticipantNotice.objects.all(),
    creates=("publish", s.PublishParticipantNotice),
    filters=("number",),
    listed_as=("number", "sha256"),
)
COMPARISONS = Door(
    model=Comparison,
    path="comparisons",
    singular=_("Comparison"),
    plural=_("Comparisons"),
    reads=s.ComparisonRecord,
    details=s.ComparisonDetail,
    rows=Comparison.objects.visible_to,
    lists=lambda person: Comparison.objects.visible_to(person).filter(lot__rehearsal=False),
    creates=("register", s.RegisterComparison),
    acts={
        "fix_price": s.FixPrice,
        "announce": s.Announce,
        "publish_list": None,
        "reopen_list": qualification_serializers.ReopenQualification,
        "fail": None,
        "begin_draw": s.BeginDraw,
        "return_to_list": None,
        "take_result": None,
        "publicise": None,
        "send_notice": None,
        "doubt": s.Doubt,
        "lapse": s.Lapse,
        "conclude_contract": s.ConcludeContract,
        "track": s.Track,
        "close": s.CloseComparison,
    },
    at_will=("fail", "doubt", "lapse"),
    inside=("make_up",),
    fits={
        "publish_list": lambda comparison, person: comparison.is_settled(),
        "return_to_list": lambda comparison, person: comparison.draw is not None and comparison.draw.state == "void",
        "take_result": lambda comparison, person: comparison.draw is not None and comparison.draw.state == "drawn",
        "publicise": lambda comparison, person: comparison.awards_stand(),
        "fail": lambda comparison, person: comparison.state != "drawn" or not comparison.awards_stand(),
        "doubt": lambda comparison, person: comparison.may_lapse(),
        "lapse": lambda comparison, person: comparison.may_lapse(),
        "reopen_list": lambda comparison, person: comparison.lot.objections.upheld(Matter.LIST).exists(),
        "track": lambda comparison, person: stands_as(comparison, "confirmed"),
    },
    filters=("lot__code", "state", "legal_basis"),
    related=("lot__project__owner", "draw", "lot__registration_window", "lot__candidate_list"),
    listed_as=("lot", "fixed_price", "draw_at"),
)
REGISTRATIONS = Door(
    model=Registration,
    path="registrations",
    singular=_("Registration"),
    plural=_("Registrations"),
    reads=s.RegistrationRecord,
    rows=lambda person: Registration.objects.visible_to(person).prefetch_related("documents"),
    creates=("submit", s.SubmitRegistration),
    acts={"withdraw": None},
    at_will=("withdraw",),
    filters=("lot__code", "state", "organisation"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation", "number", "verdict"),
    by_hand=False,
)
QUALIFICATIONS = Door(
    model=Qualification,
    path="qualifications",
    singular=_("Qualification"),
    plural=_("Qualifications"),
    reads=qualification_serializers.QualificationRecord,
    rows=qualifications_for,
    creates=("open", qualification_serializers.OpenQualification),
    acts={
        "find": qualification_serializers.RecordFindings,
        "settle": None,
        "reopen": qualification_serializers.ReopenQualification,
    },
    at_will=("reopen",),
    fits={"reopen": lambda qualification, person: not qualification.is_final()},
    by_hand=False,
    filters=("lot__code", "state"),
    related=("lot__project",),
    listed_as=("lot",),
)
CONTRACTS = Door(
    model=Contract,
    path="contracts",
    singular=_("Contract"),
    plural=_("Contracts"),
    reads=t.ContractRecord,
    rows=Contract.objects.visible_to,
    lists=lambda person: Contract.objects.visible_to(person).filter(lot__rehearsal=False),
    acts={"confirm": t.ConfirmContract, "dispute": t.ConfirmContract, "correct": t.CorrectContract},
    at_will=("dispute", "correct"),
    inside=("conclude", "lapse", "assign_tracker", "close"),
    filters=("lot__code", "state"),
    related=("lot__project", "registration__organisation", "tracker"),
    listed_as=("lot", "price", "signed_on"),
)
MILESTONES = Door(
    model=Milestone,
    path="milestones",
    singular=_("Milestone"),
    plural=_("Milestones"),
    reads=t.MilestoneRecord,
    rows=Milestone.objects.visible_to,
    lists=lambda person: Milestone.objects.visible_to(person).filter(contract__lot__rehearsal=False),
    creates=("plan", t.PlanMilestone),
    acts={"report": t.ReportMilestone, "verify": None, "dispute": t.DisputeMilestone},
    filters=("contract", "state", "kind"),
    related=("contract__lot__project", "contract__registration"),
    listed_as=("title", "kind", "due_on", "percent"),
)
DISCIPLINE_REPORTS = Door(
    model=DisciplineReport,
    path="discipline-reports",
    singular=_("Report to discipline inspection"),
    plural=_("Reports to discipline inspection"),
    reads=t.DisciplineReportRecord,
    rows=DisciplineReport.objects.visible_to,
    creates=("file", t.FileReport),
    acts={"receive": t.ReceiveReport, "settle": t.SettleReport},
    filters=("lot__code", "state", "trigger"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation", "trigger"),
)
NOUNS = (
    *(PARTICIPANT_NOTICES, COMPARISONS, REGISTRATIONS, QUALIFICATIONS, CONTRACTS, MILESTONES),
    DISCIPLINE_REPORTS,
)
