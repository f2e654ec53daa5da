"""On PostgreSQL, too, a sealed entry waits for its turn and is then in the log."""

import pytest

from tests.trading.ledger.test_turns import MOMENT, Die, register
from trading.ledger import sealed, sequencer
from trading.ledger.tables import Held, LogCheckpoint, LogLeaf


@pytest.mark.django_db
def test_a_sealed_entry_has_its_turn_alone(monkeypatch):
    register(1)
    monkeypatch.setattr(sealed, "chance", Die(0))
    sequencer.take_turn(MOMENT)
    assert Held.objects.count() == 1
    sequencer.take_turn(MOMENT)
    sequencer.take_turn(MOMENT)
    types = [row.event.type for row in LogLeaf.objects.select_related("event").order_by("idx")]
    assert types == ["secret.started", *["sealed.entry"] * 3]
    assert list(LogCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 2, 3, 4]
