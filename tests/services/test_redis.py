import asyncio
import sys

from channels.layers import get_channel_layer
from django.conf import settings

SEND = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
async_to_sync(get_channel_layer().group_send)("transcript.7", {"type": "session.event", "seq": 3})
"""


async def test_what_one_process_says_another_hears():
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("transcript.7", channel)
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", SEND, cwd=settings.BASE_DIR)
    heard = await asyncio.wait_for(layer.receive(channel), 30)
    await other.wait()
    await layer.group_discard("transcript.7", channel)
    assert heard == {"type": "session.event", "seq": 3}
