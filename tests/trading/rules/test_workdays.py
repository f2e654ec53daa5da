"""Working days: the table equals the package it is seeded from, and the arithmetic keeps its promises."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import chinese_calendar
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from trading.rules import engine, workdays
from trading.rules.rule import Roll
from trading.rules.workdays import CalendarNotPublished

DAYS = st.dates(date(2004, 3, 1), date(2026, 10, 31))
SPRING_FESTIVAL_2026 = date(2026, 2, 16)
SUNDAY = date(2026, 3, 8)


def test_the_table_is_what_the_seed_writes():
    seeded = StringIO()
    call_command("rules", "--seed", stdout=seeded)
    assert Path(workdays.__file__).with_name("calendar.json").read_text("utf-8") == seeded.getvalue()


def test_every_year_from_2004_to_2026_is_there():
    assert sorted(workdays.PUBLISHED.years) == list(range(2004, 2027))


@given(DAYS)
def test_a_day_is_a_workday_exactly_when_the_notice_says_so(day):
    assert workdays.is_workday(day) == chinese_calendar.is_workday(day)


@given(DAYS, st.integers(0, 40))
def test_adding_counts_exactly_n_workdays(day, n):
    last = workdays.add(day, n)
    between = [day + timedelta(days=i) for i in range(1, (last - day).days + 1)]
    assert sum(map(workdays.is_workday, between)) == n
    assert n == 0 or workdays.is_workday(last)


@given(DAYS, st.integers(1, 20))
def test_subtracting_undoes_adding_from_a_workday(day, n):
    start = workdays.next_workday(day)
    assert workdays.subtract(workdays.add(start, n), n) == start


@given(DAYS, st.sampled_from(Roll))
def test_a_rolled_day_is_the_first_that_is_not_off(day, roll):
    rolled = workdays.PUBLISHED.roll(day, roll)
    assert not workdays.PUBLISHED.is_off(rolled, roll)
    assert all(workdays.PUBLISHED.is_off(day + timedelta(days=i), roll) for i in range((rolled - day).days))


def test_a_worked_saturday_is_a_workday():
    assert workdays.is_workday(date(2026, 2, 14))


def test_a_plain_sunday_is_no_statutory_holiday():
    assert not workdays.is_statutory_holiday(SUNDAY)
    assert workdays.is_statutory_holiday(SPRING_FESTIVAL_2026)


def test_the_next_workday_leaves_the_festival():
    assert workdays.next_workday(SPRING_FESTIVAL_2026) == date(2026, 2, 24)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_a_year_without_a_notice_is_never_guessed(day):
    for ask in (workdays.is_workday, workdays.is_statutory_holiday):
        with pytest.raises(CalendarNotPublished, match=f"The working days of {day.year} are not published"):
            ask(day)


def test_counting_into_a_year_without_a_notice_is_refused():
    with pytest.raises(CalendarNotPublished):
        workdays.add(date(2026, 12, 31), 1)
    with pytest.raises(CalendarNotPublished):
        workdays.subtract(date(2004, 1, 1), 1)


def test_a_calendar_survives_writing_and_reading():
    assert workdays.load(workdays.dump(workdays.PUBLISHED.years)) == workdays.PUBLISHED


@pytest.mark.parametrize("day", [29, 30, 31])
def test_the_last_days_of_a_year_wait_for_the_next_years_notice(day):
    newest = max(workdays.PUBLISHED.years)
    with pytest.raises(workdays.CalendarNotPublished) as missing:
        workdays.is_workday(date(newest, 12, day))
    assert str(newest + 1) in str(missing.value)
    assert workdays.is_workday(date(newest, 12, 28)) == (date(newest, 12, 28).weekday() < 5)


def test_with_the_next_years_notice_the_last_days_are_known():
    without = workdays.Calendar({year: days for year, days in workdays.PUBLISHED.years.items() if year < 2019})
    finding = engine.deadline("G02", date(2018, 12, 24), calendar=without)
    assert (finding.status, finding.date) == (engine.Status.UNCERTAIN, None)
    known = engine.deadline("G02", date(2018, 12, 24), calendar=workdays.PUBLISHED)
    assert known.date == date(2018, 12, 29)  # a Saturday worked
