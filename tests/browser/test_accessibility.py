"""Every page a person can reach by links is free of serious accessibility faults and fits a phone."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

MOST_PAGES = 60
WIDTH_OF_A_PHONE = 390
NOT_A_PAGE = re.compile(r"^/(api|static|media|feeds?)/|\.(pdf|py|json|zip|tar|ics|csv|xlsx|txt|xml|svg)$|/download/")
PEOPLE = ["", "owner", "agency", "qiming", "supervisor", "centre", "auditor"]


def kind_of(path: str) -> str:
    """Return what a path is a case of: two notices are one kind of page."""
    return re.sub(r"(?<=/)([0-9a-f-]{8,}|[A-Z]+-?\d[\w-]*|\d+)(?=/|$)", "*", path)


def links_of(page: Page, site_url: str) -> list[str]:
    here = urlsplit(site_url).netloc
    addresses = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    parts = [urlsplit(address) for address in addresses]
    return [part.path for part in parts if part.netloc == here and not NOT_A_PAGE.search(part.path)]


def one_page_of_each_kind(page: Page, site_url: str) -> list[str]:
    """Follow the links from the home page and the site map; return one path of each kind."""
    chosen: dict[str, str] = {}
    waiting = ["/", "/site-map/"]
    while waiting and len(chosen) < MOST_PAGES:
        path = waiting.pop(0)
        if kind_of(path) in chosen:
            continue
        chosen[kind_of(path)] = path
        answer = page.goto(site_url + path)
        assert answer is not None
        assert answer.status < 500, path
        if "html" in answer.headers.get("content-type", ""):
            waiting += links_of(page, site_url)
    return list(chosen.values())


@pytest.mark.parametrize("username", PEOPLE)
def test_no_page_of_a_person_has_a_serious_fault(visit: Any, site: Any, axe: Any, username: str):
    visitor = visit(username)
    page = visitor.open("/")
    faults = []
    for path in one_page_of_each_kind(page, site.url):
        page.goto(site.url + path)
        faults += axe(page)
    assert faults == []


@pytest.mark.parametrize("width", [WIDTH_OF_A_PHONE, 360])
def test_every_public_page_fits_a_phone(visit: Any, site: Any, width: int):
    page = visit(width=width).open("/")
    too_wide = []
    for path in one_page_of_each_kind(page, site.url):
        page.goto(site.url + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)
    assert too_wide == []


@pytest.mark.parametrize("width", [1280, WIDTH_OF_A_PHONE])
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
