"""A real site of its own and Debian's Chromium, for what only a browser can show."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config.demo.people import PASSWORD

expect.set_options(timeout=30_000)  # a page may be slow on a busy machine; it may not be wrong

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
START_SECONDS = 180
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}  # what passes is not written out: half the time
GRAVE = {"serious", "critical"}


class Site:
    """A site with the demonstration loaded, in a folder of its own, that `start` serves."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "SUNLIGHT_VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        for name in ("SUNLIGHT_DATABASE_URL", "SUNLIGHT_REDIS_URL"):
            self.environment.pop(name, None)

    def start(self) -> None:
        self.lines: Queue[str] = Queue()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--prepare", "--port", "0"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        self.url = self.wait()

    def listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self.lines.put(line)
        self.lines.put("")

    def wait(self) -> str:
        """Return the address once the site answers; fail with all it said if it never does."""
        said: list[str] = []
        try:
            while line := self.lines.get(timeout=START_SECONDS):
                said.append(line)
                if address := re.search(r"Serving (http://\S+?)/?\s", line):
                    return address[1]
        except Empty:
            self.stop()
        raise AssertionError("The site did not start:\n" + "".join(said))

    def manage(self, *words: str) -> str:
        """Run a command of manage.py on this site's data and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=30)
        self.listener.join(timeout=10)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that has been loaded and never served."""
    folder = tmp_path_factory.mktemp("loaded")
    for words in (["migrate", "--verbosity=0"], ["demo", "--load"]):
        Site(folder).manage(*words)
    return folder


@pytest.fixture(scope="module")
def site(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One running site for the tests of a module."""
    running = Site(shutil.copytree(loaded, tmp_path_factory.mktemp("site"), dirs_exist_ok=True))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; ended with this folder's tests, because its event loop would forbid the ORM to others."""
    path = os.environ.get("SUNLIGHT_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("Chromium is missing; install it: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield running
        running.close()


class Visitor:
    """A browser window of one person, with what the console complained about."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.complaints: list[str] = []

    def open(self, path: str = "/") -> Page:
        """Open a path of the site in a new tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self.hear)
        page.goto(self.site.url + path)
        return page

    def hear(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.complaints.append(message.text)

    def sign_in(self, username: str) -> None:
        page = self.open("/sign-in/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        page.close()

    def show(self, *, large_text: bool = False, high_contrast: bool = False) -> None:
        value = f"{int(large_text)}{int(high_contrast)}"
        self.context.add_cookies([{"name": "display", "value": value, "url": self.site.url}])


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Any]:
    """Return `visit(username="", width=1280, **context options)`: a window of its own for each person.

    At the end no page may have raised an error or broken the content security policy.
    """
    visitors: list[Visitor] = []

    def enter(username: str = "", *, width: int = 1280, **options: Any) -> Visitor:
        options = {"locale": "zh-CN", "reduced_motion": "reduce", **options}
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(60_000)
        visitors.append(Visitor(site, context))
        if username:
            visitors[-1].sign_in(username)
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.context.close()
    assert [line for visitor in visitors for line in visitor.complaints] == []


@pytest.fixture
def page(visit: Any) -> Page:
    """The home page before somebody who is not signed in."""
    opened: Page = visit().open("/")
    return opened


@pytest.fixture(scope="session")
def axe() -> Any:
    """Return `axe(page)`: the serious and critical violations of WCAG 2.2 AA, one line for each element."""
    if not AXE.exists():
        pytest.fail("axe-core is missing; install it: npm ci")
    source = AXE.read_text("utf-8")

    def check(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("options => axe.run(document, options)", OPTIONS)
        return [
            f"{page.url}: {rule['id']}: {node['html'][:160]}"
            for rule in found["violations"]
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]

    return check
