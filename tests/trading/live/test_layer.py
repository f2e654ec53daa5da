"""The in-process layer: what any thread or loop sends reaches the receiver's loop."""

import asyncio
import threading

from asgiref.sync import async_to_sync

from trading.layer import InProcessLayer


async def test_a_message_from_a_thread_of_its_own_arrives():
    layer = InProcessLayer()
    channel = await layer.new_channel()
    await layer.group_add("g", channel)
    threading.Thread(target=lambda: async_to_sync(layer.group_send)("g", {"seq": 1})).start()
    async with asyncio.timeout(5):
        assert await layer.receive(channel) == {"seq": 1}


async def test_a_full_receiver_loses_messages_and_nobody_waits():
    layer = InProcessLayer(capacity=2)
    channel = await layer.new_channel()
    for seq in range(5):
        await layer.send(channel, {"seq": seq})
    await asyncio.sleep(0)
    assert [(await layer.receive(channel))["seq"] for _ in range(2)] == [0, 1]


async def test_a_cancelled_receiver_closes_its_mailbox():
    layer = InProcessLayer()
    channel = await layer.new_channel()
    task = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await layer.group_add("g", channel)
    await layer.group_send("g", {"seq": 1})
    await layer.send(channel, {"seq": 2})
    await layer.group_discard("g", channel)
    assert layer._groups == {}
    await layer.flush()


def test_a_receiver_on_a_closed_loop_loses_the_message():
    layer = InProcessLayer()

    async def open_one():
        channel = await layer.new_channel()
        await layer.group_add("g", channel)

    asyncio.run(open_one())
    asyncio.run(layer.group_send("g", {"seq": 1}))
