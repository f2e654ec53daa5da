"""Contract (合同): signed within the limit, at the fixed price and on no other terms (招标投标法 46).

What the owner enters and the enterprise does not confirm within the limit lapses.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.registration import Registration
from trading import clock, holiday_notice, limits
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role, User, anywhere, within
from trading.session import SUPERVISION
from trading.transitions import THE_CLOCK, Act, Machine, act

OWNER = within(Role.OWNER, lambda contract: contract.lot.project.owner_id)
WINNER = within(Role.BIDDER, lambda contract: contract.registration.organisation_id)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)
WAITING = ("concluded", "disputed")  # entered by the owner, not confirmed by the enterprise


class ContractQuerySet(models.QuerySet["Contract"]):
    def standing(self) -> "ContractQuerySet":
        """Return the contracts that have not lapsed; a lot has one at most."""
        return self.exclude(state__in=["", "lapsed"])

    def visible_to(self, person: Any) -> "ContractQuerySet":
        """Return every contract: signing and performance are published (宁波市公共资源交易管理条例 23)."""
        return self


class Contract(Machine):
    """The contract of a lot: signed by both sides, performed under an assigned tracker, closed with its final price."""

    noun = "contract"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="contracts")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="contracts")
    price = models.DecimalField(_("Contract price (yuan)"), max_digits=18, decimal_places=2)
    signed_on = models.DateField(_("Signed on"))
    sha256 = models.CharField(_("SHA-256 of the signed contract"), max_length=64)
    confirm_by = models.DateField(_("To be confirmed by"), null=True, editable=False)
    tracker = models.ForeignKey(
        User, verbose_name=_("Tracker"), on_delete=models.PROTECT, null=True, editable=False, related_name="tracked"
    )
    final_price = models.DecimalField(
        _("Final price (yuan)"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    assessment = models.CharField(_("Assessment of the enterprise"), max_length=300, blank=True, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="contract_price_is_positive"),
            models.UniqueConstraint(
                fields=["lot"], condition=~models.Q(state__in=["", "lapsed"]), name="one_standing_contract_a_lot"
            ),
        ]

    def __str__(self) -> str:
        return self.lot.name

    @act(
        "contract.concluded", source="", target="concluded", may=OWNER, label=gettext_noop("Enter the signed contract")
    )
    def conclude(self, act: Act, *, fixed_price: Decimal, noticed_on: date, sign_by: date) -> dict[str, Any]:
        """Enter the contract that the owner signed; any other price or a date outside the limit is refused."""
        if self.price != fixed_price:
            raise RuleError(
                gettext_noop("The contract says %(price)s yuan; the fixed price is %(fixed)s."),
                code="contract_deviates",
                basis="招标投标法 46; 招标投标法实施条例 57",
                next_step=gettext_noop("Sign the contract at the fixed price."),
                price=self.price,
                fixed=fixed_price,
            )
        if not noticed_on <= self.signed_on <= min(sign_by, clock.local_date(self.lot.now())):
            raise RuleError(
                gettext_noop(
                    "The contract is dated %(signed)s; it must be signed from %(first)s to %(last)s, not in the future."
                ),
                code="contract_date_outside_limit",
                basis="招标投标法 46",
                signed=self.signed_on.isoformat(),
                first=noticed_on.isoformat(),
                last=sign_by.isoformat(),
            )
        self.confirm_by = max(sign_by, self._time_to_confirm())
        facts = {"price": str(self.price), "signed_on": self.signed_on.isoformat(), "sha256": self.sha256}
        return {**facts, "confirm_by": self.confirm_by.isoformat()}

    @act(
        "contract.confirmed",
        source="concluded",
        target="confirmed",
        may=WINNER,
        label=gettext_noop("Confirm the signed contract"),
    )
    def confirm(self, act: Act, *, sha256: str) -> dict[str, Any]:
        """Confirm, as the enterprise and in time (F04, F16), that this is the contract it signed (招标投标法 46)."""
        self._check_in_time(self.lot.at(act.arrived))
        if sha256 != self.sha256:
            raise RuleError(
                gettext_noop("This is not the contract that the owner entered."),
                code="contract_differs",
                next_step=gettext_noop("Compare the two files with the owner; enter the right one."),
            )
        return {"sha256": sha256}

    @act(
        "contract.disputed",
        source="concluded",
        target="disputed",
        may=WINNER,
        label=gettext_noop("Dispute the entered contract"),
    )
    def dispute(self, act: Act, *, sha256: str) -> dict[str, Any]:
        """Say, as the enterprise and in time, that it signed another file; the delay is then the owner's."""
        self._check_in_time(self.lot.at(act.arrived))
        if sha256 == self.sha256:
            raise RuleError(
                gettext_noop("This is the contract that the owner entered."),
                code="contract_agrees",
                basis="招标投标法 46",
                next_step=gettext_noop("Confirm it."),
            )
        return {"entered": self.sha256, "sha256": sha256}

    @act(
        "contract.corrected",
        source=WAITING,
        target="concluded",
        may=OWNER,
        label=gettext_noop("Correct the signed contract's hash"),
    )
    def correct(self, act: Act, *, sha256: str) -> dict[str, Any]:
        """Name the right file while the enterprise has not confirmed; it has its whole time again."""
        wrong, self.sha256 = self.sha256, sha256
        self.confirm_by = max(self.confirm_by or date.min, self._time_to_confirm())
        return {"was": wrong, "sha256": sha256, "confirm_by": self.confirm_by.isoformat()}

    @act(
        "contract.lapsed",
        source=WAITING,
        target="lapsed",
        may=THE_CLOCK | WINNER | SUPERVISION,
        label=gettext_noop("Let the unconfirmed contract lapse"),
    )
    def lapse(self, act: Act, *, reason: str) -> dict[str, Any]:
        """End a contract that the enterprise did not confirm; the next alternate follows (招标投标法实施条例 55)."""
        return {"reason": reason, "enterprise": self.registration.organisation.uscc}

    @act(
        "contract.tracker_assigned",
        source="confirmed",
        target="performing",
        may=REGULATOR,
        label=gettext_noop("Assign a tracker"),
    )
    def assign_tracker(self, act: Act, *, tracker: User) -> dict[str, Any]:
        """Name the person who follows this contract to its end (专人跟踪)."""
        if Role.SITE_SUPERVISOR not in tracker.roles():
            raise RuleError(
                gettext_noop("The tracker must be a supervisor."),
                code="tracker_not_supervisor",
                basis="固定价比选 操作规程: 专人跟踪",
            )
        self.tracker = tracker
        return {"tracker": f"u:{tracker.pk}"}

    @act("contract.closed", source="performing", target="closed", may=OWNER, label=gettext_noop("Close the contract"))
    def close(self, act: Act, *, final_price: Decimal, assessment: str) -> dict[str, Any]:
        """Close after acceptance, once every milestone has been verified."""
        if not self.milestones.filter(state="verified", kind="completion").exists():
            raise RuleError(
                gettext_noop("No completion has been verified."),
                code="completion_not_verified",
                next_step=gettext_noop("The tracker plans the completion and verifies it first."),
            )
        if open_ones := self.milestones.exclude(state="verified").count():
            raise RuleError(
                gettext_noop("%(count)s milestones are not verified yet."),
                code="milestones_open",
                next_step=gettext_noop("The tracker verifies the milestones first."),
                count=open_ones,
            )
        self.final_price, self.assessment = final_price, assessment
        return {"final_price": str(final_price), "assessment": assessment}

    def is_late(self, moment: datetime) -> bool:
        """Say whether the enterprise has let its time to confirm pass, at a moment of the lot's clock."""
        return self.confirm_by is not None and clock.local_date(moment) > self.confirm_by

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    def _time_to_confirm(self) -> date:
        """Return the last day of F16: a contract that is entered late leaves the enterprise its time all the same."""
        return limits.due("F16", clock.local_date(self.lot.now()), calendar=holiday_notice.calendar()).day

    def _check_in_time(self, arrived: datetime) -> None:
        if self.is_late(arrived):
            raise RuleError(
                gettext_noop("The contract had to be confirmed by the end of %(last)s."),
                code="confirmed_too_late",
                basis="招标投标法 46; 招标投标法实施条例 55",
                next_step=gettext_noop("The lot passes to the next alternate; follow its notices."),
                last=str(self.confirm_by),
            )
