"""The rush at a deadline on PostgreSQL: nobody late gets in, nobody in time stays out, nobody is missing or twice."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from bids import opening_due
from bids.tender import Tender
from tests import make
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import case_of
from tests.rush import Rush
from tests.services.together import at_once
from trading import clock, waiting
from trading.party import Role

pytestmark = pytest.mark.django_db(transaction=True)
ENTERPRISES, CLIENTS = 120, 16


class StandingStill:
    """The named clock of the other tests; here time runs."""

    def move_to(self, *_moment, **_options):
        pass


@pytest.fixture
def rush(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = case_of(StandingStill(), make.user(Role.OWNER), make.user(Role.AGENCY))
    now = clock.now().replace(microsecond=0)
    case.announce(
        documents_from=now + timedelta(seconds=2),
        documents_until=now + timedelta(days=7),
        deadline=now + timedelta(days=30),
    )
    opening_due.schedule_openings()
    deadline = clock.now() + timedelta(seconds=8)
    Tender.objects.filter(lot=case.lot).update(documents_from=now, deadline=deadline)
    return Rush(case, deadline)


def test_a_rush_within_half_a_second_of_the_deadline_leaves_four_zeros(rush):
    people = []
    for _ in range(ENTERPRISES):
        bidder = bidding.bidder()
        people.append((bidder.person, bidder.organisation))
    rush.deadline = clock.now() + timedelta(seconds=4)
    Tender.objects.filter(lot=rush.case.lot).update(deadline=rush.deadline)
    rush.run(rush.prepare(people, 0.5), CLIENTS)
    assert rush.faults() == {"late accepted": 0, "early refused": 0, "missing": 0, "double": 0}
    answers = {one.answer for one in rush.told}
    assert "accepted" in answers
    assert "bid_late" in answers
    assert answers <= {"accepted", "known", "bid_late"}
    until_nobody_keeps()


def until_nobody_keeps():
    """Wait until the thread that held the waiting seconds has let its connection go."""
    end = time.monotonic() + 10
    while any(thread.name == "arrivals" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_closing_waits_for_who_arrived_in_time(rush):
    moment = clock.now()
    waiting.enter(moment)
    try:
        with transaction.atomic():
            assert not waiting.nobody_from_before(moment)
            assert waiting.nobody_from_before(moment - timedelta(seconds=1))
        kept = at_once(lambda: held_elsewhere(moment))[0]
        assert kept is True
    finally:
        waiting.leave(moment)
    until_nobody_keeps()
    with transaction.atomic():
        assert waiting.nobody_from_before(moment)


def held_elsewhere(moment):
    """Say whether another process would find the second held: by the lock alone, without our own count."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [waiting.LOCK, int(moment.timestamp())])
            if not cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False
