"""The cut-off: the cosigned checkpoint of the ledger that says what was on the table before the last entropy."""

from datetime import datetime

from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.ledger import notes, proofs, witness
from trading.ledger.tables import AuditEvent


class NotWitnessed(RuleError):
    """No quorum of witnesses has seen the draw as it must be before the last entropy."""

    code = "not_witnessed"
    basis = "ggzy-draw/1, 3.6, 3.8"
    next_step = gettext_noop("Let the supervisor's witness cosign the ledger.")


def after(event: AuditEvent) -> int:
    """Return the size of the first cosigned checkpoint that holds `event`. Raises NotWitnessed."""
    if not witness.cosigned_after(event):
        raise NotWitnessed(gettext_noop("No witness has cosigned the close of the reveals yet; the dice must wait."))
    return proofs.cosigned_sizes(_place(event) + 1)[0]


def check_past(size: int, now: datetime) -> None:
    """Refuse the last entropy while the cosignatures bear a later time than `now`. Raises NotWitnessed."""
    if now.timestamp() < cosigned_at(size):
        raise NotWitnessed(
            gettext_noop("The witness's clock is ahead: the dice must wait until the moment of its cosignature.")
        )


def before(limit: int, event: AuditEvent) -> int:
    """Return the size of the last checkpoint that holds `event` and was cosigned by Unix time `limit`."""
    found = size_before(limit, event)
    if not found:
        raise NotWitnessed(gettext_noop("No witness had cosigned the commit record in time before the round."))
    return found


def size_before(limit: int, event: AuditEvent) -> int:
    """Return what `before` returns, or 0 where no checkpoint was cosigned in time."""
    sizes = proofs.cosigned_sizes(_place(event) + 1)
    return next((size for size in reversed(sizes) if cosigned_at(size) <= limit), 0)


def cosigned_at(size: int) -> int:
    """Return the Unix time by which the quorum of witnesses had cosigned this checkpoint."""
    note = notes.parse(proofs.note(size).encode())
    times = sorted(signature.time for signature in note.verified([one.key for one in witness.witnesses()]))
    return times[proofs.quorum() - 1]


def _place(event: AuditEvent) -> int:
    index = proofs.index_of(event)
    if index is None:
        raise NotWitnessed(gettext_noop("The ledger has not placed the act yet."))
    return index
