"""The receipt, a promise signed at once that an entry will stand in the log within ten seconds; and the proof of it.

A broken promise (no proof in time) is a provable fault of the platform. The proof is a c2sp.org/tlog-proof@v1 text.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from trading.ledger import leaf, merkle, notes

DOMAIN = b"ptlog receipt v1\n"
DELAY_SECONDS = 10
PROOF_HEADER = "c2sp.org/tlog-proof@v1"


def sign(key: Ed25519PrivateKey, *, log: str, leaf_hash: bytes, at: str) -> dict[str, Any]:
    """Return the receipt of an entry: what is promised, the key and its signature."""
    receipt = {"v": 1, "log": log, "leaf_hash": notes.base64_text(leaf_hash), "at": at, "mmd_s": DELAY_SECONDS}
    signature = key.sign(DOMAIN + leaf.encode(receipt))
    return {
        "key": notes.base64_text(key.public_key().public_bytes_raw()),
        "receipt": receipt,
        "sig": notes.base64_text(signature),
    }


def verify(data: dict[str, Any], key: bytes) -> bytes:
    """Return the leaf hash that the holder of `key` promised to log. Raises NoteError."""
    try:
        promised = notes.unbase64(data["receipt"]["leaf_hash"])
        signature = notes.unbase64(data["sig"])
        message = DOMAIN + leaf.encode(data["receipt"])
    except (KeyError, TypeError, leaf.LeafError) as error:
        raise notes.NoteError("not a receipt") from error
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature as error:
        raise notes.NoteError("the receipt is not signed by this key") from error
    return promised


def to_text(data: dict[str, Any]) -> str:
    """Return the receipt as the file a person keeps: canonical JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True)
class Proof:
    """That a leaf hash stands at `index` of the tree of a checkpoint."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        path = "".join(f"{notes.base64_text(item)}\n" for item in self.path)
        return f"{PROOF_HEADER}\nindex {self.index}\n{path}\n{self.checkpoint}"


def parse_proof(text: str) -> Proof:
    """Return the proof that the text states. Raises NoteError."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != PROOF_HEADER or len(lines) < 2:
        raise notes.NoteError(f"a proof begins with {PROOF_HEADER}")
    word, _, index = lines[1].partition(" ")
    if word != "index" or not notes.NUMBER.fullmatch(index):
        raise notes.NoteError("a proof states its index")
    return Proof(int(index), tuple(notes.unbase64(line) for line in lines[2:]), checkpoint)


def verify_proof(
    proof: Proof,
    leaf_hash: bytes,
    log: notes.VerifyingKey,
    witnesses: Sequence[notes.VerifyingKey] = (),
    *,
    quorum: int = 0,
) -> int:
    """Return the size of the signed tree that holds `leaf_hash` at the proof's index. Raises NoteError."""
    checkpoint, note = notes.open_checkpoint(proof.checkpoint.encode(), log)
    if len(note.verified(witnesses)) < quorum:
        raise notes.NoteError(f"fewer than {quorum} witnesses cosigned the checkpoint of the proof")
    if not merkle.verify_inclusion(proof.index, checkpoint.size, leaf_hash, proof.path, checkpoint.root):
        raise notes.NoteError("the proof does not lead to the root of its checkpoint")
    return checkpoint.size
