"""Whoever watched the draw proves it: downloads the evidence, verifies it with the site's script, and recomputes it."""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from config.demo.client import Unexpected
from config.demo.fixed_price.ceremony import CONTRIBUTORS
from config.demo.walk import Walk
from trading.draws import candidates, record, selector, sources

SCRIPT = "verify_draw.py"


def download(walk: Walk) -> None:
    """A visitor downloads the evidence folder and the verifier."""
    visitor = walk.person("visitor")
    out = walk.out or Path(tempfile.mkdtemp(prefix="sunlight-evidence-"))
    out.mkdir(parents=True, exist_ok=True)
    packed = walk.until_given(lambda: visitor.fetch(f"/draws/{walk.made['draw']}/evidence.zip"), "not_witnessed")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(out)
        top = archive.namelist()[0].partition("/")[0]
    (out / SCRIPT).write_bytes(visitor.fetch(f"/{SCRIPT}"))
    walk.made["evidence"] = out / top
    walk.tell("visitor", f"downloads the evidence, {len(packed) // 1024} KB, and the verifier")


def verify(walk: Walk) -> None:
    """The verifier, standard library only, in a process of its own: exit 0 means that the result follows."""
    script = walk.made["evidence"].parent / SCRIPT
    run = subprocess.run(  # noqa: S603  # the verifier that the site serves, on the evidence just downloaded
        [sys.executable, "-I", script, walk.made["evidence"]], capture_output=True, text=True, check=False
    )
    last = run.stdout.strip().splitlines()[-1:] or [run.stderr.strip()]
    if run.returncode != 0:
        raise Unexpected(f"{SCRIPT} exits {run.returncode}: {last[0]}")
    walk.tell("visitor", f"runs {SCRIPT}: exit 0, {last[0]}")


def recompute(walk: Walk) -> None:
    """The platform's own arithmetic on the same files gives the awards that the server holds."""
    folder: Path = walk.made["evidence"]
    commit = record.read_commit((folder / "commit.json").read_bytes())
    listed = candidates.parse_list((folder / "list.tsv").read_bytes(), commit.suite)
    given = sources.read(json.loads((folder / "sources.json").read_bytes()))
    _check_own(walk, given)
    record.check_list(commit, listed)
    slips = selector.rank(commit.suite, sources.seed(commit, given), listed.candidates)
    chosen = selector.select(slips, listed.candidates, commit.plan, commit.caps)
    drawn = [code for code, _ in (*chosen.seated, *chosen.alternates)]
    awarded = [award["uscc"] for award in walk.comparison()["awards"]]
    if drawn != awarded:
        raise Unexpected(f"Recomputed, the draw gives {drawn}; the server says {awarded}")
    walk.tell("visitor", f"recomputes {listed.n} tickets: the same winner and alternates")


def _check_own(walk: Walk, given: list[sources.Source]) -> None:
    """The secrets that the people made and the digits on the dice are the ones that counted."""
    own = {walk.made["nonces"][username] for username in CONTRIBUTORS} | {walk.made["digits"].encode()}
    if {source.value for source in given} != own:
        raise Unexpected("sources.json does not hold what was contributed and rolled")
