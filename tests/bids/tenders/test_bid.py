"""Bids at their door: admitted whole and in time, replaced and withdrawn by a chain of envelopes, refused otherwise."""

import hashlib
from datetime import datetime, timedelta

import pytest

from bids.bid import Bid
from bids.upload import Part, place
from tests import make
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import DEADLINE
from trading.ledger import promise, receipts
from trading.ledger.tables import AuditEvent, SealedEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return bidding.bidder()


@pytest.fixture
def open_case(case):
    case.open()
    return case


def refusal(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer.json()["code"] == code
    return answer.json()


def test_a_bid_is_admitted_with_a_receipt_at_once(open_case, ours):
    sealed, answer = ours.bid(open_case)
    assert answer.status_code == 201
    said = answer.json()
    assert (said["id"], said["seq"], said["state"]) == (sealed.number, 1, "submitted")
    leaf_hash = receipts.check(said["receipt"])
    assert AuditEvent.objects.filter(leaf_hash=leaf_hash, type="sealed.entry").exists()
    bid = Bid.objects.get(number=sealed.number)
    assert bid.head_leaf == bidding.text64(leaf_hash)
    assert promise.verify(said["receipt"], __import__("base64").b64decode(said["receipt"]["key"])) == leaf_hash


def test_the_public_entry_of_a_bid_says_nothing(open_case, ours):
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    sealed, _answer = ours.bid(open_case)
    fresh = [bytes(event.leaf).decode() for event in AuditEvent.objects.exclude(pk__in=before)]
    assert fresh
    for text in fresh:
        assert '"type":"sealed.entry"' in text
        for secret in (sealed.number, ours.organisation.uscc, open_case.lot.code, str(ours.person.pk) + '"'):
            assert secret not in text


def test_the_same_envelope_again_changes_nothing(open_case, ours):
    sealed, first = ours.bid(open_case)
    again = ours.submit(sealed.text)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert SealedEntry.objects.filter(type="bid.submitted").count() == 1


def test_a_bid_is_replaced_and_only_the_newest_stands(open_case, ours):
    first, answer = ours.bid(open_case)
    leaf = bidding.text64(receipts.check(answer.json()["receipt"]))
    second, answer = ours.bid(open_case, seq=2, supersedes=leaf)
    assert answer.status_code == 201
    states = dict(Bid.objects.values_list("number", "state"))
    assert states == {first.number: "superseded", second.number: "submitted"}


def test_a_bid_is_withdrawn_and_another_one_follows(open_case, ours):
    first, answer = ours.bid(open_case)
    open_case.clock.shift(timedelta(minutes=5))
    leaf = bidding.text64(receipts.check(answer.json()["receipt"]))
    text = bidding.withdrawal(open_case, ours.organisation, first.number, 2, leaf)
    answer = ours.submit(text)
    assert (answer.status_code, answer.json()["seq"], answer.json()["state"]) == (201, 2, "withdrawn")
    arrived = datetime.fromisoformat(answer.json()["received_at"])
    assert arrived - Bid.objects.get().received_at >= timedelta(minutes=5)
    open_case.clock.shift(timedelta(minutes=1))
    assert ours.submit(text).json() == answer.json()
    leaf = bidding.text64(receipts.check(answer.json()["receipt"]))
    _second, answer = ours.bid(open_case, seq=3, supersedes=leaf)
    assert answer.status_code == 201


def test_a_second_bid_that_names_no_receipt_is_refused(open_case, ours):
    ours.bid(open_case)
    _sealed, answer = ours.bid(open_case)
    refusal(answer, 409, "bid_out_of_order")
    assert Bid.objects.count() == 1


def test_a_replay_of_an_old_envelope_after_a_new_one_changes_nothing(open_case, ours):
    first, answer = ours.bid(open_case)
    leaf = bidding.text64(receipts.check(answer.json()["receipt"]))
    ours.bid(open_case, seq=2, supersedes=leaf)
    assert ours.submit(first.text).json()["state"] == "superseded"
    assert Bid.objects.standing().count() == 1


def test_before_the_deadline_by_a_microsecond_counts_and_at_the_deadline_does_not(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, sealed)
    open_case.clock.move_to(DEADLINE, tick=False)
    said = refusal(ours.submit(sealed.text), 409, "bid_late")
    assert "09:30" in said["detail"]
    assert "电子招标投标办法 27" in said["basis"]
    open_case.clock.move_to(DEADLINE - timedelta(microseconds=1), tick=False)
    assert ours.submit(sealed.text).status_code == 201


def test_a_late_bid_leaves_its_hash_in_the_ledger_and_nothing_else(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, sealed)
    open_case.clock.move_to(DEADLINE + timedelta(microseconds=1), tick=False)
    refusal(ours.submit(sealed.text), 409, "bid_late")
    assert Bid.objects.count() == 0
    entry = bytes(SealedEntry.objects.get(type="bid.refused").inner).decode()
    assert hashlib.sha256(sealed.text).hexdigest() in entry
    assert ours.organisation.uscc not in entry


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bidder": "U91330100MA0000000X"}, "wrong_bidder"),
        ({"lot": 999}, "wrong_lot"),
        ({"tender": "E0000000000000000001"}, "wrong_tender"),
        ({"mode": "TB"}, "wrong_mode"),
    ],
)
def test_an_envelope_of_another_bidder_or_lot_is_refused(open_case, ours, change, code):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, sealed)
    sealed.body.update(change)
    refusal(ours.submit(sealed.text), 409, code)
    assert Bid.objects.count() == 0


def test_an_unsigned_or_foreign_envelope_is_refused(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, sealed)
    forged = sealed.text.replace(b'"sig":"', b'"sig":"A')[:-1]
    assert ours.submit(forged).status_code == 400
    stranger = bidding.bidder("另一家公司")
    refusal(stranger.submit(sealed.text), 403, "not_permitted")
    assert Bid.objects.count() == 0


def test_a_missing_part_is_refused(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation, b"x" * 1_500_000)
    assert ours.begin(open_case, sealed.number).status_code == 201
    assert ours.put(sealed.number, 0, sealed.parts[0]).status_code == 201
    refusal(ours.submit(sealed.text), 409, "part_missing")


def test_a_part_that_differs_from_its_digest_is_refused(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.begin(open_case, sealed.number)
    refusal(ours.put(sealed.number, 0, b"other", hashlib.sha256(b"said").digest()), 422, "digest_mismatch")
    assert Part.objects.count() == 0


def test_a_part_is_there_once_and_never_changes(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.begin(open_case, sealed.number)
    assert ours.put(sealed.number, 0, sealed.parts[0]).status_code == 201
    assert ours.put(sealed.number, 0, sealed.parts[0]).status_code == 200
    refusal(ours.put(sealed.number, 0, b"another"), 409, "part_differs")
    stored = place(Part.objects.get().upload_id, 0)
    assert stored.read_bytes() == sealed.parts[0]


def test_parts_that_are_not_those_of_the_envelope_are_refused(open_case, ours):
    sealed, other = (bidding.seal(open_case, ours.organisation) for _ in range(2))
    ours.begin(open_case, sealed.number)
    ours.put(sealed.number, 0, other.parts[0])
    refusal(ours.submit(sealed.text), 409, "root_differs")


def test_an_unencrypted_file_is_refused(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    sealed.parts = [b"PK\x03\x04" + b"x" * (len(sealed.parts[0]) - 4)]
    sealed.body["ciphertext"]["root"] = bidding.text64(sealed.root)
    ours.upload(open_case, sealed)
    answer = ours.submit(sealed.text)
    assert answer.status_code in {400, 409}
    assert answer.json()["code"] == "not_encrypted"


def test_an_upload_of_another_enterprise_cannot_be_seen_or_used(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, sealed)
    stranger = bidding.bidder("另一家公司")
    assert stranger.browser.get(f"/api/v1/uploads/{sealed.number}/").status_code == 404
    assert stranger.put(sealed.number, 1, b"x").status_code == 404
    refusal(stranger.begin(open_case, sealed.number), 409, "upload_taken")


def test_uploads_are_resumed_by_what_has_arrived(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation, b"x" * 1_500_000)
    ours.begin(open_case, sealed.number)
    ours.put(sealed.number, 1, sealed.parts[1])
    found = ours.browser.get(f"/api/v1/uploads/{sealed.number}/").json()["parts"]
    assert found == [{"n": 1, "size": len(sealed.parts[1]), "sha256": hashlib.sha256(sealed.parts[1]).hexdigest()}]


def test_bids_are_taken_from_the_documents_offer_on(case, ours):
    case.announce()
    refusal(ours.begin(case, bidding.seal(case, ours.organisation).number), 409, "takes_no_bids")


@pytest.mark.parametrize("role", ["owner", "agency", "centre_staff", "site_supervisor", "auditor", "sys_admin"])
def test_nobody_else_can_find_a_bid(open_case, ours, role, client):
    sealed, _answer = ours.bid(open_case)
    person = open_case.agency if role == "agency" else open_case.owner if role == "owner" else make.user(role)
    client.force_login(person)
    assert client.get("/api/v1/bids/").json()["items"] == []
    assert client.get(f"/api/v1/bids/{sealed.number}/").status_code == 404
    assert client.get(f"/api/v1/uploads/{sealed.number}/").status_code == 404
