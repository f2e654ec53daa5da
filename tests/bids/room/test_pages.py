"""The room's page: a member finds and scores on it, the host sees progress and no score, strangers nothing."""

import pytest

from bids.room.sheet import Sheet
from tests import make
from tests.bids.room.test_doors import browser
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def page(room, person, method="get", body=None):
    path = f"/evaluations/{room.evaluation.pk}/room/"
    client = browser(person)
    return client.get(path) if method == "get" else client.post(path, body or {})


def test_strangers_find_no_room(room):
    room.convene()
    for person in (make.user(Role.EXPERT), room.made[0][0].person, make.user(Role.AGENCY)):
        assert page(room, person).status_code == 404
    assert page(room, None).status_code == 302


def test_a_member_learns_who_bids_once_it_has_confirmed_the_discipline(room):
    room.convene()
    assert "建筑工程有限公司0" not in page(room, room.people[1]).content.decode()
    perform(room.member(1).confirm_discipline, by=room.people[1])
    assert "建筑工程有限公司0" in page(room, room.people[1]).content.decode()
    assert "建筑工程有限公司0" not in page(room, room.people[2]).content.decode()


def test_a_member_finds_on_the_page_and_what_is_refused_stays_typed(room):
    room.begin()
    body = {"findings": "1", "ground-1": "pass", "ground-2": "unsigned", "reason-2": "", "ground-3": ""}
    wrong = page(room, room.people[2], "post", body)
    assert (wrong.status_code, wrong.content.decode().count('value="unsigned" selected')) == (409, 1)
    done = page(room, room.people[2], "post", {**body, "reason-2": "第3页"})
    assert done.status_code == 302
    found = {one.candidate.number: one.grounds for one in room.member(2).checks.select_related("candidate")}
    assert found == {1: {}, 2: {"unsigned": "第3页"}}
    assert "第3页" in page(room, room.people[2]).content.decode()
    assert "第3页" not in page(room, room.host).content.decode()
    assert page(room, room.host, "post", body).status_code == 404


def test_a_member_scores_on_the_page_and_nobody_else_sees_it(room):
    room.examine()
    body = {"draft": "0", "score/1/technical": "23.45", "score/1/business": " "}
    assert page(room, room.people[1], "post", body).status_code == 302
    assert Sheet.objects.get(member=room.member(1)).scores == {"1": {"technical": "23.45"}}
    assert page(room, room.people[1], "post", body).status_code == 412
    assert page(room, room.people[1], "post", {**body, "draft": "x"}).status_code == 412
    assert page(room, room.people[1], "post", {**body, "draft": "1", "score/1/technical": "99"}).status_code == 409
    assert 'value="23.45"' in page(room, room.people[1]).content.decode()
    for person in (room.people[2], room.host, room.centre, room.case.keepers["supervisor"]):
        seen = page(room, person)
        assert (seen.status_code, "23.45" in seen.content.decode()) == (200, False)


def test_the_signed_report_is_there_for_the_room_alone(room):
    room.report()
    path = f"/evaluations/{room.evaluation.pk}/report.pdf"
    assert browser(room.host).get(path).status_code == 404
    for seat in room.people:
        perform(room.member(seat).sign, by=room.people[seat])
    perform(room.evaluation.finish, by=room.host)
    assert browser(room.host).get(path).content.startswith(b"%PDF")
    assert browser(make.user(Role.BIDDER)).get(path).status_code == 404
    shown = page(room, room.host).content.decode()
    assert "93.00" in shown
    assert "report.pdf" in shown
