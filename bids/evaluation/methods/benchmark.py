"""Benchmark methods (评标基准价法) of works: the price nearest to the benchmark price gets the most points.

Source: documents of works tenders, rules B1 to B8 (domain.md 6.6). A coalition can move a mean: whoever examines a
result computes it again with each suspected bid made ineffective.
"""

from bids.evaluation import benchmarks
from bids.evaluation.benchmarks import Case
from bids.evaluation.document import Document
from bids.evaluation.methods.method import Evaluated, Method, PriceScores


def score_prices(document: Document, evaluated: Evaluated) -> PriceScores:
    """Return the benchmark of the valid prices and each price's score against it."""
    terms = document.benchmark
    if not evaluated:
        return PriceScores(None, {}, terms.full_score)
    price = benchmarks.benchmark_price(Case(evaluated, terms, document.ceiling))
    scores = {bid: benchmarks.score(each, price, terms) for bid, each in evaluated.items()}
    return PriceScores(price, scores, terms.full_score)


METHOD = Method(
    code="benchmark",
    en="Benchmark price",
    zh="评标基准价法",
    basis="招标投标法 40；招标文件载明的评标办法",
    first="total",
    score_prices=score_prices,
    formulas=("benchmark",),
)
