"""What the committee must look at: abnormally low prices, scores far from the mean, scores that are not there.

Sources: 87号令 60 and 财办库〔2024〕265号 (abnormally low: explained in writing or rejected); 87号令 64(4) (畸高、畸低:
explained on record). A flag decides nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bids.evaluation.document import Bid, Document
from bids.evaluation.figures import exact


@dataclass(frozen=True, slots=True)
class Flag:
    """What was noticed, about which bids, and its figures as texts."""

    kind: str
    bids: tuple[str, ...]
    figures: tuple[tuple[str, str], ...] = ()


def low_prices(document: Document, bids: Sequence[Bid]) -> Iterator[Flag]:
    """Yield a flag for each limit that a price is below: shares of the mean, of the next lowest, of the ceiling."""
    prices = {bid.id: bid.price for bid in bids if bid.price is not None}
    ascending = sorted(prices.values())
    terms = document.low_price
    limits: dict[str, Fraction] = {}
    if len(ascending) > 1:
        limits["mean"] = terms.mean * sum(ascending) / len(ascending)
        limits["next_lowest"] = terms.next_lowest * ascending[1]
    if document.ceiling is not None:
        limits["ceiling"] = terms.ceiling * document.ceiling
    for bid, price in sorted(prices.items()):
        for rule, limit in limits.items():
            if price < limit:
                found = (("rule", rule), ("price", exact(price, 2)), ("limit", exact(limit, 2)))
                yield Flag("abnormally_low", (bid,), found)


def outliers(document: Document, bid: Bid, scores: Mapping[str, Sequence[Decimal]]) -> Iterator[Flag]:
    """Yield a flag for each score further from the mean of all experts than the share `outlier` of that mean."""
    share = Decimal(document.outlier.numerator) / document.outlier.denominator
    least, most = 1 - share, 1 + share
    for part in (part.id for part in document.expert_parts if part.id in scores):
        column = scores[part]
        total, count = sum(column, Decimal(0)), len(column)
        low, high = total * least, total * most  # times the number of scores, to divide nothing
        if low <= min(column) * count and max(column) * count <= high:
            continue
        mean = exact(Fraction(total) / count)
        for sheet in sorted(bid.sheets, key=lambda sheet: sheet.expert):
            score = sheet.scores.get(part)
            if score is not None and not low <= score * count <= high:
                found = (("part", part), ("expert", sheet.expert), ("score", f"{score:f}"), ("mean", mean))
                yield Flag("outlier", (bid.id,), found)


def missing_scores(bid: str, missing: Iterable[tuple[str, str]]) -> Iterator[Flag]:
    """Yield a flag for each part and expert whose score is not there."""
    for part, expert in missing:
        yield Flag("missing_score", (bid,), (("part", part), ("expert", expert)))
