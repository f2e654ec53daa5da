"""What a running platform holds of sealed bids before the opening: its memory, database and folders, searched.

    .venv/bin/python bench/secrecy_dump.py

A server of its own on a fresh folder; this process is the bidders' and custodians' browsers and walks two tenders, in
mode T and in TB, to their bids over HTTP. Then every readable page of the server's memory and every file of its folder
is searched for what the bids say, for their keys, for every share and for the custodians' keys, as bytes and as text.
What must be there (the bids' numbers and public keys) is searched too, to show that the search finds. Linux only.
"""

import argparse
import base64
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.mkdtemp(prefix="sunlight-dump-")
os.environ.pop("SUNLIGHT_DATABASE_URL", None)
os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "SUNLIGHT_VAR_DIR": FOLDER}

import django  # noqa: E402  # the folder is named first
import httpx  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from bids.sealing import age, bidder, custodian, envelope, rescue  # noqa: E402
from config.demo import people, rules  # noqa: E402
from config.demo.tendering.preparing import BRIDGE, INSTRUMENTS  # noqa: E402
from config.demo.tendering.story import TenderStory  # noqa: E402
from config.demo.walk import Walk  # noqa: E402
from trading.ledger import notes  # noqa: E402

Needles = dict[str, list[bytes]]
RUN = re.compile(rb"[A-Za-z0-9+/_=-]{32,}")  # keys as texts stand in such runs, which are searched alone
TEXTS = ("utf-8", "utf-16-le", "utf-32-le", "unicode_escape")  # as files, as Python's memory, as JSON


def started(port: int) -> "subprocess.Popen[bytes]":
    """Start the server and wait until it answers."""
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return server


def remembered() -> list[tuple[Any, bidder.Sealed]]:
    """Return a list that each sealing of the walk adds to; the walk itself forgets a bid that was replaced."""
    made: list[tuple[Any, bidder.Sealed]] = []
    seal = bidder.seal

    def sealing(parameters: Any, items: Any, files: Any, *rest: Any, **options: Any) -> bidder.Sealed:
        sealed = seal(parameters, items, files, *rest, **options)
        made.append((items, sealed))
        return sealed

    bidder.seal = sealing
    return made


def of_key(secret: bytes) -> list[bytes]:
    """Return 32 secret bytes in every form in which they could lie about."""
    identity, code = age.encode_identity(secret), base64.b32encode(secret).rstrip(b"=")
    texts = [identity, identity.lower(), secret.hex(), secret.hex().upper(), code.decode(), code.decode().lower()]
    texts += [base64.b64encode(secret).decode().rstrip("="), base64.urlsafe_b64encode(secret).decode().rstrip("=")]
    return [secret, secret[::-1], *(text.encode() for text in dict.fromkeys(texts))]


def of_text(text: str) -> list[bytes]:
    return list(dict.fromkeys(text.encode(form) for form in TEXTS))


def of_bid(items: Any, sealed: bidder.Sealed, identities: dict[str, str]) -> Needles:
    """Return what of one bid must be nowhere: what it says, its key, each share."""
    kept = rescue.parse(sealed.rescue)
    name, price = sealed.bid[:8], str(items["price"])
    found = {
        f"{name} what it says": [*of_text(price), *of_text(items["manager"]["certificate"])],
        f"{name} its key": of_key(kept.secret),
        **({f"{name} the bidder's share": of_key(kept.own)} if kept.own else {}),
    }
    read = envelope.parse(sealed.envelope)
    for number, holders in enumerate(read.sealed.access if read.sealed else ()):
        for access in (each for each in holders if each.wrap):
            wrap, commit = notes.base64_text(access.wrap), notes.base64_text(access.commit)
            place = {"bid": read.bid, "seq": read.seq, "set": number, "commit": commit, "wrap": wrap}
            share = custodian.open_wrap(place, access.holder, age.decode_identity(identities[access.holder]))
            found[f"{name} share of {access.holder} in set {number}"] = of_key(bytes(share))  # type: ignore[arg-type]
    return found


def memory(pid: int) -> Iterator[tuple[str, bytes]]:
    """Yield every readable mapping of a process but those of read-only files elsewhere, such as libraries."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as pages:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            where, rights, *_rest = line.split()
            first, last = (int(end, 16) for end in where.split("-"))
            library = rights[1] != "w" and "/" in line and FOLDER not in line
            if not rights.startswith("r") or library or "[v" in line:  # the kernel's own pages cannot be read
                continue
            pages.seek(first)
            data = bytearray()
            try:
                while len(data) < last - first and (piece := pages.read(last - first - len(data))):
                    data += piece
            except OSError:
                print(f"  not readable: {line}")
            yield f"memory {line[:120]}", bytes(data)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"file {path.relative_to(folder)}", path.read_bytes()


def search(places: Iterator[tuple[str, bytes]], needles: Needles) -> tuple[int, dict[str, list[str]]]:
    """Return how many bytes were searched, and where each needle was."""
    hits: dict[str, list[str]] = {}
    size = 0
    for place, data in places:
        size += len(data)
        runs = b"\n".join(RUN.findall(data))
        for name, forms in needles.items():
            for form in forms:
                if form in (runs if RUN.fullmatch(form) else data):
                    hits.setdefault(name, []).append(f"{place}: {re.escape(form[:12])!r}")
    return size, hits


def walked(port: int) -> tuple[Needles, Needles]:
    """Walk two tenders to their bids; return what must be nowhere, and what must be there."""
    made, secret, public = remembered(), {}, {}
    for purchase in (BRIDGE, INSTRUMENTS):
        with Walk(f"http://127.0.0.1:{port}", print) as walk:
            first = len(made)
            TenderStory(purchase).tell(walk, until="bids")
            identities = walk.made["identities"]
        for items, sealed in made[first:]:
            secret |= of_bid(items, sealed, identities)
            recipient = rescue.parse(sealed.rescue).recipient
            public[f"{sealed.bid[:8]} its number and public key"] = [sealed.bid.encode(), recipient.encode()]
        secret |= {f"{purchase.mode} key of {h}": of_key(age.decode_identity(i)) for h, i in identities.items()}
    return secret, public


def main() -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    call_command("migrate", verbosity=0)
    people.load()
    rules.load()
    connections.close_all()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = started(port)
    try:
        secret, public = walked(port)
        return judged(secret, public, server.pid)
    finally:
        server.terminate()
        server.wait()


def judged(secret: Needles, public: Needles, pid: int) -> int:
    """Search memory and files, print what was found, return 1 for any secret, 2 if the search itself fails."""
    bad, blind = False, False
    for name, places in (("memory", lambda: memory(pid)), ("files", lambda: files(Path(FOLDER)))):
        size, hits = search(places(), {**secret, **public})
        found = {needle: where for needle, where in hits.items() if needle in secret}
        bad, blind = bad or bool(found), blind or bool(public.keys() - hits.keys())
        forms = sum(len(forms) for forms in secret.values())
        seen = len(public.keys() & hits.keys())
        print(f"{name}: {size / 1e6:.0f} MB, {len(secret)} secrets in {forms} forms: {len(found)} found;", end=" ")
        print(f"of {len(public)} public ones {seen}")
        for needle, where in found.items():
            print(f"  {needle}: {where[:3]}")
    return 1 if bad else 2 if blind else 0


if __name__ == "__main__":
    sys.exit(main())
