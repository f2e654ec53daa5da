"""Admission: the place of a bid and the four checks, each with what it refuses."""

import copy
from dataclasses import replace

import pytest

from bids.sealing import admission, age, encryption, envelope
from bids.sealing.admission import Part
from tests.bids.sealing import paper
from trading.errors import RuleError
from trading.ledger import merkle

BID = {mode: paper.bid(mode) for mode in ("T", "TB")}
LARGE = paper.bid("T", bytes(2 * envelope.PART))
OTHER = age.encode_recipient(paper.SIGNER.public_key().public_bytes_raw())


def admit(bid, *, expected=None, parts=None, head=None, **changes):
    """Check the bid with a changed body, parts or head, as the platform does."""
    body = {**copy.deepcopy(bid.body), **changes}
    read = envelope.parse(envelope.sign(body, paper.SIGNER))
    known = expected or paper.expected(bid.body["mode"])
    admission.check(read, known, bid.stored if parts is None else parts, bid.head if head is None else head)


def refusal(*arguments, **changes):
    with pytest.raises(RuleError) as refused:
        admit(*arguments, **changes)
    return refused.value.code


def test_there_are_four_admission_checks():
    assert list(admission.CHECKS) == ["signature", "ciphertext", "header", "access"]


@pytest.mark.parametrize("bid", [*BID.values(), LARGE])
def test_a_sealed_bid_is_admitted(bid):
    assert admit(bid) is None


def test_a_withdrawal_is_admitted():
    read = envelope.parse(envelope.sign(paper.withdrawal(), paper.SIGNER))
    assert admission.check_withdrawal(read, paper.expected()) is None


# The place


@pytest.mark.parametrize(
    ("name", "value"),
    [("tender", "E3302002611220001002"), ("lot", 2), ("bidder", "U91330100MA0000000Y"), ("bid", paper.BID[:-1] + "2")],
)
def test_a_bid_of_another_place_is_refused(name, value):
    assert refusal(BID["T"], expected=paper.expected("T", **{name: value})) == f"wrong_{name}"


def test_a_withdrawal_is_no_bid_and_a_bid_no_withdrawal():
    withdrawal = envelope.parse(envelope.sign(paper.withdrawal(), paper.SIGNER))
    with pytest.raises(admission.Elsewhere) as refused:
        admission.check(withdrawal, paper.expected(), (), b"")
    assert refused.value.code == "envelope_kind"
    with pytest.raises(admission.Elsewhere) as refused:
        admission.check_withdrawal(envelope.parse(BID["T"].text), paper.expected())
    assert refused.value.code == "envelope_kind"


# Signature


def test_an_unsigned_bid_is_refused():
    read = envelope.parse(envelope.to_text(BID["T"].body, bytes(range(32)), bytes(64)))
    with pytest.raises(envelope.WrongSignature):
        admission.check(read, paper.expected("T"), BID["T"].stored, BID["T"].head)


def test_an_unsigned_withdrawal_is_refused():
    read = envelope.parse(envelope.to_text(paper.withdrawal(), bytes(range(32)), bytes(64)))
    with pytest.raises(envelope.WrongSignature):
        admission.check_withdrawal(read, paper.expected())


# Ciphertext


def test_a_bid_without_all_its_parts_is_refused():
    assert refusal(LARGE, parts=LARGE.stored[:-1]) == "part_missing"
    assert refusal(LARGE, parts=()) == "part_missing"


def test_a_bid_with_a_part_too_many_is_refused():
    stored = BID["T"].stored
    assert refusal(BID["T"], parts=(*stored, replace(stored[-1], n=len(stored)))) == "part_surplus"


def test_parts_of_other_sizes_are_refused():
    first, *rest = LARGE.stored
    assert refusal(LARGE, parts=(replace(first, size=first.size - 1), *rest)) == "part_size"


def test_a_changed_part_is_refused():
    first, *rest = LARGE.stored
    assert refusal(LARGE, parts=(replace(first, leaf_hash=bytes(32)), *rest)) == "root_differs"


def test_parts_in_another_order_are_refused():
    first, second, *rest = LARGE.stored
    assert refusal(LARGE, parts=(second, first, *rest)) == "root_differs"


def test_a_bid_larger_than_allowed_is_refused():
    assert refusal(BID["T"], expected=paper.expected("T", max_bytes=65_000)) == "bid_too_large"


@pytest.mark.parametrize("parts", [1, 2])
def test_a_bid_of_full_parts_needs_exactly_them(parts):
    stored = tuple(Part(number, envelope.PART, merkle.leaf_hash(bytes([number]))) for number in range(parts))
    root = paper.text64(merkle.root([part.leaf_hash for part in stored]))
    cipher = {**BID["T"].body["ciphertext"], "size": parts * envelope.PART, "root": root}
    assert admit(BID["T"], parts=stored, ciphertext=cipher) is None


# Header


def test_an_unencrypted_file_is_refused():
    assert refusal(BID["T"], head=b"PK\x03\x04" + bytes(200)) == "not_encrypted"


def test_a_malformed_header_is_refused():
    assert refusal(BID["T"], head=BID["T"].head.replace(b"X25519", b"x25519")) == "age_stanza"


def test_a_length_that_no_content_has_is_refused():
    cipher = BID["T"].cipher[: age.HEAD_BYTES + 15]
    stored = (Part(0, len(cipher), merkle.leaf_hash(cipher)),)
    facts = {
        **BID["T"].body["ciphertext"],
        "size": len(cipher),
        "root": paper.text64(merkle.root([stored[0].leaf_hash])),
    }
    assert refusal(BID["T"], parts=stored, ciphertext=facts) == "age_payload"


# Access


@pytest.mark.parametrize(("mode", "other"), [("T", "TB"), ("TB", "T")])
def test_a_bid_of_the_other_mode_is_refused(mode, other):
    assert refusal(BID[mode], expected=paper.expected(other)) == "wrong_mode"


def test_a_mode_that_its_sets_do_not_have_is_refused():
    assert refusal(BID["T"], expected=paper.expected("TB"), mode="TB") == "wrong_sets"


@pytest.mark.parametrize(
    "change",
    [
        lambda sets: sets[:-1],
        lambda sets: [*sets, sets[0]],
        lambda sets: [sets[1], sets[0], sets[2]],
        lambda sets: [sets[0][::-1], *sets[1:]],
        lambda sets: [sets[0][:-1], *sets[1:]],
        lambda sets: [[sets[0][0], sets[0][0], sets[0][2]], *sets[1:]],
        lambda sets: [[{**sets[0][0], "holder": "centre"}, *sets[0][1:]], *sets[1:]],
    ],
)
def test_other_sets_than_the_published_are_refused(change):
    assert refusal(BID["TB"], access=change(copy.deepcopy(BID["TB"].body["access"]))) == "wrong_sets"


@pytest.mark.parametrize(
    "wrap",
    [
        b"share",
        bytes(311),
        encryption.wrap(b"short", OTHER, paper.chance()),
        encryption.wrap(bytes(200), OTHER, paper.chance()),
    ],
)
@pytest.mark.parametrize("number", [0, 2])
def test_a_wrap_of_another_form_is_refused(wrap, number):
    access = copy.deepcopy(BID["TB"].body["access"])
    access[number][1]["wrap"] = paper.text64(wrap)
    assert refusal(BID["TB"], access=access) == "wrong_wrap"


def test_a_wrap_that_its_holder_cannot_open_is_admitted_for_nobody_can_tell():
    access = copy.deepcopy(BID["T"].body["access"])
    size = len(paper.shares.label(paper.TENDER, paper.BID, 1, 0, "agency")) + 32
    access[0][0]["wrap"] = paper.text64(encryption.wrap(bytes(size), OTHER, paper.chance()))
    assert admit(BID["T"], access=access) is None
