"""An opening at full size: bids sealed by the offline tool and submitted; custodians give shares as on their page.

The people, the uploads' rows and the deadline are played; sealing, submission, custody and opening are the platform's.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client

from bids import submission
from bids.bid_doors import sealing_of
from bids.sealing import bidder, custodian
from bids.upload import Part, Upload, place, write
from trading import arrival
from trading.ledger import merkle, sequencer

KEY = Ed25519PrivateKey.generate()
BATCH = 300  # shares in one request, as the custodian's page sends them


@dataclass
class Spent:
    """Seconds by what they were spent on, and bytes stored."""

    seconds: dict[str, float] = field(default_factory=dict)
    stored: int = 0

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count the time of what is done inside."""
        began = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - began


@dataclass(frozen=True)
class Entry:
    """What an enterprise bids, and when its envelope arrives (None: now)."""

    person: Any
    organisation: Any
    price: str
    document: bytes
    days: int = 360
    arrived: datetime | None = None


def submit(lot: Any, entries: Iterable[Entry], spent: Spent) -> dict[str, bytes]:
    """Seal, store and submit each bid; return the bids' keys by their numbers, which only the bidders have."""
    parameters, secrets = sealing_of(lot, AnonymousUser()), {}
    for entry in entries:
        with spent.on("sealing"):
            sealed = _sealed({**parameters, "bidder": f"U{entry.organisation.uscc}"}, entry)
        with spent.on("storing"):
            spent.stored += _store(lot, entry, sealed)
        with spent.on("submitting"), arrival.stamp(entry.arrived or arrival.moment()):
            submission.take(sealed.envelope, by=entry.person)
        secrets[sealed.bid] = sealed.rescue.encode()
    while sequencer.sequence_once() is not None:
        pass
    return secrets


def _sealed(parameters: dict[str, Any], entry: Entry) -> bidder.Sealed:
    items = {
        "price": entry.price,
        "duration_days": entry.days,
        "quality": "合格",
        "manager": {"name": "项目经理（演练）", "certificate": "演练建造师-01"},
        "deposit": {"form": "guarantee", "amount": "50000.00"},
        "discount": "",
        "consortium": [],
    }
    return bidder.seal(parameters, items, [bidder.document_of("投标函.pdf", entry.document)], KEY)


@transaction.atomic
def _store(lot: Any, entry: Entry, sealed: bidder.Sealed) -> int:
    upload = Upload.objects.create(pk=sealed.bid, lot=lot, organisation=entry.organisation, begun_by=entry.person)
    upload.refresh_from_db()
    rows = []
    for n, part in enumerate(sealed.parts):
        write(place(upload.pk, n), part)
        digest = hashlib.sha256(part).digest()
        rows.append(Part(upload=upload, n=n, size=len(part), sha256=digest, leaf_hash=merkle.leaf_hash(part)))
    Part.objects.bulk_create(rows)
    return sum(len(part) for part in sealed.parts)


def release(case: Any, opening_id: int, holder: str, elsewhere: ProcessPoolExecutor) -> int:
    """Give a custodian's shares over HTTP; its wraps are opened in another process, as in its browser."""
    browser, given = Client(SERVER_NAME="localhost"), 0
    browser.force_login(case.keepers[holder])
    path, after = f"/api/v1/openings/{opening_id}", 0
    while wraps := _json(browser.get(f"{path}/wraps/", {"holder": holder, "after": str(after)}))["wraps"]:
        opened = elsewhere.submit(custodian.open_wraps, wraps, holder, str(case.identities[holder])).result()
        for at in range(0, len(opened["shares"]), BATCH):
            body = {"holder": holder, "shares": opened["shares"][at : at + BATCH]}
            given += _json(browser.post(f"{path}/shares/", body, content_type="application/json"))["accepted"]
        after = max(wrap["number"] for wrap in wraps)
    return given


def read(opening_id: int) -> list[dict[str, Any]]:
    """Return the opening list as any visitor reads it."""
    answer = Client(SERVER_NAME="localhost").get(f"/api/v1/openings/{opening_id}/bids/")
    rows: list[dict[str, Any]] = _json(answer)["bids"]
    return rows


def _json(answer: Any) -> Any:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.content.decode()[:500]}")
    return json.loads(answer.content)
