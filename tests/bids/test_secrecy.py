"""What may not be learnt before the list, and what may not be stopped: identifiers, papers, objections, termination."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from bids.award import Award
from bids.comparison import Comparison
from bids.contract import Contract
from tests import make
from tests.refusals import refused
from trading.errors import NotPermitted, RuleError
from trading.ledger.tables import AuditEvent, SealedEntry, SecretWindow
from trading.notice import Kind, Notice
from trading.objection import Matter, Objection
from trading.party import Membership, Role
from trading.transitions import perform


def listed(case):
    case.open()
    for _ in range(3):
        case.register()
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)


def objection_of(case, person, matter, **facts):
    return Objection(lot=case.lot, organisation=make.home(person), matter=matter, text="资格要求过高", **facts)


def test_identifiers_of_registrations_count_nobody(case):
    case.open()
    first, second = case.register(), case.register()
    assert abs(first.pk - second.pk) > 1_000_000


def test_objection_during_registration_is_sealed_and_names_nobody(case, bidder):
    case.open()
    perform(objection_of(case, bidder, Matter.NOTICE).raise_, by=bidder)
    entry = AuditEvent.objects.latest("pk")
    assert entry.type == "sealed.entry"
    assert f"u:{bidder.pk}".encode() not in bytes(entry.leaf)


def test_objection_out_of_its_time_is_refused(case, bidder):
    case.open()
    refused(objection_of(case, bidder, Matter.LIST).raise_, "not_the_time_to_object", by=bidder)
    refused(objection_of(case, bidder, Matter.RESULT).raise_, "not_the_time_to_object", by=bidder)


def test_who_neither_registered_nor_states_an_interest_may_not_object_to_the_list(case, bidder):
    listed(case)
    before = AuditEvent.objects.count()
    for interest in ("", "  "):
        with pytest.raises(RuleError) as caught:
            perform(objection_of(case, bidder, Matter.LIST, interest=interest).raise_, by=bidder)
        assert (caught.value.code, caught.value.basis) == ("interest_not_stated", "招标投标法实施条例 54, 60")
    assert (Objection.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_a_registrant_objects_to_the_list_without_stating_an_interest(case):
    listed(case)
    registrant = case.lot.registrations.first().organisation.memberships.get().user
    assert perform(objection_of(case, registrant, Matter.LIST).raise_, by=registrant).state == "raised"


def test_a_withdrawn_registrant_states_its_interest_like_anybody_else(case):
    case.open()
    left = case.register()
    person = left.organisation.memberships.get().user
    perform(left.withdraw, by=person)
    for _ in range(3):
        case.register()
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)
    refused(objection_of(case, person, Matter.LIST).raise_, "interest_not_stated", by=person)
    stated = perform(objection_of(case, person, Matter.LIST, interest="曾报名，拟再次报名").raise_, by=person)
    assert Objection.objects.get(pk=stated.pk).interest == "曾报名，拟再次报名"


def test_before_the_list_an_objection_does_not_tell_who_registered(case, bidder):
    case.open()
    registrant = case.register().organisation.memberships.get().user
    answers = []
    for person in (registrant, bidder):
        for matter in (Matter.LIST, Matter.RESULT):
            with pytest.raises(RuleError) as caught:
                perform(objection_of(case, person, matter).raise_, by=person)
            answers.append((caught.value.code, caught.value.detail, caught.value.next_step))
    assert len(set(answers)) == 1
    assert perform(objection_of(case, bidder, Matter.NOTICE).raise_, by=bidder).state == "raised"


def test_open_objection_keeps_the_draw_from_beginning(case, bidder):
    listed(case)
    raised = objection_of(case, bidder, Matter.LIST, interest="本单位为名单企业的材料供应商")
    perform(raised.raise_, by=bidder)
    case.clock.move_to(case.fresh().draw_at)
    refused(case.fresh().begin_draw, "objection_open", by=case.centre, session=None, beacon={})
    perform(raised.answer, by=case.owner, outcome="rejected", reply="已复核，维持名单")
    assert not case.lot.objections.open().exists()


def test_second_objection_to_the_same_matter_waits_for_the_first(case, bidder):
    case.open()
    first = perform(objection_of(case, bidder, Matter.NOTICE).raise_, by=bidder)
    refused(objection_of(case, bidder, Matter.NOTICE).raise_, "objection_waits", by=bidder)
    perform(first.answer, by=case.owner, outcome="rejected", reply="已复核，维持公告")
    assert perform(objection_of(case, bidder, Matter.NOTICE).raise_, by=bidder).state == "raised"


def test_draw_does_not_begin_before_its_announced_moment(case):
    listed(case)
    refused(case.fresh().begin_draw, "too_early", by=case.centre, session=None, beacon={})


def test_termination_opens_what_was_sealed(case):
    case.open()
    case.register()
    perform(case.lot.terminate, by=case.regulator, reason="cancelled")
    assert not SealedEntry.objects.filter(tender=case.lot.code, opened_at=None).exists()
    assert not SecretWindow.objects.filter(tender=case.lot.code, revealed_at=None).exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"programme": "2026-道路"}, {"programme": "2026-道路"}),
        ({"programme": "农村公路2026"}, {"programme": " 农村公路 ２０２６"}),
        ({"approval_no": "示发改〔2026〕777号"}, {"approval_no": "示发改[2026] 777 号"}),
    ],
)
def test_purchases_of_one_programme_or_approval_count_together(case, first, second):
    project = make.project(owner=case.owner, **first)
    make.lot(owner=case.owner, of=project, estimate=Decimal("1500000.00"))
    other = make.project(owner=case.owner, **second)
    lot = make.lot(owner=case.owner, of=other, estimate=Decimal("1500000.00"))
    refused(Comparison(lot=lot, legal_basis=make.legal_basis()).register, "split_project", by=case.owner)


def test_nobody_makes_themselves_member_of_an_organisation_they_did_not_enter(bidder):
    orphan = make.organisation()
    with pytest.raises(NotPermitted):
        perform(Membership(user=bidder, organisation=orphan, role=Role.BIDDER).grant, by=bidder)


def test_wrong_hash_of_a_contract_is_corrected_until_it_is_confirmed(case):
    case.open()
    registration = case.register()
    Award.objects.create(lot=case.lot, registration=registration, rank=1)
    contract = Contract(lot=case.lot, registration=registration, price=Decimal(1), signed_on=case.fresh().today())
    contract.sha256 = "a" * 64
    today = case.fresh().today()
    perform(contract.conclude, by=case.owner, fixed_price=Decimal(1), noticed_on=today, sign_by=today)
    perform(contract.correct, by=case.owner, sha256="b" * 64)
    winner = registration.organisation.memberships.get().user
    refused(contract.confirm, "contract_differs", by=winner, sha256="a" * 64)
    perform(contract.confirm, by=winner, sha256="b" * 64)
    assert contract.state == "confirmed"


def test_a_lot_has_one_standing_contract(case):
    case.open()
    today = case.fresh().today()
    facts = {"lot": case.lot, "price": Decimal(1), "signed_on": today, "sha256": "a" * 64}
    first, second = (Contract(registration=case.register(), **facts) for _ in range(2))
    limits = {"fixed_price": Decimal(1), "noticed_on": today, "sign_by": today}
    perform(first.conclude, by=case.owner, **limits)
    with pytest.raises(IntegrityError):
        perform(second.conclude, by=case.owner, **limits)
    perform(first.lapse, by=None, reason="timeout")
    perform(second.conclude, by=case.owner, **limits)
    assert list(Contract.objects.order_by("pk").values_list("state", flat=True)) == ["lapsed", "concluded"]
    assert [contract.pk for contract in Contract.objects.standing()] == [second.pk]


def test_rehearsal_and_real_notices_stay_apart(case):
    case.fix_price()
    case.announce()
    assert Notice.objects.public().filter(kind=Kind.DRAW).count() == 1
