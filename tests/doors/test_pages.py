"""The pages of a door: the form drawn from the input, the same act behind it, nothing typed is lost."""

import re

import pytest

from tests import make
from trading.doors.door import DOORS
from trading.doors.words import label_of
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.party import Membership, Organisation, Role, User
from trading.project import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(owner):
    return make.lot(owner=owner)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def test_an_acts_page_shows_its_form_its_article_and_its_consequence(browser_of, lot, regulator):
    page = browser_of(regulator).get(f"/lots/{lot.code}/suspend/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "宁波市公共资源交易管理条例 25" in text
    assert 'name="reason"' in text
    assert hidden(page, "_version") == "1"
    assert hidden(page, "_key")


def test_a_form_sent_performs_the_act_and_returns_to_the_record(browser_of, lot, regulator):
    browser = browser_of(regulator)
    answer = browser.post(f"/lots/{lot.code}/suspend/", {"reason": "system_fault", "_version": 1, "_key": "k1"})
    assert (answer.status_code, answer["Location"]) == (302, f"/lots/{lot.code}/")
    assert Lot.objects.get().state == "suspended"
    assert browser.get(answer["Location"]).status_code == 200


def test_a_double_click_has_one_effect(browser_of, lot, regulator):
    browser = browser_of(regulator)
    form = {"reason": "system_fault", "_version": 1, "_key": "k1"}
    first = browser.post(f"/lots/{lot.code}/suspend/", form)
    second = browser.post(f"/lots/{lot.code}/suspend/", form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert AuditEvent.objects.filter(type="lot.suspended").count() == 1


def test_a_stale_form_says_how_the_record_reads_now(browser_of, lot, regulator):
    answer = browser_of(regulator).post(f"/lots/{lot.code}/suspend/", {"reason": "other", "_version": 0, "_key": "k1"})
    assert answer.status_code == 412
    assert lot.code in answer.content.decode()
    assert "stale_version" in answer.content.decode()
    assert Lot.objects.get().state == "live"


def test_a_form_without_a_version_is_stale(browser_of, lot, regulator):
    assert browser_of(regulator).post(f"/lots/{lot.code}/suspend/", {"reason": "other"}).status_code == 412


def test_a_wrong_form_comes_back_with_everything_typed(browser_of, owner):
    answer = browser_of(owner).post(
        "/projects/new/", {"name": "排水沟工程", "region": "41", "approved_estimate": "many"}
    )
    text = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="排水沟工程"' in text
    assert 'value="many"' in text
    assert 'href="#id_region"' in text
    assert not Project.objects.exists()


def test_a_broken_rule_comes_back_with_code_article_and_everything_typed(browser_of, owner):
    form = {
        "name": "排水沟工程",
        "owner": make.home(owner).pk,
        "category": "works",
        "region": "410900",
        "industry": "E",
        "funding": "budget",
        "approval_no": "发改〔2026〕1号",
        "approved_estimate": "1850000.00",
        "title_clear": "on",
        "_key": "k1",
    }
    browser = browser_of(owner)
    answer = browser.post("/projects/new/", form)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "funds_missing" in text
    assert "招标投标法 9" in text
    assert 'value="排水沟工程"' in text
    again = browser.post("/projects/new/", {**form, "funds_in_place": "on"})
    assert again.status_code == 302
    assert Project.objects.get().state == "submitted"


def test_a_stranger_meets_a_refusal_and_a_visitor_the_sign_in(browser_of, lot, stranger):
    assert browser_of(stranger).get(f"/lots/{lot.code}/suspend/").status_code == 403
    assert browser_of(stranger).post(f"/lots/{lot.code}/suspend/", {}).status_code == 403
    visitor = browser_of(None).get(f"/lots/{lot.code}/suspend/")
    assert (visitor.status_code, visitor["Location"]) == (302, f"/sign-in/?next=/lots/{lot.code}/suspend/")


def test_a_moment_is_asked_for_with_its_zone(browser_of, centre):
    browser = browser_of(centre)
    chinese = browser.get("/sessions/new/").content.decode()
    browser.cookies["django_language"] = "en"
    english = browser.get("/sessions/new/").content.decode()
    assert chinese.count("北京时间 (UTC+08:00)") == english.count("Beijing time (UTC+08:00)") == 2
    assert 'aria-describedby="id_starts_at_hint"' in english


def test_an_unknown_act_or_record_is_not_found(browser_of, lot, regulator):
    assert browser_of(regulator).get(f"/lots/{lot.code}/sell/").status_code == 404
    assert browser_of(regulator).get("/lots/nothing/suspend/").status_code == 404


def test_my_work_shows_what_waits_for_me(browser_of, owner, centre, auditor):
    waiting = make.project(owner=owner, accepted=False)
    assert f"/projects/{waiting.code}/accept/" in browser_of(centre).get("/work/").content.decode()
    assert f"/projects/{waiting.code}/accept/" not in browser_of(owner).get("/work/").content.decode()
    assert browser_of(auditor).get("/work/").status_code == 200
    assert browser_of(None).get("/work/").status_code == 302


ENTERPRISE = {
    "name": "清源建筑有限公司",
    "region": "410900",
    "person": "王某",
    "username": "qingyuan",
    "password": "correct-horse-battery",
}


def test_an_enterprise_enters_with_account_organisation_and_role_at_once(browser_of):
    browser = browser_of(None)
    answer = browser.post("/register/", {**ENTERPRISE, "uscc": make.code()})
    assert (answer.status_code, answer["Location"]) == (302, "/work/")
    membership = Membership.objects.get(user__username="qingyuan")
    assert (membership.role, membership.state, membership.organisation.name) == (
        Role.BIDDER,
        "live",
        ENTERPRISE["name"],
    )
    assert browser.get("/work/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"uscc": "91410900MA0000000X"}, 400),
        ({"password": "12345"}, 400),
        ({"username": "a b"}, 400),
        ({"uscc": ""}, 400),
        ({"region": "５１０６００"}, 400),
        ({"person": "王\u202e某"}, 400),
    ],
)
def test_a_refused_enterprise_leaves_no_account(browser_of, wrong, status):
    answer = browser_of(None).post("/register/", {**ENTERPRISE, "uscc": make.code(), **wrong})
    assert answer.status_code == status
    assert ENTERPRISE["name"] in answer.content.decode()
    assert "correct-horse" not in answer.content.decode()
    assert not User.objects.filter(username="qingyuan").exists()
    assert not Organisation.objects.exists()


def test_a_taken_name_or_code_is_a_conflict(browser_of):
    code = make.code()
    assert browser_of(None).post("/register/", {**ENTERPRISE, "uscc": code}).status_code == 302
    taken = browser_of(None).post("/register/", {**ENTERPRISE, "uscc": make.code()})
    assert taken.status_code == 409
    assert "username_taken" in taken.content.decode()
    twice = browser_of(None).post("/register/", {**ENTERPRISE, "uscc": code, "username": "other"})
    assert twice.status_code == 409
    assert "organisation_exists" in twice.content.decode()
    assert not User.objects.filter(username="other").exists()


@pytest.mark.parametrize("code", ["stale_version", "funds_missing", "invalid", "not_found", "uscc_length", "throttled"])
def test_every_problem_has_its_page(browser_of, code):
    assert browser_of(None).get(f"/problems/{code}/").status_code == 200


def test_an_unknown_problem_has_no_page(browser_of):
    assert browser_of(None).get("/problems/nonsense/").status_code == 404


@pytest.mark.parametrize(
    "path", ["organisations", "sanctions", "legal-bases", "projects", "lots", "documents", "contracts"]
)
def test_every_list_has_a_page(browser_of, lot, path):
    assert browser_of(None).get(f"/{path}/").status_code == 200


def test_every_record_has_a_page(browser_of, lot):
    browser = browser_of(None)
    assert browser.get(f"/lots/{lot.code}/").status_code == 200
    assert browser.get(f"/projects/{lot.project.code}/").status_code == 200
    assert browser.get(f"/organisations/{lot.project.owner_id}/").status_code == 200


def test_a_refusal_speaks_the_reader_s_language_to_the_end(browser_of, lot, regulator):
    browser = browser_of(regulator)
    browser.post(f"/lots/{lot.code}/suspend/", {"reason": "system_fault", "_version": 1, "_key": "k1"})
    again = browser.post(f"/lots/{lot.code}/suspend/", {"reason": "system_fault", "_version": 2, "_key": "k2"})
    text = again.content.decode()
    assert again.status_code == 409
    assert "“中止标段”在“已中止”状态下不能进行" in text
    assert "请重新打开页面查看当前状态。" in text


@pytest.mark.parametrize("door", DOORS.values(), ids=lambda door: door.noun)
def test_every_fact_of_a_noun_has_a_name(door):
    facts = {*door.listed_as, *door.reads().fields} - {"id", "state", "version", "acts"}
    assert [name for name in facts if label_of(door, name) == name] == []
