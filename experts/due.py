"""What the clock performs for the library of experts and for committees."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import IntegrityError

from experts.expert import Expert
from experts.panel import Panel
from experts.seat import Seat
from experts.snapshot import IN_LIBRARY, Snapshot
from trading import clock, secrecy
from trading.errors import RuleError, WrongState
from trading.transitions import perform

OVER = ("dissolved", "voided", "drawing")


def resume() -> None:
    """Let experts be drawn again whose suspension is over."""
    today = clock.local_date(clock.now())
    over = Expert.objects.filter(state="suspended", suspensions__ended_on=None, suspensions__ends_on__lt=today)
    for expert in over:
        with suppress(WrongState):  # the keeper was first
            perform(expert.resume, by=None)


def take_snapshots() -> None:
    """Take the day's snapshot of each library that has anybody in it, once."""
    today = clock.local_date(clock.now())
    taken = set(Snapshot.objects.filter(day=today).values_list("rehearsal", flat=True))
    for rehearsal in {False, True} - taken:
        if Expert.objects.filter(state__in=IN_LIBRARY, rehearsal=rehearsal).exists():
            snapshot = Snapshot(day=today, rehearsal=rehearsal)
            with suppress(IntegrityError):  # another tick was first
                perform(snapshot.take, by=None)


def call_experts() -> None:
    """Begin the calls of the seats that wait for them, once the last skip is witnessed (ggzy-draw/1, 3.7)."""
    for panel in Panel.objects.filter(state="notified", seats__state="drawn").select_related("lot").distinct():
        if panel.may_call():
            waiting = list(panel.seats.filter(state="drawn"))
            found = panel.experts_of([seat.leaf for seat in waiting])
            for seat in waiting:
                with suppress(RuleError):  # another tick was first, or the lot is suspended meanwhile
                    perform(seat.call, by=None, expert=found[seat.leaf])


def end_calls() -> None:
    """Pass over who did not answer in the window."""
    _perform(_late("called", "answer_until"), lambda seat: perform(seat.lapse, by=None))


def find_absent() -> None:
    """Pass over who promised and did not come."""
    _perform(_late("confirmed", "arrive_by"), lambda seat: perform(seat.miss, by=None))


def dissolve_panels() -> None:
    """End the committees that are no secret any more."""
    open_now = Panel.objects.filter(secrecy.committee_is_public()).exclude(state__in=OVER)
    _perform(open_now.select_related("lot"), lambda panel: perform(panel.dissolve, by=None))


def _late(state: str, field: str) -> list[Seat]:
    rows = Seat.objects.filter(state=state).select_related("panel__lot")
    return [one for one in rows if getattr(one, field) <= one.panel.lot.now()]


def _perform(due: Iterable[Any], act: Callable[[Any], Any]) -> None:
    for one in due:
        with suppress(RuleError):  # another tick was first, or the lot is suspended meanwhile
            act(one)
