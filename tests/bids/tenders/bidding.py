"""Bids made for the tests, sealed to a case's custodians as a browser would, and handed in over HTTP."""

import base64
import hashlib
import io
import json
import os
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.test import Client

from bids import custody
from bids.sealing import age, encryption, envelope, shares
from tests import make
from trading import money
from trading.ledger import merkle
from trading.party import Role

CREATED = "2026-03-20T07:48:23.169Z"


def text64(data):
    return base64.b64encode(data).decode()


@dataclass
class Sealed:
    """A sealed bid: what is sent, and what stays with the bidder."""

    number: str
    secret: bytes
    own: bytes
    parts: list[bytes]
    body: dict[str, Any]
    key: Ed25519PrivateKey

    @property
    def text(self):
        return envelope.sign(self.body, self.key)

    @property
    def root(self):
        return merkle.root([merkle.leaf_hash(part) for part in self.parts])


def seal(case, organisation, content=b"x" * 65_536, *, seq=1, supersedes=""):
    """Seal `content` for the case's lot in the name of an enterprise."""
    secret, own, number = os.urandom(32), os.urandom(32), str(uuid.uuid4())
    recipient = age.encode_recipient(X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())
    cipher = b"".join(encryption.encrypt([content], recipient, os.urandom))
    parts = [cipher[at : at + envelope.PART] for at in range(0, len(cipher), envelope.PART)]
    body = {
        **common(case, organisation, number, seq, supersedes),
        "mode": case.tender.mode,
        "recipient": recipient,
        "ciphertext": {
            "format": age.FORMAT,
            "size": len(cipher),
            "part": envelope.PART,
            "root": text64(merkle.root([merkle.leaf_hash(part) for part in parts])),
        },
        "access": access(case, number, seq, secret, own),
    }
    return Sealed(number, secret, own, parts, body, Ed25519PrivateKey.generate())


def common(case, organisation, number, seq, supersedes):
    code = case.lot.code
    return {
        "v": "ptseal/1",
        "tender": code[:-3],
        "lot": int(code[-3:]),
        "bid": number,
        "bidder": f"U{organisation.uscc}",
        "seq": seq,
        **({"supersedes": supersedes} if supersedes else {}),
        "created": CREATED,
    }


def access(case, number, seq, secret, own):
    recipients = {row["holder"]: row["recipient"] for row in custody.published(case.lot)}
    tender = case.lot.code[:-3]
    made = []
    for position, holders in enumerate(custody.sets_of(case.tender.mode)):
        given = shares.split(secret, holders, os.urandom, own=own)
        entries = []
        for holder in holders:
            place = shares.label(tender, number, seq, position, holder)
            entry = {"holder": holder, "commit": text64(shares.commit(place, given[holder]))}
            if holder in recipients:
                entry["wrap"] = text64(encryption.wrap(place + given[holder], recipients[holder], os.urandom))
            entries.append(entry)
        made.append(entries)
    return made


def withdrawal(case, organisation, number, seq, supersedes):
    """Return the text of a signed withdrawal."""
    body = {**common(case, organisation, number, seq, supersedes), "kind": "withdraw"}
    return envelope.sign(body, Ed25519PrivateKey.generate())


@dataclass
class Bidder:
    """An enterprise, its person and its browser."""

    organisation: object
    person: object
    browser: Client

    def begin(self, case, number):
        body = {"id": number, "organisation": self.organisation.uscc}
        return self.browser.post(f"/api/v1/lots/{case.lot.code}/uploads/", body, content_type="application/json")

    def put(self, number, n, data, digest=None):
        digest = text64(digest or hashlib.sha256(data).digest())
        return self.browser.put(
            f"/api/v1/uploads/{number}/parts/{n}/",
            data,
            content_type="application/octet-stream",
            headers={"Content-Digest": f"sha-256=:{digest}:"},
        )

    def upload(self, case, sealed):
        assert self.begin(case, sealed.number).status_code == 201
        for n, part in enumerate(sealed.parts):
            assert self.put(sealed.number, n, part).status_code == 201

    def submit(self, text):
        self.browser.force_login(self.person)  # the clock of a test jumps past the idle time
        return self.browser.post("/api/v1/envelopes/", text, content_type="application/json")

    def bid(self, case, content=b"x" * 65_536, **options):
        """Seal, upload and submit; return the sealed bid and the answer."""
        sealed = seal(case, self.organisation, content, **options)
        self.upload(case, sealed)
        return sealed, self.submit(sealed.text)


def bidder(name="建筑工程有限公司", **facts):
    organisation = make.organisation(name, **facts)
    person = make.user(Role.BIDDER, of=organisation)
    browser = Client()
    browser.force_login(person)
    return Bidder(organisation, person, browser)


def content_of(case, organisation, price="4800000.00", **changes):
    """Return the archive of a bid: bid.json with what is read out, and a document."""
    document = b"%PDF-1.7 " + organisation.uscc.encode()
    code = case.lot.code
    items = {
        "v": "bid/1",
        "tender": code[:-3],
        "lot": int(code[-3:]),
        "bidder": f"U{organisation.uscc}",
        "price": price,
        "price_words": money.in_words(money.parse(price)),
        "duration_days": 360,
        "quality": "合格",
        "manager": {"name": "王建国", "certificate": "川151201520266"},
        "deposit": {"form": "guarantee", "amount": "50000.00"},
        "discount": "",
        "consortium": [],
        "files": [
            {"name": "投标函.pdf", "size": len(document), "sha256": hashlib.sha256(document).hexdigest()},
        ],
        **changes,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bid.json", json.dumps(items, ensure_ascii=False))
        archive.writestr("投标函.pdf", document)
        archive.comment = b"\0" * (-(file.tell() + 300) % 1000)
    return file.getvalue()
