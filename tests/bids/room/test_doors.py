"""The room over HTTP: strangers find nothing, members their part; the matrix costs the same for any number of bids."""

import pytest
from django.test import Client

from bids.room.evaluation import Evaluation
from tests import make
from tests.bids.room.conftest import Desk
from tests.bids.tenders.conftest import case_of
from tests.bids.tenders.test_opening import PRICES
from trading.ledger import sealed
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role

pytestmark = pytest.mark.django_db


def browser(person=None):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def post(person, path, body=None):
    """Perform an act of a record at the version that stands."""
    client, record = browser(person), "/".join(path.split("/")[:2])
    read = client.get(f"/api/v1/{record}/")
    tag = read.headers.get("ETag", "")
    return client.post(f"/api/v1/{path}/", body or {}, content_type="application/json", headers={"If-Match": tag})


def test_strangers_find_nothing_while_the_committee_is_secret(room):
    evaluation = room.examine()
    strangers = [None, make.user(Role.EXPERT), make.user(Role.OWNER), room.made[0][0].person]
    paths = [
        f"/api/v1/evaluations/{evaluation.pk}/",
        f"/api/v1/evaluations/{evaluation.pk}/matrix/",
        f"/api/v1/committee-members/{room.member(1).pk}/",
        f"/api/v1/score-sheets/{room.sheet(1).pk}/",
        f"/evaluations/{evaluation.pk}/",
    ]
    for person in strangers:
        client = browser(person)
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
        for noun in ("evaluations", "committee-members", "score-sheets", "price-corrections", "bid-inquiries"):
            answer = client.get(f"/api/v1/{noun}/")
            assert answer.status_code in {401, 403} or answer.json()["items"] == []


def test_another_members_sheet_is_nobodys_business(room):
    room.examine()
    path = f"/api/v1/score-sheets/{room.sheet(1).pk}/"
    assert browser(room.people[1]).get(path).status_code == 200
    for person in (room.people[2], room.host, room.case.keepers["supervisor"]):
        assert browser(person).get(path).status_code == 404


def test_a_draft_is_saved_over_http_and_says_when_it_was_overtaken(room):
    room.examine()
    client, path = browser(room.people[1]), f"/api/v1/score-sheets/{room.sheet(1).pk}/draft/"
    body = {"draft": 0, "scores": {"1": {"technical": "25"}}}
    assert client.put(path, body, content_type="application/json").json() == {"draft": 1}
    late = client.put(path, body, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")
    wrong = client.put(path, {"draft": 1, "scores": {"1": {"technical": "99"}}}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (409, "/scores/1/technical")
    assert client.put(path, {"draft": 1, "scores": []}, content_type="application/json").status_code == 400
    stranger = browser(room.people[2]).put(path, body, content_type="application/json")
    assert stranger.status_code == 404


def test_the_acts_answer_over_http(room):
    body = {"lot": room.lot.code, "session": str(room.session.pk)}
    made = browser(room.host).post("/api/v1/evaluations/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    member = room.member(1)
    answer = post(room.people[1], f"committee-members/{member.pk}/confirm-discipline")
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")
    assert post(room.people[2], f"committee-members/{member.pk}/declare-none").status_code == 403
    refused = post(room.people[1], f"committee-members/{member.pk}/vote", {"matter": "chair", "choice": "1"})
    assert refused.status_code == 409


def test_a_question_reaches_its_bidder_alone_and_is_answered_over_http(room):
    evaluation = room.begin()
    body = {
        "evaluation": str(evaluation.pk),
        "number": 1,
        "about": "clarification",
        "question": "请说明第3页",
        "answer_by": (room.lot.now().replace(year=2027)).isoformat(),
    }
    chair = browser(room.chair)
    asked = chair.post("/api/v1/bid-inquiries/", body, content_type="application/json")
    assert asked.status_code == 201, asked.content
    nothing = chair.post("/api/v1/bid-inquiries/", {**body, "number": 9}, content_type="application/json")
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (400, "/number")
    path = f"bid-inquiries/{asked.json()['id']}"
    mine, other = (one.person for one, _sealed in room.made[:2])
    assert browser(other).get(f"/api/v1/{path}/").status_code == 404
    assert post(mine, f"{path}/answer", {"text": "见附件"}).json()["answer_text"] == "见附件"


def test_the_matrix_costs_the_same_for_many_bids(db, time_machine, owner, agency, django_assert_max_num_queries):
    few, many = (Desk(case_of(time_machine, owner, agency), prices=PRICES * times) for times in (1, 3))
    costs = []
    for room in (few, many):
        evaluation = room.examine()
        client, path = browser(room.people[1]), f"/api/v1/evaluations/{evaluation.pk}/matrix/"
        with django_assert_max_num_queries(40) as asked:
            assert len(client.get(path).json()["bids"]) == len(room.made)
        costs.append(len(asked.captured_queries))
    assert costs[0] == costs[1]


def test_before_it_declares_a_member_sees_no_bid_and_gets_no_file(room):
    evaluation = room.convene()
    room.declare(1)
    row = room.opening.opened.get(number=1)
    path = f"/openings/{room.opening.pk}/bids/{row.bid.number}/bid.zip"
    assert browser(room.people[2]).get(path).status_code == 404
    got = browser(room.people[1]).get(path)
    assert (got.status_code, b"".join(got.streaming_content)[:2]) == (200, b"PK")
    assert not AuditEvent.objects.filter(type="bid.key_given").exists()
    given = SealedEntry.objects.get(type="bid.key_given")
    assert given.tender == sealed.committee(room.lot.code)
    assert browser(room.people[2]).get(f"/api/v1/evaluations/{evaluation.pk}/matrix/").json()["bids"] == []


def test_once_the_committee_is_open_everybody_reads_the_evaluation(room):
    evaluation = room.finish()
    path = f"/api/v1/evaluations/{evaluation.pk}/"
    assert browser().get(path).status_code == 404
    room.lot.end_committee_secrecy(room.lot.now())
    answer = browser().get(path)
    assert (answer.status_code, answer.json()["state"]) == (200, "signed")
    assert Evaluation.objects.visible_to(room.made[0][0].person).exists()
