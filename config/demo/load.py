"""Loading the demonstration: what is there already stays, so it may be run again."""

import time
from collections.abc import Callable

from django.db import transaction

from config.demo import data, experts, notices, people, rehearsals, rules


def load(say: Callable[[str], object]) -> None:
    """Load everything in order; `say` is told each step as it is done."""
    for label, step in STEPS:
        started = time.monotonic()
        with transaction.atomic():
            step()
        say(f"  {label} ({time.monotonic() - started:.1f} s)")
    started = time.monotonic()
    rehearsals.load(say)
    shown = f"{len(rehearsals.SHOWN)} comparisons and {len(rehearsals.TENDERED)} tenders"
    say(f"  {shown} in rehearsal ({time.monotonic() - started:.1f} s)")


STEPS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("Organisations and accounts of 示范县", people.load),
    ("Local rule, participant's notice, rules of conduct, rooms", rules.load),
    ("60 invented experts and the snapshot of their library", experts.load),
    ("88 real notices of other platforms", notices.load),
    ("1,528 real enterprises, for rehearsals only", lambda: people.register(data.real_enterprises())),
)
