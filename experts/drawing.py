"""The draw of a committee: who may be drawn, the salted list, and the seats that the result fills (draw-protocol.md 3).

The middle of one machine: `Convening` comes before, `Panel` calls and gathers who was drawn. Until the calls a seat has
only its leaf; the operator sees counts and codes.
"""

import hashlib
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from experts import draw_key, pool, present, wanted
from experts.convening import APPROVER, Convening, State
from experts.library import Row
from experts.recusal import Case
from experts.seat import Kind, Seat
from experts.snapshot import Snapshot
from trading import clock, holiday_notice
from trading.draws import leaves
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.party import Role, anywhere
from trading.procedures import government_open_tender
from trading.rules import table
from trading.session import Session
from trading.transitions import Act, act, perform

CENTRE = anywhere(Role.CENTRE_STAFF)
SKIP_CAP = "X07"


class CommitteeSecret(RuleError):
    """Somebody asked who sits in a committee before the law's moment."""

    code = "committee_secret"
    status = 403
    basis = "招标投标法 37; 87号令 47, 69"
    next_step = gettext_noop("Come back after the award or the published result.")


class Drawing(Convening):
    """A panel from its approval to the result of the draw."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, null=True, editable=False, related_name="panel")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    key_sealed = models.BinaryField(default=b"", editable=False)
    key_sealed_by = models.CharField(max_length=16, blank=True, editable=False)
    key_copy = models.BinaryField(default=b"", editable=False)
    counts = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True

    @act(
        "panel.widened",
        source=State.APPROVED,
        target=State.APPROVED,
        may=APPROVER,
        label=gettext_noop("Widen the region of the experts"),
    )
    def widen(self, act: Act, *, region: str) -> dict[str, Any]:
        """Draw from a wider region where too few live in the first (ggzy-draw/1, 2 row 21)."""
        if not self.region.startswith(region) or region == self.region:
            raise RuleError(
                gettext_noop("A wider region is the beginning of “%(region)s”."),
                code="region_not_wider",
                basis="ggzy-draw/1, 2 row 21",
                next_step=gettext_noop("Leave out digits from the end; nothing means anywhere."),
                region=self.region,
            )
        before, self.region = self.region, region
        return {"before": before, "region": region, "sha256": self.digest()}

    @act(
        "panel.draw_begun",
        source=State.APPROVED,
        target=State.DRAWING,
        may=CENTRE,
        label=gettext_noop("Begin the draw of the experts"),
    )
    def begin_draw(
        self, act: Act, *, session: Session, beacon: dict[str, Any], case: Case, recipient: str
    ) -> dict[str, Any]:
        """Freeze the list and prepare the draw, before witnesses (招标投标法 37; 财库〔2016〕198号; ggzy-draw/1).

        `case` joins the secret bidders for the recusal, `recipient` is the supervisor's key to which the draw's key is
        sealed; both come from the stage above.
        """
        self._check_time()
        self.snapshot = self._newest_snapshot()
        rows = pool.eligible(self.snapshot.experts(), self.wanted)
        made = self._sorted(rows, replace(case, listed=case.listed | frozenset(self.avoid)))
        self.counts = made.counts
        small = pool.check_size(made.counts["pool"], self.wanted.needs, case.day, narrowed=bool(self.region))
        key = draw_key.fresh()
        self.key_sealed_by, self.key_sealed = draw_key.seal(key, str(self.pk))
        self.key_copy = draw_key.copy_for(key, recipient)
        files = {"list_file": made.list_file(key).decode(), "exclusions_file": made.exclusions_file(key, rows).decode()}
        self.draw = self._draw(session, beacon, kd=leaves.key_digest(pool.SUITE, key).hex(), **files)
        perform(self.draw.prepare, by=act.by)
        counted = {name: [list(pair) for pair in found.items()] for name, found in self.counts.items()}
        copy = hashlib.sha256(self.key_copy).hexdigest()
        return {"draw_id": self.draw.draw_id, "session": session.pk, **counted, "small": small, "key_copy": copy}

    @act(
        "panel.draw_voided",
        source=State.DRAWING,
        target=State.APPROVED,
        may=CENTRE,
        label=gettext_noop("Return to the application after a void draw"),
    )
    def return_to_application(self, act: Act) -> dict[str, Any]:
        """Draw again after the first draw was voided before its cut-off (ggzy-draw/1, 2 row 4)."""
        if self.draw is None or self.draw.state != "void":
            raise RuleError(
                gettext_noop("The draw has not been voided."), code="draw_not_void", basis="ggzy-draw/1, 2 row 4"
            )
        voided, self.draw = self.draw.draw_id, None
        return {"draw_id": voided}

    @act(
        "panel.drawn",
        source=State.DRAWING,
        target=State.DRAWN,
        may=CENTRE,
        label=gettext_noop("Take over the result of the draw of experts"),
    )
    def take_result(self, act: Act) -> dict[str, Any]:
        """Give every drawn leaf its seat; who follows stays in the ranking (ggzy-draw/1, 3.6)."""
        drawn = self._finished_draw()
        for number, (leaf, stratum) in enumerate(drawn.result["seated"], 1):
            self._seat(number, leaf, stratum, by=act.by)
        return {"draw_id": drawn.draw_id, "seats": len(drawn.result["seated"])}

    def key(self) -> bytes:
        """Return the key of the draw; it leaves the platform for auditors only, after the result."""
        return draw_key.unseal(bytes(self.key_sealed), self.key_sealed_by, str(self.pk))

    def rows_by_leaf(self) -> dict[str, Row]:
        """Return the library's rows of everybody eligible by their leaves; for the calls and the openings only."""
        if self.snapshot is None:
            return {}
        key, codes = self.key(), [need.code for need in self.wanted.needs]
        rows = pool.eligible(self.snapshot.experts(), self.wanted).values()
        return {pool.leaf_of(key, row, codes): row for row in rows}

    def openings(self) -> list[dict[str, Any]]:
        """Return what opens the leaves of seated and skipped experts (ggzy-draw/1, 3.10). Raises RuleError before."""
        self.check_open()
        drawn, rows = self._finished_draw(), self.rows_by_leaf()
        skipped = list(drawn.skips.order_by("pk").values_list("candidate", flat=True))
        shown = [leaf for leaf, _stratum in drawn.result["seated"]] + skipped
        codes = [need.code for need in self.wanted.needs]
        return [pool.opening(self.key(), rows[leaf], codes) for leaf in shown]

    def check_open(self) -> None:
        """Refuse while nobody may learn who sits in the committee. Raises RuleError."""
        if self.lot.committee_is_secret:
            raise CommitteeSecret(gettext_noop("Who sits in the committee is secret until the law's moment."))

    def _seat(self, number: int, leaf: str, stratum: str, *, by: Any) -> None:
        own: Any = self  # mypy takes the class for abstract
        perform(Seat(panel=own, number=number, kind=Kind.EXPERT, leaf=leaf, stratum=stratum).draw, by=by)

    def _check_time(self) -> None:
        now = self.lot.now()
        wanted.check_draw_time(
            wanted.Moment(self.gather_at, clock.local_date(self.gather_at)),
            wanted.Moment(now, clock.local_date(now)),
            procured=self.lot.kind == government_open_tender.PROCEDURE.kind,
            calendar=holiday_notice.calendar(),
        )

    def _newest_snapshot(self) -> Snapshot:
        """Return the last snapshot taken before anybody asked for this committee. Raises RuleError."""
        taken = Snapshot.objects.filter(rehearsal=self.lot.rehearsal, created_at__lt=self.applied_at).first()
        if taken is None:
            raise RuleError(
                gettext_noop("No snapshot of the library is older than the application."),
                code="library_missing",
                basis="ggzy-draw/1, 2 row 12, 3.3",
                next_step=gettext_noop("Apply again once the day's snapshot is taken."),
            )
        return taken

    def _sorted(self, rows: dict[str, Row], case: Case) -> pool.Pool:
        codes = [need.code for need in self.wanted.needs]
        now = present.now(codes, rehearsal=self.lot.rehearsal, besides=self)
        return pool.sort(rows, now, case, self.wanted, present.days_of(self.wanted))

    def _draw(self, session: Session, beacon: dict[str, Any], **files: str) -> Draw:
        taken, cap = self.snapshot, table.find(SKIP_CAP, clock.local_date(self.lot.now())).count
        library = {"root": taken.root, "n": taken.size, "at": taken.day.isoformat()} if taken else {}
        plan = [{"st": one["code"], "k": one["count"], "alt": one["count"] * cap} for one in self.needs]
        return Draw(
            lot=self.lot,
            session=session,
            purpose=leaves.PURPOSE,
            suite=pool.SUITE,
            rule={"id": "committee", "sha": self.digest()},
            plan=plan,
            skip_cap=cap,
            library=library,
            beacon=beacon,
            **files,
        )

    def _finished_draw(self) -> Draw:
        if self.draw is None or self.draw.state != "drawn":
            raise RuleError(gettext_noop("The draw is not finished."), code="draw_not_finished")
        return self.draw
