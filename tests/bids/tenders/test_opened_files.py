"""The key of an opened bid repeats its decryption; nobody gets it before the reading out, strangers never."""

import asyncio

import pyrage
import pytest
from django.test import Client

from bids import opened_files
from bids.bid import Bid
from bids.decryption import place
from bids.opened import OpenedBid
from bids.opening import Opening
from tests import make
from tests.bids.tenders import bidding
from tests.bids.tenders.test_opening import PRICES, begin, enter, release, tick
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role

pytestmark = pytest.mark.django_db
FILES = ("key.txt", "bid.age", "bid.zip")


def read_out(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    return Opening.objects.get(lot=case.lot), made


def address(opening, sealed_bid, file):
    return f"/openings/{opening.pk}/bids/{sealed_bid.number}/{file}"


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def given():
    rows = AuditEvent.objects.filter(type="bid.key_given").order_by("pk")
    return [leaf.decode(bytes(row.leaf)) for row in rows]


def test_the_key_opens_the_sealed_file_with_plain_age(case, browser_of):
    case.open()
    enter(case, PRICES[:2])
    bidder = bidding.bidder()
    archive = bidding.content_of(case, bidder.organisation, PRICES[2])
    sealed_bid, _answer = bidder.bid(case, archive)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "backup")
    tick()
    browser = browser_of(case.owner)
    key, cipher, plain = (body(browser.get(address(opening, sealed_bid, file))) for file in FILES)
    lines = key.decode().splitlines()
    identity = pyrage.x25519.Identity.from_str(lines[-1])
    assert cipher == b"".join(sealed_bid.parts)
    assert pyrage.decrypt(cipher, [identity]) == archive == plain
    assert lines[1] == f"# public key: {identity.to_public()}"
    assert [line[0] for line in lines[:-1]] == ["#"] * (len(lines) - 1)


@pytest.mark.parametrize(
    "role", ["owner", "agency", "site_supervisor", "sector_regulator", "discipline", "auditor", "own"]
)
def test_those_entitled_get_it_and_each_delivery_is_in_the_ledger(case, browser_of, role):
    opening, made = read_out(case)
    people = {"owner": case.owner, "agency": case.agency, "own": made[0][0].person}
    browser = browser_of(people.get(role) or make.user(role))
    for file in FILES:
        assert browser.get(address(opening, made[0][1], file)).status_code == 200
    assert [entry["data"]["what"] for entry in given()] == ["key", "ciphertext", "archive"]
    assert {entry["actor"]["role"] for entry in given()} == {"bidder" if role == "own" else role}
    assert {(entry["tender"], entry["data"]["rehearsal"]) for entry in given()} == {(case.lot.code, True)}


@pytest.mark.parametrize("file", FILES)
def test_strangers_get_nothing(case, browser_of, file):
    opening, made = read_out(case)
    strangers = [None, make.user(Role.BIDDER), make.user(Role.OWNER), make.user(Role.CENTRE_STAFF), made[1][0].person]
    for person in strangers:
        assert browser_of(person).get(address(opening, made[0][1], file)).status_code == 404
    assert given() == []


@pytest.mark.parametrize("file", FILES)
def test_before_the_reading_out_nobody_gets_it_and_who_tries_is_on_record(case, browser_of, file):
    case.open()
    made = enter(case)
    tick()
    opening = Opening.objects.get()
    person = make.user(Role.AUDITOR)
    assert browser_of(person).get(address(opening, made[0][1], file)).status_code == 403
    assert SealedEntry.objects.filter(type="bids.look_refused").count() == 1
    opening = begin(case)
    assert browser_of(case.owner).get(address(opening, made[0][1], file)).status_code == 403
    assert Client().get(address(opening, made[0][1], file)).status_code == 403
    looks = AuditEvent.objects.filter(type="bids.look_refused")
    assert [leaf.decode(bytes(row.leaf))["actor"]["id"] for row in looks] == [f"u:{case.owner.pk}"]
    assert given() == []


def test_a_bid_that_stayed_shut_has_no_key(case, browser_of):
    case.open()
    made = enter(case)
    opening = begin(case)
    Bid.objects.get(number=made[0][1].number).upload.discard()
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    assert browser_of(case.owner).get(address(opening, made[0][1], "key.txt")).status_code == 404


def test_an_archive_that_is_gone_is_not_found(case, browser_of):
    opening, made = read_out(case)
    place(OpenedBid.objects.get(bid__number=made[0][1].number)).unlink()
    assert browser_of(case.owner).get(address(opening, made[0][1], "bid.zip")).status_code == 404


def test_there_is_no_opening_of_another_number(db, browser_of):
    number = "00000000-0000-4000-8000-000000000000"
    assert Client().get(f"/openings/77/bids/{number}/key.txt").status_code == 404


def test_an_asgi_server_gets_the_file_piece_by_piece():
    async def gather():
        return [piece async for piece in opened_files.apart(iter([b"one", b"two"]))]

    assert asyncio.run(gather()) == [b"one", b"two"]
