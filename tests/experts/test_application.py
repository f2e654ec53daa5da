"""What the law asks of an expert: years, title, age, specialities; and the days of a tie."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts import application, specialities
from experts.application import Title
from tests.experts import people
from trading.errors import InvalidInput, RuleError
from trading.rules.workdays import PUBLISHED

TODAY = date(2026, 11, 22)
BORN = date(1975, 3, 12)


def refusal(born: date = BORN, **facts: object) -> RuleError:
    with pytest.raises(RuleError) as caught:
        application.check(people.profile(**facts), born, TODAY, calendar=PUBLISHED)
    return caught.value


@pytest.mark.parametrize("title", [Title.SENIOR, Title.EQUAL])
def test_eight_years_and_a_senior_title_suffice(title):
    profile = people.profile(title=title, field_since=date(2018, 11, 22))
    application.check(profile, BORN, TODAY, calendar=PUBLISHED)


def test_a_day_less_than_eight_years_is_too_short():
    said = refusal(field_since=date(2018, 11, 23))
    assert (said.code, said.basis) == ("experience_too_short", "招标投标法 37")
    assert said.params["from"] == "2026-11-23"


def test_years_that_lie_ahead_are_too_short():
    assert refusal(field_since=date(2027, 1, 1)).code == "experience_too_short"


def test_an_intermediate_title_is_too_low():
    said = refusal(title=Title.MIDDLE)
    assert (said.code, said.basis) == ("title_too_low", "招标投标法 37")


def test_the_age_limit_is_the_seventieth_birthday_and_is_not_told():
    application.check(people.profile(), date(1956, 11, 22), TODAY, calendar=PUBLISHED)
    said = refusal(date(1956, 11, 21))
    assert said.code == "age_limit_reached"
    assert "198" in said.basis
    assert said.params == {}


@given(st.dates(date(1930, 1, 1), date(2008, 1, 1)))
def test_age_by_the_rule_is_age_by_the_calendar(born):
    birthday = (born.month, born.day)
    years = TODAY.year - born.year - ((TODAY.month, TODAY.day) <= birthday)
    assert application.within_age(born, TODAY, calendar=PUBLISHED) == (years < 70)


@pytest.mark.parametrize(
    "days", [{"starts_on": date(2026, 11, 23)}, {"starts_on": date(2020, 1, 2), "ends_on": date(2020, 1, 1)}]
)
def test_a_tie_with_impossible_days_is_refused(days):
    tie = replace(people.employer(), **days)
    assert refusal(employer=tie).code == "tie_days_wrong"
    assert refusal(ties=[tie]).code == "tie_days_wrong"


def test_specialities_come_in_order_and_once():
    assert specialities.check(["A0802", "A0601", "A0802"], TODAY, most=3) == ["A0601", "A0802"]


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], "specialities_count"),
        (["A0101", "A0301", "A0401", "A0402"], "specialities_count"),
        (["Z9999"], "speciality_unknown"),
    ],
)
def test_wrong_specialities_are_refused(codes, code):
    with pytest.raises(InvalidInput) as caught:
        specialities.check(codes, TODAY, most=3)
    assert (caught.value.code, caught.value.basis) == (code, "招标投标法实施条例 45")


def test_a_speciality_is_given_only_while_it_is_in_force():
    listed = specialities.read(
        '{"specialities": [{"code": "A1", "name": "一", "valid_from": "2020-01-01", "valid_to": "2020-12-31"}]}'
    )["A1"]
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)]
    assert [listed.in_force(day) for day in days] == [False, True, True, False]


def test_every_code_is_a_stratum_of_a_draw_and_reads_with_its_name():
    assert all(code.isascii() and code.isalnum() and code.upper() == code for code in specialities.ALL)
    assert specialities.name_of("A0601") == "工程造价"
    assert specialities.name_of("Z1") == "Z1"
