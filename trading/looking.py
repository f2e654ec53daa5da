"""Looking at a committee before its time: whoever is signed in and asks for its sessions or its draw is on record.

The answer is the same as for what does not exist; the entry is sealed with the committee's own, and whoever watches the
platform is warned without a word about whose committee it was (招标投标法 37, 52; 评标委员会和评标方法暂行规定 8).
"""

import logging
from typing import Any

from django.db import transaction

from trading import clock
from trading.ledger import events, finding
from trading.ledger.entries import Actor, Subject

log = logging.getLogger(__name__)
NOUN, TYPE = "committee_look", "committee.look_refused"


def note(record: Any, person: Any) -> None:
    """Record, once an hour, that a person asked for a record that is secret; nothing for one that is not, or is not."""
    scope = record.secret_scope() if record is not None else ""
    if not scope or not person.is_authenticated:
        return
    moment, code = clock.now(), record.ledger_lot().code
    subject = Subject(NOUN, f"{code}/u:{person.pk}/{moment:%Y%m%d%H}")
    actor = Actor(id=f"u:{person.pk}", role=min(person.roles(), default="visitor"), auth="pw")
    with transaction.atomic():
        if finding.about(NOUN, [subject.id]).exists():
            return
        events.record(
            type=TYPE,
            actor=actor,
            subject=subject,
            tender=code,
            data={"of": record.noun},
            at=moment,
            sealed=scope,
        )
    log.warning("Somebody asked for what a committee does before its time; the sealed entry says who.")
