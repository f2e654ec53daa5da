"""The award of a tender (定标): candidates before the public, award, notices, report (domain.md, 2.1, rows 11 to 17).

Source: 招标投标法 40, 44 to 48; 招标投标法实施条例 54 to 58.
"""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import award_days, award_letter, award_notices
from bids.awarding import CONDUCT, OWNER, WHO_ENDS, WHO_PASSES, Awarding
from trading.errors import RuleError
from trading.limits import LimitNotMet
from trading.lot import REGULATOR, Lot
from trading.notice import Kind
from trading.objection import Matter, Objection
from trading.transitions import THE_CLOCK, Act, act, perform


class TenderAward(Awarding):
    """One lot's award by the tendering law. `public_days` is the length of the publicity that the owner chose."""

    UNPUBLISHED = ("", "reported")
    noun = "tender_award"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="tender_award")
    publicised_on = models.DateField(_("Candidates published on"), null=True, editable=False)
    public_days = models.PositiveSmallIntegerField(_("Days of publicity"), null=True, editable=False)
    reported_on = models.DateField(_("Reported to the regulator on"), null=True, editable=False)

    @act(
        "tender_award.received",
        source=["", "set_aside"],
        target="reported",
        may=THE_CLOCK,
        label=gettext_noop("Receive the report"),
    )
    def receive(self, act: Act) -> dict[str, Any]:
        """Lay the signed report before the owner; candidates are published within three days (实施条例 54)."""
        return self.take_report()

    @act(
        "tender_award.publicised",
        source="reported",
        target="publicising",
        may=CONDUCT,
        label=gettext_noop("Publish the candidates"),
    )
    def publicise(self, act: Act, *, content: dict[str, str], days: int | None = None) -> dict[str, Any]:
        """Put the candidates before the public for at least three days; until then anybody concerned may object.

        A publication that comes late is published all the same, and the entry says so (招标投标法实施条例 54).
        """
        rule = award_days.rule_of(self.lot, "publicity_days", self.today())
        self.publicised_on, self.public_days = self.today(), rule.days if days is None else days
        if self.public_days < rule.days:
            raise LimitNotMet(
                gettext_noop("The candidates are public for %(least)s days at least, not %(days)s."),
                basis=rule.basis,
                least=rule.days,
                days=self.public_days,
            )
        late = self.entered_on is not None and award_days.has_passed(self.lot, "publicise_days", self.entered_on)
        award_notices.withdraw(self.lot, [Kind.CANDIDATES], "重新公示中标候选人")
        until = self.ends_on(self.today())
        notice = award_notices.candidates(act, self.lot, content, until=until)
        self.entered_on = self.today()
        return {"notice": notice.pk, "until": until.isoformat(), "late": late}

    @act(
        "tender_award.determined",
        source="publicising",
        target="awarded",
        may=OWNER,
        label=gettext_noop("Determine the winner"),
    )
    def determine(self, act: Act, *, rank: int = 1) -> dict[str, Any]:
        """Award after the publicity, with every objection settled; with state funds to the best that stands.

        The committee's names may be known from now on (招标投标法 37, 40; 招标投标法实施条例 54, 55).
        """
        self._check_publicity()
        Objection.objects.filter(lot=self.lot).check_settled(Matter.RESULT)
        self.winner = self.chosen(rank)
        self.entered_on = self.awarded_on = self.today()
        act.then(lambda: self.lot.end_committee_secrecy(act.at))
        organisation = self.winner.opened.bid.organisation
        return {"rank": rank, "enterprise": organisation.uscc, "price": str(self.winner.price)}

    @act(
        "tender_award.noticed",
        source="awarded",
        target="noticed",
        may=CONDUCT,
        label=gettext_noop("Send the notice of award"),
    )
    def issue(self, act: Act) -> dict[str, Any]:
        """Send the winner its notice and tell every other bidder the result, with its reasons (招标投标法 45)."""
        self.entered_on = self.today()
        sign_by = award_days.due(self.lot, "contract_days", self.today())
        letters = award_letter.write(self.won, terms={"sign_by": sign_by.isoformat()})
        award_notices.result(act, self.lot, self.won)
        return {"letters": len(letters), "sign_by": sign_by.isoformat()}

    @act(
        "tender_award.passed_over",
        source=["publicising", "awarded", "noticed"],
        target="publicising",
        may=WHO_PASSES,
        label=gettext_noop("Pass over a candidate"),
    )
    def pass_over(self, act: Act, *, reason: str, evidence: str) -> dict[str, Any]:
        """Let the best candidate, or the winner, give way for a coded reason; who follows was public with it.

        Source: 招标投标法实施条例 55.
        """
        award_notices.withdraw(self.lot, [Kind.RESULT], "中标人不符合中标条件，依次确定其他中标候选人")
        return self.give_way(act, reason, evidence)

    @act(
        "tender_award.reported_to_regulator",
        source=["awarded", "noticed"],
        target=None,
        may=OWNER,
        label=gettext_noop("Report the tender to the regulator"),
    )
    def report(self, act: Act, *, sha256: str) -> dict[str, Any]:
        """Hand in the written report on the tender within fifteen days of the award (招标投标法 47)."""
        if self.reported_on is not None:
            raise RuleError(gettext_noop("The report was handed in."), code="reported_already", basis="招标投标法 47")
        late = self.awarded_on is not None and award_days.has_passed(self.lot, "report_days", self.awarded_on)
        self.reported_on = self.today()
        return {"sha256": sha256, "late": late}

    @act(
        "tender_award.set_aside",
        source=["publicising", "awarded", "noticed"],
        target="set_aside",
        may=REGULATOR,
        label=gettext_noop("Set the report aside"),
    )
    def set_aside(self, act: Act) -> dict[str, Any]:
        """Have the bids evaluated again, as the decision on a complaint orders (实施条例 81; 94号令 31, 32)."""
        return self.give_up_result()

    @act(
        "tender_award.made_up",
        source="publicising",
        target="publicising",
        may=REGULATOR | THE_CLOCK,
        label=gettext_noop("Give back the time of a suspension"),
    )
    def make_up(self, act: Act) -> dict[str, Any]:
        """Move the end of the publicity past the days on which nobody could object (招标投标法实施条例 54, 62)."""
        until = self.ends_on(self.publicised_on or self.today())
        award_notices.prolong(self.lot, Kind.CANDIDATES, until=until)
        return {"until": until.isoformat()}

    @act(
        "tender_award.failed",
        source=["reported", "set_aside", "publicising", "awarded", "noticed"],
        target="failed",
        may=WHO_ENDS,
        label=gettext_noop("End the tender without an award"),
    )
    def fail(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Tender again where candidates gave way (招标投标法实施条例 55)."""
        return self.end(act, reason)

    @property
    def public_until(self) -> date | None:
        """The last day of the publicity: its own days, none of them lost to a suspension; None before it."""
        return None if self.publicised_on is None else self.ends_on(self.publicised_on)

    def ends_on(self, published_on: date) -> date:
        """Return the last day of a publicity that begins on a day."""
        return award_days.due(self.lot, "publicity_days", published_on, number=self.public_days)

    def go_on(self, by: Any) -> None:
        """Follow the lot's resumption in its own transaction."""
        until = self.public_until
        if self.state == "publicising" and until and award_notices.ends_before(self.lot, Kind.CANDIDATES, until):
            perform(self.make_up, by=by)

    def _check_publicity(self) -> None:
        until = self.ends_on(self.publicised_on or self.today())
        if self.today() <= until:
            raise RuleError(
                gettext_noop("The candidates are public to the end of %(until)s; anybody concerned may object."),
                code="publicity_runs",
                basis="招标投标法实施条例 54",
                next_step=gettext_noop("Wait for the end of the publicity."),
                until=until.isoformat(),
            )
