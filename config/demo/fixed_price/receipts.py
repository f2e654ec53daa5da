"""The three enterprises check their receipts: signed by the ledger, kept by it, and about their own registration."""

import hashlib
import json
from typing import Any

from config.demo.client import Unexpected
from config.demo.walk import Walk
from trading.ledger import leaf, merkle, notes, promise


def check(walk: Walk) -> None:
    """Each finds its sealed entry in the public log and follows the proof to a signed checkpoint."""
    keys = json.loads(walk.person("visitor").fetch("/ledger/keys.json"))
    for username, number in walk.made["registrations"].items():
        receipt = json.loads(walk.person(username).fetch(f"/registrations/{number}/receipt.json"))
        try:
            index, size = _proven(walk, receipt, keys)
        except notes.NoteError as fault:
            raise Unexpected(f"The receipt of {username} does not hold: {fault}") from fault
        if walk.person(username).codes["bidder"] not in _opened(receipt):
            raise Unexpected(f"The receipt of {username} is about somebody else")
        walk.tell(username, f"checks the receipt: entry {index} of a signed tree of {size} is this registration")


def _proven(walk: Walk, receipt: dict[str, Any], keys: dict[str, Any]) -> tuple[int, int]:
    digest = promise.verify(receipt, notes.unbase64(keys["receipt_key"]))
    place = walk.person("visitor").redirected(f"/ledger/?q={digest.hex()}")
    proof = promise.parse_proof(walk.person("visitor").fetch(f"{place}proof.txt").decode())
    return proof.index, promise.verify_proof(proof, digest, notes.parse_key(keys["log"][0]))


def _opened(receipt: dict[str, Any]) -> str:
    """Return what was sealed, having checked that it is what the entry in the log commits to."""
    private, entry = receipt["sealed"], receipt["leaf"].encode()
    sealed: bytes = leaf.SEALED_DOMAIN + bytes.fromhex(private["salt"]) + private["inner"].encode()
    same = json.loads(entry)["data"]["c"] == hashlib.sha256(sealed).hexdigest()
    if not same or merkle.leaf_hash(entry) != notes.unbase64(receipt["receipt"]["leaf_hash"]):
        raise notes.NoteError("what it holds is not what was sealed")
    return str(private["inner"])
