"""The third stage of an evaluation: every member scores alone; when all have signed, the engine sums (87号令 52)."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_noop

from bids.room import computing
from bids.room.convening import CHAIR
from bids.room.examining import Examining
from bids.room.secret import check_in_room
from trading.errors import InvalidInput, RuleError
from trading.transitions import Act, act, perform

AGAIN = {  # the only reasons to change a score after the summing (87号令 64)
    "sum_error": "87号令 64(1)",
    "out_of_range": "87号令 64(2)",
    "objective_differs": "87号令 64(3)",
    "outlier": "87号令 64(4)",
}


class Scoring(Examining):
    """An evaluation while its members score and their scores are summed."""

    class Meta(Examining.Meta):
        abstract = True

    @act(
        "evaluation.summed",
        source="scoring",
        target="summed",
        may=CHAIR,
        label=gettext_noop("Sum the scores"),
    )
    def sum_up(self, act: Act) -> dict[str, Any]:
        """Compute every figure and the ranking from the signed sheets, by the published method (87号令 52)."""
        check_in_room(self, act.by)
        self.check_time()
        self._check_whole()
        self._check_signed()
        self._check_objective()
        document = computing.document_of(self.lot, self.candidates.order_by("number"), self.sheets())
        found = computing.figures_of(document)
        self._check_explained(found)
        self.document, self.figures = document, found
        act.say(self.session.transcript_id, "evaluation.summed", {})
        ranked = [{"bid": one["id"], "rank": one["rank"]} for one in found["bids"] if one["rank"] is not None]
        return {"ranks": ranked, "benchmark": found["benchmark"]}

    @act(
        "evaluation.scored_again",
        source=["scoring", "summed"],
        target="scoring",
        may=CHAIR,
        label=gettext_noop("Open a member's sheet again"),
    )
    def score_again(self, act: Act, *, seat: int, reason: str) -> dict[str, Any]:
        """Open one signed sheet before the report, for one of the four reasons of 87号令 64."""
        check_in_room(self, act.by)
        if reason not in AGAIN:
            raise InvalidInput(
                gettext_noop("A signed score changes for no other reason than those of the law."),
                code="no_reason_to_change",
                basis="87号令 64",
            )
        member = self.members.sitting().filter(seat__number=seat, sheet__state="signed").select_related("sheet").first()
        if member is None:
            raise RuleError(
                gettext_noop("This seat has signed no sheet."), code="sheet_not_signed", basis=AGAIN[reason]
            )
        self.document = self.figures = None
        act.then(lambda: perform(member.sheet.reopen, by=None, reason=reason))
        return {"seat": seat, "reason": reason, "basis": AGAIN[reason]}

    def sheets(self) -> dict[str, dict[str, dict[str, str]]]:
        """Return the signed sheets of who sits now: {seat number: {bid number: {part: score}}}."""
        rows = self.members.sitting().filter(sheet__state="signed").select_related("seat", "sheet")
        return {str(one.seat.number): one.sheet.scores for one in rows}

    def all_signed(self) -> bool:
        """Say whether every member has signed: only then anybody sees another's scores (87号令 55)."""
        return not self.members.sitting().exclude(sheet__state="signed").filter(sheet__isnull=False).exists()

    def outliers(self, figures: dict[str, Any] | None = None) -> set[tuple[int, str, int]]:
        """Return which scores are far from the mean, as (bid, part, seat); none before all sheets are signed."""
        if figures is None and not (self.all_signed() and self.state == "scoring"):
            return set()
        document = figures or computing.figures_of(
            computing.document_of(self.lot, self.candidates.order_by("number"), self.sheets())
        )
        marked = [flag for flag in document["flags"] if flag["flag"] == "outlier"]
        return {(int(flag["bid"]), flag["part"], int(flag["expert"])) for flag in marked}

    def differing(self) -> list[tuple[int, str]]:
        """Return the objective parts that members score differently, as (bid, part) (87号令 64(3))."""
        objective = computing.terms_of(self.lot).objective
        given: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        for sheet in self.sheets().values():
            for number, scores in sheet.items():
                for part in objective.keys() & scores.keys():
                    given[int(number), part].add(f"{computing.plain(scores[part])}")
        return sorted(place for place, said in given.items() if len(said) > 1)

    def _check_signed(self) -> None:
        waiting = self.members.sitting().filter(sheet__isnull=False).exclude(sheet__state="signed")
        if open_seats := sorted(waiting.values_list("seat__number", flat=True)):
            raise RuleError(
                gettext_noop("Not signed yet: the sheets of the seats %(seats)s."),
                code="sheets_open",
                basis="87号令 55, 58",
                next_step=gettext_noop("Each member signs a complete sheet."),
                seats=", ".join(map(str, open_seats)),
            )

    def _check_objective(self) -> None:
        if differing := self.differing():
            raise RuleError(
                gettext_noop("Members score objective parts differently: %(places)s."),
                code="objective_differs",
                basis="87号令 55, 64(3)",
                next_step=gettext_noop("Open the sheets that are wrong again; an objective part has one score."),
                places=", ".join(f"{number}/{part}" for number, part in differing),
            )

    def _check_explained(self, figures: dict[str, Any]) -> None:
        rows = self.members.sitting().filter(sheet__isnull=False).select_related("seat", "sheet")
        said = {
            (int(number), part, one.seat.number)
            for one in rows
            for number, parts in one.sheet.explanations.items()
            for part in parts
        }
        if silent := sorted(self.outliers(figures) - said):
            raise RuleError(
                gettext_noop("Scores far from the mean are not explained: %(places)s."),
                code="outliers_unexplained",
                basis="87号令 64(4)",
                next_step=gettext_noop("The member explains the score on record, or the sheet is opened again."),
                places=", ".join(f"{number}/{part} ({seat})" for number, part, seat in silent),
            )
