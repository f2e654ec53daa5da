"""Comprehensive scoring (综合评分法): the highest total wins; the lowest price gets all points of the price.

Source: 87号令 55, 57. No highest or lowest price is left out of the benchmark (55).
"""

from fractions import Fraction

from bids.evaluation.document import Document
from bids.evaluation.methods.method import Evaluated, Method, PriceScores

FULL = Fraction(100)


def score_prices(document: Document, evaluated: Evaluated) -> PriceScores:
    """Return lowest ÷ price × 100, of evaluated prices; without a price part there is no benchmark."""
    if not document.priced_parts or not evaluated:
        return PriceScores(None, {})
    lowest = min(evaluated.values())
    return PriceScores(lowest, {bid: lowest / price * FULL for bid, price in evaluated.items()}, FULL)


METHOD = Method(
    code="comprehensive_scoring",
    en="Comprehensive scoring",
    zh="综合评分法",
    basis="政府采购货物和服务招标投标管理办法(财政部令第87号) 55、57",
    first="total",
    score_prices=score_prices,
    formulas=("lowest_over_bid",),
    needs_prices=False,
    brand="among the ranked",
)
