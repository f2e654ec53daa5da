"""The lines of the table that is read out (唱标): each bid as texts, rendered once for everybody."""

import functools
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bids import opening_words
from bids.opened import READ_OUT, OpenedBid, Outcome
from bids.opening import Opening, spoken
from trading import clock
from trading.money import parse

NAMED = 60  # up to so many bids each light carries its bidder's name
RENDERED = 16  # tables kept; what was read out never changes


def table(opening: Opening) -> SafeString:
    """Return the rows of the table that was read out; watchers who come by the thousand share one rendering."""
    return _table(opening.pk, _first(opening), get_language() or "")


def lights(opening: Opening, shared: Collection[int] = ()) -> SafeString:
    """Return how each bid stands in the decryption: one rendering for everybody until the opening moves on."""
    stand = 0 if opening.state in READ_OUT else opening.version
    return _lights(opening.pk, (_first(opening), get_language() or "", stand), frozenset(shared))


def _first(opening: Opening) -> str:
    """Return the number of the first bid, which is random: it tells this opening from one of another database."""
    return opening.opened.order_by("number").values_list("bid__number", flat=True).first() or ""


def _rows(opening_id: int) -> QuerySet[OpenedBid]:
    return OpenedBid.objects.filter(opening=opening_id).select_related("bid__organisation").order_by("number")


@functools.lru_cache(RENDERED)
def _table(opening_id: int, _first: str, _language: str) -> SafeString:
    return render_to_string("openings/_rows.html", {"lines": [line_of(row) for row in _rows(opening_id)]})


@functools.lru_cache(RENDERED)
def _lights(opening_id: int, _which: tuple[str, str, int], shared: frozenset[int]) -> SafeString:
    found = [light_of(row, shared=row.pk in shared) for row in _rows(opening_id)]
    return render_to_string("openings/_lights.html", {"lights": found, "named": len(found) <= NAMED})


def light_of(row: OpenedBid, *, shared: bool) -> dict[str, Any]:
    """Return a bid's light; whoever shut one that stays shut is named with the article."""
    shut = row.outcome not in {Outcome.WAITING, Outcome.OPENED}
    return {
        "number": row.number,
        "name": row.bid.organisation.name,
        "outcome": row.outcome,
        "words": Outcome(row.outcome).label,
        "why": f"{opening_words.fault(row.at_fault)} ({row.basis})" if shut else "",
        "shared": shared,
    }


def line_of(row: OpenedBid) -> dict[str, Any]:
    """Return what a line of the table shows."""
    said = spoken(row)
    return {
        **said,
        "received": row.bid.received_at.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M:%S.%f"),
        "amount": f"{parse(said['price']):,.2f}" if "price" in said else "",
        "other": f"{parse(said['price_figures']):,.2f}" if differs(said) else "",
        "deposit": opening_words.DEPOSITS.get(said.get("deposit_form", ""), ""),
        "secured": f"{parse(said['deposit_amount']):,.2f}" if said.get("deposit_form", "none") != "none" else "",
        "found": [opening_words.finding(code) for code in said.get("findings", ())],
        "shut": opening_words.OUTCOMES[row.outcome] if row.outcome != Outcome.OPENED else "",
        "fault": opening_words.fault(row.at_fault) if row.outcome != Outcome.OPENED else "",
    }


def differs(said: dict[str, Any]) -> bool:
    """Say whether the words name another price than the figures; the words count (87号令 59)."""
    return bool(said.get("price") != said.get("price_figures"))
