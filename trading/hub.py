"""The hub: one per process and transcript, it hears an event once and writes it to every socket.

It keeps the last events in a ring, repairs holes from the truth and lets a watcher join in one step
of the event loop, so nobody misses or doubles an event. Hints may come late, twice, in any order or
never (docs/live.md).
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError

from trading import clock, live
from trading.watcher import Watcher

log = logging.getLogger(__name__)
Numbered = list[tuple[int, bytes]]


@dataclass(frozen=True)
class Measures:
    """How long a hub waits and how much it keeps."""

    hole_s: float = 0.05
    poll_s: float = 2.0
    beat_s: float = 10.0
    linger_s: float = 5.0
    ring: int = 1024
    page: int = 200


STANDARD = Measures()


class Truth(Protocol):
    """Where a hub reads events."""

    async def is_public(self, transcript_id: int) -> bool: ...
    async def tail(self, transcript_id: int, limit: int) -> Numbered: ...
    async def read(self, transcript_id: int, after: int, limit: int) -> Numbered: ...


class TruthTable:
    """The table of session events, read in the database thread."""

    async def is_public(self, transcript_id: int) -> bool:
        """Say whether everybody may watch."""
        public: bool = await database_sync_to_async(live.is_public)(transcript_id)
        return public

    async def tail(self, transcript_id: int, limit: int) -> Numbered:
        """Return the last events, oldest first."""
        rows: Numbered = await database_sync_to_async(live.tail)(transcript_id, limit=limit)
        return rows

    async def read(self, transcript_id: int, after: int, limit: int) -> Numbered:
        """Return the events past number `after`, oldest first."""
        rows: Numbered = await database_sync_to_async(live.read)(transcript_id, after=after, limit=limit)
        return rows


class Hub:
    """The watchers of one transcript in one process."""

    def __init__(
        self,
        transcript_id: int,
        truth: Truth,
        measures: Measures = STANDARD,
        *,
        on_empty: Callable[[], object] | None = None,
    ) -> None:
        self.transcript_id = transcript_id
        self.truth = truth
        self.measures = measures
        self.head = 0
        self.watchers: set[Watcher] = set()
        self._coming = 0
        self._on_empty = on_empty
        self._ring: deque[tuple[int, str]] = deque(maxlen=measures.ring)
        self._late: dict[int, str] = {}
        self._past: list[tuple[int, str]] = []
        self._replayed: tuple[int, int, list[str]] = (0, 0, [])
        self._loading: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._started = asyncio.create_task(self._start())

    async def _start(self) -> bool:
        if not await self.truth.is_public(self.transcript_id):
            return False
        rows = await self.truth.tail(self.transcript_id, self.measures.ring)
        self._ring.extend((seq, body.decode()) for seq, body in rows)
        self.head = self._ring[-1][0] if self._ring else 0
        self._tasks = [asyncio.create_task(work) for work in (self._listen(), self._poll(), self._beat())]
        return True

    def stop(self) -> None:
        """End the hub's tasks."""
        for task in (self._started, self._loading, self._reading, *self._tasks):
            if task is not None:
                task.cancel()

    # What happened.

    def offer(self, seq: int, text: str) -> None:
        """Take an event from a hint or from the truth, in any order, any number of times."""
        if seq <= self.head:
            return
        self._late[seq] = text
        while self.head + 1 in self._late:
            self.head += 1
            said = self._late.pop(self.head)
            self._ring.append((self.head, said))
            self._tell(said)
        if self._late:
            self._read(after_s=self.measures.hole_s)

    def _tell(self, text: str) -> None:
        for watcher in tuple(self.watchers):
            watcher.write(text)
            if not watcher.open:
                self.watchers.discard(watcher)

    def _read(self, *, after_s: float = 0.0) -> "asyncio.Task[None]":
        if self._reading is None:
            self._reading = asyncio.create_task(self._catch_up(after_s))
        return self._reading

    async def _catch_up(self, after_s: float) -> None:
        try:
            await asyncio.sleep(after_s)
            full = True
            while full:
                rows = await self.truth.read(self.transcript_id, self.head, self.measures.page)
                for seq, body in rows:
                    self.offer(seq, body.decode())
                full = len(rows) == self.measures.page
        except DatabaseError as error:  # the next poll tries again
            log.warning("Transcript %s could not be read: %s", self.transcript_id, error)
        finally:
            self._reading = None

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self.measures.poll_s)
            await self._read()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.measures.beat_s)
            self._tell(self._hello())

    def _hello(self) -> str:
        return f'{{"head":{self.head},"time":"{clock.iso(clock.now())}"}}'

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while layer is not None:
            with contextlib.suppress(*live.LAYER_ERRORS):
                await self._hear(layer)
            await asyncio.sleep(self.measures.poll_s)

    async def _hear(self, layer: Any) -> None:  # Any: channels ships no types
        channel = await layer.new_channel()
        name = live.group(self.transcript_id)
        await layer.group_add(name, channel)
        self._read()
        try:
            while True:
                hint = await layer.receive(channel)
                self.offer(hint["seq"], hint["body"].decode())
        finally:
            await layer.group_discard(name, channel)

    # Who watches.

    async def join(self, watcher: Watcher, after: int) -> bool:
        """Give a watcher every event past number `after`, now and from now on.

        False where the transcript is not public.
        """
        self._coming += 1
        try:
            if not await self._ready_for(after):
                return False
        finally:
            self._coming -= 1
        # No await from here on: what is replayed and what is told next leave no gap and no overlap.
        watcher.write(self._hello(), counts=False)
        for frame in self._replay(after):
            watcher.write(frame, counts=False)
        self.watchers.add(watcher)
        return True

    async def _ready_for(self, after: int) -> bool:
        """Start, and read what a joiner needs that the ring does not hold."""
        if not await asyncio.shield(self._started):
            return False
        if after > self.head:
            await asyncio.shield(self._read())
        while after + 1 < self._first() and not self._past_reaches_ring():
            await self._load_past()
        return True

    def leave(self, watcher: Watcher) -> None:
        """Let a watcher go; a hub that nobody needs stops after a while."""
        watcher.forget()
        self.watchers.discard(watcher)
        if not self.watchers:
            asyncio.get_running_loop().call_later(self.measures.linger_s, self._rest)

    def _rest(self) -> None:
        if not self.watchers and not self._coming and self._on_empty is not None:
            self._on_empty()
            self._on_empty = None
            self.stop()

    def _first(self) -> int:
        return self._ring[0][0] if self._ring else self.head + 1

    def _past_reaches_ring(self) -> bool:
        return bool(self._past) and self._past[-1][0] + 1 >= self._first()

    def _replay(self, after: int) -> list[str]:
        """Return the frames that bring a watcher from `after` to the head; a herd shares them."""
        if self._replayed[:2] != (after, self.head):
            first = self._first()
            missing = [text for seq, text in self._past if after < seq < first]
            missing += [text for seq, text in self._ring if seq > after]
            pages = [
                missing[start : start + self.measures.page] for start in range(0, len(missing), self.measures.page)
            ]
            self._replayed = (after, self.head, ["[" + ",".join(page) + "]" for page in pages])
        return self._replayed[2]

    async def _load_past(self) -> None:
        """Read the events before the ring, once for all who wait for them."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._read_past(self._first()))
        await asyncio.shield(self._loading)

    async def _read_past(self, first: int) -> None:
        try:
            past: list[tuple[int, str]] = []
            while not past or past[-1][0] + 1 < first:
                rows = await self.truth.read(self.transcript_id, past[-1][0] if past else 0, self.measures.ring)
                past += [(seq, body.decode()) for seq, body in rows]
            self._past = past
        finally:
            self._loading = None


TRUTH = TruthTable()
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Hub]] = WeakKeyDictionary()


def hub_of(transcript_id: int, truth: Truth = TRUTH) -> Hub:
    """Return the running event loop's hub of a transcript; the first caller's truth counts."""
    hubs = _hubs.setdefault(asyncio.get_running_loop(), {})
    if transcript_id not in hubs:
        hubs[transcript_id] = Hub(transcript_id, truth, on_empty=lambda: hubs.pop(transcript_id, None))
    return hubs[transcript_id]
