"""Nothing that a stranger can read tells a registration from cover entries (integrity.md, 1.7)."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from bids.registration import Registration
from tests import make
from trading import clock
from trading.ledger import publish, sealed, sequencer
from trading.ledger.tables import LogLeaf

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FILES = ("commitment", "qualification", "certificate", "licence")
HREF = re.compile(r'(?:href|src)="(/[^"#]*)')
LISTS = ("comparisons", "registrations", "documents", "objections", "lots", "projects", "notices", "organisations")
MOST = 45
SECRET_OF_A_FORM = re.compile(r'(name="csrfmiddlewaretoken" value="|"csrf_token": ?")[^"]+')
RANDOM = re.compile(r"[0-9A-Za-z+/=-]{6,}")  # hashes and signatures


def sequenced():
    while sequencer.sequence_once() is not None:
        pass
    publish.publish()


def read(path):
    """Return an answer as a stranger gets it, without what is random in every answer; HTML writes “+” at length."""
    answer = Client(headers={"X-Request-ID": "a-stranger-reads"}).get(path)
    headers = {name: value for name, value in answer.headers.items() if name not in {"Set-Cookie", "ETag"}}
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = html.unescape(SECRET_OF_A_FORM.sub(r"\1", body.decode(errors="replace")))
    return answer.status_code, {**headers, "Content-Length": len(text)}, RANDOM.sub("#", text), HREF.findall(text)


def everything(case):
    """Return what a stranger finds by following every link from the home page, and in the API's lists."""
    waiting = [
        "/",
        "/site-map/",
        "/statistics/?format=csv",
        f"/comparisons/{case.comparison.pk}/",
        "/ledger/checkpoint",
    ]
    waiting += [f"/ledger/?q={case.lot.code}", f"/ledger/entries/{LogLeaf.objects.count() - 1}/", "/api/v1/session/"]
    waiting += [f"/api/v1/{name}/" for name in LISTS]
    waiting += [f"/api/v1/comparisons/{case.comparison.pk}/", f"/api/v1/lots/{case.lot.code}/"]
    found = {}
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        if path in found or path.startswith(("/static/", "/api/v1/openapi", "/api/v1/docs")):
            continue
        found[path] = read(path)
        waiting += found[path][3] if "text/html" in found[path][1].get("Content-Type", "") else []
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


class Dice:
    """Dice that always show as many covers as a registration with four documents leaves entries."""

    @staticmethod
    def randint(_least, _most):
        return 1 + len(FILES)


@pytest.mark.django_db
def test_a_registration_reads_like_cover_entries_to_everybody_else(case, bidder, browser_of, monkeypatch):
    monkeypatch.setattr(sealed, "chance", Dice)
    case.open()
    browser = browser_of(bidder)
    sequenced()
    before, seen = LogLeaf.objects.count(), []
    for arrives in (False, True):
        start = transaction.savepoint()
        if arrives:
            register(case, bidder, browser)
        else:
            sealed.cover(clock.now())
        sequenced()
        assert Registration.objects.count() == arrives
        assert LogLeaf.objects.count() == before + 1 + len(FILES)
        seen.append(everything(case))
        transaction.savepoint_rollback(start)
    assert len(seen[0]) > 40
    assert {status for status, *_ in seen[0].values()} <= {200, 302, 401, 403, 404}
    assert seen[0].keys() == seen[1].keys()
    assert {path: said for path, said in seen[0].items() if seen[1][path] != said} == {}
