"""Bans (限制投标): a regulator's decision keeps an enterprise out of new registrations while it runs."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.party import Organisation, Role, anywhere
from trading.transitions import Act, Machine, act


class Sanction(Machine):
    """A ban on an organisation, from a decision of its regulator (domain.md, T19)."""

    noun = "sanction"
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sanctions")
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"))
    decision_no = models.CharField(_("Decision no."), max_length=64)
    reason = models.CharField(_("Reason"), max_length=200)
    basis = models.CharField(_("Article"), max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="sanction_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_no} {self.organisation}"

    @act(
        "sanction.imposed",
        source="",
        target="imposed",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Bar an organisation"),
    )
    def impose(self, act: Act) -> dict[str, Any]:
        """Keep the organisation out of new registrations while the ban runs."""
        return {
            "organisation": self.organisation.uscc,
            "from": self.starts_on.isoformat(),
            "until": self.ends_on.isoformat(),
            "decision_no": self.decision_no,
            "basis": self.basis,
        }
