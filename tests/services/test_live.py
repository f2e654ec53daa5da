"""What only the real services prove: one order for writers at once, hints across processes, a dead Redis."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings as site
from django.db import IntegrityError, transaction

from tests.services.together import at_once
from trading import hub, live
from trading.errors import RuleError
from trading.live import SessionEvent, Transcript
from trading.party import Role
from trading.room import Kind, Room
from trading.session import Session
from trading.transitions import perform
from trading.watcher import Watcher

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
WRITERS, EACH = 8, 25
ELSEWHERE = """
import os, sys, time, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
from trading import live
from trading.live import SessionEvent
live.push(SessionEvent(transcript_id=int(sys.argv[1]), seq=1, at=live.clock.now(), kind="draw.noted", payload={}))
time.sleep(2)
"""


class Undone(Exception):  # an act that its rule refuses late
    pass


def test_writers_at_once_leave_no_gap_and_no_reader_sees_one():
    where = Transcript.objects.create()
    seen = []

    def write():
        for n in range(EACH):
            with contextlib.suppress(Undone), transaction.atomic():
                live.append(where.pk, "draw.noted", {"n": n}, AT)
                if n % 5 == 4:
                    raise Undone

    def read():
        until = time.monotonic() + 1
        while time.monotonic() < until:
            seen.append([seq for seq, _body in live.read(where.pk, after=0, limit=10_000)])

    assert at_once(*[write] * WRITERS, read) == [None] * (WRITERS + 1)
    assert [numbers for numbers in seen if numbers != list(range(1, len(numbers) + 1))] == []
    kept = list(SessionEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert kept == list(range(1, WRITERS * EACH * 4 // 5 + 1))


def booking(room, *, hours=0):
    start = live.clock.now() + timedelta(days=1, hours=hours)
    return Session(room=room, kind=Kind.DRAW, title="A draw", starts_at=start, ends_at=start + timedelta(hours=2))


def test_a_room_booked_at_once_is_booked_once(person):
    centre = person("centre", Role.CENTRE_STAFF)
    room = perform(Room(kind=Kind.DRAW, name="Draw room", place="3rd floor").register, by=centre)

    def book():
        perform(booking(room).book, by=centre)

    refusals = [answer for answer in at_once(*[book] * 4) if answer is not None]
    assert [refusal.code for refusal in refusals if isinstance(refusal, RuleError)] == ["room_taken"] * 3
    assert Session.objects.count() == 1


def test_the_database_itself_refuses_an_overlap(person):
    centre = person("centre", Role.CENTRE_STAFF)
    room = perform(Room(kind=Kind.DRAW, name="Draw room", place="3rd floor").register, by=centre)
    held = perform(booking(room).book, by=centre)
    other = Session(**{name: getattr(held, name) for name in ("room", "kind", "title", "starts_at", "ends_at")})
    other.transcript = Transcript.objects.create()
    other.__dict__["state"] = "scheduled"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()
    assert Session.objects.count() == 1


class Empty:
    """A truth that knows nothing, so that only hints bring events."""

    async def is_public(self, transcript_id):
        return True

    async def tail(self, transcript_id, limit):
        return []

    async def read(self, transcript_id, after, limit):
        return []


def test_a_hint_from_another_process_reaches_the_watchers_here():
    heard = []

    async def send(message):
        said = json.loads(message["text"])
        if "seq" in said:
            heard.append(said["seq"])

    async def watch():
        here = hub.Hub(77, Empty())
        await here.join(Watcher(send), 0)
        await asyncio.sleep(0.5)
        command = [sys.executable, "-c", ELSEWHERE, "77"]
        process = await asyncio.create_subprocess_exec(*command, cwd=site.BASE_DIR)
        async with asyncio.timeout(30):
            while not heard:  # noqa: ASYNC110  # the other process says when
                await asyncio.sleep(0.01)
        here.stop()
        await process.wait()

    asyncio.run(watch())
    assert heard == [1]


def test_a_dead_redis_neither_breaks_nor_holds_an_act(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:9/0"]},
        }
    }
    where = Transcript.objects.create()
    started = time.perf_counter()
    for _ in range(20):
        with transaction.atomic():
            event = live.append(where.pk, "draw.noted", {}, AT)
        live.push(event)
    assert time.perf_counter() - started < 2
    assert Transcript.objects.get().head == 20


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def redis_on(port, folder):
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return process
        time.sleep(0.05)
    raise AssertionError("Redis did not start")


async def hint_after_restart(port, folder):
    """Return a hint that came through a Redis that was stopped and started while the hub listened."""
    layer = RedisPubSubChannelLayer(hosts=[f"redis://127.0.0.1:{port}/0"])
    before = redis_on(port, folder)
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    before.terminate()
    before.wait()
    after = redis_on(port, folder)
    try:
        async with asyncio.timeout(20):
            heard = asyncio.create_task(layer.receive(channel))
            while not heard.done():
                with contextlib.suppress(*live.LAYER_ERRORS):
                    await layer.group_send("g", {"seq": 1})
                await asyncio.sleep(0.2)
            return heard.result()
    finally:
        after.terminate()
        after.wait()


def test_hints_come_again_after_redis_was_restarted(tmp_path):
    assert asyncio.run(hint_after_restart(free_port(), tmp_path)) == {"seq": 1}
