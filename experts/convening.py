"""The application for a committee and its approval: the first acts of a panel (domain.md 4.2).

One machine in two files: `Convening` holds the fields and these acts, `Panel` the draw and what follows it. Nobody who
takes no part learns of it before the law's moment (招标投标法 37; 87号令 69).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts import committee, wanted
from experts.wanted import BASIS, Need, Wanted
from trading import clock, unguessable
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role, anywhere, within
from trading.procedures import government_open_tender
from trading.rules.rule import Rule
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda panel: panel.lot.project.owner_id)
AGENCY = within(Role.AGENCY, lambda panel: panel.lot.project.agency_id)
CONDUCT = OWNER | AGENCY
APPROVER = anywhere(Role.SECTOR_REGULATOR, Role.SITE_SUPERVISOR)


class State(models.TextChoices):
    APPLIED = "applied", _("Applied for")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    DRAWING = "drawing", _("Draw under way")
    DRAWN = "drawn", _("Drawn")
    NOTIFIED = "notified", _("Being called")
    LOCKED = "locked", _("All seats confirmed")
    GATHERED = "gathered", _("Gathered")
    DISSOLVED = "dissolved", _("Dissolved")
    VOIDED = "voided", _("Voided")


class Convening(Machine):
    """The fields of a panel, and its acts up to the approval."""

    noun = "panel"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.OneToOneField(Lot, verbose_name=_("Lot"), on_delete=models.PROTECT, related_name="panel")
    needs = models.JSONField(_("Experts for each speciality"), default=list, editable=False)
    representatives = models.PositiveSmallIntegerField(_("Representatives of the owner"), default=0, editable=False)
    region = models.CharField(_("Region of the experts"), max_length=6, blank=True, editable=False)
    weighty = models.BooleanField(_("Complex, or of great influence on society"), default=False, editable=False)
    avoid = models.JSONField(_("To be avoided"), default=list, editable=False)
    gather_at = models.DateTimeField(_("Gathering"), editable=False)
    place = models.CharField(_("Place of the gathering"), max_length=200, editable=False)
    hours = models.PositiveSmallIntegerField(_("Duration (hours)"), editable=False)
    applied_at = models.DateTimeField(_("Applied"), editable=False)
    reason = models.CharField(_("Reason"), max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.lot.name

    @property
    def wanted(self) -> Wanted:
        """What was applied for."""
        needs = [Need(**one) for one in self.needs]
        said = {name: getattr(self, name) for name in ("gather_at", "place", "hours", "region", "avoid", "weighty")}
        return Wanted(needs, self.representatives, **said)

    def size_rule(self) -> Rule:
        """Return the rule of the least number of members (Q04; Q13 for a large or weighty procurement)."""
        procured = self.lot.kind == government_open_tender.PROCEDURE.kind
        today = clock.local_date(self.lot.now())
        return committee.size_rule(today, procured=procured, budget=self.lot.estimate, weighty=self.weighty)

    @act(
        "panel.applied",
        source=["", State.RETURNED, State.VOIDED],
        target=State.APPLIED,
        may=CONDUCT,
        label=gettext_noop("Apply for a committee"),
    )
    def apply(self, act: Act, *, wanted: Wanted) -> dict[str, Any]:
        """Apply for the draw of experts: an odd number, two thirds of them experts (招标投标法 37; 87号令 47)."""
        self._take(wanted)
        self._check()
        self.applied_at, self.reason = act.at, ""
        composed = asdict(wanted.composition)
        return {**composed, "needs": self.needs, "gather_at": clock.iso(self.gather_at), "sha256": self.digest()}

    @act(
        "panel.returned",
        source=State.APPLIED,
        target=State.RETURNED,
        may=APPROVER,
        label=gettext_noop("Return the application for a committee"),
    )
    def hand_back(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Return an application with its reason; it can be corrected (招标投标法实施条例 46)."""
        self.reason = reason
        return {"reason": reason}

    @act(
        "panel.approved",
        source=State.APPLIED,
        target=State.APPROVED,
        may=APPROVER,
        label=gettext_noop("Approve the committee"),
    )
    def approve(self, act: Act) -> dict[str, Any]:
        """Approve the application; what it asks for stands (招标投标法实施条例 46; 政府采购法实施条例 39)."""
        self._check()
        return {"sha256": self.digest()}

    @act(
        "panel.voided",
        source=[State.APPLIED, State.RETURNED, State.APPROVED],
        target=State.VOIDED,
        may=APPROVER | CONDUCT,
        label=gettext_noop("Give up the application for a committee"),
        even_suspended=True,
    )
    def void(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Give an application up before the draw; a draw is never given up for its outcome (招标投标法实施条例 46)."""
        self.reason = reason
        return {"reason": reason}

    def digest(self) -> str:
        """Return the SHA-256 of the application in canonical JSON: the rule by which the draw is made."""
        said = {**asdict(self.wanted), "gather_at": clock.iso(self.gather_at), "lot": self.lot.code}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _take(self, given: Wanted) -> None:
        self.needs = [asdict(need) for need in given.needs]
        self.avoid = sorted(set(given.avoid))
        self.representatives, self.region, self.weighty = given.representatives, given.region, given.weighty
        self.gather_at, self.place, self.hours = given.gather_at, given.place.strip(), given.hours

    def _check(self) -> None:
        now = self.lot.now()
        wanted.check(self.wanted, self.size_rule(), clock.local_date(now))
        deadline: datetime | None = getattr(self.lot.procedure, "deadline", None)
        wanted.check_gathering(self.gather_at, deadline, now)
        if not self.place:
            raise RuleError(gettext_noop("Say where the committee gathers."), code="place_missing", basis=BASIS)


def specialities_of(needs: Sequence[dict[str, Any]]) -> list[str]:
    """Return the codes of the specialities that are needed, in the order of the application."""
    return [one["code"] for one in needs]
