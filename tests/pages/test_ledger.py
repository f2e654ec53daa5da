"""The ledger's pages: head, entries with their proofs, receipts, and the files that monitors read."""

import json

import pytest

from tests import make
from trading.ledger import keys, merkle, notes, promise, proofs, publish, receipts, sequencer
from trading.ledger.tables import AuditEvent, LogLeaf

pytestmark = pytest.mark.django_db


def sequenced():
    while sequencer.sequence_once() is not None:
        pass


def test_an_empty_ledger_says_so(english):
    text = english.get("/ledger/").text
    assert "No checkpoint has been signed yet." in text
    assert "The ledger has no such entry." in text


def test_the_explorer_shows_head_and_entries_and_finds_one(english, case):
    sequenced()
    head = proofs.head()
    text = english.get("/ledger/").text
    assert f">{head.size}<" in text
    assert notes.base64_text(bytes(head.root)) in text
    event = LogLeaf.objects.get(idx=0).event
    for clue in ("0", bytes(event.leaf_hash).hex(), str(event.event_id)):
        assert english.get("/ledger/", {"q": clue}).url == "/ledger/entries/0/"
    assert "Register a comparison" in english.get("/ledger/", {"q": case.lot.code}).text
    assert "no such entry" in english.get("/ledger/", {"q": "nothing"}).text


def test_the_list_is_paged_by_index(english, case):
    for _ in range(12):
        sequenced()
        case.registration()
    first = english.get("/ledger/?from=5").text
    assert "/ledger/entries/5/" in first
    assert "/ledger/entries/6/" not in first
    assert english.get("/ledger/?from=x").status_code == 200


def test_an_entry_shows_its_bytes_and_a_proof_that_leads_to_the_root(english, case):
    sequenced()
    found = LogLeaf.objects.select_related("event").get(event__type="comparison.registered")
    page = english.get(f"/ledger/entries/{found.idx}/")
    assert "equal to the signed one" in page.text
    assert page.context["steps"][-1].result == bytes(proofs.head().root).hex()
    assert english.get(f"/ledger/entries/{found.idx}/leaf.json").content == bytes(found.event.leaf)
    given = promise.parse_proof(english.get(f"/ledger/entries/{found.idx}/proof.txt").text)
    size = promise.verify_proof(given, bytes(found.event.leaf_hash), keys.log_key().verifying)
    assert size == proofs.head().size
    assert english.get(f"/ledger/entries/{proofs.head().size}/").status_code == 404


def test_a_sealed_entry_tells_nothing_until_it_is_opened(english, registering):
    _case, registration = registering
    sequenced()
    sealed = LogLeaf.objects.filter(event__type="sealed.entry").first()
    text = english.get(f"/ledger/entries/{sealed.idx}/").text
    assert registration.organisation.uscc not in text
    assert "The content is sealed" in text
    assert all(entry.idx != sealed.idx for entry in LogLeaf.objects.filter(event__tender=registration.lot.code))


def test_an_opened_entry_shows_what_was_sealed(english, listed):
    sequenced()
    opened = LogLeaf.objects.filter(event__type="sealed.opened").order_by("idx").first()
    page = english.get(f"/ledger/entries/{opened.idx}/")
    assert page.context["opening"]["fits"]
    sealed = english.get(f"/ledger/entries/{page.context['opening']['index']}/").text
    assert f"/ledger/entries/{opened.idx}/" in sealed


def test_a_receipt_is_ours_or_not(english, case):
    event = AuditEvent.objects.filter(type="comparison.registered").get()
    receipt = receipts.promised(event)
    sequenced()
    place = proofs.index_of(event)
    assert f"/ledger/entries/{place}/" in english.post("/ledger/receipt/", {"text": json.dumps(receipt)}).text
    forged = {**receipt, "receipt": {**receipt["receipt"], "mmd_s": 11}}
    assert "not signed by us" in english.post("/ledger/receipt/", {"text": json.dumps(forged)}).text
    changed = {**receipt, "leaf": "{}", "sealed": {"salt": "00", "inner": "{}"}}
    answer = english.post("/ledger/receipt/", {"text": json.dumps(changed)}).text
    assert "the content was changed" in answer
    assert "Signed by us, and kept" not in answer
    for text in ("", "{", "[]", "1" * 10):
        assert english.post("/ledger/receipt/", {"text": text}).status_code == 400


def test_the_published_files_are_those_that_the_sequencer_wrote(english, settings):
    make.organisation()
    sequenced()
    publish.publish()
    folder = settings.LEDGER["DIR"]
    size = proofs.head().size
    for name in ("checkpoint", merkle.tile_path(0, 0, size), merkle.tile_path("entries", 0, size)):
        answer = english.get(f"/ledger/{name}")
        assert (answer.status_code, answer.content) == (200, (folder / name).read_bytes())
    assert json.loads(english.get("/ledger/keys.json").content)["origin"] == keys.origin()


@pytest.mark.parametrize(
    "name",
    ["tile/0/../../keys/log.key", "tile/64/000", "tile/0/0", "tile/0/000.p/0", "checkpoint.0", "checkpoint.x", ".x"],
)
def test_no_other_file_is_served(english, name):
    assert english.get(f"/ledger/{name}").status_code == 404


@pytest.mark.parametrize("name", ["verify_draw.py", "verify_ledger.py"])
def test_the_verifiers_are_served_with_their_hash(english, name):
    answer = english.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.content.startswith((b"#!", b'"""'))
    tag = answer.headers["ETag"]
    assert tag.strip('"') in english.get("/verify/").text
    assert english.get(f"/{name}", headers={"If-None-Match": tag}).status_code == 304
