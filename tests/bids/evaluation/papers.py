"""Documents for the evaluation: small ones to change, and the result as it is printed."""

import json

import pytest

from bids.evaluation import output
from bids.evaluation.engine import evaluate
from bids.evaluation.reading import read
from bids.evaluation.reading.place import Faulty

PRICE = {"id": "price", "kind": "price", "weight": "30", "formula": "lowest_over_bid"}
TECHNICAL = {"id": "technical", "kind": "expert", "weight": "50", "max": "100"}
BUSINESS = {"id": "business", "kind": "fixed", "weight": "20", "max": "20"}
BY_BENCHMARK = {"full_score": "100", "deduct_above": "1", "deduct_below": "0.5"}


def sheets(*scores, part="technical"):
    """Return the sheets of experts e1, e2, ... who give these scores."""
    return [{"id": f"e{n}", "scores": {part: score}} for n, score in enumerate(scores, 1)]


def scored(*bids, **changes):
    """Return a document of scores only: each bid an id and its experts' scores out of 100."""
    given = [{"id": name, "price": price, "experts": sheets(*scores)} for name, price, *scores in bids]
    return {"v": 1, "lot": "L", "method": "none", "parts": [{**TECHNICAL, "weight": "100"}], "bids": given, **changes}


def priced(method, *prices, **changes):
    """Return a document of bids A, B, ... with these prices."""
    bids = [{"id": name, "price": price} for name, price in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", prices, strict=False)]
    return {"v": 1, "lot": "L", "method": method, "bids": bids, **changes}


def by_price(*prices, weight="30", **changes):
    """Return a document that scores nothing but the price."""
    return priced("comprehensive_scoring", *prices, parts=[{**PRICE, "weight": weight}], **changes)


def by_benchmark(rule, *prices, **changes):
    """Return a document of a benchmark method, 100 points, -1 for each per cent above, -0.5 below."""
    ceiling = changes.pop("ceiling", None)
    return priced("benchmark", *prices, benchmark={"rule": rule, **BY_BENCHMARK, **changes}, ceiling=ceiling)


def whole(**changes):
    """Return a document with a price, an expert's and a given part."""
    bids = [
        {"id": "A", "price": "1000000.00", "fixed": {"business": "18.5"}, "experts": sheets("88", "90.5")},
        {"id": "B", "price": "1200000.00", "fixed": {"business": "20"}, "experts": sheets("95", "94")},
    ]
    document = {"v": 1, "lot": "L", "method": "comprehensive_scoring", "parts": [PRICE, TECHNICAL, BUSINESS]}
    return {**document, "bids": bids, **changes}


def result(document):
    """Return what is printed for a document."""
    return output.as_json(evaluate(read(json.dumps(document))))


def row(document, name):
    return next(bid for bid in result(document)["bids"] if bid["id"] == name)


def column(document, figure):
    """Return one figure of each bid in the order printed."""
    return {bid["id"]: bid[figure] for bid in result(document)["bids"]}


def ranks(document):
    return column(document, "rank")


def price_points(document):
    return {bid["id"]: bid["parts"]["price"] for bid in result(document)["bids"]}


def refused(document):
    """Return the faults, one line each; `document` is an object or the text itself."""
    with pytest.raises(Faulty) as caught:
        read(document if isinstance(document, str) else json.dumps(document))
    return [str(fault) for fault in caught.value.faults]
