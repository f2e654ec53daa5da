"""How a bidder drives the page on which a bid is made, from the first field to the receipt."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

ITEMS = {
    "price": "1,368,000",
    "duration_days": "360",
    "manager_name": "王建国",
    "manager_certificate": "川1512026000001",
    "deposit_amount": "50000",
}


def bid_page(visitor: Any, lot: str) -> Page:
    page: Page = visitor.open(f"/lots/{lot}/bid/")
    page.wait_for_load_state("networkidle")  # what was typed before is back, if anything was
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def fill_in(page: Page, documents: list[Path], **changes: str) -> None:
    for name, value in {**ITEMS, **changes}.items():
        page.fill(f"#id_{name}", value)
    page.select_option("#id_deposit_form", "transfer")
    page.set_input_files("#id_files", documents)


def seal(page: Page) -> None:
    page.click("[data-do=seal]")
    expect(page.locator("[data-card=rescue]")).to_be_visible()


def save(page: Page, folder: Path) -> Path:
    """Save the rescue file as a person does."""
    with page.expect_download() as saved:
        page.click("[data-do=save]")
    assert saved.value.suggested_filename == "receipt.age-key.txt"
    saved.value.save_as(folder / "rescue.txt")
    return folder / "rescue.txt"


def submit(page: Page) -> None:
    expect(page.locator("[data-card=submit]")).to_be_visible()
    page.click("[data-do=submit]")
    page.wait_for_url(re.compile(r"/bids/[0-9a-f-]{36}/$"))


def bid(page: Page, documents: list[Path], folder: Path, **changes: str) -> Path:
    """Make a bid from the first field to the receipt; return its rescue file."""
    fill_in(page, documents, **changes)
    seal(page)
    rescue = save(page, folder)
    page.set_input_files("#id_saved", rescue)
    submit(page)
    return rescue


def make_key(page: Page, folder: Path) -> Path:
    """Make a custodian's key on its page, save it, publish its public half, rehearse; return the saved file."""
    page.click("[data-do=make]")
    with page.expect_download() as saved:
        page.locator("[data-do=save]:visible").click()
    backup = folder / saved.value.suggested_filename
    saved.value.save_as(backup)
    expect(page.locator("[data-do=give]")).to_be_hidden()  # not before the saved file was read back
    page.set_input_files("#id_backup", backup)
    page.click("[data-do=give]")
    expect(page.locator("[data-when=published]")).to_be_visible()
    page.click("[data-do=rehearse]")
    expect(page.locator("[data-rehearsed]")).to_be_visible()
    expect(page.locator("[data-rehearsed-at]")).to_contain_text(":")
    return backup
