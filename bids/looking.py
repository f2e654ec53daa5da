"""Looking before the deadline: nobody sees a bid, nobody learns whether there is one, and who tries is on record.

招标投标法 22; 电子招标投标办法 27, 49. The refusal is the same whether there are bids or none.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from trading import clock
from trading.errors import RuleError
from trading.ledger import events, sealed
from trading.ledger.entries import Actor, Subject
from trading.ledger.tables import SealedEntry


class TooEarlyToLook(RuleError):
    """Somebody asked for the bids of a lot before they are opened."""

    code = "bids_secret"
    status = 403
    basis = "招标投标法 22; 电子招标投标办法 27"
    next_step = gettext_noop("The opening is public: come back when it begins.")


class NothingOpened(RuleError):
    """Somebody asked for the bids of an opening that failed: there is nothing to see, now or later."""

    code = "opening_failed"
    basis = "招标投标法 28; 政府采购法 36"
    next_step = gettext_noop("The notice of failure on the lot's page says why; the lot may be tendered again.")


def guard(opening: Any, person: Any, *, allowed: bool) -> None:
    """Refuse to show bids before the opening has begun; record who of the signed-in tried.

    Raises TooEarlyToLook; NothingOpened where the opening failed, which is no look at a secret.
    """
    if allowed:
        return
    if opening.state == "failed":
        raise NothingOpened(gettext_noop("The opening failed: no bid was read out, and none will be."))
    if person.is_authenticated:
        _record(opening, person)
    raise TooEarlyToLook(
        gettext_noop("Until the opening nobody can see the bids of this lot, or whether there are any."),
    )


def _record(opening: Any, person: Any) -> None:
    """Record the attempt, once an hour; sealed while the lot's secrets are, for it may tell who takes part."""
    role, code, moment = min(person.roles(), default="visitor"), opening.lot.code, clock.now()
    subject = Subject("look", f"{code}/u:{person.pk}/{moment:%Y%m%d%H}")
    with transaction.atomic():
        if SealedEntry.objects.filter(subject_type=subject.type, subject_id=subject.id).exists():
            return
        events.record(
            type="bids.look_refused",
            actor=Actor(id=f"u:{person.pk}", role=role, auth="pw"),
            subject=subject,
            tender=code,
            data={"state": opening.state},
            at=moment,
            sealed=sealed.is_open(code),
        )
