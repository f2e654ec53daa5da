"""Every page a person can reach by links is free of serious accessibility faults and fits a phone."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

MOST_PAGES = 120
PHONES = (390, 360)
NOT_A_PAGE = re.compile(
    r"^/(api|static|media|feeds?)/|\.(pdf|py|json|zip|tar|ics|csv|tsv|xlsx|txt|xml|svg)$|/(download|file|tile)/"
    r"|^/ledger/checkpoint"
)
PEOPLE = ["owner", "qiming", "supervisor", "centre", "regulator", "secadmin", "auditor"]


def kind_of(path: str) -> str:
    """Return what a path is a case of: two notices are one kind of page."""
    return re.sub(r"(?<=/)([0-9a-f-]{8,}|[A-Z]+-?\d[\w-]*|\d+)(?=/|$)", "*", path)


def links_of(page: Page, site_url: str) -> list[str]:
    here = urlsplit(site_url).netloc
    addresses = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
    parts = [urlsplit(address) for address in addresses]
    return [part.path for part in parts if part.netloc == here and not NOT_A_PAGE.search(part.path)]


def faults_of_every_page(page: Page, site_url: str, axe: Any, starts: list[str], seen: set[str]) -> list[str]:
    """Follow the links from `starts` to one page of each kind that was not seen yet; return what is wrong with them."""
    faults: list[str] = []
    waiting = list(starts)
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        answer = page.goto(site_url + path)
        assert answer is not None
        if answer.status >= 400 and path not in starts:
            faults.append(f"{path}: a link to an answer {answer.status}")
        if "html" in answer.headers.get("content-type", ""):
            waiting += links_of(page, site_url)
            faults += axe(page) + too_wide(page)
    return faults


def too_wide(page: Page) -> list[str]:
    """Return the page's address with each phone that it does not fit."""
    usual = page.viewport_size
    assert usual is not None
    found = []
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url}: wider than {width} points")
    page.set_viewport_size(usual)
    return found


def test_no_public_page_has_a_serious_fault_or_exceeds_a_phone(visit: Any, site: Any, axe: Any):
    page = visit().open("/")
    starts = ["/", "/site-map/", "/comparisons/1/", "/sessions/1/", "/sessions/1/screen/"]
    seen: set[str] = set()
    assert faults_of_every_page(page, site.url, axe, starts, seen) == []
    assert {"/notices/*/", "/comparisons/*/", "/ledger/", "/verify/", "/statistics/", "/deadline/"} <= seen


def test_no_page_of_somebody_at_work_has_a_serious_fault_or_exceeds_a_phone(visit: Any, site: Any, axe: Any):
    faults = []
    seen: set[str] = set()
    for username in PEOPLE:
        page = visit(username).open("/work/")
        faults += axe(page) + too_wide(page)
        faults += faults_of_every_page(page, site.url, axe, links_of(page, site.url), seen)
    assert faults == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("high_contrast", [False, True])
def test_every_piece_stays_readable_in_large_text(visit: Any, axe: Any, width: int, high_contrast: bool):  # noqa: FBT001
    visitor = visit(width=width)
    visitor.show(large_text=True, high_contrast=high_contrast)
    page = visitor.open("/style/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_display_switches_work_without_javascript(visit: Any):
    page = visit(java_script_enabled=False).open("/style/")
    page.click("button[name=text]")
    page.click("button[name=contrast]")
    assert set(page.locator("html").get_attribute("class").split()) == {"has-large-text", "has-high-contrast"}
    assert page.url.endswith("/style/")


def test_pages_are_chinese_until_the_reader_asks_for_english(visit: Any):
    page = visit(java_script_enabled=False, locale="en-GB").open("/accessibility/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("h1").inner_text() == "无障碍"
    page.click("button[name=language]")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Accessibility"


def test_the_first_tab_leads_to_the_main_content(page: Page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_refused_form_takes_the_reader_to_what_is_wrong(visit: Any):
    page = visit().open("/sign-in/")
    page.click("main button[type=submit]")
    summary = page.locator(".error-summary")
    assert summary.evaluate("box => box === document.activeElement")
    summary.locator("a").first.click()
    assert page.evaluate("document.activeElement.name") == "username"


def test_a_countdown_speaks_only_at_its_steps(visit: Any):
    page = visit().open("/style/")
    box = page.locator("[data-countdown]").first
    assert box.locator("[data-part=days]").inner_text() == "01"
    assert box.locator("[aria-live]").inner_text() == ""
