"""What the library says of experts at the moment of a draw: who has left, is away or engaged, and every tie."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from experts import recusal
from experts.expert import Expert, Misconduct
from experts.pool import Present, Span
from experts.seat import HELD, Seat
from experts.wanted import Wanted
from trading import clock

PUNISHED = frozenset({Misconduct.LEAK, Misconduct.NO_RECUSAL, Misconduct.WRONG_EVALUATION, Misconduct.BRIBERY})
OVER = ("dissolved", "voided")


def days_of(wanted: Wanted) -> Span:
    """Return the first and the last of the county's days on which a committee works."""
    end = wanted.gather_at + timedelta(hours=wanted.hours)
    return clock.local_date(wanted.gather_at), clock.local_date(end)


def now(codes: Iterable[str], *, rehearsal: bool, besides: Any) -> dict[str, Present]:
    """Return by number the experts who hold or held one of the codes; `besides` is the panel that asks."""
    busy = engagements(besides)
    known = Expert.objects.filter(held__code__in=list(codes), rehearsal=rehearsal).distinct()
    rows = known.prefetch_related("relations", "leaves", "suspensions")
    return {row.number: _present(row, tuple(busy[row.pk])) for row in rows}


def engagements(besides: Any) -> dict[int, list[Span]]:
    """Return by expert the days on which others of the committees need them."""
    found: dict[int, list[Span]] = defaultdict(list)
    seats = Seat.objects.filter(state__in=HELD, expert__isnull=False).exclude(panel=besides)
    for seat in seats.exclude(panel__state__in=OVER).select_related("panel"):
        found[seat.expert_id].append(days_of(seat.panel.wanted))  # type: ignore[index]  # filtered above
    return found


def _present(row: Expert, engaged: tuple[Span, ...]) -> Present:
    away = tuple((one.starts_on, one.ends_on) for one in row.leaves.all())
    punished = any(one.reason in PUNISHED for one in row.suspensions.all())
    known = recusal.Candidate(row.number, tuple(row.relations.all()), punished=punished)
    return Present(row.state == "active", away, engaged, known)
