"""The guard before every signature: a log that was rolled back, by a restored backup say, must never be continued.

It compares the database's tree with the newest published checkpoint, with what the witnesses have seen, and with what
this process signed last. After a restore the published entries are replayed first; see docs/ledger.md.
"""

from pathlib import Path

from django.conf import settings

from trading.ledger import keys, merkle, notes, proofs, witness
from trading.ledger.tables import LedgerFault, LogCheckpoint, LogLeaf

checked: set[str] = set()
signed: dict[str, tuple[int, bytes]] = {}


def place() -> str:
    return str(settings.LEDGER["DIR"])


def check() -> None:
    """Once in a process, raise LedgerFault unless our tree extends what was published and what the witnesses saw."""
    if place() in checked:
        return
    check_published()
    newest = proofs.head()
    if newest is not None:
        witness.collect(newest)
    else:
        check_unseen()
    checked.add(place())


def check_published() -> None:
    path = Path(place()) / "checkpoint"
    if not path.exists():
        return
    try:
        published, _ = notes.open_checkpoint(path.read_bytes(), keys.log_key().verifying)
    except notes.NoteError as error:
        raise LedgerFault(f"{path} is not a checkpoint of this log: {error}") from error
    newest = proofs.head()
    size = newest.size if newest else 0
    if published.size > size:
        raise LedgerFault(f"{published.size} entries are published, the database has {size}: it went back")
    if merkle.tree_root(proofs.reader(), published.size) != published.root:
        raise LedgerFault(f"the published checkpoint {published.size} is not of this tree: the log has forked")


def check_unseen() -> None:
    """Raise LedgerFault if a witness has cosigned entries of this log while the database holds none."""
    text = notes.Checkpoint(keys.origin(), 0, merkle.EMPTY).text()
    empty = LogCheckpoint(size=0, root=merkle.EMPTY, note=notes.compose(text, [keys.log_key().sign(text)]))
    for each in witness.witnesses():
        if each.address == witness.DEMONSTRATION:
            witness.ask(each, empty, 0)


def check_growth(newest: LogCheckpoint | None) -> None:
    """Raise LedgerFault unless the newest checkpoint is the end of the log and not older than our last signature."""
    size = newest.size if newest else 0
    last = LogLeaf.objects.order_by("-idx").values_list("idx", flat=True).first()
    if size != (0 if last is None else last + 1):
        raise LedgerFault(f"the last checkpoint has {size} entries, the last index is {last}")
    known_size, known_root = signed.get(place(), (0, b""))
    if size < known_size or (newest and size == known_size and bytes(newest.root) != known_root):
        raise LedgerFault(f"{known_size} entries were signed, the database has {size}: it went back")


def remember(checkpoint: LogCheckpoint) -> None:
    """Note what was signed and committed."""
    if checkpoint.size > signed.get(place(), (0, b""))[0]:
        signed[place()] = checkpoint.size, bytes(checkpoint.root)
