"""The pages of tenders: what is public, what a bidder can begin, the files, and that they tell nothing of takers."""

import re
from datetime import timedelta

import pytest

from bids import taking, tender_standing
from bids.clarification import Question
from bids.due import tell_standings
from bids.taking import Download
from tests import make
from tests.bids.tenders.conftest import DEADLINE, FROM, PDF, UNTIL
from tests.bids.tenders.test_taking import enterprises, take
from trading.lot import Lot
from trading.transitions import perform

MINUTE = timedelta(minutes=1)
CHANGING = re.compile(rb'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|nonce-[A-Za-z0-9+/=]+|\?v=[0-9a-f]+')


def page(browser_of, person, path):
    answer = browser_of(person).get(path, headers={"Accept-Language": "en"})
    return answer, answer.content.decode()


def publish_for_real(case):
    Lot.objects.filter(pk=case.lot.pk).update(rehearsal=False)


def test_the_list_shows_tenders_and_never_a_rehearsal(case, browser_of):
    case.open()
    assert case.lot.name not in page(browser_of, None, "/tenders/")[1]
    publish_for_real(case)
    answer, text = page(browser_of, None, "/tenders/?kind=public_tender&state=announced")
    assert answer.status_code == 200
    assert case.lot.name in text
    assert case.lot.name not in page(browser_of, None, "/tenders/?q=桥梁")[1]
    assert page(browser_of, None, "/tenders/?state=nowhere")[0].status_code == 200


def test_a_registered_tender_is_its_parties_alone(case, browser_of):
    path = f"/tenders/{case.tender.pk}/"
    assert page(browser_of, None, path)[0].status_code == 404
    answer, text = page(browser_of, case.agency, path)
    assert answer.status_code == 200
    assert "announce" in text


def test_the_page_says_schedule_documents_custodians_and_no_least_price(case, browser_of):
    case.open()
    answer, text = page(browser_of, None, f"/tenders/{case.tender.pk}/")
    assert answer.status_code == 200
    assert case.lot.tender_documents.get().document.sha256[:8] in text
    assert text.count("<rect") == 5
    assert all(str(c.organisation) in text for c in case.lot.custodians.all())
    assert "data-countdown" in text
    assert f"/tenders/{case.tender.pk}/documents/" not in text  # a visitor has no file


@pytest.mark.parametrize(
    ("moment", "stage"),
    [(FROM - MINUTE, "announced"), (FROM, "bidding"), (DEADLINE - MINUTE, "bidding"), (DEADLINE, "opening")],
)
def test_the_stage_follows_the_clock(case, moment, stage):
    case.announce()
    case.clock.move_to(moment, tick=False)
    assert tender_standing.stage(case.fresh()) == stage
    assert tender_standing.track(case.fresh())["current"] == stage


def test_a_failed_tender_says_where_it_stopped(case, browser_of):
    case.open()
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    track = tender_standing.track(case.fresh())
    assert (track["current"], track["stopped"]) == ("bidding", True)
    assert page(browser_of, None, f"/tenders/{case.tender.pk}/")[0].status_code == 200


def test_a_bidder_is_offered_what_it_can_begin(case, bidder, browser_of):
    case.open()
    path = f"/tenders/{case.tender.pk}/"
    before = page(browser_of, bidder, path)[1]
    assert "/takings/new/" in before
    assert "/questions/new/" not in before
    take(case, bidder)
    after = page(browser_of, bidder, path)[1]
    assert "/takings/new/" not in after
    assert "/questions/new/" in after
    assert "/objections/new/" in after


def fetched(browser, path):
    """Return the status of a file's answer and its bytes."""
    answer = browser.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer.status_code, body


def test_a_file_goes_to_who_took_it_and_is_on_record(case, bidder, rival, auditor, browser_of):
    case.open()
    name = case.lot.tender_documents.get().document_id
    path = f"/tenders/{case.tender.pk}/documents/{name}/"
    own = take(case, bidder)
    assert fetched(browser_of(bidder), path) == (200, PDF + "招标文件".encode())
    assert Download.objects.get().taking == own
    assert [fetched(browser_of(p), path)[0] for p in (None, rival, case.agency, case.owner, auditor)] == [
        *(302, 404, 200, 200, 200)
    ]
    assert browser_of(bidder).get(f"/documents/{name}/file/").status_code == 404
    assert Download.objects.count() == 1


READERS = ("owner", "agency", "centre", "supervisor", "regulator", "auditor", "rival", None)


def test_no_page_tells_a_tender_that_nobody_took_from_one_that_seven_took(request, case, browser_of):
    case.clock.move_to(FROM, tick=False)
    case.announce(documents_from=FROM)
    publish_for_real(case)
    case.clock.move_to(FROM + MINUTE, tick=False)
    people = {name: request.getfixturevalue(name) if name else None for name in READERS}
    paths = (f"/tenders/{case.tender.pk}/", "/tenders/", f"/lots/{case.lot.code}/", "/takings/", "/work/", "/")

    def seen():
        found = {}
        for name, person in people.items():
            browser = browser_of(person)
            for path in paths:
                answer = browser.get(path)
                found[name, path] = (answer.status_code, CHANGING.sub(b"", answer.content))
        return found

    empty = seen()
    for person in enterprises(7):
        take(case, person)
    full = seen()
    assert {key for key in empty if full[key] != empty[key]} == set()


def test_a_question_is_asked_and_answered_over_http(case, bidder, api):
    case.open()
    take(case, bidder)
    home = make.home(bidder)
    body = {"lot": case.lot.code, "organisation": str(home.pk), "text": "工期是否含雨季？"}
    made = api(bidder).post("questions/", body)
    assert made.status_code == 201
    number = made.json()["id"]
    answered = api(case.agency).post(f"questions/{number}/answer/", {"reply": "含。"}, match=1)
    assert answered.status_code == 200
    assert Question.objects.get().reply == "含。"


def test_documents_are_taken_over_http(case, bidder, api):
    case.open()
    body = {"lot": case.lot.code, "organisation": str(make.home(bidder).pk), "email": "a@example.org"}
    made = api(bidder).post("takings/", body)
    assert made.status_code == 201
    assert [f["title"] for f in made.json()["files"]] == ["招标文件"]
    assert api(bidder).post("takings/", {**body, "email": "nobody"}).status_code == 400
    assert api(case.agency).post("takings/", body).status_code == 403


def test_a_tender_is_announced_over_http_and_an_illegal_schedule_is_a_problem(case, api):
    body = {
        "documents_from": FROM.isoformat(),
        "documents_until": UNTIL.isoformat(),
        "deadline": (FROM + timedelta(days=19)).isoformat(),
        "opening_place": "开标一室",
        "documents": [str(case.file().pk)],
        "content": {
            "scope": "新建村道",
            "qualification": "三级",
            "period": "360 日历天",
            "contact": "0838",
            "objection_channel": "平台",
        },
    }
    path = f"tenders/{case.tender.pk}/announce/"
    refused = api(case.agency).post(path, body, match=case.fresh().version)
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_not_met")
    assert "招标投标法 24" in refused.json()["basis"]
    body["deadline"] = DEADLINE.isoformat()
    done = api(case.agency).post(path, body, match=case.fresh().version)
    assert (done.status_code, done.json()["state"]) == (200, "announced")


def test_the_form_proposes_a_lawful_schedule(case, browser_of):
    file = case.file()
    text = page(browser_of, case.agency, f"/tenders/{case.tender.pk}/announce/")[1]
    assert 'value="2026-03-03T09:00"' in text
    assert 'value="2026-03-23T09:30"' in text
    assert str(file.pk) in text


def test_notifications_are_read_by_page_and_api(case, bidder, rival, api, browser_of):
    case.open()
    take(case, bidder)
    perform(case.fresh().extend, by=case.agency, deadline=DEADLINE + timedelta(days=1), reason="场地调整")
    taking.tell_takers()
    assert [n["text"] for n in api(bidder).get("notifications/").json()["items"]] == ["场地调整"]
    assert api(rival).get("notifications/").json()["items"] == []
    assert api(None).get("notifications/").status_code == 401
    browser = browser_of(bidder)
    assert "场地调整" in browser.get("/notifications/").content.decode()
    assert browser.post("/notifications/").status_code == 302
    assert api(bidder).get("notifications/").json()["items"][0]["read_at"] is not None
    assert api(bidder).post("notifications/").status_code == 200


def test_a_suspension_is_told_by_a_notice_and_so_is_its_end(case, bidder, regulator):
    case.open()
    take(case, bidder)
    perform(case.lot.suspend, by=regulator, reason="objection")
    tell_standings()
    tell_standings()
    perform(case.lot.resume, by=regulator)
    tell_standings()
    perform(case.lot.terminate, by=regulator, reason="cancelled")
    tell_standings()
    said = [n.newest().content for n in case.lot.notices.exclude(kind="tender").order_by("pk")]
    assert [c.get("changes") or c.get("reason") for c in said] == [
        "项目中止：异议、投诉或监督部门要求",
        "项目恢复，继续进行。",
        "项目终止：项目取消",
    ]


def test_statistics_count_tenders_by_where_they_stand_and_no_rehearsal(case, browser_of):
    case.open()
    assert page(browser_of, None, "/statistics/?year=2026&format=csv")[1].count("公开招标") == 0
    publish_for_real(case)
    text = page(browser_of, None, "/statistics/?year=2026&format=csv")[1]
    assert "公开招标 · 接受投标,1" in text


@pytest.mark.parametrize("path", ["/tenders/new/", "/takings/new/", "/questions/new/", "/tenders/?cursor=x"])
def test_the_forms_offer_what_fits(case, bidder, path, browser_of):
    case.open()
    publish_for_real(case)
    person = case.agency if path.startswith("/tenders") else bidder
    answer, text = page(browser_of, person, path)
    assert answer.status_code == (400 if "cursor" in path else 200)
    if path == "/takings/new/":
        assert case.lot.code in text


def test_the_extension_form_says_what_is_announced_now(case, browser_of):
    case.open()
    assert 'value="2026-03-31T09:30"' in page(browser_of, case.agency, f"/tenders/{case.tender.pk}/extend/")[1]
    assert page(browser_of, case.agency, f"/tenders/{case.tender.pk}/amend/")[0].status_code == 200
    assert page(browser_of, case.agency, f"/tenders/{case.tender.pk}/fail/")[0].status_code == 200
