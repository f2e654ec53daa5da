"""A project (项目): what the owner wants built or bought, its approval, and its registration for entry (进场登记)."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, codes
from trading.errors import InvalidInput, RuleError
from trading.party import Organisation, Role, anywhere, within
from trading.text import plain
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda project: project.owner_id)
AGENCY = within(Role.AGENCY, lambda project: project.agency_id)
CORRECTABLE = (
    *("name", "agency", "category", "region", "industry", "funding", "approval_no", "approved_estimate"),
    *("funds_in_place", "title_clear", "programme"),
)


class Category(models.TextChoices):
    WORKS = "works", _("Works")
    GOODS = "goods", _("Goods and materials")
    SERVICES = "services", _("Survey, design, supervision and other services")


class Funding(models.TextChoices):
    BUDGET = "budget", _("Budget funds")
    STATE_ENTERPRISE = "state_enterprise", _("State enterprise or institution funds")
    OTHER = "other", _("Other funds")


class LegalBasis(Machine):
    """A dated local rule, entered by the regulator, without which no enterprise may be drawn by lot.

    (domain.md, 2.3, legal gate).
    """

    noun = "legal_basis"
    document_no = models.CharField(_("Document no."), max_length=64, unique=True)
    title = models.CharField(_("Title"), max_length=200)
    issuer = models.CharField(_("Issued by"), max_length=100)
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid to"))
    amount_cap = models.DecimalField(_("Cap (yuan)"), max_digits=18, decimal_places=2)
    categories = models.JSONField(_("Categories covered"), default=list)
    region = models.CharField(_("Region code (GB/T 2260)"), max_length=6, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__gte=models.F("valid_from")), name="basis_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.title}"

    def covers(self, *, category: str, on: date, region: str) -> bool:
        """Say whether the rule allows draws of this category, on this day, in this region; its cap is the gate's."""
        in_scope = category in self.categories and region.startswith(self.region.rstrip("0"))
        return self.state == "entered" and in_scope and self.valid_from <= on <= self.valid_to

    @act(
        "legal_basis.entered",
        source="",
        target="entered",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Enter a legal basis"),
    )
    def enter(self, act: Act) -> dict[str, Any]:
        """Put a local rule on record, with its validity, cap and scope."""
        if unknown := set(self.categories) - set(Category.values):
            raise RuleError(
                gettext_noop("Unknown category: %(names)s."), code="unknown_category", names=", ".join(sorted(unknown))
            )
        return {
            "document_no": self.document_no,
            "title": self.title,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat(),
            "amount_cap": str(self.amount_cap),
            "categories": sorted(self.categories),
        }

    @act(
        "legal_basis.repealed",
        source="entered",
        target="repealed",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Repeal a legal basis"),
    )
    def repeal(self, act: Act) -> dict[str, Any]:
        """Allow no further draw under this rule."""
        return {"document_no": self.document_no}


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, person: Any) -> "ProjectQuerySet":
        """Return the accepted projects for everybody, and their own for owners and agencies; officials see all."""
        if person.is_authenticated and person.roles() & {
            Role.CENTRE_STAFF,
            Role.AUDITOR,
            Role.SECTOR_REGULATOR,
            Role.DISCIPLINE,
            Role.SITE_SUPERVISOR,
        }:
            return self
        mine = models.Q(state="accepted", rehearsal=False)
        if person.is_authenticated:
            organisations = [m.organisation_id for m in person.active_memberships()]
            mine |= models.Q(owner_id__in=organisations) | models.Q(agency_id__in=organisations)
        return self.filter(mine)


class Project(Machine):
    """A project and its entry registration: submitted by its owner, checked for form by the centre."""

    noun = "project"
    code = models.CharField(_("Project code"), max_length=17, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=200)
    owner = models.ForeignKey(
        Organisation, verbose_name=_("Owner"), on_delete=models.PROTECT, related_name="owned_projects"
    )
    agency = models.ForeignKey(
        Organisation,
        verbose_name=_("Agency"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agency_projects",
    )
    category = models.CharField(_("Category"), max_length=16, choices=Category.choices)
    industry = models.CharField(_("Industry letter (GB/T 4754)"), max_length=1, default="E")
    region = models.CharField(_("Region code (GB/T 2260)"), max_length=6)
    funding = models.CharField(_("Funding"), max_length=16, choices=Funding.choices)
    approval_no = models.CharField(_("Approval document no."), max_length=64)
    approved_estimate = models.DecimalField(_("Approved estimate (yuan)"), max_digits=18, decimal_places=2)
    funds_in_place = models.BooleanField(_("Funds are in place"), default=False)
    title_clear = models.BooleanField(_("Title is clear and undisputed"), default=True)
    programme = models.CharField(
        _("Programme"),
        max_length=64,
        blank=True,
        help_text=_("Purchases of one programme count together against the thresholds."),
    )
    rehearsal = models.BooleanField(_("Rehearsal"), default=False)
    return_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name

    def ledger_id(self) -> str:
        return self.code

    def is_part_with(self, other: "Project") -> bool:
        """Say whether another project of the owner names the same programme, or the same approval document."""
        named = ((plain(one.programme), plain(one.approval_no)) for one in (self, other))
        return any(mine and mine == theirs for mine, theirs in zip(*named, strict=True))

    @property
    def is_accepted(self) -> bool:
        return bool(self.state == "accepted")

    def tender_code(self) -> str:
        """Return the tender project's code; a project has one (domain.md, 9.3)."""
        return codes.tender_project_code(self.code, 1)

    @act(
        "project.submitted",
        source=["", "returned"],
        target="submitted",
        may=OWNER | AGENCY,
        label=gettext_noop("Submit the entry registration"),
    )
    def submit(self, act: Act) -> dict[str, Any]:
        """Ask for entry; refused where the law forbids it (濮阳市公共资源交易管理条例 13)."""
        if not plain(self.approval_no):
            raise RuleError(
                gettext_noop("The approval document number is missing."),
                code="approval_missing",
                basis="招标投标法实施条例 7; 濮阳市公共资源交易管理条例 13",
            )
        if not self.title_clear:
            raise RuleError(
                gettext_noop("The title is disputed or unclear."),
                code="title_unclear",
                basis="濮阳市公共资源交易管理条例 13",
            )
        if not self.funds_in_place:
            raise RuleError(gettext_noop("The funds are not in place."), code="funds_missing", basis="招标投标法 9")
        if not self.code:
            today = clock.local_date(act.at)
            number = Project.objects.filter(code__contains=today.strftime("%y%m%d")).count() + 1
            self.code = codes.project_code(self.industry, self.region, today, number)
        return {"code": self.code, "name": self.name, "owner": self.owner.uscc, "estimate": str(self.approved_estimate)}

    @act(
        "project.corrected",
        source="returned",
        target="returned",
        may=OWNER | AGENCY,
        label=gettext_noop("Correct the entry registration"),
    )
    def correct(self, act: Act, **facts: Any) -> dict[str, Any]:
        """Correct what the centre returned (濮阳市公共资源交易管理条例 13); the ledger names each change.

        Owner and code stay: the ledger knows the project by its code.
        """
        if unknown := sorted(set(facts) - set(CORRECTABLE)):
            raise InvalidInput(gettext_noop("This cannot be corrected: %(names)s."), names=", ".join(unknown))
        changed = {
            name: getattr(self, name) for name in CORRECTABLE if name in facts and facts[name] != getattr(self, name)
        }
        if not changed:
            raise RuleError(
                gettext_noop("Nothing is different from what was registered."),
                code="nothing_corrected",
                next_step=gettext_noop("Correct what the centre names, or submit the registration again as it is."),
            )
        for name in changed:
            setattr(self, name, facts[name])
        self.clean_fields(exclude=[field.name for field in self._meta.fields if field.name not in changed])
        return {"changed": {name: {"was": _said(was), "now": _said(facts[name])} for name, was in changed.items()}}

    @act(
        "project.accepted",
        source="submitted",
        target="accepted",
        may=anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Accept for entry"),
    )
    def accept(self, act: Act) -> dict[str, Any]:
        """Accept after a check of form only; the centre approves nothing (宁波市公共资源交易管理条例 10)."""
        return {}

    @act(
        "project.returned",
        source="submitted",
        target="returned",
        may=anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Return for correction"),
    )
    def give_back(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Return the registration with the reason."""
        self.return_reason = reason
        return {"reason": reason}


def _said(value: Any) -> Any:
    """Return a fact as the ledger writes it."""
    if isinstance(value, Organisation):
        return value.uscc
    return value if value is None or isinstance(value, bool) else str(value)
