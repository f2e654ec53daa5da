"""From the opening to the qualification: who comes under examination once the bids are opened (87号令 44)."""

from django.utils.translation import gettext_noop

from bids.conflicts import Entrant
from bids.opened import OpenedBid
from bids.opening import Opening, opened_bids
from trading.errors import RuleError
from trading.lot import Lot


def entrants_of(lot: Lot) -> list[Entrant]:
    """Return those whose bids were opened, as the rules on conflicts take them. Raises RuleError before the end."""
    opening = Opening.objects.filter(lot=lot, state="finished").first()
    if opening is None:
        raise RuleError(
            gettext_noop("The opening of this lot is not finished."),
            code="opening_not_finished",
            basis="财政部令第87号 44; 招标投标法 36",
            next_step=gettext_noop("Finish the opening; its record names whose bids were opened."),
        )
    return [entrant_of(row) for row in opened_bids(opening)]


def entrant_of(row: OpenedBid) -> Entrant:
    """Return the bidder with its consortium's other members and its project manager, as its bid names them."""
    leader = row.bid.organisation
    others = [(one["uscc"], one["name"]) for one in row.items.get("consortium", []) if one["uscc"] != leader.uscc]
    return Entrant(leader, tuple(others), row.items.get("manager_certificate", ""))
