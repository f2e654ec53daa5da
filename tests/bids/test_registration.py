"""Registration: in time, once, confirmed, untied, unseen."""

from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.utils.module_loading import import_string

from bids.registration import Registration, RegistrationWindow
from tests import make
from tests.bids.conftest import CLOSES, OPENS
from trading import arrival
from trading.errors import RuleError
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role
from trading.sanction import Sanction
from trading.transitions import perform


def refused(case, code, registration, by=None):
    person = by or make.user(Role.BIDDER, of=registration.organisation)
    before = AuditEvent.objects.count(), Registration.objects.count()
    with pytest.raises(RuleError) as caught:
        perform(registration.submit, by=person)
    assert caught.value.code == code
    assert (AuditEvent.objects.count(), Registration.objects.count()) == before
    return caught.value


def test_registration_is_sealed(case):
    case.open()
    registration = case.register()
    entry = AuditEvent.objects.latest("pk")
    assert entry.type == "sealed.entry"
    assert registration.organisation.uscc.encode() not in bytes(entry.leaf)
    assert case.lot.code.encode() not in bytes(entry.leaf)


def test_registration_before_the_opening_is_refused(case):
    case.fix_price()
    case.announce()
    refused(case, "registration_not_open", case.registration())


def test_last_microsecond_counts_and_the_close_does_not(case):
    case.open()
    early, late = case.registration(), case.registration()
    people = [make.user(Role.BIDDER, of=r.organisation) for r in (early, late)]
    case.clock.move_to(CLOSES - timedelta(microseconds=1))
    perform(early.submit, by=people[0])
    case.clock.move_to(CLOSES)
    error = refused(case, "registration_closed", late, by=people[1])
    assert error.params["closes"] == "2026-03-06T17:00:00+08:00"


def test_what_arrived_in_time_counts_however_long_it_waited(case):
    case.open()
    early, late = case.registration(), case.registration()
    people = [make.user(Role.BIDDER, of=r.organisation) for r in (early, late)]
    case.clock.move_to(CLOSES + timedelta(seconds=3))
    with arrival.stamp(CLOSES - timedelta(microseconds=1)):
        perform(early.submit, by=people[0])
    assert early.confirmed_at == CLOSES - timedelta(microseconds=1)
    with arrival.stamp(CLOSES):
        refused(case, "registration_closed", late, by=people[1])


def test_a_request_arrives_when_the_site_receives_it(case, rf, settings):
    case.open()
    registration = case.registration()
    person = make.user(Role.BIDDER, of=registration.organisation)
    case.clock.move_to(CLOSES - timedelta(microseconds=1))

    def register_after_a_wait(request):
        case.clock.move_to(CLOSES + timedelta(seconds=3))
        perform(registration.submit, by=person)
        return HttpResponse()

    front = import_string(settings.MIDDLEWARE[0])
    assert front(register_after_a_wait)(rf.post("/")).status_code == 200
    assert Registration.objects.get().confirmed_at == CLOSES - timedelta(microseconds=1)
    assert arrival.moment() == CLOSES + timedelta(seconds=3)


def test_a_suspension_since_the_lot_was_read_is_seen(case):
    case.open()
    registration = case.registration()
    person = make.user(Role.BIDDER, of=registration.organisation)
    assert registration.lot.registration_window
    perform(case.lot.suspend, by=case.regulator, reason="system_fault")
    refused(case, "lot_not_live", registration, by=person)


def test_a_window_changed_since_it_was_read_is_seen(case):
    case.open()
    registration = case.registration()
    person = make.user(Role.BIDDER, of=registration.organisation)
    window = registration.lot.registration_window
    RegistrationWindow.objects.filter(pk=window.pk).update(closes_at=OPENS + timedelta(minutes=1))
    case.clock.move_to(OPENS + timedelta(minutes=2))
    refused(case, "registration_closed", registration, by=person)


def test_second_registration_is_refused(case):
    case.open()
    first = case.register()
    refused(
        case,
        "already_registered",
        case.registration(first.organisation),
        by=make.user(Role.BIDDER, of=first.organisation),
    )


def test_controlled_company_is_refused(case):
    case.open()
    parent = case.register().organisation
    child = make.organisation()
    perform(child.enter_controller, by=case.regulator, controller=parent)
    error = refused(case, "tied_to_registrant", case.registration(child))
    assert error.basis == "招标投标法实施条例 34(2)(3)"


def test_company_of_the_owner_is_refused(case):
    case.open()
    child = make.organisation()
    perform(child.enter_controller, by=case.regulator, controller=make.home(case.owner))
    refused(case, "tied_to_project", case.registration(child))


def test_unconfirmed_participant_notice_is_refused(case):
    case.open()
    refused(case, "participant_notice_not_confirmed", case.registration(confirmed_sha256="0" * 64))


def test_barred_enterprise_is_refused_with_its_decision(case):
    case.open()
    barred = make.organisation()
    ban = Sanction(
        organisation=barred, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1), decision_no="罚1", reason="围标"
    )
    ban.basis = "招标投标法 53"
    perform(ban.impose, by=case.regulator)
    assert refused(case, "enterprise_barred", case.registration(barred)).params["decision"] == "罚1"


def test_rehearsal_organisation_does_not_enter_a_real_lot(case):
    case.open()
    refused(case, "organisation_is_rehearsal", case.registration(make.organisation(rehearsal=True)))


def test_person_of_another_enterprise_may_not_register_it(case):
    case.open()
    refused(case, "not_permitted", case.registration(), by=make.user(Role.BIDDER))


def test_withdrawn_enterprise_may_register_again(case):
    case.open()
    first = case.register()
    perform(first.withdraw, by=make.user(Role.BIDDER, of=first.organisation))
    assert SealedEntry.objects.filter(type="registration.withdrawn").count() == 1
    assert case.register(first.organisation).state == "submitted"


def test_nobody_but_the_enterprise_sees_a_registration_before_the_close(case, regulator, auditor, stranger):
    case.open()
    registration = case.register()
    person = registration.organisation.memberships.get().user
    seen = {
        who: Registration.objects.visible_to(who).count()
        for who in (person, case.owner, case.supervisor, auditor, stranger)
    }
    assert list(seen.values()) == [1, 0, 0, 0, 0]
    case.clock.move_to(CLOSES)
    seen = {
        who: Registration.objects.visible_to(who).count()
        for who in (person, case.owner, case.supervisor, auditor, stranger)
    }
    assert list(seen.values()) == [1, 1, 1, 1, 0]


def test_cost_of_a_registration_does_not_grow(case, django_assert_max_num_queries):
    case.open()
    for _ in range(3):
        case.register()
    few, many = case.registration(), case.registration()
    people = [make.user(Role.BIDDER, of=r.organisation) for r in (few, many)]
    with django_assert_max_num_queries(25) as first:
        perform(few.submit, by=people[0])
    for _ in range(20):
        case.register()
    with django_assert_max_num_queries(25) as second:
        perform(many.submit, by=people[1])
    assert len(first) == len(second)


def test_window_is_the_lots_own_clock(case):
    case.open()
    assert case.lot.now() == OPENS
