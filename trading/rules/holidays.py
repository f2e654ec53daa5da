"""What the State Council's yearly notice on holidays (节假日安排) must say before days are counted by it.

The Regulations on public holidays (全国年节及纪念日放假办法, Art. 2) fix the holidays; those that follow the sun always
have the same days. Spring Festival, Tomb-Sweeping Day, Dragon Boat and Mid-Autumn Festival move, so the notice alone
knows them. It may also name the last days of December before, which belong to the New Year's holiday.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from trading.errors import RuleError
from trading.rules.workdays import Year
from trading.text import mark as _

REGULATIONS = "全国年节及纪念日放假办法 2"
FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
OVERLAP = timedelta(days=3)  # 29 to 31 December: the 2008 and 2019 notices begin there


class NoticeWrong(RuleError):
    """The days cannot be those of a holiday notice."""

    code = "holiday_notice_wrong"
    basis = REGULATIONS
    next_step = _("Compare the lists with the published notice, and enter them as they stand there.")


def check(year: int, days: Year) -> None:
    """Refuse days that cannot be those of the year's notice: days off, and weekend days worked instead.

    Raises NoticeWrong.
    """
    off, worked = days
    first = date(year, 1, 1)
    if outside := {day for day in off | worked if day < first - OVERLAP or day.year > year}:
        raise NoticeWrong(
            _("Outside %(year)s and the three days before it: %(days)s."),
            code="days_outside_year",
            year=year,
            days=_listed(outside),
        )
    if both := off & worked:
        raise NoticeWrong(_("Both a day off and a working day: %(days)s."), code="days_contradict", days=_listed(both))
    if weekdays := {day for day in worked if day.weekday() < 5}:
        raise NoticeWrong(
            _("A make-up working day falls on a Saturday or Sunday; these do not: %(days)s."),
            code="make_up_day_not_on_weekend",
            days=_listed(weekdays),
        )
    if absent := {date(year, month, day) for month, day in FIXED} - off:
        raise NoticeWrong(
            _("Statutory holidays that are not among the days off: %(days)s."),
            code="statutory_holiday_missing",
            days=_listed(absent),
        )


def _listed(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in sorted(days))
