"""The timetable at work: the schedule that the notice's form proposes, and the warning on an unsigned contract."""

from datetime import datetime, timedelta

import pytest

from bids import standing
from bids.award import Award
from bids.serializers import Announce
from tests.bids import ceremony
from tests.bids.conftest import DRAWN
from trading import clock


def test_the_form_of_the_notice_proposes_the_first_lawful_schedule(case):
    case.fix_price()
    proposed = Announce.known_of(case.fresh())
    assert {name: moment.isoformat(timespec="minutes") for name, moment in proposed.items()} == {
        "opens_at": "2026-03-02T10:00+08:00",
        "closes_at": "2026-03-05T17:00+08:00",
        "draw_at": "2026-03-09T10:00+08:00",
    }
    case.announce(**proposed)
    assert case.fresh().state == "notice_published"


def test_the_page_of_the_act_shows_the_proposal(case, browser_of):
    case.fix_price()
    page = browser_of(case.owner).get(f"/comparisons/{case.comparison.pk}/announce/").content.decode()
    assert "2026-03-05T17:00" in page


def test_no_schedule_is_guessed_without_a_calendar(case):
    case.fix_price()
    case.clock.move_to(datetime(2026, 12, 28, 1, tzinfo=clock.LOCAL))
    assert Announce.known_of(case.fresh()) == {}


@pytest.mark.parametrize(("days", "light"), [(24, ""), (25, "yellow"), (30, "yellow"), (31, "red")])
def test_an_unsigned_contract_warns_on_its_page(case, browser_of, days, light):
    ceremony.listed(case)
    ceremony.noticed(case)
    noticed = Award.objects.current(case.lot).noticed_at
    assert noticed.date() == (DRAWN + timedelta(days=5)).date()
    case.clock.move_to(noticed + timedelta(days=days))
    assert standing.contract_warning(case.fresh()) == standing.LIGHTS.get(light, "")
    page = browser_of(None).get(f"/comparisons/{case.comparison.pk}/", headers={"Accept-Language": "en"})
    assert ('class="inset" role="status"' in page.content.decode()) == bool(light)
