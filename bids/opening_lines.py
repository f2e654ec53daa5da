"""The lines of the table that is read out (唱标): each bid as texts, rendered once for everybody."""

import functools
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bids import opening_words
from bids.opened import OpenedBid, Outcome
from bids.opening import Opening, spoken
from trading import clock
from trading.money import parse

RENDERED = 16  # tables kept; what was read out never changes


def table(opening: Opening) -> SafeString:
    """Return the rows of the table that was read out; watchers who come by the thousand share one rendering."""
    first = opening.opened.order_by("number").values_list("bid__number", flat=True).first()
    return _rendered(opening.pk, first or "", get_language() or "")


@functools.lru_cache(RENDERED)
def _rendered(opening_id: int, _first: str, _language: str) -> SafeString:
    rows = OpenedBid.objects.filter(opening=opening_id).select_related("bid__organisation").order_by("number")
    return render_to_string("openings/_rows.html", {"lines": [line_of(row) for row in rows]})


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
