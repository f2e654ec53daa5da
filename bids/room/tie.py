"""Equal bids that the published rule leaves to chance: put in order by a draw of purpose `tie` (87号令 57, 68).

The list of that draw has the numbers of all ranked bids, so that one draw orders whatever is equal, also after a sheet
was opened again; its ranking orders each group.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from bids import method
from bids.room.ranking import MOST
from trading.draws import selector
from trading.draws.candidates import Candidate, write_list
from trading.draws.draw import Draw
from trading.draws.private import TIE
from trading.errors import RuleError
from trading.lot import Lot
from trading.transitions import Act, perform

STRATUM = "TIE"


def begin(act: Act, evaluation: Any, beacon: dict[str, Any]) -> Draw:
    """Prepare the draw in the room, before witnesses (87号令 68). Raises RuleError: nothing_to_draw, draw_exists."""
    figures, version = evaluation.figures, method.standing(evaluation.lot)
    if not undecided(figures):
        raise RuleError(
            gettext_noop("No bids are equal that a draw would put in order."),
            code="nothing_to_draw",
            basis="87号令 57, 68",
        )
    ranked = [one["id"] for one in figures["bids"] if one["rank"] is not None]
    made = Draw(
        lot=evaluation.lot,
        session=evaluation.session,
        purpose=TIE,
        rule={"id": f"{evaluation.lot.code}/method/{version.number}", "sha": version.sha256},
        plan=[{"st": STRATUM, "k": len(ranked), "alt": 0}],
        beacon=beacon,
        list_file=write_list(Candidate(number, (STRATUM,)) for number in ranked).decode(),
    )
    perform(made.prepare, by=act.by)
    return made


def waits(evaluation: Any) -> bool:
    """Say whether equals wait for a draw that nobody has begun."""
    begun = evaluation.lot.draws.filter(purpose=TIE).exclude(state="void").exists()
    return not begun and evaluation.figures is not None and bool(undecided(evaluation.figures))


def drawn_order(lot: Lot) -> list[str]:
    """Return the tied bids' numbers in the order in which the selector drew them; empty before the draw."""
    draw = lot.draws.filter(purpose=TIE, state="drawn").first()
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
