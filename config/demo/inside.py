"""A walk in one process, without a server: the API is called directly, and what falls due is done in between."""

from collections.abc import Callable

import httpx
from django.core.wsgi import get_wsgi_application

from config.demo.walk import Walk
from config.management.commands import tick
from trading.ledger import sequencer, witness

ADDRESS = "http://127.0.0.1"


def settle() -> None:
    """Do what the server's threads would do: the clock's acts, the sequencer's batch, the witness's cosignature."""
    tick.tick_once()
    while sequencer.sequence_once() is not None:
        pass
    witness.cosign()


def walk(say: Callable[[str], object]) -> Walk:
    """Return a walk that needs no server."""
    return Walk(ADDRESS, say, transport=httpx.WSGITransport(app=get_wsgi_application()), settle=settle)
