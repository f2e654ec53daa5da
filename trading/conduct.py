"""Rules of conduct (会议纪律, 监督须知 …): versioned texts that everybody confirms before going in."""

import hashlib
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.party import Role
from trading.room import CENTRE
from trading.transitions import Act, Machine, act

EVERYBODY = ""


class ConductQuerySet(models.QuerySet["ConductRules"]):
    def applying_to(self, role: str) -> "ConductRules":
        """Return the text that people in `role` confirm: the last version of their own, or of everybody's."""
        text = self.filter(role__in=[role, EVERYBODY], state="published").order_by("-role", "-number").first()
        if text is None:
            raise RuleError(
                gettext_noop("No rules of conduct are published; nobody can sign in."),
                code="no_conduct_rules",
                next_step=gettext_noop("The centre publishes the rules of conduct first."),
            )
        return text


class ConductRules(Machine):
    """One version of the rules of conduct for a role, or for everybody."""

    noun = "conduct"
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices, blank=True)
    number = models.PositiveIntegerField(_("Version"), default=1, editable=False)
    title = models.CharField(_("Title"), max_length=64)
    text = models.TextField(_("Text"))
    sha256 = models.CharField(max_length=64, editable=False)

    objects = ConductQuerySet.as_manager()

    class Meta:
        ordering = ("role", "-number")
        constraints = [models.UniqueConstraint(fields=["role", "number"], name="one_conduct_version")]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"

    @act("conduct.published", source="", target="published", may=CENTRE, label=gettext_noop("Publish rules of conduct"))
    def publish(self, act: Act) -> dict[str, Any]:
        """Put a text in force; the versions before it stay readable."""
        self.number = ConductRules.objects.filter(role=self.role).count() + 1
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        return {"role": self.role, "number": self.number, "sha256": self.sha256}
