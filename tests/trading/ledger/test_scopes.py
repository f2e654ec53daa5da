"""What is sealed for a lot's committee is kept and opened apart from what is sealed for its bids."""

from datetime import UTC, datetime

import pytest

from tests import make
from trading import clock
from trading.ledger import events, export, leaf, reveal, sealed, sequencer, verify_ledger
from trading.ledger.tables import AuditEvent, SealedEntry, SecretWindow

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LOT = "L-1"
COMMITTEE = sealed.committee(LOT)
CLERK = events.Actor(id="u:1", role="agency", auth="pw")


def record(number, **changes):
    facts = {"type": "notice.published", "actor": CLERK, "subject": events.Subject("notice", str(number))}
    return events.record(**{**facts, "tender": LOT, "data": {"number": number}, "at": MOMENT, **changes})


def fill():
    """Return the entries of a bid and of a panel, sealed among covers."""
    sealed.open_secret_windows(LOT, MOMENT)
    bid = record(1, sealed=True)
    sealed.cover(MOMENT)
    panel = record(2, sealed=COMMITTEE)
    sealed.cover(MOMENT)
    return bid, panel


def verdict(tmp_path):
    sequencer.ensure_cosigned(record(99))
    export.export(tmp_path / "export")
    return verify_ledger.examine(tmp_path / "export")


def test_both_windows_open_together_and_tell_the_same_of_every_tender():
    sealed.open_secret_windows(LOT, MOMENT)
    sealed.open_secret_windows(LOT, MOMENT)
    assert set(SecretWindow.objects.values_list("tender", "revealed_at")) == {(LOT, None), (COMMITTEE, None)}
    assert AuditEvent.objects.filter(type="secret.started").count() == 2


def test_an_entry_of_the_committee_is_kept_under_its_scope_and_names_the_lot_within():
    _bid, panel = fill()
    kept = SealedEntry.objects.get(event=panel)
    assert (kept.tender, leaf.decode(bytes(kept.inner))["tender"]) == (COMMITTEE, LOT)
    assert (panel.type, panel.tender) == (leaf.SEALED_TYPE, "")


def test_the_committee_stays_secret_when_the_bids_are_opened(tmp_path):
    bid, panel = fill()
    reveal.open_sealed(LOT, MOMENT)
    assert SealedEntry.objects.get(event=bid).opened_at
    assert not SealedEntry.objects.get(event=panel).opened_at
    assert sealed.is_revealed(LOT)
    assert not sealed.is_revealed(COMMITTEE)
    assert sealed.takes_secret_acts()
    assert verdict(tmp_path)[0] == 0


def test_everything_is_accounted_for_when_the_committee_is_open_too(tmp_path):
    fill()
    reveal.open_sealed(LOT, MOMENT)
    reveal.open_sealed(COMMITTEE, MOMENT)
    assert not sealed.takes_secret_acts()
    code, text = verdict(tmp_path)
    assert code == 0
    assert text.endswith("0 still sealed")


def test_an_entry_of_the_committee_that_is_left_closed_is_named(tmp_path):
    fill()
    reveal.open_sealed(LOT, MOMENT)
    reveal.end_window(COMMITTEE, MOMENT, CLERK)
    code, text = verdict(tmp_path)
    assert code == 1
    assert text.endswith("sealed entries were left unopened")


def test_a_lot_says_whether_its_committee_is_secret():
    lot = make.lot()
    assert lot.committee_is_secret
    sealed.open_secret_windows(lot.code, MOMENT)
    lot.end_secrecy(clock.now())
    assert (sealed.is_revealed(lot.code), lot.committee_is_secret) == (True, True)
    lot.end_committee_secrecy(clock.now())
    assert not lot.committee_is_secret
