"""An entry of the ledger as people read it: what happened in words, and its proof as a path drawn step by step."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trading.ledger import leaf, merkle, sealed
from trading.ledger.tables import LogLeaf
from trading.party import Role
from trading.transitions import Machine, acts_of

OWN = {
    leaf.SEALED_TYPE: _("Sealed entry"),
    sealed.STARTED: _("A lot begins to take secret acts"),
    sealed.ENDED: _("A lot's secret time ends"),
    sealed.OPENED: _("A sealed entry is opened"),
}
ROLES = {**dict(Role.choices), "clock": _("The clock"), "host": _("Host"), "visitor": _("Visitor"), "-": _("Nobody")}


@dataclass(frozen=True)
class EntryView:
    """What a page shows of an entry; `members` is a view of the bytes, which are the evidence."""

    index: int
    type: str
    words: str
    at: str
    role: str
    subject: str
    noun: str
    lot: str
    leaf_hash: str
    size: int
    rehearsal: bool
    members: dict[str, Any]
    text: str

    @property
    def sealed(self) -> bool:
        return self.type == leaf.SEALED_TYPE


@functools.cache
def labels() -> dict[str, str]:
    """Return the label of every act by the type of its entry."""
    machines = [model for model in apps.get_models() if issubclass(model, Machine)]
    return {act["event"]: act["label"] for model in machines for act in acts_of(model).values()}


def words_of(kind: str) -> str:
    """Return what an entry's type is called."""
    if kind in OWN:
        return str(OWN[kind])
    return gettext(labels()[kind]) if kind in labels() else kind


def view_of(row: LogLeaf, inner: bytes = b"") -> EntryView:
    """Return an entry as a page shows it; `inner` is what was sealed, for those who may know it."""
    raw = inner or bytes(row.event.leaf)
    members = leaf.decode(raw)
    return EntryView(
        index=row.idx,
        type=members["type"],
        words=words_of(members["type"]),
        at=members["at"],
        role=str(ROLES.get(members["actor"]["role"], members["actor"]["role"])),
        subject=members["subject"]["id"],
        noun=members["subject"]["type"],
        lot=members["tender"] or "",
        leaf_hash=bytes(row.event.leaf_hash).hex(),
        size=len(raw),
        rehearsal=is_rehearsal(members),
        members=members,
        text=json.dumps(members, ensure_ascii=False, indent=2, sort_keys=True),
    )


def is_rehearsal(members: dict[str, Any]) -> bool:
    """Say whether the entry, or the one that it opens, belongs to a rehearsal."""
    data = members["data"]
    if members["type"] == sealed.OPENED:
        return '"rehearsal":true' in data["inner"]
    return data.get("rehearsal") is True


@dataclass(frozen=True)
class ProofStep:
    """One step of a proof: the neighbour, on which side it stands, and the hash of both."""

    left: bool
    neighbour: str
    result: str


def proof_steps(index: int, size: int, start: bytes, path: Sequence[bytes]) -> list[ProofStep]:
    """Return the steps from a leaf hash to the root (RFC 9162, 2.1.3.2)."""
    steps, last, result = [], size - 1, start
    for item in path:
        left = bool(index & 1) or index == last
        result = merkle.node_hash(item, result) if left else merkle.node_hash(result, item)
        steps.append(ProofStep(left, item.hex(), result.hex()))
        while left and not index & 1 and index:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return steps
