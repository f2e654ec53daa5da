"""PostgreSQL, too, lets a transcript only grow."""

import pytest

from tests.trading.live import harms


@pytest.mark.django_db
@pytest.mark.parametrize("harm", harms.HARMS)
def test_the_database_lets_a_transcript_only_grow(harm):
    assert harms.refused(harm)
