"""Prequalification through its doors: the API and the pages of the acts, from the requirements to the result."""

from bids.application import Application
from bids.examination import Examination
from bids.requirements import Requirements
from bids.review import Review
from tests import make
from tests.bids.review.conftest import CONTENT, DUE, FROM, ITEMS
from trading.party import Role
from trading.transitions import perform

MOMENTS = {
    "documents_from": "2026-03-02T10:00:00+08:00",
    "documents_until": "2026-03-09T17:00:00+08:00",
    "applications_until": "2026-03-16T09:30:00+08:00",
}


def test_a_prequalification_over_the_api(api, desk):
    case, agency = desk.case, api(desk.case.agency)
    stated = Requirements.objects.get()
    again = agency.post(f"requirements/{stated.pk}/lay-down/", {"items": ITEMS}, match=stated.version)
    assert [item["code"] for item in again.json()["items"]] == ["A1", "A2"]
    made = agency.post("reviews/", {"lot": case.lot.code, "content": CONTENT, **MOMENTS})
    assert (made.status_code, made.json()["state"], made.json()["stage"]) == (201, "announced", "pre")
    case.clock.move_to(FROM)
    companies = []
    for number in range(3):
        person = make.user(Role.BIDDER)
        companies.append((person, make.home(person)))
        body = {"lot": case.lot.code, "organisation": str(make.home(person).pk), "manager_name": "王工",
                "manager_certificate": f"川151-{number}"}  # fmt: skip
        assert api(person).post("applications/", body).status_code == 201
    case.clock.move_to(DUE)
    number = made.json()["id"]
    agency = api(case.agency)  # two weeks later the first session is over
    opened = agency.post(f"reviews/{number}/open-applications/", {}, match=1)
    assert opened.json()["state"] == "open"
    for row in agency.get("examinations/").json()["items"]:
        findings = [{"item": code, "verdict": "pass", "evidence": "第 1 页"} for code in ("A1", "A2", "RC")]
        done = agency.post(f"examinations/{row['id']}/find/", {"findings": findings}, match=row["version"])
        assert (done.status_code, done.json()["state"]) == (200, "examined")
    assert agency.post(f"reviews/{number}/settle/", {}, match=2).json()["state"] == "settled"
    (own,) = api(companies[0][0]).get("examinations/").json()["items"]
    assert (own["verdict"], own["uscc"]) == ("pass", companies[0][1].uscc)


def test_the_acts_have_pages(browser_of, taking):
    person = make.user(Role.BIDDER)
    bidder, agency = browser_of(person), browser_of(taking.case.agency)
    assert agency.get(f"/requirements/{Requirements.objects.get().pk}/").status_code == 200
    page = bidder.get("/applications/new/")
    assert page.status_code == 200
    application = taking.apply(make.home(person))
    for address in (f"/applications/{application.pk}/", f"/applications/{application.pk}/replace/"):
        assert bidder.get(address).status_code == 200
    taking.open()
    agency = browser_of(taking.case.agency)
    examination = Examination.objects.get()
    desk = agency.get(f"/examinations/{examination.pk}/find/").content.decode()
    for code in ("A1", "A2", "RC"):
        assert f'name="verdict-{code}"' in desk
    typed = {"verdict-A1": "pass", "verdict-A2": "fail", "version": 0, "pass_rest": "1"}
    refusal = agency.post(f"/examinations/{examination.pk}/find/", typed)
    assert (refusal.status_code, examination.findings.count()) == (409, 0)
    assert "reason_missing" in refusal.content.decode()
    whole = {**typed, "ground-A2": "missing", "reason-A2": "无业绩证明", "evidence-A2": "第 2 页"}
    assert agency.post(f"/examinations/{examination.pk}/find/", {**whole, "version": 9}).status_code == 412
    answer = agency.post(f"/examinations/{examination.pk}/find/", whole)
    assert (answer.status_code, answer.url) == (302, f"/reviews/{examination.review_id}/")
    assert bidder.get(f"/examinations/{examination.pk}/find/").status_code in {302, 404}
    assert [one.verdict for one in examination.findings.order_by("item")] == ["pass", "fail", "pass"]
    assert agency.get(f"/reviews/{Review.objects.get().pk}/").status_code == 200
    assert Application.objects.count() == 1


def test_refusals_over_the_api_carry_code_article_and_next_step(api, taking, bidder):
    taking.case.clock.move_to(DUE)
    body = {"lot": taking.case.lot.code, "organisation": str(make.home(bidder).pk), "manager_name": "王工",
            "manager_certificate": "川151"}  # fmt: skip
    late = api(bidder).post("applications/", body)
    assert late.status_code == 409
    said = late.json()
    assert said["type"].endswith("/applications_closed/") or "applications_closed" in str(said)
    assert "招标投标法实施条例 17" in str(said)
    foreign = {**body, "organisation": str(make.organisation().pk)}
    assert api(bidder).post("applications/", foreign).status_code == 400


def test_the_desk_shows_what_the_register_says_and_passes_no_conflict_by_itself(browser_of, taking, regulator):
    first, second = (taking.apply(make.organisation(name)).organisation for name in ("甲公司", "乙公司"))
    perform(first.enter_controller, by=regulator, controller=second)
    taking.open()
    agency, examination = browser_of(taking.case.agency), taking.examination(first)
    path = f"/examinations/{examination.pk}/find/"
    desk = agency.get(path).content.decode()
    assert "RC-02" in desk
    assert "乙公司" in desk
    answer = agency.post(path, {"version": 0, "pass_rest": "1"})
    assert (answer.status_code, answer.url) == (302, f"/examinations/{taking.examination(second).pk}/find/")
    assert sorted(examination.findings.values_list("item", flat=True)) == ["A1", "A2"]


def test_the_desk_is_closed_to_who_does_not_examine(browser_of, taking, supervisor):
    company = taking.apply().organisation
    taking.open()
    path = f"/examinations/{taking.examination(company).pk}/find/"
    for person in (make.user(Role.OWNER), supervisor, taking.person(company)):
        assert browser_of(person).get(path).status_code == 404
    assert browser_of(None).get(path).status_code == 302
