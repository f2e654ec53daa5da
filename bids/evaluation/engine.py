"""The evaluation: prices and scores to points, points to totals, totals or prices to ranks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction

from bids.evaluation import flags, ranking
from bids.evaluation.aggregation import columns, expert_points, missing, roster
from bids.evaluation.document import Bid, Document
from bids.evaluation.figures import EXACT, added, rounded
from bids.evaluation.flags import Flag
from bids.evaluation.methods import METHODS
from bids.evaluation.methods.method import Method, PriceScores
from bids.evaluation.ranking import Group, Standing

FIRST = {"total": "total_desc", "evaluated_price": "evaluated_price_asc"}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result: the benchmark price if there is one, all bids in rank order, the unranked last, and the flags."""

    document: Document
    benchmark: Fraction | None
    standings: tuple[Standing, ...]
    flags: tuple[Flag, ...]


def evaluate(document: Document) -> Evaluation:
    """Return every figure of the evaluation; the same for any order of bids and experts."""
    method = METHODS[document.method]
    with localcontext(EXACT):
        standings = {bid.id: _admitted(document, bid) for bid in document.bids}
        if method.brand == "before the evaluation":
            _drop_dearer(list(standings.values()), document.tie)
        bids = [bid for bid in sorted(document.bids, key=lambda bid: bid.id) if standings[bid.id].effective]
        prices = method.score_prices(document, _evaluated([standings[bid.id] for bid in bids]))
        experts, noticed = roster(document), list(flags.low_prices(document, bids))
        for bid in bids:
            noticed += _score(document, bid, standings[bid.id], prices, experts)
        groups = _ranked(document, method, [standings[bid.id] for bid in bids])
        drawn = _drawn(groups) if "draw" in document.tie else ()
        return Evaluation(document, prices.benchmark, _order(standings.values()), (*noticed, *drawn))


def _admitted(document: Document, bid: Bid) -> Standing:
    """Return the bid with its evaluated price, or with why it is not evaluated."""
    reason = document.excluded(bid)
    if reason:
        return Standing(bid.id, bid.price, effective=False, reasons=[reason])
    return Standing(bid.id, bid.price, bid.brand, document.evaluated_price(bid))


def _evaluated(standings: Sequence[Standing]) -> dict[str, Fraction]:
    return {one.id: one.evaluated_price for one in standings if one.evaluated_price is not None}


def _drop_dearer(standings: Sequence[Standing], tie: Sequence[str]) -> None:
    """Of bids of one brand, let only the lowest quote be evaluated (87号令 31); equals stay and are drawn."""
    brands: defaultdict[str, Group] = defaultdict(list)
    for standing in standings:
        if standing.brand:
            brands[standing.brand].append(standing)
    for brand in brands.values():
        best, *others = ranking.grouped(brand, ("price_asc", *tie))
        for standing in (each for group in others for each in group):
            standing.effective = False
            standing.evaluated_price = None
            standing.reasons.append(f"{best[0].id} of the same brand bids less (87号令 31)")


def _score(document: Document, bid: Bid, standing: Standing, prices: PriceScores, experts: Sequence[str]) -> list[Flag]:
    """Set the points of each part and the total, return the flags; where a score lacks there is neither."""
    scores = columns(bid.sheets)
    gaps = missing(document, bid, experts, scores)
    lacking = {part for part, _expert in gaps}
    points = {
        **expert_points(document, bid, scores, lacking),
        **{part.id: Fraction(bid.fixed[part.id]) for part in document.fixed_parts if part.id not in lacking},
        **{part.id: prices.points(bid.id, part) for part in document.priced_parts},
    }
    standing.parts = {part.id: _staged(document, points.get(part.id)) for part in document.parts}
    if lacking:
        standing.reasons.append("scores are missing")
    elif document.parts:
        standing.total_exact = added(each for each in standing.parts.values() if each is not None)
        standing.total = rounded(standing.total_exact, document.rounding.places, document.rounding.mode)
    return [*flags.missing_scores(bid.id, gaps), *flags.outliers(document, bid, scores)]


def _staged(document: Document, points: Fraction | None) -> Fraction | None:
    """Return a part's points, rounded where the document rounds parts."""
    if points is None or document.rounding.stage != "part":
        return points
    return rounded(points, document.rounding.places, document.rounding.mode)


def _ranked(document: Document, method: Method, standings: Sequence[Standing]) -> list[Group]:
    """Rank the bids that have what the method ranks by; return the groups of equals, the best first."""
    first = FIRST[method.first]
    complete = [one for one in standings if one.figure(first) is not None and not _incomplete(one)]
    groups = ranking.grouped(complete, (first, *document.tie))
    if method.brand == "among the ranked":
        groups = ranking.one_of_each_brand(groups)
    ranking.rank(groups)
    return groups


def _incomplete(standing: Standing) -> bool:
    return any(points is None for points in standing.parts.values())


def _order(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """Return the bids by rank; then those without a rank, then the ineffective."""
    return tuple(sorted(standings, key=lambda one: (one.rank is None, one.rank or 0, not one.effective, one.id)))


def _drawn(groups: Iterable[Group]) -> Iterator[Flag]:
    """Yield a flag for each group that the selector must put in order, and say so of its bids (87号令 68)."""
    for group in groups:
        if len(group) > 1:
            for standing in group:
                standing.reasons.append("equal by every rule: the selector draws")
            yield Flag("draw", tuple(standing.id for standing in group), (("rank", str(group[0].rank)),))
