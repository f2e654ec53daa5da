"""The sides of a lot, as a draw of experts must know them: passed down, joined in the server, shown to nobody.

Who bids is a secret until the opening; the draw may come before it, and the committee is asked again at the table when
the bidders are known (招标投标法 22, 37; RC-05 to RC-10).
"""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_noop

from bids import conflicts, ties
from bids.bid import Bid
from bids.custody import BASIS, Custodian, Holder
from bids.opened import OpenedBid
from bids.qualifying import entrant_of
from experts.recusal import Case
from trading import clock
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import SUPERVISING, Organisation


def of_draw(lot: Lot) -> dict[str, Any]:
    """Return what the draw of a lot's experts needs from here: the `case` and the `recipient` of the key's copy."""
    return {"case": case_of(lot), "recipient": supervisor_key(lot)}


def case_of(lot: Lot) -> Case:
    """Return the sides of a lot by credit code, today on the lot's clock."""
    project, supervising = lot.project, Organisation.objects.filter(
        memberships__role__in=SUPERVISING, memberships__ended_at=None
    )  # fmt: skip
    return Case(
        day=clock.local_date(lot.now()),
        bidders=bidders_of(lot),
        owners=frozenset({project.owner.uscc}),
        agencies=frozenset({project.agency.uscc} if project.agency else ()),
        supervisors=frozenset(supervising.values_list("uscc", flat=True)),
        procurement=conflicts.is_procurement(lot),
    )


def bidders_of(lot: Lot) -> dict[str, frozenset[str]]:
    """Return each bidder and member of a consortium with everybody above and below it in its chain of control."""
    own, partners = _entered(lot)
    known = dict(Organisation.objects.filter(uscc__in=partners, rehearsal=lot.rehearsal).values_list("uscc", "pk"))
    groups = _groups({**{code: pk for pk, code in own.items()}, **known})
    return {code: frozenset(groups.get(code, ())) for code in (*own.values(), *partners)}


def supervisor_key(lot: Lot) -> str:
    """Return the public key of the lot's supervisor, to whom the key of the draw is sealed. Raises RuleError."""
    held = Custodian.objects.filter(lot=lot, holder=Holder.SUPERVISOR, state="keyed").first()
    if held is None:
        raise RuleError(
            gettext_noop("The supervisor of this lot holds no key."),
            code="custodians_not_ready",
            basis=BASIS,
            next_step=gettext_noop("The supervisor opens its page of custody and makes a key."),
        )
    return held.recipient


def _entered(lot: Lot) -> tuple[dict[int, str], set[str]]:
    """Return who bids, by number and code, and the partners that opened bids name; before the opening, who has bid."""
    opened = OpenedBid.objects.filter(opening__lot=lot).select_related("bid__organisation")
    bids = [row.bid for row in opened] or list(Bid.objects.standing().filter(lot=lot).select_related("organisation"))
    partners = {code for row in opened for code, _name in entrant_of(row).partners}
    return {bid.organisation_id: bid.organisation.uscc for bid in bids}, partners


def _groups(members: dict[str, int]) -> dict[str, set[str]]:
    """Return by code who controls each member, and whom it controls, however far up and down."""
    above = ties.controllers()
    under: dict[int, set[int]] = defaultdict(set)
    for one in above:
        for higher in ties.chain(one, above)[1:]:
            under[higher].add(one)
    related = {code: {*ties.chain(pk, above)[1:], *under[pk]} for code, pk in members.items()}
    numbers = {pk for group in related.values() for pk in group}
    codes = dict(Organisation.objects.filter(pk__in=numbers).values_list("pk", "uscc"))
    return {code: {codes[pk] for pk in group} for code, group in related.items()}
