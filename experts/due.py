"""What the clock performs for the library of experts."""

from contextlib import suppress

from django.db import IntegrityError

from experts.expert import Expert
from experts.snapshot import IN_LIBRARY, Snapshot
from trading import clock
from trading.errors import WrongState
from trading.transitions import perform


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
