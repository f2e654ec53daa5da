"""An arithmetic correction (算术修正) of a bid's price: found by the committee, confirmed by the bidder or fatal."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.evaluation import corrections
from bids.evaluation.corrections import Item, Statement
from bids.room.bidder import THE_BIDDER, AskedQuerySet, check_answering, check_asking
from bids.room.convening import presiding
from bids.room.ranking import Candidate
from bids.room.secret import Secret, members_power
from trading import clock, unguessable
from trading.errors import RuleError
from trading.transitions import Act, act


class Correction(Secret):
    """A correction of one bid's price. `steps`: [{"rule", "was", "now"}] in the order of the law."""

    noun = "price_correction"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    candidate = models.ForeignKey(
        Candidate, verbose_name=_("Bid"), on_delete=models.PROTECT, related_name="corrections"
    )
    answer_by = models.DateTimeField(_("Answer by"))
    steps = models.JSONField(_("Steps"), default=list, editable=False)
    was = models.DecimalField(_("Price before (yuan)"), max_digits=18, decimal_places=2, editable=False)
    price = models.DecimalField(_("Corrected price (yuan)"), max_digits=18, decimal_places=2, editable=False)
    basis = models.CharField(_("Article"), max_length=100, editable=False)
    answered_at = models.DateTimeField(_("Answered"), null=True, editable=False)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.was} → {self.price}"

    def ledger_lot(self) -> Any:
        return self.candidate.evaluation.lot

    @property
    def is_above_ceiling(self) -> bool:
        """Say whether the corrected price is one that nobody may offer."""
        ceiling = self.candidate.evaluation.ceiling
        return ceiling is not None and self.price > ceiling

    @act(
        "price_correction.proposed",
        source="",
        target="proposed",
        may=members_power(lambda record, person: presiding(record.candidate.evaluation, person)),
        label=gettext_noop("Correct a price"),
    )
    def propose(
        self, act: Act, *, elsewhere: Decimal | None = None, items: Sequence[dict[str, Decimal]] = ()
    ) -> dict[str, Any]:
        """Correct what contradicts itself, in the order of the law (87号令 59; 评标委员会和评标方法暂行规定 19).

        `elsewhere`: a total elsewhere in the bid; `items`: [{"quantity", "unit_price", "stated_sum"}], in yuan.
        """
        evaluation = check_asking(self, act.by)
        said = self.candidate.opened.items
        if "price_figures" not in said:
            raise RuleError(gettext_noop("This bid names no price that could be read."), code="no_price")
        statement = Statement(
            Decimal(said["price_figures"]), said["price_words"], elsewhere, tuple(Item(**one) for one in items)
        )
        found = corrections.correct(statement, evaluation.regime)
        if not found.steps:
            raise RuleError(
                gettext_noop("Nothing here contradicts anything; the price stands."),
                code="nothing_to_correct",
                basis=found.basis,
            )
        if self.candidate.corrections.exists():
            raise RuleError(
                gettext_noop("The price of this bid has been corrected already."),
                code="corrected_already",
                basis=found.basis,
            )
        self.was, self.price, self.basis = statement.figures, found.price, found.basis
        self.steps = [{"rule": one.rule, "was": str(one.was), "now": str(one.now)} for one in found.steps]
        said_by = clock.iso(self.answer_by)
        return {"number": self.candidate.number, "was": str(self.was), "price": str(self.price), "answer_by": said_by}

    @act(
        "price_correction.confirmed",
        source="proposed",
        target="confirmed",
        may=THE_BIDDER,
        label=gettext_noop("Confirm the corrected price"),
    )
    def confirm(self, act: Act) -> dict[str, Any]:
        """Confirm in writing; from now on this price counts (87号令 59)."""
        check_answering(self)
        if self.is_above_ceiling:
            raise RuleError(
                gettext_noop("The corrected price is above the ceiling; the bid is invalid."),
                code="correction_above_ceiling",
                basis="招标投标法实施条例 51(5); 87号令 63(4)",
            )
        self.answered_at = act.at
        self.candidate.price = self.price
        act.then(lambda: self.candidate.save(update_fields=["price"]))
        return {"number": self.candidate.number, "price": str(self.price)}

    @act(
        "price_correction.refused",
        source="proposed",
        target="refused",
        may=THE_BIDDER,
        label=gettext_noop("Refuse the corrected price"),
    )
    def refuse(self, act: Act) -> dict[str, Any]:
        """Refuse; the bid is invalid (87号令 59)."""
        check_answering(self)
        self.answered_at = act.at
        return {"number": self.candidate.number}
