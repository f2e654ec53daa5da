"""A watcher: one socket of a live session, what waits for it and whether it keeps up."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

TOO_SLOW = 4408
BACKLOG_CHARACTERS = 256 * 1024
Send = Callable[[dict[str, Any]], Awaitable[None]]
_closing: set["asyncio.Task[None]"] = set()  # the event loop alone would let them be collected


class Watcher:
    """One socket. One that does not keep up is closed with 4408 and may resume."""

    def __init__(self, send: Send, *, backlog: int = BACKLOG_CHARACTERS) -> None:
        self.send = send
        self.backlog = backlog
        self.open = True
        self._waiting: deque[str] = deque()
        self._size = 0
        self._writer: asyncio.Task[None] | None = None

    def write(self, text: str, *, counts: bool = True) -> None:
        """Queue one frame; a replay does not count, for the socket asked for it."""
        if not self.open:
            return
        self._waiting.append(text)
        self._size += len(text)
        if counts and self._size > self.backlog:
            self.close(TOO_SLOW)
        elif self._writer is None:
            self._writer = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._waiting:
                text = self._waiting.popleft()
                await self.send({"type": "websocket.send", "text": text})
                self._size -= len(text)
        except OSError:  # the socket is gone; its consumer hears of it
            self.forget()
        finally:
            self._writer = None

    def close(self, code: int) -> None:
        """Forget what waits and close the socket."""
        if self.open:
            self.forget()
            if self._writer is not None:
                self._writer.cancel()
            task = asyncio.create_task(self._close(code))
            _closing.add(task)
            task.add_done_callback(_closing.discard)

    def forget(self) -> None:
        """Write nothing more."""
        self.open = False
        self._waiting.clear()

    async def _close(self, code: int) -> None:
        with contextlib.suppress(OSError):
            await self.send({"type": "websocket.close", "code": code})
