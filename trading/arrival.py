"""The arrival of a request: the server's clock when it had come in whole, before it waited for anything.

What must come before an instant is judged by its arrival (电子签名法 11; integrity.md, 3.2). The site's front stamps
each request; an act outside a request arrives when it is called.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from trading import clock

_stamped: ContextVar[datetime | None] = ContextVar("arrived", default=None)


def moment() -> datetime:
    """Return when the running request arrived; outside a request, now."""
    return _stamped.get() or clock.now()


@contextmanager
def stamp(at: datetime) -> Iterator[None]:
    """Let everything done inside count as having arrived at a moment."""
    token = _stamped.set(at)
    try:
        yield
    finally:
        _stamped.reset(token)
