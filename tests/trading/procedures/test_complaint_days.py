"""The days of a complaint, over the Spring Festival of 2026 (off 15 to 23, worked 14 and 28 February)."""

from datetime import date

import pytest

from trading.procedures import complaint_days as days
from trading.procedures import government_open_tender, public_tender
from trading.rules import workdays

CALENDAR = workdays.PUBLISHED
WORKS, BOUGHT = public_tender.PROCEDURE, government_open_tender.PROCEDURE


def day(month, number):
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("procedure", "facts", "last"),
    [
        (WORKS, {"known_on": day(3, 2)}, day(3, 12)),
        (WORKS, {"known_on": day(3, 2), "answer": (day(3, 4), day(3, 6))}, day(3, 15)),  # three days do not count
        (WORKS, {"known_on": day(2, 9)}, day(2, 24)),  # the nineteenth is off
        (BOUGHT, {"known_on": day(3, 2), "answer": (day(3, 3), day(3, 4)), "answer_due": day(3, 12)}, day(4, 2)),
        (
            BOUGHT,
            {"known_on": day(2, 2), "answer_due": day(2, 6)},
            day(3, 5),
        ),  # 9 to 14, 24 to 28; 2 to 5
    ],
)
def test_a_complaint_is_made_in_ten_days_or_in_fifteen_working_days_after_the_answer(procedure, facts, last):
    assert days.make_by(procedure, **facts, calendar=CALENDAR) == last


def test_it_is_accepted_and_decided_in_the_working_days_of_its_law():
    assert days.accept_by(WORKS, day(2, 12), calendar=CALENDAR) == day(2, 24)  # 13, 14, 24
    assert days.accept_by(BOUGHT, day(2, 12), calendar=CALENDAR) == day(2, 26)
    given = {"made_on": day(3, 2), "accepted_on": day(3, 4), "calendar": CALENDAR}
    assert days.decide_by(WORKS, **given) == day(4, 16)  # thirty from the acceptance; Qingming on Monday, 6 April
    assert days.decide_by(BOUGHT, **given) == day(4, 14)  # thirty from the receipt


def test_only_a_procurement_rests_for_thirty_days_at_most():
    assert days.stopped_until(WORKS, day(3, 2), calendar=CALENDAR) is None
    assert days.stopped_until(BOUGHT, day(3, 2), calendar=CALENDAR) == day(4, 1)


def test_without_the_holiday_notice_of_a_year_the_earlier_plain_day_counts():
    assert days.accept_by(WORKS, date(2030, 3, 4), calendar=CALENDAR) == date(2030, 3, 7)
