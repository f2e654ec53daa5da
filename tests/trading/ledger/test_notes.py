"""Signed notes, checkpoints, cosignatures and receipts against the published examples."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trading.ledger import merkle, notes, promise

VECTORS = json.loads(Path("tests/vectors/ledger/signed_notes.json").read_text())
TESSERA = json.loads(Path("tests/vectors/ledger/tlog_tiles_small_log.json").read_text())
GOLDEN = Path("tests/vectors/ledger/golden_log")
KEYS = json.loads((GOLDEN / "keys.json").read_text())
LOG = notes.parse_key(KEYS["log"][0])
WITNESS = notes.parse_key(KEYS["witnesses"][0])
NOTES = [case for case in VECTORS["notes"] if "note" in case]


@pytest.mark.parametrize("case", NOTES, ids=lambda case: case["name"])
def test_the_published_notes(case):
    verified = notes.parse(case["note"].encode()).verified([notes.parse_key(key) for key in case["vkeys"]])
    assert bool(verified) is case["valid"]
    assert len(verified) == (len(case["vkeys"]) if case["valid"] else 0)


@pytest.mark.parametrize(
    "case", [case for case in NOTES if "skey_public_test_key" in case], ids=lambda case: case["name"]
)
def test_a_published_signature_is_reproduced(case):
    key = notes.parse_signing_key(case["skey_public_test_key"])
    text = notes.parse(case["note"].encode()).text
    assert key.text() == case["skey_public_test_key"]
    assert key.verifying.text() == case["vkeys"][0]
    assert notes.compose(text, [key.sign(text)]) == case["note"]


def test_a_tree_note_of_another_origin():
    case = next(case for case in VECTORS["notes"] if "body" in case)
    checkpoint = notes.parse_checkpoint(case["body"])
    assert checkpoint.root == merkle.leaf_hash(case["root_is_leaf_hash_of_utf8"].encode())
    assert checkpoint.text() == case["body"]


@pytest.mark.parametrize(
    "text",
    [
        *VECTORS["bad_vkeys"],
        "",
        "name",
        "na me+00000000+AA==",
        "n+00000000+!!",
        "n+00000000+Ak==",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_bad_key_is_refused(text):
    with pytest.raises(notes.NoteError):
        notes.parse_key(text)


def test_a_key_under_the_hash_of_another_is_refused():
    name, own, key = KEYS["log"][0].split("+", 2)
    with pytest.raises(notes.NoteError, match="is not its own"):
        notes.parse_key(f"{name}+{WITNESS.key_id.hex()}+{key}")
    assert notes.parse_key(f"{name}+{own}+{key}") == LOG


def test_a_bad_signing_key_is_refused():
    with pytest.raises(notes.NoteError):
        notes.parse_signing_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    with pytest.raises(notes.NoteError):
        notes.parse_signing_key("PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")


@pytest.mark.parametrize("case", VECTORS["cosignatures"], ids=lambda case: case["vkey"].split("+")[0])
def test_the_published_cosignatures(case):
    note = notes.parse(case["note"].encode())
    if case["valid"]:
        assert len(note.verified([notes.parse_key(case["vkey"])])) == 1
    else:
        assert note.signatures


def test_the_checkpoints_of_another_implementation():
    log = notes.parse_key(TESSERA["vkey"])
    for size in range(16):
        data = base64.b64decode(TESSERA["files_base64"][f"checkpoint.{size}"])
        checkpoint, _ = notes.open_checkpoint(data, log)
        assert checkpoint.size == size
        key = notes.parse_signing_key(TESSERA["skey_public_test_key"])
        assert notes.compose(checkpoint.text(), [key.sign(checkpoint.text())]).encode() == data


@pytest.mark.parametrize("size", [1, 255, 256, 257, 300])
def test_the_golden_checkpoints_have_log_and_witness(size):
    data = (GOLDEN / f"checkpoint.{size}").read_bytes()
    checkpoint, note = notes.open_checkpoint(data, LOG)
    assert checkpoint.size == size
    assert len(note.verified([LOG, WITNESS])) == 2
    assert notes.compose(note.text, note.signatures).encode() == data


def test_a_cosignature_reads_back_with_its_time():
    key = notes.SigningKey("w/1", notes.COSIGNATURE, b"\x07" * 32)
    text = notes.Checkpoint("o/1", 3, b"\x01" * 32).text()
    signature = key.sign(text, 1_800_000_000)
    note = notes.parse(notes.compose(text, [signature]).encode())
    assert note.verified([key.verifying]) == [signature]
    assert signature.time == 1_800_000_000
    assert repr(key.seed) not in repr(key)


GOOD = (GOLDEN / "checkpoint").read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" + GOOD,
        GOOD.replace(b"\n\n", b"\n", 1),
        GOOD[:-1],
        GOOD.replace(b"300", b"3\t0"),
        GOOD + b"x\n",
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAA\n".encode(),
        "text\n\n— name AAAAAAB=\n".encode(),
        ("text\n\n" + "— name AAAAAAAA\n" * 101).encode(),
    ],
)
def test_text_that_is_no_note_is_refused(data):
    with pytest.raises(notes.NoteError):
        notes.parse(data)


def test_a_wrong_signature_of_a_known_key_is_refused():
    note = notes.parse(GOOD.replace(b"\n300\n", b"\n301\n"))
    with pytest.raises(notes.NoteError, match="wrong"):
        note.verified([LOG])


@pytest.mark.parametrize(
    "text",
    ["o\n1\n", "\n1\nAA==\n", "o\n01\nAA==\n", "o\n1\nAA==\n", "o\n1\nAA==\nmore\n", "o\n-1\nAA==\n", "o\n١\nAA==\n"],
)
def test_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(notes.NoteError):
        notes.parse_checkpoint(text)


def test_a_checkpoint_of_another_log_is_refused():
    key = notes.SigningKey("o/1", notes.ED25519, b"\x07" * 32)
    text = notes.Checkpoint("o/2", 3, b"\x01" * 32).text()
    with pytest.raises(notes.NoteError, match="o/2"):
        notes.open_checkpoint(notes.compose(text, [key.sign(text)]).encode(), key.verifying)
    with pytest.raises(notes.NoteError, match="not signed by"):
        notes.open_checkpoint(GOOD, key.verifying)


RECEIPT = json.loads((GOLDEN / "example.receipt.json").read_text())
PROOF = (GOLDEN / "example.tlog-proof").read_text()
RECEIPT_KEY = base64.b64decode(KEYS["receipt_key"])


def test_the_golden_receipt_and_its_proof():
    leaf_hash = promise.verify(RECEIPT, RECEIPT_KEY)
    proof = promise.parse_proof(PROOF)
    assert promise.verify_proof(proof, leaf_hash, LOG, [WITNESS], quorum=1) == 300
    assert proof.text() == PROOF
    assert promise.to_text(RECEIPT) == (GOLDEN / "example.receipt.json").read_text()


def test_a_receipt_reads_back():
    key = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
    receipt = promise.sign(key, log="o/1", leaf_hash=b"\x01" * 32, at="2026-11-22T08:00:00.000000Z")
    assert promise.verify(receipt, key.public_key().public_bytes_raw()) == b"\x01" * 32


@pytest.mark.parametrize(
    "receipt",
    [
        {},
        {"receipt": 1},
        {**RECEIPT, "receipt": {**RECEIPT["receipt"], "mmd_s": 9}},
        {**RECEIPT, "receipt": {**RECEIPT["receipt"], "mmd_s": 1.5}},
        {**RECEIPT, "sig": "AA"},
    ],
)
def test_a_false_receipt_is_refused(receipt):
    with pytest.raises(notes.NoteError):
        promise.verify(receipt, RECEIPT_KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nidx 1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nAA\n\nx",
    ],
)
def test_text_that_is_no_proof_is_refused(text):
    with pytest.raises(notes.NoteError):
        promise.parse_proof(text)


def test_a_proof_without_the_witness_or_of_another_entry_is_refused():
    proof = promise.parse_proof(PROOF)
    with pytest.raises(notes.NoteError, match="fewer than 2"):
        promise.verify_proof(proof, promise.verify(RECEIPT, RECEIPT_KEY), LOG, [WITNESS], quorum=2)
    with pytest.raises(notes.NoteError, match="does not lead"):
        promise.verify_proof(proof, b"\x00" * 32, LOG)
