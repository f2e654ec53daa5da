"""A loop of the ledger: a thread of the server or a process of its own, which faults do not end."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from trading.ledger.tables import LedgerFault

log = logging.getLogger(__name__)
FAULT_PAUSE_SECONDS = 10


def until(stop: threading.Event, work: Callable[[], object], pause: float) -> None:
    """Do the work again and again, `pause` seconds apart, until `stop` is set.

    A fault of the ledger is loud and makes the next round wait; a database or folder that is away is asked again.
    """
    wait = pause
    while not stop.wait(wait):
        wait = pause
        try:
            close_old_connections()
            work()
        except LedgerFault:
            log.critical("The ledger refuses to sign.", exc_info=True)
            wait = FAULT_PAUSE_SECONDS
        except (DatabaseError, InterfaceError, OSError):
            log.exception("The ledger's database or folder does not answer; trying again.")
            connections.close_all()
    connections.close_all()
