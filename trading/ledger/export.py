"""The export: the whole log as files that verify_ledger.py checks offline, years later and without the platform.

The static layout, the public keys, every checkpoint that witnesses cosigned with the proofs between them, and an
example of a receipt with its proof.
"""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

from trading.ledger import keys, merkle, notes, promise, proofs, publish, receipts, witness
from trading.ledger.tables import LedgerFault, LogLeaf


class NothingCosigned(LedgerFault):
    """No checkpoint has the quorum of witnesses: there is nothing that an export could prove."""


def public_keys() -> str:
    """Return the keys that a verifier pins, as the text of keys.json."""
    listed = {
        "origin": keys.origin(),
        "log": [keys.log_key().verifying.text()],
        "witnesses": [each.key.text() for each in witness.witnesses()],
        "quorum": proofs.quorum(),
        "receipt_key": notes.base64_text(keys.receipt_key().public_key().public_bytes_raw()),
    }
    return json.dumps(listed, indent=1, ensure_ascii=False)


def export(folder: Path, upto: int | None = None) -> int:
    """Write the log up to the newest cosigned size (at most `upto`) into an empty folder; return that size.

    Raises NothingCosigned, or LedgerFault if the folder holds something.
    """
    sizes = [size for size in proofs.cosigned_sizes() if upto is None or size <= upto]
    if not sizes:
        raise NothingCosigned("no checkpoint is cosigned yet: there is nothing that an export could prove")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise LedgerFault(f"{folder} is not empty")
    for size in sizes:
        publish.write_tiles(folder, publish.edge(size))
        publish.write(folder / f"checkpoint.{size}", proofs.note(size).encode())
    publish.write_tiles(folder, merkle.all_tiles(sizes[-1]))
    publish.write(folder / "keys.json", public_keys().encode())
    publish.write(folder / "consistency.json", consistency(sizes).encode())
    write_examples(folder, sizes)
    publish.write(folder / "checkpoint", proofs.note(sizes[-1]).encode())
    return sizes[-1]


def consistency(sizes: Sequence[int]) -> str:
    """Return the proofs from each kept checkpoint to the next, as the text of consistency.json."""
    read = proofs.reader()
    listed = [
        {
            "size1": old,
            "size2": new,
            "root1": notes.base64_text(merkle.tree_root(read, old)),
            "root2": notes.base64_text(merkle.tree_root(read, new)),
            "proof": [notes.base64_text(item) for item in merkle.consistency(read, old, new)],
        }
        for old, new in itertools.pairwise(sizes)
    ]
    return json.dumps(listed, indent=1)


def write_examples(folder: Path, sizes: Sequence[int]) -> None:
    """Write the first entry, and the receipt and the proof of the last one."""
    first, last = (LogLeaf.objects.select_related("event").get(idx=idx) for idx in (0, sizes[-1] - 1))
    publish.write(folder / "leaf0.txt", bytes(first.event.leaf))
    publish.write(folder / "example.receipt.json", promise.to_text(receipts.promised(last.event)).encode())
    publish.write(folder / "example.tlog-proof", proofs.proof(last.idx, sizes[-1]).text().encode())
