"""Watchers of a live session: the server's CPU for one delivered event, as a ratio to the limit.

Both servers send the same 300-byte events to N sockets over loopback. The limit is a bare event loop that writes
prepared frames to N transports; ours is uvicorn, the consumer and the hub, hints through the live layer. Runs are
interleaved, the medians printed. `python bench/live_watchers.py --watchers 1000 5000`
"""

import argparse
import asyncio
import base64
import hashlib
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvloop

ROOT = Path(__file__).resolve().parent.parent
RATE = 10
SIZE = 300
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = base64.b64encode(hashlib.sha1(KEY + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())  # noqa: S324  # RFC 6455
HANDSHAKE = (
    b"GET /live/1/?after=0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: " + KEY + b"\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
WELCOME = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: " + ACCEPT + b"\r\n\r\n"
)


def more_sockets() -> None:
    """Allow this process and its children as many sockets as the machine does."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def event(seq: int) -> str:
    """Return an event of 300 bytes that says when it was sent."""
    payload = {"sent": f"{time.monotonic_ns():020d}", "words": ""}
    body = {"seq": seq, "at": "2026-03-02T01:30:00.000000Z", "kind": "draw.noted", "payload": payload}
    text = json.dumps(body, separators=(",", ":"))
    return text.replace('"words":""', f'"words":"{"x" * (SIZE - len(text))}"')


async def beats() -> AsyncIterator[int]:
    """Count events at the rate of the bench, whatever one of them costs."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for seq in itertools.count(1):
        await asyncio.sleep(max(0.0, begun + seq / RATE - loop.time()))
        yield seq


class Bare(asyncio.Protocol):
    """The limit: a handshake, then prepared frames."""

    everybody: "set[asyncio.Transport]" = set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(WELCOME)
        self.everybody.add(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.everybody.discard(self.transport)


async def serve_bare() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Bare, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    async for seq in beats():
        body = event(seq).encode()
        frame = b"\x81\x7e" + len(body).to_bytes(2, "big") + body
        for transport in Bare.everybody:
            transport.write(frame)


class Memory:
    """A truth in memory: the bench measures delivery, not the database."""

    def __init__(self) -> None:
        self.said: list[tuple[int, bytes]] = []

    async def is_public(self, transcript_id: int) -> bool:
        return True

    async def tail(self, transcript_id: int, limit: int) -> list[tuple[int, bytes]]:
        return self.said[-limit:]

    async def read(self, transcript_id: int, after: int, limit: int) -> list[tuple[int, bytes]]:
        return self.said[after : after + limit]


async def serve_hub() -> None:
    import django  # noqa: PLC0415  # only this server needs the site

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    import uvicorn  # noqa: PLC0415
    from channels.layers import get_channel_layer  # noqa: PLC0415
    from channels.routing import URLRouter  # noqa: PLC0415
    from django.urls import re_path  # noqa: PLC0415

    from trading import hub, live  # noqa: PLC0415
    from trading.consumers import watch  # noqa: PLC0415

    truth = Memory()
    hub.hub_of(1, truth)
    app = URLRouter([re_path(r"^live/(?P<transcript_id>[0-9]+)/$", watch)])  # type: ignore[arg-type]  # not a view
    config = uvicorn.Config(app, port=0, log_level="error", ws_per_message_deflate=False, lifespan="off", backlog=4096)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn offers nothing to wait for
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    layer = get_channel_layer()
    async for seq in beats():
        if serving.done():
            break
        truth.said.append((seq, event(seq).encode()))
        await layer.group_send(live.group(1), {"type": "session.event", "seq": seq, "body": truth.said[-1][1]})


class Counted(asyncio.Protocol):
    """A watcher: counts events and keeps how late they came."""

    count = 0
    here = 0
    late_ns: "list[int]" = []
    counting = False

    def __init__(self) -> None:
        self.buffer = b""
        self.welcomed = False

    def connection_made(self, transport: Any) -> None:
        transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.welcomed:
            head, found, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.welcomed = bool(found)
            Counted.here += self.welcomed
            if not found:
                self.buffer = head
        while len(self.buffer) >= 4 and self.welcomed:
            length, start = self.buffer[1], 2
            if length == 126:
                length, start = int.from_bytes(self.buffer[2:4], "big"), 4
            if len(self.buffer) < start + length:
                break
            if length == SIZE and Counted.counting:
                self.note(self.buffer[start : start + length])
            self.buffer = self.buffer[start + length :]

    def note(self, body: bytes) -> None:
        Counted.count += 1
        if Counted.count % 16 == 0:
            place = body.index(b'"sent":"') + 8
            Counted.late_ns.append(time.monotonic_ns() - int(body[place : place + 20]))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def watch_all(port: int, pid: int, watchers: int, seconds: float) -> dict[str, float]:
    """Let N watchers listen for a while; return the server's microseconds for each event that arrived."""
    loop = asyncio.get_running_loop()
    Counted.count, Counted.here, Counted.late_ns, Counted.counting = 0, 0, [], False
    for first in range(0, watchers, 100):
        batch = range(first, min(first + 100, watchers))
        await asyncio.gather(*(loop.create_connection(Counted, "127.0.0.1", port) for _ in batch))
    while Counted.here < watchers:  # noqa: ASYNC110  # the protocols count themselves
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.5)
    Counted.counting = True
    before = cpu_seconds(pid)
    await asyncio.sleep(seconds)
    spent, Counted.counting = cpu_seconds(pid) - before, False
    late = sorted(Counted.late_ns) or [0]
    return {
        "us": spent / max(1, Counted.count) * 1e6,
        "p50_ms": late[len(late) // 2] / 1e6,
        "p99_ms": late[int(len(late) * 0.99)] / 1e6,
        "rate": Counted.count / (watchers * seconds),
    }


def one_run(kind: str, watchers: int, seconds: float) -> dict[str, float]:
    command = [sys.executable, __file__, "--serve", kind]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as server:
        assert server.stdout is not None  # noqa: S101  # a pipe was asked for
        try:
            port = int(server.stdout.readline())
            return uvloop.run(watch_all(port, server.pid, watchers, seconds))
        finally:
            server.kill()


def compare(watchers: int, seconds: float, runs: int) -> None:
    results: dict[str, list[dict[str, float]]] = {"bare": [], "hub": []}
    for _ in range(runs):
        for kind, measured in results.items():
            measured.append(one_run(kind, watchers, seconds))
    middle = {
        kind: {name: statistics.median(run[name] for run in measured) for name in measured[0]}
        for kind, measured in results.items()
    }
    print(f"{watchers} watchers, {RATE} events/s of {SIZE} bytes, medians of {runs} runs of {seconds:g} s")
    for kind, found in middle.items():
        print(
            f"  {kind:5} {found['us']:6.1f} us of server CPU for a delivered event, "
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms, {found['rate']:.1f} events/s"
        )
    print(f"  ratio to the limit: {middle['hub']['us'] / middle['bare']['us']:.2f} (goal: at most 3)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--watchers", type=int, nargs="+", default=[1000])
    options.add_argument("--seconds", type=float, default=6)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--serve", choices=["bare", "hub"], help=argparse.SUPPRESS)
    given = options.parse_args()
    more_sockets()
    if given.serve:
        uvloop.run(serve_bare() if given.serve == "bare" else serve_hub())
    else:
        for watchers in given.watchers:
            compare(watchers, given.seconds, given.runs)


if __name__ == "__main__":
    main()
