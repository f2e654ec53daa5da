"""Notices (公告): immutable versions; a correction is a new version, the old ones stay readable (domain.md, 7)."""

import functools
import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, holiday_notice, notice_terms
from trading.errors import RuleError
from trading.lot import Lot
from trading.notice_content import ANSWERING, BY_HAND, FREE, PERIODS, TERMS, check_period, corrected, missing
from trading.party import Role, anywhere, within
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

OWNER = within(Role.OWNER, lambda notice: notice.lot.project.owner_id if notice.lot else None)
AGENCY = within(Role.AGENCY, lambda notice: notice.lot.project.agency_id if notice.lot else None)
CONDUCT = OWNER | AGENCY


class Kind(models.TextChoices):
    DRAW = "draw", _("Fixed-price comparison notice")
    DRAW_LIST = "draw_list", _("List of qualified enterprises")
    DRAW_RESULT = "draw_result", _("Result publicity")
    FAILURE = "failure", _("Failure notice")
    CONTRACT = "contract", _("Contract notice")
    TENDER = "tender", _("Tender notice")
    PROCUREMENT = "procurement", _("Procurement notice")
    PREQUALIFICATION = "prequalification", _("Prequalification notice")
    CANDIDATES = "candidates", _("Candidate publicity")
    RESULT = "result", _("Result notice")
    PROCURED = "procured", _("Result notice of a procurement")
    CHANGE = "change", _("Change notice")
    OTHER = "other", _("Other notice")


MOMENT = timedelta(microseconds=1)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def public(self) -> "NoticeQuerySet":
        """Return what public lists show: published or withdrawn notices, no rehearsals."""
        return self.exclude(state="").filter(rehearsal=False)

    def visible_to(self, person: Any) -> "NoticeQuerySet":
        """Return all notices by address: a rehearsal's pages say so and are in no public list."""
        return self.exclude(state="")


class Notice(Machine):
    """One notice with its versions; `content` is the newest version's."""

    noun = "notice"
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices)
    title = models.CharField(_("Title"), max_length=300)
    region = models.CharField(_("Region"), max_length=64, blank=True)
    category = models.CharField(_("Business line"), max_length=32, blank=True)
    buyer = models.CharField(_("Owner"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("Published"), editable=False)
    published_until = models.DateTimeField(_("Published until"), null=True, blank=True, editable=False)
    objections_until = models.DateTimeField(_("Objections until"), null=True, blank=True, editable=False)
    rehearsal = models.BooleanField(default=False, editable=False)
    source_url = models.URLField(_("First published at"), max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-published_at", "-id")
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="notice_newest"),
            models.Index(fields=["kind", "-published_at", "-id"], name="notice_by_kind"),
            models.Index(fields=["category", "-published_at", "-id"], name="notice_by_category"),
            models.Index(fields=["region", "-published_at", "-id"], name="notice_by_region"),
        ]

    def __str__(self) -> str:
        return self.title

    @act(
        "notice.published",
        source="",
        target="published",
        may=CONDUCT | THE_CLOCK,
        label=gettext_noop("Publish a notice"),
        even_suspended=True,
    )
    def publish(
        self,
        act: Act,
        *,
        content: dict[str, Any],
        until: datetime | None = None,
        objections_until: datetime | None = None,
    ) -> dict[str, Any]:
        """Publish version 1, as a part of its procedure's act, once its content is complete for its kind.

        A suspension is told while it lasts. `objections_until` is when the time to object to what it announces
        ends, where the law counts it otherwise than by the notice's own end.
        """
        if self.kind in PERIODS:
            last = clock.local_date(until - MOMENT) if until else None
            check_period(self.kind, start=self._today(), last=last, calendar=holiday_notice.calendar())
        self.objections_until = objections_until
        self.published_at = self.lot.now() if self.lot else act.at
        self.published_until = until
        self.rehearsal = bool(self.lot and self.lot.rehearsal)
        return self._add_version(act, content, reason="")

    @act(
        "notice.imported",
        source="",
        target="published",
        may=anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Take over a notice of another platform"),
    )
    def take_over(self, act: Act, *, content: dict[str, Any], first_published_at: datetime) -> dict[str, Any]:
        """List a notice as another platform published it: words, address and first publication, nothing added."""
        if self.lot is not None or not content.get("source"):
            raise RuleError(
                gettext_noop("A notice of another platform names its source and belongs to no lot here."),
                code="not_an_imported_notice",
                basis="招标公告和公示信息发布管理办法 15",
            )
        if first_published_at > act.at:
            raise RuleError(gettext_noop("The notice has not been published yet."), code="published_in_the_future")
        self.published_at = first_published_at
        return {**self._store_version(act, content, reason=""), "source": str(content["source"])}

    @act("notice.posted", source="", target="published", may=CONDUCT, label=gettext_noop("Publish a notice"))
    def post(self, act: Act, *, content: dict[str, Any], until: datetime | None = None) -> dict[str, Any]:
        """Publish, by hand, a notice that belongs to no step of a procedure; the others come from its acts."""
        self._check_by_hand()
        self.published_at = self.lot.now() if self.lot else act.at
        if until is not None and until <= self.published_at:
            raise RuleError(
                gettext_noop("The notice would end before it begins."),
                code="period_over",
                basis="招标投标法 5",
                next_step=gettext_noop("Choose a later end, or none."),
            )
        self.published_until, self.rehearsal = until, bool(self.lot and self.lot.rehearsal)
        return self._add_version(act, content, reason="")

    @act(
        "notice.corrected",
        source="published",
        target="published",
        may=CONDUCT | THE_CLOCK,
        label=gettext_noop("Correct a notice"),
        even_suspended=True,
    )
    def correct(
        self,
        act: Act,
        *,
        content: dict[str, Any],
        reason: str,
        objections_until: datetime | None = None,
        until: datetime | None = None,
    ) -> dict[str, Any]:
        """Publish a corrected version as a part of its procedure's act; the earlier text stays readable."""
        self.objections_until = objections_until or self.objections_until
        self.published_until = until or self.published_until
        return self._add_version(act, content, reason=reason)

    @act("notice.edited", source="published", target="published", may=CONDUCT, label=gettext_noop("Correct a notice"))
    def edit(self, act: Act, *, content: dict[str, Any], reason: str) -> dict[str, Any]:
        """Correct a notice by hand; what the procedure's record says in it stays as it is.

        Terms change only while the whole period of the notice is still ahead (招标投标法实施条例 21).
        """
        changed = corrected(self.newest().content, content)
        if self.kind not in BY_HAND:
            self._check_free(content)
            if changed & ANSWERING.get(self.kind, frozenset()):
                act.then(functools.partial(self._satisfy_objectors, act))
        return self._add_version(act, content, reason=reason)

    @act(
        "notice.retracted", source="published", target="withdrawn", may=CONDUCT, label=gettext_noop("Withdraw a notice")
    )
    def retract(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Withdraw, by hand, a notice that belongs to no step of a procedure; the text stays readable."""
        self._check_by_hand()
        return self._add_version(act, self.newest().content, reason=reason)

    @act(
        "notice.withdrawn",
        source="published",
        target="withdrawn",
        may=CONDUCT | THE_CLOCK,
        label=gettext_noop("Withdraw a notice"),
    )
    def withdraw(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Withdraw with a reason, as a part of its procedure's act; the text stays readable."""
        return self._add_version(act, self.newest().content, reason=reason)

    def _satisfy_objectors(self, act: Act) -> None:
        """Note that this correction of substance followed from the objections to the notice that were upheld."""
        if self.lot is not None:
            for objection in self.lot.objections.upheld("notice"):
                perform(objection.carry_out, by=act.by)

    def _check_by_hand(self) -> None:
        if self.kind not in BY_HAND:
            raise RuleError(
                gettext_noop("“%(kind)s” comes and goes with its procedure's own acts, never by hand."),
                code="procedure_notice",
                basis="招标投标法实施条例 15, 54",
                next_step=gettext_noop("Perform the procedure's act, which publishes what its record says."),
                kind=self.get_kind_display(),
            )

    def _check_free(self, content: dict[str, Any]) -> None:
        now = self.newest().content
        changed = {name for name in {*now, *content} if now.get(name) != content.get(name)} - FREE
        terms = TERMS.get(self.kind)
        if fixed := sorted(changed - (terms.names if terms else frozenset())):
            raise RuleError(
                gettext_noop("These items are the procedure's record and cannot be corrected here: %(items)s."),
                code="recorded_fields_fixed",
                basis="招标投标法实施条例 15, 54",
                next_step=gettext_noop("Correct only the free texts; the record changes by the procedure's own acts."),
                items=", ".join(fixed),
            )
        if changed and terms:
            notice_terms.check_ahead(terms.rule, self._today(), datetime.fromisoformat(str(now[terms.until])))

    def _today(self) -> date:
        return clock.local_date(self.lot.now() if self.lot else clock.now())

    def _add_version(self, act: Act, content: dict[str, Any], *, reason: str) -> dict[str, Any]:
        if gaps := missing(self.kind, content):
            raise RuleError(
                gettext_noop("The notice lacks: %(items)s."),
                code="notice_incomplete",
                basis="公共资源交易 公告内容; 招标投标法实施条例 15",
                next_step=gettext_noop("Fill in what is missing and publish again."),
                items=", ".join(gaps),
            )
        return self._store_version(act, content, reason=reason)

    def _store_version(self, act: Act, content: dict[str, Any], *, reason: str) -> dict[str, Any]:
        number = (self.versions.count() if self.pk else 0) + 1
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        version = NoticeVersion(
            number=number, title=self.title, content=content, reason=reason, published_at=self.published_at, notice=self
        )
        version.sha256 = hashlib.sha256(f"{self.title}\n{text}".encode()).hexdigest()
        version.published_at = self.lot.now() if self.lot else act.at
        act.then(lambda: version.attach(self))
        return {"kind": self.kind, "title": self.title, "number": number, "sha256": version.sha256, "reason": reason}

    def newest(self) -> "NoticeVersion":
        """Return the version that counts."""
        return self.versions.latest("number")


class NoticeVersion(models.Model):
    """What was published, word for word."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="a_version_number_once")]

    def attach(self, notice: Notice) -> None:
        """Store this version under its saved notice."""
        self.notice = notice
        self.save()
