"""Asking the witnesses: their cosignatures make it provable that nobody was shown another log.

Without a configured witness a demonstration witness answers, with a key of its own beside the log's; it proves nothing
to a stranger, and its name says what it is.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings
from django.db import transaction

from trading.ledger import keys, merkle, notes, proofs, publish, witness_program
from trading.ledger.tables import AuditEvent, LedgerFault, LogAnchor, LogCheckpoint

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 30
DEMONSTRATION = "demonstration"
BY_FILE = "file"


class Unreachable(Exception):
    """A witness gave no usable answer; the log goes on and the alarm is raised."""


@dataclass(frozen=True)
class Witness:
    """A witness: its key and where it answers, an address, "file" or "demonstration"."""

    key: notes.VerifyingKey
    address: str

    def send(self, request: str) -> tuple[int, str]:
        """Return the status and the body of the witness's answer. Raises Unreachable."""
        if self.address == DEMONSTRATION:
            return demonstration().answer(request.encode())
        try:
            answer = httpx.post(f"{self.address}/add-checkpoint", content=request.encode(), timeout=TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise Unreachable(f"{self.key.name}: {error}") from error
        return answer.status_code, answer.text


def demonstration() -> witness_program.Witness:
    key = keys.demonstration_key()
    watched = witness_program.Log.parse(keys.log_key().verifying.text())
    return witness_program.Witness(key.name, key.seed, [watched], keys.folder() / "demonstration-witness")


def witnesses() -> list[Witness]:
    """Return the configured witnesses, else the demonstration witness."""
    given = settings.LEDGER.get("WITNESSES") or ()
    if not given:
        return [Witness(keys.demonstration_key().verifying, DEMONSTRATION)]
    return [Witness(notes.parse_key(key), address) for address, key in given]


def is_demonstration() -> bool:
    """Return whether only the built-in witness watches, which every page must say."""
    return not settings.LEDGER.get("WITNESSES")


def cosign() -> LogCheckpoint | None:
    """Have the newest checkpoint cosigned; return it if the quorum did.

    Raises LedgerFault if a witness saw another log. Only what is committed may be shown to a witness, so this cannot
    run inside a transaction.
    """
    with transaction.atomic(durable=True):
        newest = proofs.head()
    if newest is None:
        return None
    publish.publish()
    collect(newest)
    if newest.size not in proofs.cosigned_sizes(newest.size):
        log.error("Checkpoint %d has not the quorum of %d witnesses.", newest.size, proofs.quorum())
        return None
    publish.keep(newest.size)
    return newest


def collect(checkpoint: LogCheckpoint) -> None:
    """Ask every witness that answers by itself and has not cosigned yet. Raises LedgerFault."""
    done = set(LogAnchor.objects.filter(checkpoint=checkpoint).values_list("name", flat=True))
    for witness in witnesses():
        if witness.key.name in done or witness.address == BY_FILE:
            continue
        try:
            keep(witness, checkpoint, ask(witness, checkpoint, old_size(witness)))
        except (Unreachable, notes.NoteError):
            log.exception("A witness gave no cosignature.")


def old_size(witness: Witness) -> int:
    """Return the size this witness last cosigned, as far as we know."""
    anchors = LogAnchor.objects.filter(kind=LogAnchor.Kind.WITNESS, name=witness.key.name)
    return anchors.order_by("-checkpoint_id").values_list("checkpoint_id", flat=True).first() or 0


def request(checkpoint: LogCheckpoint, old: int) -> str:
    """Return the add-checkpoint request for a witness that last cosigned size `old`."""
    proof = merkle.consistency(proofs.reader(), old, checkpoint.size)
    lines = "".join(f"{notes.base64_text(item)}\n" for item in proof)
    return f"old {old}\n{lines}\n{checkpoint.note}"


def ask(witness: Witness, checkpoint: LogCheckpoint, old: int) -> str:
    """Return the witness's signature line. Raises Unreachable, or LedgerFault if it has seen another log."""
    status, body = witness.send(request(checkpoint, old))
    if status == 409 and body.strip().isdecimal() and int(body) != old:
        seen = int(body)
        if seen > checkpoint.size:
            raise LedgerFault(
                f"{witness.key.name} has seen {seen} entries, this log has {checkpoint.size}: it went back"
            )
        status, body = witness.send(request(checkpoint, seen))
    if status in {409, 422}:
        raise LedgerFault(f"{witness.key.name} has seen another log than this one: {body.strip()}")
    if status != 200:
        raise Unreachable(f"{witness.key.name} answered {status}: {body.strip()}")
    return body


def keep(witness: Witness, checkpoint: LogCheckpoint, lines: str) -> None:
    """Keep a witness's signature line after checking it. Raises NoteError."""
    note = notes.parse(f"{checkpoint.note}{lines}".encode())
    signature = next(iter(note.verified([witness.key])), None)
    if signature is None:
        raise notes.NoteError(f"no signature of {witness.key.name} in its answer")
    LogAnchor.objects.get_or_create(
        checkpoint=checkpoint,
        kind=LogAnchor.Kind.WITNESS,
        name=witness.key.name,
        defaults={"body": signature.line().encode()},
    )


def cosigned_after(event: AuditEvent) -> bool:
    """Return whether a checkpoint with the quorum of witnesses holds this event."""
    return proofs.cosigned_after(event)


def write_request(witness: Witness, path: Path) -> LogCheckpoint:
    """Write the request for a witness without a network to a file. Raises LedgerFault if the log is empty."""
    newest = proofs.head()
    if newest is None:
        raise LedgerFault("the log has no checkpoint yet")
    path.write_text(request(newest, old_size(witness)))
    return newest


def read_response(witness: Witness, size: int, path: Path) -> bool:
    """Take a witness's answer from a file; return whether the checkpoint has its quorum now. Raises LedgerFault."""
    status, _, body = path.read_text().partition("\n")
    if status != "200":
        raise LedgerFault(f"{witness.key.name} answered {status}: {body.strip()}")
    keep(witness, LogCheckpoint.objects.get(size=size), body)
    if size not in proofs.cosigned_sizes(size):
        return False
    publish.keep(size)
    return True
