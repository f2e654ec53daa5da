"""Bids are sealed, proved, submitted, replaced and withdrawn in a real browser, and opened from browsers."""

import json
import math
import os
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from config.demo.walk import Walk
from tests.browser.bidding import ITEMS, bid, bid_page, fill_in, make_key, save, seal, submit

SCRIPT = (Path(__file__).parent / "tendering.py").read_text("utf-8")
MEGABYTE = 1_048_576


@pytest.fixture(scope="module")
def facts(site: Any) -> Any:
    """Tenders that take bids now, by mode: their lots, custodians and keys."""
    return json.loads(site.manage("shell", "-c", SCRIPT).strip().splitlines()[-1])


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "技术标.pdf", tmp_path / "商务标.pdf"]
    made[0].write_bytes(b"%PDF-1.7\n" + os.urandom(6 * MEGABYTE))
    made[1].write_bytes(b"%PDF-1.7\n" + os.urandom(1000))
    return made


def test_what_is_wrong_is_said_before_anything_is_sealed(facts: Any, visit: Any, axe: Any):
    page = bid_page(visit("qiming"), facts["T"]["lot"])
    page.fill("#id_price", "5000000")
    page.fill("#id_price_words", "伍佰万元")
    page.click("[data-do=seal]")
    summary = page.locator("[data-refusal]")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(8)
    assert "4900000.00" in summary.inner_text()
    assert "伍佰万元整" in summary.inner_text()
    summary.locator("a").first.click()
    expect(page.locator("#id_price")).to_be_focused()
    assert axe(page) == []


def test_a_bid_is_sealed_proved_and_submitted(facts: Any, visit: Any, axe: Any, documents: list[Path], tmp_path: Path):
    visitor = visit("qiming")
    page = bid_page(visitor, facts["T"]["lot"])
    fill_in(page, documents)
    expect(page.locator("[data-words]")).to_have_text("壹佰叁拾陆万捌仟元整")
    seal(page)
    rescue = save(page, tmp_path)
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(re.sub(r"# ptseal envelope.*", "", rescue.read_text()))
    page.set_input_files("#id_saved", wrong)
    expect(page.locator("[data-proof].is-danger")).to_be_visible()
    expect(page.locator("[data-card=submit]")).to_be_hidden()
    page.set_input_files("#id_saved", rescue)
    expect(page.locator("[data-proof].is-success")).to_be_visible()
    assert axe(page) == []
    submit(page)
    expect(page.locator("h1 [data-state=submitted]")).to_be_visible()
    assert axe(page) == []
    number = page.url.rstrip("/").split("/")[-1]
    with page.expect_download() as given:
        page.click("a[href$='/receipt.json']")
    page.goto(f"{visitor.site.url}/ledger/receipt/")
    page.set_input_files("#id_file", given.value.path())
    page.click("main form .button.is-primary")
    expect(page.locator(".seal")).not_to_have_class(re.compile("is-broken"))
    assert "bid.submitted" in page.locator("pre.code").inner_text()
    proof = proof_of(visitor, number, tmp_path)
    page.set_input_files("#here-receipt", given.value.path())
    page.set_input_files("#here-proof", proof)
    expect(page.locator("[data-receipt-check] .is-done")).to_have_count(3)
    assert axe(page) == []
    again = bid_page(visitor, facts["T"]["lot"])
    assert again.input_value("#id_price") == ""


def proof_of(visitor: Any, number: str, folder: Path) -> Path:
    """Return the file of the bid's proof, once a checkpoint holds its entry."""
    for _ in range(100):
        answer = visitor.context.request.get(f"{visitor.site.url}/bids/{number}/proof.txt")
        if answer.status == 200:
            (folder / "bid.tlog-proof").write_bytes(answer.body())
            return folder / "bid.tlog-proof"
        time.sleep(0.1)
    raise AssertionError("the proof never came")


def test_a_bid_is_replaced_and_withdrawn(facts: Any, visit: Any, documents: list[Path], tmp_path: Path):
    visitor = visit("changhong")
    bid(bid_page(visitor, facts["T"]["lot"]), documents[1:], tmp_path)
    page = bid_page(visitor, facts["T"]["lot"])
    bid(page, documents[1:], tmp_path, price="1300000.05")
    expect(page.locator(".check-list [data-state=superseded]")).to_have_count(1)
    page = bid_page(visitor, facts["T"]["lot"])
    page.click("summary:has(+ p + p [data-do=withdraw])")
    page.click("[data-do=withdraw]")
    page.wait_for_url(re.compile(r"/bids/[0-9a-f-]{36}/$"))
    expect(page.locator("h1 [data-state=withdrawn]")).to_be_visible()
    bid(bid_page(visitor, facts["T"]["lot"]), documents[1:], tmp_path, price="1200000")


def arrived(visitor: Any, upload: str) -> set[str]:
    """Return the addresses of an upload's first two parts, once they are there."""
    for _ in range(100):
        parts = visitor.context.request.get(f"{upload}/").json()["parts"]
        if len(parts) == 2:
            return {f"{upload}/parts/{part['n']}/" for part in parts}
        time.sleep(0.1)
    raise AssertionError("two parts never arrived")


def test_a_page_that_dies_in_the_upload_goes_on_where_it_stopped(
    facts: Any, visit: Any, documents: list[Path], tmp_path: Path
):
    visitor = visit("qingyuan")
    page = bid_page(visitor, facts["T"]["lot"])
    fill_in(page, documents)
    sent: list[str] = []

    def cut(route: Any) -> None:
        sent.append(route.request.url)
        if len(sent) > 2:
            route.abort()
        else:
            route.continue_()

    visitor.context.route("**/parts/*/", cut)
    seal(page)
    rescue = save(page, tmp_path)
    there = arrived(visitor, sent[0].split("/parts/")[0])
    page.close()
    visitor.context.unroute("**/parts/*/")
    later: list[str] = []
    visitor.context.on("request", lambda request: later.append(request.url) if "/parts/" in request.url else None)
    page = bid_page(visitor, facts["T"]["lot"])
    expect(page.locator("#id_manager_name")).to_have_value("王建国")
    page.set_input_files("#id_saved", rescue)
    submit(page)
    assert later
    assert not there & set(later)  # what had arrived is not sent again


def test_a_lost_answer_is_told_beside_the_button_and_the_bid_counts_once(
    facts: Any, visit: Any, axe: Any, documents: list[Path], tmp_path: Path
):
    visitor = visit("qingyuan")
    page = bid_page(visitor, facts["T"]["lot"])
    fill_in(page, documents[1:])
    seal(page)
    page.set_input_files("#id_saved", save(page, tmp_path))
    expect(page.locator("[data-card=submit]")).to_be_visible()
    decided: list[int] = []

    def lose(route: Any) -> None:
        decided.append(route.fetch().status)
        if len(decided) < 3:
            route.abort()
        else:
            route.continue_()

    visitor.context.route("**/api/v1/envelopes/", lose)
    page.click("[data-do=submit]")
    silence = page.locator("[data-card=submit] [data-away]")
    expect(silence).to_be_focused()
    expect(silence).to_be_in_viewport()
    assert axe(page) == []
    page.wait_for_url(re.compile(r"/bids/[0-9a-f-]{36}/$"))
    assert decided == [201, 200, 200]


def test_a_page_that_dies_while_it_seals_keeps_what_was_typed(
    facts: Any, visit: Any, documents: list[Path], tmp_path: Path
):
    visitor = visit("qingyuan")
    page = bid_page(visitor, facts["T"]["lot"])
    fill_in(page, documents)
    visitor.context.route("**/uploads/", lambda route: None)  # it never gets further than the beginning
    page.click("[data-do=seal]")
    expect(page.locator("[data-card=work]")).to_be_visible()
    page.wait_for_function("indexedDB.databases().then(all => all.length > 0)")
    page.wait_for_timeout(500)
    page.reload()
    visitor.context.unroute("**/uploads/")
    expect(page.locator("[data-refusal]")).to_be_visible()
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("#id_price")).to_have_value(ITEMS["price"])
    assert "技术标.pdf" in page.locator("[data-chosen]").inner_text()


def test_who_was_signed_out_signs_in_and_goes_on(facts: Any, visit: Any, documents: list[Path], tmp_path: Path):
    visitor = visit("qiming")
    page = bid_page(visitor, facts["TB"]["lot"])
    fill_in(page, documents)
    cookies = [cookie for cookie in visitor.context.cookies() if "session" in cookie["name"]]
    visitor.context.clear_cookies(name=cookies[0]["name"])
    page.click("[data-do=seal]")
    expect(page.locator("[data-refusal]")).to_be_visible()
    visitor.sign_in("qiming")
    assert page.input_value("#id_price") == ITEMS["price"]


def test_a_custodian_makes_saves_and_rehearses_its_key(facts: Any, visit: Any, axe: Any, tmp_path: Path):
    path = f"/openings/custody/{facts['waiting']['custodians']['backup']}/"
    visitor = visit("notary")
    page = visitor.open(path)
    backup = make_key(page, tmp_path)
    assert axe(page) == []
    other = visit("notary").open(path)
    expect(other.locator("[data-when=elsewhere]")).to_be_visible()
    other.set_input_files("#id_backup", backup)
    expect(other.locator("[data-when=published]")).to_be_visible()
    assert visit("supervisor").context.request.get(visitor.site.url + path).status == 404


def pass_deadline(site: Any, lot: str) -> None:
    """Move the rehearsal's clock to the lot's deadline; it lands seconds after it."""
    with Walk(site.url, lambda words: None) as walk:
        walk.made["lot"] = lot
        sealing = httpx.get(f"{site.url}/api/v1/lots/{lot}/sealing/").json()
        left = datetime.fromisoformat(sealing["deadline"]) - walk.lot_now()
        walk.person("centre").act("lots", lot, "move_clock", hours=math.ceil(left.total_seconds() / 3600))


def test_custodians_and_bidders_open_the_bids_from_their_browsers(
    site: Any, facts: Any, visit: Any, axe: Any, documents: list[Path], tmp_path: Path
):
    case = facts["TB"]
    rescues = {}
    for n, name in enumerate(("qiming", "changhong", "qingyuan")):
        folder = tmp_path / name
        folder.mkdir()
        rescues[name] = bid(bid_page(visit(name), case["lot"]), documents[1:], folder, price=f"{1_300_000 + n}.00")
    keepers = {}
    for name, holder in (("agency", "agency"), ("supervisor", "supervisor")):
        keepers[name] = visit(name).open(f"/openings/custody/{case['custodians'][holder]}/")
        backup = tmp_path / f"{holder}.txt"
        backup.write_text(f"{case['keys'][holder]}\n")
        keepers[name].set_input_files("#id_backup", backup)
        expect(keepers[name].locator("[data-when=published]")).to_be_visible()
        keepers[name].check("#id_auto")
    pass_deadline(site, case["lot"])
    for page in keepers.values():
        expect(page.locator("[data-told]")).to_contain_text("6", timeout=60_000)
        assert axe(page) == []
    address = keepers["agency"].get_attribute("[data-custody]", "data-opening") or ""
    opening = int(address.rstrip("/").split("/")[-1])
    for name, rescue in rescues.items():
        page = visit(name).open(f"/openings/{opening}/my-share/")
        if name == "qiming":
            page.set_input_files("#id_rescue", rescue)
        else:
            (code,) = re.findall(r"^# ptseal share: (\S+)$", rescue.read_text(), re.MULTILINE)
            page.fill("#id_code", code.lower())
        page.click("[type=submit]:visible >> nth=-1")
        expect(page.locator("[data-given]")).to_be_visible()
        assert axe(page) == []
    assert prices(site, opening) == {"1300000.00", "1300001.00", "1300002.00"}


def prices(site: Any, opening: int) -> set[str]:
    """Return the prices that are read out, once they are."""
    for _ in range(300):
        if httpx.get(f"{site.url}/api/v1/openings/{opening}/").json()["state"] == "read_out":
            bids = httpx.get(f"{site.url}/api/v1/openings/{opening}/bids/").json()["bids"]
            return {re.search(r"130000[0-9]\.00", json.dumps(bid))[0] for bid in bids}  # type: ignore[index]
        time.sleep(0.2)
    raise AssertionError("the bids were never read out")
