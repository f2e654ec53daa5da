"""Parties: organisations, the people who act for them, and the powers their roles give (domain.md, 1)."""

from collections.abc import Callable
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, uscc
from trading.errors import RuleError
from trading.transitions import Act, Machine, Power, act


class Role(models.TextChoices):
    OWNER = "owner", _("Project owner")
    AGENCY = "agency", _("Procurement agency")
    BIDDER = "bidder", _("Enterprise")
    EXPERT = "expert", _("Evaluation expert")
    SITE_SUPERVISOR = "site_supervisor", _("On-site supervisor")
    CENTRE_STAFF = "centre_staff", _("Centre staff")
    SECTOR_REGULATOR = "sector_regulator", _("Sector regulator")
    DISCIPLINE = "discipline", _("Discipline inspection")
    AUDITOR = "auditor", _("Auditor")
    NOTARY = "notary", _("Notary")
    SYS_ADMIN = "sys_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")


SUPERVISING = frozenset({Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE})
TRADING = frozenset({Role.OWNER, Role.AGENCY, Role.BIDDER})
ADMINISTERING = frozenset({Role.SYS_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def conflict(held: set[str], wanted: str) -> str:
    """Return the role in `held` that one person may not hold beside `wanted`, or an empty string.

    Centre staff hold no power of approval, supervision or trade (管办分离); who supervises or audits does not trade; the three administrators are
    three people. Source: 宁波市公共资源交易管理条例 10, 招标投标法实施条例 5 and 13, GB/T 22239.
    """
    camps = [frozenset({Role.CENTRE_STAFF}), SUPERVISING, TRADING, frozenset({Role.AUDITOR}), frozenset({Role.EXPERT})]
    camps += [frozenset({role}) for role in ADMINISTERING]
    own = next((camp for camp in camps if wanted in camp), frozenset({wanted}))
    if wanted in {Role.AGENCY, Role.BIDDER, Role.OWNER}:
        own = frozenset({wanted})
    return next((role for role in sorted(held) if role not in own and not (role == Role.NOTARY or wanted == Role.NOTARY)), "")


class User(AbstractUser):
    """A person with an account; every power comes from a membership."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("Name"), max_length=64)
    must_change_password = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name or self.username

    def roles(self) -> set[str]:
        """Return the roles this person holds anywhere."""
        return {m.role for m in self.active_memberships()}

    def active_memberships(self) -> list["Membership"]:
        """Return the person's memberships, read once for each request."""
        if not hasattr(self, "_memberships"):
            self._memberships = list(self.memberships.filter(ended_at=None).select_related("organisation"))
        return self._memberships

    def acts_for(self, organisation_id: int | None, role: str) -> bool:
        """Say whether this person holds `role` in the organisation."""
        return any(m.organisation_id == organisation_id and m.role == role for m in self.active_memberships())


class UsccException(Machine):
    """A code that fails GB 32100 and is accepted all the same, entered by a regulator with a reason."""

    noun = "uscc_exception"
    code = models.CharField(_("Unified social credit code"), max_length=18, unique=True)
    reason = models.CharField(_("Reason"), max_length=200)

    @act("uscc_exception.entered", source="", target="entered", may=Power(Role.SECTOR_REGULATOR, lambda record, person: regulates(person)),
         label=gettext_noop("Enter a code that fails the check"))
    def enter(self, act: Act) -> dict[str, Any]:
        """Accept one printed code although its check character is wrong."""
        self.code = uscc.normalise(self.code)
        return {"code": self.code, "reason": self.reason}


def regulates(person: Any) -> bool:
    return person is not None and person.is_authenticated and Role.SECTOR_REGULATOR in person.roles()
