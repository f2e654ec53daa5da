"""Parties: organisations, the people who act for them, and the powers their roles give (domain.md, 1)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import uscc
from trading.errors import RuleError
from trading.transitions import Act, Machine, Power, act, lock_lot


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
INSTALLATION = 0  # no lot has this number: whoever sets the platform up waits here
TRADING = frozenset({Role.OWNER, Role.AGENCY, Role.BIDDER})


def conflict(held: set[str], wanted: str) -> str:
    """Return the role in `held` that one person may not hold beside `wanted`, or an empty string.

    Centre staff hold no power of approval, supervision or trade (管办分离); who supervises or audits does not trade;
    owner, agency and bidder are different people, and so are the three administrators.
    Source: 宁波市公共资源交易管理条例 10, 招标投标法实施条例 5 and 13, GB/T 22239.
    """
    if wanted == Role.NOTARY:
        return ""
    compatible = SUPERVISING if wanted in SUPERVISING else {wanted}
    return min(held - compatible - {Role.NOTARY}, default="")


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


def anywhere(*roles: str) -> Power:
    """The power of whoever holds one of `roles`, in any organisation."""
    first, *others = [_of(role) for role in roles]
    return Power(first.role, first.holds, tuple(others))


def _of(role: str) -> Power:
    return Power(role, lambda record, person: _signed_in(person) and role in person.roles())


def within(role: str, organisation_id: Callable[[Any], int | None]) -> Power:
    """The power of whoever holds `role` in the organisation that the record names."""
    return Power(role, lambda record, person: _signed_in(person) and person.acts_for(organisation_id(record), role))


def _signed_in(person: Any) -> bool:
    return person is not None and person.is_authenticated and person.is_active


VISITOR = Power("visitor", lambda record, person: person is not None)


class UsccException(Machine):
    """A code that fails GB 32100 and is accepted all the same, entered by a regulator with a reason."""

    noun = "uscc_exception"
    code = models.CharField(_("Unified social credit code"), max_length=18, unique=True)
    reason = models.CharField(_("Reason"), max_length=200)

    def __str__(self) -> str:
        return self.code

    @act(
        "uscc_exception.entered",
        source="",
        target="entered",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Accept a code that fails the check"),
    )
    def enter(self, act: Act) -> dict[str, Any]:
        """Accept one printed code although its check character is wrong (domain.md, 9.4)."""
        self.code = uscc.normalise(self.code)
        return {"code": self.code, "reason": self.reason}


class Organisation(Machine):
    """A legal person by its unified social credit code; `controller` is the organisation that controls it (RC-02)."""

    noun = "organisation"
    uscc = models.CharField(_("Unified social credit code"), max_length=18)
    name = models.CharField(_("Name"), max_length=200)
    region = models.CharField(_("Region code (GB/T 2260)"), max_length=6, blank=True)
    responsible_person = models.CharField(_("Person in charge"), max_length=64, blank=True)
    controller = models.ForeignKey(
        "self",
        verbose_name=_("Controlled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="controlled",
    )
    rehearsal = models.BooleanField(
        default=False, help_text=_("Entered for a rehearsal only; never counted, never listed.")
    )

    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ("uscc",)
        constraints = [models.UniqueConstraint(fields=["uscc", "rehearsal"], name="an_organisation_once")]

    def __str__(self) -> str:
        return self.name

    def ledger_id(self) -> str:
        return self.uscc

    def group(self) -> str:
        """Return the code of the organisation at the top of the chain of control."""
        top, seen = self, {self.pk}
        while top.controller is not None and top.controller.pk not in seen:
            top = top.controller
            seen.add(top.pk)
        return top.uscc

    def barred_on(self, day: date) -> Any:
        """Return the sanction that keeps the organisation out on `day`, if there is one."""
        running = [sanction for sanction in self.sanctions.all() if sanction.starts_on <= day <= sanction.ends_on]
        return max(running, key=lambda sanction: sanction.ends_on, default=None)

    @act(
        "organisation.registered",
        source="",
        target="registered",
        may=VISITOR,
        label=gettext_noop("Register an organisation"),
    )
    def register(self, act: Act) -> dict[str, Any]:
        """Enter the register; free of charge and without approval (电子招标投标办法 20)."""
        exceptions = set(UsccException.objects.values_list("code", flat=True))
        self.uscc = uscc.check(self.uscc, exceptions=exceptions)
        if Organisation.objects.filter(uscc=self.uscc, rehearsal=self.rehearsal).exists():
            raise RuleError(
                gettext_noop("An organisation with the code %(uscc)s is registered already."),
                code="organisation_exists",
                next_step=gettext_noop("Ask a colleague who holds the account to add you as a member."),
                uscc=self.uscc,
            )
        self.entered_by = act.by if act.by.is_authenticated else None
        return {"uscc": self.uscc, "name": self.name}

    @act(
        "organisation.controller_entered",
        source="registered",
        target="registered",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Enter who controls the organisation"),
    )
    def enter_controller(self, act: Act, *, controller: "Organisation") -> dict[str, Any]:
        """Put a holding or management relation of the company register on record (RC-02)."""
        self.controller = controller
        return {"uscc": self.uscc, "controller": controller.uscc}


class Membership(Machine):
    """A person's role in an organisation."""

    noun = "membership"
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], condition=models.Q(ended_at=None), name="one_live_membership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    @act(
        "membership.granted",
        source="",
        target="live",
        may=anywhere(Role.SECURITY_ADMIN)
        | Power("founder", lambda record, person: record.is_founding(person))
        | Power("clock", lambda record, person: person is None and record.is_first_administrator()),
        label=gettext_noop("Give a person a role"),
    )
    def grant(self, act: Act) -> dict[str, Any]:
        """Give the role, unless it conflicts with one the person holds (管办分离, 三员).

        Grants to one person wait for each other, so that two at once cannot pass the check side by side.
        """
        person = User.objects.select_for_update(of=("self",)).get(pk=self.user_id)
        self._check_first(act)
        if clash := conflict(person.roles(), self.role):
            raise RuleError(
                gettext_noop("One person may not be %(wanted)s and %(held)s."),
                code="conflicting_roles",
                basis="宁波市公共资源交易管理条例 10; 招标投标法实施条例 5, 13",
                next_step=gettext_noop("Give the role to another person, or end the other role first."),
                wanted=Role(self.role).label,
                held=Role(clash).label,
            )
        return {"user": f"u:{self.user_id}", "organisation": self.organisation.uscc, "role": self.role}

    @act(
        "membership.ended",
        source="live",
        target="ended",
        may=anywhere(Role.SECURITY_ADMIN),
        label=gettext_noop("End a role"),
    )
    def end(self, act: Act) -> dict[str, Any]:
        """Take the role away from now on; what was done in it stays on record."""
        self.ended_at = act.at
        return {"user": f"u:{self.user_id}", "organisation": self.organisation.uscc, "role": self.role}

    def _check_first(self, act: Act) -> None:
        """Look again, alone, whether who enters by being the first is the first."""
        if act.by is None:
            lock_lot(INSTALLATION)
            first = self.is_first_administrator()
        else:
            Organisation.objects.select_for_update(of=("self",)).get(pk=self.organisation_id)
            first = act.role != "founder" or self.is_founding(act.by)
        if not first:
            raise RuleError(
                gettext_noop("Somebody was first; from now on the security administrator gives the roles."),
                code="not_the_first",
                basis="宁波市公共资源交易管理条例 10; GB/T 22239",
                next_step=gettext_noop("Ask the security administrator for the role."),
            )

    def is_first_administrator(self) -> bool:
        """Say whether this is the first security administrator, given at installation; people give every other role."""
        return self.role == Role.SECURITY_ADMIN and not Membership.objects.filter(role=Role.SECURITY_ADMIN).exists()

    def is_founding(self, person: Any) -> bool:
        """Say whether this is an enterprise's first member, entering through its own registration."""
        own = person == self.user and person.pk == self.organisation.entered_by_id
        return bool(self.role == Role.BIDDER and own and not self.organisation.memberships.exists())
