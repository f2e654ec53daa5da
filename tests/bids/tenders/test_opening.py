"""The opening: closed on the second, opened by custodians, read out at once, signed, in a list of opened bids."""

from datetime import timedelta

import pyrage
import pytest
from django.test import Client

from bids import opening_due
from bids.bid import Bid
from bids.decryption import place
from bids.opened import BadWrap, OpenedBid, Outcome
from bids.opening import Opening, opened_bids
from bids.sealing import shares
from tests import make
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import DEADLINE
from trading.errors import NotPermitted
from trading.ledger import leaf, notes, sealed
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.live import SessionEvent
from trading.transitions import perform

pytestmark = pytest.mark.django_db
PRICES = ("4800000.00", "4755000.50", "4890000.00")


def enter(case, prices=PRICES, **changes):
    """Let an enterprise bid for each price; return (bidder, sealed bid) of each."""
    made = []
    for number, price in enumerate(prices):
        case.clock.shift(timedelta(seconds=1))
        bidder = bidding.bidder(f"建筑工程有限公司{number}")
        content = bidding.content_of(case, bidder.organisation, price, **changes)
        sealed_bid, answer = bidder.bid(case, content)
        assert answer.status_code == 201, answer.content
        made.append((bidder, sealed_bid))
    return made


def tick():
    opening_due.close_tenders()
    opening_due.decrypt_bids()
    opening_due.schedule_openings()


def begin(case, after=timedelta(seconds=2)):
    tick()
    case.clock.move_to(DEADLINE + after, tick=False)
    tick()
    return Opening.objects.get(lot=case.lot)


def release(case, opening, holder, *, spoil=()):
    """Give the shares of a custodian over HTTP, as its page does."""
    browser = Client()
    browser.force_login(case.keepers[holder])
    answer = browser.get(f"/api/v1/openings/{opening.pk}/wraps/", {"holder": holder})
    assert answer.status_code == 200, answer.content
    given = []
    for wrap in answer.json()["wraps"]:
        content = pyrage.decrypt(notes.unbase64(wrap["wrap"]), [case.identities[holder]])
        share = content[-32:]
        if wrap["number"] in spoil:
            share = bytes(32)
        given.append({"bid": wrap["bid"], "set": wrap["set"], "share": notes.base64_text(share)})
    body = {"holder": holder, "shares": given}
    return browser.post(f"/api/v1/openings/{opening.pk}/shares/", body, content_type="application/json")


def kinds(opening):
    rows = SessionEvent.objects.filter(transcript_id=opening.session.transcript_id)
    return list(rows.order_by("seq").values_list("kind", flat=True))


def test_nothing_begins_before_two_seconds_after_the_deadline(case):
    case.open()
    enter(case)
    tick()
    case.clock.move_to(DEADLINE + timedelta(seconds=2) - timedelta(microseconds=1), tick=False)
    tick()
    assert Opening.objects.get().state == "scheduled"
    case.clock.move_to(DEADLINE + timedelta(seconds=2), tick=False)
    tick()
    opening = Opening.objects.get()
    assert (opening.state, opening.session.state, opening.opened.count()) == ("decrypting", "open", 3)


def test_bids_are_opened_by_two_custodians_and_read_out_at_once(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    answer = release(case, opening, "agency")
    assert answer.json() == {"accepted": 6, "refused": []}
    tick()
    assert not OpenedBid.objects.exclude(outcome=Outcome.WAITING).exists()
    assert release(case, opening, "supervisor").status_code == 200
    tick()
    opening.refresh_from_db()
    assert opening.state == "read_out"
    read = Client().get(f"/api/v1/openings/{opening.pk}/bids/").json()["bids"]
    assert [row["price"] for row in read] == list(PRICES)
    assert [row["uscc"] for row in read] == [bidder.organisation.uscc for bidder, _sealed in made]
    assert read[1]["price_words"] == "肆佰柒拾伍万伍仟元伍角"
    for row, (_bidder, sealed_bid) in zip(OpenedBid.objects.order_by("number"), made, strict=True):
        assert row.secret == sealed_bid.secret.hex()
        assert place(row).exists()
    assert kinds(opening)[-4:] == ["opening.decrypted", "bid.read_out", "bid.read_out", "bid.read_out"]
    assert len(opened_bids(opening)) == 3


def test_every_sealed_entry_is_open_once_the_opening_has_begun(case):
    case.open()
    enter(case)
    begin(case)
    assert not SealedEntry.objects.filter(tender=case.lot.code, opened_at=None).exists()
    assert sealed.is_revealed(case.lot.code)
    assert case.lot.committee_is_secret


def test_each_bid_has_its_entry_in_the_ledger(case):
    case.open()
    enter(case)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "backup")
    tick()
    entries = [leaf.decode(bytes(event.leaf)) for event in AuditEvent.objects.filter(type="opening.bid")]
    assert sorted(entry["data"]["items"]["price"] for entry in entries) == sorted(PRICES)
    assert {entry["tender"] for entry in entries} == {case.lot.code}


def test_fewer_than_three_bids_are_not_opened(case):
    case.open()
    enter(case, PRICES[:2])
    opening = begin(case)
    assert (opening.state, opening.failure) == ("failed", "too_few_bidders")
    assert case.lot.notices.filter(kind="failure").exists()
    browser = Client()
    browser.force_login(case.keepers["agency"])
    answer = browser.get(f"/api/v1/openings/{opening.pk}/wraps/", {"holder": "agency"})
    assert (answer.status_code, answer.json()["code"]) == (409, "opening_failed")


def test_who_asks_for_the_bids_of_a_failed_opening_hears_that_and_is_not_logged(case):
    case.open()
    enter(case, PRICES[:2])
    opening = begin(case)
    owner, visitor = Client(), Client()
    owner.force_login(case.owner)
    for browser in (owner, visitor):
        answer = browser.get(f"/api/v1/openings/{opening.pk}/bids/")
        assert (answer.status_code, answer.json()["code"]) == (409, "opening_failed")
        assert browser.get(f"/openings/{opening.pk}/record/").status_code == 409
    assert not AuditEvent.objects.filter(type="bids.look_refused").exists()
    assert not SealedEntry.objects.filter(type="bids.look_refused").exists()


def test_a_replaced_bid_is_not_opened_and_its_file_is_gone(case):
    case.open()
    made = enter(case)
    bidder, first = made[0]
    bid = Bid.objects.get(number=first.number)
    content = bidding.content_of(case, bidder.organisation, "4700000.00")
    second, answer = bidder.bid(case, content, seq=2, supersedes=bid.head_leaf)
    assert answer.status_code == 201
    opening = begin(case)
    numbers = [row.bid.number for row in opening.opened.all()]
    assert second.number in numbers
    assert first.number not in numbers
    with pytest.raises(OSError, match="No such file"):
        bid.upload.head()


def test_an_edited_share_is_refused_and_the_other_set_opens(case):
    case.open()
    enter(case)
    opening = begin(case)
    answer = release(case, opening, "agency", spoil={1})
    refused = answer.json()["refused"]
    assert {one["code"] for one in refused} == {"share_wrong"}
    assert len(refused) == 2
    release(case, opening, "supervisor")
    tick()
    opening.refresh_from_db()
    assert (opening.state, opening.opened.undecided().count()) == ("decrypting", 1)
    release(case, opening, "backup")
    tick()
    opening.refresh_from_db()
    assert opening.state == "read_out"
    assert opening.opened.get(number=1).set_used == 2


def test_where_no_share_is_accepted_nothing_changes(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    before = (Opening.objects.get().version, kinds(opening), AuditEvent.objects.count())
    answer = release(case, opening, "agency", spoil={1, 2, 3})
    assert (answer.status_code, answer.json()["code"]) == (409, "shares_refused")
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/shares/{n}" for n in range(6)]
    assert {one["code"] for one in answer.json()["errors"]} == {"share_wrong"}
    number = made[0][1].number
    wrong = {"bid": number, "set": 0, "share": bidding.text64(bytes(32))}
    bad = {"bid": number, "set": 1, "code": "unreadable"}
    browser = Client()
    browser.force_login(case.keepers["agency"])
    body = {"holder": "agency", "shares": [wrong], "bad": [bad]}
    answer = browser.post(f"/api/v1/openings/{opening.pk}/shares/", body, content_type="application/json")
    assert answer.json()["code"] == "shares_refused"
    assert (Opening.objects.get().version, kinds(opening), AuditEvent.objects.count()) == before
    assert not BadWrap.objects.exists()


def test_a_share_of_a_superseded_bid_is_refused(case):
    case.open()
    made = enter(case)
    bidder, first = made[0]
    old = Bid.objects.get(number=first.number)
    bidder.bid(case, bidding.content_of(case, bidder.organisation), seq=2, supersedes=old.head_leaf)
    opening = begin(case)
    browser = Client()
    browser.force_login(case.keepers["agency"])
    given = {"bid": first.number, "set": 0, "share": bidding.text64(bytes(32))}
    body = {"holder": "agency", "shares": [given]}
    answer = browser.post(f"/api/v1/openings/{opening.pk}/shares/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "shares_refused")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/shares/0", "bid_not_listed")]


def own_share(opening, bidder, sealed_bid, **headers):
    """Give the bidder's own share over HTTP, as its page does: without a version."""
    bidder.browser.force_login(bidder.person)
    return bidder.browser.post(
        f"/api/v1/openings/{opening.pk}/give-own-share/",
        {"code": shares.to_code(sealed_bid.own).lower()},
        content_type="application/json",
        headers=headers,
    )


def test_what_others_do_meanwhile_refuses_nobodys_own_share_or_confirmation(case_tb):
    case = case_tb
    case.open()
    made = enter(case, [*PRICES, *PRICES])
    opening = begin(case)
    address = f"/api/v1/openings/{opening.pk}/"
    seen = Client().get(address).headers["ETag"]  # all six read the page at the same moment
    for holder in ("agency", "supervisor"):
        release(case, opening, holder)
    given = [
        own_share(opening, *one, **{"If-Match": seen, "Idempotency-Key": f"share-{n}"}) for n, one in enumerate(made)
    ]
    assert [answer.status_code for answer in given] == [200] * 6
    again = own_share(opening, *made[0], **{"If-Match": seen, "Idempotency-Key": "share-0"})
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    tick()
    confirmed = [bidder.browser.post(f"{address}confirm/", headers={"If-Match": seen}) for bidder, _sealed in made]
    assert [answer.status_code for answer in confirmed] == [200] * 6
    opening.refresh_from_db()
    assert (opening.state, opening.opened.filter(confirmed_at=None).count()) == ("read_out", 0)


def test_in_mode_tb_the_bidders_own_share_is_needed(case_tb):
    case = case_tb
    case.open()
    made = enter(case)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    for bidder, sealed_bid in made[:2]:
        answer = own_share(opening, bidder, sealed_bid)
        assert answer.status_code == 200, answer.content
    tick()
    opening.refresh_from_db()
    assert (opening.state, opening.opened.undecided().count()) == ("decrypting", 1)
    assert "4800000" not in Client().get(f"/api/v1/openings/{opening.pk}/bids/").content.decode()
    case.clock.move_to(DEADLINE + timedelta(minutes=30), tick=False)
    tick()
    opening.refresh_from_db()
    assert opening.state == "read_out"
    last = opening.opened.get(number=3)
    assert (last.outcome, last.at_fault, last.ground) == ("revoked", "bidder", "bidder_share_missing")
    assert len(opened_bids(opening)) == 2


def test_custodians_who_give_nothing_get_the_window_once_more_then_bids_go_back(case):
    case.open()
    enter(case)
    opening = begin(case)
    case.clock.move_to(DEADLINE + timedelta(minutes=30), tick=False)
    tick()
    opening.refresh_from_db()
    assert (opening.state, opening.extended) == ("decrypting", True)
    case.clock.move_to(DEADLINE + timedelta(minutes=61), tick=False)
    tick()
    opening.refresh_from_db()
    assert opening.state == "read_out"
    assert {(row.outcome, row.ground) for row in opening.opened.all()} == {("returned", "custodians_failed")}


def test_a_bid_whose_file_is_gone_is_the_platforms_fault_and_the_others_go_on(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    Bid.objects.get(number=made[0][1].number).upload.discard()
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    outcomes = list(opening.opened.order_by("number").values_list("outcome", "at_fault"))
    assert outcomes == [("returned", "platform"), ("opened", ""), ("opened", "")]


def test_a_content_that_cannot_be_read_is_opened_with_a_finding(case):
    case.open()
    enter(case, PRICES[:2])
    bidder = bidding.bidder()
    case.clock.shift(timedelta(seconds=1))
    _sealed, answer = bidder.bid(case, b"no archive")
    assert answer.status_code == 201
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    row = opening.opened.get(number=3)
    assert (row.outcome, row.items) == ("opened", {})
    assert row.findings


def test_a_price_above_the_ceiling_is_read_out_with_the_finding(case):
    case.open()
    enter(case, (*PRICES[:2], "4900000.01"))
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    assert opening.opened.get(number=3).findings == ["above_ceiling"]


@pytest.mark.parametrize("role", ["owner", "centre_staff", "sys_admin", "site_supervisor", "auditor"])
def test_nobody_looks_before_the_opening_and_who_tries_is_on_record(case, role):
    case.open()
    enter(case)
    tick()
    opening = Opening.objects.get()
    person = case.owner if role == "owner" else make.user(role)
    browser = Client()
    browser.force_login(person)
    for address in ("bids/", "wraps/?holder=agency"):
        answer = browser.get(f"/api/v1/openings/{opening.pk}/{address}")
        assert (answer.status_code, answer.json()["code"]) == (403, "bids_secret")
    assert SealedEntry.objects.filter(type="bids.look_refused").count() == 1


def test_a_superuser_cannot_open_early(case):
    case.open()
    enter(case)
    tick()
    opening = Opening.objects.get()
    boss = make.account("boss", is_superuser=True, is_staff=True)
    for name in ("close", "begin", "decrypt", "read_out"):
        with pytest.raises(NotPermitted):
            perform(getattr(opening, name), by=boss)
