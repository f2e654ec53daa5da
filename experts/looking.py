"""A look at an expert's personal data (查看明文): for a stated reason, by who is entitled, for ten minutes, on record.

The ledger has the look with its reason and a salted hash of whose data it was: who is looked at before an evaluation
tells who was drawn (招标投标法 37). Nothing that was seen is in the entry.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts.expert import Expert
from trading import clock, unguessable
from trading.errors import RuleError
from trading.party import Role, User, anywhere
from trading.transitions import Act, Machine, Power, act

READABLE = timedelta(minutes=10)
BASIS = "GB/T 35273-2020 7.1, 7.2; 个人信息保护法 6, 51"
OFFICIALS = frozenset({Role.SECTOR_REGULATOR, Role.DISCIPLINE})
OWN = Power(
    Role.EXPERT, lambda look, person: person is not None and person.pk is not None and look.expert.user_id == person.pk
)


class Purpose(models.TextChoices):
    ADMISSION = "admission", _("To examine an application")
    CONTACT = "contact", _("To reach the expert")
    FEE = "fee", _("To pay the expert")
    INQUIRY = "inquiry", _("To investigate a complaint or a case")
    OWN = "own", _("To check my own data")


def fresh_salt() -> str:
    return secrets.token_hex(16)


class LookQuerySet(models.QuerySet["Look"]):
    def visible_to(self, person: Any) -> "LookQuerySet":
        """Return one's own looks, those at one's own data, and all for discipline and auditors."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & {Role.DISCIPLINE, Role.AUDITOR}:
            return self.all()
        return self.filter(models.Q(by=person) | models.Q(expert__user=person))


class Look(Machine):
    """One look at the data of one expert in clear."""

    noun = "personal_look"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    expert = models.ForeignKey(Expert, verbose_name=_("Expert"), on_delete=models.PROTECT, related_name="looks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    purpose = models.CharField(_("Purpose"), max_length=16, choices=Purpose.choices)
    reason = models.CharField(_("Reason"), max_length=200)
    salt = models.CharField(max_length=32, default=fresh_salt, editable=False)
    until = models.DateTimeField(_("Readable until"), null=True, editable=False)
    readings = models.PositiveSmallIntegerField(_("Times read"), default=0, editable=False)

    objects = LookQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.expert} · {self.get_purpose_display()}"

    @act(
        "personal_look.granted",
        source="",
        target="granted",
        may=anywhere(*sorted(OFFICIALS)) | OWN,
        label=gettext_noop("See personal data in full"),
    )
    def look(self, act: Act) -> dict[str, Any]:
        """Open an expert's data to oneself for ten minutes, with a reason (GB/T 35273-2020 7.2)."""
        if len(self.reason.strip()) < 4:
            raise RuleError(
                gettext_noop("Say for what you need the data."),
                code="reason_missing",
                basis=BASIS,
                next_step=gettext_noop("Name the application, the evaluation or the case."),
            )
        self.by, self.until = act.by, act.at + READABLE
        whose = hashlib.sha256(bytes.fromhex(self.salt) + self.expert.number.encode()).hexdigest()
        return {"expert": f"h1:{whose}", "purpose": self.purpose, "until": clock.iso(self.until)}

    def read(self, person: Any) -> dict[str, str]:
        """Return the data in clear and count the reading. Raises RuleError: another person, or too late."""
        if person != self.by or self.until is None or clock.now() >= self.until:
            raise RuleError(
                gettext_noop("This look is over, or it is not yours."),
                code="look_over",
                basis=BASIS,
                next_step=gettext_noop("Ask again, with the reason."),
            )
        Look.objects.filter(pk=self.pk).update(readings=models.F("readings") + 1)
        return vars(self.expert.personal).copy()
