"""The evaluation of one lot's opened bids (评标), from the convened committee to its signed report.

Convened, examining, scoring, summed, reported, signed; or failed (招标投标法 37 to 42; 87号令 44 to 66).
"""

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_noop

from bids.review_notices import end_tender
from bids.room import report, report_pdf, tie
from bids.room.convening import CHAIR, HOSTS, UNDER_WAY
from bids.room.member import MOTIONS, Member
from bids.room.ranking import Candidate
from bids.room.scoring import Scoring
from bids.room.secret import check_in_room
from bids.tender_failure import Failure
from trading import secrecy
from trading.errors import InvalidInput, RuleError
from trading.party import SUPERVISING, Role, anywhere
from trading.transitions import THE_CLOCK, Act, act

OFFICIALS = frozenset({Role.CENTRE_STAFF, Role.AUDITOR, *SUPERVISING})
REPORT = "招标投标法 40; 招标投标法实施条例 53; 87号令 58, 61"


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, person: Any) -> Self:
        """Return those that everybody may know; before, those in which the person has a part (招标投标法 37, 44)."""
        return self.filter(secrecy.committee_is_public() | models.Q(pk__in=self.taking_part(person).values("pk")))

    def taking_part(self, person: Any) -> Self:
        """Return those whose room is open to the person: host, member, supervision, audit, the centre."""
        if not person.is_authenticated:
            return self.none()
        if person.roles() & OFFICIALS:
            return self.all()
        ours = [m.organisation_id for m in person.active_memberships() if m.role in {Role.OWNER, Role.AGENCY}]
        seen = models.Q(lot__project__owner_id__in=ours) | models.Q(lot__project__agency_id__in=ours)
        sits = Member.objects.sitting().filter(user=person)
        return self.filter(seen | models.Q(pk__in=sits.values("evaluation_id")))


class Evaluation(Scoring):
    """The evaluation of one lot. `document` is what the engine computed from, `figures` what it found."""

    objects = EvaluationQuerySet.as_manager()

    @act(
        "evaluation.tie_draw_begun",
        source="summed",
        target="summed",
        may=anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Draw the order of equal bids"),
    )
    def draw_ties(self, act: Act, *, beacon: dict[str, Any]) -> dict[str, Any]:
        """Begin the draw among equals that the published rule leaves to chance (87号令 57, 68)."""
        return {"draw_id": tie.begin(act, self, beacon).draw_id}

    @act(
        "evaluation.reported",
        source="summed",
        target="reported",
        may=CHAIR,
        label=gettext_noop("Write the report"),
    )
    def write_report(self, act: Act) -> dict[str, Any]:
        """Write the report with at most three candidates in order (招标投标法实施条例 53; 87号令 58)."""
        check_in_room(self, act.by)
        self.check_time()
        self._check_whole()
        rows = list(self.candidates.select_related("opened__bid__organisation").order_by("number"))
        self._rank(rows)
        self.reported_at = self.lot.now()
        self.report = report.facts_of(self, rows)
        self.report_sha256 = report.digest(self.report)
        fields = ["evaluated_price", "total", "rank", "reasons"]
        act.then(lambda: Candidate.objects.bulk_update(rows, fields, batch_size=500))
        act.say(self.session.transcript_id, "evaluation.reported", {})
        ranked = [{"bid": str(one.number), "rank": one.rank} for one in rows if one.rank is not None]
        return {"report_sha256": self.report_sha256, "ranks": ranked}

    @act(
        "evaluation.signed",
        source="reported",
        target="signed",
        may=CHAIR | HOSTS,
        label=gettext_noop("Close the evaluation with the signed report"),
    )
    def finish(self, act: Act, *, refusals: str = "") -> dict[str, Any]:
        """End with the report that all members signed; who neither signs nor dissents in writing agrees.

        `refusals` says how that was established (招标投标法实施条例 53; 87号令 61).
        """
        check_in_room(self, act.by)
        silent = list(self.members.sitting().filter(signed_at=None).select_related("seat"))
        if silent and not refusals.strip():
            raise RuleError(
                gettext_noop("Not signed yet by the members on the seats %(seats)s."),
                code="not_signed",
                basis=REPORT,
                next_step=gettext_noop("They sign or write what they think; or record that they refuse to do either."),
                seats=", ".join(str(one.seat.number) for one in silent),
            )
        self.members.filter(pk__in=[one.pk for one in silent]).update(deemed=True)
        self.signed_at = self.lot.now()
        self.report = {**(self.report or {}), **report.signed_of(self, refusals.strip())}
        pdf = report_pdf.fix(self)
        act.say(self.session.transcript_id, "evaluation.signed", {})
        seats = [one.seat.number for one in silent]
        return {"report_sha256": self.report_sha256, "pdf_sha256": pdf, "deemed": seats}

    @act(
        "evaluation.failed",
        source=UNDER_WAY,
        target="failed",
        may=THE_CLOCK | CHAIR,
        label=gettext_noop("End the evaluation without a result"),
    )
    def fail(self, act: Act, *, reason: str) -> dict[str, Any]:
        """End the tender: too few effective bids, or by majority for want of competition or for defective documents.

        Sources: 招标投标法 42; 政府采购法 36; 87号令 65; 评标委员会和评标方法暂行规定 27.
        """
        if act.by is not None:
            check_in_room(self, act.by)
            self._check_motion(reason)
        self.failure = reason
        act.say(self.session.transcript_id, "evaluation.failed", {"reason": reason})
        act.then(lambda: end_tender(self.lot, Failure(reason)))
        return {"reason": reason}

    def _check_motion(self, reason: str) -> None:
        """Refuse what the members cannot decide, or what not more than half of them voted for."""
        if reason not in MOTIONS:
            raise InvalidInput(gettext_noop("There is no such motion."), code="unknown_motion")
        sitting = list(self.members.sitting())
        yes = sum(one.votes.get(reason) == "yes" for one in sitting)
        if 2 * yes <= len(sitting):
            raise RuleError(
                gettext_noop("%(yes)s of %(members)s members voted for it; more than half must."),
                code="no_majority",
                basis=MOTIONS[reason],
                next_step=gettext_noop("The members vote; or go on with the evaluation."),
                yes=yes,
                members=len(sitting),
            )

    def _rank(self, rows: list[Candidate]) -> None:
        figures = self.figures or {}
        ranks = tie.ranks(figures, tie.drawn_order(self.lot))
        found = {one["id"]: one for one in figures["bids"]}
        for row in rows:
            one = found[str(row.number)]
            row.rank = ranks.get(str(row.number))
            row.evaluated_price = None if one["evaluated_price"] is None else cents(one["evaluated_price"])
            row.total = None if one["total"] is None else Decimal(one["total"])
            if not row.rejected:
                row.reasons = one["reasons"]


def cents(text: str) -> Decimal:
    """Return a figure as a record keeps it; every digit stays in the figures."""
    return Decimal(text).quantize(Decimal("0.01"))
