"""A suspension of a comparison takes no time from anybody: what it took is given back with the resumption."""

from datetime import date, timedelta

import pytest

from bids.award import Award
from tests.bids import ceremony
from tests.bids.conftest import CLOSES, DRAWN, OPENS, PUBLISHED
from tests.refusals import refused
from trading import clock
from trading.ledger.tables import AuditEvent
from trading.transitions import perform

MIN, H, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def stop(case, since, until):
    """Let the owner suspend the lot at one moment and the regulator resume it at another."""
    case.clock.move_to(since, tick=False)
    perform(case.lot.suspend, by=case.owner, reason="other")
    case.clock.move_to(until, tick=False)
    perform(case.lot.resume, by=case.regulator)
    return case.fresh()


@pytest.mark.parametrize(
    ("since", "until", "later"),
    [
        (OPENS + MIN, CLOSES, CLOSES - OPENS - MIN),  # the owner lets a friend in and stops
        (CLOSES - MIN, CLOSES + DAY, DAY + 2 * H),  # two hours at least
        (PUBLISHED, OPENS, 0 * H),  # nobody could register yet
        (PUBLISHED, OPENS + 3 * H, 3 * H),
        (CLOSES, CLOSES + DAY, 0 * H),  # nor any more
    ],
)
def test_registration_stands_still_with_the_lot(case, since, until, later):
    case.fix_price()
    case.announce()
    found = stop(case, since, until)
    assert (found.lot.registration_window.closes_at, found.draw_at) == (CLOSES + later, DRAWN + later)
    told = found.notice.newest().content
    assert (told["registration_until"], told["draw_at"]) == (clock.iso(CLOSES + later), clock.iso(DRAWN + later))
    refused(found.make_up, "nothing_to_make_up", by=case.regulator)


def test_every_suspension_of_a_registration_is_given_back_once(case):
    case.open()
    stop(case, OPENS + H, OPENS + 3 * H)
    found = stop(case, OPENS + 4 * H, OPENS + 5 * H)
    assert found.lot.registration_window.closes_at == CLOSES + 3 * H
    assert AuditEvent.objects.filter(type="comparison.made_up").count() == 2


def test_the_time_to_object_to_the_list_stands_still(case):
    ceremony.listed(case)
    found = stop(case, DRAWN - DAY, DRAWN + 2 * DAY)
    assert found.draw_at == DRAWN + 3 * DAY
    assert case.lot.notices.get(kind="draw_list").newest().content["draw_at"] == clock.iso(DRAWN + 3 * DAY)


def test_the_publicity_of_the_result_begins_again(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    assert Award.objects.current(case.lot).public_until == date(2026, 3, 13)
    stop(case, DRAWN + DAY, DRAWN + 6 * DAY)
    assert Award.objects.current(case.lot).public_until == date(2026, 3, 19)
    notice = case.lot.notices.get(kind="draw_result")
    assert clock.local_date(notice.published_until) == date(2026, 3, 20)
    perform(case.lot.suspend, by=case.owner, reason="other")
    perform(case.lot.resume, by=case.regulator)
    assert Award.objects.current(case.lot).public_until == date(2026, 3, 19)


def test_the_winner_keeps_its_days_to_sign(case):
    ceremony.listed(case)
    ceremony.noticed(case)
    sign_by = Award.objects.current(case.lot).sign_by
    noticed = Award.objects.current(case.lot).noticed_at
    found = stop(case, noticed + DAY, noticed + 40 * DAY)
    assert Award.objects.current(case.lot).sign_by == sign_by + 40 * DAY
    assert found.late() == ""


def test_a_stop_within_the_last_day_costs_the_winner_nothing(case):
    ceremony.listed(case)
    ceremony.noticed(case)
    award = Award.objects.current(case.lot)
    last = award.noticed_at + (award.sign_by - clock.local_date(award.noticed_at)) * 1
    stop(case, last, last + 4 * H)
    assert Award.objects.current(case.lot).sign_by == award.sign_by + DAY


def test_where_nothing_was_lost_nothing_moves(case):
    case.fix_price()
    refused(case.fresh().make_up, "wrong_state", by=case.regulator)
    found = stop(case, PUBLISHED + H, PUBLISHED + 2 * H)
    assert found.state == "price_fixed"
    assert not AuditEvent.objects.filter(type="comparison.made_up").exists()
