"""The qualification of opened bids in procurement: by buyer or agency, item by item; fewer than three end it."""

from datetime import timedelta

import pytest

from bids import examination
from bids.conflicts import Entrant
from bids.examination import Examination
from bids.review import Review
from tests import make
from tests.bids.review.conftest import finding
from tests.refusals import refused
from trading.errors import NotPermitted
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.sanction import Sanction
from trading.transitions import perform


def entrants(n=4, **facts):
    return [Entrant(make.organisation(), manager=f"M{number}", **facts) for number in range(n)]


def begun(opened, n=4):
    bidders = entrants(n)
    opened.begin(bidders)
    return [one.organisation for one in bidders]


def test_who_bid_is_examined_and_the_register_looked_at(opened, regulator):
    first, second, third = entrants(3)
    perform(first.organisation.enter_controller, by=regulator, controller=second.organisation)
    opened.begin([first, second, third])
    review = opened.review("post")
    assert (review.state, review.stage, review.examinations.count()) == ("open", "post", 3)
    assert [(one["rule"], one["how"]) for one in review.conflicts] == [("RC-02", "control")]
    assert opened.examination(first.organisation).shown() == review.conflicts
    assert opened.examination(third.organisation).shown() == []


def test_buyer_or_agency_examine_and_settle(opened, owner):
    companies = begun(opened)
    for one in companies:
        opened.find(one, by=owner)
    opened.find(companies[0], A1="信用中国查询有失信记录")
    settled = opened.settle("post")
    assert settled.state == "settled"
    assert [opened.examination(one).verdict for one in companies] == ["fail", "pass", "pass", "pass"]
    entry = AuditEvent.objects.get(type="review.settled")
    assert b'"passed"' not in bytes(entry.leaf)


def test_one_who_is_barred_does_not_pass(opened, regulator):
    companies = begun(opened)
    today = opened.case.fresh().today()
    ban = {"decision_no": "财罚〔2026〕1号", "reason": "围标", "basis": "政府采购法 77"}
    barred = Sanction(organisation=companies[0], starts_on=today, ends_on=today + timedelta(days=365), **ban)
    perform(barred.impose, by=regulator)
    for one in companies:
        opened.find(one)
    error = refused(opened.review("post").settle, "passes_against_register", by=opened.case.owner)
    assert companies[0].uscc in error.params["names"]


def test_fewer_than_three_qualified_end_the_procurement(opened):
    companies = begun(opened, 3)
    for one in companies[:2]:
        opened.find(one)
    opened.find(companies[2], A2="无类似业绩")
    opened.settle("post")
    assert (opened.review("post").state, opened.case.fresh().state) == ("failed", "failed")
    assert opened.case.fresh().failure == "too_few_qualified"
    (entry,) = AuditEvent.objects.filter(type="review.failed")
    assert "财政部令第87号".encode() in bytes(entry.leaf) or "87号".encode() in bytes(entry.leaf)


def test_a_works_tender_is_examined_by_its_committee_alone(desk, monkeypatch, expert):
    tender = desk.case.fresh()
    tender.prequalified = False
    tender.save()
    companies = begun(desk, 3)
    record = desk.examination(companies[0])
    for person in (desk.case.owner, desk.case.agency, expert):
        with pytest.raises(NotPermitted):
            perform(record.find, by=person, findings=[finding("A1")])
    monkeypatch.setattr(examination, "sits_on_committee", lambda lot, person: person == expert)
    perform(record.find, by=expert, findings=[finding("A1")])
    assert desk.examination(companies[0]).state == "examined"


def test_nobody_else_begins_it_and_not_without_requirements(opened, bidder, centre):
    for person in (bidder, centre, make.user(Role.AGENCY)):
        with pytest.raises(NotPermitted):
            perform(Review(lot=opened.case.lot).begin, by=person, entrants=entrants())
    opened.case.lot.requirements.items.all().delete()
    refused(Review(lot=opened.case.lot).begin, "requirements_missing", by=opened.case.owner, entrants=entrants())
    assert Examination.objects.count() == 0


def test_the_largest_real_number_of_bidders_is_taken_with_few_queries(opened, django_assert_max_num_queries):
    bidders = [Entrant(make.organisation(), manager=f"M{number}") for number in range(60)]
    review = Review(lot=opened.case.lot)
    with django_assert_max_num_queries(60):
        perform(review.begin, by=opened.case.owner, entrants=bidders)


def test_each_learns_its_own_result_alone_and_only_when_it_is_settled(api, opened, auditor):
    companies = begun(opened)
    people = [opened.person(one) for one in companies]
    for one in companies:
        opened.find(one, A1="资质证书过期" if one == companies[0] else "")
    assert api(people[0]).get("examinations/").json()["items"] == []
    opened.settle("post")
    for person, company in zip(people, companies, strict=True):
        (own,) = api(person).get("examinations/").json()["items"]
        assert own["uscc"] == company.uscc
    first = opened.examination(companies[0])
    read = api(people[0]).get(f"examinations/{first.pk}/").json()
    assert (read["verdict"], read["conflicts"]) == ("fail", [])
    assert {"item": "A1", "verdict": "fail", "ground": "insufficient", "reason": "资质证书过期",
            "evidence": "证书第 3 页"} in read["findings"]  # fmt: skip
    assert api(people[1]).get(f"examinations/{first.pk}/").status_code == 404
    assert api(None).get(f"examinations/{first.pk}/").status_code in {401, 403, 404}
    assert len(api(auditor).get("examinations/").json()["items"]) == 4
