"""The award of a procurement (确定中标供应商): confirmation, published result, notice of award (domain.md, 2.2).

Source: 政府采购法实施条例 43, 49; 财政部令第87号 68 to 71.
"""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import award_days, award_letter, award_notices, shortlist
from bids.awarding import CONDUCT, OWNER, WHO_ENDS, WHO_PASSES, Awarding
from trading.errors import RuleError
from trading.lot import REGULATOR, Lot
from trading.notice import Kind
from trading.transitions import THE_CLOCK, Act, act, perform


class ProcurementAward(Awarding):
    """One lot's award by the law of government procurement."""

    UNPUBLISHED = ("", "reported", "confirmed")
    noun = "procurement_award"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="procurement_award")
    published_on = models.DateField(_("Result published on"), null=True, editable=False)

    @act(
        "procurement_award.received",
        source=["", "set_aside"],
        target="reported",
        may=THE_CLOCK,
        label=gettext_noop("Deliver the report"),
    )
    def receive(self, act: Act) -> dict[str, Any]:
        """Deliver the signed report to the buyer, who confirms within five working days (实施条例 43)."""
        return self.take_report()

    @act(
        "procurement_award.confirmed",
        source="reported",
        target="confirmed",
        may=OWNER,
        label=gettext_noop("Confirm the supplier"),
    )
    def confirm(self, act: Act, *, rank: int = 1) -> dict[str, Any]:
        """Confirm the supplier in the order of the report (87号令 68)."""
        return self._confirm(rank)

    @act(
        "procurement_award.deemed",
        source="reported",
        target="confirmed",
        may=THE_CLOCK,
        label=gettext_noop("Deem the best candidate confirmed"),
    )
    def deem(self, act: Act) -> dict[str, Any]:
        """Confirm the best candidate where the buyer was silent for five working days (87号令 68)."""
        if self.entered_on is None or not award_days.has_passed(self.lot, "confirm_days", self.entered_on):
            raise RuleError(
                gettext_noop("The buyer still has time to confirm."), code="buyer_has_time", basis="87号令 68"
            )
        return self._confirm(shortlist.best(self.lot).rank or 1)

    @act(
        "procurement_award.published",
        source="confirmed",
        target="published",
        may=CONDUCT,
        label=gettext_noop("Publish the result"),
    )
    def publish(self, act: Act, *, content: dict[str, str]) -> dict[str, Any]:
        """Publish the result with the experts' names, send the notice of award, tell every loser why (87号令 69).

        A publication that comes late is published all the same, and the entry says so.
        """
        late = self.entered_on is not None and award_days.has_passed(self.lot, "result_days", self.entered_on)
        self.entered_on = self.published_on = self.today()
        until = award_days.due(self.lot, "result_notice_days", self.today())
        sign_by = award_days.due(self.lot, "contract_days", self.today())
        letters = award_letter.write(self.won, terms={"sign_by": sign_by.isoformat()})
        award_notices.procured(
            act, self.lot, self.won, content, until=until, challenges=self.challenges_end(self.today())
        )
        act.then(lambda: self.lot.end_committee_secrecy(act.at))
        enterprise = self.won.opened.bid.organisation.uscc
        return {"enterprise": enterprise, "letters": len(letters), "sign_by": sign_by.isoformat(), "late": late}

    @act(
        "procurement_award.passed_over",
        source=["reported", "confirmed", "published"],
        target="reported",
        may=WHO_PASSES,
        label=gettext_noop("Pass over a candidate"),
    )
    def pass_over(self, act: Act, *, reason: str, evidence: str) -> dict[str, Any]:
        """Let the best candidate, or the winner, give way for a coded reason; the buyer confirms who follows.

        Source: 政府采购法实施条例 49; 94号令 16, 32.
        """
        award_notices.withdraw(self.lot, [Kind.PROCURED], "中标供应商不再符合条件，依次确定其他中标候选人")
        return self.give_way(act, reason, evidence)

    @act(
        "procurement_award.set_aside",
        source=["reported", "confirmed", "published"],
        target="set_aside",
        may=REGULATOR,
        label=gettext_noop("Set the report aside"),
    )
    def set_aside(self, act: Act) -> dict[str, Any]:
        """Have the bids evaluated again, as the decision on a complaint orders (实施条例 81; 94号令 31, 32)."""
        return self.give_up_result()

    @act(
        "procurement_award.made_up",
        source="published",
        target="published",
        may=REGULATOR | THE_CLOCK,
        label=gettext_noop("Give back the time of a suspension"),
    )
    def make_up(self, act: Act) -> dict[str, Any]:
        """Move the end of the time to challenge past the days on which nobody could (政府采购法 52, 57)."""
        until = self.challenges_end(self.published_on or self.today())
        award_notices.prolong(self.lot, Kind.PROCURED, challenges=until)
        return {"until": until.isoformat()}

    @act(
        "procurement_award.failed",
        source=["reported", "set_aside", "confirmed", "published"],
        target="failed",
        may=WHO_ENDS,
        label=gettext_noop("Declare the procurement void"),
    )
    def fail(self, act: Act, *, reason: str) -> dict[str, Any]:
        """End without a contract, and say why to all (政府采购法 36, 37; 实施条例 49)."""
        return self.end(act, reason)

    @property
    def challenged_until(self) -> date | None:
        """The last day to challenge the result; None before it is published."""
        return None if self.published_on is None else self.challenges_end(self.published_on)

    def challenges_end(self, published_on: date) -> date:
        """Return the last day to challenge a result: seven working days after its notice's (政府采购法 52).

        Source of the start: 政府采购法实施条例 53.
        """
        ended = award_days.due(self.lot, "result_notice_days", published_on)
        return award_days.due(self.lot, "challenge_days", ended)

    def keeps_the_order(self) -> bool:
        """A buyer keeps the order of the report, whatever the money (87号令 68)."""
        return True

    def go_on(self, by: Any) -> None:
        """Follow the lot's resumption in its own transaction."""
        until = self.challenged_until
        if self.state == "published" and until and award_notices.ends_before(self.lot, Kind.PROCURED, until):
            perform(self.make_up, by=by)

    def _confirm(self, rank: int) -> dict[str, Any]:
        self.winner = self.chosen(rank)
        self.entered_on = self.awarded_on = self.today()
        organisation = self.winner.opened.bid.organisation
        return {"rank": rank, "enterprise": organisation.uscc, "price": str(self.winner.price)}
