"""Prequalification: until when anybody may object to its documents, by the law that governs the lot."""

from datetime import date

import pytest

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
