"""A question of the committee to one bidder, answered in writing: a clarification, or a price that seems too low."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.room.bidder import BASIS, THE_BIDDER, AskedQuerySet, check_answering, check_asking
from bids.room.convening import presiding
from bids.room.ranking import Candidate
from bids.room.secret import Secret, members_power
from trading import clock, unguessable
from trading.errors import RuleError
from trading.transitions import Act, act


class About(models.TextChoices):
    """What the committee asks about."""

    CLARIFICATION = "clarification", _("Clarification of what is unclear")
    LOW_PRICE = "low_price", _("Explanation of an abnormally low price")


class Inquiry(Secret):
    """One question and its answer; neither may change what the bid essentially says (招标投标法 39)."""

    noun = "bid_inquiry"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    candidate = models.ForeignKey(Candidate, verbose_name=_("Bid"), on_delete=models.PROTECT, related_name="inquiries")
    about = models.CharField(_("About"), max_length=16, choices=About.choices)
    question = models.TextField(_("Question"), max_length=2000)
    answer_by = models.DateTimeField(_("Answer by"))
    answer_text = models.TextField(_("Answer"), blank=True, editable=False)
    answered_at = models.DateTimeField(_("Answered"), null=True, editable=False)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.question[:40]

    def ledger_lot(self) -> Any:
        return self.candidate.evaluation.lot

    @act(
        "bid_inquiry.asked",
        source="",
        target="asked",
        may=members_power(lambda record, person: presiding(record.candidate.evaluation, person)),
        label=gettext_noop("Ask a bidder"),
    )
    def ask(self, act: Act) -> dict[str, Any]:
        """Ask one bidder in writing, leading to no answer (招标投标法实施条例 52; 87号令 51, 60)."""
        check_asking(self, act.by)
        return {"number": self.candidate.number, "about": self.about, "answer_by": clock.iso(self.answer_by)}

    @act(
        "bid_inquiry.answered",
        source="asked",
        target="answered",
        may=THE_BIDDER,
        label=gettext_noop("Answer the committee"),
    )
    def answer(self, act: Act, *, text: str) -> dict[str, Any]:
        """Answer in writing, within the time; the bid itself stays as it is (招标投标法 39)."""
        check_answering(self)
        if not text.strip():
            raise RuleError(gettext_noop("The answer is empty."), code="answer_empty", basis=BASIS)
        self.answer_text, self.answered_at = text.strip(), act.at
        return {"number": self.candidate.number, "about": self.about}
