"""A draw in its hall, by every role in a browser of its own, watched on the big screen; then verified by a visitor."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.demo import data
from config.demo.fixed_price import ceremony, drawing
from config.demo.fixed_price.preparing import Works
from config.demo.fixed_price.stages import Story
from config.demo.walk import Walk

WORKS = Works("桥头村人行便道工程", "人行便道 300 米，工期 20 日历天", "660000.00", "640000.00", "0.0100")
PLAYED = 40
DIGITS = "01234567890123456789"
TYPED = "3141592653589793238462643383279502884197"
PARTS = ("centre", "centre2", "supervisor", "notary", "qiming")


@pytest.fixture(scope="module")
def walk(site: Any) -> Iterator[Walk]:
    """A comparison whose draw has been prepared in an open session, everybody signed in."""
    with Walk(site.url, lambda words: None) as walk:
        story = Story(WORKS, tuple(code for code, _name in data.real_enterprises()[:PLAYED]))
        story.tell(walk, until="session")
        drawing.begin(walk)
        yield walk


@pytest.fixture
def halls(walk: Walk, visit: Any) -> dict[str, Page]:
    """Return the hall as each part sees it, and as a watcher sees it on the big screen."""
    path = f"/sessions/{walk.made['session']}/"
    opened = {name: visit(name).open(path) for name in PARTS}
    opened["screen"] = visit().open(f"{path}screen/")
    return opened


def panel(page: Page, name: str) -> Any:
    """Return a part's panel once it is offered."""
    found = page.locator(f"[data-part] [data-{name}]")
    expect(found).to_be_visible()
    return found


def act(page: Page, name: str) -> None:
    """Perform an act of the centre through its own page, and come back to the hall."""
    hall = page.url
    page.locator(f"[data-part] a.button[href$='/{name}/']").click()
    page.locator("main form button.is-primary").click()
    page.wait_for_load_state()
    page.goto(hall)


def contribute(page: Page, *, typed: str = "") -> str:
    box = panel(page, "contribute")
    if typed:
        box.locator("#how-typed").check()
        box.locator("#typed-digits").fill(typed)
    box.locator("[data-make]").click()
    secret: str = box.locator("[data-secret]").inner_text()
    box.locator("[data-send]").click()
    expect(box).to_have_count(0)
    return secret


def test_a_draw_is_made_in_the_browsers_of_those_who_take_part(
    walk: Walk, halls: dict[str, Page], visit: Any, axe: Any
):
    screen = halls["screen"]
    expect(screen.locator("[data-draw-stage]")).to_have_attribute("data-step", "contribute")
    secrets = [contribute(halls["centre"]), contribute(halls["supervisor"], typed=TYPED), contribute(halls["qiming"])]
    assert secrets[1] == TYPED
    expect(screen.locator("[data-share]")).to_have_count(3)
    assert not any(secret in screen.content() for secret in secrets)

    act(halls["centre"], "commit")
    expect(screen.locator("[data-draw-stage]")).to_have_attribute("data-step", "reveal")
    for name in ("centre", "supervisor", "qiming"):
        panel(halls[name], "reveal").locator("[data-open]").click()
    expect(screen.locator("[data-share] [data-value]", has_text=TYPED)).to_be_visible()
    expect(screen.locator("[data-share] [data-tag] [data-state=verified]")).to_have_count(3)

    act(halls["centre"], "close-reveals")
    expect(screen.locator("[data-draw-stage]")).to_have_attribute("data-step", "dice", timeout=30_000)
    for name in ceremony.READERS:
        assert DIGITS not in (screen.locator("[data-dice]").get_attribute("aria-label") or "")
        form = panel(halls[name], "read")
        form.locator("#dice-digits").fill(DIGITS)
        for badge in (walk.made["badges"][hand] for hand in ceremony.ROLLERS):
            form.locator(f"[value='{badge}']").check()
        form.locator("[type=submit]").click()
        expect(form).to_have_count(0)
    expect(screen.locator("[data-dice]")).to_have_attribute("aria-label", DIGITS)

    panel(halls["supervisor"], "confirm").locator("[data-confirm-dice]").click()
    expect(screen.locator("[data-ranking] > li")).to_have_count(10)
    expect(screen.locator("[data-ranking] > li").first).to_have_class("is-falling is-winner")
    assert [fault for page in halls.values() for fault in axe(page)] == []

    visitor = visit().open(f"/draws/{walk.made['draw']}/verify/")
    expect(visitor.locator("[data-when=ok]")).to_be_visible(timeout=30_000)
    expect(visitor.locator(".ticks .is-done")).to_have_count(9)
    expect(visitor.locator("[data-side].is-equal")).to_have_count(5)
    winner = visitor.locator("[data-side=seated] [data-own]").inner_text()
    assert winner in screen.locator("[data-ranking] > li").first.inner_text()
    visitor.locator("#own-code").fill(winner.lower())
    visitor.locator("[data-ticket-form] button").click()
    expect(visitor.locator("[data-rank]")).to_have_text("1")
    assert axe(visitor) == []


def test_verifying_without_javascript_explains_the_script(walk: Walk, visit: Any):
    visitor = visit(java_script_enabled=False).open(f"/draws/{walk.made['draw']}/verify/")
    assert "python3 verify_draw.py" in visitor.content()
