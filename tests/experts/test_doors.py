"""The library over HTTP: who may read, what is masked, and that the pages lead through it."""

from datetime import timedelta

import pytest

from experts.due import take_snapshots
from experts.entry import READERS
from experts.expert import Expert
from experts.looking import Look
from tests import make
from tests.experts import people
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def test_an_application_over_the_api_is_answered_masked(api, expert):
    answer = api(expert).post("experts/", people.typed(), key="k1")
    assert answer.status_code == 201, answer.json()
    said = answer.json()
    assert said["person"] == {
        "name": "欧***",
        "id_number": said["person"]["id_number"],
        "phone": "138****5678",
        "bank_account": "***************2333",
        "email": "m***@example.com",
    }
    assert said["person"]["id_number"][6:14] == "********"
    assert (said["state"], said["specialities"], said["employer"]) == ("applied", ["A0601", "A0802"], "示范设计院")
    again = api(expert).post("experts/", people.typed(id_number="x"), key="k1")
    assert again.status_code == 422


def test_the_application_may_bring_relations(api, expert):
    office = {
        "kind": "directorship",
        "whose": "spouse",
        "uscc": people.employer().uscc,
        "organisation": "示范建材公司",
        "starts_on": "2020-01-01",
    }
    answer = api(expert).post("experts/", people.typed(ties=[office]))
    assert answer.status_code == 201, answer.json()
    assert Expert.objects.get().relations.filter(kind="directorship", whose="spouse").count() == 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"truthful": False}, 400, "invalid"),
        ({"specialities": ["Z9"]}, 400, "invalid"),
        ({"region": "51"}, 400, "invalid"),
        ({"ties": [{"kind": "friend"}]}, 400, "invalid"),
        ({"id_number": "110"}, 400, "id_number_wrong"),
        ({"title": "middle"}, 409, "title_too_low"),
        ({"field_since": "2025-01-01"}, 409, "experience_too_short"),
    ],
)
def test_a_wrong_application_is_refused_with_its_code(api, expert, wrong, status, code):
    answer = api(expert).post("experts/", people.typed(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert not Expert.objects.exists()


def test_nobody_else_reads_the_library(api, browser_of, stranger):
    entry = people.admitted()
    others = [make.user(role) for role in set(Role) - READERS - {Role.SECURITY_ADMIN}]
    for person in (*others, make.security_admin(), stranger, None):
        reader = api(person)
        assert reader.get(f"experts/{entry.number}/").status_code == 404
        assert reader.get("experts/").json()["items"] == []
        assert reader.get("library-snapshots/").json()["items"] == []
        page = browser_of(person).get(f"/experts/{entry.number}/")
        assert page.status_code == (404 if person else 302)
        assert entry.number not in browser_of(person).get("/experts/", follow=True).content.decode()


def test_keeper_discipline_and_auditor_read_it_masked(api, regulator, discipline, auditor):
    entry = people.admitted()
    for person in (regulator, discipline, auditor):
        said = api(person).get(f"experts/{entry.number}/").json()
        assert said["person"]["name"] == "欧***"
        assert [row["number"] for row in api(person).get("experts/").json()["items"]] == [entry.number]


def test_an_expert_reads_the_own_entry_only(api, expert):
    mine, other = people.admitted(by=expert), people.admitted()
    assert api(expert).get(f"experts/{mine.number}/").status_code == 200
    assert api(expert).get(f"experts/{other.number}/").status_code == 404


def test_the_library_is_searched_by_speciality_region_and_state(api, regulator):
    first = people.admitted(specialities=["A0601"], region="510699")
    people.admitted(specialities=["C0301"], region="510600")
    gone = people.applied(specialities=["A0601"])
    first.held.create(code="C0301", starts_on=people.today(), ends_on=people.today())
    found = {
        query: [row["number"] for row in api(regulator).get(f"experts/?{query}").json()["items"]]
        for query in ("speciality=A0601&state=active", "region=510699", "state=applied")
    }
    assert found == {
        "speciality=A0601&state=active": [first.number],
        "region=510699": [first.number],
        "state=applied": [gone.number],
    }
    assert len(api(regulator).get("experts/?speciality=C0301").json()["items"]) == 1
    assert api(regulator).get("experts/?speciality=Z9").status_code == 400


def test_the_desk_shows_masked_rows_and_keeps_its_filters(browser_of, regulator):
    entry = people.admitted()
    page = browser_of(regulator).get("/experts/?speciality=A0601").content.decode()
    assert entry.number in page
    assert "欧***" in page
    assert "欧阳" not in page
    assert "工程造价" in page
    assert "没有" in browser_of(regulator).get("/experts/?state=removed").content.decode()
    assert browser_of(regulator).get("/experts/?state=nonsense").status_code == 200


def test_an_experts_own_page_leads_from_the_form_to_the_leave(browser_of, expert):
    browser = browser_of(expert)
    assert browser.get("/experts/mine/")["Location"] == "/experts/new/"
    assert browser.get("/experts/new/").status_code == 200
    typed = {**people.typed(), "truthful": "on", "ties": "", "_key": "k1"}
    answer = browser.post("/experts/new/", typed)
    assert answer.status_code == 302, answer.content.decode()
    entry = Expert.objects.get()
    assert browser.get("/experts/mine/")["Location"] == f"/experts/{entry.number}/"
    assert "138****5678" in browser.get(f"/experts/{entry.number}/").content.decode()


def test_a_card_shows_leave_suspension_and_return(browser_of, regulator, expert):
    entry = people.admitted(by=expert)
    day = people.today() + timedelta(days=1)
    perform(entry.take_leave, by=expert, starts_on=day, ends_on=day)
    facts = {"reason": "absent", "basis": "招标投标法实施条例 71", "decision_no": "决〔2026〕1号", "until": day}
    perform(entry.suspend, by=regulator, **facts)
    page = browser_of(regulator).get(f"/experts/{entry.number}/").content.decode()
    assert day.isoformat() in page
    assert "决〔2026〕1号" in page
    assert f"/experts/{entry.number}/resume/" in page
    waiting = people.applied()
    perform(waiting.send_back, by=regulator, reason="incomplete")
    assert "材料" in browser_of(regulator).get(f"/experts/{waiting.number}/").content.decode()


def test_the_keeper_admits_and_suspends_over_the_api(api, regulator):
    entry = people.applied()
    assert api(regulator).post(f"experts/{entry.number}/admit/", match=entry.version).json()["state"] == "active"
    until = (people.today() + timedelta(days=9)).isoformat()
    body = {"reason": "absent", "basis": "招标投标法实施条例 71", "decision_no": "决1号", "until": until}
    assert api(regulator).post(f"experts/{entry.number}/suspend/", body, match=2).json()["state"] == "suspended"


def test_an_expert_moves_declares_and_takes_leave_over_the_api(api, expert):
    entry = people.admitted(by=expert)
    path, person = f"experts/{entry.number}", api(expert)
    since = (people.today() - timedelta(days=3)).isoformat()
    new = people.employer().uscc
    moved = {"employer_uscc": new, "employer_name": "示范监理公司", "employed_since": since}
    assert person.post(f"{path}/move/", moved, match=2).json()["employer_uscc"] == new
    tie = {"kind": "holding", "whose": "self", "uscc": new, "organisation": "示范监理公司", "starts_on": since}
    assert person.post(f"{path}/declare/", {"ties": [tie]}, match=3).status_code == 200
    days = {"starts_on": people.today().isoformat(), "ends_on": people.today().isoformat()}
    assert person.post(f"{path}/take-leave/", days, match=4).status_code == 200
    assert person.post(f"{path}/change-contact/", {"phone": "13911112222"}, match=5).json()["person"]["phone"] == (
        "139****2222"
    )


def test_the_keeper_gives_a_recommended_expert_an_account(api, centre, regulator, expert):
    made = api(centre).post("experts/recommend/", people.typed())
    assert made.status_code == 201, made.json()
    number = made.json()["number"]
    assert api(centre).get(f"experts/{number}/").status_code == 200
    answer = api(regulator).post(f"experts/{number}/bind/", {"account": expert.username}, match=1)
    assert answer.status_code == 200, answer.json()
    assert api(expert).get(f"experts/{number}/").status_code == 200


def test_a_look_over_the_api_shows_the_data_once_asked_for(api, browser_of, regulator, discipline):
    entry = people.admitted()
    body = {"expert": entry.number, "purpose": "inquiry", "reason": "投诉〔2026〕8号核查"}
    made = api(regulator).post("personal-looks/", body, key="k1")
    assert made.status_code == 201, made.json()
    assert entry.personal.phone not in made.content.decode()
    number = made.json()["id"]
    data = api(regulator).get(f"personal-looks/{number}/data/")
    assert (data.json()["name"], data["Cache-Control"]) == ("欧阳明德", "private, no-store")
    assert api(discipline).get(f"personal-looks/{number}/data/").json()["code"] == "look_over"
    assert api(None).get(f"personal-looks/{number}/data/").status_code == 404
    page = browser_of(regulator).get(f"/personal-looks/{number}/")
    assert "欧阳明德" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    seen = browser_of(discipline).get(f"/personal-looks/{number}/").content.decode()
    assert "欧阳明德" not in seen
    assert Look.objects.get().readings == 2


def test_the_form_of_a_look_knows_whose_card_it_came_from(browser_of, regulator):
    entry = people.admitted()
    page = browser_of(regulator).get(f"/personal-looks/new/?expert={entry.number}").content.decode()
    assert f'value="{entry.number}"' in page
    typed = {"expert": entry.number, "purpose": "inquiry", "reason": "x", "_key": "k1"}
    again = browser_of(regulator).post("/personal-looks/new/", typed)
    assert (again.status_code, f'value="{entry.number}"' in again.content.decode()) == (409, True)
    assert not Look.objects.exists()


def test_snapshots_are_listed_for_who_reads_the_library(api, auditor):
    people.admitted()
    take_snapshots()
    assert [row["size"] for row in api(auditor).get("library-snapshots/").json()["items"]] == [1]
