"""Two browsers at one session show the same transcript without a gap, also when one lost its connection."""

import asyncio
import contextlib
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect


class Cable:
    """A cable to the site that can be cut: a TCP relay on a port of its own."""

    def __init__(self, url: str) -> None:
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.loop = asyncio.new_event_loop()
        self.writers: set[asyncio.StreamWriter] = set()
        self.cut = False
        self.listening = threading.Event()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=[self.run()])
        self.thread.start()
        assert self.listening.wait(10)

    async def run(self) -> None:
        self.ended = asyncio.Event()
        server = await asyncio.start_server(self.relay, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.listening.set()
        await self.ended.wait()
        server.close()
        self.drop()
        await asyncio.sleep(0.1)

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.transport.abort()
            return
        there, far = await asyncio.open_connection(self.host, self.port)
        self.writers |= {writer, far}
        await asyncio.gather(self.pour(reader, far), self.pour(there, writer))
        self.writers -= {writer, far}

    async def pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    def drop(self) -> None:
        for writer in self.writers:
            writer.transport.abort()

    def set_cut(self, *, cut: bool) -> None:
        self.cut = cut
        if cut:
            self.loop.call_soon_threadsafe(self.drop)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def cable(site: Any) -> Iterator[Cable]:
    laid = Cable(site.url)
    yield laid
    laid.end()


class Centre:
    """The centre's staff at work over the API, from a browser that is signed in."""

    def __init__(self, visitor: Any, site: Any) -> None:
        self.api = f"{site.url}/api/v1"
        self.request = visitor.context.request
        cookies = {cookie["name"]: cookie["value"] for cookie in visitor.context.cookies()}
        self.headers = {"X-CSRFToken": cookies["csrftoken"], "Referer": site.url}

    def book(self, kind: str, *, room: str = "", starts_in: timedelta = timedelta(0)) -> int:
        rooms = [room for room in self.get("/rooms/?limit=200")["items"] if room["kind"] == kind]
        start = datetime.now(UTC) + starts_in
        wanted = {
            "room": str(rooms[0]["id"]),
            "kind": kind,
            "title": "A session that two people watch",
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(minutes=30)).isoformat(),
        }
        made = self.request.post(f"{self.api}/sessions/", data=wanted, headers=self.headers)
        assert made.status == 201, made.text()
        return int(made.json()["id"])

    def get(self, path: str) -> Any:
        return self.request.get(self.api + path).json()

    def act(self, session: int, name: str, **facts: str) -> None:
        tag = self.request.get(f"{self.api}/sessions/{session}/").headers["etag"]
        path = f"{self.api}/sessions/{session}/{name}/"
        done = self.request.post(path, data=facts, headers={**self.headers, "If-Match": tag})
        assert done.status == 200, done.text()

    def say_something(self, session: int, times: int = 1) -> None:
        """Suspend and resume: two events each time."""
        for _ in range(times):
            self.act(session, "suspend", reason="equipment")
            self.act(session, "resume")


@pytest.fixture
def centre(visit: Any, site: Any) -> Centre:
    return Centre(visit("centre"), site)


@pytest.fixture
def opened(centre: Centre) -> Iterator[int]:
    session = centre.book("draw")
    centre.act(session, "open")
    yield session
    centre.act(session, "close")


def numbers(page: Page) -> list[int]:
    """Return the numbers of the transcript as the page shows them, oldest first."""
    shown = page.locator("[data-transcript] .seq").all_inner_texts()
    return [int(text) for text in reversed(shown)]


def expect_head(page: Page, head: int) -> None:
    expect(page.locator("[data-transcript] .seq").first).to_have_text(str(head), timeout=20_000)


def lines(page: Page) -> list[str]:
    return [re.sub(r"\s+", " ", text) for text in page.locator("[data-transcript] > li").all_inner_texts()]


def connected(page: Page) -> None:
    expect(page.locator("[data-hall]")).to_have_attribute("data-link", re.compile("open|restored"), timeout=20_000)


def at(page: Page, url: str) -> Page:
    page.goto(url)
    connected(page)
    return page


def test_two_watchers_show_the_same_transcript_also_after_one_was_cut_off(
    visit: Any, site: Any, centre: Centre, opened: int, cable: Cable
):
    here = at(visit().open("/"), f"{site.url}/sessions/{opened}/")
    there = at(visit().open("/"), f"{cable.url}/sessions/{opened}/")
    centre.say_something(opened, 2)
    for page in (here, there):
        expect_head(page, 6)

    cable.set_cut(cut=True)
    expect(there.locator("[data-hall]")).to_have_attribute("data-link", "lost", timeout=20_000)
    centre.say_something(opened, 3)
    expect_head(here, 12)
    assert numbers(there) == [1, 2, 3, 4, 5, 6]

    cable.set_cut(cut=False)
    expect(there.locator("[data-hall]")).to_have_attribute("data-link", "restored", timeout=40_000)
    expect_head(there, 12)
    centre.say_something(opened)
    for page in (here, there):
        expect_head(page, 14)
    assert numbers(here) == numbers(there) == list(range(1, 15))
    assert lines(here) == lines(there)


def test_without_a_socket_the_page_follows_by_requests(visit: Any, site: Any, centre: Centre, opened: int):
    visitor = visit()
    visitor.context.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({code: 1006})) } close() {} }"
    )
    page = visitor.open(f"/sessions/{opened}/")
    expect(page.locator("[data-hall]")).to_have_attribute("data-link", re.compile("lost|polling"), timeout=20_000)
    centre.say_something(opened)
    expect_head(page, 4)
    expect(page.locator("[data-hall]")).to_have_attribute("data-link", "polling", timeout=40_000)
    assert numbers(page) == [1, 2, 3, 4]


def test_a_lost_hint_in_the_browser_is_fetched_before_what_follows(visit: Any, centre: Centre, opened: int):
    visitor = visit()
    visitor.context.add_init_script(
        """const Real = window.WebSocket; let heard = 0;
        window.WebSocket = class extends Real {
          set onmessage(tell) {
            super.onmessage = (event) => { if (!/"seq"/.test(event.data) || ++heard > 1) tell(event); };
          }
        };"""
    )
    page = visitor.open(f"/sessions/{opened}/")
    connected(page)
    centre.say_something(opened, 2)
    expect_head(page, 6)
    assert numbers(page) == [1, 2, 3, 4, 5, 6]


def test_what_the_browser_writes_reads_like_what_the_server_writes(visit: Any, centre: Centre, opened: int):
    page = visit().open(f"/sessions/{opened}/")
    connected(page)
    centre.say_something(opened)
    expect_head(page, 4)
    grown = lines(page)
    page.reload()
    connected(page)
    assert lines(page) == grown


def test_the_state_and_the_acts_change_while_one_watches(visit: Any, centre: Centre):
    session = centre.book("opening")
    page = visit("centre").open(f"/sessions/{session}/")
    connected(page)
    standing = page.locator("[data-state-here] [data-state]")
    assert standing.get_attribute("data-state") == "scheduled"
    centre.act(session, "open")
    expect(standing).to_have_attribute("data-state", "live")
    expect(page.locator(f"[data-acts] a[href='/sessions/{session}/suspend/']")).to_be_visible()
    centre.act(session, "suspend", reason="objection")
    expect(standing).to_have_attribute("data-state", "suspended")
    expect(page.locator(f"[data-acts] a[href='/sessions/{session}/resume/']")).to_be_visible()
    centre.act(session, "cancel", reason="objection")
    expect(standing).to_have_attribute("data-state", "cancelled")


def test_without_javascript_the_transcript_is_a_list_and_a_link(visit: Any, opened: int):
    page = visit(java_script_enabled=False).open(f"/sessions/{opened}/")
    assert numbers(page) == [1, 2]
    page.locator("noscript a").click()
    assert numbers(page) == [1, 2]


def test_the_server_clock_runs_and_the_big_screen_is_big(visit: Any, opened: int):
    page = visit(width=1920).open(f"/sessions/{opened}/screen/")
    connected(page)
    clock = page.locator("[data-clock]").first
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    size = page.locator("[data-transcript] li strong").first.evaluate(
        "node => parseFloat(getComputedStyle(node).fontSize)"
    )
    assert size >= 44
    assert page.locator(".masthead").count() == 0


def test_signing_in_at_the_room_prints_a_badge(visit: Any, opened: int):
    page = visit("supervisor").open(f"/sessions/{opened}/")
    connected(page)
    page.locator(f"a[href='/sessions/{opened}/sign-in/']").click()
    page.check("#confirm")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#badge-title")).to_contain_text(f"{opened:04d}-")
    natural = page.locator(".site-badge img").evaluate("image => image.naturalWidth")
    assert natural > 0


def test_the_pages_of_sessions_have_no_serious_fault(visit: Any, axe: Any, opened: int):
    page = visit("supervisor").open("/sessions/")
    faults = axe(page)
    for path in (f"/sessions/{opened}/", f"/sessions/{opened}/screen/", f"/sessions/{opened}/sign-in/"):
        page.goto(page.url.split("/sessions/")[0] + path)
        faults += axe(page)
    assert faults == []
