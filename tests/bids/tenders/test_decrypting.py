"""While shares come in: bad wraps and who made them, the rescue key, the extension, the bidder's own share."""

import os
from datetime import timedelta

import pyrage
import pytest
from django.test import Client

from bids import opening_due
from bids.decryption import place
from bids.opened import BadWrap
from bids.opening import Opening
from bids.outage import Outage
from bids.sealing import age, encryption, shares
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import DEADLINE
from tests.bids.tenders.test_opening import PRICES, begin, enter, kinds, release, tick
from trading.errors import NotPermitted, RuleError
from trading.ledger import leaf, notes
from trading.ledger.tables import AuditEvent
from trading.transitions import perform

pytestmark = pytest.mark.django_db
WINDOW = timedelta(minutes=30)
SETS_OF = {"agency": (0, 1), "supervisor": (0, 2), "backup": (1, 2)}


def code_of(act, by, **facts):
    with pytest.raises(RuleError) as refusal:
        perform(act, by=by, **facts)
    return refusal.value.code


def spoil(case, spoiled):
    """Let an enterprise bid with wraps to a key that no custodian has; `spoiled` are (set, holder)."""
    case.clock.shift(timedelta(seconds=1))
    bidder = bidding.bidder("错封公司")
    made = bidding.seal(case, bidder.organisation, bidding.content_of(case, bidder.organisation))
    foreign = str(pyrage.x25519.Identity.generate().to_public())
    for number, holder in spoiled:
        entry = next(one for one in made.body["access"][number] if one["holder"] == holder)
        label = shares.label(case.lot.code[:-3], made.number, 1, number, holder)
        entry["wrap"] = bidding.text64(encryption.wrap(label + bytes(32), foreign, os.urandom))
    bidder.upload(case, made)
    assert bidder.submit(made.text).status_code == 201
    return bidder, made


def report(case, opening, holder, number):
    """Report a bid's wraps as unreadable, over HTTP."""
    browser = Client()
    browser.force_login(case.keepers[holder])
    bad = [{"bid": number, "set": position, "code": "unreadable"} for position in SETS_OF[holder]]
    body = {"holder": holder, "shares": [], "bad": bad}
    return browser.post(f"/api/v1/openings/{opening.pk}/shares/", body, content_type="application/json")


def show(case, opening, holder):
    identity = str(case.identities[holder])
    return perform(opening.show_key, by=case.keepers[holder], holder=holder, identity=identity)


def said(holder):
    """Return what the ledger says of a key that was shown: the bids whose wraps were bad, and good."""
    events = AuditEvent.objects.filter(type="opening.custodian_key_shown")
    data = next(data for event in events if (data := leaf.decode(bytes(event.leaf))["data"])["holder"] == holder)
    return data["bad"], data["good"]


def give(case, opening, holder, numbers):
    """Give a custodian's shares of the bids with these numbers on the list."""
    browser = Client()
    browser.force_login(case.keepers[holder])
    wraps = browser.get(f"/api/v1/openings/{opening.pk}/wraps/", {"holder": holder}).json()["wraps"]
    given = [
        {"bid": one["bid"], "set": one["set"], "share": bidding.text64(opened(case, holder, one["wrap"])[-32:])}
        for one in wraps
        if one["number"] in numbers
    ]
    body = {"holder": holder, "shares": given}
    answer = browser.post(f"/api/v1/openings/{opening.pk}/shares/", body, content_type="application/json")
    assert answer.json() == {"accepted": len(given), "refused": []}


def opened(case, holder, wrap):
    return pyrage.decrypt(notes.unbase64(wrap), [case.identities[holder]])


# wraps that do not open


def test_a_custodians_key_proves_that_the_bidder_made_its_wraps_bad(case):
    case.open()
    enter(case, PRICES[:2])
    _bidder, made = spoil(case, [(0, "agency"), (1, "agency"), (2, "supervisor")])
    opening = begin(case)
    assert report(case, opening, "agency", made.number).status_code == 200
    report(case, opening, "supervisor", made.number)
    give(case, opening, "backup", {1, 2})
    give(case, opening, "agency", {1, 2})
    tick()
    assert opening.opened.get(number=3).outcome == ""
    show(case, opening, "agency")
    assert said("agency") == ([3], [])
    show(case, opening, "supervisor")
    tick()
    last = opening.opened.get(number=3)
    assert (last.outcome, last.at_fault, last.ground) == ("revoked", "bidder", "set_spoiled")
    assert list(opening.opened.filter(outcome="opened").values_list("number", flat=True)) == [1, 2]


def test_a_custodian_who_reports_good_wraps_is_at_fault_itself(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    report(case, opening, "agency", made[0][1].number)
    show(case, opening, "agency")
    assert said("agency") == ([], [1])
    assert set(BadWrap.objects.values_list("proved", flat=True)) == {False}
    release(case, opening, "supervisor")
    for minutes in (30, 61):
        case.clock.move_to(DEADLINE + timedelta(minutes=minutes), tick=False)
        tick()
    first = opening.opened.get(number=1)
    assert (first.outcome, first.ground) == ("returned", "custodians_failed")
    assert first.at_fault == "agency, backup"


def test_a_report_is_taken_once_and_of_its_own_wraps_only(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    for _ in range(2):
        assert report(case, opening, "agency", made[0][1].number).status_code == 200
    assert BadWrap.objects.count() == 2
    keeper, number = case.keepers["agency"], made[0][1].number
    assert code_of(opening.refuse_wraps, keeper, holder="agency", given=[(number, 2, "commit")]) == "no_such_share"
    assert code_of(opening.refuse_wraps, keeper, holder="agency", given=[(number, 9, "commit")]) == "no_such_share"
    assert code_of(opening.refuse_wraps, keeper, holder="backup", given=[]) == "not_this_custodian"


def test_only_the_custodians_own_key_proves_anything(case):
    case.open()
    enter(case)
    opening = begin(case)
    facts = {"holder": "agency", "identity": str(case.identities["backup"])}
    assert code_of(opening.show_key, case.keepers["agency"], **facts) == "custodian_key_wrong"
    with pytest.raises(NotPermitted):
        perform(opening.show_key, by=bidding.bidder().person, **facts)


# the rescue key


def rescue(opening, bidder, secret):
    return {"act": opening.rescue, "by": bidder.person, "identity": age.encode_identity(secret)}


def test_a_bidder_opens_its_bid_where_custodians_keep_it_shut(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    bidder, sealed = made[0]
    assert code_of(**rescue(opening, bidder, sealed.secret)) == "rescue_closed"
    case.clock.move_to(DEADLINE + WINDOW, tick=False)
    assert code_of(**rescue(opening, bidder, made[1][1].secret)) == "rescue_wrong_key"
    tick()
    opening.refresh_from_db()
    perform(opening.rescue, by=bidder.person, identity=age.encode_identity(sealed.secret))
    row = opening.opened.get(number=1)
    assert (row.outcome, row.ground, row.items["price"]) == ("opened", "rescued", PRICES[0])
    assert row.at_fault == "agency, supervisor, backup"
    assert code_of(**rescue(opening, bidder, sealed.secret)) == "bid_decided"
    assert "opening.rescued" in AuditEvent.objects.values_list("type", flat=True)


def test_the_rescue_key_is_too_late_after_the_extension(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    case.clock.move_to(DEADLINE + WINDOW, tick=False)
    tick()
    opening.refresh_from_db()
    case.clock.move_to(DEADLINE + 2 * WINDOW + timedelta(minutes=1), tick=False)
    assert code_of(**rescue(opening, made[0][0], made[0][1].secret)) == "rescue_closed"


# the bidder's own share


def test_the_own_share_is_taken_until_the_window_ends_and_only_if_it_is_the_one(case_tb):
    case_tb.open()
    made = enter(case_tb)
    opening = begin(case_tb)
    bidder, sealed = made[0]
    wrong = shares.to_code(made[1][1].own)
    assert code_of(opening.give_own_share, bidder.person, code=wrong) == "share_wrong"
    assert code_of(opening.give_own_share, bidder.person, code="ABC") == "share_code_length"
    with pytest.raises(NotPermitted):
        perform(opening.give_own_share, by=bidding.bidder().person, code=wrong)
    case_tb.clock.move_to(DEADLINE + WINDOW, tick=False)
    assert code_of(opening.give_own_share, bidder.person, code=shares.to_code(sealed.own)) == "window_over"


def test_the_extension_is_the_custodians_and_takes_no_own_share(case_tb):
    case_tb.open()
    made = enter(case_tb)
    opening = begin(case_tb)
    for bidder, sealed in made:
        perform(opening.give_own_share, by=bidder.person, code=shares.to_code(sealed.own))
    case_tb.clock.move_to(DEADLINE + WINDOW, tick=False)
    tick()
    opening.refresh_from_db()
    assert (opening.extended, kinds(opening)[-1]) == (True, "opening.window_extended")
    bidder, sealed = made[0]
    assert code_of(opening.give_own_share, bidder.person, code=shares.to_code(sealed.own)) == "window_over"
    with pytest.raises(RuleError) as refusal:
        perform(opening.extend_window, by=None)
    assert refusal.value.code == "not_to_extend"


def test_after_an_outage_the_extension_takes_own_shares_too(case_tb):
    case_tb.open()
    made = enter(case_tb)
    opening = begin(case_tb)
    case_tb.clock.move_to(DEADLINE + WINDOW, tick=False)
    ahead = case_tb.lot.clock_ahead
    began, ended = (DEADLINE + timedelta(minutes=minutes) - ahead for minutes in (5, 25))
    perform(Outage(began_at=began, ended_at=ended).find, by=None)
    tick()
    opening.refresh_from_db()
    assert opening.extended
    for bidder, sealed in made[:2]:
        perform(opening.give_own_share, by=bidder.person, code=shares.to_code(sealed.own))
    release(case_tb, opening, "agency")
    release(case_tb, opening, "backup")
    tick()
    assert opening.opened.filter(outcome="opened").count() == 2
    case_tb.clock.move_to(DEADLINE + 2 * WINDOW + timedelta(minutes=1), tick=False)
    tick()
    last = opening.opened.get(number=3)
    assert (last.outcome, last.at_fault) == ("revoked", "bidder")


# the platform's own troubles


def test_a_full_disk_is_no_verdict_and_is_tried_again(case, caplog):
    case.open()
    enter(case)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    target = place(opening.opened.get(number=2))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to("/dev/full")
    opening_due.decrypt_bids()
    assert "No space left" in caplog.text
    assert opening.opened.undecided().count() == 3
    target.unlink()
    opening_due.decrypt_bids()
    assert Opening.objects.get().state == "read_out"
    assert opening.opened.filter(outcome="opened").count() == 3
