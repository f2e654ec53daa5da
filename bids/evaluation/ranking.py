"""The ranking: what the method puts first, then the tie rules in order; equals share a rank.

Source: 87号令 56, 57 and 31 (bids of one brand); domain.md 6.9. A figure that a bid of a group lacks cannot part the
group, and a draw (`draw`) is the selector's: it leaves the group together, marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(slots=True)
class Standing:
    """A bid on its way to a rank. `total` is rounded as published, and ranks; `total_exact` is what it was before."""

    id: str
    price: Fraction | None = None
    brand: str = ""
    evaluated_price: Fraction | None = None
    parts: dict[str, Fraction | None] = field(default_factory=dict)
    total_exact: Fraction | None = None
    total: Fraction | None = None
    effective: bool = True
    rank: int | None = None
    tied_with: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def figure(self, step: str) -> Fraction | None:
        """Return what a rule compares; the lowest comes first."""
        if step == "price_asc":
            return self.price
        if step == "evaluated_price_asc":
            return self.evaluated_price
        points = self.total if step == "total_desc" else self.parts.get(step.removesuffix("_desc"))
        return None if points is None else -points


Group = list[Standing]


def grouped(standings: Iterable[Standing], steps: Sequence[str]) -> list[Group]:
    """Return the bids in groups of equals, the best first; within a group by id."""
    groups = [sorted(standings, key=lambda standing: standing.id)]
    for step in steps:
        groups = [part for group in groups for part in _parted(group, step)]
    return [group for group in groups if group]


def _parted(group: Group, step: str) -> list[Group]:
    found: dict[Fraction, Group] = {}
    for standing in group:
        value = standing.figure(step)
        if value is None:
            return [group]
        found.setdefault(value, []).append(standing)
    return [found[value] for value in sorted(found)]


def one_of_each_brand(groups: Iterable[Group]) -> list[Group]:
    """Return the groups without bids whose brand stands in a better group; these say so (87号令 31)."""
    best: dict[str, str] = {}
    left = []
    for group in groups:
        kept = [standing for standing in group if standing.brand not in best]
        for standing in group:
            if standing.brand in best:
                standing.reasons.append(f"{best[standing.brand]} of the same brand stands before it (87号令 31)")
        best |= {standing.brand: standing.id for standing in kept if standing.brand}
        left.append(kept)
    return [group for group in left if group]


def rank(groups: Iterable[Group]) -> None:
    """Give ranks; equals share one, and the next rank counts them all."""
    first = 1
    for group in groups:
        for standing in group:
            standing.rank = first
            standing.tied_with = [other.id for other in group if other is not standing]
        first += len(group)
