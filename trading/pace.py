"""How often somebody may write: counted in the database, so that all processes and machines count together.

One statement counts a write against all its limits; a window of time begins at a full multiple of its length.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from trading import clock

COUNT = "INSERT INTO trading_writecount (key, count, ends_at) VALUES {rows} "
AGAIN = "ON CONFLICT (key) DO UPDATE SET count = trading_writecount.count + 1 RETURNING key, count"


class WriteCount(models.Model):
    """The writes of one account or address in one window of time."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


@dataclass(frozen=True)
class Limit:
    """At most `count` writes of one account or address in `seconds`."""

    scope: str
    who: str
    count: int
    seconds: int


def seconds_to_wait(limits: Sequence[Limit]) -> int:
    """Count one write against each limit; return how long to wait if one is exceeded, else 0."""
    moment = int(clock.now().timestamp())
    ends = {limit: (moment // limit.seconds + 1) * limit.seconds for limit in limits}
    keys = {limit: f"{limit.scope}:{limit.who}:{end}" for limit, end in ends.items()}
    counts = _count({keys[limit]: end for limit, end in ends.items()})
    return max((ends[limit] - moment for limit in limits if counts[keys[limit]] > limit.count), default=0)


def network(address: str) -> str:
    """Return whom an address stands for: itself, or in IPv6 the network of 64 bits that one line gets."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def expire() -> int:
    """Forget the windows that are over; the clock calls this."""
    over = WriteCount.objects.filter(ends_at__lt=clock.now())
    return over.delete()[0] if over.exists() else 0  # looking takes no lock; the clock looks every second


def _count(ends: dict[str, int]) -> dict[str, int]:
    facts: list[Any] = []  # Any: what the database makes of a moment
    for key, end in sorted(ends.items()):  # one order for all, so that two writers never wait for each other
        facts += [key, 1, connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(end, UTC))]
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(ends))) + AGAIN, facts)
        return dict(cursor.fetchall())
