"""A suspension in the time for bids: what bidders lost of it is given back to all (宁波市公共资源交易管理条例 25).

The time stands still with the lot: whoever had nine days left when it was stopped has nine when it goes on, and two
hours at least, so that no suspension shortens the days that the law gives (招标投标法 24; 招标投标法实施条例 16).
"""

from datetime import datetime, timedelta
from typing import Any

from trading import clock
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.live import SessionEvent
from trading.lot import Lot

LEAST = timedelta(hours=2)
KINDS = ("lot.suspended", "lot.resumed")


def made_up(tender: Any) -> dict[str, datetime]:
    """Return the moments of a tender that its lot's newest suspension moves, by name; empty if it took no time.

    Each resumption gives back its own suspension, once. Where an outage moved the deadline meanwhile, the time left is
    what was left before or what the postponement gave, whichever is more, and never both.
    """
    newest = AuditEvent.objects.filter(tender=tender.lot.code, type__in=["lot.resumed", "tender.made_up"])
    if (last := newest.order_by("pk").last()) is None or last.type != "lot.resumed":
        return {}
    start, end = times(tender.lot)[-1]
    begun, offered = tender.documents_from, tender.documents_until
    left = [due - max(at, begun) for at, due in _dues(tender, start) if at < due]
    if end <= begun or not left:
        return {}
    moved = {"deadline": clock.next_minute(end + max(LEAST, *left))}
    if start < offered:
        moved["documents_until"] = clock.next_minute(end + (offered - max(start, begun)))
    return moved


def _dues(tender: Any, start: datetime) -> list[tuple[datetime, datetime]]:
    """Return the deadline at the suspension's start, and each that an outage's decision set since then, with when."""
    lot = tender.lot
    rows = lot.postponements.filter(matter="bids", created_at__gte=start - lot.clock_ahead).order_by("pk")
    since = [(lot.at(row.created_at), row.after) for row in rows]
    return [(start, rows[0].before if since else tender.deadline), *since]


def times(lot: Lot) -> list[tuple[datetime, datetime]]:
    """Return from when to when the lot was suspended, on its own clock, from the ledger."""
    found, since = [], None
    for event in AuditEvent.objects.filter(tender=lot.code, type__in=KINDS).order_by("pk"):
        at = lot.at(datetime.fromisoformat(leaf.decode(bytes(event.leaf))["at"]))
        if event.type == KINDS[0]:
            since = at
        elif since is not None:
            found.append((since, at))
            since = None
    return found if since is None else [*found, (since, lot.now())]


def stood_still(lot: Lot, since: datetime) -> timedelta:
    """Return how long the lot has been suspended since a moment of its clock."""
    spans = (end - max(start, since) for start, end in times(lot) if end > since)
    return sum(spans, timedelta(0))


def paused(transcript_id: int) -> timedelta:
    """Return how long a session has been paused, from its own transcript."""
    kinds = ["session.suspended", "session.resumed"]
    total, since = timedelta(0), None
    for kind, at in (
        SessionEvent.objects.filter(transcript_id=transcript_id, kind__in=kinds)
        .order_by("seq")
        .values_list("kind", "at")
    ):
        if kind == "session.suspended":
            since = at
        elif since is not None:
            total, since = total + (at - since), None
    return total + (clock.now() - since if since else timedelta(0))
