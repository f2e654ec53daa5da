"""Working days (工作日) and the days off of statutory holidays, from the State Council's yearly notices.

A notice lists the days off of each holiday and the weekend days worked instead. Every other day follows the week. A
year without a notice raises CalendarNotPublished: its working days are not known, and are never guessed. The table of
past years is `calendar.json` beside this file; `manage.py rules --seed` writes it. Later years are handed over by
`with_notices`, each with the version of its notice; the table is version 0. All dates are days in China
(Asia/Shanghai, no summer time since 1991).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from trading.errors import RuleError
from trading.rules.rule import Roll
from trading.text import mark as _

LAST_DAYS = (12, 29)  # from here on the next year's notice may count
ONE_DAY = timedelta(days=1)
Year = tuple[frozenset[date], frozenset[date]]  # the days off, and the weekend days worked instead
Versions = tuple[tuple[int, int], ...]
TABLE_VERSION = 0


class CalendarNotPublished(RuleError):
    """The State Council's notice for the year is not in the table."""

    code = "calendar_not_published"
    next_step = _("The centre enters the State Council's notice of the year and the regulator confirms it.")

    def __init__(self, year: int) -> None:
        super().__init__("The working days of %(year)s are not published.", year=year)
        self.year = year


@dataclass(frozen=True)
class Calendar:
    """The days off and the worked weekend days of each year with a notice, and the version of each notice."""

    years: Mapping[int, Year]
    versions: Mapping[int, int] = field(default_factory=dict)
    consulted: set[int] | None = field(default=None, compare=False)

    def with_notices(self, notices: Mapping[int, tuple[int, Year]]) -> "Calendar":
        """Return the calendar in which these notices, each with its version, take the place of their years."""
        years = {year: days for year, (_version, days) in notices.items()}
        versions = {year: version for year, (version, _days) in notices.items()}
        return replace(self, years={**self.years, **years}, versions={**self.versions, **versions})

    def noting(self) -> "Calendar":
        """Return the same calendar, which notes the notices that it consults from now on."""
        return replace(self, consulted=set())

    @property
    def used(self) -> Versions:
        """The notices consulted: year and version."""
        return tuple((year, self.versions.get(year, TABLE_VERSION)) for year in sorted(self.consulted or ()))

    def _notice(self, day: date) -> Year:
        """Return the notice that governs the day: its own year's, or the next one's where that names the day.

        The notice of a year may name the last days of the year before (29 to 31 December), so while it is missing
        those days are not known.
        """
        year = day.year
        if year not in self.years:
            raise CalendarNotPublished(year)
        if year + 1 not in self.years and (day.month, day.day) >= LAST_DAYS:
            raise CalendarNotPublished(year + 1)
        if any(day in days for days in self.years.get(year + 1, ())):
            year += 1
        if self.consulted is not None:
            self.consulted.add(year)
        return self.years[year]

    def is_statutory_holiday(self, day: date) -> bool:
        """Return whether the day lies in the days off of a holiday. Raises CalendarNotPublished."""
        return day in self._notice(day)[0]

    def is_workday(self, day: date) -> bool:
        """Return whether offices work on the day. Raises CalendarNotPublished."""
        holidays, worked = self._notice(day)
        return day in worked or (day.weekday() < 5 and day not in holidays)

    def add(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; `day` itself does not count, n = 0 is `day`.

        Raises CalendarNotPublished.
        """
        for _count in range(n):
            day = self.next_workday(day)
        return day

    def subtract(self, day: date, n: int) -> date:
        """Return the n-th working day before `day`. Raises CalendarNotPublished."""
        for _count in range(n):
            day -= ONE_DAY
            while not self.is_workday(day):
                day -= ONE_DAY
        return day

    def next_workday(self, day: date) -> date:
        """Return the first working day after `day`. Raises CalendarNotPublished."""
        day += ONE_DAY
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def is_off(self, day: date, roll: Roll) -> bool:
        """Return whether a limit that ends on `day` moves on. Raises CalendarNotPublished."""
        if roll is Roll.NONE:
            return False
        return self.is_statutory_holiday(day) if roll is Roll.STATUTORY else not self.is_workday(day)

    def roll(self, day: date, roll: Roll) -> date:
        """Return `day`, or the first later day on which a limit may end.

        Source: Civil Code (民法典), Art. 203. Raises CalendarNotPublished.
        """
        while self.is_off(day, roll):
            day += ONE_DAY
        return day


def spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each run of days, in order."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ((run[0], run[-1]) for run in runs)


def dump(years: Mapping[int, Year]) -> str:
    """Return the text of the table: per year the days off and the worked weekend days, MM-DD."""

    def days(values: Iterable[date]) -> str:
        return " ".join(f"{day:%m-%d}" for day in sorted(values))

    table = {
        str(year): {"off": days(holidays), "worked": days(worked)} for year, (holidays, worked) in sorted(years.items())
    }
    return json.dumps(table, indent=1) + "\n"


def load(text: str) -> Calendar:
    """Return the calendar that `dump` wrote."""

    def days(year: str, values: str) -> frozenset[date]:
        return frozenset(date.fromisoformat(f"{year}-{day}") for day in values.split())

    return Calendar(
        {int(year): (days(year, row["off"]), days(year, row["worked"])) for year, row in json.loads(text).items()}
    )


PUBLISHED = load(Path(__file__).with_name("calendar.json").read_text("utf-8"))
add = PUBLISHED.add
subtract = PUBLISHED.subtract
next_workday = PUBLISHED.next_workday
is_workday = PUBLISHED.is_workday
is_statutory_holiday = PUBLISHED.is_statutory_holiday
