"""Reading the method's terms: parts and weights, aggregation, rounding, deductions, ties, thresholds."""

from collections.abc import Mapping
from fractions import Fraction

from bids.evaluation import figures
from bids.evaluation.document import Aggregate, LowPrice, Part, Rounding
from bids.evaluation.methods.method import Method
from bids.evaluation.reading.place import Place, unlike

KINDS = ("expert", "price", "fixed")
TIES = ("total_desc", "price_asc", "evaluated_price_asc", "draw")
HUNDRED = Fraction(100)


def rounding(place: Place | None) -> Rounding:
    if place is None:
        return Rounding()
    given = place.members((), ("places", "stage", "mode"))
    return Rounding(
        given["places"].whole(0, 8) if "places" in given else 2,
        given["stage"].one_of(("final", "part", "expert")) if "stage" in given else "final",
        given["mode"].one_of(figures.MODES) if "mode" in given else "half_up",
    )


def aggregate(place: Place | None) -> Aggregate:
    if place is None:
        return Aggregate()
    given = place.members(("rule",), ("of", "min_experts"))
    return Aggregate(
        given["rule"].one_of(("mean", "trimmed")) if "rule" in given else "mean",
        given["of"].one_of(("part", "total")) if "of" in given else "part",
        given["min_experts"].whole(3, 99) if "min_experts" in given else 7,
    )


def deductions(place: Place | None) -> dict[str, Fraction]:
    """Return the rates by id, each below one."""
    rates: dict[str, Fraction] = {}
    names: list[tuple[Place, str]] = []
    for entry in place.entries() if place else []:
        given = entry.members(("id", "rate"))
        if {"id", "rate"} <= given.keys():
            name = given["id"].text()
            names.append((given["id"], name))
            rates[name] = given["rate"].number(0, 1)
            if rates[name] == 1:
                given["rate"].refuse("must be below 1")
    unlike(names, "deduction")
    return rates


def low_price(place: Place | None) -> LowPrice:
    if place is None:
        return LowPrice()
    given = place.members((), ("mean", "next_lowest", "ceiling"))
    return LowPrice(**{name: each.number(0, 1) for name, each in given.items()})


def tie(place: Place | None, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the rules in order; `<part>_desc` prefers the higher points of a part, a draw can only be last."""
    if place is None:
        return ("total_desc", "price_asc", "draw")
    allowed = (*TIES, *(f"{part.id}_desc" for part in parts if part.id != "total"))
    entries = place.entries()
    steps = [entry.one_of(allowed) for entry in entries]
    unlike(zip(entries, steps, strict=True), "rule")
    if "draw" in steps[:-1]:
        entries[steps.index("draw")].refuse("a draw leaves nothing to decide after it")
    return tuple(steps)


def parts(place: Place | None, method: Method) -> tuple[Part, ...]:
    """Return the parts; their weights must add up to 100."""
    if place is None:
        return ()
    faults = len(place.faults)
    entries = place.entries()
    found = [_part(entry, method) for entry in entries]
    unlike([(entry.at("id"), part.id) for entry, part in zip(entries, found, strict=True) if part.id], "part")
    priced = [entry for entry, part in zip(entries, found, strict=True) if part.kind == "price"]
    for entry in priced[1:]:
        entry.refuse("the price is scored once")
    if len(place.faults) == faults:
        _check_weights(place, found)
    return tuple(found)


def _part(place: Place, method: Method) -> Part:
    kind = _kind(place)
    given = place.members(("id", "kind"), ("weight", "formula" if kind == "price" else "max"))
    if kind == "price" and not method.formulas:
        given["kind"].refuse(f"the method {method.code} scores no price")
    elif "formula" in given:
        given["formula"].one_of(method.formulas)
    part = Part(
        given["id"].text() if "id" in given else "",
        kind,
        given["weight"].number(0, 100) if "weight" in given else None,
        given["max"].number(above=0) if "max" in given else None,
    )
    _check_scale(place, part)
    return part


def _kind(place: Place) -> str:
    """Return the kind if it is one, before the keys that depend on it are read; `members` finds the other faults."""
    value = place.value
    if isinstance(value, Mapping) and "kind" in value:
        return place.at("kind").one_of(KINDS)
    return "expert"


def _check_scale(place: Place, part: Part) -> None:
    if part.kind == "expert" and part.weight is not None and part.max is None:
        place.refuse("lacks max: experts' scores are divided by it where a weight is given")
    if part.kind == "fixed" and part.weight is not None and part.max is not None and part.max > part.weight:
        place.at("max").refuse("is above the weight, but a fixed part counts as given")


def _check_weights(place: Place, found: list[Part]) -> None:
    """Refuse weights that do not add up to 100 (87号令 55); a part alone, and points on top, need not.

    A part of the experts without a weight counts with its max. A fixed part without a weight is a bonus.
    """
    weighed = [part for part in found if not (part.kind == "fixed" and part.weight is None)]
    if len(weighed) < 2 or all(part.weight is None for part in weighed):
        return
    counted = [part.max if part.weight is None else part.weight for part in weighed]
    whole = sum((each for each in counted if each is not None), Fraction(0))
    if whole != HUNDRED:
        place.refuse(f"the weights add up to {figures.exact(whole)}, not to 100", "weights_not_100")
