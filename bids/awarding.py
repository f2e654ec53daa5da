"""What the two machines of an award share: its fields, who gives way, what every bidder is told, and its end.

A tender's award is in `tender_award`, a procurement's in `procurement_award`: each reads like the table of its law.
"""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import award_days, award_notices, shortlist
from bids.room.ranking import Candidate
from bids.shortlist import PassedOver, PassReason
from bids.tender_failure import Failure
from trading import secrecy
from trading.complaint_grounds import Remedy
from trading.errors import NotPermitted, RuleError
from trading.lot import REGULATOR, Lot
from trading.notice import Kind
from trading.objection import Matter
from trading.party import Role, within
from trading.project import Funding
from trading.transitions import Act, Machine, Power, perform

OWNER = within(Role.OWNER, lambda award: award.lot.project.owner_id)
CONDUCT = OWNER | within(Role.AGENCY, lambda award: award.lot.project.agency_id)
OFFICIALS = frozenset(Role) - {Role.BIDDER, Role.OWNER, Role.AGENCY, Role.EXPERT}
ORDER = "招标投标法实施条例 55; 政府采购法实施条例 43, 49; 87号令 68"


def _next_in_line(award: Any) -> int | None:
    left = shortlist.standing(award.lot)
    organisation: int | None = left[0].opened.bid.organisation_id if left else None
    return organisation


CANDIDATE = within(Role.BIDDER, _next_in_line)
WHO_PASSES: Power = OWNER | CANDIDATE | REGULATOR
WHO_ENDS: Power = OWNER | REGULATOR


class AwardingQuerySet(models.QuerySet[Any]):
    """The awards of one procedure, as a reader may see them."""

    def visible_to(self, person: Any) -> "AwardingQuerySet":
        """Return what has been published; their own before that for owner and agency, everything for officials."""
        if person.is_authenticated and person.roles() & OFFICIALS:
            return self
        seen = ~models.Q(state__in=self.model.UNPUBLISHED)
        if person.is_authenticated:
            mine = [m.organisation_id for m in person.active_memberships() if m.role in {Role.OWNER, Role.AGENCY}]
            seen |= models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(seen)


class Awarding(Machine):
    """One lot's way from the signed report to its contract. `entered_on` is the day from which its limit runs."""

    UNPUBLISHED: ClassVar[tuple[str, ...]]  # the states of which the public knows nothing yet
    lot: Any  # the concrete machines declare it, each under its own name
    entered_on = models.DateField(_("Since"), null=True, editable=False)
    winner = models.ForeignKey(
        Candidate, verbose_name=_("Winner"), on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    report_sha256 = models.CharField(_("SHA-256 of the report"), max_length=64, blank=True, editable=False)
    awarded_on = models.DateField(_("Winner determined on"), null=True, editable=False)
    failure = models.CharField(_("Reason of failure"), max_length=32, blank=True, editable=False)

    objects = AwardingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.lot.name)

    def secret_scope(self) -> str:
        """Keep the result with the committee until the law publishes it (招标投标法 44; 政府采购法实施条例 40)."""
        return secrecy.scope_of(self.lot) if self.state in self.UNPUBLISHED else ""

    def today(self) -> date:
        """Return the county's calendar day on the lot's clock."""
        return award_days.today(self.lot)

    def take_report(self) -> dict[str, Any]:
        """Note from which day the report is there, once every member has signed it."""
        report = shortlist.signed(self.lot)
        if self.report_sha256 == report.report_sha256:
            raise RuleError(
                gettext_noop("This report was set aside; the committee signs a new one."),
                code="report_set_aside",
                basis="招标投标法实施条例 81; 94号令 31, 32",
            )
        self.entered_on, self.winner, self.report_sha256 = self.today(), None, report.report_sha256
        return {"report": self.report_sha256}

    @property
    def won(self) -> Candidate:
        """The winner. Raises RuleError before one is determined."""
        if self.winner is None:
            raise RuleError(gettext_noop("No winner is determined yet."), code="no_winner", basis=ORDER)
        return self.winner

    def chosen(self, rank: int) -> Candidate:
        """Return the candidate of that rank that may be awarded: with state funds the best that stands, no other.

        Raises RuleError.
        """
        found = next((one for one in shortlist.standing(self.lot) if one.rank == rank), None)
        best = shortlist.best(self.lot)
        if found is None or (found.rank != best.rank and self.keeps_the_order()):
            raise RuleError(
                gettext_noop("Rank %(best)s stands; rank %(rank)s is awarded only after each before it gave way."),
                code="rank_without_reason",
                basis=ORDER,
                next_step=gettext_noop("Pass over the candidate before, with its coded reason and evidence."),
                best=best.rank,
                rank=rank,
            )
        return found

    def keeps_the_order(self) -> bool:
        """Say whether only the best that stands may be awarded (招标投标法实施条例 55; 87号令 68)."""
        lot: Lot = self.lot
        return bool(lot.project.funding != Funding.OTHER)

    def give_way(self, act: Act, reason: str, evidence: str) -> dict[str, Any]:
        """Pass over the best candidate that stands, be it the winner, and meet the objections to it."""
        candidate = shortlist.best(self.lot)
        code = PassReason(reason)
        if act.role == Role.BIDDER and code != PassReason.GAVE_UP:
            raise NotPermitted(gettext_noop("An enterprise itself only gives the award up."), basis=ORDER)
        if not evidence.strip():
            raise RuleError(
                gettext_noop("Say what shows the reason."),
                code="evidence_missing",
                basis=ORDER,
                next_step=gettext_noop("Name the document, its date and where it is kept."),
            )
        self._check_upheld(code)
        self.entered_on, self.winner = self.today(), None
        row = PassedOver(candidate=candidate, reason=code, evidence=evidence.strip(), role=act.role, at=act.at)
        act.then(row.save)
        act.then(lambda: self.meet_objections(act))
        shown = {"rank": candidate.rank, "enterprise": candidate.opened.bid.organisation.uscc}
        return {**shown, "reason": code, "evidence": row.evidence}

    def end(self, act: Act, reason: str) -> dict[str, Any]:
        """End without a contract: the tender fails by a public notice, and may be held again (实施条例 55)."""
        self.failure = Failure(reason)
        if not (self._is_void() if self.failure == Failure.AWARD_VOID else self.someone_gave_way()):
            raise RuleError(
                gettext_noop("No candidate has given way, and no decision sets the award aside; it goes on."),
                code="candidates_stand",
                basis=ORDER,
                next_step=gettext_noop("Award to the best candidate."),
            )
        tender: Any = self.lot.tender
        award_notices.withdraw(self.lot, [Kind.CANDIDATES], "本次招标失败，重新招标")
        act.then(lambda: self.meet_objections(act))
        act.then(lambda: perform(tender.fail, by=None, reason=reason))
        return {"reason": self.failure}

    def follow_decision(self, by: Any, remedy: str) -> None:
        """Do what an upheld complaint orders of the award (招标投标法实施条例 81; 94号令 31, 32)."""
        machine: Any = self
        if remedy == Remedy.NEXT:
            perform(machine.pass_over, by=by, reason=PassReason.UPHELD, evidence="投诉处理决定")
        elif remedy == Remedy.EVALUATE:
            perform(machine.set_aside, by=by)
        elif remedy == Remedy.RETENDER:
            perform(machine.fail, by=by, reason=Failure.AWARD_VOID)

    def give_up_result(self) -> dict[str, Any]:
        """Take the published result back: the bids are evaluated again, and a new report begins anew."""
        kinds = [Kind.CANDIDATES, Kind.RESULT, Kind.PROCURED]
        award_notices.withdraw(self.lot, kinds, "依据投诉处理决定，重新评审")
        self.winner, self.entered_on = None, self.today()
        return {"report": self.report_sha256}

    def someone_gave_way(self) -> bool:
        """Say whether a candidate was passed over, or the report names none."""
        return len(shortlist.standing(self.lot)) < max(1, shortlist.recommended(self.lot).count())

    def meet_objections(self, act: Act) -> None:
        """Note that the objections to the result had their consequence."""
        for objection in self.lot.objections.unmet(Matter.RESULT):
            perform(objection.carry_out, by=act.by if act.role in {Role.OWNER, Role.AGENCY} else None)

    def _check_upheld(self, code: str) -> None:
        upheld = self.lot.objections.upheld(Matter.RESULT).exists() or self._decided(Remedy.NEXT)
        if code == PassReason.UPHELD and not upheld:
            raise RuleError(
                gettext_noop("Neither an objection to the result nor a complaint has been upheld."),
                code="no_upheld_objection",
                basis="招标投标法实施条例 54; 94号令 16",
                next_step=gettext_noop("Answer the objection first."),
            )

    def _is_void(self) -> bool:
        return self._decided(Remedy.RETENDER)

    def _decided(self, remedy: str) -> bool:
        return bool(self.lot.complaints.filter(state="decided", remedy=remedy).exists())
