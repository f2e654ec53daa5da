"""The hub: whatever becomes of the hints, every watcher hears every event once and in order."""

import asyncio
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.hub import Hub, Measures
from trading.watcher import TOO_SLOW, Watcher

QUICK = Measures(hole_s=0.001, poll_s=0.005, beat_s=60, linger_s=0.001, ring=8, page=5)
SILENT = Measures(hole_s=0.001, poll_s=60, beat_s=60, linger_s=0.001, ring=8, page=5)


def encoded(seq):
    return json.dumps({"seq": seq}).encode()


class Table:
    """A truth in memory: events numbered from 1, and how often it was read."""

    def __init__(self, head=0, *, public=True):
        self.head = head
        self.public = public
        self.reads = 0

    async def is_public(self, transcript_id):
        await asyncio.sleep(0)
        return self.public

    async def tail(self, transcript_id, limit):
        await asyncio.sleep(0)
        return [(seq, encoded(seq)) for seq in range(max(1, self.head - limit + 1), self.head + 1)]

    async def read(self, transcript_id, after, limit):
        self.reads += 1
        await asyncio.sleep(0)
        return [(seq, encoded(seq)) for seq in range(after + 1, min(self.head, after + limit) + 1)]


class Socket:
    """A socket that remembers what was sent; it may be stuck."""

    def __init__(self, *, stuck=False):
        self.sent = []
        self.closed = None
        self.flowing = asyncio.Event()
        if not stuck:
            self.flowing.set()

    async def send(self, message):
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            return
        await self.flowing.wait()
        self.sent.append(json.loads(message["text"]))

    @property
    def numbers(self):
        events = [event for frame in self.sent for event in (frame if isinstance(frame, list) else [frame])]
        return [event["seq"] for event in events if "seq" in event]


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # the condition is in another task's hands
            await asyncio.sleep(0.001)


async def joined(hub, *, after=0, stuck=False):
    socket = Socket(stuck=stuck)
    watcher = Watcher(socket.send, backlog=400 if stuck else 100_000)
    assert await hub.join(watcher, after)
    return socket, watcher


async def test_a_joiner_is_told_the_time_and_the_head_first():
    hub = Hub(1, Table(3), SILENT)
    socket, _ = await joined(hub)
    await until(lambda: len(socket.sent) == 2)
    assert socket.sent[0].keys() == {"head", "time"}
    assert socket.sent[0]["head"] == 3
    assert socket.sent[1] == [{"seq": 1}, {"seq": 2}, {"seq": 3}]
    hub.stop()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_reordered_doubled_and_lost_hints_still_give_every_event_once_in_order(data):
    total = data.draw(st.integers(1, 30))
    hints = data.draw(st.lists(st.integers(1, total), max_size=60))
    after = data.draw(st.integers(0, 5))

    async def scenario():
        table = Table(data.draw(st.integers(after, max(after, 5))))
        hub = Hub(1, table, QUICK)
        early, _ = await joined(hub, after=after)
        table.head = max(total, table.head)
        for seq in hints:
            hub.offer(seq, encoded(seq).decode())
            await asyncio.sleep(0)
        late, _ = await joined(hub, after=after)
        expected = list(range(after + 1, table.head + 1))
        await until(lambda: len(early.numbers) >= len(expected) and len(late.numbers) >= len(expected))
        hub.stop()
        assert (early.numbers, late.numbers) == (expected, expected)

    asyncio.run(scenario())


async def test_a_hole_is_repaired_from_the_truth_without_waiting_for_the_poll():
    table = Table(0)
    hub = Hub(1, table, SILENT)
    socket, _ = await joined(hub)
    table.head = 3
    hub.offer(3, encoded(3).decode())
    await until(lambda: socket.numbers == [1, 2, 3])
    hub.stop()


async def test_a_lost_last_hint_is_found_by_the_poll():
    table = Table(0)
    hub = Hub(1, table, QUICK)
    socket, _ = await joined(hub)
    table.head = 2
    await until(lambda: socket.numbers == [1, 2])
    hub.stop()


async def test_joiners_during_a_burst_miss_nothing_and_double_nothing():
    table = Table(0)
    hub = Hub(1, table, QUICK)
    await joined(hub)
    dice = random.Random(7)  # noqa: S311  # only when who comes
    sockets = []

    async def come():
        await asyncio.sleep(dice.random() / 50)
        after = dice.randrange(0, table.head + 1)
        socket, _ = await joined(hub, after=after)
        sockets.append((after, socket))

    async def happen():
        for seq in range(1, 201):
            table.head = seq
            if dice.random() < 0.8:
                hub.offer(seq, encoded(seq).decode())
            if seq % 10 == 0:
                await asyncio.sleep(0.001)

    await asyncio.gather(happen(), *(come() for _ in range(100)))
    await until(lambda: all(len(socket.numbers) >= 200 - after for after, socket in sockets))
    for after, socket in sockets:
        assert socket.numbers == list(range(after + 1, 201))
    hub.stop()


async def test_a_herd_older_than_the_ring_shares_one_load():
    table = Table(40)
    hub = Hub(1, table, SILENT)
    await joined(hub, after=40)
    before = table.reads
    herd = await asyncio.gather(*(joined(hub) for _ in range(50)))
    await until(lambda: all(len(socket.numbers) == 40 for socket, _ in herd))
    assert all(socket.numbers == list(range(1, 41)) for socket, _ in herd)
    assert table.reads - before <= 6
    hub.stop()


async def test_a_watcher_ahead_of_the_hub_makes_it_look_at_the_truth():
    table = Table(1)
    hub = Hub(1, table, SILENT)
    await joined(hub)
    table.head = 4
    socket, _ = await joined(hub, after=4)
    assert hub.head == 4
    table.head = 5
    hub.offer(5, encoded(5).decode())
    await until(lambda: socket.numbers == [5])
    hub.stop()


async def test_a_slow_client_is_closed_and_the_others_go_on():
    hub = Hub(1, Table(0), SILENT)
    slow, slow_watcher = await joined(hub, stuck=True)
    quick, _ = await joined(hub)
    for seq in range(1, 101):
        hub.offer(seq, encoded(seq).decode())
        await asyncio.sleep(0)
    await until(lambda: slow.closed == TOO_SLOW)
    await until(lambda: quick.numbers == list(range(1, 101)))
    assert slow_watcher not in hub.watchers
    hub.stop()


async def test_a_watcher_whose_socket_broke_is_forgotten():
    hub = Hub(1, Table(0), SILENT)

    async def broken(message):
        raise ConnectionResetError

    watcher = Watcher(broken)
    await hub.join(watcher, 0)
    await until(lambda: not watcher.open)
    hub.offer(1, "{}")
    assert hub.watchers == set()
    watcher.close(TOO_SLOW)
    hub.stop()


async def test_a_transcript_that_is_not_public_lets_nobody_in():
    hub = Hub(1, Table(5, public=False), SILENT)
    socket = Socket()
    assert not await hub.join(Watcher(socket.send), 0)
    assert socket.sent == []


async def test_a_hub_without_watchers_rests():
    emptied = []
    hub = Hub(1, Table(1), SILENT, on_empty=lambda: emptied.append(1))
    _, watcher = await joined(hub)
    hub.leave(watcher)
    await until(lambda: emptied == [1])


async def test_a_hub_that_is_needed_again_in_time_goes_on():
    emptied = []
    hub = Hub(1, Table(1), Measures(linger_s=0.02), on_empty=lambda: emptied.append(1))
    _, watcher = await joined(hub)
    hub.leave(watcher)
    await joined(hub)
    await asyncio.sleep(0.04)
    assert emptied == []
    hub.stop()


async def test_the_heartbeat_carries_the_servers_time():
    hub = Hub(1, Table(2), Measures(beat_s=0.01, poll_s=60))
    socket, _ = await joined(hub, after=2)
    await until(lambda: len(socket.sent) >= 3)
    assert all(frame.keys() == {"head", "time"} and frame["head"] == 2 for frame in socket.sent)
    hub.stop()


@pytest.mark.parametrize("after", [0, 3, 12, 39])
async def test_resuming_starts_right_after_the_last_seen_event(after):
    hub = Hub(1, Table(40), SILENT)
    socket, _ = await joined(hub, after=after)
    await until(lambda: len(socket.numbers) == 40 - after)
    assert socket.numbers == list(range(after + 1, 41))
    hub.stop()


async def test_a_socket_that_was_stuck_for_a_moment_gets_everything_in_order():
    hub = Hub(1, Table(2), SILENT)
    socket, watcher = await joined(hub, stuck=True)
    for seq in range(3, 9):
        hub.offer(seq, encoded(seq).decode())
    await asyncio.sleep(0.01)
    assert socket.sent == []
    socket.flowing.set()
    await until(lambda: socket.numbers == list(range(1, 9)))
    assert watcher.open
    hub.stop()


async def test_a_socket_that_breaks_while_it_is_stuck_is_forgotten():
    hub = Hub(1, Table(2), SILENT)
    stuck = asyncio.Event()

    async def send(message):
        await stuck.wait()
        raise ConnectionResetError

    watcher = Watcher(send)
    await hub.join(watcher, 0)
    stuck.set()
    await until(lambda: not watcher.open)
    hub.stop()


async def test_a_hub_does_not_rest_while_somebody_is_coming():
    table = Table(40)
    hub = Hub(1, table, SILENT, on_empty=lambda: None)
    _, watcher = await joined(hub, after=40)
    slow = asyncio.Event()
    read = table.read

    async def slow_read(*given):
        await slow.wait()
        return await read(*given)

    table.read = slow_read
    coming = asyncio.create_task(joined(hub))
    await asyncio.sleep(0)
    hub.leave(watcher)
    await asyncio.sleep(0.02)
    slow.set()
    socket, _ = await coming
    await until(lambda: len(socket.numbers) == 40)
    hub.stop()
