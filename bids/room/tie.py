"""Equal bids that the published rule leaves to chance: put in order by a draw of purpose `tie` (87号令 57, 68).

The list of that draw has the numbers of all tied bids as ids; where it has been drawn, its ranking orders each group.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from bids.room.ranking import MOST
from trading.draws import selector
from trading.errors import RuleError
from trading.lot import Lot

PURPOSE = "tie"


def drawn_order(lot: Lot) -> list[str]:
    """Return the tied bids' numbers in the order in which the selector drew them; empty before the draw."""
    draw = lot.draws.filter(purpose=PURPOSE, state="drawn").first()
    return [selector.ident_of(slip) for slip in draw.ranking()] if draw else []


def undecided(figures: Mapping[str, Any]) -> list[list[str]]:
    """Return the groups of equals, among those who would be candidates, that only a draw puts in order."""
    drawn = [flag for flag in figures["flags"] if flag["flag"] == "draw"]
    return [sorted(flag["bids"], key=int) for flag in drawn if int(flag["rank"]) <= MOST]


def ranks(figures: Mapping[str, Any], order: Sequence[str]) -> dict[str, int]:
    """Return the rank of each ranked bid, equals parted by the order that was drawn. Raises RuleError: tie_undrawn."""
    found = {one["id"]: one["rank"] for one in figures["bids"] if one["rank"] is not None}
    for group in undecided(figures):
        if not set(group) <= set(order):
            raise RuleError(
                gettext_noop("The bids %(numbers)s are equal; the selector puts them in order first."),
                code="tie_undrawn",
                basis="87号令 57, 68; ggzy-draw/1",
                next_step=gettext_noop("Draw their order in the session, before witnesses."),
                numbers=", ".join(group),
            )
        first = found[group[0]]
        found |= {number: first + place for place, number in enumerate(sorted(group, key=order.index))}
    return found
