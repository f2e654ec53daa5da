"""The days of a comparison, and the light on a contract (ES-10)."""

from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.procedures import timetable
from trading.procedures.timetable import Timetable
from trading.rules import engine
from trading.rules.engine import Status
from trading.rules.workdays import PUBLISHED as TABLE
from trading.rules.workdays import CalendarNotPublished

PUBLISHED = date(2026, 2, 12)
NOTICED = date(2026, 3, 2)
propose, contract_light, check = (
    partial(one, calendar=TABLE) for one in (timetable.propose, timetable.contract_light, engine.check)
)


def test_the_earliest_days_step_over_the_festival():
    assert propose(PUBLISHED) == Timetable(
        published_on=PUBLISHED,
        closes_on=date(2026, 2, 24),
        list_on=date(2026, 2, 25),
        draw_on=date(2026, 2, 26),
        public_until=date(2026, 3, 1),
        notice_on=date(2026, 3, 2),
        sign_by=date(2026, 4, 1),
    )


def test_chosen_days_are_kept():
    chosen = propose(PUBLISHED, closes_on=date(2026, 2, 26), list_on=date(2026, 2, 26), draw_on=date(2026, 3, 10))
    assert (chosen.closes_on, chosen.list_on, chosen.draw_on) == (
        date(2026, 2, 26),
        date(2026, 2, 26),
        date(2026, 3, 10),
    )


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        ({"closes_on": date(2026, 2, 23)}, "F01 allows is 2026-02-24"),
        ({"list_on": date(2026, 2, 23)}, "2026-02-24"),
        ({"draw_on": date(2026, 2, 25)}, "F02 allows is 2026-02-26"),
    ],
)
def test_a_day_too_soon_is_refused_with_the_first_lawful_one(chosen, first):
    with pytest.raises(timetable.TooSoon, match=first) as refused:
        propose(PUBLISHED, **chosen)
    assert "固定价比选" in refused.value.basis


def test_a_year_without_a_calendar_has_no_timetable():
    with pytest.raises(CalendarNotPublished, match="2027"):
        propose(date(2026, 12, 30))


@given(st.dates(date(2020, 1, 1), date(2026, 9, 30)))
def test_every_proposal_is_lawful(published_on):
    days = propose(published_on)
    found = [
        check("F01", start=days.published_on, end=days.closes_on),
        check("F02", start=days.list_on, end=days.draw_on),
        check("F03", start=days.draw_on, end=days.public_until),
        check("F04", start=days.notice_on, end=days.sign_by),
    ]
    assert {finding.status for finding in found} == {Status.COMPLIANT}
    assert days.closes_on < days.list_on < days.draw_on < days.public_until < days.notice_on < days.sign_by


@pytest.mark.parametrize(
    ("today", "signed_on", "light"),
    [
        (date(2026, 3, 26), None, "green"),
        (date(2026, 3, 27), None, "yellow"),
        (date(2026, 4, 1), None, "yellow"),
        (date(2026, 4, 2), None, "red"),
        (date(2026, 4, 5), date(2026, 4, 1), "green"),
        (date(2026, 4, 5), date(2026, 4, 3), "red"),
    ],
)
def test_the_light_on_a_contract(today, signed_on, light):
    assert contract_light(NOTICED, signed_on=signed_on, today=today) == light


def test_a_suspension_moves_the_limit():
    lights = [
        contract_light(NOTICED, signed_on=None, today=day, suspended_days=10)
        for day in (date(2026, 4, 5), date(2026, 4, 6), date(2026, 4, 11), date(2026, 4, 12))
    ]
    assert lights == ["green", "yellow", "yellow", "red"]
