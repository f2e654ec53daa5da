"""The truth over HTTP: a session's events past a number, at once or as soon as there is one.

A full page never changes again, so a cache may keep it for ever; the last page carries a strong
entity tag. Waiting holds a thread, so only so many may wait in a process; the rest are answered now.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from trading import live, looking
from trading.doors.conditions import unchanged
from trading.doors.schema import IF_NONE_MATCH, Schema
from trading.errors import InvalidInput
from trading.session import Session

PAGE = 200
LONGEST_WAIT_S = 20
LOOK_EVERY_S = 0.5
WAITERS = 64
_places = threading.BoundedSemaphore(WAITERS)
AFTER = OpenApiParameter(
    "after", {"type": "integer", "minimum": 0, "default": 0}, description="The number of the last event you have."
)
WAIT = OpenApiParameter(
    "wait",
    {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_S, "default": 0},
    description="Seconds to wait for an event when there is none yet.",
)


class EventRecord(serializers.Serializer[Any]):
    """One public event of a session."""

    seq = serializers.IntegerField(help_text="Counts from 1 without a gap.")
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    payload = serializers.JSONField(help_text="The public facts.")


class EventPage(serializers.Serializer[Any]):
    """Events past a number, and the number of the transcript's last event."""

    head = serializers.IntegerField()
    events = EventRecord(many=True)


class TranscriptApi(APIView):
    """The public transcript of a session."""

    schema = Schema()

    @extend_schema(
        operation_id="session_events",
        tags=["sessions"],
        parameters=[AFTER, WAIT, IF_NONE_MATCH],
        responses=EventPage,
    )
    def get(self, request: Request, name: str) -> HttpResponse:
        """At most 200 events past `after`, oldest first."""
        after = _number(request, "after", most=10**15)
        wait_s = _number(request, "wait", most=LONGEST_WAIT_S)
        transcript = self._transcript(name)
        if transcript.head <= after and wait_s:
            _wait_past(transcript, after, time.monotonic() + wait_s)
        return _answer(request, transcript, after)

    def _transcript(self, name: str) -> live.Transcript:
        known = name.isascii() and name.isdecimal() and len(name) <= 18
        session = Session.objects.select_related("transcript").filter(pk=name).first() if known else None
        if session is None or not (session.transcript.public or self._may_see(session)):
            looking.note(session, self.request.user)
            raise Http404
        transcript: live.Transcript = session.transcript
        return transcript

    def _may_see(self, session: Session) -> bool:
        return Session.objects.visible_to(self.request.user).filter(pk=session.pk).exists()


def _answer(request: Request, transcript: live.Transcript, after: int) -> HttpResponse:
    rows = [(seq, body) for seq, body in live.read(transcript.pk, after=after, limit=PAGE) if seq <= transcript.head]
    tag = f'"{transcript.pk}.{after}.{transcript.head}"'
    headers = {"ETag": tag, "Cache-Control": _caching(transcript, full=len(rows) == PAGE)}
    if unchanged(request, tag):
        return HttpResponse(status=304, headers=headers)
    events = b",".join(body for _seq, body in rows)
    body = b'{"head":%d,"events":[%b]}' % (transcript.head, events)
    return HttpResponse(body, content_type="application/json", headers=headers)


def _caching(transcript: live.Transcript, *, full: bool) -> str:
    if not transcript.public:
        return "private, no-store"
    return "public, max-age=86400" if full else "public, no-cache"


def _number(request: Request, name: str, *, most: int) -> int:
    given = request.query_params.get(name, "0")
    if not (given.isascii() and given.isdecimal() and len(given) <= 16 and int(given) <= most):
        raise InvalidInput(_("`%(name)s` is a whole number from 0 to %(most)s."), name=name, most=most)
    return int(given)


def _wait_past(transcript: live.Transcript, after: int, until: float) -> None:
    with _place() as mine:
        while mine and transcript.head <= after and time.monotonic() < until:
            if not connection.in_atomic_block:
                connection.close()  # nobody holds a connection while waiting
            time.sleep(LOOK_EVERY_S)
            transcript.refresh_from_db(fields=["head"])


@contextmanager
def _place() -> Iterator[bool]:
    mine = _places.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            _places.release()
