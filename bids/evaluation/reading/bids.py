"""Reading the bids: prices, deductions, adjustments, given points and the experts' scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bids.evaluation import figures
from bids.evaluation.document import Bid, Part, Sheet
from bids.evaluation.methods.method import Method
from bids.evaluation.reading.place import Place, unlike

Limits = Mapping[str, Decimal | None]
OPTIONAL = ("price", "deductions", "effective", "fixed", "experts", "brand")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a bid is read against."""

    priced: bool
    adjusted: bool
    rates: Mapping[str, Fraction]
    given: Limits
    scored: Limits


def terms_of(method: Method, parts: tuple[Part, ...], rates: Mapping[str, Fraction]) -> Terms:
    priced = method.needs_prices or any(part.kind == "price" for part in parts)
    return Terms(priced, method.adjusts, rates, limits(parts, "fixed"), limits(parts, "expert"))


def limits(parts: tuple[Part, ...], kind: str) -> Limits:
    """Return the parts of a kind with the highest score each takes, None if there is no limit."""
    found = {part.id: part.max if part.max is not None else part.weight for part in parts if part.kind == kind}
    return {
        name: None if limit is None else Decimal(limit.numerator) / limit.denominator for name, limit in found.items()
    }


def bids(place: Place, terms: Terms) -> tuple[Bid, ...]:
    entries = place.entries()
    if isinstance(place.value, list) and not entries:
        place.refuse("holds no bid")
    found = tuple(_bid(entry, terms) for entry in entries)
    unlike([(entry.at("id"), bid.id) for entry, bid in zip(entries, found, strict=True) if bid.id], "bid")
    return found


def _bid(place: Place, terms: Terms) -> Bid:
    given = place.members(("id",), (*OPTIONAL, "adjustments") if terms.adjusted else OPTIONAL)
    faults = len(place.faults)
    bid = Bid(
        given["id"].text() if "id" in given else "",
        given["price"].number(above=0) if "price" in given else None,
        given["effective"].yes() if "effective" in given else True,
        _deductions(given.get("deductions"), terms.rates),
        tuple(map(_adjustment, given["adjustments"].entries())) if "adjustments" in given else (),
        _scores(given["fixed"], terms.given) if "fixed" in given else {},
        _sheets(given["experts"], terms.scored) if "experts" in given else (),
        given["brand"].text() if "brand" in given else "",
    )
    if given and bid.effective and bid.price is None and terms.priced:
        place.refuse("lacks price")
    if len(place.faults) == faults:
        _check_price(place, bid, terms.rates)
    return bid


def _check_price(place: Place, bid: Bid, rates: Mapping[str, Fraction]) -> None:
    if bid.price is None:
        return
    share = sum((rates[name] for name in bid.deductions), Fraction(0))
    if share >= 1:
        place.at("deductions").refuse("the rates add up to the whole price")
    elif bid.price * (1 - share) + sum(bid.adjustments, Fraction(0)) <= 0:
        place.at("adjustments").refuse("the evaluated price is not above 0")


def _deductions(place: Place | None, rates: Mapping[str, Fraction]) -> tuple[str, ...]:
    entries = place.entries() if place else []
    names = tuple(entry.text() for entry in entries)
    unlike(zip(entries, names, strict=True), "deduction")
    for entry, name in zip(entries, names, strict=True):
        if name and name not in rates:
            entry.refuse(f"no deduction is called {name}")
    return names


def _adjustment(place: Place) -> Fraction:
    """Return the amount in yuan, negative where it lowers the price; the reason is for the report."""
    given = place.members(("reason", "amount"))
    if "reason" in given:
        given["reason"].text()
    return given["amount"].number(None) if "amount" in given else Fraction(0)


def _sheets(place: Place, most: Limits) -> tuple[Sheet, ...]:
    entries = place.entries()
    found = []
    names = []
    for entry in entries:
        given = entry.members(("id", "scores"))
        name = given["id"].text() if "id" in given else ""
        if name:
            names.append((given["id"], name))
        found.append(Sheet(name, _scores(given["scores"], most) if "scores" in given else {}))
    unlike(names, "expert")
    return tuple(found)


def _scores(place: Place, most: Limits) -> dict[str, Decimal]:
    """Return the scores by part. Written for many: a place is made only for what is wrong."""
    scores: dict[str, Decimal] = {}
    for name, value in place.named().items():
        number = figures.written(value) if type(value) is str else None
        limit = most.get(name)
        if number is None or name not in most or number < 0 or (limit is not None and number > limit):
            _refuse_score(place.at(name), name in most, limit)
        else:
            scores[name] = number
    return scores


def _refuse_score(place: Place, known: bool, limit: Decimal | None) -> None:  # noqa: FBT001  # what was found
    if not known:
        place.refuse("no such part is scored here")
        return
    faults = len(place.faults)
    number = place.decimal()
    if len(place.faults) == faults:
        to = "or more" if limit is None else f"to {limit:f}"
        place.refuse(f"a score must be from 0 {to}, not {number:f}")
