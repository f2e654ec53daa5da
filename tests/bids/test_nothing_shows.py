"""Nothing that a stranger can read changes when a registration arrives (integrity.md, 1.7)."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from bids.registration import Registration
from tests import make
from tests.bids.conftest import OPENS
from trading.ledger import publish, sealed, sequencer
from trading.ledger.tables import Held, LogLeaf

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FILES = ("commitment", "qualification", "certificate", "licence")
HREF = re.compile(r'(?:href|src)="(/[^"#]*)')
LISTS = ("comparisons", "registrations", "documents", "objections", "lots", "projects", "notices", "organisations")
MOST = 45
SECRET_OF_A_FORM = re.compile(rb'(name="csrfmiddlewaretoken" value="|"csrf_token": ?")[^"]+')
RANDOM = re.compile(r"[0-9A-Za-z+/=-]{6,}")


def sequenced():
    while sequencer.sequence_once() is not None:
        pass
    publish.publish()


def read(path):
    answer = Client(headers={"X-Request-ID": "a-stranger-reads"}).get(path)
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, headers, SECRET_OF_A_FORM.sub(rb"\1", body)


def everything(case):
    """Return what a stranger finds by following every link from the home page, and the API's lists."""
    size = LogLeaf.objects.count()
    waiting = [
        "/",
        "/site-map/",
        "/statistics/?format=csv",
        f"/comparisons/{case.comparison.pk}/",
        "/ledger/checkpoint",
    ]
    waiting += [f"/ledger/?q={case.lot.code}", f"/ledger/tile/entries/000.p/{size}", f"/ledger/tile/0/000.p/{size}"]
    waiting += [f"/api/v1/{name}/" for name in LISTS]
    waiting += [f"/api/v1/comparisons/{case.comparison.pk}/", f"/api/v1/lots/{case.lot.code}/", "/api/v1/session/"]
    found = {}
    while waiting and len(found) < MOST:
        path = waiting.pop(0).replace("&amp;", "&")
        if path in found or path.startswith(("/static/", "/api/v1/openapi", "/api/v1/docs")):
            continue
        found[path] = read(path)
        if "text/html" in found[path][1].get("Content-Type", ""):
            waiting += HREF.findall(found[path][2].decode())
    return found


def register(case, person, browser):
    sent = {
        "organisation": str(make.home(person).pk),
        "grade": "市政三级",
        "manager_name": "王工",
        "manager_certificate": make.code(),
        "safety_licence": "(川)JZ安许证字〔2026〕1",
        "read": "on",
        "_key": "one-click",
        **{name: SimpleUploadedFile(f"{name}.pdf", PDF + name.encode(), "application/pdf") for name in FILES},
    }
    answer = browser.post(f"/comparisons/{case.comparison.pk}/register/", sent)
    assert answer.status_code == 302


@pytest.fixture
def ready(case, bidder, browser_of):
    """Return a comparison that takes registrations, and an enterprise that is about to register."""
    case.open()
    browser = browser_of(bidder)
    sequenced()
    return lambda: register(case, bidder, browser)


def test_no_public_page_api_or_file_changes_when_a_registration_arrives(case, ready):
    before = everything(case)
    assert len(before) > 40
    assert {status for status, _headers, _body in before.values()} <= {200, 302, 401, 403, 404}
    ready()
    assert sequencer.sequence_once() is None
    publish.publish()
    assert Registration.objects.count() == 1
    assert Held.objects.count() == 5
    after = everything(case)
    assert before.keys() == after.keys()
    assert {path: said for path, said in before.items() if after[path] != said} == {}


class Seat:
    """A die that always falls on the first seat."""

    @staticmethod
    def randrange(_sides):
        return 0

    @staticmethod
    def expovariate(rate):
        return 1 / rate


def test_a_turn_reads_the_same_whether_a_registration_or_a_cover_came(case, ready, monkeypatch):
    monkeypatch.setattr(sealed, "chance", Seat)
    seen = []
    for arrives in (False, True):
        start = transaction.savepoint()
        if arrives:
            ready()
        case.clock.move_to(OPENS + timedelta(minutes=7))
        sequencer.take_turn(OPENS)
        assert Held.objects.count() == (4 if arrives else 0)
        newest = LogLeaf.objects.count() - 1
        paths = ["/", "/ledger/", "/statistics/", f"/ledger/entries/{newest}/", f"/ledger/entries/{newest}/leaf.json"]
        paths += [f"/ledger/entries/{newest}/proof.txt", f"/comparisons/{case.comparison.pk}/"]
        seen.append({path: masked(*read(path)) for path in paths})
        transaction.savepoint_rollback(start)
    assert seen[0] == seen[1]


def masked(status, headers, body):
    """Return an answer without hashes and signatures, which are random in both; HTML writes their “+” at length."""
    text = html.unescape(body.decode())
    return status, {**headers, "Content-Length": len(text)}, RANDOM.sub("#", text)


def test_the_close_seals_one_entry_whether_anybody_came_or_not(case, ready):
    counts = []
    for arrives in (False, True):
        start = transaction.savepoint()
        case.clock.move_to(OPENS)
        if arrives:
            ready()
        before = LogLeaf.objects.count()
        case.close()
        sequenced()
        counts.append([row.event.type for row in LogLeaf.objects.select_related("event").filter(idx__gte=before)])
        transaction.savepoint_rollback(start)
    assert counts[0] == counts[1] == ["comparison.registration_closed", "sealed.entry", "qualification.opened"]
