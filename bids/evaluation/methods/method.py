"""What a method is: its name and source, what ranks first, and how it scores prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from bids.evaluation.document import Document, Part

Evaluated = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class PriceScores:
    """The benchmark price, if the method has one, and each bid's price score out of `full`."""

    benchmark: Fraction | None
    scores: Evaluated
    full: Fraction = Fraction(100)

    def points(self, bid: str, part: Part) -> Fraction:
        """Return what a bid's price score contributes: score ÷ full × weight, or the plain score without a weight."""
        score = self.scores[bid]
        return score if part.weight is None else score / self.full * part.weight


@dataclass(frozen=True, slots=True)
class Method:
    """A method as the tender documents print it.

    `first` is what ranks before any tie rule: the highest total or the lowest evaluated price. `formulas` are the
    names under which a price part may ask for this method's price score; without one it scores no price. Of bids that
    offer the same brand one counts, `brand` says when the others drop out: before the evaluation or among the ranked.
    """

    code: str
    en: str
    zh: str
    basis: str
    first: str
    score_prices: Callable[[Document, Evaluated], PriceScores]
    formulas: tuple[str, ...] = ()
    needs_prices: bool = True
    adjusts: bool = False
    brand: str = ""


def scores_no_price(document: Document, evaluated: Evaluated) -> PriceScores:
    """Return that prices bring no points: they are compared, or do not count."""
    return PriceScores(None, {})
