"""Outages (系统故障): the clock writes a heartbeat; a gap in it is an outage, and what was due in it is decided.

The rule, published before anybody bids (O01 to O03): whatever was due during an outage, or up to two hours after the
platform was back, is postponed for everybody by at least the time that was lost, and never to a moment sooner than two
hours after the decision. An official decides and the ledger says so; until then nothing that the outage covers closes.
Sources: integrity.md, 3.1; issue 3, 6; 参照电子招标投标办法 31.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import tender_gate
from bids.postponement import Covered, Matter, Postponement, postponed
from trading import clock
from trading.errors import InvalidInput, RuleError
from trading.lot import Lot
from trading.party import Role, anywhere
from trading.rules import table
from trading.transitions import THE_CLOCK, Act, Machine, act, perform

CENTRE = anywhere(Role.CENTRE_STAFF)
REGULATOR = anywhere(Role.SECTOR_REGULATOR)
BEAT = timedelta(seconds=10)
KEPT = timedelta(days=2)
REPORTED_WITHIN = timedelta(days=30)  # what lasts moves deadlines by as much: longer ago is a slip, or past remedy
BASIS = "平台停机顺延规则 O01–O03; 参照电子招标投标办法 31"


class Heartbeat(models.Model):
    """A moment at which the clock ran; old ones are forgotten."""

    at = models.DateTimeField(unique=True)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return clock.iso(self.at)


class Outage(Machine):
    """A time in which the platform did not run, found by the clock or reported by the centre with evidence."""

    noun = "outage"
    began_at = models.DateTimeField(_("From"))
    ended_at = models.DateTimeField(_("Until"), null=True, blank=True)
    evidence = models.CharField(_("What happened, and the evidence"), max_length=500, blank=True)
    postpone = models.BooleanField(_("Deadlines are postponed"), null=True, editable=False)
    reason = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ("-began_at",)
        constraints = [
            models.UniqueConstraint(fields=["began_at"], condition=models.Q(evidence=""), name="a_gap_is_found_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gt=models.F("began_at")),
                name="outage_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_at.astimezone(clock.LOCAL):%Y-%m-%d %H:%M:%S}"

    @act("outage.found", source="", target="found", may=THE_CLOCK, label=gettext_noop("Find an outage"))
    def find(self, act: Act) -> dict[str, Any]:
        """Put a gap between two heartbeats on record, with the lots whose deadline it covers (O01)."""
        act.then(self._cover)
        return self._span()

    @act("outage.reported", source="", target="reported", may=CENTRE, label=gettext_noop("Report an outage"))
    def report(self, act: Act) -> dict[str, Any]:
        """Report with evidence what the clock cannot see; what it covers waits until an official decides (管办分离)."""
        if not self.evidence.strip():
            raise InvalidInput(gettext_noop("Say what happened and where the evidence is."), code="evidence_missing")
        self._check_reported(act)
        act.then(self._cover)
        return {**self._span(), "evidence": self.evidence}

    @act(
        "outage.decided",
        source=["found", "reported"],
        target="decided",
        may=REGULATOR,
        label=gettext_noop("Decide on an outage"),
    )
    def decide(
        self,
        act: Act,
        *,
        postpone: bool,
        reason: str,
        ended_at: datetime | None = None,
        deadlines: Iterable[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """Postpone everything that the outage covers, for everybody and by the published rule, or nothing of it.

        `deadlines`: [{"lot": code, "deadline": moment of the lot's clock}] names later moments than the rule's
        earliest. Source: 参照电子招标投标办法 31.
        """
        self.ended_at = self.ended_at or ended_at
        self._check_decision(act, reason)
        self.postpone, self.reason = postpone, reason
        chosen = {row["lot"]: row["deadline"] for row in deadlines}
        rows = [(one, one.due()) for one in self.covered.select_related("lot").order_by("pk")]
        covered = [(one, due) for one, due in rows if due is not None]
        if unknown := sorted(set(chosen) - {one.lot.code for one, _due in covered if postpone}):
            raise RuleError(
                gettext_noop("This outage postpones nothing of %(lots)s."),
                code="lot_not_covered",
                basis=BASIS,
                lots=", ".join(unknown),
            )
        if postpone:
            moved = [self._postponement(act, one, due, chosen.get(one.lot.code)) for one, due in covered]
            act.then(lambda: [perform(one.postpone, by=act.by) for one in moved if one.after > one.before])
        return {**self._span(), "postpone": postpone, "reason": reason, "lots": [one.lot.code for one, _due in covered]}

    def earliest(self, one: Covered, due: datetime, decided_at: datetime) -> datetime:
        """Return the earliest new deadline of a covered lot, on its clock and by the minute (O02, O03).

        It is never before `due`, to which a suspension or the tenderer may have moved it since the outage was found.
        """
        ended = self._ended()
        lost = ended - self.began_at
        least = decided_at + timedelta(hours=hours("O03", decided_at))
        by_rule = clock.next_minute(max(ended + lost, least, one.deadline - one.ahead) + one.lot.clock_ahead)
        return max(by_rule, due)

    def _postponement(self, act: Act, one: Covered, due: datetime, chosen: datetime | None) -> Postponement:
        earliest = self.earliest(one, due, act.at)
        if chosen is not None and chosen < earliest:
            raise RuleError(
                gettext_noop("%(lot)s may be due at %(earliest)s or later, not before."),
                code="postponed_too_little",
                basis=BASIS,
                next_step=gettext_noop("Name that moment or a later one, or leave it to the rule."),
                lot=one.lot.code,
                earliest=earliest.astimezone(clock.LOCAL).isoformat(),
            )
        after = chosen or earliest
        tender_gate.check_near(one, after)
        return Postponement(lot=one.lot, outage=self, matter=one.matter, before=due, after=after, by_rule=BASIS)

    def _cover(self) -> None:
        """Remember what was due in the outage or up to two hours after it, on each lot's own clock."""
        until = (self.ended_at or clock.now()) + timedelta(hours=hours("O02", self.began_at))
        rows = [
            Covered(outage=self, lot=lot, matter=matter, deadline=deadline, ahead=lot.clock_ahead)
            for matter, lot, deadline in postponed()
            if lot.at(self.began_at) <= deadline <= lot.at(until)
        ]
        Covered.objects.bulk_create(rows)

    def _ended(self) -> datetime:
        if self.ended_at is None:
            raise RuleError(
                gettext_noop("Say when the platform was back."),
                code="outage_without_end",
                basis=BASIS,
                next_step=gettext_noop("Decide when the outage is over."),
            )
        return self.ended_at

    def _check_reported(self, act: Act) -> None:
        if self.began_at > act.at or (self.ended_at is not None and self.ended_at > act.at):
            raise RuleError(
                gettext_noop("An outage that has not happened cannot be reported."),
                code="outage_in_the_future",
                basis=BASIS,
                next_step=gettext_noop("Look at the day and the hour that you typed."),
            )
        if self.began_at < act.at - REPORTED_WITHIN:
            raise RuleError(
                gettext_noop("An outage is reported within %(days)s days of its beginning."),
                code="outage_too_old",
                basis=BASIS,
                next_step=gettext_noop("Look at the date that you typed; tell the sector regulator of an older one."),
                days=REPORTED_WITHIN.days,
            )

    def _check_decision(self, act: Act, reason: str) -> None:
        if not self.began_at < self._ended() <= act.at:
            raise RuleError(
                gettext_noop("The outage ends after it began, and not in the future."), code="outage_end_wrong"
            )
        if not reason.strip():
            raise RuleError(gettext_noop("Say why it is decided so."), code="reason_missing", basis=BASIS)

    def _span(self) -> dict[str, Any]:
        return {"from": clock.iso(self.began_at), "until": clock.iso(self.ended_at) if self.ended_at else ""}


def beat() -> None:
    """Note that the clock runs; find the gap if it did not. The tick calls this before everything that closes."""
    now = clock.now()
    newest = Heartbeat.objects.first()
    if newest is not None and now - newest.at < BEAT:  # a clock that was set back waits until it has caught up
        return
    with transaction.atomic():
        Heartbeat.objects.select_for_update().first()
        last = Heartbeat.objects.first()  # read again: another clock may have noted it while this one waited
        if last is not None and now - last.at > gap(now):
            perform(Outage(began_at=last.at, ended_at=now).find, by=None)
        Heartbeat.objects.get_or_create(at=now)
        Heartbeat.objects.filter(at__lt=now - KEPT).delete()


def waits(lot: Lot, matter: str = Matter.BIDS) -> Outage | None:
    """Return the undecided outage that covers the lot's deadline, or None; nothing closes while there is one.

    A gap that runs now, which no tick has found yet, counts as one: it is returned unsaved.
    """
    covered = Covered.objects.filter(lot=lot, matter=matter).exclude(outage__state="decided").select_related("outage")
    if (found := covered.order_by("pk").first()) is not None:
        return found.outage
    now, newest = clock.now(), Heartbeat.objects.first()
    if newest is None or now - newest.at <= gap(now):
        return None
    due = next((deadline for m, one, deadline in postponed(lot) if m == matter), None)
    until = now + timedelta(hours=hours("O02", now))
    running = due is not None and lot.at(newest.at) <= due <= lot.at(until)
    return Outage(began_at=newest.at) if running else None


def check_none_waits(lot: Lot, matter: str = Matter.BIDS) -> None:
    """Refuse to close a lot while an outage that covers its deadline is undecided. Raises RuleError."""
    if (found := waits(lot, matter)) is not None:
        raise RuleError(
            gettext_noop("The platform was down from %(began)s; nothing closes before an official has decided on it."),
            code="outage_undecided",
            basis=BASIS,
            next_step=gettext_noop("The sector regulator decides whether the deadline is postponed for everybody."),
            began=found.began_at.astimezone(clock.LOCAL).isoformat(),
        )


def was_down(start: datetime, end: datetime) -> bool:
    """Say whether an outage is on record between two moments of the server's clock."""
    later = models.Q(ended_at=None) | models.Q(ended_at__gt=start)
    known = models.Q(evidence="") | models.Q(state="decided", postpone=True)  # found by the clock, or decided on
    return Outage.objects.filter(later, known, began_at__lt=end).exists()


def gap(on: datetime) -> timedelta:
    """Return the longest time between two heartbeats that is no outage (O01)."""
    return timedelta(seconds=int(table.find("O01", clock.local_date(on)).number or 0))


def hours(rule_id: str, on: datetime) -> int:
    """Return a number of hours of the published rule."""
    return int(table.find(rule_id, clock.local_date(on)).number or 0)
