"""The doors of a committee: who takes part reads and acts, everybody else gets 404."""

import pytest
from django.test import Client

from experts.panel import Panel
from tests import make
from trading.party import Role


def browser(person):
    made = Client()
    if person is not None:
        made.force_login(person)
    return made


def typed(lot, **facts):
    return {
        "lot": lot.code,
        "needs": [{"code": "A0802", "count": 4}],
        "representatives": 1,
        "gather_at": "2026-03-31T15:30:00+08:00",
        "place": "评标三室",
        "hours": 8,
        **facts,
    }


def post(person, path, body):
    return browser(person).post(f"/api/v1/{path}", body, content_type="application/json")


def test_a_committee_is_applied_for_and_approved_over_http(case, approver):
    made = post(case.agency, "panels/", typed(case.lot))
    assert made.status_code == 201, made.content
    panel = Panel.objects.get()
    assert made.json()["needs"] == [{"code": "A0802", "count": 4}]
    etag = browser(approver).get(f"/api/v1/panels/{panel.pk}/").headers["ETag"]
    done = browser(approver).post(f"/api/v1/panels/{panel.pk}/approve/", {}, headers={"If-Match": etag})
    assert (done.status_code, done.json()["state"]) == (200, "approved")


def test_a_refusal_names_the_article(case):
    answer = post(case.agency, "panels/", typed(case.lot, representatives=2))
    assert (answer.status_code, answer.json()["code"], answer.json()["basis"]) == (
        409,
        "committee_even",
        "招标投标法 37",
    )


@pytest.mark.parametrize("role", [None, Role.BIDDER, Role.EXPERT, Role.OWNER, Role.AGENCY, Role.SYS_ADMIN])
def test_who_takes_no_part_learns_of_no_committee(case, panel, role):
    person = make.user(role) if role else None
    for number in (panel.pk, panel.pk + 1):  # whether there is one or not
        answers = [browser(person).get(f"/{kind}/{number}/") for kind in ("api/v1/panels", "panels")]
        assert [one.status_code for one in answers] == [404, 404 if role else 302]
    assert browser(person).get("/api/v1/panels/").json()["items"] == []
    assert browser(person).get("/api/v1/seats/").json()["items"] == []


def test_the_parties_and_officials_see_it(case, panel):
    for person in (case.agency, case.owner, *map(make.user, (Role.CENTRE_STAFF, Role.AUDITOR, Role.DISCIPLINE))):
        assert browser(person).get(f"/api/v1/panels/{panel.pk}/").status_code == 200
        assert browser(person).get(f"/panels/{panel.pk}/").status_code == 200
