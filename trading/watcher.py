"""A watcher: one socket of a live session, what waits for it and whether it keeps up."""

import asyncio
import contextlib
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any

TOO_SLOW = 4408
BACKLOG_CHARACTERS = 256 * 1024
Sending = Coroutine[Any, Any, None]
Send = Callable[[dict[str, Any]], Sending]
_closing: set["asyncio.Task[None]"] = set()  # the event loop alone would let them be collected


@types.coroutine
def finish(sending: Sending, waiting: Any) -> Generator[Any, Any, None]:  # Any: what a coroutine yields to its loop
    """Go on with a coroutine that was begun outside a task and stopped at what it waits for."""
    try:
        yield waiting
        yield from sending  # a coroutine may be driven like a generator
    finally:
        sending.close()


class Watcher:
    """One socket. One that does not keep up is closed with 4408 and may resume.

    A frame that the socket takes at once costs no task: the coroutine of `send` is begun on the spot, and only where
    it has to wait does a task go on with it (docs/live.md has the measurement).
    """

    def __init__(self, send: Send, *, backlog: int = BACKLOG_CHARACTERS) -> None:
        self.send = send
        self.backlog = backlog
        self.open = True
        self._waiting: deque[str] = deque()
        self._size = 0
        self._writer: asyncio.Task[None] | None = None

    def write(self, text: str, *, counts: bool = True) -> None:
        """Send one frame or queue it; a replay does not count, for the socket asked for it."""
        if not self.open:
            return
        if self._writer is None:
            self._begin(text)
            return
        self._waiting.append(text)
        self._size += len(text)
        if counts and self._size > self.backlog:
            self.close(TOO_SLOW)

    def _begin(self, text: str) -> None:
        sending = self.send({"type": "websocket.send", "text": text})
        try:
            waiting = sending.send(None)
        except StopIteration:
            return
        except OSError:  # the socket is gone; its consumer hears of it
            self.forget()
            return
        self._writer = asyncio.create_task(self._drain(sending, waiting))

    async def _drain(self, sending: Sending, waiting: Any) -> None:  # Any: as in `finish`
        try:
            await finish(sending, waiting)
            while self._waiting:
                text = self._waiting.popleft()
                await self.send({"type": "websocket.send", "text": text})
                self._size -= len(text)
        except OSError:
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
