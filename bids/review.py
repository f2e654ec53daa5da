"""Qualification (资格审查) of a tender: before bids, or of the opened bids, item by item, with reasons.

Before bids: announced, applications until the deadline, examined, settled; who passed may bid (招标投标法实施条例
15 to 19). After the opening: procurement by buyer or agency (财政部令第87号 44), a tender by its committee. Fewer than
three qualified end the tender.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import conflicts, outage, requirements, review_notices, suspended
from bids.application import Application
from bids.conflicts import Entrant
from bids.examination import EXAMINER, Examination, Stage, owners_side_examines
from bids.postponement import Matter
from bids.registration import Verdict
from bids.requirements import CONDUCT
from bids.tender_gate import last_day
from trading import clock, holiday_notice, limits, secrecy
from trading.document import Document
from trading.errors import RuleError
from trading.ledger import sealed
from trading.lot import REGULATOR, Lot
from trading.notice import Notice
from trading.procedures import prequalification
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

TOO_FEW = {Stage.PRE: "too_few_prequalified", Stage.POST: "too_few_qualified"}


class Review(Machine):
    """One lot's examination of who may bid, or of who has bid."""

    noun = "review"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reviews")
    stage = models.CharField(_("Stage"), max_length=4, choices=Stage.choices, default=Stage.PRE)
    documents_from = models.DateTimeField(_("Documents are offered from"), null=True, editable=False)
    documents_until = models.DateTimeField(_("Documents are offered until"), null=True, editable=False)
    applications_until = models.DateTimeField(_("Applications until"), null=True, editable=False)
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, editable=False, related_name="review")
    conflicts = models.JSONField(default=list, editable=False)
    failure = models.CharField(_("Reason of failure"), max_length=32, blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "stage"], name="one_review_a_stage")]

    def __str__(self) -> str:
        return self.lot.name

    def secret_scope(self) -> str:
        """Seal what a committee decides as long as it is secret (招标投标法 37)."""
        return "" if owners_side_examines(self) else secrecy.scope_of(self.lot)

    def today(self) -> date:
        """Return the county's calendar day on the lot's clock."""
        return clock.local_date(self.lot.now())

    @act(
        "review.announced",
        source="",
        target="announced",
        may=CONDUCT,
        label=gettext_noop("Publish the prequalification notice"),
    )
    def announce(
        self,
        act: Act,
        *,
        documents_from: datetime,
        documents_until: datetime,
        applications_until: datetime,
        content: dict[str, Any],
    ) -> dict[str, Any]:
        """Invite applications, before the tender notice; from now on the lot takes secret acts.

        Sources: 招标投标法实施条例 15 to 17; 政府采购法实施条例 21.
        """
        self._check_announceable()
        if not self.lot.now() <= documents_from < documents_until <= applications_until:
            raise RuleError(
                gettext_noop("Documents are offered, then applications are due."), code="schedule_out_of_order"
            )
        self.stage = Stage.PRE
        self.documents_from, self.documents_until = documents_from, documents_until
        self.applications_until = applications_until
        kept = prequalification.require(
            self.lot.kind,
            published_on=self.today(),
            documents_from=clock.local_date(documents_from),
            documents_until=last_day(documents_until),
            due_on=last_day(applications_until),
            calendar=holiday_notice.calendar(),
        )
        self.notice = review_notices.first(act, self, content)
        sealed.open_secret_window(self.lot.code, act.at)
        return {**review_notices.moments(self), "calendar": limits.used(*kept)}

    @act(
        "review.amended",
        source="announced",
        target="announced",
        may=CONDUCT,
        label=gettext_noop("Change the prequalification documents"),
    )
    def amend(self, act: Act, *, changes: str, applications_until: datetime | None = None) -> dict[str, Any]:
        """Change or clarify at least three days before the deadline, or move it (招标投标法实施条例 21)."""
        due = self._due()
        if self.lot.now() >= due or (applications_until is not None and applications_until < due):
            raise RuleError(
                gettext_noop("The deadline may move later, before it has passed."),
                code="deadline_earlier",
                basis="招标投标法实施条例 21",
            )
        self.applications_until = applications_until or due
        days = {"changed_on": self.today(), "due_on": last_day(self.applications_until)}
        kept = prequalification.require_change(self.lot.kind, **days, calendar=holiday_notice.calendar())
        review_notices.change(act, self, changes)
        return {**review_notices.moments(self), "changes": changes, "calendar": limits.used(kept)}

    @act(
        "review.made_up",
        source="announced",
        target="announced",
        may=REGULATOR | THE_CLOCK,
        label=gettext_noop("Give back the time of a suspension"),
    )
    def make_up(self, act: Act) -> dict[str, Any]:
        """Move the end of applications and of the documents by the time lost (宁波市公共资源交易管理条例 25)."""
        due = self._due()
        begun, offered = self.documents_from or due, self.documents_until or due
        window = suspended.Window(self.lot, Matter.APPLICATIONS, begun, offered, due)
        if (moved := suspended.made_up(window)) is None:
            raise suspended.NothingToMakeUp
        self.documents_until, self.applications_until = moved
        words = f"标段中止期间不计入提交申请时间，截止时间顺延至{clock.minute(self.applications_until)}。"
        review_notices.change(replace(act, by=None), self, words)
        return review_notices.moments(self)

    @act(
        "review.opened",
        source="announced",
        target="open",
        may=THE_CLOCK | CONDUCT,
        label=gettext_noop("Open the applications"),
    )
    def open_applications(self, act: Act) -> dict[str, Any]:
        """Begin the examination after the deadline; how many applied stays unsaid (招标投标法 22)."""
        if self.lot.now() < self._due():
            raise RuleError(
                gettext_noop("Applications are still taken."), code="applications_still_open", basis="招标投标法 22"
            )
        outage.check_none_waits(self.lot, Matter.APPLICATIONS)
        standing = list(Application.objects.standing().filter(lot=self.lot).select_related("organisation"))
        self._examine([(one.entrant(), one) for one in standing])
        papers = Document.objects.filter(applications__in=standing, released_at=None)
        act.then(lambda: papers.update(released_at=act.at))
        return {}

    @act(
        "review.begun",
        source="",
        target="open",
        may=THE_CLOCK | CONDUCT,
        label=gettext_noop("Begin the examination of the opened bids"),
    )
    def begin(self, act: Act, *, entrants: Sequence[Entrant]) -> dict[str, Any]:
        """Examine those whose bids were opened (财政部令第87号 44; 招标投标法实施条例 20)."""
        requirements.check_stated(self.lot)
        self.stage = Stage.POST
        self._examine([(one, None) for one in entrants])
        return {"bidders": len(entrants)}

    @act(
        "review.settled",
        source="open",
        target="settled",
        may=EXAMINER,
        label=gettext_noop("Settle the qualification"),
    )
    def settle(self, act: Act) -> dict[str, Any]:
        """Close the examination: who passed every item passes; each learns its own result with reasons.

        Refused while an item lacks its finding, or one passes against the register (招标投标法实施条例 18, 19, 34).
        """
        if self.stage == Stage.PRE:
            act.seal()
        rows = list(self.examinations.select_related("organisation").prefetch_related("findings"))
        self._check_complete(rows)
        self.conflicts = conflicts.written(conflicts.among(self.lot, [one.entrant() for one in rows]))
        for one in rows:
            failed = any(finding.verdict == Verdict.FAIL for finding in one.findings.all())
            one.verdict = Verdict.FAIL if failed else Verdict.PASS
        passed = [one for one in rows if one.verdict == Verdict.PASS]
        self._check_register(passed)
        Examination.objects.bulk_update(rows, ["verdict"], batch_size=500)
        least, basis = prequalification.least(self.lot.kind, opened=self.stage == Stage.POST, on=self.today())
        if len(passed) < least:
            self.failure = TOO_FEW[Stage(self.stage)]
            act.then(lambda: perform(self.fail, by=None, basis=basis))
        text = json.dumps([[one.organisation.uscc, one.verdict] for one in rows], separators=(",", ":"))
        return {"sha256": hashlib.sha256(text.encode()).hexdigest()}

    @act(
        "review.failed",
        source="settled",
        target="failed",
        may=THE_CLOCK | CONDUCT,
        label=gettext_noop("Fail the tender for want of qualified bidders"),
    )
    def fail(self, act: Act, *, basis: str) -> dict[str, Any]:
        """Say on record that fewer than three are qualified, and end the tender (招标投标法实施条例 19; 87号令 44)."""
        act.then(lambda: review_notices.end_tender(self.lot, self.failure))
        return {"reason": self.failure, "basis": basis}

    def announce_change(self, act: Act, words: str) -> None:
        """Publish a change notice of the prequalification."""
        review_notices.change(act, self, words)

    def _examine(self, entrants: Sequence[tuple[Entrant, Application | None]]) -> None:
        """Put everybody under examination, with what the register shows of them together."""
        self.conflicts = conflicts.written(conflicts.among(self.lot, [entrant for entrant, _from in entrants]))
        self.save()
        Examination.objects.bulk_create(
            Examination(
                review=self,
                lot=self.lot,
                stage=self.stage,
                organisation=entrant.organisation,
                application=application,
                partners=[{"uscc": code, "name": name} for code, name in entrant.partners],
                manager_certificate=entrant.manager,
                state="waiting",
            )
            for entrant, application in entrants
        )

    def _check_announceable(self) -> None:
        tender = getattr(self.lot, "tender", None)
        if tender is None or tender.state != "registered" or not tender.prequalified:
            raise RuleError(
                gettext_noop("Prequalification comes before the notice of a tender that is registered with it."),
                code="no_prequalification_planned",
                basis="招标投标法实施条例 15",
                next_step=gettext_noop("Register the tender with qualification before bids."),
            )
        requirements.check_stated(self.lot)

    def _check_complete(self, rows: Sequence[Examination]) -> None:
        items = set(requirements.codes_of(self.lot))
        undecided = [one for one in rows if items - {finding.item for finding in one.findings.all()}]
        if undecided:
            raise RuleError(
                gettext_noop("%(count)s enterprises lack the finding on an item."),
                code="findings_incomplete",
                basis="招标投标法 18; 财政部令第87号 44",
                next_step=gettext_noop("Every item needs its finding for everybody, the one on conflicts too."),
                count=len(undecided),
            )

    def _check_register(self, passed: Sequence[Examination]) -> None:
        """Refuse to pass whom the register shows in conflict today, or barred."""
        touched = {code for one in self.conflicts if one["certain"] for code in one["bidders"]}
        wrong = [
            one.organisation
            for one in passed
            if one.organisation.uscc in touched or one.organisation.barred_on(self.today()) is not None
        ]
        if wrong:
            raise RuleError(
                gettext_noop("The register speaks against passing: %(names)s."),
                code="passes_against_register",
                basis="招标投标法实施条例 34, 37, 40; 招标投标法 53, 54, 60",
                next_step=gettext_noop("Fail the item RC of each with its ground, or have the register corrected."),
                names=", ".join(sorted(f"{one.name} ({one.uscc})" for one in wrong)),
            )

    def _due(self) -> datetime:
        if self.applications_until is None:
            raise RuleError(gettext_noop("No applications are taken."), code="applications_not_open")
        return self.applications_until
