"""The loops beside the server: sequence, cover, publish and cosign until they are told to stop."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from trading import clock
from trading.ledger import events, leaf, loop, merkle, proofs, publish, publisher, sealed, sequencer
from trading.ledger.tables import LogAnchor, LogCheckpoint, LogLeaf, SealedEntry

pytestmark = pytest.mark.django_db


class Rounds(threading.Event):
    """A stop that comes after some rounds."""

    def __init__(self, count):
        super().__init__()
        self.count = count
        self.pauses = []

    def wait(self, timeout=None):
        self.pauses.append(timeout)
        self.count -= 1
        return self.count < 0


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The test's transaction is the loop's: it may not close the connection."""
    monkeypatch.setattr(loop, "close_old_connections", lambda: None)
    monkeypatch.setattr(type(loop.connections), "close_all", lambda self: None)


def record(**changes):
    facts = {"type": "lot.opened", "actor": events.Actor("u:1", "agency", "pw"), "subject": events.Subject("lot", "1")}
    return events.record(**{**facts, "tender": "L-1", "data": {}, "at": clock.now(), **changes})


def test_the_sequencer_signs_and_the_publisher_publishes_and_has_cosigned():
    record()
    sequencer.run(Rounds(2))
    assert proofs.head().size == 1
    assert publish.published_size(publish.folder()) == 0
    publisher.run(Rounds(2))
    assert publish.published_size(publish.folder()) == 1
    assert LogAnchor.objects.filter(checkpoint_id=1).count() == 1


def test_covers_come_while_a_lot_takes_secret_acts_only(settings):
    settings.LEDGER = {**settings.LEDGER, "COVER_PER_HOUR": 10**9}
    sequencer.run(Rounds(3))
    assert not SealedEntry.objects.exists()
    sealed.open_secret_window("L-1")
    sequencer.run(Rounds(3))
    covers = SealedEntry.objects.filter(cover=True).count()
    assert 3 <= covers <= 3 * sealed.MOST_AT_ONCE
    sealed.close_secret_window("L-1")
    sequencer.run(Rounds(3))
    assert SealedEntry.objects.count() == covers


def test_the_next_cover_is_a_matter_of_chance(settings):
    settings.LEDGER = {**settings.LEDGER, "COVER_PER_HOUR": 60}
    due = clock.now() - timedelta(seconds=1)
    later = sequencer.cover(due)
    assert later > clock.now() - timedelta(seconds=1)
    assert sequencer.cover(later + timedelta(hours=1)) == later + timedelta(hours=1)


def test_a_fault_is_loud_and_stops_the_signing(caplog, tamper):
    tamper(record(), b"{}")
    stop = Rounds(1)
    sequencer.run(stop)
    assert stop.pauses == [sequencer.PAUSE_SECONDS, loop.FAULT_PAUSE_SECONDS]
    assert "refuses to sign" in caplog.text
    assert not LogCheckpoint.objects.exists()


def test_a_database_that_does_not_answer_is_asked_again(monkeypatch, caplog):
    def fail():
        raise OperationalError("gone")

    monkeypatch.setattr(sequencer, "sequence_once", fail)
    sequencer.run(Rounds(2))
    assert caplog.text.count("does not answer") == 2


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_many_writers_and_two_sequencers_make_one_gapless_tree(monkeypatch):
    monkeypatch.undo()
    writers, each = 8, 40
    stop = threading.Event()
    loops = [threading.Thread(target=sequencer.run, args=(stop,)) for _ in range(2)]
    workers = [threading.Thread(target=write_many, args=(number, each)) for number in range(writers)]
    for thread in [*loops, *workers]:
        thread.start()
    for thread in workers:
        thread.join()
    deadline = time.monotonic() + 20
    while (proofs.head() is None or proofs.head().size < writers * each) and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for thread in loops:
        thread.join()
    check_tree(writers * each)


def write_many(number, count):
    for serial in range(count):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7, %s)", [number % 2])
            record(tender=f"L-{number % 2}", data={"writer": number, "serial": serial})
    connection.close()


def check_tree(count):
    leaves = list(LogLeaf.objects.select_related("event").order_by("idx"))
    assert [item.idx for item in leaves] == list(range(count))
    assert proofs.head().size == count
    hashes = [bytes(item.event.leaf_hash) for item in leaves]
    for checkpoint in LogCheckpoint.objects.all():
        assert bytes(checkpoint.root) == merkle.root(hashes[: checkpoint.size])
    for lot in ("L-0", "L-1"):
        own = [item.event_id for item in leaves if item.event.tender == lot]
        assert own == sorted(own), "the entries of one lot stand in the order of its lock"
    entries = [leaf.decode(bytes(item.event.leaf))["data"] for item in leaves]
    for number in range(8):
        assert [entry["serial"] for entry in entries if entry["writer"] == number] == list(range(40))
