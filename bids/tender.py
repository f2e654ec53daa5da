"""A tender (招标) of one lot, from its registration to its deadline (domain.md, 2.1 and 2.2).

Each act names who performs it, what must be true, and the article. What follows the deadline is in `opening`.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import custody, suspended, tender_announcements, tender_documents, tender_failure, tender_gate
from bids.custody import Mode
from bids.tender_failure import Failure
from trading import clock
from trading.document import Document
from trading.errors import RuleError
from trading.ledger import events, sealed
from trading.lot import REGULATOR, Lot, Standing
from trading.notice import Kind, Notice
from trading.objection import Matter
from trading.party import Role, within
from trading.procedures import TENDERS
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

OWNER = within(Role.OWNER, lambda tender: tender.lot.project.owner_id)
AGENCY = within(Role.AGENCY, lambda tender: tender.lot.project.agency_id)
CONDUCT = OWNER | AGENCY


class TenderQuerySet(models.QuerySet["Tender"]):
    def visible_to(self, person: Any) -> "TenderQuerySet":
        """Return what has been announced; their own for owner and agency, everything for officials."""
        if person.is_authenticated and person.roles() - {Role.BIDDER, Role.OWNER, Role.AGENCY, Role.EXPERT}:
            return self
        seen = models.Q(notice__isnull=False)
        if person.is_authenticated:
            mine = [m.organisation_id for m in person.active_memberships()]
            seen |= models.Q(lot__project__owner_id__in=mine) | models.Q(lot__project__agency_id__in=mine)
        return self.filter(seen)


class Tender(Machine):
    """One lot's way to its deadline."""

    noun = "tender"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="tender")
    mode = models.CharField(_("Who opens the bids"), max_length=2, choices=Mode.choices, default=Mode.T)
    window_minutes = models.PositiveSmallIntegerField(_("Decryption window (minutes)"), default=30)
    price_ceiling = models.DecimalField(
        _("Price ceiling (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    deposit = models.DecimalField(_("Bid security (yuan)"), max_digits=18, decimal_places=2, default=Decimal(0))
    consortium = models.BooleanField(_("Consortia may bid"), default=False)
    prequalified = models.BooleanField(_("Qualification is examined before bids"), default=False)
    validity_days = models.PositiveSmallIntegerField(_("Bid validity (days)"), default=90)
    documents_from = models.DateTimeField(_("Documents are offered from"), null=True, editable=False)
    documents_until = models.DateTimeField(_("Documents are offered until"), null=True, editable=False)
    deadline = models.DateTimeField(_("Deadline"), null=True, editable=False)
    closed_at = models.DateTimeField(_("Closed"), null=True, editable=False)
    opening_place = models.CharField(_("Place of the opening"), max_length=200, blank=True, editable=False)
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, editable=False, related_name="tender")
    failure = models.CharField(
        _("Reason of failure"), max_length=200, choices=Failure.choices, blank=True, editable=False
    )
    announced_on = models.DateField(_("Announced on"), null=True, editable=False)
    told_standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.LIVE, editable=False)

    objects = TenderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_ceiling=None) | models.Q(price_ceiling__gt=0), name="ceiling_is_positive"
            ),
            models.CheckConstraint(condition=models.Q(deposit__gte=0), name="deposit_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.lot.name

    def today(self) -> date:
        """Return the county's calendar day on the lot's clock."""
        return clock.local_date(self.lot.now())

    def takes_bids(self, moment: datetime) -> bool:
        """Say whether a bid that arrives at a moment of the lot's clock is in time: before the deadline, to the µs."""
        if self.state != "announced" or self.documents_from is None or self.deadline is None:
            return False
        return self.documents_from <= moment < self.deadline

    def offers_documents(self, moment: datetime) -> bool:
        """Say whether the documents can be taken at a moment of the lot's clock."""
        if self.state != "announced" or self.documents_from is None or self.documents_until is None:
            return False
        return self.documents_from <= moment < self.documents_until

    def objections_until(self) -> datetime:
        """Return when the time to object to the documents ends (招标投标法实施条例 22; 政府采购法 52)."""
        return tender_announcements.end_of(tender_gate.objection_day(self))

    def objection_waits(self) -> bool:
        """Say whether the procedure rests until an objection to the documents has its reply (招标投标法实施条例 22).

        A challenge in government procurement does not stop it by itself (政府采购法 57).
        """
        rests = "objection_days" in TENDERS[self.lot.kind].rules
        return rests and self.lot.objections.open().filter(matter=Matter.NOTICE).exists()

    def check_answered(self) -> None:
        """Refuse to go on while an objection to the documents waits."""
        if self.objection_waits():
            raise RuleError(
                gettext_noop("An objection to the documents waits for its answer; the tender rests until then."),
                code="objection_open",
                basis="招标投标法实施条例 22",
                next_step=gettext_noop("Answer the objection first."),
            )

    @act("tender.registered", source="", target="registered", may=CONDUCT, label=gettext_noop("Register a tender"))
    def register(self, act: Act) -> dict[str, Any]:
        """Begin the tender of a lot of this kind, or tender again what has failed.

        Security is at most two percent; a ceiling may be stated, a least price never (招标投标法实施条例 26, 27).
        """
        tender_gate.check_kind(self.lot)
        tender_gate.check_retender(self.lot)
        mandatory = tender_gate.check_money(self, self.today())
        money = {
            "ceiling": None if self.price_ceiling is None else str(self.price_ceiling),
            "deposit": str(self.deposit),
        }
        again = {"retender_of": self.lot.retender_of.code} if self.lot.retender_of else {}
        return {"kind": self.lot.kind, "mode": self.mode, "mandatory": mandatory, **money, **again}

    @act(
        "tender.announced",
        source="registered",
        target="announced",
        may=CONDUCT,
        label=gettext_noop("Publish the tender notice"),
    )
    def announce(  # noqa: PLR0913  # the moments and words of a notice
        self,
        act: Act,
        *,
        documents_from: datetime,
        documents_until: datetime,
        deadline: datetime,
        opening_place: str,
        documents: Sequence[Document],
        content: dict[str, Any],
        notice_until: date | None = None,
    ) -> dict[str, Any]:
        """Publish the notice with its schedule and the documents (招标投标法 16, 24; 招标投标法实施条例 16).

        A procurement notice lasts five working days (财政部令第87号 16). From now on secret acts are covered.
        """
        tender_gate.check_order(self, documents_from, documents_until, deadline)
        custody.check_ready(self.lot)
        tender_gate.check_stated(self.lot)
        tender_gate.check_prequalified(self)
        self.documents_from, self.documents_until, self.deadline = documents_from, documents_until, deadline
        self.opening_place, self.announced_on = opening_place, self.today()
        schedule = tender_gate.schedule_of(self, notice_until=notice_until)
        used = tender_gate.check_schedule(self, schedule)
        files = tender_documents.add(self.lot, documents, valid_from=documents_from)
        self.notice = tender_announcements.first(act, self, content, notice_until=schedule.notice_until)
        sealed.open_secret_windows(self.lot.code, act.at)
        custodians = custody.published(self.lot)
        return {**self._moments(), "documents": files, "custodians": custodians, "calendar": used}

    @act(
        "tender.amended",
        source="announced",
        target="announced",
        may=CONDUCT,
        label=gettext_noop("Change the tender documents"),
    )
    def amend(
        self, act: Act, *, documents: Sequence[Document], changes: str, deadline: datetime | None = None
    ) -> dict[str, Any]:
        """Add a version of the documents, at least 15 days before the deadline, or move the deadline in the same act.

        Everybody who took the documents is told (招标投标法 23; 招标投标法实施条例 21; 政府采购法实施条例 31).
        """
        self._check_still_open()
        tender_gate.check_moved(self, deadline, None)
        self.deadline = deadline or self.deadline
        tender_gate.check_amendment(self)
        files = tender_documents.add(self.lot, documents, valid_from=self.lot.now())
        tender_announcements.change(act, self, changes)
        return {**self._moments(), "documents": files, "changes": changes}

    @act(
        "tender.extended",
        source="announced",
        target="announced",
        may=CONDUCT,
        label=gettext_noop("Move the deadline"),
    )
    def extend(
        self, act: Act, *, deadline: datetime, reason: str, documents_until: datetime | None = None
    ) -> dict[str, Any]:
        """Move the deadline later, and the offer of documents with it if said; everybody is told (招标投标法 23)."""
        self._check_still_open()
        tender_gate.check_moved(self, deadline, documents_until)
        tender_gate.check_something_moves(self, deadline, documents_until)
        before = clock.iso(self._deadline())
        self.deadline, self.documents_until = deadline, documents_until or self.documents_until
        used = tender_gate.check_schedule(self, tender_gate.schedule_of(self))
        tender_announcements.change(act, self, reason)
        return {**self._moments(), "before": before, "reason": reason, "calendar": used}

    @act(
        "tender.made_up",
        source="announced",
        target="announced",
        may=REGULATOR | THE_CLOCK,
        label=gettext_noop("Give back the time of a suspension"),
    )
    def make_up(self, act: Act) -> dict[str, Any]:
        """Move deadline and offer of documents by the time lost; everybody is told (宁波市公共资源交易管理条例 25)."""
        before, moved = self._deadline(), suspended.made_up(self._window())
        if moved is None:
            raise suspended.NothingToMakeUp
        self.documents_until, self.deadline = moved
        until = clock.minute(self.deadline)
        quiet = replace(act, by=None)  # the notice is a consequence, as after an outage
        tender_announcements.change(quiet, self, f"标段中止期间不计入投标时间，投标截止时间顺延至{until}。")
        return {**self._moments(), "before": clock.iso(before)}

    def go_on(self, by: Any) -> None:
        """Follow the lot's resumption in its own transaction: nobody sees a deadline that has not been made up."""
        reviews: Any = self.lot.reviews  # the stage above names itself
        for record in (self, *reviews.filter(stage="pre")):
            if record.state == "announced":
                with suppress(suspended.NothingToMakeUp):
                    perform(record.make_up, by=by)

    @act(
        "tender.failed",
        source=["registered", "announced"],
        target="failed",
        may=CONDUCT | THE_CLOCK,
        label=gettext_noop("Declare the tender failed"),
    )
    def fail(self, act: Act, *, reason: str) -> dict[str, Any]:
        """End without an award, for a coded reason, by a public notice; the lot may be tendered again.

        How many bids there are is no reason before the deadline, for nobody knows it (招标投标法 22, 28, 42).
        """
        self.failure = Failure(reason)
        tender_failure.check(self, by_hand=act.by is not None)
        tender_announcements.publish(act, self.lot, Kind.FAILURE, tender_failure.told(self))
        act.then(lambda: self.lot.end_all_secrecy(act.at))
        return {"reason": self.failure, "events": events.completeness(self.lot.code)}

    @act(
        "tender.standing_told",
        source="*",
        target=None,
        may=THE_CLOCK,
        label=gettext_noop("Publish that the lot is suspended, resumed or terminated"),
        even_suspended=True,
    )
    def tell_standing(self, act: Act) -> dict[str, Any]:
        """Publish a notice of the lot's suspension, resumption or termination with its coded reason (87号令 29)."""
        if self.told_standing == self.lot.state:
            raise RuleError(gettext_noop("The public has been told."), code="standing_told")
        self.told_standing = self.lot.state
        kind, content = tender_announcements.of_standing(self.lot)
        tender_announcements.publish(act, self.lot, kind, content)
        return {"standing": self.lot.state, "reason": self.lot.reason}

    def _window(self) -> suspended.Window:
        begun, offered = self.documents_from or self._deadline(), self.documents_until or self._deadline()
        return suspended.Window(self.lot, "bids", begun, offered, self._deadline())

    def _deadline(self) -> datetime:
        if self.deadline is None:
            raise RuleError(gettext_noop("The tender has no deadline yet."), code="not_announced")
        return self.deadline

    def _check_still_open(self) -> None:
        if self.lot.now() >= self._deadline():
            raise RuleError(
                gettext_noop("The deadline has passed; nothing of the tender changes any more."),
                code="deadline_passed",
                basis="招标投标法 23, 34",
            )

    def _moments(self) -> dict[str, str]:
        named = ("documents_from", "documents_until", "deadline")
        return {name: clock.iso(getattr(self, name)) for name in named}
