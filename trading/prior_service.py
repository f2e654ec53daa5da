"""Services that a project took before it is tendered: who gave them stays out of its procurement (RC-03)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.party import Organisation, Role, anywhere, within
from trading.project import Project
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda service: service.project.owner_id)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)


class ServiceKind(models.TextChoices):
    DESIGN = "design", _("Overall design")
    SPECIFICATION = "specification", _("Specification")
    MANAGEMENT = "management", _("Project management")
    SUPERVISION = "supervision", _("Supervision of works")
    TESTING = "testing", _("Testing")


class PriorService(Machine):
    """One service of one organisation to one project, with its contract or another proof."""

    noun = "prior_service"
    project = models.ForeignKey(
        Project, verbose_name=_("Project"), on_delete=models.PROTECT, related_name="prior_services"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Organisation"), on_delete=models.PROTECT, related_name="prior_services"
    )
    kind = models.CharField(_("Service"), max_length=16, choices=ServiceKind.choices)
    evidence = models.CharField(_("Contract or other proof"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation", "kind"],
                condition=models.Q(state="entered"),
                name="one_prior_service_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_kind_display()}"

    @act(
        "prior_service.entered",
        source="",
        target="entered",
        may=OWNER | REGULATOR,
        label=gettext_noop("Enter an earlier service to the project"),
    )
    def enter(self, act: Act) -> dict[str, Any]:
        """Put on record who designed, specified, managed, supervised or tested (政府采购法实施条例 18)."""
        return {
            "project": self.project.code,
            "organisation": self.organisation.uscc,
            "kind": self.kind,
            "evidence": self.evidence,
        }

    @act(
        "prior_service.withdrawn",
        source="entered",
        target="withdrawn",
        may=REGULATOR,
        label=gettext_noop("Withdraw an entry of an earlier service"),
    )
    def withdraw(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Take back an entry that was wrong (政府采购法实施条例 18)."""
        if not reason.strip():
            raise RuleError(gettext_noop("Say why the entry was wrong."), code="reason_missing")
        return {"organisation": self.organisation.uscc, "kind": self.kind, "reason": reason}
