"""From the experts' sheets to one figure a part: the mean, or the mean without one highest and one lowest.

Each expert scores alone (87号令 55); all scores of all experts must be there, else the part has no figure.
"""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from fractions import Fraction

from bids.evaluation.document import Bid, Document, Part, Sheet
from bids.evaluation.figures import rounded

Columns = Mapping[str, Sequence[Decimal]]


def roster(document: Document) -> tuple[str, ...]:
    """Return the experts who scored any bid that is evaluated, in order of their ids."""
    bids = (bid for bid in document.bids if not document.excluded(bid))
    return tuple(sorted({sheet.expert for bid in bids for sheet in bid.sheets}))


def columns(sheets: Sequence[Sheet]) -> Columns:
    """Return the scores of each part, in the order of the sheets that hold one."""
    names = {tuple(sheet.scores) for sheet in sheets}
    if len(names) == 1:
        return dict(zip(names.pop(), zip(*(sheet.scores.values() for sheet in sheets), strict=True), strict=True))
    return {
        part: [sheet.scores[part] for sheet in sheets if part in sheet.scores]
        for part in dict.fromkeys(part for sheet in sheets for part in sheet.scores)
    }


def missing(document: Document, bid: Bid, experts: Sequence[str], scores: Columns) -> list[tuple[str, str]]:
    """Return part and expert of each score that is not there; the expert is empty where points should be given."""
    found = [(part.id, "") for part in document.fixed_parts if part.id not in bid.fixed]
    lacking = [part.id for part in document.expert_parts if len(scores.get(part.id, ())) < max(len(experts), 1)]
    if not experts:
        return found + [(part, "") for part in lacking]
    sheets = {sheet.expert: sheet.scores for sheet in bid.sheets}
    return found + [(part, expert) for part in lacking for expert in experts if part not in sheets.get(expert, {})]


def expert_points(document: Document, bid: Bid, scores: Columns, lacking: Set[str]) -> dict[str, Fraction]:
    """Return the points of each part that experts score, without those that lack a score.

    Where whole experts are dropped by their totals, every part waits for all the scores.
    """
    parts = [part for part in document.expert_parts if part.id not in lacking]
    trims = document.aggregate.rule == "trimmed" and len(bid.sheets) >= document.aggregate.min_experts
    if trims and document.aggregate.of == "total":
        if len(parts) < len(document.expert_parts):
            return {}
        kept = sorted(bid.sheets, key=lambda sheet: (_total(document, parts, sheet), sheet.expert))[1:-1]
        scores, trims = columns(kept), False
    return {part.id: _points(document, part, scores[part.id], trims=trims) for part in parts}


def _points(document: Document, part: Part, scores: Sequence[Decimal], *, trims: bool) -> Fraction:
    """Return the mean as points; the stage `expert` rounds each expert's points first."""
    if trims:
        scores = sorted(scores)[1:-1]
    if document.rounding.stage == "expert":
        return sum((_expert(document, part, score) for score in scores), Fraction(0)) / len(scores)
    numerator, denominator = sum(scores, Decimal(0)).as_integer_ratio()
    return Fraction(numerator * part.worth.numerator, denominator * part.worth.denominator * len(scores))


def _total(document: Document, parts: Sequence[Part], sheet: Sheet) -> Fraction:
    """Return what one expert's scores are worth together."""
    return sum((_expert(document, part, sheet.scores[part.id]) for part in parts), Fraction(0))


def _expert(document: Document, part: Part, score: Decimal) -> Fraction:
    """Return what one expert's score is worth."""
    points = Fraction(score) * part.worth
    if document.rounding.stage != "expert":
        return points
    return rounded(points, document.rounding.places, document.rounding.mode)
