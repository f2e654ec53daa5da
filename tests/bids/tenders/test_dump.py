"""What a thief of database, files and logs gets before the opening: nothing of any bid (integrity.md, 2.1)."""

import base64
import logging
from pathlib import Path

import pyrage
import pytest
from django.db import connection

from bids.custody import BIDDER
from bids.opening import Opening
from bids.sealing import age, shares
from tests.bids.tenders import bidding
from tests.bids.tenders.test_opening import tick

pytestmark = pytest.mark.django_db
PRICES = ("4813579.24", "4724681.35", "4635792.46")
MARKER = "标书内页暗记"
QUALITY = "一次性验收合格并争创杯奖"


def forms(data):
    """Return the bytes of a secret as they could stand somewhere: bare, in hex, base64, base32."""
    return {
        data,
        data.hex().encode(),
        data.hex().upper().encode(),
        base64.b64encode(data).rstrip(b"=")[:-1],
        base64.b32encode(data).rstrip(b"=")[:-1],
    }


def secrets_of(case, sealed):
    """Return every form of a bid's key and shares, of the bidder's and of the custodians'."""
    found = forms(sealed.secret) | {age.encode_identity(sealed.secret).encode(), shares.to_code(sealed.own).encode()}
    for holders in sealed.body["access"]:
        for entry in holders:
            if entry["holder"] != BIDDER:
                wrap = base64.b64decode(entry["wrap"])
                found |= forms(pyrage.decrypt(wrap, [case.identities[entry["holder"]]])[-32:])
    return found | (forms(sealed.own) if case.tender.mode == "TB" else set())


def in_words(text):
    return {text.encode(), text.encode("utf-16-le"), text.encode("unicode-escape"), base64.b64encode(text.encode())}


@pytest.fixture
def stolen(settings, caplog):
    """Return what a thief takes: the database, every file of the platform, and its log."""
    caplog.set_level(logging.DEBUG)

    def take():
        folders = [Path(settings.MEDIA_ROOT), *(Path(settings.LEDGER[name]) for name in ("DIR", "KEYS_DIR"))]
        files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        database = connection.connection.serialize() if connection.vendor == "sqlite" else b""
        return {"database": database, "log": caplog.text.encode(), **{str(path): path.read_bytes() for path in files}}

    return take


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database is one file with SQLite only")
@pytest.mark.parametrize("which", ["case", "case_tb"])
def test_database_files_and_log_hold_nothing_of_any_bid(request, stolen, which):
    case = request.getfixturevalue(which)
    case.open()
    searched, names = set(), set()
    for price in PRICES:
        bidder = bidding.bidder()
        changes = {"quality": QUALITY, "discount": MARKER}
        content = bidding.content_of(case, bidder.organisation, price, **changes)
        sealed, answer = bidder.bid(case, content)
        assert answer.status_code == 201
        assert bidder.browser.get("/api/v1/bids/").status_code == 200
        searched |= secrets_of(case, sealed) | in_words(price) | {content[:64], content[2000:2064] or content[-64:]}
        names.add(sealed.number.encode())
    tick()
    assert Opening.objects.get().state == "scheduled"
    searched |= in_words(MARKER) | in_words(QUALITY) | {str(one).encode() for one in case.identities.values()}
    searched |= {f"{price[:1]},{price[1:4]},{price[4:]}".encode() for price in PRICES}
    taken = stolen()
    assert all(name in taken["database"] for name in names)  # the dump is one, and of these bids
    assert sum("/sealed/" in place for place in taken) >= len(PRICES)
    hits = [(place, what[:20]) for place, data in taken.items() for what in searched if what in data]
    assert hits == []
