"""Reading the document strictly: unknown keys, doubtful numbers and contradictions are refused, each with its place."""

from fractions import Fraction

from bids.evaluation import benchmarks
from bids.evaluation.document import Benchmark, Document, Part
from bids.evaluation.methods import METHODS
from bids.evaluation.methods.method import Method
from bids.evaluation.reading import terms
from bids.evaluation.reading.benchmark import benchmark
from bids.evaluation.reading.bids import bids, terms_of
from bids.evaluation.reading.place import Faulty, Place, load

VERSION = 1
TERMS = ("v", "lot", "method")
REQUIRED = (*TERMS, "bids")
OPTIONAL = ("ceiling", "rounding", "aggregate", "parts", "deductions", "tie", "outlier", "abnormally_low")
PRICE = Part("price", "price")
OUTLIER = Fraction(3, 10)


def read(text: str) -> Document:
    """Return the document. Raises Faulty with every fault found."""
    return _read(text, REQUIRED)


def read_terms(text: str) -> Document:
    """Return a method as it is published, before there are bids. Raises Faulty with every fault found."""
    return _read(text, TERMS)


def _read(text: str, required: tuple[str, ...]) -> Document:
    place = Place(load(text))
    document = _document(place, required)
    if place.faults:
        raise Faulty(place.faults)
    return document


def _document(place: Place, required: tuple[str, ...]) -> Document:
    method = _method(place)
    by_benchmark = method.code == "benchmark"
    given = place.members((*required, "benchmark") if by_benchmark else required, OPTIONAL)
    if "v" in given:
        given["v"].whole(VERSION, VERSION)
    parts = terms.parts(given.get("parts"), method)
    if by_benchmark and not any(part.kind == "price" for part in parts):
        parts = (*parts, PRICE)
    rates = terms.deductions(given.get("deductions"))
    document = Document(
        given["lot"].text() if "lot" in given else "",
        method.code,
        bids(given["bids"], terms_of(method, parts, rates)) if "bids" in given else (),
        parts,
        given["ceiling"].number(above=0) if "ceiling" in given else None,
        terms.rounding(given.get("rounding")),
        terms.aggregate(given.get("aggregate")),
        rates,
        terms.tie(given.get("tie"), parts),
        low_price=terms.low_price(given.get("abnormally_low")),
        outlier=given["outlier"].number(0, 1) if "outlier" in given else OUTLIER,
        benchmark=benchmark(given["benchmark"], parts) if "benchmark" in given else Benchmark(),
    )
    _check(place, document)
    return document


def _method(place: Place) -> Method:
    """Return the method, which decides what else may stand in the document."""
    if isinstance(place.value, dict) and "method" in place.value:
        return METHODS[place.at("method").one_of(METHODS)]
    return METHODS["none"]


def _check(place: Place, document: Document) -> None:
    """Refuse what contradicts between the parts of a document that is otherwise in order."""
    if place.faults:
        return
    if document.method not in {"lowest_evaluated_price", "lowest_evaluated_tender"} and not document.parts:
        place.refuse("lacks parts")
    if document.method == "benchmark":
        _check_benchmark(place, document)


def _check_benchmark(place: Place, document: Document) -> None:
    if benchmarks.needs_ceiling(document.benchmark) and document.ceiling is None:
        place.refuse("lacks ceiling, which the benchmark needs")
    prices = {bid.id: document.evaluated_price(bid) for bid in document.bids if not document.excluded(bid)}
    for name, group in document.benchmark.groups.items():
        if document.bids and not set(group) <= prices.keys():
            place.at("benchmark").refuse(f"{name} names a bid that is not effective")
    evaluated = {name: price for name, price in prices.items() if price is not None}
    if evaluated and not place.faults:
        case = benchmarks.Case(evaluated, document.benchmark, document.ceiling)
        if benchmarks.benchmark_price(case) == 0:
            place.at("benchmark").refuse("rounded to so few places, the benchmark price is 0")
