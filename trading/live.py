"""Live sessions: the public transcript of what is said, and the hint that there is more.

The table of events is the truth: a sequence number is taken inside the act's transaction by moving
the transcript's head, so the order of numbers is the order of commits and there is no hole. The
hint is sent after the commit and may be lost; nothing depends on it (docs/live.md).
"""

import asyncio
import functools
import json
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from django.db import connection, models, transaction
from redis.exceptions import RedisError

from trading import clock
from trading.errors import RuleError

log = logging.getLogger(__name__)
HINT_TIMEOUT_S = 5.0
LAST_WORDS = frozenset({"session.closed", "session.cancelled", "session.broken_off"})
FLOOD = 100  # so many events at once are announced by the last; the hubs read the others from the table
LAYER_ERRORS = (OSError, RedisError, ChannelFull, TimeoutError)


class TranscriptClosed(RuleError):
    """Something was to be said after a session's last word."""

    code = "transcript_closed"


class Transcript(models.Model):
    """The public record of one session; `head` is the number of its last event."""

    head = models.PositiveBigIntegerField(default=0, editable=False)
    public = models.BooleanField(default=True)
    rehearsal = models.BooleanField(default=False)
    closed = models.BooleanField(default=False, editable=False)

    def __str__(self) -> str:
        return f"transcript {self.pk} at {self.head}"


class SessionEvent(models.Model):
    """One thing said in a session: a kind and its public facts."""

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    payload = models.JSONField()

    class Meta:
        ordering = ["transcript", "seq"]
        constraints = [models.UniqueConstraint(fields=["transcript", "seq"], name="session_event_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


def append(transcript_id: int, kind: str, payload: dict[str, Any], at: datetime) -> SessionEvent:
    """Write the next event of a transcript inside the act's transaction. Raises TranscriptClosed."""
    return append_all(transcript_id, [(kind, payload)], at)[0]


def append_all(transcript_id: int, said: Sequence[tuple[str, dict[str, Any]]], at: datetime) -> list[SessionEvent]:
    """Write the next events of a transcript, in their order, inside the act's transaction.

    The lock holds the transcript's row until the commit. Raises TranscriptClosed after the session's last word.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A transcript is written inside an act.")
    _check([payload for _kind, payload in said])
    own = Transcript.objects.select_for_update().get(pk=transcript_id)
    events = []
    for seq, (kind, payload) in enumerate(said, own.head + 1):
        if own.closed:
            raise TranscriptClosed("The session is over; nothing more is said in it.")
        own.head, own.closed = seq, kind in LAST_WORDS
        own.save(force_update=True, update_fields=["head", "closed"])  # the database lets it move by one
        facts = {**payload, "rehearsal": True} if own.rehearsal else payload
        event = SessionEvent(transcript_id=transcript_id, seq=seq, at=at, kind=kind, payload=facts)
        event.save(force_insert=True)
        events.append(event)
    return events


def _check(value: Any) -> None:  # Any: JSON
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"A transcript's key must be text, not {key!r}.")
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"A transcript holds text, whole numbers and truth values, not {value!r}.")


def encode(event: SessionEvent) -> bytes:
    """Return the bytes that every watcher gets: compact JSON with sorted keys, in UTF-8."""
    body = {
        "seq": event.seq,
        "at": clock.iso(event.at),
        "kind": event.kind,
        "payload": event.payload,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def read(transcript_id: int, *, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Return at most `limit` events past number `after`, oldest first: number and bytes."""
    return _encoded(SessionEvent.objects.filter(transcript_id=transcript_id, seq__gt=after).order_by("seq")[:limit])


def tail(transcript_id: int, *, limit: int) -> list[tuple[int, bytes]]:
    """Return the last `limit` events, oldest first: number and bytes."""
    return _encoded(SessionEvent.objects.filter(transcript_id=transcript_id).order_by("-seq")[:limit])[::-1]


def _encoded(events: Iterable[SessionEvent]) -> list[tuple[int, bytes]]:
    return [(event.seq, encode(event)) for event in events]


def is_public(transcript_id: int) -> bool:
    """Say whether everybody may read this transcript; one that does not exist is not public."""
    return Transcript.objects.filter(pk=transcript_id, public=True).exists()


def group(transcript_id: int) -> str:
    """Return the channel-layer group that hears of this transcript's events."""
    return f"transcript.{transcript_id}"


def push_all(events: Sequence[SessionEvent]) -> None:
    """Tell the hubs that events of one transcript were committed."""
    for event in events[-1:] if len(events) > FLOOD else events:
        push(event)


def push(event: SessionEvent) -> None:
    """Tell the hubs that an event was committed; returns at once and never fails the act.

    The hint is sent from a thread of its own: a dead or slow Redis neither breaks an act nor holds
    its answer.
    """
    hint = {"type": "session.event", "seq": event.seq, "body": encode(event)}
    asyncio.run_coroutine_threadsafe(_send(group(event.transcript_id), hint), _loop())


async def _send(name: str, hint: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await asyncio.wait_for(layer.group_send(name, hint), HINT_TIMEOUT_S)
    except LAYER_ERRORS as error:
        log.warning("Hint %s of %s was not sent: %s", hint["seq"], name, error)


_loops: dict[int, asyncio.AbstractEventLoop] = {}
_starting = threading.Lock()


def _loop() -> asyncio.AbstractEventLoop:
    """Return this process's hint loop; a forked process starts its own."""
    with _starting:
        loop = _loops.get(os.getpid())
        if loop is None:
            started: Future[asyncio.AbstractEventLoop] = Future()
            work = functools.partial(asyncio.run, _forever(started))
            threading.Thread(target=work, name="live hints", daemon=True).start()
            loop = _loops[os.getpid()] = started.result()
        return loop


async def _forever(started: "Future[asyncio.AbstractEventLoop]") -> None:
    started.set_result(asyncio.get_running_loop())
    await asyncio.Event().wait()
