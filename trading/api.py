"""The floor's doors: organisations, people's roles, legal bases, projects, lots, notices, documents and objections."""

from typing import Any

import django_filters
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from trading import objection_serializers as o
from trading import party_serializers as p
from trading import serializers as s
from trading.document import Document
from trading.doors.door import Door
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.notice_content import BY_HAND
from trading.objection import Objection
from trading.party import Membership, Organisation, Role, UsccException
from trading.project import LegalBasis, Project
from trading.sanction import Sanction

SEE_ALL_ROLES = {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.AUDITOR}


def organisations_of(person: Any) -> list[int]:
    """Return the organisations that the person acts for; their rehearsals are in their own lists."""
    return [m.organisation_id for m in person.active_memberships()] if person.is_authenticated else []


def memberships_for(person: Any) -> models.QuerySet[Membership]:
    """Return one's own roles and one's colleagues'; administrators of security and auditors see all."""
    if not person.is_authenticated:
        return Membership.objects.none()
    if person.roles() & SEE_ALL_ROLES:
        return Membership.objects.all()
    return Membership.objects.filter(organisation_id__in=organisations_of(person))


def lots_for(person: Any) -> models.QuerySet[Lot]:
    """Return the lots of projects that the person may see; a rehearsal's by address, for those who take part."""
    rows = Lot.objects.exclude(state="")
    return rows.filter(models.Q(project__in=Project.objects.visible_to(person)) | models.Q(project__state="accepted"))


DAY = forms.DateInput(attrs={"type": "date"})


class NoticeFilter(django_filters.FilterSet):
    """Search and filters of the notices, the same on the page and in the API."""

    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", label=_("Words in the title"), max_length=100
    )
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("All"))
    category = django_filters.CharFilter(label=_("Business line"), max_length=32)
    region = django_filters.CharFilter(label=_("Region"), max_length=64)
    lot = django_filters.CharFilter(field_name="lot__code", label=_("Lot"), max_length=23)
    published_from = django_filters.DateFilter(
        field_name="published_at", lookup_expr="date__gte", widget=DAY, label=_("Published from")
    )
    published_to = django_filters.DateFilter(
        field_name="published_at", lookup_expr="date__lte", widget=DAY, label=_("Published to")
    )

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()


ORGANISATIONS = Door(
    model=Organisation,
    path="organisations",
    singular=_("Organisation"),
    plural=_("Organisations"),
    reads=p.OrganisationRecord,
    rows=lambda person: Organisation.objects.all(),
    lists=lambda person: Organisation.objects.filter(rehearsal=False),
    creates=("register", p.RegisterOrganisation),
    acts={"enter_controller": p.EnterController},
    at_will=("enter_controller",),
    filters=("uscc", "region"),
    listed_as=("name", "uscc", "region"),
)
MEMBERSHIPS = Door(
    model=Membership,
    path="memberships",
    singular=_("Role of a person"),
    plural=_("Roles of people"),
    reads=p.MembershipRecord,
    rows=memberships_for,
    creates=("grant", p.GrantMembership),
    acts={"end": None},
    at_will=("end",),
    filters=("organisation", "role", "state"),
    related=("user", "organisation"),
    listed_as=("user", "organisation", "role"),
    states={"live": (_("Valid"), "success")},
)
SANCTIONS = Door(
    model=Sanction,
    path="sanctions",
    singular=_("Ban"),
    plural=_("Bans"),
    reads=p.SanctionRecord,
    rows=lambda person: Sanction.objects.all(),
    creates=("impose", p.ImposeSanction),
    filters=("organisation",),
    related=("organisation",),
    listed_as=("organisation", "starts_on", "ends_on", "decision_no"),
)
USCC_EXCEPTIONS = Door(
    model=UsccException,
    path="uscc-exceptions",
    singular=_("Accepted code"),
    plural=_("Accepted codes"),
    reads=p.UsccExceptionRecord,
    rows=lambda person: UsccException.objects.all(),
    creates=("enter", p.EnterUsccException),
    filters=("code",),
    listed_as=("code", "reason"),
)
LEGAL_BASES = Door(
    model=LegalBasis,
    path="legal-bases",
    singular=_("Legal basis"),
    plural=_("Legal bases"),
    reads=s.LegalBasisRecord,
    rows=lambda person: LegalBasis.objects.all(),
    creates=("enter", s.EnterLegalBasis),
    acts={"repeal": None},
    at_will=("repeal",),
    filters=("region", "state"),
    listed_as=("document_no", "title", "valid_from", "valid_to"),
)
PROJECTS = Door(
    model=Project,
    path="projects",
    singular=_("Project"),
    plural=_("Projects"),
    reads=s.ProjectRecord,
    rows=Project.objects.visible_to,
    lists=lambda person: Project.objects.visible_to(person).filter(
        models.Q(rehearsal=False) | models.Q(owner__in=organisations_of(person))
    ),
    by="code",
    creates=("submit", s.SubmitProject),
    acts={"correct": s.CorrectProject, "submit": None, "accept": None, "give_back": s.GiveReason},
    filters=("category", "region", "state", "owner"),
    related=("owner", "agency"),
    listed_as=("code", "name", "owner", "category"),
)
LOTS = Door(
    model=Lot,
    path="lots",
    singular=_("Lot"),
    plural=_("Lots"),
    reads=s.LotRecord,
    rows=lots_for,
    lists=lambda person: lots_for(person).filter(
        models.Q(rehearsal=False) | models.Q(project__owner__in=organisations_of(person))
    ),
    by="code",
    creates=("register", s.RegisterLot),
    acts={
        "suspend": s.SuspendLot,
        "resume": None,
        "urge": None,
        "terminate": s.TerminateLot,
        "move_clock": s.MoveClock,
    },
    at_will=("suspend", "urge", "terminate", "move_clock"),
    fits={
        "suspend": lambda lot, person: not lot.is_past_cut_off() or Role.SECTOR_REGULATOR in person.roles(),
        "terminate": lambda lot, person: not lot.is_drawn() or Role.SECTOR_REGULATOR in person.roles(),
    },
    filters=("kind", "state", "project__code"),
    related=("project__owner",),
    listed_as=("code", "name", "kind", "estimate"),
    states={"live": (_("Under way"), "info")},
)
NOTICES = Door(
    model=Notice,
    path="notices",
    singular=_("Notice"),
    plural=_("Notices"),
    reads=s.NoticeRecord,
    details=s.NoticeDetail,
    rows=Notice.objects.visible_to,
    lists=lambda person: Notice.objects.public(),
    creates=("post", s.PostNotice),
    also_creates={"take_over": s.TakeOverNotice},
    acts={"edit": s.EditNotice, "retract": s.RetractNotice},
    at_will=("edit", "retract"),
    fits={"retract": lambda notice, person: notice.kind in BY_HAND},
    inside=("publish", "correct", "withdraw"),
    filters=NoticeFilter,
    order=("-published_at", "-id"),
    related=("lot__project",),
    listed_as=("title", "kind", "region", "published_at"),
)
DOCUMENTS = Door(
    model=Document,
    path="documents",
    singular=_("Document"),
    plural=_("Documents"),
    reads=s.DocumentRecord,
    rows=Document.objects.visible_to,
    creates=("store", s.StoreDocument),
    filters=("lot__code", "organisation", "sha256"),
    related=("lot__project", "organisation"),
    listed_as=("title", "media_type", "size"),
)
OBJECTIONS = Door(
    model=Objection,
    path="objections",
    singular=_("Objection"),
    plural=_("Objections"),
    reads=o.ObjectionRecord,
    rows=Objection.objects.visible_to,
    creates=("raise_", o.RaiseObjection),
    acts={"answer": o.AnswerObjection, "withdraw": None},
    inside=("carry_out",),
    at_will=("withdraw",),
    filters=("lot__code", "state", "matter"),
    related=("lot__project", "organisation"),
    listed_as=("lot", "organisation", "matter"),
    order=("-created_at", "-pk"),
)
NOUNS = (
    *(ORGANISATIONS, MEMBERSHIPS, SANCTIONS, USCC_EXCEPTIONS, LEGAL_BASES),
    *(PROJECTS, LOTS, NOTICES, DOCUMENTS, OBJECTIONS),
)
