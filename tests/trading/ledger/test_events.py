"""Recording, sequencing, publishing: what an act writes becomes an entry of a signed tree."""

import hashlib
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from trading import clock
from trading.ledger import (
    events,
    guard,
    keys,
    leaf,
    merkle,
    notes,
    promise,
    proofs,
    publish,
    receipts,
    reveal,
    sealed,
    sequencer,
    triggers,
    witness,
    witness_program,
)
from trading.ledger.tables import AuditEvent, LedgerFault, LogCheckpoint, LogLeaf, LogTile, Pending, SealedEntry

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CLERK = events.Actor(id="u:1", role="agency", auth="pw", org="7")


def record(number=0, **changes):
    facts = {
        "type": "notice.published",
        "actor": CLERK,
        "subject": events.Subject("notice", str(number)),
        "tender": "L-1",
        "data": {"price": "12.50", "number": number},
        "at": MOMENT,
    }
    return events.record(**{**facts, **changes})


def newest():
    checkpoint, note = notes.open_checkpoint(proofs.note(proofs.head().size).encode(), keys.log_key().verifying)
    return checkpoint, note


def test_an_entry_has_its_members_and_waits():
    event = record()
    entry = leaf.decode(event.leaf)
    leaf.check_members(entry, "ledger.test/audit/1")
    assert entry == {
        "v": 1,
        "log": "ledger.test/audit/1",
        "id": str(event.event_id),
        "at": "2026-11-22T08:00:00.000000Z",
        "type": "notice.published",
        "actor": {"id": "u:1", "role": "agency", "auth": "pw", "org": "7"},
        "subject": {"type": "notice", "id": "0"},
        "tender": "L-1",
        "data": {"price": "12.50", "number": 0},
    }
    stored = AuditEvent.objects.get()
    assert (stored.type, stored.subject_type, stored.subject_id, stored.tender) == (
        "notice.published",
        "notice",
        "0",
        "L-1",
    )
    assert bytes(stored.leaf_hash) == merkle.leaf_hash(bytes(stored.leaf))
    assert list(Pending.objects.values_list("event_id", flat=True)) == [event.pk]


def test_an_entry_with_a_float_is_refused_and_leaves_nothing():
    with pytest.raises(leaf.LeafError):
        record(data={"price": 12.5})
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(LedgerFault):
        record()


def test_nothing_waiting_makes_no_checkpoint():
    assert sequencer.sequence_once() is None
    assert not LogCheckpoint.objects.exists()


def test_a_batch_gives_indices_in_the_order_of_the_events_and_signs():
    recorded = [record(i) for i in range(3)]
    checkpoint = sequencer.sequence_once()
    assert checkpoint.size == 3
    assert list(LogLeaf.objects.order_by("idx").values_list("idx", "event_id")) == [
        (i, e.pk) for i, e in enumerate(recorded)
    ]
    assert newest()[0] == notes.Checkpoint(
        "ledger.test/audit/1", 3, merkle.root([bytes(e.leaf_hash) for e in recorded])
    )
    assert not Pending.objects.exists()


def test_many_batches_are_one_tree(monkeypatch):
    monkeypatch.setattr(sequencer, "BATCH", 100)
    recorded = [record(i) for i in range(530)]
    while sequencer.sequence_once():
        pass
    hashes = [bytes(event.leaf_hash) for event in recorded]
    assert list(LogCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [100, 200, 300, 400, 500, 530]
    for checkpoint in LogCheckpoint.objects.all():
        assert bytes(checkpoint.root) == merkle.root(hashes[: checkpoint.size])
    assert LogTile.objects.count() == 4
    path = proofs.consistency(200, 530)
    assert merkle.verify_consistency(200, 530, merkle.root(hashes[:200]), merkle.root(hashes), path)


def test_a_leaf_that_changed_in_the_database_stops_the_signature(tamper):
    event = record()
    tamper(event, bytes(event.leaf).replace(b"12.50", b"92.50"))
    with pytest.raises(LedgerFault, match="does not hash"):
        sequencer.sequence_once()
    assert not LogCheckpoint.objects.exists()


def test_a_clock_that_went_back_stops_the_signature():
    record()
    sequencer.sequence_once()
    record(1)
    with (
        time_machine.travel(proofs.head().at - timedelta(seconds=3), tick=False),
        pytest.raises(LedgerFault, match="clock"),
    ):
        sequencer.sequence_once()
    assert proofs.head().size == 1


# What is published


def published(django_capture_on_commit_callbacks, count):
    with django_capture_on_commit_callbacks(execute=True):
        recorded = [record(i) for i in range(count)]
        sequencer.sequence_once()
    publish.publish()
    return recorded


def test_the_static_files_are_those_of_the_tree(ledger_folder, django_capture_on_commit_callbacks):
    published(django_capture_on_commit_callbacks, 2)
    first = {path.relative_to(ledger_folder).as_posix() for path in ledger_folder.rglob("*") if path.is_file()}
    assert first == {"checkpoint", "tile/0/000.p/2", "tile/entries/000.p/2"}
    recorded = published(django_capture_on_commit_callbacks, 300)
    files = {path.relative_to(ledger_folder).as_posix() for path in ledger_folder.rglob("*") if path.is_file()}
    assert files == {
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/46",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/46",
    }
    assert (ledger_folder / "checkpoint").read_text() == proofs.note(302)
    assert (ledger_folder / "tile/0/001.p/46").read_bytes()[-32:] == bytes(recorded[-1].leaf_hash)
    last = (ledger_folder / "tile/entries/001.p/46").read_bytes()
    assert last.endswith(len(recorded[-1].leaf).to_bytes(2, "big") + recorded[-1].leaf)
    assert proofs.head().published_at is not None


def test_publishing_twice_changes_nothing(ledger_folder, django_capture_on_commit_callbacks):
    published(django_capture_on_commit_callbacks, 2)
    before = {path: path.stat().st_mtime_ns for path in ledger_folder.rglob("*")}
    publish.publish()
    assert {path: path.stat().st_mtime_ns for path in ledger_folder.rglob("*")} == before


def test_a_cosigned_checkpoint_is_kept_with_its_tiles(ledger_folder, django_capture_on_commit_callbacks):
    published(django_capture_on_commit_callbacks, 2)
    witness.cosign()
    published(django_capture_on_commit_callbacks, 300)
    witness.cosign()
    kept = {path.relative_to(ledger_folder).as_posix() for path in ledger_folder.rglob("*") if path.is_file()}
    assert {"checkpoint.2", "checkpoint.302", "tile/0/000.p/2", "tile/entries/000.p/2", "tile/0/000"} <= kept
    assert (
        (ledger_folder / "checkpoint").read_text() == (ledger_folder / "checkpoint.302").read_text() == proofs.note(302)
    )


# The guard


def test_a_log_that_went_back_is_not_continued(django_capture_on_commit_callbacks):
    restored = transaction.savepoint()
    published(django_capture_on_commit_callbacks, 2)
    transaction.savepoint_rollback(restored)
    record(7)
    with pytest.raises(LedgerFault, match="went back"):
        sequencer.sequence_once()
    forget()
    with pytest.raises(LedgerFault, match="2 entries are published, the database has 0"):
        sequencer.sequence_once()
    assert not LogCheckpoint.objects.exists()


def test_a_log_that_forked_is_not_continued(django_capture_on_commit_callbacks):
    restored = transaction.savepoint()
    published(django_capture_on_commit_callbacks, 2)
    transaction.savepoint_rollback(restored)
    forget()
    (folder := settings.LEDGER["DIR"] / "checkpoint").rename(aside := folder.with_name("aside"))
    record(7), record(8)
    sequencer.sequence_once()
    aside.rename(folder)
    forget()
    record(9)
    with pytest.raises(LedgerFault, match="forked"):
        sequencer.sequence_once()


def test_a_log_that_a_witness_saw_longer_or_otherwise_is_not_continued(django_capture_on_commit_callbacks):
    restored = transaction.savepoint()
    published(django_capture_on_commit_callbacks, 2)
    witness.cosign()
    transaction.savepoint_rollback(restored)
    (settings.LEDGER["DIR"] / "checkpoint").unlink()
    forget()
    record(7)
    with pytest.raises(LedgerFault, match="has seen 2 entries, this log has 0"):
        sequencer.sequence_once()
    guard.checked.add(guard.place())
    record(8)
    sequencer.sequence_once()
    with pytest.raises(LedgerFault, match="another log"):
        witness.cosign()


def test_a_damaged_or_foreign_published_checkpoint_stops_the_signature():
    (settings.LEDGER["DIR"]).mkdir()
    (settings.LEDGER["DIR"] / "checkpoint").write_text("nonsense")
    record()
    with pytest.raises(LedgerFault, match="not a checkpoint of this log"):
        sequencer.sequence_once()


def test_an_index_without_a_checkpoint_stops_the_signature():
    LogLeaf.objects.create(idx=0, event=record())
    record(1)
    with pytest.raises(LedgerFault, match="last index is 0"):
        sequencer.sequence_once()


def forget():
    guard.checked.clear()
    guard.signed.clear()


# Receipts and proofs


def test_a_receipt_is_kept_by_a_proof():
    event = record()
    receipt = receipts.issue(event)
    assert receipts.check(receipt) == bytes(event.leaf_hash)
    assert receipt["receipt"]["at"] == "2026-11-22T08:00:00.000000Z"
    record(1)
    sequencer.sequence_once()
    proof = promise.parse_proof(proofs.proof(proofs.index_of(event)).text())
    assert promise.verify_proof(proof, receipts.check(receipt), keys.log_key().verifying) == 2


def test_the_proof_is_in_the_first_cosigned_checkpoint():
    event = record()
    sequencer.sequence_once()
    assert not witness.cosigned_after(event)
    witness.cosign()
    record(1)
    sequencer.sequence_once()
    proof = proofs.proof(0)
    observer = keys.demonstration_key().verifying
    assert promise.verify_proof(proof, bytes(event.leaf_hash), keys.log_key().verifying, [observer], quorum=1) == 1
    with pytest.raises(merkle.TreeError):
        proofs.proof(2)


def test_an_entry_is_found_by_index_hash_and_id():
    event = record()
    assert proofs.index_of(event) is None
    sequencer.sequence_once()
    for key in ["0", bytes(event.leaf_hash).hex(), notes.base64_text(bytes(event.leaf_hash)), f" {event.event_id} "]:
        assert proofs.find(key).event == event
    for key in ["1", "", "٣", "AAAA", "00" * 32, "nonsense", "9" * 30]:
        assert proofs.find(key) is None


# Witnesses


def test_an_event_is_cosigned_on_demand():
    event = record()
    assert not witness.cosigned_after(event)
    assert sequencer.ensure_cosigned(event)
    assert witness.cosigned_after(event)
    _, note = newest()
    (signature,) = note.verified([keys.demonstration_key().verifying])
    assert signature.name == "ledger.test/demonstration-witness"
    assert witness.is_demonstration()
    assert not witness.cosigned_after(record(1))


def test_a_checkpoint_inside_a_transaction_is_shown_to_no_witness():
    with transaction.atomic():
        sequencer.batch()
        with pytest.raises(RuntimeError, match="durable"):
            witness.cosign()


def test_without_an_answer_the_log_goes_on_and_the_quorum_is_missed(settings, caplog):
    key = notes.SigningKey("supervisor.test/w1", notes.COSIGNATURE, b"\x01" * 32).verifying.text()
    settings.LEDGER = {**settings.LEDGER, "WITNESSES": (("http://127.0.0.1:9", key),)}
    event = record()
    assert not sequencer.ensure_cosigned(event)
    assert "gave no cosignature" in caplog.text
    assert not witness.is_demonstration()


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "broken"), (200, "nonsense"), (200, "— other.test/w1 AAAAAAAAAAA=\n"), (404, ""), (409, "nonsense\n")],
)
def test_a_witness_that_answers_nonsense_has_not_cosigned(settings, caplog, status, body):
    with answering(status, body) as address:
        key = notes.SigningKey("supervisor.test/w1", notes.COSIGNATURE, b"\x01" * 32).verifying.text()
        settings.LEDGER = {**settings.LEDGER, "WITNESSES": ((address, key),)}
        event = record()
        if status == 409:
            with pytest.raises(LedgerFault, match="another log"):
                sequencer.ensure_cosigned(event)
        else:
            assert not sequencer.ensure_cosigned(event)
            assert "gave no cosignature" in caplog.text
    assert not witness.cosigned_after(event)


@contextmanager
def answering(status, body):
    """A witness that always says the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_witness_without_a_network_answers_by_file(settings, tmp_path):
    witness_program.new_key(tmp_path / "w.key", "supervisor.test/w1")
    cosigner = witness_program.load(tmp_path / "w.key", [keys.log_key().verifying.text()], tmp_path / "state")
    settings.LEDGER = {**settings.LEDGER, "WITNESSES": (("file", cosigner.key),)}
    (supervisor,) = witness.witnesses()
    with pytest.raises(LedgerFault, match="no checkpoint"):
        witness.write_request(supervisor, tmp_path / "request.txt")
    event = record()
    sequencer.sequence_once()
    size = witness.write_request(supervisor, tmp_path / "request.txt").size
    arguments = [
        "file",
        "--key",
        str(tmp_path / "w.key"),
        "--log",
        keys.log_key().verifying.text(),
        "--state",
        str(tmp_path / "state"),
    ]
    arguments += [str(tmp_path / "request.txt"), str(tmp_path / "response.txt")]
    assert witness_program.main(arguments) == 0
    assert witness.read_response(supervisor, size, tmp_path / "response.txt")
    assert witness.cosigned_after(event)
    assert witness_program.main(arguments) == 1
    with pytest.raises(LedgerFault, match="answered 409"):
        witness.read_response(supervisor, size, tmp_path / "response.txt")


# Sealed entries


def test_sealed_and_cover_entries_look_the_same():
    sealed.open_secret_window("L-1", MOMENT)
    one = record(1, sealed=True, data={"who": "a long name" * 50})
    two = record(2, sealed=True)
    written = [one, two, *sealed.cover(MOMENT + timedelta(seconds=59))]
    entries = [leaf.decode(bytes(event.leaf)) for event in written]
    for entry in entries:
        commitment, identity = entry["data"].pop("c"), entry.pop("id")
        assert len(commitment) == 64
        assert leaf.UUID7.fullmatch(identity)
        assert datetime.fromtimestamp(int(identity.replace("-", "")[:12], 16) / 1000, UTC) == MOMENT
        assert entry == entries[0] | {"at": clock.iso(MOMENT)}
    assert len({len(event.leaf) for event in written}) == 1
    assert {(e.type, e.subject_type, e.subject_id, e.tender) for e in written} == {("sealed.entry", "-", "-", "")}


def test_covers_come_in_groups_as_the_entries_of_one_request_do():
    sizes = {len(sealed.cover(MOMENT)) for _ in range(200)}
    assert sizes == set(range(1, sealed.MOST_AT_ONCE + 1))


def test_the_rate_of_covers_is_known_to_nobody_and_holds_for_half_a_day(settings):
    settings.LEDGER = {**settings.LEDGER, "COVER_PER_HOUR": 60}
    rates = [sealed.cover_rate(MOMENT + timedelta(hours=12 * number)) for number in range(400)]
    assert all(60 <= rate <= 240 for rate in rates)
    assert min(rates) < 65
    assert max(rates) > 220
    assert sealed.cover_rate(MOMENT) == sealed.cover_rate(MOMENT + timedelta(minutes=1))


def test_a_sealed_receipt_proves_the_content():
    event = record(1, sealed=True)
    receipt = receipts.issue(event)
    inner, salt = receipt["sealed"]["inner"], bytes.fromhex(receipt["sealed"]["salt"])
    commitment = hashlib.sha256(b"ptlog sealed v1\n" + salt + inner.encode()).hexdigest()
    assert leaf.decode(receipt["leaf"].encode())["data"]["c"] == commitment
    assert leaf.decode(inner.encode())["data"] == {"price": "12.50", "number": 1}


def test_opening_a_lot_opens_each_sealed_entry_and_then_the_covers():
    sealed.open_secret_window("L-1", MOMENT)
    sealed.open_secret_window("L-2", MOMENT)
    assert sealed.takes_secret_acts()
    record(1, sealed=True)
    covers = sealed.cover(MOMENT)
    record(2, sealed=True, tender="L-2")
    sealed.close_secret_window("L-1", MOMENT)
    (opening,) = reveal.open_sealed("L-1", MOMENT)
    data = leaf.decode(bytes(opening.leaf))["data"]
    private = SealedEntry.objects.get(tender="L-1")
    assert data == {"idx": 2, "salt": bytes(private.salt).hex(), "inner": bytes(private.inner).decode()}
    assert SealedEntry.objects.filter(cover=True, opened_at=None).exists()
    assert reveal.open_sealed("L-1", MOMENT) == []
    reveal.open_sealed("L-2", MOMENT)
    assert not SealedEntry.objects.filter(opened_at=None).exists()
    assert not sealed.takes_secret_acts()
    sequencer.sequence_once()
    types = [
        leaf.decode(bytes(item.event.leaf))["type"] for item in LogLeaf.objects.select_related("event").order_by("idx")
    ]
    started, sealed_types = ["secret.started"] * 2, ["sealed.entry"] * (2 + len(covers))
    assert types == [
        *started,
        *sealed_types,
        "sealed.opened",
        "secret.ended",
        "sealed.opened",
        *["sealed.opened"] * len(covers),
        "secret.ended",
    ]


def test_only_the_given_types_are_opened_and_the_window_stays():
    record(1, sealed=True, type="registration.submitted")
    record(2, sealed=True, type="session.signed_in")
    assert len(reveal.open_sealed("L-1", MOMENT, types={"registration.submitted"})) == 1
    assert SealedEntry.objects.get(opened_at=None).type == "session.signed_in"
    assert sealed.takes_secret_acts()


def test_a_lot_without_a_window_has_nothing_to_open():
    assert reveal.open_sealed("L-9", MOMENT) == []
    assert not AuditEvent.objects.exists()


# Completeness


def test_the_list_holds_what_happened_since_the_last_one():
    recorded = [record(i) for i in range(3)]
    record(9, tender="L-2")
    listed = events.completeness("L-1")
    assert listed == sorted(notes.base64_text(bytes(e.leaf_hash)) for e in recorded) or len(listed) == 3
    assert {notes.unbase64(item) for item in listed} == {bytes(e.leaf_hash) for e in recorded}
    closing = record(4, type="tender.closed", data={"events": listed})
    after = record(5)
    assert {notes.unbase64(item) for item in events.completeness("L-1")} == {
        bytes(e.leaf_hash) for e in (closing, after)
    }


def test_a_long_list_is_its_number_and_root(monkeypatch):
    monkeypatch.setattr(events, "LIST_LIMIT", 2)
    hashes = sorted(bytes(record(i).leaf_hash) for i in range(3))
    assert events.completeness("L-1") == {"count": 3, "root": notes.base64_text(merkle.root(hashes))}


# Triggers


@pytest.fixture
def guarded():
    if not guarded_already():
        triggers.forward(None, connection.schema_editor())


def guarded_already():
    with connection.cursor() as cursor:
        table, column = ("pg_trigger", "tgname") if connection.vendor == "postgresql" else ("sqlite_master", "name")
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = 'audit_event_no_delete'")  # noqa: S608
        return cursor.fetchone()[0] > 0


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize(
    "harm",
    [
        lambda: AuditEvent.objects.update(type="other.type"),
        lambda: AuditEvent.objects.all()._raw_delete("default"),
        lambda: LogLeaf.objects.update(idx=7),
        lambda: LogLeaf.objects.all()._raw_delete("default"),
        lambda: LogCheckpoint.objects.update(note=""),
        lambda: LogCheckpoint.objects.all()._raw_delete("default"),
        lambda: LogCheckpoint.objects.update(published_at=MOMENT + timedelta(1)),
        lambda: AuditEvent.objects.create(event_id=leaf.uuid7(0, b"0123456789"), leaf=b"{", leaf_hash=b"0" * 32),
    ],
)
def test_the_tables_only_grow(harm):
    record()
    sequencer.sequence_once()
    LogCheckpoint.objects.update(published_at=MOMENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        harm()
    assert AuditEvent.objects.count() == LogLeaf.objects.count() == LogCheckpoint.objects.count() == 1
