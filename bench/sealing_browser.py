"""Sealing in Chromium, MB/s, as a ratio to bare age-encryption on the same bytes.

    .venv/bin/python bench/sealing_browser.py [--mebibytes 50] [--rounds 5]

Random bytes in a worker of a page of its own; bare encryption, sealing (ZIP, age, three SHA-256), sealing with every
part stored and the proof take turns, medians after a first round that warms up.
"""

import argparse
import functools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1_048_576
RUN = """
([bytes, rounds]) => new Promise((done, failed) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onerror = ({ message }) => failed(new Error(message));
  worker.onmessage = ({ data }) => done(data);
  worker.postMessage({ bytes, rounds });
})
"""


def build(folder: str) -> None:
    """Bundle the worker as the pages' scripts are bundled."""
    entry = ROOT / "bench" / "sealing_browser.js"
    command = [str(ROOT / "node_modules/.bin/esbuild"), str(entry), "--bundle", "--format=esm", "--minify"]
    subprocess.run([*command, "--log-level=warning", f"--outfile={folder}/worker.js"], check=True, cwd=ROOT)
    (Path(folder) / "index.html").write_text("<!doctype html><title>bench</title>")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: str) -> Iterator[str]:
    """Serve a folder on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def measured(size: int, rounds: int) -> list[dict[str, float]]:
    """Return the seconds of each work in each round."""
    chromium = os.environ.get("SUNLIGHT_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        build(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with served(folder) as address:
            page = browser.new_page()
            page.goto(f"{address}/index.html")
            told: list[dict[str, float]] = page.evaluate(RUN, [size, rounds])
        browser.close()
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    size = given.mebibytes * MEBIBYTE
    rounds = measured(size, given.rounds + 1)[1:]
    seconds = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    for name, taken in seconds.items():
        ratio = statistics.median(one["bare"] / one[name] for one in rounds)
        print(f"{name:<8} {size / 1e6 / taken:6.1f} MB/s  x {ratio:.2f} of bare age-encryption")
    return 0


if __name__ == "__main__":
    sys.exit(main())
