"""A tender walks from its notice to the signed record of its opening, everybody in a browser of their own.

Projects, appointments and the rehearsal's clock go over the API; everything else is typed and clicked, and from the
deadline on the pages that are open follow by themselves.
"""

import io
import json
import re
import statistics
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from config.demo.tendering import preparing
from config.demo.tendering.preparing import BRIDGE, CUSTODIANS
from config.demo.walk import Walk
from tests.browser import bidding

PRICES = {"qiming": "17,836,200", "changhong": "17,551,775.5", "qingyuan": "18,006,855"}
READ_OUT = {"qiming": "17,836,200.00", "changhong": "17,551,775.50", "qingyuan": "18,006,855.00"}
SECRETS = ("启明", "长虹桥", "清源", "17836200", "17,836,200", "17551775", "17,551,775", "18006855", "18,006,855")
LAST_SECONDS = 25  # long enough for the watcher's hall to load on a slow machine
SLOW_MS = 90_000
WATCHING = """
window.seen = { lines: {} };
document.addEventListener("countdown:over", () => { window.seen.over ??= Date.now(); });
new MutationObserver(() => {
  for (const line of document.querySelectorAll("[data-transcript] > li")) window.seen.lines[line.id] ??= Date.now();
  if (document.querySelector("[data-rows] > tr")) window.seen.rows ??= Date.now();
}).observe(document, { childList: true, subtree: true });
"""


class Scene:
    """Who takes part in one tender: each person's browser, what was made, and where pictures of it are put."""

    def __init__(self, visit: Any, walk: Walk, folder: Path) -> None:
        self.visit, self.walk, self.folder = visit, walk, folder
        self.people: dict[str, Any] = {}
        self.shots = 0

    def at(self, username: str) -> Any:
        """Return the person's browser; it stays the same one, with what is kept in it."""
        if username not in self.people:
            self.people[username] = self.visit(username)
        return self.people[username]

    def open(self, username: str, path: str) -> Page:
        page: Page = self.at(username).open(path)
        return page

    def shoot(self, page: Page, name: str) -> None:
        """Take a picture of a page, for people to look at; what was never in view is not painted, so all is."""
        self.shots += 1
        size = page.viewport_size or {"width": 1280, "height": 900}
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height})
        page.screenshot(path=self.folder / f"{self.shots:02d}-{name}.png", full_page=True)
        page.set_viewport_size(size)

    def read(self, path: str) -> Any:
        """Return what the API says to everybody."""
        return self.walk.person("visitor").read(path)

    @property
    def lot(self) -> str:
        return str(self.walk.made["lot"])

    @property
    def tender(self) -> str:
        return f"/tenders/{self.walk.made['tender']}/"

    @cached_property
    def opening(self) -> Any:
        """The opening of the lot, once the platform has scheduled it."""
        return self.walk.until_given(lambda: self.read(f"/lots/{self.lot}/opening/"), "not_found", seconds=60)

    @property
    def hall(self) -> str:
        return f"/sessions/{self.opening['session']}/"

    def pass_to_deadline_but(self, left: timedelta) -> None:
        """Move the rehearsal's clock until only so much is left."""
        self.walk.pass_exactly_to(preparing.deadline(self.walk) - left)

    def events(self) -> list[Any]:
        return list(self.read(f"/sessions/{self.opening['session']}/events")["events"])


@pytest.fixture
def scene(site: Any, visit: Any, tmp_path: Path) -> Iterator[Scene]:
    with Walk(site.url, lambda words: None) as walk:
        yield Scene(visit, walk, tmp_path)


def send(page: Page, **typed: str) -> None:
    """Fill in the form of an act and perform it."""
    for name, text in typed.items():
        page.fill(f"main form [name='{name.replace('__', '.')}']", text)
    page.click("main form .form-actions button[type=submit]")
    page.wait_for_url(lambda url: not re.search(r"/(new|announce|amend|sign|finish|confirm|answer)/", url))


def act(page: Page, name: str, **typed: str) -> None:
    """Perform what the hall offers to its visitor."""
    page.click(f".own-part a[href*='/{name}/']", timeout=SLOW_MS)
    send(page, **typed)


def prepare(scene: Scene) -> None:
    """Owner and agency register over the API; each custodian makes its key in its own browser."""
    preparing.register(scene.walk, BRIDGE)
    for holder, (username, _home) in CUSTODIANS.items():
        of = next(iter(scene.walk.person(username).organisations.values()))
        agency = scene.walk.person("agency")
        row = agency.create("custodians", lot=scene.lot, holder=holder, organisation=str(of))
        page = scene.open(username, f"/openings/custody/{row['id']}/")
        scene.walk.made[holder] = page.url.replace(scene.walk.url, "")
        bidding.make_key(page, scene.folder)
        if holder == "supervisor":
            scene.shoot(page, "custody-rehearsed")
        page.close()


def announce(scene: Scene) -> None:
    """The agency publishes the notice with the method and the schedule that the forms propose."""
    preparing.state(scene.walk, BRIDGE)
    page = scene.open("agency", scene.tender)
    page.click("a[href^='/methods/new/']")
    scene.shoot(page, "method")
    send(page)
    page.close()
    preparing.store(scene.walk, "招标文件")
    page = scene.open("agency", scene.tender)
    page.click("a[href$='/announce/']")
    now = scene.walk.lot_now()
    for name, days in (("documents_from", 1), ("documents_until", 14), ("deadline", 30)):
        if not page.input_value(f"[name={name}]"):  # nothing is proposed where the calendar is not published yet
            page.fill(f"[name={name}]", f"{now + timedelta(days=days):%Y-%m-%dT%H:%M}")
    scene.shoot(page, "announce")
    send(
        page,
        opening_place="开标一室，及本平台开标大厅",
        content__scope=BRIDGE.scope,
        content__qualification=BRIDGE.qualification,
        content__period=BRIDGE.period,
        content__contact="代理机构项目部（演练，不受理来电）",
        content__objection_channel="本平台“异议”栏目",
    )
    expect(page.locator("#documents")).to_contain_text("招标文件")
    page.close()


def take_documents(scene: Scene) -> None:
    """Three enterprises take the documents, unseen; the agency amends them, and each is told."""
    told = scene.read(scene.tender)
    scene.walk.pass_to(datetime.fromisoformat(told["documents_from"]))
    for username in PRICES:
        page = scene.open(username, scene.tender)
        page.click(f"a[href$='/takings/new/?lot={scene.lot}']")
        send(page, email=f"{username}@enterprise.example")
        page.goto(scene.walk.url + scene.tender)
        with page.expect_download() as file:
            page.click("#documents a[download]")
        assert file.value.suggested_filename == "招标文件.pdf"
        page.close()
    preparing.store(scene.walk, "补遗书第 1 号")
    page = scene.open("agency", scene.tender)
    page.click("a[href$='/amend/']")
    send(page, changes="护栏长度以工程量清单为准。")
    expect(page.locator("#documents")).to_contain_text("补遗书第 1 号")
    page.close()
    for username in PRICES:
        page = scene.open(username, "/notifications/")
        see_in_time(page, BRIDGE.name)
        page.close()


def see_in_time(page: Page, text: str) -> None:
    """Load the page anew until it says a text: the clock tells the takers some time after the act."""
    for _ in range(60):
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator("main")).to_contain_text(text)


def bid(scene: Scene, username: str) -> None:
    """One bidder goes from the tender's page to the receipt."""
    folder = scene.folder / username
    folder.mkdir()
    document = folder / "投标函.pdf"
    document.write_bytes(preparing.DOCUMENT + username.encode() * 1000)
    page = scene.open(username, scene.tender)
    page.click(f"a[href$='/lots/{scene.lot}/bid/']")
    bidding.fill_in(page, [document], price=PRICES[username], deposit_amount=BRIDGE.deposit, manager_name="李项目")
    pictured = username == "qiming"
    if pictured:
        scene.shoot(page, "bid-filled-in")
    bidding.seal(page)
    rescue = bidding.save(page, folder)
    if pictured:
        scene.shoot(page, "bid-sealed")
    page.set_input_files("#id_saved", rescue)
    expect(page.locator("[data-proof].is-success")).to_be_visible()
    if pictured:
        scene.shoot(page, "bid-proved")
    bidding.submit(page)
    expect(page.locator("h1 [data-state=submitted]")).to_be_visible()
    if pictured:
        scene.shoot(page, "bid-receipt")
    page.close()


def take_places(scene: Scene) -> dict[str, Page]:
    """Custodians leave their pages open; agency and supervisor sign in to the session, an hour before."""
    scene.pass_to_deadline_but(timedelta(hours=1))
    kept = {}
    for holder, (username, _home) in CUSTODIANS.items():
        kept[holder] = page = scene.open(username, scene.walk.made[holder])
        expect(page.locator("[data-when=published]")).to_be_visible()
        if holder != "backup":
            page.check("#id_auto")
    for username in ("agency", "supervisor"):
        page = scene.open(username, scene.hall)
        page.click("a[href$='/sign-in/']")
        page.check("#confirm")
        page.click("main form .form-actions button[type=submit]")
        expect(page.locator("#badge-title")).to_be_visible()
        page.close()
    return kept


def watch(scene: Scene) -> Page:
    """Somebody who is not signed in looks at everything there is, then stays in the hall; nothing tells who bids."""
    visitor = scene.visit()
    frames: list[str] = []

    def hear(link: Any) -> None:
        link.on("framereceived", lambda frame: frames.append(str(frame)))

    visitor.context.add_init_script(WATCHING)
    visitor.context.on("page", lambda page: page.on("websocket", hear))
    scene.pass_to_deadline_but(timedelta(seconds=LAST_SECONDS))
    hall: Page = visitor.open(scene.hall)
    expect(hall.locator("[data-hall]")).to_have_attribute("data-link", re.compile("open|restored"))
    expect(hall.locator("[data-until-closed] .countdown-clock")).to_be_visible()
    scene.shoot(hall, "hall-before")
    secret(hall.content(), *frames)
    for path in (scene.tender, f"/lots/{scene.lot}/", f"/ledger/?q={scene.lot}"):
        page = visitor.open(path)
        secret(page.content())
        page.close()
    return hall


def secret(*texts: str) -> None:
    """Nothing of these texts names a bidder or a price."""
    assert [word for word in SECRETS for text in texts if word in text] == []


def see_it_begin(scene: Scene, hall: Page, kept: dict[str, Page]) -> None:
    """The deadline passes, the bids are opened and read out, and the watcher's page shows it without being touched."""
    expect(hall.locator("[data-rows] > tr")).to_have_count(3, timeout=SLOW_MS)
    for holder in ("agency", "supervisor"):
        expect(kept[holder].locator("[data-told]")).to_contain_text("6")
        expect(hall.locator(f"[data-keeper={holder}] [data-given]")).to_have_text("6")
    expect(hall.locator("[data-keeper=backup] [data-given]")).to_have_text("0")
    shown = hall.locator("[data-rows]").inner_text()
    assert [price for price in READ_OUT.values() if price not in shown] == []
    scene.shoot(hall, "hall-read-out")
    scene.shoot(kept["supervisor"], "custody-handed-in")


def in_time(scene: Scene, hall: Page) -> None:
    """The countdown ended before the list was fixed, names came after that, and each line came within a second."""
    events, seen = scene.events(), hall.evaluate("window.seen")
    said = {event["kind"]: event for event in reversed(events)}  # the first of each kind
    moment = {kind: 1000 * datetime.fromisoformat(event["at"]).timestamp() for kind, event in said.items()}
    assert seen["over"] < moment["tender.closed"] + 1000
    before = [event for event in events if event["seq"] < said["bid.read_out"]["seq"]]
    secret(json.dumps(before, ensure_ascii=False))
    late = {
        event["seq"]: seen["lines"][f"event-{event['seq']}"] - 1000 * datetime.fromisoformat(event["at"]).timestamp()
        for event in events
        if event["seq"] >= said["tender.closed"]["seq"]
    }
    assert statistics.median(late.values()) < 1000
    assert seen["rows"] - moment["bid.read_out"] < 1000


def object_and_answer(scene: Scene, hall: Page, halls: dict[str, Page]) -> None:
    act(halls["qingyuan"], "opening-objections/new", text="请说明第二名投标人的投标文件递交时间。")
    halls["qingyuan"].goto(scene.walk.url + scene.hall)
    expect(hall.locator("[data-objections]")).to_contain_text("递交时间")
    act(halls["agency"], "answer", text="以平台回执为准，已在开标记录中列明。")
    halls["agency"].goto(scene.walk.url + scene.hall)
    expect(hall.locator("[data-answer]")).to_contain_text("以平台回执为准")


def confirm_and_sign(scene: Scene, hall: Page, halls: dict[str, Page]) -> None:
    for n, username in enumerate(PRICES, 1):
        act(halls[username], "confirm")
        expect(halls[username].locator(".own-part a[href$='/confirm/']")).to_have_count(0)
        expect(hall.locator("[data-confirmed-count]")).to_have_text(str(n))
    for n, username in enumerate(("agency", "supervisor"), 1):
        act(halls[username], "sign")
        expect(halls[username].locator(".own-part a[href$='/sign/']")).to_have_count(0)
        expect(hall.locator("[data-signatures] > li")).to_have_count(n)
    scene.shoot(halls["agency"], "hall-of-agency-signed")
    act(halls["agency"], "finish")


def see_it_end(scene: Scene, hall: Page) -> None:
    """The watcher sees the end; the transcript has no gap and is the API's."""
    expect(hall.locator("[data-opening-stage]")).to_have_attribute("data-step", "finished")
    expect(hall.locator("[data-state-here] [data-state]")).to_have_attribute("data-state", "closed")
    expect(hall.locator("[data-hall]")).to_have_attribute("data-link", "over")
    expect(hall.locator(".draw-steps > .is-done")).to_have_count(6)
    scene.shoot(hall, "hall-finished")
    events = scene.events()
    shown = hall.locator("[data-transcript] > li").evaluate_all(
        "lines => lines.map(line => [Number(line.querySelector('.seq').textContent), line.dataset.kind]).reverse()"
    )
    assert shown == [[event["seq"], event["kind"]] for event in events]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


def read_the_record(scene: Scene, hall: Page) -> None:
    """The record opens as a page and as a PDF, with every price and both signatures; a phone shows it all too."""
    pdf = hall.context.request.get(f"{scene.walk.url}/openings/{scene.opening['id']}/record.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.body())).pages)
    assert [price for price in READ_OUT.values() if price not in text] == []
    phone = scene.visit(width=390).open(scene.hall)
    expect(phone.locator("[data-rows] > tr")).to_have_count(3)
    scene.shoot(phone, "hall-on-a-phone")
    for page in (hall, phone):
        page.click("[data-read-out] a[href$='/record/']")
        expect(page.locator("h1")).to_contain_text(BRIDGE.name)
        expect(page.locator("main [data-state=verified]")).to_be_visible()
        expect(page.locator(".timeline .is-success")).to_have_count(2)
        scene.shoot(page, "record")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_tender_walks_from_notice_to_signed_record(scene: Scene, axe: Any):
    prepare(scene)
    announce(scene)
    take_documents(scene)
    for username in PRICES:
        bid(scene, username)
    kept = take_places(scene)
    hall = watch(scene)
    halls = {username: scene.open(username, scene.hall) for username in (*PRICES, "agency", "supervisor")}
    see_it_begin(scene, hall, kept)
    in_time(scene, hall)
    object_and_answer(scene, hall, halls)
    confirm_and_sign(scene, hall, halls)
    see_it_end(scene, hall)
    assert axe(hall) == []
    read_the_record(scene, hall)
