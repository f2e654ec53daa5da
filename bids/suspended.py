"""A suspension in a time that everybody has: what it took is given back to all (宁波市公共资源交易管理条例 25).

The time stands still with the lot: whoever had nine days left when it was stopped has nine when it goes on, and two
hours at least, so that no suspension shortens the days that the law gives (招标投标法 24; 招标投标法实施条例 16).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from trading import clock
from trading.errors import RuleError
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.live import SessionEvent
from trading.lot import Lot, Standing

LEAST = timedelta(hours=2)
KINDS = ("lot.suspended", "lot.resumed")
MADE_UP = ("tender.made_up", "review.made_up", "comparison.made_up")


def newest(lot: Lot) -> tuple[datetime, datetime] | None:
    """Return the suspension that has ended and has not been given back yet; each is given back once."""
    events = AuditEvent.objects.filter(tender=lot.code, type__in=["lot.resumed", *MADE_UP])
    last = events.order_by("pk").last()
    return times(lot)[-1] if last is not None and last.type == "lot.resumed" else None


class NothingToMakeUp(RuleError):
    """No suspension has ended that took of a time that everybody has."""

    code = "nothing_to_make_up"
    basis = "宁波市公共资源交易管理条例 25"
    next_step = gettext_noop("A resumption gives the time back by itself.")

    def __init__(self) -> None:
        super().__init__(gettext_noop("No suspension took of the time that everybody has."))


@dataclass(frozen=True)
class Window:
    """The time for bids or for applications: from when, how long documents are offered, when it ends."""

    lot: Lot
    matter: str
    begun: datetime
    offered: datetime
    due: datetime


def made_up(window: Window) -> tuple[datetime, datetime] | None:
    """Return when the offer of documents and the window end after the newest suspension; None if it took no time.

    Each resumption gives back its own suspension, once. Where an outage moved the deadline meanwhile, the time left is
    what was left before or what the postponement gave, whichever is more, and never both.
    """
    if (span := newest(window.lot)) is None:
        return None
    start, end = span
    left = [due - max(at, window.begun) for at, due in _dues(window, start) if at < due]
    if end <= window.begun or not left:
        return None
    offered = window.offered
    if start < offered:
        offered = clock.next_minute(end + (offered - max(start, window.begun)))
    return offered, clock.next_minute(end + max(LEAST, *left))


def _dues(window: Window, start: datetime) -> list[tuple[datetime, datetime]]:
    """Return the deadline at the suspension's start, and each that an outage's decision set since then, with when."""
    lot = window.lot
    rows = lot.postponements.filter(matter=window.matter, created_at__gte=start - lot.clock_ahead).order_by("pk")
    since = [(lot.at(row.created_at), row.after) for row in rows]
    return [(start, rows[0].before if since else window.due), *since]


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


def came_before(lot: Lot, arrived: datetime) -> bool:
    """Say whether what arrived at a moment of the lot's clock came before the suspension that lasts now."""
    return lot.state == Standing.SUSPENDED and arrived < times(lot)[-1][0]


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
