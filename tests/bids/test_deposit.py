"""Bid security: entered in secret, checked against name and amount, refunded by a date."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from bids.deposit import Deposit, RefundCause, given_by, refund_due
from tests import make
from tests.bids.tenders.conftest import DEADLINE, FROM, case_of
from tests.refusals import refused
from trading import arrival
from trading.errors import NotPermitted, RuleError
from trading.ledger import reveal
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

US = timedelta(microseconds=1)


@pytest.fixture
def tender(db, time_machine, owner, agency):
    case = case_of(time_machine, owner, agency, rehearsal=False)
    case.open()
    return case


def deposit(tender, of, **facts):
    given = {"form": "transfer", "amount": Decimal("50000.00"), "account_name": of.name, "basic_account": True,
             "reference": "20260312001", **facts}  # fmt: skip
    return Deposit(lot=tender.lot, organisation=of, **given)


def opened(tender):
    """End the secret time, as the opening does."""
    tender.clock.move_to(DEADLINE)
    reveal.open_sealed(tender.lot.code, DEADLINE)


def test_a_bidder_enters_its_security_in_secret(tender, bidder):
    made = perform(deposit(tender, make.home(bidder)).enter, by=bidder)
    assert (made.state, made.fed) == ("entered", False)
    assert AuditEvent.objects.latest("pk").type == "sealed.entry"
    assert given_by(tender.lot, make.home(bidder)) == made


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount": Decimal("49999.99")}, "deposit_too_small"),
        ({"account_name": "别的公司"}, "deposit_account_differs"),
        ({"basic_account": False}, "not_basic_account"),
        ({"form": "guarantee"}, "guarantee_too_short"),
        ({"form": "guarantee", "valid_until": date(2026, 6, 28)}, "guarantee_too_short"),
    ],
)
def test_security_that_does_not_keep_the_law_is_refused(tender, bidder, facts, code):
    error = refused(deposit(tender, make.home(bidder), **facts).enter, code, by=bidder)
    assert error.basis == "招标投标法实施条例 26"


def test_a_guarantee_lasts_as_long_as_the_bid(tender, bidder):
    lasting = {"form": "guarantee", "valid_until": date(2026, 6, 29), "basic_account": False}
    assert perform(deposit(tender, make.home(bidder), **lasting).enter, by=bidder).state == "entered"


def test_the_name_is_compared_without_what_typing_adds(tender):
    company = make.organisation("四川（甲）建设 有限公司")
    person = make.user(Role.BIDDER, of=company)
    typed = deposit(tender, company, account_name="四川(甲)建设有限公司")
    assert perform(typed.enter, by=person).matches()


def test_security_is_entered_until_the_last_microsecond(tender, bidder):
    home = make.home(bidder)
    tender.clock.move_to(DEADLINE)
    with arrival.stamp(DEADLINE):
        refused(deposit(tender, home).enter, "deposit_late", by=bidder)
    with arrival.stamp(DEADLINE - US):
        made = perform(deposit(tender, home).enter, by=bidder)
    with arrival.stamp(DEADLINE):
        refused(made.withdraw, "deposit_late", by=bidder)
    with arrival.stamp(DEADLINE - US):
        assert perform(made.withdraw, by=bidder).state == "withdrawn"
    assert given_by(tender.lot, home) is None


def test_a_tender_without_security_takes_none(db, time_machine, owner, agency, bidder):
    case = case_of(time_machine, owner, agency, deposit=Decimal(0))
    case.open()
    refused(deposit(case, make.home(bidder)).enter, "no_deposit_asked", by=bidder)


def test_before_the_opening_nobody_but_the_bidder_sees_it(api, tender, bidder, centre, auditor, regulator):
    home = make.home(bidder)
    perform(deposit(tender, home).enter, by=bidder)
    perform(deposit(tender, home, reference="银行流水 7").enter, by=tender.agency)
    for person in (tender.owner, tender.agency, centre, auditor, regulator, make.user(Role.BIDDER), None):
        text = json.dumps(api(person).get("deposits/").json(), ensure_ascii=False)
        assert home.uscc not in text, person
        for one in Deposit.objects.all():
            assert api(person).get(f"deposits/{one.pk}/").status_code in {401, 404}
    (own,) = api(bidder).get("deposits/").json()["items"]
    assert own["reference"] == "20260312001"
    opened(tender)
    for person in (tender.owner, tender.agency, auditor):
        assert home.uscc in json.dumps(api(person).get("deposits/").json())
    assert home.uscc not in json.dumps(api(centre).get("deposits/").json())


def test_a_bidder_neither_sees_nor_takes_back_what_the_feed_brought(api, tender, bidder):
    fed = perform(deposit(tender, make.home(bidder)).enter, by=tender.agency)
    assert api(bidder).get("deposits/").json()["items"] == []
    assert api(bidder).get(f"deposits/{fed.pk}/").status_code == 404
    refused(fed.withdraw, "not_permitted", by=bidder)
    assert given_by(tender.lot, make.home(bidder)) == fed


def test_the_feed_does_not_learn_what_the_bidder_entered(tender, bidder):
    home = make.home(bidder)
    perform(deposit(tender, home).enter, by=bidder)
    perform(deposit(tender, home).enter, by=tender.agency)
    with pytest.raises((IntegrityError, ValidationError)):
        perform(deposit(tender, home).enter, by=tender.agency)


def test_others_enter_nothing(tender, bidder, centre):
    for person in (bidder, centre, make.user(Role.AGENCY)):
        with pytest.raises(NotPermitted):
            perform(deposit(tender, make.organisation()).enter, by=person)


def test_it_is_refunded_or_kept_after_the_opening_only(tender, bidder):
    made = perform(deposit(tender, make.home(bidder)).enter, by=bidder)
    facts = {"cause": RefundCause.WITHDRAWN, "on": date(2026, 4, 2)}
    refused(made.refund, "bids_not_opened", by=tender.agency, **facts)
    refused(made.keep, "bids_not_opened", by=tender.agency, cause="revoked", on=date(2026, 4, 2))
    opened(tender)
    assert perform(made.refund, by=tender.agency, **facts).state == "refunded"
    refused(made.keep, "wrong_state", by=tender.agency, cause="revoked", on=date(2026, 4, 2))


def test_an_entry_is_taken_back_before_the_deadline_only(tender, bidder, rival):
    own_deposit = perform(deposit(tender, make.home(bidder)).enter, by=bidder)
    with pytest.raises(NotPermitted):
        perform(own_deposit.withdraw, by=rival)
    assert perform(own_deposit.withdraw, by=bidder).state == "withdrawn"
    later = perform(deposit(tender, make.home(rival)).enter, by=rival)
    tender.clock.move_to(DEADLINE)
    with pytest.raises(RuleError):
        perform(later.withdraw, by=rival)


def test_refunds_are_due_by_the_dated_table(tender, db, time_machine, owner, agency):
    day = date(2026, 4, 1)
    assert refund_due(tender.lot, RefundCause.WITHDRAWN, day) == date(2026, 4, 7)  # T10: five days and 清明
    assert refund_due(tender.lot, RefundCause.CONTRACT, date(2026, 4, 9)) == date(2026, 4, 14)
    procured = case_of(time_machine, owner, agency, kind="government_open_tender")
    assert refund_due(procured.lot, RefundCause.NOTICE, date(2026, 4, 9)) == date(2026, 4, 16)  # G17: working days


def test_the_door(api, tender, bidder):
    assert FROM < DEADLINE
    home = make.home(bidder)
    body = {"lot": tender.lot.code, "organisation": str(home.pk), "form": "transfer", "basic_account": True,
            "amount": {"amount": "50000.00", "currency": "CNY"}, "reference": "1"}  # fmt: skip
    body["account_name"] = home.name
    made = api(bidder).post("deposits/", body)
    assert (made.status_code, made.json()["state"]) == (201, "entered")
    small = {**body, "reference": "2", "amount": {"amount": "1.00", "currency": "CNY"}}
    assert api(bidder).post("deposits/", small).json()["type"].endswith("deposit_too_small/")
    foreign = {**body, "organisation": str(make.organisation().pk)}
    assert api(bidder).post("deposits/", foreign).status_code == 400
    assert api(None).post("deposits/", body).status_code in {401, 403}
