"""What arrived before the close counts although it waited; what changed while it waited is seen (integrity.md, 3.2)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from bids.registration import ParticipantNotice, Registration, RegistrationWindow
from tests import make
from tests.services.together import at_once
from trading import clock
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role
from trading.transitions import lock_lot, perform

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def lot():
    """A lot that takes registrations for some seconds from now."""
    made = make.lot()
    notice = perform(ParticipantNotice(number="2026-1", text="须知").publish, by=make.user(Role.SECTOR_REGULATOR))
    now = clock.now()
    RegistrationWindow.objects.create(
        lot=made, opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1), participant_notice=notice
    )
    return made


@pytest.fixture
def registering(lot):
    """A registration of an enterprise with its person, not sent yet; lot and window are read already."""
    person = make.user(Role.BIDDER)
    facts = {"grade": "三级", "manager_name": "王工", "manager_certificate": "川1", "safety_licence": "证1"}
    confirmed = lot.registration_window.participant_notice.sha256
    made = Registration(lot=lot, organisation=make.home(person), confirmed_sha256=confirmed, **facts)
    return lambda: perform(made.submit, by=person)


def while_waiting(lot, send, change):
    """Hold the lot, let `send` arrive and wait for it, `change` something, let go; return what `send` came to."""
    held = threading.Event()

    def hold():
        with transaction.atomic():
            lock_lot(lot.pk)
            held.set()
            until_somebody_waits()
            change()

    def arrive():
        assert held.wait(PATIENCE_S)
        return send()

    kept, answer = at_once(hold, arrive)
    assert kept is None
    return answer


def until_somebody_waits():
    end = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits for the lot")


def close_at(lot, moment):
    RegistrationWindow.objects.filter(lot=lot).update(closes_at=moment)


def test_a_registration_that_waited_past_the_close_counts(lot, registering):
    closes = clock.now() + timedelta(seconds=3)
    close_at(lot, closes)

    def wait_past_the_close():
        while clock.now() <= closes:
            time.sleep(0.05)

    done = while_waiting(lot, registering, wait_past_the_close)
    assert (done.state, done.confirmed_at < closes) == ("submitted", True)
    assert clock.now() > closes


def test_a_suspension_that_commits_while_a_registration_waits_refuses_it(lot, registering):
    regulator = make.user(Role.SECTOR_REGULATOR)

    def suspend():
        perform(Lot.objects.get(pk=lot.pk).suspend, by=regulator, reason="system_fault")

    answer = while_waiting(lot, registering, suspend)
    assert isinstance(answer, RuleError)
    assert (answer.code, Registration.objects.count()) == ("lot_not_live", 0)


def test_a_window_that_changes_while_a_registration_waits_binds_it(lot, registering):
    answer = while_waiting(lot, registering, lambda: close_at(lot, clock.now() - timedelta(minutes=1)))
    assert isinstance(answer, RuleError)
    assert (answer.code, Registration.objects.count()) == ("registration_closed", 0)
