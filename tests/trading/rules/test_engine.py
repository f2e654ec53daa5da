"""The engine: the date vectors of the domain, every direction forward and back, and what it does not know."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trading.rules import engine, finding, periods, table, workdays
from trading.rules.engine import Status
from trading.rules.rule import Direction, Roll, Unit

DATED = sorted(i for i in table.IDS if table.latest(i).is_period)
DAYS = st.dates(date(2023, 1, 1), date(2025, 6, 30))
WITHOUT_2026 = workdays.Calendar({y: n for y, n in workdays.PUBLISHED.years.items() if y != 2026})
ask, check, deadline = (
    partial(one, calendar=workdays.PUBLISHED) for one in (engine.ask, engine.check, engine.deadline)
)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("vector", "rule_id", "start", "before", "roll", "expected"),
    [
        ("D1", "T04", "2026-03-02", False, None, "2026-03-22"),
        ("D2", "T05", "2026-03-31", True, None, "2026-03-16"),
        ("D3", "T07", "2026-03-31", True, None, "2026-03-21"),
        ("D4", "G02", "2026-02-12", False, None, "2026-02-26"),
        ("D5", "G02", "2026-04-30", False, None, "2026-05-11"),
        ("D6 no roll", "T12", "2026-02-13", False, "none", "2026-02-16"),
        ("D6 roll", "T12", "2026-02-13", False, "statutory", "2026-02-24"),
        ("D6 default", "T12", "2026-02-13", False, None, "2026-02-24"),
        ("D7 statutory", "T12", "2026-03-05", False, "statutory", "2026-03-08"),
        ("D7 default", "T12", "2026-03-05", False, None, "2026-03-08"),
        ("D7 any non-workday", "T12", "2026-03-05", False, "non_workday", "2026-03-09"),
        ("D15", "R01", "2026-03-02", False, None, "2026-05-01"),
        ("contract", "T13", "2026-03-02", False, None, "2026-04-01"),
        ("≥B forward", "T05", "2026-03-16", False, None, "2026-03-31"),
        ("≥B wd back", "G06", "2026-03-11", True, None, "2026-03-06"),
        ("≥B wd back from a Sunday", "G06", "2026-03-08", True, None, "2026-03-03"),
        ("≤B wd back", "G32", "2026-03-11", True, None, "2026-03-09"),
        ("≤ wd back from a Sunday", "G11", "2026-03-08", True, None, "2026-03-02"),
        ("≤ d back over a festival", "T08", "2026-02-24", True, None, "2026-02-12"),
        ("≥ d back from a festival", "T12", "2026-02-16", True, None, "2026-02-11"),
        ("years from 29 February", "G31", "2024-02-29", False, None, "2027-02-28"),
        ("years back", "G31", "2027-02-28", True, None, "2024-02-29"),
        ("months from the 31st", "V06", "2026-01-31", False, None, "2026-04-30"),
        ("months back", "V06", "2026-05-31", True, None, "2026-03-01"),
        ("at once", "T09", "2026-03-08", False, None, "2026-03-08"),
        ("exactly, back", "F15", "2026-03-27", True, None, "2026-03-02"),
    ],
)
def test_date_vector(vector, rule_id, start, before, roll, expected):
    found = ask(rule_id, start, before=before, roll_on=roll)
    assert (found.status, found.date) == (Status.COMPLIANT, day(expected)), vector


def test_d2_the_day_after_the_last_safe_day_postpones():
    last = check("T05", start=day("2026-03-16"), end=day("2026-03-31"))
    after = check("T05", start=day("2026-03-17"), end=day("2026-03-31"))
    assert (last.status, last.date) == (Status.COMPLIANT, day("2026-03-16"))
    assert (after.status, after.date) == (Status.VIOLATION, day("2026-03-16"))


def test_d16_the_day_of_the_notice_is_not_the_day_of_issue():
    found = check("T04", start=None, end=day("2026-03-22"))
    assert (found.status, found.explanation) == (Status.UNCERTAIN, "The day of the start event is not known.")
    assert ask("T04", None).status is Status.UNCERTAIN


def test_d17_a_year_without_a_calendar_is_uncertain():
    found = deadline("G02", day("2027-03-01"))
    assert (found.status, found.date) == (Status.UNCERTAIN, None)
    assert found.explanation == "The working days of 2027 are not published."
    assert deadline("G06", day("2027-03-01"), before=True).status is Status.UNCERTAIN


@pytest.mark.parametrize(
    ("rule_id", "start", "end", "status"),
    [
        ("T04", "2026-03-02", "2026-03-22", Status.COMPLIANT),
        ("T04", "2026-03-02", "2026-03-21", Status.VIOLATION),
        ("T13", "2026-03-02", "2026-04-01", Status.COMPLIANT),
        ("T13", "2026-03-02", "2026-04-02", Status.VIOLATION),
        ("T08", "2026-02-13", "2026-02-24", Status.COMPLIANT),
        ("T08", "2026-02-13", "2026-02-25", Status.VIOLATION),
        ("G02", "2026-02-12", "2026-02-26", Status.COMPLIANT),
        ("G02", "2026-02-12", "2026-02-25", Status.VIOLATION),
        ("G32", "2026-03-09", "2026-03-11", Status.COMPLIANT),
        ("G32", "2026-03-06", "2026-03-11", Status.VIOLATION),
        ("T20", "2026-03-02", "2026-03-02", Status.COMPLIANT),
        ("T20", "2026-03-02", "2026-03-03", Status.VIOLATION),
        ("T04", "2026-03-22", "2026-03-02", Status.INVALID_INPUT),
        ("T04", "2026-03-02", None, Status.UNCERTAIN),
        ("T04", "1999-03-02", "1999-04-02", Status.NOT_APPLICABLE),
        ("T21", "2026-03-02", "2026-03-02", Status.NOT_APPLICABLE),
        ("T19", "2026-03-02", "2027-03-02", Status.NOT_APPLICABLE),
        ("Q01", "2026-03-02", "2026-03-02", Status.NOT_APPLICABLE),
        ("T99", "2026-03-02", "2026-03-02", Status.INVALID_INPUT),
        ("G02", "2027-03-01", "2027-03-12", Status.UNCERTAIN),
        ("G11", "2027-03-01", "2027-03-12", Status.UNCERTAIN),
        ("T12", "2027-03-01", "2027-03-04", Status.UNCERTAIN),
    ],
)
def test_check(rule_id, start, end, status):
    found = check(rule_id, start=day(start), end=day(end) if end else None)
    assert found.status is status


@pytest.mark.parametrize(
    ("rule_id", "end", "status"),
    [
        ("T12", "2027-03-03", Status.VIOLATION),  # shorter than three days, whatever the calendar says
        ("T13", "2027-03-31", Status.COMPLIANT),  # the thirtieth day itself
        ("G11", "2027-03-06", Status.COMPLIANT),  # five working days take at least five days
    ],
)
def test_what_no_calendar_can_change_is_certain(rule_id, end, status):
    assert check(rule_id, start=day("2027-03-01"), end=day(end)).status is status


def test_the_version_is_that_of_the_start_unless_another_day_is_named():
    assert deadline("A02", day("2025-02-17")).version == 1
    assert deadline("A02", day("2025-02-17"), on=day("2025-02-18")).version == 2


def test_a_moment_is_not_a_day():
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    assert deadline("T04", moment).status is Status.INVALID_INPUT
    assert check("T04", start=day("2026-03-02"), end=moment).status is Status.INVALID_INPUT


@pytest.mark.parametrize(
    "text", ["2026-02-30", "20260213", "2026-W07-5", "13.02.2026", "", "1949-01-01", "2151-01-01", "二"]
)
def test_a_text_that_is_no_day_is_invalid(text):
    found = ask("T04", text)
    assert (found.status, found.date, found.reason) == (Status.INVALID_INPUT, None, "not_a_date")


def test_an_unknown_rule_or_roll_is_invalid():
    assert ask("T99", "2026-03-02").reason == "unknown_rule"
    assert deadline("T99", day("2026-03-02")).reason == "unknown_rule"
    assert ask("T04", "2026-03-02", roll_on="sometimes").reason == "not_a_roll"


def test_the_answer_of_the_calculator_has_nine_keys():
    assert ask("T04", "2026-03-02").as_deadline() == {
        "rule": "T04",
        "version": 1,
        "basis": "招标投标法 24",
        "start": "2026-03-02",
        "limit": 20,
        "unit": "d",
        "result": "2026-03-22",
        "date": "2026-03-22",
        "status": "compliant",
    }
    assert ask("T99", None).as_deadline() == {
        "rule": "T99",
        "version": None,
        "basis": "",
        "start": None,
        "limit": None,
        "unit": None,
        "result": None,
        "date": None,
        "status": "invalid_input",
    }


@pytest.mark.parametrize(
    ("rule_id", "value", "of", "status"),
    [
        ("Q01", 3, None, Status.COMPLIANT),
        ("Q01", 2, None, Status.VIOLATION),
        ("Q04", 5, None, Status.COMPLIANT),
        ("Q04", 6, None, Status.VIOLATION),
        ("Q04.experts", 4, 6, Status.COMPLIANT),
        ("Q04.experts", Decimal("0.6666"), None, Status.VIOLATION),
        ("Q05", 4, None, Status.VIOLATION),
        ("Q06", Decimal("20000.00"), Decimal("1000000.00"), Status.COMPLIANT),
        ("Q06", Decimal("20000.01"), Decimal("1000000.00"), Status.VIOLATION),
        ("Q12", Fraction(20, 100), None, Status.COMPLIANT),
        ("Q12", Fraction(21, 100), None, Status.VIOLATION),
        ("T19", 1, None, Status.COMPLIANT),
        ("T19", 3, None, Status.VIOLATION),
        ("F07", 2, None, Status.COMPLIANT),
        ("F07", 1, None, Status.VIOLATION),
        ("M01", Decimal("4000000.00"), None, Status.COMPLIANT),
        ("M01", Decimal("3999999.99"), None, Status.NOT_APPLICABLE),
        ("T04", 20, None, Status.NOT_APPLICABLE),
        ("T21", 20, None, Status.NOT_APPLICABLE),
        ("Q99", 3, None, Status.INVALID_INPUT),
        ("Q01", 3.0, None, Status.INVALID_INPUT),
        ("Q01", Decimal("NaN"), None, Status.INVALID_INPUT),
        ("Q01", -1, None, Status.INVALID_INPUT),
        ("Q06", 1, 0, Status.INVALID_INPUT),
    ],
)
def test_check_quantity(rule_id, value, of, status):
    assert engine.check_quantity(rule_id, value, of=of).status is status


def test_a_quantity_is_measured_by_the_version_of_the_day():
    assert engine.check_quantity("M01", 2_000_000, on=day("2018-05-31")).reason == "reached"
    assert engine.check_quantity("M01", 2_000_000, on=day("2018-06-01")).reason == "not_reached"
    assert engine.check_quantity("M06", 30_000_000, on=day("2018-06-01")).reason == "not_in_force"


def test_every_finding_explains_itself():
    found = check("T04", start=day("2026-03-02"), end=day("2026-03-21"))
    assert (found.explanation, found.basis, found.version) == ("The limit is broken.", "招标投标法 24", 1)
    assert found.title == "From the first issue of tender documents to the bid deadline"
    assert check("T99", start=None, end=None).title == ""


@given(DAYS, st.sampled_from(DATED), st.sampled_from([None, *Roll]))
def test_the_limit_is_the_border_between_keeping_and_breaking(start, rule_id, roll):
    rule = table.find(rule_id, start)
    limit = deadline(rule_id, start, roll_on=roll).date
    assume(limit is not None)  # a roll of a term of years ends in a year without a notice
    assert limit >= start
    off = timedelta(days=1 if rule.direction in engine.AT_MOST else -1)
    at_limit = check(rule_id, start=start, end=limit, roll_on=roll)
    beyond = check(rule_id, start=start, end=limit + off, roll_on=roll)
    assert at_limit.status is Status.COMPLIANT
    assert beyond.status in {Status.VIOLATION, Status.INVALID_INPUT}


@given(DAYS, st.integers(0, 40), st.sampled_from([Unit.DAYS, Unit.MONTHS, Unit.WORKING_DAYS]), st.sampled_from(Roll))
def test_counting_back_is_the_exact_inverse(last, n, unit, roll):
    n = n % 4 if unit is Unit.MONTHS else n

    def end(start):
        return periods.end(start, n, unit, roll=roll, days=workdays.PUBLISHED)

    latest = periods.latest_start(last, n, unit, roll=roll, days=workdays.PUBLISHED)
    earliest = periods.earliest_start(last, n, unit, roll=roll, days=workdays.PUBLISHED)
    assert end(latest) <= last
    assert end(earliest) >= last
    assert end(earliest - timedelta(days=1)) < last or unit is Unit.WORKING_DAYS
    after = workdays.next_workday(latest) if unit is Unit.WORKING_DAYS else latest + timedelta(days=1)
    assert end(after) > last


@given(DAYS, st.sampled_from([i for i in DATED if table.latest(i).direction is Direction.AT_LEAST]))
def test_a_limit_needs_only_the_calendars_it_touches(start, rule_id):
    with_all, without = (engine.deadline(rule_id, start, calendar=c) for c in (workdays.PUBLISHED, WITHOUT_2026))
    assert without.date in {with_all.date, None}


def test_the_answer_names_the_notices_it_was_counted_by():
    new_year = frozenset({day("2026-12-31"), day("2027-01-01")})
    handed = workdays.PUBLISHED.with_notices({2027: (2, (new_year, frozenset()))})
    over = engine.deadline("G02", day("2026-12-30"), calendar=handed)
    within = engine.check("G02", start=day("2026-11-02"), end=day("2026-11-16"), calendar=handed)
    plain = engine.deadline("T04", day("2026-12-30"), calendar=handed)
    assert (over.date, over.calendars) == (day("2027-01-08"), ((2027, 2),))
    assert (within.status, within.calendars) == (Status.COMPLIANT, ((2026, 0),))
    assert (plain.date, plain.calendars) == (day("2027-01-19"), ())


def test_a_percentage_is_written_as_such_and_other_shares_as_fractions():
    assert [finding.written(n) for n in (None, 3, Decimal("2.50"), Fraction(1, 50), Fraction(2, 3))] == [
        None,
        3,
        "2.50",
        "2%",
        "2/3",
    ]
