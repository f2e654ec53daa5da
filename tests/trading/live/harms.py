"""What somebody with the database could do to a transcript, and that it does not work; tried on both databases."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from trading import live
from trading.live import SessionEvent, Transcript

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 1, 31, tzinfo=UTC)
HARMS = {
    "change what was said": lambda over, running: SessionEvent.objects.update(payload={}),
    "change when it was said": lambda over, running: SessionEvent.objects.filter(seq=2).update(at=LATER),
    "delete an event": lambda over, running: SessionEvent.objects.filter(seq=1)._raw_delete("default"),
    "skip a number": lambda over, running: insert(running, 4),
    "say a number twice": lambda over, running: insert(running, 1),
    "say more after the end": lambda over, running: insert(over, 3),
    "take the head back": lambda over, running: change(running, head=1),
    "move the head by two": lambda over, running: change(running, head=4),
    "move the head after the end": lambda over, running: change(over, head=3),
    "open it again": lambda over, running: change(over, closed=False),
    "hide it": lambda over, running: change(running, public=False),
    "call it a rehearsal": lambda over, running: change(running, rehearsal=True),
    "delete a transcript": lambda over, running: Transcript.objects.filter(events=None)._raw_delete("default"),
}


def insert(transcript, seq):
    SessionEvent.objects.create(transcript=transcript, seq=seq, at=AT, kind="draw.noted", payload={})


def change(transcript, **facts):
    Transcript.objects.filter(pk=transcript.pk).update(**facts)


def transcripts():
    """Return a transcript of two events that is closed, and one that goes on; a third is empty."""
    over, running, _empty = (Transcript.objects.create() for _ in range(3))
    with transaction.atomic():
        for where, last in ((over, "session.closed"), (running, "draw.noted")):
            live.append(where.pk, "draw.noted", {"n": 1}, AT)
            live.append(where.pk, last, {"n": 2}, AT)
    return over, running


def everything():
    return list(SessionEvent.objects.values_list()), list(Transcript.objects.order_by("pk").values_list())


def refused(name):
    """Try a harm; return whether nothing has changed after the database's refusal, and the transcript goes on."""
    over, running = transcripts()
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        HARMS[name](over, running)
    unchanged = everything() == before
    with transaction.atomic():
        return unchanged and live.append(running.pk, "draw.noted", {}, AT).seq == 3
