"""Reading the benchmark: its rule and the parameters that this rule takes, no others."""

from collections.abc import Iterable
from fractions import Fraction

from bids.evaluation import benchmarks
from bids.evaluation.benchmarks import Rule
from bids.evaluation.document import Benchmark, Part
from bids.evaluation.reading.place import Members, Place

HIGHEST_FACTOR = 2
SCORES = ("full_score", "deduct_above", "deduct_below", "floor")


def benchmark(place: Place, parts: tuple[Part, ...]) -> Benchmark:
    """Return the terms. The names of K, K1, K2 and Q1 may be written in either case."""
    place = _small_letters(place)
    if not isinstance(place.value, Members) or "rule" not in place.value:
        place.members(("rule",))
        return Benchmark()
    rule = benchmarks.RULES[place.at("rule").one_of(benchmarks.RULES)]
    required = {name for name, default in rule.numbers.items() if default is None} | set(rule.groups)
    given = place.members(
        {"rule", *required, *(("variant",) if rule.variants else ())}, {*rule.numbers, *SCORES, "places"}
    )
    terms = Benchmark(
        rule.id,
        places=given["places"].whole(0, 8) if "places" in given else None,
        numbers=_numbers(rule, given),
        groups={name: _group(given[name]) for name in rule.groups if name in given},
        variant=given["variant"].one_of(rule.variants) if "variant" in given else "",
        **_scores(rule, given, parts),
    )
    if benchmarks.deviates(terms):
        _check_deductions(place, rule, given)
    return terms


def _small_letters(place: Place) -> Place:
    if not isinstance(place.value, Members):
        return place
    return Place(Members([(name.lower(), value) for name, value in place.value.items()]), place.pointer, place.faults)


def _numbers(rule: Rule, given: dict[str, Place]) -> dict[str, Fraction]:
    """Return the rule's factors and shares: a factor from 0 to 2, another from 0 to 1."""
    numbers = {name: default for name, default in rule.numbers.items() if default is not None}
    for name in rule.numbers:
        if name in given:
            numbers[name] = given[name].number(0, HIGHEST_FACTOR if name.startswith("k") else 1)
            if name.startswith("k") and numbers[name] == 0:
                given[name].refuse("must be above 0")
    return numbers


def _scores(rule: Rule, given: dict[str, Place], parts: Iterable[Part]) -> dict[str, Fraction]:
    """Return the full score (by default the price part's weight, else 100) and what is deducted from it."""
    weight = next((part.weight for part in parts if part.kind == "price" and part.weight), Fraction(100))
    scores = {
        "full_score": rule.full_score or weight,
        "deduct_above": rule.deduct_above or Fraction(0),
        "deduct_below": rule.deduct_below or Fraction(0),
    }
    for name in SCORES:
        if name in given:
            scores[name] = given[name].number(above=0) if name == "full_score" else given[name].number()
    if "floor" in given and scores["floor"] > scores["full_score"]:
        given["floor"].refuse("is above the full score")
    return scores


def _group(place: Place) -> tuple[str, ...]:
    """Return the bids of a group; that they are there and valid is seen when the bids have been read."""
    names = tuple(entry.text() for entry in place.entries())
    if not names:
        place.refuse("names no bid")
    if len(set(names)) != len(names):
        place.refuse("names a bid twice")
    return names


def _check_deductions(place: Place, rule: Rule, given: dict[str, Place]) -> None:
    wanted = {"deduct_above": rule.deduct_above, "deduct_below": rule.deduct_below}
    missing = [name for name, default in wanted.items() if default is None and name not in given]
    if missing:
        place.refuse(f"lacks {', '.join(missing)}")
