"""The days of a tender: what is proposed is lawful, one day less is refused with its article."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.limits import LimitNotMet, LimitUncertain
from trading.procedures import government_open_tender, public_tender, tender_schedule
from trading.procedures.tender_schedule import AmendmentTooLate, Schedule
from trading.rules.engine import Status
from trading.rules.workdays import PUBLISHED, Calendar, CalendarNotPublished

WORKS = public_tender.PROCEDURE
GP = government_open_tender.PROCEDURE
DAYS = st.dates(date(2019, 1, 1), date(2026, 10, 31))
KINDS = st.sampled_from([WORKS, GP])
ONE_DAY = timedelta(days=1)


def propose(procedure, day, **chosen):
    return tender_schedule.propose(procedure, day, **chosen, calendar=PUBLISHED)


def statuses(procedure, schedule):
    found = tender_schedule.check(procedure, schedule, calendar=PUBLISHED)
    return {one.rule_id: one.status for one in found}


def test_a_tender_is_proposed_five_days_of_documents_and_twenty_to_the_deadline():
    assert propose(WORKS, date(2026, 3, 2)) == Schedule(
        published_on=date(2026, 3, 2),
        notice_until=date(2026, 3, 7),
        documents_from=date(2026, 3, 2),
        documents_until=date(2026, 3, 7),
        deadline=date(2026, 3, 22),
    )


def test_procurement_counts_working_days_across_the_spring_festival():
    assert propose(GP, date(2026, 2, 12)) == Schedule(
        published_on=date(2026, 2, 12),
        notice_until=date(2026, 2, 26),
        documents_from=date(2026, 2, 12),
        documents_until=date(2026, 2, 26),
        deadline=date(2026, 3, 4),
    )


def test_documents_may_be_offered_later_than_the_notice_never_earlier():
    later = propose(WORKS, date(2026, 3, 2), documents_from=date(2026, 3, 9))
    assert (later.documents_from, later.deadline) == (date(2026, 3, 9), date(2026, 3, 29))
    earlier = propose(WORKS, date(2026, 3, 2), documents_from=date(2026, 2, 2))
    assert earlier.documents_from == date(2026, 3, 2)


@given(KINDS, DAYS, st.integers(0, 30))
def test_what_is_proposed_is_lawful(procedure, day, wait):
    schedule = propose(procedure, day, documents_from=day + timedelta(days=wait))
    assert set(statuses(procedure, schedule).values()) == {Status.COMPLIANT}
    found = tender_schedule.require(procedure, schedule, calendar=PUBLISHED)
    assert [one.rule_id for one in found] == list(statuses(procedure, schedule))


@given(KINDS, DAYS, st.sampled_from(["notice_until", "documents_until", "deadline"]))
def test_one_day_less_is_refused_with_the_article(procedure, day, shortened):
    schedule = propose(procedure, day)
    name = {"notice_until": "notice_days", "documents_until": "documents_days", "deadline": "issue_days"}[shortened]
    short = replace(schedule, **{shortened: getattr(schedule, shortened) - ONE_DAY})
    if name not in procedure.rules:
        assert Status.VIOLATION not in statuses(procedure, short).values()
        return
    if shortened == "deadline" and schedule.deadline > schedule.documents_from + timedelta(days=20):
        return  # the offer of documents set the deadline, not the twenty days
    assert statuses(procedure, short)[procedure.rules[name]] is Status.VIOLATION
    with pytest.raises(LimitNotMet) as refusal:
        tender_schedule.require(procedure, short, calendar=PUBLISHED)
    assert refusal.value.basis == procedure.rule(name, day).basis


def test_a_deadline_before_the_documents_is_refused():
    with pytest.raises(LimitNotMet):
        tender_schedule.require(
            WORKS, replace(propose(WORKS, date(2026, 3, 2)), deadline=date(2026, 3, 1)), calendar=PUBLISHED
        )


def test_without_the_years_calendar_nothing_is_guessed():
    with pytest.raises(CalendarNotPublished):
        tender_schedule.propose(GP, date(2026, 3, 2), calendar=Calendar({}))
    with pytest.raises(LimitUncertain):
        tender_schedule.require(GP, propose(GP, date(2026, 3, 2)), calendar=Calendar({}))


def amend(day, deadline, procedure=WORKS):
    return tender_schedule.check_amendment(procedure, amended_on=day, deadline=deadline, calendar=PUBLISHED)


def test_an_amendment_is_safe_until_fifteen_days_before_the_deadline():
    assert amend(date(2026, 3, 16), date(2026, 3, 31)).status is Status.COMPLIANT


@given(KINDS, DAYS)
def test_a_later_amendment_names_the_deadline_it_needs(procedure, day):
    first = tender_schedule.earliest_deadline_after_amendment(procedure, day, calendar=PUBLISHED)
    assert first == day + timedelta(days=15)
    assert amend(day, first, procedure).status is Status.COMPLIANT
    with pytest.raises(AmendmentTooLate) as refusal:
        amend(day, first - ONE_DAY, procedure)
    assert refusal.value.basis == procedure.rule("amendment_days", day).basis
    assert refusal.value.params["first"] == first.isoformat()


def objections_until(procedure, documents_until, deadline):
    return tender_schedule.last_objection_day(
        procedure, documents_until=documents_until, deadline=deadline, calendar=PUBLISHED
    )


def test_objections_to_a_tender_end_ten_days_before_the_deadline():
    assert objections_until(WORKS, date(2026, 3, 9), date(2026, 3, 31)) == date(2026, 3, 21)


def test_challenges_in_procurement_end_seven_working_days_after_the_documents():
    assert objections_until(GP, date(2026, 3, 9), date(2026, 3, 31)) == date(2026, 3, 18)
    assert objections_until(GP, date(2026, 3, 9), date(2026, 3, 12)) == date(2026, 3, 18)  # the deadline cuts nothing
