"""The fixed-price comparison (固定价比选), first half: from the registered project to the numbered list.

Each act names who performs it, what must be true, and the article; the nouns of the stages hold the details.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import announced, announcements, candidate_list
from bids.qualification import Qualification
from bids.registration import ParticipantNotice, RegistrationWindow
from trading import clock, holiday_notice, limits
from trading.draws.draw import Draw
from trading.draws.entries import State
from trading.errors import RuleError
from trading.ledger import sealed
from trading.lot import Lot, Standing
from trading.notice import Kind, Notice
from trading.objection import Matter
from trading.party import Role, within
from trading.procedures import fixed_price
from trading.procedures.fixed_price import LocalRule
from trading.project import Funding, LegalBasis
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

OWNER = within(Role.OWNER, lambda comparison: comparison.lot.project.owner_id)


class Preparation(Machine):
    """A comparison up to its published list; `Comparison` goes on from there."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="comparison")
    legal_basis = models.ForeignKey(
        LegalBasis, verbose_name=_("Legal basis"), on_delete=models.PROTECT, related_name="comparisons"
    )
    reviewed_price = models.DecimalField(
        _("Reviewed control price (yuan)"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    discount_rate = models.DecimalField(_("Discount rate"), max_digits=5, decimal_places=4, null=True, editable=False)
    fixed_price = models.DecimalField(
        _("Fixed price (yuan)"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    reviewer = models.CharField(_("Reviewer"), max_length=100, blank=True, editable=False)
    review_no = models.CharField(_("Review document no."), max_length=64, blank=True, editable=False)
    notice = models.OneToOneField(
        Notice, on_delete=models.PROTECT, null=True, editable=False, related_name="comparison"
    )
    draw_at = models.DateTimeField(_("Draw at"), null=True, editable=False)
    draw_place = models.CharField(_("Draw place"), max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fixed_price=None)
                | models.Q(fixed_price__gt=0, fixed_price__lte=models.F("reviewed_price")),
                name="fixed_price_within_review",
            )
        ]

    def __str__(self) -> str:
        return self.lot.name

    def today(self) -> date:
        """Return the county's calendar day on the lot's clock."""
        return clock.local_date(self.lot.now())

    @act(
        "comparison.registered",
        source="",
        target="draw_registered",
        may=OWNER,
        label=gettext_noop("Register a comparison"),
    )
    def register(self, act: Act) -> dict[str, Any]:
        """Enter a lot of small works that a local rule covers (1117号 (二)).

        It is within the cap, below the threshold of mandatory tendering and no part of a split project.
        """
        fixed_price.check_notices(announced.in_vain(self.lot), self.today())
        self._check_gate(self.lot.estimate)
        return {"legal_basis": self.legal_basis.document_no, "estimate": str(self.lot.estimate)}

    @act(
        "comparison.price_fixed",
        source="draw_registered",
        target="price_fixed",
        may=OWNER,
        label=gettext_noop("Fix the price"),
    )
    def fix_price(
        self, act: Act, *, reviewed_price: Decimal, discount_rate: Decimal, reviewer: str, review_no: str
    ) -> dict[str, Any]:
        """Fix the price: reviewed control price × (1 − discount), half up to the cent.

        It may not exceed the approved estimate (政府投资条例 23).
        """
        price = fixed_price.fixed_price(reviewed_price, discount_rate)
        if price > self.lot.project.approved_estimate:
            raise RuleError(
                gettext_noop("The fixed price %(price)s is above the approved estimate %(estimate)s."),
                code="above_approved_estimate",
                basis="政府投资条例 23",
                next_step=gettext_noop("Have the estimate approved again, or review the control price."),
                price=price,
                estimate=self.lot.project.approved_estimate,
            )
        self._check_gate(price)
        self.reviewed_price, self.discount_rate, self.fixed_price = reviewed_price, discount_rate, price
        self.reviewer, self.review_no = reviewer, review_no
        inputs = {
            "reviewed_price": str(reviewed_price),
            "discount_rate": str(discount_rate),
            "reviewer": reviewer,
            "review_no": review_no,
        }
        return {"fixed_price": str(price), **inputs}

    @act(
        "comparison.announced",
        source="price_fixed",
        target="notice_published",
        may=OWNER,
        label=gettext_noop("Publish the comparison notice"),
    )
    def announce(
        self,
        act: Act,
        *,
        opens_at: datetime,
        closes_at: datetime,
        draw_at: datetime,
        participant_notice: ParticipantNotice,
        content: dict[str, Any],
    ) -> dict[str, Any]:
        """Publish the notice with its schedule.

        The participant's notice is part of it and must be confirmed by every registrant.
        """
        self._check_basis()
        if not self.lot.now() <= opens_at < closes_at < draw_at:
            raise RuleError(
                gettext_noop("Registration opens, closes, then the draw follows."), code="schedule_out_of_order"
            )
        closing, drawing = clock.local_date(closes_at), clock.local_date(draw_at)
        days = holiday_notice.calendar()
        kept = (
            limits.require("F01", start=self.today(), end=closing, calendar=days),
            limits.require("F02", start=closing, end=drawing, calendar=days),
        )
        RegistrationWindow.objects.create(
            lot=self.lot, opens_at=opens_at, closes_at=closes_at, participant_notice=participant_notice
        )
        self.draw_at, self.draw_place = draw_at, content.get("draw_place", "")
        self.notice = announcements.publish(act, self.lot, Kind.DRAW, announcements.of_comparison(self, content))
        sealed.open_secret_window(self.lot.code, act.at)
        moments = {"opens_at": clock.iso(opens_at), "closes_at": clock.iso(closes_at), "draw_at": clock.iso(draw_at)}
        return {**moments, "calendar": limits.used(*kept)}

    @act(
        "comparison.registration_opened",
        source="notice_published",
        target="registering",
        may=THE_CLOCK,
        label=gettext_noop("Open registration"),
    )
    def open_registration(self, act: Act) -> dict[str, Any]:
        """Take registrations from the announced moment on."""
        window = self.lot.registration_window
        if self.lot.now() < window.opens_at:
            raise RuleError(gettext_noop("Registration opens later."), code="too_early")
        return {}

    @act(
        "comparison.registration_closed",
        source="registering",
        target="qualifying",
        may=THE_CLOCK,
        label=gettext_noop("Close registration"),
    )
    def close_registration(self, act: Act) -> dict[str, Any]:
        """End registration at the announced moment; how many came stays unsaid until the list."""
        if self.lot.now() < self.lot.registration_window.closes_at:
            raise RuleError(gettext_noop("Registration closes later."), code="too_early")
        return {}

    @act(
        "comparison.list_published",
        source="qualifying",
        target="list_published",
        may=OWNER,
        label=gettext_noop("Publish the numbered list"),
    )
    def publish_list(self, act: Act) -> dict[str, Any]:
        """Freeze and publish the numbered list of those who passed, or its next version after an objection was upheld.

        The sealed registrations are opened (财政部令87号 14).
        """
        self._check_basis()
        self.lot.objections.check_settled(Matter.NOTICE)
        self._check_settled()
        frozen = candidate_list.freeze(self.lot, act.at)
        fixed_price.check_qualified(frozen.n, self.today())
        self._postpone_draw()
        announcements.publish_list(act, self.lot, {**announcements.facts(self), **frozen.content()})
        act.then(lambda: candidate_list.open_sealed(self.lot, act))
        act.then(lambda: self._meet_objections(act))
        return frozen.facts()

    def _meet_objections(self, act: Act) -> None:
        """Carry out the upheld objections to the list, from which a second version or a failure has followed."""
        for objection in self.lot.objections.upheld(Matter.LIST):
            perform(objection.carry_out, by=act.by)

    def _postpone_draw(self) -> None:
        """Move the draw to the first day that leaves the list its time before the public (F02), at the same hour."""
        first = limits.due("F02", self.today(), calendar=holiday_notice.calendar()).day
        planned = self.draw_at
        if planned is not None and clock.local_date(planned) < first:
            self.draw_at = datetime.combine(first, planned.astimezone(clock.LOCAL).time(), clock.LOCAL)

    def _check_gate(self, amount: Decimal) -> None:
        lot = self.lot
        replaced = [lot.pk, *(one.pk for one in announced.replaced_by(lot))]
        drawn = Draw.objects.exclude(commit_hash="").exclude(state=State.VOID).values("lot")
        dropped = models.Q(state=Standing.TERMINATED) & ~models.Q(pk__in=drawn)
        siblings = Lot.objects.together_with(lot).exclude(pk__in=replaced)
        siblings = siblings.exclude(dropped).exclude(comparison__state="failed")
        fixed_price.gate(
            amount,
            category=lot.project.category,
            on=self.today(),
            government_funded=lot.project.funding == Funding.BUDGET,
            local=self._local_rule(),
            siblings=[_worth(sibling) for sibling in siblings.select_related("comparison")],
        )

    def _local_rule(self) -> LocalRule | None:
        """Return the local rule as far as it stands and covers the lot today."""
        project, basis = self.lot.project, self.legal_basis
        covered = basis.covers(category=project.category, on=self.today(), region=project.region)
        return LocalRule(basis.document_no, basis.amount_cap) if covered else None

    def _check_basis(self) -> None:
        """Refuse to go on once the local rule has been repealed or has run out (1117号 (二))."""
        government_funded = self.lot.project.funding == Funding.BUDGET
        fixed_price.check_basis(self._local_rule(), on=self.today(), government_funded=government_funded)

    def is_settled(self) -> bool:
        """Say whether owner and supervisor have settled who is qualified."""
        return Qualification.objects.filter(lot=self.lot_id, state="settled").exists()

    def _check_settled(self) -> None:
        if not self.is_settled():
            raise RuleError(
                gettext_noop("Owner and supervisor have not settled the qualification."),
                code="qualification_open",
                basis="固定价比选 操作规程: 资格审查",
                next_step=gettext_noop("Both examiners find on every registration; the supervisor settles."),
            )


def _worth(lot: Lot) -> Decimal:
    """Return what a lot counts with, in yuan: its estimate, or its fixed price where that is more."""
    fixed = getattr(getattr(lot, "comparison", None), "fixed_price", None)
    return max(lot.estimate, fixed or lot.estimate)
