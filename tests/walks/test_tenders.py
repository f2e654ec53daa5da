"""Whole tenders through the API: from the project to the signed opening record, in both regimes and both modes."""

import pytest
from django.db import connection

from bids.opening import Opening, opened_bids
from config.demo.tendering.preparing import BRIDGE, INSTRUMENTS
from config.demo.tendering.story import TenderStory
from trading.ledger import export, verify_ledger
from trading.ledger.tables import SealedEntry


@pytest.mark.parametrize("purchase", [BRIDGE, INSTRUMENTS], ids=lambda purchase: purchase.kind)
def test_a_tender_is_walked_from_the_project_to_the_signed_record(walk, purchase, tmp_path):
    TenderStory(purchase).tell(walk)

    opening = Opening.objects.get()
    assert opening.state == "finished"
    assert [row.outcome for row in opened_bids(opening)] == ["opened"] * 3
    assert walk.made["record"].startswith(b"%PDF-")
    assert not SealedEntry.objects.filter(opened_at=None).exists()
    walk.settle()
    export.export(tmp_path / "export")
    assert verify_ledger.examine(tmp_path / "export")[0] == 0


@pytest.mark.services
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL and Redis: make services")
def test_the_same_walk_on_postgresql(walk, tmp_path):
    test_a_tender_is_walked_from_the_project_to_the_signed_record(walk, BRIDGE, tmp_path)
