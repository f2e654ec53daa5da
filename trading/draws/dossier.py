"""The evidence folder of a finished draw, gathered from the database and the ledger."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop

from trading.draws import cutoff, evidence, leaves
from trading.draws.committing import State
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.ledger import export, finding, merkle, proofs, witness
from trading.ledger.tables import AuditEvent, SealedEntry

Opener = Callable[[Draw], list[dict[str, Any]]]
OPENERS: dict[str, Opener] = {}  # by purpose: what opens the leaves of seated and skipped, lent by who knows them


def files_of(draw: Draw) -> dict[str, bytes]:
    """Return the files of a draw's evidence. Raises RuleError while there is no result, NotWitnessed while unseen."""
    if draw.state != State.DRAWN:
        raise RuleError(gettext_noop("The draw has no result yet."), code="not_drawn")
    return evidence.folder(
        evidence.Evidence(
            commit=draw.record.encode(),
            list_file=draw.list_file.encode(),
            exclusions=draw.exclusions_file.encode(),
            sources=draw.given(),
            outcome=evidence.Outcome(bytes.fromhex(draw.seed), draw.ranking(), beacon_of(draw), draw.result),
            ledger=ledger_view(draw),
            rehearsal=draw.lot.rehearsal,
            demonstration=witness.is_demonstration(),
            openings=openings_of(draw),
        )
    )


def openings_of(draw: Draw) -> list[dict[str, Any]]:
    """Return `{id, salt, expert_id, attrs}` of everybody drawn or passed over, once the committee is no secret.

    Raises Malformed where one does not hash to its leaf.
    """
    if draw.purpose not in OPENERS or draw.secret_scope():
        return []
    given = OPENERS[draw.purpose](draw)
    for one in given:
        leaves.check_opening(draw.suite, one)
    return sorted(given, key=lambda one: str(one["id"]))


def beacon_of(draw: Draw) -> dict[str, Any]:
    """Return the last source with its value and what proves it."""
    return {**draw.beacon, "value": draw.beacon_value, **draw.beacon_proof}


def ledger_view(draw: Draw) -> evidence.LedgerView:
    """Return what the ledger proves of this draw and of the void ones before it."""
    events = list(events_of(draw))
    size = cutoff.after(events[-1])
    reader, cut_off = proofs.reader(), draw.cut_off_size or 0
    entries = []
    for event in events:
        index = proofs.index_of(event) or 0
        path = merkle.inclusion(reader, index, size)
        entries.append(evidence.LedgerEntry(index, bytes(event.leaf), path, *sealed_in(event)))
    return evidence.LedgerView(
        entries=entries,
        cut_off=proofs.note(cut_off),
        checkpoint=proofs.note(size),
        consistency=merkle.consistency(reader, cut_off, size),
        keys=export.public_keys(),
    )


def events_of(draw: Draw) -> "list[AuditEvent]":
    """Return the ledger events of every draw of this list so far, and the record that its first follows; oldest first.

    That is the commit record of a draw of an earlier lot, which this one takes the place of.
    """
    stem = draw.draw_id.rsplit("/", 1)[0]
    own = finding.about("draw", [f"{stem}/{number}" for number in range(1, draw.seq + 1)])
    first = Draw.objects.get(lot=draw.lot, purpose=draw.purpose, seq=1)
    before = Draw.objects.filter(commit_hash=first.prev).exclude(commit_hash="").values_list("draw_id", flat=True)
    return [*finding.about("draw", list(before), "draw.committed"), *own]


def sealed_in(event: AuditEvent) -> tuple[bytes, bytes]:
    """Return what a sealed entry holds and its salt, or nothing of an entry that everybody can read."""
    kept = SealedEntry.objects.filter(event=event).first()
    return (bytes(kept.inner), bytes(kept.salt)) if kept else (b"", b"")
