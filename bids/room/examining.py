"""The second stage of an evaluation: responsiveness, corrections, questions, low prices (87号令 50, 51, 59, 60).

Each member finds; more than half decide; what is rejected says on which ground, with the article and who found it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from bids.room import computing, grounds, verdicts
from bids.room.convening import CHAIR, Convening
from bids.room.ranking import Candidate
from bids.room.secret import check_in_room
from bids.room.sheet import Sheet
from bids.tender_failure import Failure
from trading import clock
from trading.errors import RuleError
from trading.procedures import prequalification
from trading.transitions import Act, act, perform


class Examining(Convening):
    """An evaluation while the bids are examined."""

    class Meta(Convening.Meta):
        abstract = True

    @act(
        "evaluation.assessed",
        source="examining",
        target="examining",
        may=CHAIR,
        label=gettext_noop("Record deductions, adjustments or the brand of a bid"),
    )
    def assess(
        self, act: Act, *, number: int, deductions: Sequence[str], adjustments: Sequence[dict[str, str]], brand: str
    ) -> dict[str, Any]:
        """Record what the published method takes from a bid beside its price (财库〔2020〕46号 9; 87号令 31)."""
        check_in_room(self, act.by)
        candidate = self.candidate(number)
        candidate.deductions, candidate.adjustments = list(deductions), list(adjustments)
        candidate.brand = brand.strip()
        computing.figures_of(computing.document_of(self.lot, [candidate], {}))
        act.then(lambda: candidate.save(update_fields=["deductions", "adjustments", "brand"]))
        return {"number": number, "deductions": list(deductions), "brand": candidate.brand}

    @act(
        "evaluation.examined",
        source="examining",
        target="scoring",
        may=CHAIR,
        label=gettext_noop("Close the examination"),
    )
    def conclude(self, act: Act) -> dict[str, Any]:
        """Decide by majority which bids are rejected, once everybody has found, and every answer is in.

        In procurement fewer than three effective bids end it, in a tender none (政府采购法 36; 招标投标法 42).
        """
        check_in_room(self, act.by)
        self.check_time()
        self._check_whole()
        rows = list(self.candidates.select_related("opened__bid__organisation").prefetch_related(*verdicts.RELATED))
        self._decide(rows)
        effective = [one for one in rows if not one.rejected]
        self._check_low_prices(rows)
        act.then(lambda: Candidate.objects.bulk_update(rows, ["rejected", "reasons"], batch_size=500))
        if failure := self._failure(len(effective)):
            act.then(lambda: perform(self.fail, by=None, reason=failure))  # type: ignore[attr-defined]
        else:
            act.then(self._lay_out_sheets)
        act.say(self.session.transcript_id, "evaluation.examined", {"effective": len(effective)})
        rejected = [
            {"number": one.number, "grounds": [each["ground"] for each in one.reasons]} for one in rows if one.rejected
        ]
        return {"effective": len(effective), "rejected": rejected}

    def candidate(self, number: int) -> Candidate:
        """Return the bid of this number. Raises RuleError."""
        found: Candidate | None = self.candidates.filter(number=number).first()
        if found is None:
            raise RuleError(gettext_noop("There is no such bid."), code="bid_not_listed", basis="招标投标法 36")
        return found

    @property
    def ceiling(self) -> Decimal | None:
        """Return what no price may exceed: the ceiling, in procurement else the budget (87号令 63(4))."""
        ceiling: Decimal | None = self.lot.tender.price_ceiling
        return self.lot.estimate if ceiling is None and self.is_procured else ceiling

    def _decide(self, rows: Sequence[Candidate]) -> None:
        review = self._check_qualified()
        failed = {one.organisation_id: one for one in review.examinations.filter(verdict="fail")} if review else {}
        case = verdicts.Case(
            regime=self.regime,
            ceiling=self.ceiling,
            members=[one.pk for one in self.members.sitting()],
            failed=frozenset(failed),
            now=self.lot.now(),
        )
        for row in rows:
            row.reasons = verdicts.reasons(row, case)
            row.rejected = bool(row.reasons)

    def _check_low_prices(self, rows: Sequence[Candidate]) -> None:
        """Refuse to close while an abnormally low price has not been asked about (87号令 60; 评标委员会暂行规定 21)."""
        found = computing.figures_of(computing.document_of(self.lot, rows, {}))["flags"]
        low = {int(flag["bid"]) for flag in found if flag["flag"] == "abnormally_low"}
        silent = sorted(one.number for one in rows if one.number in low and not verdicts.asked_about_price(one))
        if silent:
            raise RuleError(
                gettext_noop("The prices of the bids %(numbers)s are abnormally low; nobody has asked why."),
                code="low_price_unexplained",
                basis=f"{grounds.ORDER_87} 60; 招标投标法实施条例 51(5)",
                next_step=gettext_noop("Ask each of these bidders to explain its price in writing."),
                numbers=", ".join(map(str, silent)),
            )

    def _failure(self, effective: int) -> str:
        day = clock.local_date(self.lot.now())
        least = prequalification.least(self.lot.kind, opened=True, on=day)[0] if self.is_procured else 1
        if effective >= least:
            return ""
        return Failure.NO_COMPETITION if effective else Failure.ALL_REJECTED

    def _lay_out_sheets(self) -> None:
        """Give every member a sheet who has none yet, where the method lets members score."""
        if computing.terms_of(self.lot).scored:
            for member in self.members.sitting().filter(sheet=None):
                perform(Sheet(member=member).lay_out, by=None)
