"""The API of a door: conditions, acts, lists."""

import pytest

from tests import make
from trading.ledger.tables import AuditEvent
from trading.lot import Lot

pytestmark = pytest.mark.django_db
FAULT = {"reason": "system_fault"}


@pytest.fixture
def lot(owner):
    return make.lot(owner=owner)


def test_an_act_over_the_api_is_the_act(api, lot, regulator):
    answer = api(regulator).post(f"lots/{lot.code}/suspend/", FAULT, match=1)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == "suspended"
    assert answer["ETag"].startswith('"2.')
    assert AuditEvent.objects.filter(type="lot.suspended").count() == 1


def test_a_record_names_the_acts_open_to_its_reader(api, lot, regulator, stranger):
    acts = api(regulator).get(f"lots/{lot.code}/").json()["acts"]
    assert acts == [
        {"name": "suspend", "label": "Suspend the lot", "href": f"/api/v1/lots/{lot.code}/suspend/", "method": "POST"},
        {"name": "urge", "label": "Urge the owner", "href": f"/api/v1/lots/{lot.code}/urge/", "method": "POST"},
        {
            "name": "terminate",
            "label": "Terminate the lot",
            "href": f"/api/v1/lots/{lot.code}/terminate/",
            "method": "POST",
        },
    ]
    assert api(stranger).get(f"lots/{lot.code}/").json()["acts"] == []


def test_an_act_without_a_version_is_refused(api, lot, regulator):
    answer = api(regulator).post(f"lots/{lot.code}/suspend/", FAULT)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    assert Lot.objects.get().state == "live"


@pytest.mark.parametrize("match", ['"0"', '"7"', 'W/"1"'])
def test_an_act_on_an_old_version_is_refused(api, lot, regulator, match):
    answer = api(regulator).post(f"lots/{lot.code}/suspend/", FAULT, match=match)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    assert Lot.objects.get().state == "live"


def test_a_malformed_version_is_refused(api, lot, regulator):
    answer = api(regulator).post(f"lots/{lot.code}/suspend/", FAULT, match="seven")
    assert (answer.status_code, answer.json()["code"]) == (400, "if_match_malformed")


def test_the_etag_of_a_record_is_what_its_act_needs(api, lot, regulator):
    tag = api(regulator).get(f"lots/{lot.code}/")["ETag"]
    assert api(regulator).post(f"lots/{lot.code}/suspend/", FAULT, match=tag).status_code == 200


def test_a_reader_who_holds_the_record_gets_no_body(api, lot, stranger):
    reader = api(stranger)
    tag = reader.get(f"lots/{lot.code}/")["ETag"]
    again = reader.get(f"lots/{lot.code}/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_a_refusal_is_a_problem_with_its_article(api, owner):
    waiting = make.project(owner=owner, accepted=False)
    body = {"project": waiting.code, "name": "一标段", "kind": "fixed_price", "estimate": "1.00"}
    answer = api(owner).post("lots/", body)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    said = answer.json()
    assert said.pop("request_id")
    assert said == {
        "type": "http://testserver/problems/project_not_accepted/",
        "title": "A rule forbids it now",
        "status": 409,
        "detail": "The project has not been accepted for entry.",
        "instance": "/api/v1/lots/",
        "code": "project_not_accepted",
        "basis": "濮阳市公共资源交易管理条例 13",
        "next_step": "Submit the entry registration; the centre checks its form.",
        "errors": [],
    }


@pytest.mark.parametrize(
    ("host", "site", "place"),
    [
        ("127.0.0.1:8123", "", "http://127.0.0.1:8123"),
        ("localhost", "https://ggzy.example/", "https://ggzy.example"),
        ("elsewhere.example", "", ""),
    ],
)
def test_a_problem_is_explained_where_the_site_is_served(api, settings, host, site, place):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, ["127.0.0.1", "localhost"]
    said = api(None).get("lots/none/", headers={"host": host}).json()
    assert said["type"] == f"{place}/problems/{said['code']}/"


def test_a_creation_answers_with_the_address_of_the_record(api, owner):
    accepted = make.project(owner=owner)
    body = {
        "project": accepted.code,
        "name": "一标段",
        "kind": "fixed_price",
        "estimate": {"amount": "1800000.00", "currency": "CNY"},
    }
    answer = api(owner).post("lots/", body)
    assert answer.status_code == 201, answer.json()
    made = Lot.objects.get()
    assert answer["Location"] == f"/api/v1/lots/{made.code}/"
    assert answer.json()["estimate"] == {"amount": "1800000.00", "currency": "CNY"}


def test_wrong_shapes_are_named_field_by_field(api, lot, regulator):
    answer = api(regulator).post(f"lots/{lot.code}/suspend/", {"reason": "boredom", "colour": 1}, match=1)
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/colour", "unknown_field")]
    answer = api(regulator).post(f"lots/{lot.code}/suspend/", {"reason": "boredom"}, match=1)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/reason", "invalid_choice")]


@pytest.mark.parametrize(
    "amount", [1.5, 12, {"amount": "1.00", "currency": "EUR"}, "1e400", "NaN", "-1", "1.005", None, []]
)
def test_money_that_is_no_decimal_string_of_yuan_is_refused(api, owner, amount):
    accepted = make.project(owner=owner)
    answer = api(owner).post(
        "lots/", {"project": accepted.code, "name": "x", "kind": "fixed_price", "estimate": amount}
    )
    assert answer.status_code in {400, 409}
    assert not Lot.objects.exists()


def test_a_naive_time_is_refused(api, owner):
    lot = make.lot(owner=owner)
    body = {"lot": lot.code, "kind": "other", "title": "x", "content": {"project": "x"}, "until": "2026-03-02T09:30:00"}
    answer = api(owner).post("notices/", body)
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/until", "naive")]


def test_a_stranger_is_refused_before_the_input_is_read(api, lot, stranger):
    answer = api(stranger).post(f"lots/{lot.code}/suspend/", {"reason": "boredom"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    visitor = api(None).post(f"lots/{lot.code}/suspend/", {})
    assert (visitor.status_code, visitor["WWW-Authenticate"]) == (401, 'Session realm="sunlight"')


def test_a_list_is_paged_without_repeating_what_is_added_meanwhile(api, regulator):
    for _ in range(5):
        make.legal_basis()
    reader = api(regulator)
    first = reader.get("legal-bases/?limit=2").json()
    make.legal_basis()
    second = reader.client.get(first["links"]["next"]).json()
    third = reader.client.get(second["links"]["next"]).json()
    seen = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
    assert third["links"]["next"] is None
    back = reader.client.get(third["links"]["prev"]).json()
    assert back["items"] == second["items"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=-1", "cursor=x", "cursor=W10", "limit=99999999999", "cursor=%00"]
)
def test_a_page_that_is_none_is_refused(api, query):
    answer = api(None).get(f"legal-bases/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_page")


def test_an_unknown_address_of_the_api_is_a_problem(api):
    answer = api(None).get("nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    wrong = api(None).client.put("/api/v1/lots/")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    html = api(None).get("lots/", headers={"Accept": "text/html"})
    assert html.status_code == 406
    assert api(None).client.post("/api/v1/organisations/", "x", content_type="text/plain").status_code == 415


def test_refusals_speak_the_language_of_the_reader(api, lot, stranger):
    answer = api(stranger).post(f"lots/{lot.code}/suspend/", FAULT, match=1, **{"Accept-Language": "zh-hans"})
    assert answer["Content-Language"].lower().startswith("zh")


def test_a_second_creation_of_the_same_is_a_conflict(api, regulator):
    body = {"code": "91410900MA0000000X", "reason": "printed so"}
    assert api(regulator).post("uscc-exceptions/", body).status_code == 201
    again = api(regulator).post("uscc-exceptions/", body)
    assert (again.status_code, again.json()["code"]) == (409, "contradicts_record")
