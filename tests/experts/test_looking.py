"""Looks at personal data: with a reason, by who is entitled, for ten minutes, on record without the data."""

from datetime import timedelta

import pytest

from experts.looking import OFFICIALS, Look
from tests import make
from tests.experts import people
from tests.refusals import refused
from trading import clock
from trading.errors import NotPermitted, RuleError
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
WHY = {"purpose": "inquiry", "reason": "投诉〔2026〕8号核查"}


def test_a_look_opens_the_data_and_the_ledger_does_not_say_whose(regulator):
    entry = people.admitted()
    look = perform(Look(expert=entry, **WHY).look, by=regulator)
    assert look.read(regulator) == vars(entry.personal)
    assert Look.objects.get().readings == 1
    said = leaf.decode(bytes(AuditEvent.objects.get(type="personal_look.granted").leaf))
    assert said["actor"] == {"id": f"u:{regulator.pk}", "role": "sector_regulator", "auth": "pw"}
    assert said["data"].keys() == {"expert", "purpose", "until"}
    assert entry.number not in str(said)
    assert WHY["reason"] not in str(said)


def test_a_look_needs_a_reason(regulator):
    look = Look(expert=people.admitted(), purpose="contact", reason="  x ")
    assert refused(look.look, "reason_missing", by=regulator).basis.startswith("GB/T 35273")


def test_who_may_look(regulator, discipline, expert):
    entry = people.admitted(by=expert)
    others = [make.user(role) for role in set(Role) - OFFICIALS - {Role.SECURITY_ADMIN}]
    for person in (regulator, discipline, expert):
        assert perform(Look(expert=entry, **WHY).look, by=person).state == "granted"
    for person in (*others, None):
        with pytest.raises(NotPermitted):
            perform(Look(expert=entry, **WHY).look, by=person)
    with pytest.raises(NotPermitted):
        perform(Look(expert=people.admitted(), **WHY).look, by=expert)


def test_a_look_is_over_after_ten_minutes_and_is_never_anothers(regulator, discipline):
    look = perform(Look(expert=people.admitted(), **WHY).look, by=regulator)
    with pytest.raises(RuleError) as caught:
        look.read(discipline)
    assert caught.value.code == "look_over"
    look.until = clock.now() - timedelta(seconds=1)
    with pytest.raises(RuleError):
        look.read(regulator)
    assert Look.objects.get().readings == 0
