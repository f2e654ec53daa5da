"""Prequalification: its least days, and until when its documents are objected to, by the law that governs the lot."""

from datetime import date, timedelta

import pytest

from trading.limits import LimitNotMet
from trading.procedures import prequalification
from trading.rules.workdays import PUBLISHED


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("public_tender", date(2026, 3, 14)),  # two days before 16 March
        ("government_open_tender", date(2026, 3, 18)),  # seven working days after 9 March, past the deadline
    ],
)
def test_the_documents_are_objected_to_in_their_own_period(kind, last):
    given = {"documents_until": date(2026, 3, 9), "due_on": date(2026, 3, 16), "calendar": PUBLISHED}
    assert prequalification.last_objection_day(kind, **given) == last


@pytest.mark.parametrize(
    ("kind", "documents_until", "due_on", "rules"),
    [
        ("public_tender", date(2026, 3, 7), date(2026, 3, 12), ["T01", "T02"]),  # five days, then five days
        ("government_open_tender", date(2026, 3, 9), date(2026, 3, 9), ["G02", "G03"]),  # five working days
    ],
)
def test_the_least_days_are_lawful_and_one_less_is_not(kind, documents_until, due_on, rules):
    monday = date(2026, 3, 2)
    days = {"published_on": monday, "documents_from": monday, "documents_until": documents_until, "due_on": due_on}
    found = prequalification.require(kind, **days, calendar=PUBLISHED)
    assert [one.rule_id for one in found] == rules
    for name in ("documents_until", "due_on"):
        with pytest.raises(LimitNotMet):
            prequalification.require(kind, **{**days, name: days[name] - timedelta(days=1)}, calendar=PUBLISHED)
