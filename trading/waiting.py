"""Who has arrived and still waits for an answer: an instant is not over before all who came in time are decided.

Each process counts its waiting requests by the second of their arrival. On PostgreSQL it holds a shared lock for each
such second, which ends with the process; whoever closes something tries the exclusive form (integrity.md, 3.2).
"""

import logging
import queue
import threading
from collections import Counter
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, connections

LOCK = 7003
IDLE_S = 0.5
LONGEST = timedelta(minutes=10)  # ten thousand at once take minutes; who waits longer is told of an incident
HOLD = "SELECT pg_advisory_lock_shared(%s, %s)"
RELEASE = "SELECT pg_advisory_unlock_shared(%s, %s)"
TRY = "SELECT bool_and(pg_try_advisory_xact_lock(%s, s)) FROM generate_series(%s::int, %s::int) s"
log = logging.getLogger(__name__)

_waiting: Counter[int] = Counter()
_counting = threading.Lock()
_asked: "queue.SimpleQueue[tuple[str, int]]" = queue.SimpleQueue()
_keeper: list[threading.Thread] = []


def enter(arrived: datetime) -> None:
    """Count a request that has arrived."""
    second = int(arrived.timestamp())
    with _counting:
        _waiting[second] += 1
        if _waiting[second] == 1:
            _ask(HOLD, second)


def leave(arrived: datetime) -> None:
    """Count it off: it is answered."""
    second = int(arrived.timestamp())
    with _counting:
        _waiting[second] -= 1
        if not _waiting[second]:
            del _waiting[second]
            _ask(RELEASE, second)


def nobody_from_before(moment: datetime) -> bool:
    """Say whether everybody who arrived before a moment has been answered, in this process and in every other.

    Inside a transaction, which keeps those seconds closed until its end.
    """
    last = int(moment.timestamp())
    first = last - int(LONGEST.total_seconds())
    with _counting:
        if any(first <= second <= last for second in _waiting):
            return False
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(TRY, [LOCK, first, last])
        return bool(cursor.fetchone()[0])


def _ask(statement: str, second: int) -> None:
    """Let the keeper's own connection hold or release a second; a request waits for no lock."""
    if connection.vendor != "postgresql":
        return
    if not _keeper:
        _keeper.append(threading.Thread(target=_keep, name="arrivals", daemon=True))
        _keeper[0].start()
    _asked.put((statement, second))


def _keep() -> None:
    """Hold and release what is asked for, until nobody waits for a while."""
    while (asked := _next()) is not None:
        statement, second = asked
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, [LOCK, second])
        except DatabaseError:
            log.exception("A waiting second could not be held; what still waits is held anew")
            connections.close_all()
            _hold_again()
    connections.close_all()


def _hold_again() -> None:
    """Ask anew for every second that is still counted: a lost connection has let them all go."""
    with _counting:
        for second in _waiting:
            _asked.put((HOLD, second))


def _next() -> tuple[str, int] | None:
    while True:
        try:
            return _asked.get(timeout=IDLE_S)
        except queue.Empty:
            with _counting:
                if not _waiting and _asked.empty():
                    _keeper.clear()
                    return None
