"""What the registers say of who bids: refused at once where no other bidder matters, found together afterwards."""

import pytest

from bids import conflicts
from bids.conflicts import Entrant
from tests import make
from tests.refusals import refused
from trading.errors import NotPermitted, RuleError
from trading.party import Role
from trading.prior_service import PriorService
from trading.transitions import perform


@pytest.fixture
def lot(owner, agency):
    project = make.project(owner=owner, agency=make.home(agency))
    return make.lot(owner=owner, of=project, kind="public_tender")


def controlled(child, by, regulator):
    perform(child.enter_controller, by=regulator, controller=by)
    return child


def code_of(lot, organisation, partners=()):
    with pytest.raises(RuleError) as caught:
        conflicts.at_submission(lot, organisation, partners)
    assert caught.value.basis
    assert organisation.name in caught.value.detail or partners
    return caught.value.code


def served(lot, organisation, by, kind="design"):
    return perform(
        PriorService(project=lot.project, organisation=organisation, kind=kind, evidence="设计合同〔2025〕3号").enter,
        by=by,
    )


def test_a_stranger_may_bid_and_so_may_a_consortium_of_strangers(lot):
    conflicts.at_submission(lot, make.organisation())
    conflicts.at_submission(lot, make.organisation(), [(make.code(), "未入库企业")])


def test_ties_to_owner_agency_and_operator_are_refused_at_once(lot, owner, agency, centre, regulator):
    for party, code in ((owner, "tied_to_owner"), (agency, "tied_to_agency"), (centre, "tied_to_operator")):
        home = make.home(party)
        assert code_of(lot, home) == code
        assert code_of(lot, controlled(make.organisation(), home, regulator)) == code
        holder = make.organisation()
        controlled(home, holder, regulator)
        assert code_of(lot, holder) == code
        assert code_of(lot, make.organisation(), [(home.uscc, home.name)]) == code


def test_centre_staff_of_the_past_ties_nobody(lot, centre):
    home = make.home(centre)
    for held in home.memberships.all():
        perform(held.end, by=make.security_admin())
    conflicts.at_submission(lot, home)


def test_who_served_the_project_is_refused_until_the_entry_is_withdrawn(lot, owner, regulator):
    designer = make.organisation()
    service = served(lot, designer, owner)
    assert code_of(lot, designer) == "served_the_project"
    assert code_of(lot, controlled(make.organisation(), designer, regulator)) == "served_the_project"
    other = make.lot(owner=owner, kind="public_tender")
    conflicts.at_submission(other, designer)
    refused(service.withdraw, "reason_missing", by=regulator, reason=" ")
    perform(service.withdraw, by=regulator, reason="误录")
    conflicts.at_submission(lot, designer)


def test_owner_and_regulator_enter_earlier_services_and_nobody_else(lot, owner, regulator, bidder, centre):
    served(lot, make.organisation(), regulator, kind="testing")
    for person in (bidder, centre, make.user(Role.OWNER)):
        with pytest.raises(NotPermitted):
            served(lot, make.organisation(), person)


def test_in_procurement_the_subsidiary_of_who_served_may_bid(owner, regulator):
    lot = make.lot(owner=owner, kind="government_open_tender")
    designer = make.organisation()
    served(lot, designer, owner)
    conflicts.at_submission(lot, controlled(make.organisation(), designer, regulator))
    assert code_of(lot, designer) == "served_the_project"


def test_a_member_named_twice_is_refused(lot):
    leader = make.organisation()
    assert code_of(lot, leader, [(leader.uscc, leader.name)]) == "member_named_twice"


def test_submission_never_looks_at_other_bidders(lot, regulator):
    first = make.organisation(responsible_person="张三")
    second = controlled(make.organisation(responsible_person="张三"), first, regulator)
    third = (make.code(), "丙公司")
    for one in (first, second):
        conflicts.at_submission(lot, one, [third])
    found = conflicts.among(lot, [Entrant(first, (third,), "川 151-1"), Entrant(second, (third,), "川151１")])
    assert [(one.rule, one.how, one.certain) for one in found] == [
        ("RC-02", "control", True),
        ("RC-02", "namesake_in_charge", False),
        ("RC-14", "member_in_two_bids", True),
        ("RC-15", "same_manager", True),
    ]
    assert all(set(one.bidders) == {first.uscc, second.uscc} for one in found)
    assert conflicts.among(lot, [Entrant(first, (third,))]) == []


def test_findings_are_kept_as_a_record_keeps_them(lot, regulator):
    first, second = make.organisation(), make.organisation()
    controlled(first, second, regulator)
    (kept,) = conflicts.written(conflicts.among(lot, [Entrant(first), Entrant(second)]))
    assert kept == {
        "rule": "RC-02",
        "how": "control",
        "parties": [first.uscc, second.uscc],
        "bidders": sorted([first.uscc, second.uscc]),
        "basis": "招标投标法实施条例 34(2)(3)",
        "certain": True,
    }


def test_however_many_bid_the_register_is_read_with_as_many_queries(lot, django_assert_max_num_queries):
    entrants = [Entrant(make.organisation(), manager=f"M{n}") for n in range(30)]
    with django_assert_max_num_queries(10):
        assert conflicts.among(lot, entrants) == []


def test_the_door_of_earlier_services(api, lot, owner, regulator, bidder):
    designer = make.organisation()
    body = {"project": lot.project.code, "organisation": str(designer.pk), "kind": "design", "evidence": "合同"}
    assert api(bidder).post("prior-services/", body).status_code == 403
    made = api(owner).post("prior-services/", body)
    assert (made.status_code, made.json()["uscc"], made.json()["state"]) == (201, designer.uscc, "entered")
    assert api(owner).post("prior-services/", body).status_code == 409
    assert api(None).get("prior-services/").json()["items"][0]["kind"] == "design"
    gone = api(regulator).post(f"prior-services/{made.json()['id']}/withdraw/", {"reason": "误录"}, match=1)
    assert gone.json()["state"] == "withdrawn"
