"""The front of the server: the stamp of arrival, when the last byte has come in and nothing has waited yet.

Only what the list of bids depends on is waited for: an envelope, which submits, replaces or withdraws a bid. Anything
else, sent by whoever wants the opening late, holds nobody up. A path says nothing of the lot, so the lot stays secret.
"""

from typing import Any

from trading import clock, waiting

READING = {"GET", "HEAD", "OPTIONS"}
STAMP = "arrived"
AWAITED = frozenset({"/api/v1/envelopes/"})


class Front:
    """Stamps each writing request; an envelope waits until it is answered (电子签名法 11; integrity.md, 3.2)."""

    def __init__(self, app: Any) -> None:  # Any: an ASGI application
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in READING:
            await self.app(scope, receive, send)
            return

        async def stamping() -> dict[str, Any]:
            message: dict[str, Any] = await receive()
            if message["type"] == "http.request" and not message.get("more_body") and STAMP not in scope:
                scope[STAMP] = clock.now()
                if scope["path"] in AWAITED:
                    waiting.enter(scope[STAMP])
            return message

        try:
            await self.app(scope, stamping, send)
        finally:
            if STAMP in scope and scope["path"] in AWAITED:
                waiting.leave(scope[STAMP])
