"""The live layer of one machine: a Channels layer in the process, safe across threads and loops.

Acts are performed in threads and by the clock, the hubs live on the server's event loop. Channels'
own in-memory layer belongs to one event loop (docs/adr/0007-in-process-layer.md); here a message is
handed to the receiver's loop, whatever thread it comes from.
"""

import asyncio
import threading
import uuid
from collections import defaultdict
from contextlib import suppress
from typing import Any

from channels.layers import BaseChannelLayer

Message = dict[str, Any]


class Mailbox:
    """What waits for one receiver, on the receiver's own event loop."""

    def __init__(self, capacity: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[Message] = asyncio.Queue(capacity)

    def drop(self, message: Message) -> None:
        """Hand a message over from any thread; a receiver that is full or gone loses it."""
        with suppress(RuntimeError):  # the receiver's loop is closed
            self.loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: Message) -> None:
        with suppress(asyncio.QueueFull):
            self.queue.put_nowait(message)


class InProcessLayer(BaseChannelLayer):
    """Groups and channels of one process."""

    extensions = ["groups", "flush"]

    def __init__(self, capacity: int = 1000, **config: Any) -> None:
        super().__init__(capacity=capacity, **config)
        self._lock = threading.Lock()
        self._mailboxes: dict[str, Mailbox] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)

    async def new_channel(self, prefix: str = "specific") -> str:
        """Open a mailbox on the running event loop and return its name."""
        name = f"{prefix}.{uuid.uuid4().hex}"
        with self._lock:
            self._mailboxes[name] = Mailbox(self.capacity)
        return name

    async def send(self, channel: str, message: Message) -> None:
        """Send to one channel; a channel that nobody opened loses the message."""
        with self._lock:
            mailbox = self._mailboxes.get(channel)
        if mailbox:
            mailbox.drop(message)

    async def receive(self, channel: str) -> Message:
        """Return the channel's next message; when the receiver is cancelled its mailbox closes."""
        mailbox = self._mailboxes[channel]
        try:
            return await mailbox.queue.get()
        except asyncio.CancelledError:
            with self._lock:
                self._mailboxes.pop(channel, None)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        """Let the channel hear what is sent to the group."""
        with self._lock:
            self._groups[group].add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Let the channel hear the group no longer."""
        with self._lock:
            self._groups[group].discard(channel)
            if not self._groups[group]:
                del self._groups[group]

    async def group_send(self, group: str, message: Message) -> None:
        """Send to every channel of the group."""
        with self._lock:
            names = self._groups.get(group, set()) & self._mailboxes.keys()
            mailboxes = [self._mailboxes[name] for name in names]
        for mailbox in mailboxes:
            mailbox.drop(message)

    async def flush(self) -> None:
        """Forget every channel and group."""
        with self._lock:
            self._mailboxes.clear()
            self._groups.clear()
