"""A suspension over the deadline: the time that bidders lost is given back to all (宁波市公共资源交易管理条例 25).

Whoever had time left when the lot was stopped has as much when it goes on, and two hours at least.
"""

from datetime import datetime, timedelta

from trading import clock
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.live import SessionEvent
from trading.lot import Lot

LEAST = timedelta(hours=2)
KINDS = ("lot.suspended", "lot.resumed")


def made_up(lot: Lot, deadline: datetime) -> datetime | None:
    """Return the deadline that follows from a suspension shortly before or over it, None if there was none."""
    over = [(start, end) for start, end in times(lot) if start < deadline and end > deadline - LEAST]
    if not over:
        return None
    start, end = over[-1]
    moved = end + max(deadline - start, LEAST)
    return moved.replace(second=0, microsecond=0) + timedelta(minutes=1)


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
