"""What a holiday notice must say."""

from datetime import date

import pytest

from trading.rules import holidays, workdays
from trading.rules.holidays import NoticeWrong

FIXED = {date(2027, month, day) for month, day in holidays.FIXED}
SATURDAY, MONDAY = date(2027, 10, 9), date(2027, 10, 11)


def check(*, off=(), without=(), worked=()):
    holidays.check(2027, (frozenset((FIXED | set(off)) - set(without)), frozenset(worked)))


@pytest.mark.parametrize("year", [year for year in sorted(workdays.PUBLISHED.years) if year >= 2008])
def test_every_notice_since_the_golden_weeks_were_cut_is_accepted(year):
    assert holidays.check(year, workdays.PUBLISHED.years[year]) is None


def test_the_last_three_days_of_the_year_before_may_be_named():
    fixed = frozenset(day.replace(year=2024) for day in FIXED)
    assert holidays.check(2024, (fixed | {date(2023, 12, 31)}, frozenset({date(2023, 12, 30)}))) is None


@pytest.mark.parametrize(
    ("days", "code", "named"),
    [
        ({"off": [date(2026, 12, 28)]}, "days_outside_year", "2026-12-28"),
        ({"off": [date(2028, 1, 1)]}, "days_outside_year", "2028-01-01"),
        ({"worked": [date(2026, 12, 27)]}, "days_outside_year", "2026-12-27"),
        ({"off": [SATURDAY], "worked": [SATURDAY]}, "days_contradict", "2027-10-09"),
        ({"worked": [SATURDAY, MONDAY]}, "make_up_day_not_on_weekend", "2027-10-11"),
        ({"without": [date(2027, 1, 1)]}, "statutory_holiday_missing", "2027-01-01"),
        ({"without": [date(2027, 5, 1)]}, "statutory_holiday_missing", "2027-05-01"),
        ({"without": [date(2027, 10, 1), date(2027, 10, 3)]}, "statutory_holiday_missing", "2027-10-01, 2027-10-03"),
    ],
)
def test_days_that_cannot_be_a_notices_are_refused_by_name(days, code, named):
    with pytest.raises(NoticeWrong) as refused:
        check(**days)
    assert (refused.value.code, refused.value.params["days"]) == (code, named)
    assert refused.value.basis == "全国年节及纪念日放假办法 2"


def test_a_run_of_days_is_one_span():
    days = [date(2027, 2, 5), date(2027, 2, 7), date(2027, 2, 6), date(2027, 5, 1)]
    assert list(workdays.spans(days)) == [
        (date(2027, 2, 5), date(2027, 2, 7)),
        (date(2027, 5, 1), date(2027, 5, 1)),
    ]
