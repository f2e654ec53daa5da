"""Files through both doors: stored by an act, sent back only to those who may see them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from trading.document import Document

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def upload(caller, person, content=PDF, name="licence.pdf", **more):
    body = {
        "organisation": make.home(person).pk,
        "title": "营业执照",
        "upload": SimpleUploadedFile(name, content),
        **more,
    }
    return caller.client.post("/api/v1/documents/", body)


def test_a_file_is_stored_over_the_api_and_sent_back_to_its_owner_only(api, browser_of, bidder, rival):
    stored = upload(api(bidder), bidder)
    assert stored.status_code == 201, stored.json()
    path = f"/documents/{stored.json()['id']}/file/"
    sent = browser_of(bidder).get(path)
    assert (sent.status_code, b"".join(sent.streaming_content)) == (200, PDF)
    assert sent["Content-Disposition"].startswith("attachment")
    assert browser_of(rival).get(path).status_code == 404
    assert browser_of(None).get(path).status_code == 404
    assert api(rival).get(f"documents/{stored.json()['id']}/").status_code == 404


def test_a_file_is_stored_by_the_page_and_the_form_keeps_the_rest_when_it_is_refused(browser_of, bidder):
    browser = browser_of(bidder)
    form = {"organisation": make.home(bidder).pk, "title": "营业执照", "_key": "k1"}
    empty = browser.post("/documents/new/", {**form, "upload": SimpleUploadedFile("a.pdf", b"")})
    assert empty.status_code == 400
    assert 'value="营业执照"' in empty.content.decode()
    stored = browser.post("/documents/new/", {**form, "upload": SimpleUploadedFile("a.pdf", PDF)})
    assert stored.status_code == 302
    assert browser.get(stored["Location"]).status_code == 200
    assert Document.objects.get().title == "营业执照"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "document_empty"),
        (b"MZ\x90\x00" * 40, "a.pdf", "document_wrong_type"),
        (PDF, "a.exe", "document_wrong_type"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_kept(api, bidder, content, name, code):
    refused = upload(api(bidder), bidder, content, name)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert not Document.objects.exists()


def test_a_file_beyond_the_limit_is_refused(api, bidder, settings):
    settings.DOCUMENT_MAX_BYTES = 20
    assert upload(api(bidder), bidder).json()["code"] == "document_too_large"


def test_nobody_stores_a_file_for_another_organisation(api, bidder, rival):
    refused = upload(api(rival), bidder)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/organisation")


def test_the_same_upload_twice_with_one_key_is_stored_once(api, bidder):
    caller = api(bidder)
    body = {"organisation": make.home(bidder).pk, "title": "营业执照"}
    headers = {"Idempotency-Key": "k1"}
    answers = [
        caller.client.post(
            "/api/v1/documents/", {**body, "upload": SimpleUploadedFile("a.pdf", PDF)}, headers=headers
        ).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert Document.objects.count() == 1
