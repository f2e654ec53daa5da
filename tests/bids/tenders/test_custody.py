"""Custody: who may hold a share, the key that each holder gives from its own browser, the rehearsal that proves it."""

from datetime import timedelta

import pyrage
import pytest
from django.test import Client

from bids.custody import Custodian, Holder
from bids.sealing.custodian import answer_to
from tests import make
from tests.bids.tenders.conftest import CONTENT, SCHEDULE
from tests.bids.tenders.conftest import rehearse as rehearse_key
from tests.refusals import refused
from trading.errors import InvalidInput, NotPermitted, RuleError
from trading.ledger import notes
from trading.party import Membership, Organisation, Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def code_of(act, by, **facts):
    with pytest.raises(RuleError) as refusal:
        perform(act, by=by, **facts)
    return refusal.value.code


def control(child, parent):
    perform(child.enter_controller, by=make.user(Role.SECTOR_REGULATOR), controller=parent)


def seat(person, of):
    return Membership.objects.get(user=person, organisation=of, ended_at=None)


def vacant(case, holder):
    """Return the record of a place that nobody holds any more."""
    Custodian.objects.filter(lot=case.lot, holder=holder).delete()
    return Custodian(lot=case.lot, holder=holder)


def appointed(case, role=Role.NOTARY):
    """Appoint somebody new to the back-up's place; return the custodian and its person."""
    custodian, person = vacant(case, Holder.BACKUP), make.user(role, of=make.organisation("公证处"))
    custodian.organisation = make.home(person)
    return perform(custodian.appoint, by=case.agency), person


def test_the_operator_of_the_platform_holds_no_share(case, centre):
    custodian = vacant(case, Holder.BACKUP)
    custodian.organisation = make.home(centre)
    assert code_of(custodian.appoint, case.agency) == "custodian_is_operator"
    assert case.lot.custodians.count() == 2


@pytest.mark.parametrize("above", ["operator", "custodian", "parent"])
def test_nobody_of_the_operators_group_holds_a_share(case, centre, above):
    person = make.user(Role.NOTARY, of=make.organisation("公证处"))
    operator, holder = make.home(centre), make.home(person)
    tied = {"operator": [(holder, operator)], "custodian": [(operator, holder)]}
    parent = make.organisation("控股集团")
    for child, controller in tied.get(above, [(operator, parent), (holder, parent)]):
        control(child, controller)
    custodian = vacant(case, Holder.BACKUP)
    custodian.organisation = holder
    refusal = refused(custodian.appoint, "custodian_tied_to_operator", by=case.agency)
    assert refusal.basis == "招标投标法 22; 电子招标投标办法 23, 27"
    assert refusal.params["names"] == holder.name
    assert case.lot.custodians.count() == 2


def test_one_person_acts_for_one_custodian_of_a_lot(case):
    custodian, keeper = vacant(case, Holder.BACKUP), case.keepers["supervisor"]
    custodian.organisation = make.organisation("公证处")
    name = make.home(keeper).name
    make.member(keeper, custodian.organisation, Role.NOTARY)
    refusal = refused(custodian.appoint, "custodian_person_twice", by=case.agency)
    assert {name, "公证处"} == set(refusal.params["names"].split(", "))
    assert case.lot.custodians.count() == 2


def test_who_left_a_custodian_does_not_count(case):
    custodian, keeper = vacant(case, Holder.BACKUP), case.keepers["supervisor"]
    custodian.organisation = make.organisation("公证处")
    make.member(keeper, custodian.organisation, Role.NOTARY)
    perform(seat(keeper, custodian.organisation).end, by=make.security_admin())
    assert perform(custodian.appoint, by=case.agency).state == "appointed"


def announcing(case, code):
    facts = {**SCHEDULE, "content": CONTENT, "documents": [case.file()]}
    refusal = refused(case.fresh().announce, code, by=case.agency, **facts)
    assert case.fresh().state == "registered"
    return refusal


def test_a_key_that_was_never_tried_stops_the_notice(case):
    custodian, keeper = case.custodian("backup"), case.keepers["backup"]
    identity = pyrage.x25519.Identity.generate()
    perform(custodian.give_key, by=keeper, recipient=str(identity.to_public()))
    assert announcing(case, "custodian_not_rehearsed").basis == "招标投标法 22; 电子招标投标办法 27, 30"
    rehearse_key(case.custodian("backup"), keeper, identity)
    case.announce()
    assert case.fresh().state == "announced"


def test_the_notice_looks_at_the_custodians_again(case, centre):
    holder = case.custodian("backup").organisation
    control(make.home(centre), holder)
    announcing(case, "custodian_tied_to_operator")
    Organisation.objects.filter(pk=make.home(centre).pk).update(controller=None)
    keeper = case.keepers["supervisor"]
    make.member(keeper, holder, Role.NOTARY)
    announcing(case, "custodian_person_twice")
    perform(seat(keeper, holder).end, by=make.security_admin())
    make.user(Role.CENTRE_STAFF, of=holder)
    announcing(case, "custodian_is_operator")


def test_the_notice_looks_at_the_keys_and_roles_again(case):
    own = case.custodian("backup")
    Custodian.objects.filter(pk=own.pk).update(recipient=case.custodian("agency").recipient)
    announcing(case, "recipient_taken")
    Custodian.objects.filter(pk=own.pk).update(recipient="age1broken")
    announcing(case, "recipient_wrong")
    Custodian.objects.filter(pk=own.pk).update(recipient=own.recipient)
    make.user(Role.BIDDER, of=own.organisation)
    announcing(case, "custodian_unsuitable")


@pytest.mark.parametrize(
    ("holder", "role"),
    [
        (Holder.AGENCY, Role.NOTARY),
        (Holder.SUPERVISOR, Role.NOTARY),
        (Holder.SUPERVISOR, Role.BIDDER),
        (Holder.BACKUP, Role.BIDDER),
    ],
)
def test_each_holder_is_what_its_name_says(case, holder, role):
    custodian = vacant(case, holder)
    custodian.organisation = make.home(make.user(role))
    assert code_of(custodian.appoint, case.agency) == "custodian_unsuitable"


def test_one_organisation_holds_one_share(case):
    vacant(case, Holder.BACKUP)
    twice = make.home(case.keepers["supervisor"])
    browser = Client()
    browser.force_login(case.agency)
    body = {"lot": case.lot.code, "holder": "backup", "organisation": str(twice.pk)}
    answer = browser.post("/api/v1/custodians/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "contradicts_record")
    assert case.lot.custodians.count() == 2


def test_only_who_conducts_the_tender_appoints(case, bidder):
    custodian = vacant(case, Holder.BACKUP)
    custodian.organisation = make.organisation()
    with pytest.raises(NotPermitted):
        perform(custodian.appoint, by=bidder)


def test_a_key_is_given_by_its_keeper_and_is_an_age_recipient(case, stranger):
    custodian, keeper = appointed(case)
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    with pytest.raises(NotPermitted):
        perform(custodian.give_key, by=stranger, recipient=recipient)
    with pytest.raises(InvalidInput) as refusal:
        perform(custodian.give_key, by=keeper, recipient=f"{recipient[:-1]}{'q' if recipient[-1] != 'q' else 'p'}")
    assert refusal.value.code == "recipient_wrong"
    assert perform(custodian.give_key, by=keeper, recipient=recipient).state == "keyed"


def test_a_key_that_bids_are_sealed_to_stays(case):
    case.announce()
    custodian = case.custodian("backup")
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    assert code_of(custodian.give_key, case.keepers["backup"], recipient=recipient) == "custodian_key_fixed"
    assert case.custodian("backup").recipient == custodian.recipient


def rehearse(browser, custodian, answer):
    tag = browser.get(f"/api/v1/custodians/{custodian.pk}/").headers["ETag"]
    return browser.post(
        f"/api/v1/custodians/{custodian.pk}/rehearse/",
        {"answer": notes.base64_text(answer)},
        content_type="application/json",
        headers={"If-Match": tag},
    )


def test_the_rehearsal_proves_that_the_key_opens(case):
    custodian, browser = case.custodian("backup"), Client()
    case.clock.shift(timedelta(seconds=1))
    browser.force_login(case.keepers["backup"])
    answer = browser.get(f"/api/v1/custodians/{custodian.pk}/test-wrap/")
    inside = answer_to(notes.unbase64(answer.json()["wrap"]), str(case.identities["backup"]))
    wrong = rehearse(browser, custodian, bytes(32))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "rehearsal_failed")
    assert case.custodian("backup").rehearsed_at == custodian.rehearsed_at
    assert rehearse(browser, custodian, inside).status_code == 200
    assert case.custodian("backup").rehearsed_at > custodian.rehearsed_at
    assert rehearse(browser, custodian, inside).status_code == 409  # each rehearsal has a secret of its own


def test_a_new_key_is_to_be_rehearsed_again(case):
    custodian, keeper = case.custodian("backup"), case.keepers["backup"]
    perform(custodian.rehearse, by=keeper, answer=bytes.fromhex(custodian.challenge))
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    assert perform(custodian.give_key, by=keeper, recipient=recipient).rehearsed_at is None


def test_the_wrap_of_the_rehearsal_is_its_keepers_alone(case, browser_of):
    custodian, keeper = appointed(case)
    address = f"/api/v1/custodians/{custodian.pk}/test-wrap/"
    answer = browser_of(keeper).get(address)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_key_yet")
    assert browser_of(case.agency).get(address).status_code == 403
    assert browser_of(None).get(address).status_code == 404
    assert browser_of(keeper).get("/api/v1/custodians/999999/test-wrap/").status_code == 404


def test_a_custodians_page_is_its_own(case, browser_of):
    address = f"/openings/custody/{case.custodian('backup').pk}/"
    assert browser_of(case.keepers["backup"]).get(address).status_code == 200
    assert browser_of(case.agency).get(address).status_code == 404
    assert browser_of(None).get(address).status_code == 302


def test_custodians_are_public_from_the_notice_on(case, api):
    address = f"custodians/{case.custodian('backup').pk}/"
    assert api(None).get(address).status_code == 404
    assert api(case.owner).get(address).status_code == 200
    assert api(case.keepers["supervisor"]).get(address).status_code == 200
    case.announce()
    assert api(None).get(address).json()["recipient"] == case.custodian("backup").recipient
