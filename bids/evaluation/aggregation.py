"""From the experts' sheets to one figure a part: the mean, or the mean without one highest and one lowest.

Each expert scores alone (87号令 55); all scores of all experts must be there, else the part has no figure.
"""

from collections.abc import Sequence, Set
from decimal import Decimal
from fractions import Fraction

from bids.evaluation.document import Bid, Document, Part, Sheet
from bids.evaluation.figures import rounded


def roster(document: Document) -> tuple[str, ...]:
    """Return the experts who scored any bid that is evaluated, in order of their ids."""
    bids = (bid for bid in document.bids if not document.excluded(bid))
    return tuple(sorted({sheet.expert for bid in bids for sheet in bid.sheets}))


def missing(document: Document, bid: Bid, experts: Sequence[str]) -> list[tuple[str, str]]:
    """Return part and expert of each score that is not there; the expert is empty where points should be given."""
    parts = document.expert_parts
    found = [(part.id, "") for part in document.fixed_parts if part.id not in bid.fixed]
    if not experts:
        return found + [(part.id, "") for part in parts]
    if len(bid.sheets) == len(experts) and all(len(sheet.scores) == len(parts) for sheet in bid.sheets):
        return found
    sheets = {sheet.expert: sheet.scores for sheet in bid.sheets}
    return found + [(part.id, expert) for part in parts for expert in experts if part.id not in sheets.get(expert, {})]


def expert_points(document: Document, sheets: Sequence[Sheet], lacking: Set[str]) -> dict[str, Fraction]:
    """Return the points of each part that experts score, without those that lack a score.

    Where whole experts are dropped by their totals, every part waits for all the scores.
    """
    parts = [part for part in document.expert_parts if part.id not in lacking]
    trims = document.aggregate.rule == "trimmed" and len(sheets) >= document.aggregate.min_experts
    if trims and document.aggregate.of == "total":
        if len(parts) < len(document.expert_parts):
            return {}
        sheets = sorted(sheets, key=lambda sheet: (_total(document, parts, sheet), sheet.expert))[1:-1]
        trims = False
    return {
        part.id: _points(document, part, [sheet.scores[part.id] for sheet in sheets], trims=trims) for part in parts
    }


def _points(document: Document, part: Part, scores: list[Decimal], *, trims: bool) -> Fraction:
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
