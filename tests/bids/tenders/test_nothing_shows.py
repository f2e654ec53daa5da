"""Before the deadline nobody can tell a lot with seven bids from one with none (integrity.md, 1.7; 招标投标法 22).

The same lot is looked at twice: with cover entries alone, and with as many sealed entries of takings, bids, a
replacement and a withdrawal. Every page, list, size and tag that somebody else can get must be the same.
"""

import html
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from bids.bid import Bid
from bids.opening import Opening
from bids.taking import Taking
from bids.upload import Upload
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import FROM, case_of
from tests.bids.tenders.test_opening import tick
from trading import clock
from trading.ledger import publish, sealed, sequencer
from trading.ledger.tables import LogLeaf
from trading.notice import Notice
from trading.transitions import perform

pytestmark = pytest.mark.django_db
HREF = re.compile(r'(?:href|src)="(/[^"#]*)')
SECRET_OF_A_FORM = re.compile(r'(name="csrfmiddlewaretoken" value="|"csrf_token": ?"|name="_key" value=")[^"]+')
RANDOM = re.compile(r"[0-9A-Za-z+/=-]{6,}")  # hashes and signatures
API = (
    *("tenders", "bids", "takings", "questions", "openings", "custodians", "documents", "notices", "lots", "projects"),
    *("organisations", "objections", "deposits", "applications", "examinations", "sessions", "sign-ins", "outages"),
)
LINKS = 60
NOISE = {"Set-Cookie", "X-Request-ID"}


class Fixed:
    """Dice that show as many cover entries as the bids leave entries."""

    def __init__(self, number):
        self.number = number

    def randint(self, _least, _most):
        return self.number


def sequenced():
    while sequencer.sequence_once() is not None:
        pass
    publish.publish()


def read(browser, path):
    """Return status, headers and text of an answer, without what is random in every answer."""
    answer = browser.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name not in NOISE}
    if path.startswith("/ledger/"):  # an entry's bytes are random: their number is what could tell
        headers = {name: value for name, value in headers.items() if name != "ETag"}
    if not path.startswith("/api/") and "ETag" in headers:
        del headers["ETag"]
    text = html.unescape(SECRET_OF_A_FORM.sub(r"\1", body.decode(errors="replace")))
    links = HREF.findall(text) if "text/html" in headers.get("Content-Type", "") else []
    if path.startswith("/ledger/tile/"):
        return (answer.status_code, headers, len(body)), []
    return (answer.status_code, {**headers, "Content-Length": len(text)}, RANDOM.sub("#", text)), links


def places(case):
    """Return every place that could say something of the lot's bids."""
    lot, opening, size = case.lot, Opening.objects.get(), LogLeaf.objects.count()
    made = ["/", "/site-map/", "/statistics/", "/statistics/?format=csv", "/tenders/", "/takings/", "/questions/"]
    made += [f"/tenders/{case.tender.pk}/", f"/lots/{lot.code}/", f"/projects/{lot.project.code}/", "/bids/"]
    made += [f"/sessions/{opening.session_id}/{part}" for part in ("", "screen/", "transcript/")]
    made += [f"/openings/{opening.pk}/", f"/openings/{opening.pk}/record/", f"/openings/{opening.pk}/part/"]
    made += [f"/notices/{notice.pk}/" for notice in Notice.objects.all()]
    made += ["/ledger/", f"/ledger/?q={lot.code}", "/ledger/checkpoint", f"/ledger/entries/{size - 1}/"]
    made += [f"/ledger/tile/0/000.p/{size % 256}", f"/ledger/tile/entries/000.p/{size % 256}"]
    made += [f"/api/v1/{name}/" for name in API]
    made += [f"/api/v1/{name}/?lot={lot.code}" for name in ("bids", "takings", "openings")]
    made += [f"/api/v1/lots/{lot.code}/{part}" for part in ("", "sealing/", "opening/", "uploads/")]
    made += [f"/api/v1/openings/{opening.pk}/{part}" for part in ("", "bids/", "wraps/?holder=agency")]
    made += [f"/api/v1/tenders/{case.tender.pk}/", f"/api/v1/sessions/{opening.session_id}/"]
    return made


def seen(case, people):
    """Return what each person gets; a visitor follows the links too."""
    found = {}
    for name, person in people.items():
        browser = Client(headers={"X-Request-ID": "somebody-reads"})
        if person is not None:
            browser.force_login(person)
        waiting, links = places(case), LINKS if person is None else 0
        for path in waiting:
            if (name, path) in found or path.startswith(("/static/", "/api/v1/openapi", "/api/v1/docs", "/account/")):
                continue
            found[name, path], further = read(browser, path)
            waiting += further[: max(links, 0)]
            links -= len(further)
    return found


def bids_of(case, bidders):
    """Let seven enterprises take the documents and bid; one replaces its bid, one takes it back, one only uploads."""
    for bidder in bidders:
        taking = Taking(lot=case.lot, organisation=bidder.organisation, email="a@example.org")
        perform(taking.take, by=bidder.person)
        _made, answer = bidder.bid(case)
        assert answer.status_code == 201
    first, second = (Bid.objects.get(organisation=bidder.organisation) for bidder in bidders[:2])
    _made, answer = bidders[0].bid(case, seq=2, supersedes=first.head_leaf)
    assert answer.status_code == 201
    text = bidding.withdrawal(case, bidders[1].organisation, second.number, 2, second.head_leaf)
    assert bidders[1].submit(text).status_code == 201
    bidders[2].upload(case, bidding.seal(case, bidders[2].organisation))


@pytest.fixture
def case_for_real(time_machine, owner, agency):
    """A tender that is no rehearsal, so that lists show it."""
    return case_of(time_machine, owner, agency, rehearsal=False)


@pytest.fixture
def people(case_for_real, rival, centre, supervisor, stranger):
    """Everybody who does not bid."""
    case = case_for_real
    outside = {"visitor": None, "stranger": stranger, "rival": rival, "centre": centre, "supervisor": supervisor}
    return {**outside, "owner": case.owner, "agency": case.agency, "notary": case.keepers["backup"]}


def test_nobody_can_tell_a_lot_with_seven_bids_from_one_with_none(case_for_real, people, monkeypatch):
    case = case_for_real
    case.open()
    case.clock.move_to(FROM + timedelta(hours=1), tick=False)
    bidders = [bidding.bidder(f"建筑工程有限公司{number}") for number in range(7)]
    tick()
    sequenced()
    before, worlds, entries = LogLeaf.objects.count(), [], 0
    for full in (True, False):
        start = transaction.savepoint()
        if full:
            bids_of(case, bidders)
        else:
            monkeypatch.setattr(sealed, "chance", Fixed(entries))
            sealed.cover(clock.now())
        sequenced()
        entries = LogLeaf.objects.count() - before
        assert (Bid.objects.count(), Upload.objects.count()) == ((8, 9) if full else (0, 0))
        worlds.append(seen(case, people))
        transaction.savepoint_rollback(start)
    with_bids, without = worlds
    assert entries == 7 + 8 + 1 + 1  # takings, bids, the end of the one replaced, the withdrawal
    assert len(with_bids) > 400
    assert {answer[0] for answer in with_bids.values()} <= {200, 302, 401, 403, 404, 405, 409}
    assert with_bids.keys() == without.keys()
    assert [key for key, answer in with_bids.items() if without[key] != answer] == []
