"""Periods that stand still with their lot, over the Spring Festival of 2026 (off 15 to 23, worked 14, 28 February)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.procedures.standstill import last_day
from trading.rules import table, workdays
from trading.rules.workdays import CalendarNotPublished

CALENDAR = workdays.PUBLISHED
PUBLICITY = table.find("T12", date(2026, 2, 1))  # three days, past a statutory holiday
CHALLENGE = table.find("G21", date(2026, 2, 1))  # seven working days
CONTRACT = table.find("T13", date(2026, 2, 1))  # thirty days


def day(month, number):
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("rule", "start", "number", "lost", "last"),
    [
        (PUBLICITY, day(3, 5), None, [], day(3, 8)),  # D7: three days, the last a Sunday
        (PUBLICITY, day(2, 13), None, [], day(2, 24)),  # D6: 14, 15, 16; the sixteenth is off until the 23rd
        (PUBLICITY, day(2, 11), None, [(day(2, 13), day(2, 25))], day(2, 27)),  # 12; then 26 and 27
        (PUBLICITY, day(2, 12), None, [(day(2, 13), day(2, 14))], day(2, 24)),  # 15, 16, 17; off until the 23rd
        (PUBLICITY, day(2, 12), None, [(day(2, 20), day(2, 24))], day(2, 25)),  # over on the 15th, but off, then lost
        (PUBLICITY, day(3, 2), 5, [(day(3, 3), day(3, 4))], day(3, 9)),  # an owner's five: 5, 6, 7, 8, 9
        (CHALLENGE, day(2, 9), None, [], day(2, 25)),  # 10 to 13, the worked 14, 24, 25
        (CHALLENGE, day(2, 9), None, [(day(2, 12), day(2, 25))], day(3, 3)),  # 10, 11; 26, 27, 28 worked; 2, 3 March
        (CONTRACT, day(3, 2), None, [], day(4, 1)),
        (CONTRACT, day(3, 2), None, [(day(3, 10), day(3, 19))], day(4, 11)),  # ES-10: ten days lost, 11 April
    ],
)
def test_the_days_of_a_suspension_are_no_days_of_the_period(rule, start, number, lost, last):
    assert last_day(rule, start, number=number, lost=lost, calendar=CALENDAR) == last


def test_a_rule_of_months_does_not_stand_still():
    with pytest.raises(TypeError):
        last_day(table.latest("V06"), day(3, 2), calendar=CALENDAR)


def test_a_period_into_a_year_without_its_notice_is_not_guessed():
    with pytest.raises(CalendarNotPublished):
        last_day(CHALLENGE, date(2026, 12, 28), calendar=CALENDAR)


DAYS = st.integers(0, 60).map(lambda n: day(2, 1) + timedelta(days=n))


@given(DAYS, st.integers(1, 10), DAYS, st.integers(0, 20))
def test_whoever_had_so_many_days_has_them_all_and_the_last_is_no_lost_one(start, number, first, length):
    lost = [(first, first + timedelta(days=length))]
    last = last_day(PUBLICITY, start, number=number, lost=lost, calendar=CALENDAR)
    span = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    live = [one for one in span if not first <= one <= lost[0][1]]
    assert len(live) >= number
    assert last == live[-1]
    assert last >= last_day(PUBLICITY, start, number=number, calendar=CALENDAR)
