"""The clock: every second, perform what has fallen due; four times a second, close what is due to the second.

Several may run at once; each act locks its row and looks again, so the second finds nothing to do.
"""

import logging
import signal
import threading
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 0.25  # an opening begins within three seconds of its deadline, two of which are its grace
TURNS = 4  # everything is looked at in every fourth turn


def tick_once(paths: Sequence[str] | None = None) -> None:
    """Run the named functions, or all of settings.TIME_DRIVEN; one that fails does not stop the others."""
    for path in settings.TIME_DRIVEN if paths is None else paths:
        try:
            import_string(path)()
        except Exception:
            logger.exception("The clock could not run %s; it tries again at the next tick", path)


def run(stop: threading.Event) -> None:
    """Tick until told to stop."""
    try:
        for turn in count():
            if stop.wait(PERIOD_SECONDS):
                return
            close_old_connections()
            tick_once(settings.TO_THE_SECOND if turn % TURNS else None)
    finally:
        connections.close_all()


class Command(BaseCommand):
    help = "Perform what falls due, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(f"Ticking: {', '.join(settings.TIME_DRIVEN) or 'nothing is time-driven'}")
        run(stop)
