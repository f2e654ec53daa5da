"""Sealed bids made for the tests, from fixed randomness, and the published vectors."""

import base64
import hashlib
import itertools
import json
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, settings

from bids.sealing import age, encryption, envelope, shares
from bids.sealing.admission import Expected, Part
from trading.ledger import merkle

VECTORS = Path(__file__).parents[2] / "vectors" / "sealing"
TENDER, LOT, BID, BIDDER = "E3302002611220001001", 1, "0192f0e4-7f6e-7c3a-9d9b-000000000001", "U91330100MA0000000X"
CREATED = "2026-11-22T07:48:23.169Z"
SETS = {
    "T": (("agency", "supervisor"), ("agency", "backup"), ("supervisor", "backup")),
    "TB": (("agency", "supervisor", "bidder"), ("agency", "backup", "bidder"), ("supervisor", "backup", "bidder")),
}
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the tests share two cores
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def chance(seed=b"fixed"):
    """Return a source of bytes that is always the same."""
    numbers = itertools.count()
    return lambda size: hashlib.shake_256(seed + str(next(numbers)).encode()).digest(size)


def public_of(secret):
    key = X25519PrivateKey.from_private_bytes(secret).public_key()
    return age.encode_recipient(key.public_bytes_raw())


SECRETS = {holder: hashlib.sha256(holder.encode()).digest() for holder in ("agency", "supervisor", "backup")}
CUSTODIANS = {holder: public_of(secret) for holder, secret in SECRETS.items()}


@dataclass(frozen=True)
class Bid:
    """A sealed bid: what is sent, and what stays with the bidder and the custodians."""

    secret: bytes
    own: bytes
    cipher: bytes
    parts: tuple[bytes, ...]
    body: dict[str, Any]
    given: tuple[dict[str, bytes], ...]

    @property
    def text(self):
        return envelope.sign(self.body, SIGNER)

    @property
    def stored(self):
        return tuple(Part(n, len(part), merkle.leaf_hash(part)) for n, part in enumerate(self.parts))

    @property
    def head(self):
        return self.parts[0][: age.HEAD_BYTES]


def bid(mode="TB", content=b"x" * 65_536, seq=1):
    draw = chance(mode.encode())
    secret, own = draw(32), draw(32)
    cipher = b"".join(encryption.encrypt([content], public_of(secret), draw))
    parts = tuple(cipher[at : at + envelope.PART] for at in range(0, len(cipher), envelope.PART))
    given = tuple(shares.split(secret, holders, draw, own=own) for holders in SETS[mode])
    body = body_of(mode, public_of(secret), cipher, parts, seq)
    body["access"] = [
        [access(number, holder, share, seq, draw) for holder, share in of.items()] for number, of in enumerate(given)
    ]
    return Bid(secret, own, cipher, parts, body, given)


def body_of(mode, recipient, cipher, parts, seq):
    root = merkle.root([merkle.leaf_hash(part) for part in parts])
    return {
        "v": "ptseal/1",
        "tender": TENDER,
        "lot": LOT,
        "bid": BID,
        "bidder": BIDDER,
        "seq": seq,
        **({} if seq == 1 else {"supersedes": text64(bytes(32))}),
        "mode": mode,
        "recipient": recipient,
        "ciphertext": {"format": age.FORMAT, "size": len(cipher), "part": envelope.PART, "root": text64(root)},
        "created": CREATED,
    }


def access(number, holder, share, seq, draw):
    place = shares.label(TENDER, BID, seq, number, holder)
    entry = {"holder": holder, "commit": text64(shares.commit(place, share))}
    if holder in CUSTODIANS:
        entry["wrap"] = text64(encryption.wrap(place + share, CUSTODIANS[holder], draw))
    return entry


def withdrawal(**changes):
    common = {"v": "ptseal/1", "kind": "withdraw", "tender": TENDER, "lot": LOT, "bid": BID, "bidder": BIDDER}
    return {**common, "seq": 2, "supersedes": text64(bytes(32)), "created": CREATED, **changes}


def expected(mode="TB", **changes):
    known = Expected(tender=TENDER, lot=LOT, bidder=BIDDER, bid=BID, mode=mode, sets=SETS[mode], max_bytes=300 * 2**20)
    return replace(known, **changes)


def text64(data):
    return base64.b64encode(data).decode()


def testkit():
    """Return {name: (what age must do, the file, the lines that say more)} of the published test kit."""
    cases = {}
    for vector in json.loads((VECTORS / "age_testkit_subset.json").read_text())["vectors"]:
        head, _, file = base64.b64decode(vector["file_base64"]).partition(b"\n\n")
        said = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
        if said.get("compressed") == "zlib":
            file = zlib.decompress(file)
        cases[vector["name"]] = said["expect"], file, said
    return cases
