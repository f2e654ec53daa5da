"""The doors of qualification: requirements, reviews, applications and examinations."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bids import review_serializers as s
from bids.application import Application
from bids.examination import Examination
from bids.requirements import Requirements, is_fixed
from bids.review import Review
from trading.doors.door import Door


def requirements_for(person: Any) -> models.QuerySet[Requirements]:
    """Return those that a notice has stated, and everything of one's own projects."""
    stated = ~models.Q(lot__tender__state__in=["", "registered"]) & models.Q(lot__tender__isnull=False)
    seen = stated | models.Q(pk__in=Requirements.objects.filter(lot__reviews__isnull=False).values("pk"))
    if person.is_authenticated:
        ours = [m.organisation_id for m in person.active_memberships()]
        seen |= models.Q(lot__project__owner_id__in=ours) | models.Q(lot__project__agency_id__in=ours)
    return Requirements.objects.filter(seen)


def takes_applications(review: Review, person: Any) -> bool:
    """Say whether applications are still taken."""
    return review.applications_until is not None and review.lot.now() < review.applications_until


REQUIREMENTS = Door(
    model=Requirements,
    path="requirements",
    singular=_("Requirements of qualification"),
    plural=_("Requirements of qualification"),
    reads=s.RequirementsRecord,
    details=s.RequirementsDetail,
    rows=requirements_for,
    creates=("lay_down", s.StateRequirements),
    acts={"lay_down": s.RestateRequirements},
    at_will=("lay_down",),
    fits={"lay_down": lambda found, person: not is_fixed(found.lot)},
    filters=("lot__code",),
    related=("lot__project",),
    listed_as=("lot",),
)
REVIEWS = Door(
    model=Review,
    path="reviews",
    singular=_("Review of qualification"),
    plural=_("Reviews of qualification"),
    reads=s.ReviewRecord,
    rows=lambda person: Review.objects.exclude(state=""),
    lists=lambda person: Review.objects.exclude(state="").filter(lot__rehearsal=False),
    creates=("announce", s.AnnouncePrequalification),
    also_creates={"begin": s.BeginReview},
    acts={"amend": s.AmendPrequalification, "open_applications": None, "settle": None},
    at_will=("amend",),
    inside=("make_up", "fail"),
    fits={
        "amend": takes_applications,
        "open_applications": lambda review, person: not takes_applications(review, person),
    },
    filters=("lot__code", "stage", "state"),
    related=("lot__project", "notice"),
    listed_as=("lot", "stage", "applications_until"),
)
APPLICATIONS = Door(
    model=Application,
    path="applications",
    singular=_("Application for prequalification"),
    plural=_("Applications for prequalification"),
    reads=s.ApplicationRecord,
    rows=lambda person: Application.objects.visible_to(person).prefetch_related("documents"),
    creates=("submit", s.SubmitApplication),
    acts={"replace": s.ReplaceApplication, "withdraw": None},
    at_will=("replace", "withdraw"),
    filters=("lot__code", "state", "organisation"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation"),
    by_hand=False,
)
EXAMINATIONS = Door(
    model=Examination,
    path="examinations",
    singular=_("Examination of an enterprise"),
    plural=_("Examinations of enterprises"),
    reads=s.ExaminationRecord,
    details=s.ExaminationDetail,
    rows=Examination.objects.visible_to,
    acts={"find": s.RecordItemFindings},
    fits={"find": lambda examination, person: examination.review.state == "open"},
    filters=("lot__code", "review", "stage", "state", "verdict"),
    related=("lot__project", "review", "organisation"),
    listed_as=("lot", "organisation", "verdict"),
)
NOUNS = (REQUIREMENTS, REVIEWS, APPLICATIONS, EXAMINATIONS)
