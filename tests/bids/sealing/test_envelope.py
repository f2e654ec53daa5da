"""The envelope: strict reading, the published example, both signatures."""

import copy
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from bids.sealing import age, envelope
from tests.bids.sealing import paper
from trading.ledger import jcs, notes

PUBLISHED = json.loads((paper.VECTORS / "ptseal_example_TB_envelope.json").read_text())
EXAMPLE = jcs.encode(PUBLISHED)
BODY = paper.bid().body
P256 = ec.derive_private_key(7, ec.SECP256R1())


def changed(body=BODY, **changes):
    return {name: value for name, value in {**copy.deepcopy(body), **changes}.items() if value is not None}


def text(body=BODY, **changes):
    """Return an envelope of the body whose signature nobody looks at."""
    return envelope.to_text(changed(body, **changes), bytes(range(32)), bytes(64))


def test_the_published_example_is_read_and_its_signature_holds():
    read = envelope.parse(EXAMPLE)
    envelope.verify(read)
    body = PUBLISHED["body"]
    assert (read.tender, read.lot, read.bid, read.bidder, read.seq) == (
        "JY-2026-000123", 1, "0192f0e4-7f6e-7c3a-9d9b-000000000001", "U91330100MA0000000X", 1,
    )  # fmt: skip
    assert read.created.isoformat() == "2026-11-22T07:48:23.169000+00:00"
    assert (read.supersedes, read.is_withdrawal, read.alg) == (None, False, "ed25519")
    assert (read.sealed.mode, read.sealed.recipient, read.sealed.size) == ("TB", body["recipient"], 3_000_920)
    assert [[access.holder for access in holders] for holders in read.sealed.access] == [
        ["agency", "supervisor", "bidder"], ["centre", "supervisor", "bidder"], ["agency", "centre", "bidder"],
    ]  # fmt: skip
    assert age.payload_size(read.sealed.size) == 3_000_000


def test_what_holders_get_is_looked_up_as_it_is_read():
    looked_up = [
        [(one["holder"], notes.unbase64(one["commit"]), notes.unbase64(one.get("wrap", ""))) for one in holders]
        for holders in envelope.access_of(EXAMPLE.decode())
    ]
    read = envelope.parse(EXAMPLE).sealed.access
    assert looked_up == [[(one.holder, one.commit, one.wrap) for one in holders] for holders in read]


def test_the_published_example_is_written_byte_for_byte():
    read = envelope.parse(EXAMPLE)
    assert envelope.to_text(PUBLISHED["body"], read.public, read.signature) == EXAMPLE


def test_the_example_as_its_file_has_it_is_not_canonical():
    with pytest.raises(envelope.Malformed) as refused:
        envelope.parse((paper.VECTORS / "ptseal_example_TB_envelope.json").read_bytes())
    assert refused.value.code == "envelope_not_canonical"


@pytest.mark.parametrize("key", [paper.SIGNER, P256])
@pytest.mark.parametrize("body", [BODY, paper.bid("T").body, paper.bid(seq=2).body, paper.withdrawal()])
def test_what_is_signed_is_read_and_verified(key, body):
    data = envelope.sign(body, key)
    read = envelope.parse(data)
    envelope.verify(read)
    assert envelope.to_text(body, read.public, read.signature, alg=read.alg) == data
    assert read.is_withdrawal == ("kind" in body)


@pytest.mark.parametrize("key", [paper.SIGNER, P256])
@pytest.mark.parametrize("other", [{"lot": 2}, {"created": "2026-11-22T07:48:23.170Z"}])
def test_a_changed_body_is_not_signed(key, other):
    read = envelope.parse(envelope.sign(BODY, key))
    edited = envelope.to_text(changed(**other), read.public, read.signature, alg=read.alg)
    with pytest.raises(envelope.WrongSignature):
        envelope.verify(envelope.parse(edited))


def test_a_key_that_is_no_point_signs_nothing():
    data = envelope.to_text(BODY, bytes(65), bytes(64), alg="ecdsa-p256")
    with pytest.raises(envelope.WrongSignature):
        envelope.verify(envelope.parse(data))


def codes(data):
    with pytest.raises((envelope.Malformed, age.WrongKey)) as refused:
        envelope.parse(data)
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "envelope_json"),
        (b"[]", "envelope_json"),
        (b'"text"', "envelope_json"),
        (b"\xff", "envelope_json"),
        (b"[" * 60_000, "envelope_json"),
        (b'{"a":1.5}', "envelope_json"),
        (b'{"a":NaN}', "envelope_json"),
        (b'{"a":1' + b"0" * 400 + b"}", "envelope_json"),
        (b'{"a":1' + b"0" * 5_000 + b"}", "envelope_json"),
        (b'{"a":9007199254740993}', "envelope_json"),
        (b'{"a":1,"a":1}', "envelope_not_canonical"),
        (b'{"a": 1}', "envelope_not_canonical"),
        (b'{"b":1,"a":1}', "envelope_not_canonical"),
        (b"\xef\xbb\xbf{}", "envelope_json"),
        (b"{}\n", "envelope_not_canonical"),
        (b"{}", "envelope_members"),
        (b"x" * 65_537, "envelope_too_large"),
    ],
)
def test_bytes_that_are_no_envelope_are_refused(data, code):
    assert codes(data) == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tender", "a\nb"), ("tender", ""), ("tender", 1), ("tender", "x" * 65), ("tender", "标"),
        ("lot", 0), ("lot", True), ("lot", "1"), ("lot", 1000), ("lot", -1),
        ("bid", "0192F0E4-7F6E-7C3A-9D9B-000000000001"), ("bid", "0192f0e4-7f6e-1c3a-9d9b-000000000001"),
        ("bidder", "91330100MA0000000X"), ("bidder", "Ux1330100MA0000000X"),
        ("seq", 0), ("seq", 2), ("seq", True), ("seq", 2**31),
        ("supersedes", paper.text64(bytes(32))),
        ("mode", "B"), ("mode", []),
        ("created", "2026-11-22T07:48:23Z"), ("created", "2026-02-30T07:48:23.169Z"), ("created", 5),
        ("access", {}), ("access", []), ("access", [[]]), ("access", ["agency"]),
    ],
)  # fmt: skip
def test_a_malformed_member_is_refused(name, value):
    assert codes(text(**{name: value})) == "envelope_member"


@pytest.mark.parametrize("name", sorted(BODY))
def test_a_missing_member_is_refused(name):
    assert codes(text(**{name: None})) == "envelope_members"


@pytest.mark.parametrize("other", [{"note": "x"}, {"kind": "withdraw"}, {"kind": "bid"}, {"ciphertext": []}])
def test_an_extra_member_is_refused(other):
    assert codes(text(**other)) == "envelope_members"


def test_a_body_that_is_no_object_is_refused():
    assert codes(jcs.encode({"body": [], "pub": "", "sig": ""})) == "envelope_members"


@pytest.mark.parametrize("other", [{"v": "ptseal/2"}, {"v": 1}])
def test_another_version_is_refused(other):
    assert codes(text(**other)) == "envelope_version"


def test_a_withdrawal_of_another_kind_is_refused():
    assert codes(text(paper.withdrawal(kind="revoke"))) == "envelope_version"


@pytest.mark.parametrize("seq", [1, 0])
def test_a_withdrawal_follows_the_bid_it_withdraws(seq):
    assert codes(text(paper.withdrawal(seq=seq))) == "envelope_member"


def test_a_withdrawal_names_what_it_supersedes():
    assert codes(text(paper.withdrawal(supersedes=None))) == "envelope_member"


def test_a_replacement_names_what_it_supersedes():
    assert codes(text(paper.bid(seq=2).body, supersedes=None)) == "envelope_member"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("format", "age", "envelope_member"),
        ("size", 0, "envelope_member"),
        ("size", 2**41, "envelope_member"),
        ("part", 65_536, "envelope_member"),
        ("part", True, "envelope_member"),
        ("root", "", "envelope_member"),
        ("root", paper.text64(bytes(31)), "envelope_member"),
        ("note", "x", "envelope_members"),
    ],
)
def test_a_malformed_ciphertext_is_refused(name, value, code):
    assert codes(text(ciphertext={**BODY["ciphertext"], name: value})) == code


@pytest.mark.parametrize("recipient", ["age1", 7, paper.CUSTODIANS["agency"].upper()])
def test_a_malformed_recipient_is_refused(recipient):
    assert codes(text(recipient=recipient)) == "age_key_wrong"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"holder": "Agency"}, "envelope_member"),
        ({"holder": ["agency"]}, "envelope_member"),
        ({"holder": "bidder"}, "envelope_members"),
        ({"commit": ""}, "envelope_member"),
        ({"commit": paper.text64(bytes(33))}, "envelope_member"),
        ({"wrap": ""}, "envelope_member"),
        ({"wrap": None}, "envelope_member"),
        ({"wrap": "AB=="}, "envelope_member"),
        ({"wrap": "AA"}, "envelope_member"),
        ({"note": "x"}, "envelope_members"),
    ],
)
def test_a_malformed_access_is_refused(change, code):
    first, *rest = BODY["access"][0]
    assert codes(text(access=[[{**first, **change}, *rest]])) == code


def test_an_access_that_is_no_object_is_refused():
    assert codes(text(access=[["agency"]])) == "envelope_members"


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ({"alg": "ed25519"}, "envelope_alg"),
        ({"alg": "sm2-sm3"}, "envelope_alg"),
        ({"alg": ["ecdsa-p256"]}, "envelope_alg"),
        ({"alg": "ecdsa-p256"}, "envelope_member"),
        ({"pub": paper.text64(bytes(31))}, "envelope_member"),
        ({"sig": paper.text64(bytes(65))}, "envelope_member"),
        ({"sig": 1}, "envelope_member"),
        ({"note": 1}, "envelope_members"),
    ],
)
def test_a_malformed_signature_is_refused(file, code):
    assert codes(jcs.encode({**json.loads(text()), **file})) == code


def test_a_writer_is_told_what_no_reader_would_take():
    with pytest.raises(envelope.Malformed):
        envelope.sign(changed(lot=0), paper.SIGNER)


@paper.unhurried
@given(st.integers(0, len(EXAMPLE) - 1), st.integers(0, 255))
def test_no_changed_byte_of_the_example_passes(place, byte):
    data = EXAMPLE[:place] + bytes([byte]) + EXAMPLE[place + 1 :]
    if data != EXAMPLE:
        with pytest.raises((envelope.Malformed, envelope.WrongSignature, age.WrongKey)):
            envelope.verify(envelope.parse(data))
