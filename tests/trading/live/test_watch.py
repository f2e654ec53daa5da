"""The socket: who watches hears what is committed, says nothing, and may resume."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.db import transaction

from config.asgi import application
from trading import hub, live
from trading.live import Transcript

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("emptied")


@database_sync_to_async
def transcript(**fields):
    return Transcript.objects.create(**fields)


@database_sync_to_async
def say(where, *, hint=True):
    with transaction.atomic():
        event = live.append(where.pk, "draw.noted", {"words": "公开"}, AT)
    if hint:
        live.push(event)
    return event


class Socket(ApplicationCommunicator):
    """A browser's socket, as the server hands it to the application."""

    async def connect(self):
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout=5))["type"] == "websocket.accept"

    async def hear(self):
        return json.loads((await self.receive_output(timeout=5))["text"])

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait()


def socket(path, origin="http://localhost"):
    path, _, query = path.partition("?")
    headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
    scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers, "subprotocols": []}
    return Socket(application, scope)


async def events(watcher, count):
    """Return the numbers of the next events, from replays and from single frames."""
    seen = []
    while len(seen) < count:
        said = await watcher.hear()
        seen += [event["seq"] for event in (said if isinstance(said, list) else [said]) if "seq" in event]
    return seen


@pytest.fixture(autouse=True)
async def no_hub_stays():
    yield
    for one in list(hub._hubs.get(asyncio.get_running_loop(), {}).values()):
        one.stop()
    await asyncio.sleep(0)


async def test_a_watcher_gets_the_past_and_then_what_is_committed():
    where = await transcript()
    await say(where)
    watcher = socket(f"/live/{where.pk}/")
    assert await watcher.connect()
    assert (await watcher.hear())["head"] == 1
    assert await events(watcher, 1) == [1]
    event = await say(where)
    assert await watcher.hear() == json.loads(live.encode(event))
    await watcher.disconnect()


async def test_a_hint_reaches_the_hub_at_once_from_any_thread():
    where = await transcript()
    watcher = socket(f"/live/{where.pk}/")
    await watcher.connect()
    await watcher.hear()
    await asyncio.sleep(0.1)
    started = asyncio.get_running_loop().time()
    await say(where)
    assert await events(watcher, 1) == [1]
    assert asyncio.get_running_loop().time() - started < 1
    await watcher.disconnect()


async def test_an_event_whose_hint_is_lost_arrives_with_the_next():
    where = await transcript()
    watcher = socket(f"/live/{where.pk}/")
    await watcher.connect()
    await say(where, hint=False)
    await say(where)
    assert await events(watcher, 2) == [1, 2]
    await watcher.disconnect()


@pytest.mark.parametrize(("after", "expected"), [("?after=2", [3]), ("?after=x", [1, 2, 3]), ("?after=-1", [1, 2, 3])])
async def test_resuming_gives_what_came_since(after, expected):
    where = await transcript()
    for _ in range(3):
        await say(where)
    watcher = socket(f"/live/{where.pk}/{after}")
    await watcher.connect()
    assert await events(watcher, len(expected)) == expected
    await watcher.disconnect()


async def test_an_unknown_or_hidden_transcript_is_closed_with_4404():
    hidden = await transcript(public=False)
    for number in (hidden.pk, 10**12):
        watcher = socket(f"/live/{number}/")
        await watcher.connect()
        assert await watcher.receive_output(timeout=5) == {"type": "websocket.close", "code": 4404}
        await watcher.disconnect()


async def test_a_watcher_that_speaks_is_closed():
    where = await transcript()
    watcher = socket(f"/live/{where.pk}/")
    await watcher.connect()
    await watcher.hear()
    await watcher.send_input({"type": "websocket.receive", "text": '{"act": "open"}'})
    assert await watcher.receive_output(timeout=5) == {"type": "websocket.close", "code": 1003}
    await watcher.disconnect()


async def test_another_sites_page_may_not_watch():
    where = await transcript()
    watcher = socket(f"/live/{where.pk}/", origin="http://evil.example")
    assert not await watcher.connect()


async def test_two_watchers_share_one_hub():
    where = await transcript()
    first, second = socket(f"/live/{where.pk}/"), socket(f"/live/{where.pk}/")
    for watcher in (first, second):
        await watcher.connect()
        await watcher.hear()
    hubs = hub._hubs[asyncio.get_running_loop()]
    assert len(hubs[where.pk].watchers) == 2
    for watcher in (first, second):
        await watcher.disconnect()
    assert hubs[where.pk].watchers == set()
