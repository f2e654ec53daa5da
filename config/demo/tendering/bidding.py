"""Bids: sealed by the offline tool, uploaded part by part, made binding by a small envelope, replaced, refused late."""

import base64
import functools
import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bids.sealing import bidder
from bids.sealing.bidder import Sealed
from config.demo.client import Unexpected
from config.demo.tendering import preparing
from config.demo.tendering.clarifying import ENTERPRISES
from config.demo.tendering.preparing import Purchase
from config.demo.walk import Walk
from trading import money

SHARES_OF_CEILING = {"qiming": "0.9720", "changhong": "0.9565", "qingyuan": "0.9813"}
LAST_SECONDS = 3


def submit_all(walk: Walk, purchase: Purchase) -> None:
    """Three enterprises seal and submit; one of them replaces its bid."""
    walk.made["sealed"] = {}
    for username in ENTERPRISES:
        _submit(walk, purchase, username, money.to_cent(_price(purchase, username)))
    lower = money.to_cent(_price(purchase, "changhong") * 99 / 100)
    _submit(walk, purchase, "changhong", lower)


def pass_to_deadline(walk: Walk, purchase: Purchase) -> None:
    """The last seconds: somebody looks too early, the deadline passes, a late envelope is refused on record."""
    deadline = preparing.deadline(walk)
    walk.pass_exactly_to(deadline - timedelta(seconds=LAST_SECONDS))
    ask = functools.partial(walk.person("visitor").read, f"/lots/{walk.made['lot']}/opening/")
    walk.made["opening"] = walk.until_given(ask, "not_found")["id"]
    _look_early(walk)
    late = _seal(walk, purchase, "qiming", money.to_cent(_price(purchase, "qiming")))
    walk.until(lambda: walk.lot_now() >= deadline, LAST_SECONDS + 5)
    try:
        _send(walk, "qiming", late.envelope)
    except Unexpected as refusal:
        if refusal.code != "bid_late":
            raise
        walk.tell("qiming", f"comes too late with another envelope: refused, {refusal.code}; the refusal is on record")


def _price(purchase: Purchase, username: str) -> Any:
    return Decimal(purchase.ceiling) * Decimal(SHARES_OF_CEILING[username])


def _seal(walk: Walk, purchase: Purchase, username: str, price: Any) -> Sealed:
    parameters = walk.person(username).read(f"/lots/{walk.made['lot']}/sealing/")
    current = parameters["current"]
    items = {
        "price": str(price),
        "duration_days": 360,
        "quality": "合格",
        "manager": {"name": "项目经理（演练）", "certificate": f"演练建造师-{username}"},
        "deposit": {"form": "guarantee", "amount": purchase.deposit},
        "discount": "",
        "consortium": [],
    }
    document = bidder.document_of("投标函.pdf", preparing.DOCUMENT + username.encode())
    seq, before = (current["seq"] + 1, current["leaf_hash"]) if current else (1, None)
    return bidder.seal(parameters, items, [document], Ed25519PrivateKey.generate(), seq=seq, supersedes=before)


def _submit(walk: Walk, purchase: Purchase, username: str, price: Any) -> None:
    person, sealed = walk.person(username), _seal(walk, purchase, username, price)
    uploads = f"/lots/{walk.made['lot']}/uploads/"
    person.send("POST", uploads, json={"id": sealed.bid, "organisation": person.codes["bidder"]})
    for n, part in enumerate(sealed.parts):
        digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
        headers = {"Content-Digest": f"sha-256=:{digest}:", "Content-Type": "application/octet-stream"}
        person.send("PUT", f"/uploads/{sealed.bid}/parts/{n}/", content=part, headers=headers)
    answer = _send(walk, username, sealed.envelope)
    walk.made["sealed"][username] = sealed
    size = sum(len(part) for part in sealed.parts)
    walk.tell(username, f"submits a sealed bid of {size} bytes, version {answer['seq']}; the receipt came at once")


def _send(walk: Walk, username: str, envelope: bytes) -> Any:
    return walk.person(username).send(
        "POST", "/envelopes/", content=envelope, headers={"Content-Type": "application/json"}
    )


def _look_early(walk: Walk) -> None:
    try:
        walk.person("centre").read(f"/openings/{walk.made['opening']}/bids/")
    except Unexpected as refusal:
        if refusal.code != "bids_secret":
            raise
        walk.tell("centre", "tries to look before the opening: refused, and on record")
