"""The fixed-price comparison (固定价比选), its end, from the award to the closed contract (domain.md 2.3, 11 to 14).

One machine in three files: `Preparation` goes up to the published list, `Drawing` to the notice of award.
"""

import functools
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import announcements, candidate_list, comparison_time, passing, suspended, tracking
from bids.award import Award, LapseReason
from bids.contract import Contract
from bids.drawing import Drawing
from bids.preparation import OWNER
from trading import clock
from trading.errors import RuleError, WrongState
from trading.notice import Kind
from trading.objection import Matter
from trading.party import Role, User, anywhere, within
from trading.procedures import fixed_price
from trading.session import SUPERVISING, SUPERVISION
from trading.transitions import THE_CLOCK, Act, act, perform

REGULATOR = anywhere(Role.SECTOR_REGULATOR)
WINNER = within(Role.BIDDER, lambda comparison: Award.objects.current(comparison.lot).registration.organisation_id)


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def visible_to(self, person: Any) -> "ComparisonQuerySet":
        """Return what has been announced, and everything of their own or under their eyes for owners and officials."""
        if person.is_authenticated and person.roles() - {Role.BIDDER, Role.OWNER, Role.AGENCY, Role.EXPERT}:
            return self
        announced = models.Q(notice__isnull=False)
        if person.is_authenticated:
            mine = [m.organisation_id for m in person.active_memberships()]
            announced |= models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(announced)


class Comparison(Drawing):
    """One lot's way through the procedure."""

    noun = "comparison"
    failure = models.CharField(_("Reason of failure"), max_length=200, blank=True, editable=False)

    objects = ComparisonQuerySet.as_manager()

    @act(
        "comparison.lapsed",
        source=["drawn", "publicising", "noticed", "contracted"],
        target="drawn",
        may=THE_CLOCK | WINNER | SUPERVISION,
        label=gettext_noop("Pass to the next alternate"),
    )
    def lapse(self, act: Act, *, reason: str, evidence: str = "") -> dict[str, Any]:
        """Pass over the drawn enterprise in award and draw at once; the next alternate follows.

        By the clock when the contract is not entered and confirmed in time, by the enterprise that refuses, by a
        supervisor on evidence. Whose delay or refusal it was is told to discipline inspection, be it the owner or the
        enterprise, and stays with them alone (domain.md, 2.3, rows 11 and 13).
        The objections to the award end with it: none of them strikes who follows.
        """
        award = Award.objects.current(self.lot)
        draw = self._finished_draw()
        passing.check(act, draw, reason, evidence)
        if reason in passing.DELAYS and reason != self.late():
            raise RuleError(gettext_noop("The contract may still be signed."), code="too_early", basis="招标投标法 46")
        if self.state == "contracted":
            perform(self.contract().lapse, by=act.by, reason=reason)
            announcements.withdraw(self.lot, Kind.CONTRACT, "合同未经中选企业确认，已失效")
        announcements.withdraw(self.lot, Kind.DRAW_RESULT, "中选资格已失效，由候补企业依次递补")
        award.lapsed_at, award.lapse_reason = self.lot.now(), LapseReason(reason)
        award.save()
        shown = evidence or passing.evidence_of(award, reason)
        passing.skip(act, draw, award, shown)
        act.then(functools.partial(self._follow_up, act, award))
        return {**award.facts(), "reason": award.lapse_reason, "evidence": shown}

    @act(
        "comparison.doubted",
        source=["drawn", "publicising", "noticed", "contracted"],
        target=None,
        may=SUPERVISION,
        label=gettext_noop("Put the drawn enterprise in doubt"),
    )
    def doubt(self, act: Act, *, evidence: str, reason: str) -> dict[str, Any]:
        """Say, having seen the draw, why the enterprise is ineligible; another decides (招标投标法实施条例 55)."""
        passing.check_evidence(evidence)
        passing.check_saw(act, self._finished_draw())
        enterprise = Award.objects.current(self.lot).registration.organisation.uscc
        return {"enterprise": enterprise, "evidence": evidence, "reason": reason}

    @act(
        "comparison.contracted",
        source="noticed",
        target="contracted",
        may=OWNER,
        label=gettext_noop("Enter the signed contract"),
    )
    def conclude_contract(self, act: Act, *, price: Decimal, signed_on: date, sha256: str) -> dict[str, Any]:
        """Enter the contract with the noticed enterprise: at the fixed price, within the limit (招标投标法 46)."""
        award = Award.objects.current(self.lot)
        award.check_grounds()
        contract = Contract(
            lot=self.lot, registration=award.registration, price=price, signed_on=signed_on, sha256=sha256
        )
        noticed_on = clock.local_date(award.noticed_at) if award.noticed_at else None
        perform(
            contract.conclude, by=act.by, fixed_price=self.fixed_price, noticed_on=noticed_on, sign_by=award.sign_by
        )
        content = {
            "project": self.lot.project.name,
            "winner": str(award.registration.organisation),
            "contract_price": str(price),
        }
        announcements.publish(act, self.lot, Kind.CONTRACT, {**content, "signed_on": signed_on.isoformat()})
        return {**award.facts(), "price": str(price), "signed_on": signed_on.isoformat()}

    @act(
        "comparison.tracked",
        source="contracted",
        target="tracking",
        may=REGULATOR,
        label=gettext_noop("Assign a tracker"),
    )
    def track(self, act: Act, *, tracker: User) -> dict[str, Any]:
        """Begin the tracking once both sides have signed (专人跟踪)."""
        perform(self.contract().assign_tracker, by=act.by, tracker=tracker)
        return {"tracker": f"u:{tracker.pk}"}

    @act(
        "comparison.made_up",
        source=["notice_published", "registering", "list_published", "publicising", "noticed", "contracted"],
        target=None,
        may=REGULATOR | THE_CLOCK,
        label=gettext_noop("Give back the time of a suspension"),
    )
    def make_up(self, act: Act) -> dict[str, Any]:
        """Give back what a suspension took of registration, publicity or contract (宁波市公共资源交易管理条例 25)."""
        if not (moved := comparison_time.give_back(self)):
            raise suspended.NothingToMakeUp
        act.then(lambda: comparison_time.tell(self))
        return moved

    def go_on(self, by: Any) -> None:
        """Follow the lot's resumption in its own transaction: nobody sees a time that has not been made up."""
        with suppress(suspended.NothingToMakeUp, WrongState):
            perform(self.make_up, by=by)

    @act("comparison.closed", source="tracking", target="closed", may=OWNER, label=gettext_noop("Close the comparison"))
    def close(self, act: Act, *, final_price: Decimal, assessment: str) -> dict[str, Any]:
        """Close after acceptance, with the final price and the assessment of the enterprise."""
        perform(self.contract().close, by=act.by, final_price=final_price, assessment=assessment)
        return {"final_price": str(final_price), **self._all_events()}

    @act(
        "comparison.failed",
        source=["qualifying", "drawn"],
        target="failed",
        may=OWNER,
        label=gettext_noop("Declare the comparison failed"),
    )
    def fail(self, act: Act) -> dict[str, Any]:
        """Fail for want of qualified enterprises or of alternates.

        The owner may announce the lot again (招标投标法 28).
        """
        self.failure = self._ground_of_failure()
        announcements.publish(act, self.lot, Kind.FAILURE, {"project": self.lot.project.name, "reason": self.failure})
        act.then(lambda: candidate_list.open_sealed(self.lot, act))
        act.then(lambda: self._meet_objections(act))
        return {"reason": self.failure, **self._all_events()}

    def _follow_up(self, act: Act, award: Award) -> None:
        if award.lapse_reason in {*passing.DELAYS, LapseReason.REFUSED}:
            tracking.report_unsigned(self.lot, award)
        for objection in award.objections().unmet(Matter.RESULT):
            perform(objection.carry_out, by=act.by if act.role in SUPERVISING else None)

    @property
    def standing_contract(self) -> Contract | None:
        return Contract.objects.standing().filter(lot=self.lot_id).first()

    def contract(self) -> Contract:
        """Return the contract that stands. Raises Contract.DoesNotExist before there is one."""
        return Contract.objects.standing().get(lot=self.lot_id)

    def late(self) -> str:
        """Return whose delay has let the limit of the contract pass, as a reason of the lapse; "" while there is time.

        Until the owner has entered the contract that was signed the delay is the owner's, then the enterprise's.
        """
        if self.state == "contracted":
            contract = self.contract()
            whose = LapseReason.OWNER if contract.state == "disputed" else LapseReason.TIMEOUT
            return whose if contract.waits and contract.is_late(self.lot.now()) else ""
        sign_by = Award.objects.current(self.lot).sign_by if self.state == "noticed" else None
        return LapseReason.OWNER if sign_by is not None and self.today() > sign_by else ""

    def may_lapse(self) -> bool:
        """Say whether somebody can still give way to the next."""
        return self.awards_stand() and (self.state != "contracted" or self.contract().waits)

    def awards_stand(self) -> bool:
        """Say whether winner or alternate is left."""
        return Award.objects.filter(lot=self.lot_id, lapsed_at=None).exists()

    def _ground_of_failure(self) -> str:
        if self.state == "drawn":
            if self.awards_stand():
                raise RuleError(gettext_noop("An award stands."), code="award_stands")
            return "no_alternate_left"
        self._check_settled()
        passed = self.lot.registrations.counted().filter(verdict="pass").count()
        if fixed_price.enough_qualified(passed, self.today()):
            raise RuleError(gettext_noop("Enough enterprises are qualified."), code="enough_qualified")
        return "too_few_qualified"
