"""The socket of a live session: a watcher hears and says nothing.

It knows no power beyond the transcript's public flag.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from trading import hub
from trading.watcher import Send, Watcher

NOTHING_HERE = 4404
NOT_UNDERSTOOD = 1003
Receive = Callable[[], Awaitable[dict[str, Any]]]


async def watch(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one watcher of /live/<transcript>/?after=<number of the last event it has>."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    watcher = Watcher(send)
    here = hub.hub_of(int(scope["url_route"]["kwargs"]["transcript_id"]))
    try:
        if not await here.join(watcher, resume_point(scope)):
            watcher.close(NOTHING_HERE)
        while (await receive())["type"] != "websocket.disconnect":
            watcher.close(NOT_UNDERSTOOD)
    finally:
        here.leave(watcher)


async def nothing_here(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a socket of any other address: there is nothing."""
    await receive()  # websocket.connect
    await send({"type": "websocket.close", "code": NOTHING_HERE})


def resume_point(scope: dict[str, Any]) -> int:
    """Return the number of the last event that the watcher says it has; nonsense counts as none."""
    after = parse_qs(scope["query_string"].decode("ascii", "replace")).get("after", ["0"])[0]
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else 0
