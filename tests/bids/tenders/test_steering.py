"""Nobody steers an opening: not by failing or suspending a tender in time, not by a bid that no record can hold."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from bids import due, opening_due, upload
from bids.bid import Bid
from bids.opened import OpenedBid
from bids.opening import Opening
from bids.upload import Upload
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import DEADLINE, FROM, PUBLISHED, UNTIL
from tests.bids.tenders.test_opening import PRICES, begin, enter, release, tick
from tests.refusals import refused
from trading import clock
from trading.errors import RuleError
from trading.ledger import sealed
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.lot import Lot, Standing
from trading.transitions import perform

pytestmark = pytest.mark.django_db
S, MIN, H, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_bid_of_endless_words_is_cut_and_stops_nobody(case):
    case.open()
    enter(case, PRICES[:2])
    bidder = bidding.bidder()
    case.clock.shift(timedelta(seconds=1))
    content = bidding.content_of(case, bidder.organisation, discount="长" * 20_000)
    assert bidder.bid(case, content)[1].status_code == 201
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    opening.refresh_from_db()
    row = opening.opened.get(number=3)
    assert (opening.state, row.findings, len(row.items["discount"])) == ("read_out", ["text_too_long"], 200)


def test_the_opening_of_a_tender_that_failed_is_not_held(case):
    case.open()
    enter(case)
    tick()
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    case.clock.move_to(DEADLINE + timedelta(seconds=2), tick=False)
    tick()
    opening_due.end_sessions()
    assert Opening.objects.get().state == "failed"
    assert not OpenedBid.objects.exists()


def test_who_bid_for_a_tender_that_failed_early_stays_secret_to_its_deadline(case):
    case.open()
    enter(case)
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    due.open_ended_secrets()
    assert SealedEntry.objects.filter(type="bid.submitted", opened_at=None).count() == 3
    assert case.lot.committee_is_secret
    case.clock.move_to(DEADLINE, tick=False)
    due.open_ended_secrets()
    assert not SealedEntry.objects.filter(tender=case.lot.code, opened_at=None).exists()
    assert not case.lot.committee_is_secret


def test_who_bid_for_a_failed_tender_stays_secret_while_the_lot_tendered_again_takes_bids(case):
    case.open()
    enter(case)
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    facts = {"project": case.lot.project, "name": "重新招标", "kind": case.lot.kind, "estimate": case.lot.estimate}
    again = perform(Lot(retender_of=case.lot, **facts).register, by=case.owner)
    with transaction.atomic():
        sealed.open_secret_window(again.code)
    case.clock.move_to(DEADLINE, tick=False)
    due.open_ended_secrets()
    assert SealedEntry.objects.filter(type="bid.submitted", opened_at=None).count() == 3
    with transaction.atomic():
        again.end_secrecy(clock.now())
    due.open_ended_secrets()
    assert not SealedEntry.objects.filter(tender=case.lot.code, opened_at=None).exists()


def test_after_the_deadline_only_the_regulator_ends_a_tender_and_on_evidence(case, regulator):
    case.open()
    enter(case)
    begin(case)
    tender, lot = case.fresh(), Lot.objects.get(pk=case.lot.pk)
    refused(tender.fail, "opening_under_way", by=case.agency, reason="over_budget")
    for reason in ("unlawful", "major_change"):
        refused(tender.fail, "regulator_terminates", by=case.agency, reason=reason)
    for reason in ("cancelled", "unlawful"):
        refused(lot.terminate, "regulator_terminates", by=case.owner, reason=reason, evidence="会议纪要")
    refused(lot.terminate, "evidence_missing", by=regulator, reason="unlawful")
    perform(lot.terminate, by=regulator, reason="unlawful", evidence="住建罚〔2026〕8号")
    assert lot.state == Standing.TERMINATED


def test_before_the_deadline_the_owner_ends_its_tender_but_says_nothing_unlawful_itself(case):
    case.open()
    lot = Lot.objects.get(pk=case.lot.pk)
    refused(lot.terminate, "regulator_terminates", by=case.owner, reason="unlawful", evidence="会议纪要")
    perform(lot.terminate, by=case.owner, reason="cancelled")
    assert lot.state == Standing.TERMINATED


def test_a_submitted_bid_takes_no_more_bytes_so_nobody_spoils_its_own(case):
    case.open()
    bidder = bidding.bidder()
    sealed, answer = bidder.bid(case)
    assert answer.status_code == 201
    refusal = bidder.put(sealed.number, 5, b"more")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "upload_submitted")
    assert bidder.put(sealed.number, 0, sealed.parts[0]).status_code == 200
    assert Upload.objects.get(pk=sealed.number).parts.count() == len(sealed.parts)
    assert not upload.place(uuid.UUID(sealed.number), 5).exists()


@pytest.mark.parametrize(
    ("numbers", "code"),
    [([], "part_missing"), ([1], "part_surplus"), ([0, 1], "part_surplus"), ([0, 7], "part_surplus"), ([0], None)],
)
def test_parts_are_counted_by_their_numbers(case, numbers, code):
    case.open()
    bidder = bidding.bidder()
    sealed = bidding.seal(case, bidder.organisation, b"x" * 65_536)
    assert len(sealed.parts) == 1
    bidder.begin(case, sealed.number)
    for n in numbers:
        bidder.put(sealed.number, n, sealed.parts[0])
    answer = bidder.submit(sealed.text)
    assert answer.json().get("code") == code
    assert Bid.objects.count() == (code is None)


def test_a_suspension_over_the_deadline_gives_bidders_their_time_back(case, regulator):
    case.open()
    enter(case)
    tick()
    case.clock.move_to(DEADLINE - 10 * MIN, tick=False)
    perform(case.lot.suspend, by=case.owner, reason="other")
    case.clock.move_to(DEADLINE + 50 * MIN, tick=False)
    tick()
    assert Opening.objects.get().state == "scheduled"
    perform(case.lot.resume, by=regulator)
    tick()
    assert Opening.objects.get().state == "scheduled"
    assert case.fresh().deadline == DEADLINE + 50 * MIN + 2 * H


def stop(case, regulator, since, until):
    """Suspend the lot at one moment and resume it at another; return its deadline then, before any tick."""
    case.clock.move_to(since, tick=False)
    perform(case.lot.suspend, by=regulator, reason="objection")
    case.clock.move_to(until, tick=False)
    perform(case.lot.resume, by=regulator)
    return case.fresh().deadline


@pytest.mark.parametrize(
    ("since", "until", "deadline"),
    [
        (DEADLINE - 19 * DAY, DEADLINE - 2 * H - MIN, DEADLINE + 19 * DAY - 2 * H - MIN),
        (DEADLINE - 19 * DAY, DEADLINE - 2 * H + MIN, DEADLINE + 19 * DAY - 2 * H + MIN),
        (DEADLINE - 5 * DAY, DEADLINE - 5 * DAY + S, DEADLINE + MIN),  # by the whole minute
        (DEADLINE - S, DEADLINE + DAY, DEADLINE + DAY + 2 * H),  # two hours at least
        (PUBLISHED, FROM, DEADLINE),  # bids were not taken yet
        (PUBLISHED, FROM + H, DEADLINE + H),
        (DEADLINE, DEADLINE + S, DEADLINE),  # nor any more
    ],
)
def test_the_time_for_bids_stands_still_with_the_lot(case, regulator, since, until, deadline):
    case.announce()
    assert stop(case, regulator, since, until) == deadline
    with pytest.raises(RuleError) as refusal:
        perform(case.fresh().make_up, by=regulator)
    assert refusal.value.code == "nothing_to_make_up"


def test_every_suspension_is_given_back_once(case, regulator):
    case.open()
    assert stop(case, regulator, FROM + DAY, FROM + 2 * DAY) == DEADLINE + DAY
    assert stop(case, regulator, FROM + 3 * DAY, FROM + 3 * DAY + 3 * H) == DEADLINE + DAY + 3 * H
    assert stop(case, regulator, DEADLINE, DEADLINE + 5 * H) == DEADLINE + DAY + 8 * H
    assert AuditEvent.objects.filter(type="tender.made_up").count() == 3
    assert case.fresh().notice.newest().content["deadline_at"].startswith("2026-04-01T09:30")


def test_the_offer_of_documents_stands_still_too(case, regulator):
    case.open()
    stop(case, regulator, FROM + DAY, UNTIL + DAY)
    assert case.fresh().documents_until == UNTIL + (UNTIL - FROM)
    stop(case, regulator, UNTIL + 9 * DAY, UNTIL + 10 * DAY)
    assert case.fresh().documents_until == UNTIL + (UNTIL - FROM)


def test_an_envelope_right_after_a_suspension_is_in_time(case, regulator):
    case.open()
    stop(case, regulator, DEADLINE - 30 * S, DEADLINE - 20 * S)
    case.clock.move_to(DEADLINE + S)
    enter(case, PRICES[:1])
    assert case.lot.bids.standing().count() == 1


def test_a_suspension_before_the_notice_or_after_a_failure_moves_nothing(case, regulator):
    assert stop(case, regulator, PUBLISHED, PUBLISHED + S) is None
    case.announce(documents_from=FROM)
    case.clock.move_to(FROM)
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    assert stop(case, regulator, FROM + H, FROM + 2 * H) == DEADLINE


def test_the_window_stands_still_while_the_lot_is_suspended(case_tb, regulator):
    case_tb.open()
    enter(case_tb)
    opening = begin(case_tb)
    before = opening.window_ends()
    perform(case_tb.lot.suspend, by=regulator, reason="other")
    case_tb.clock.shift(timedelta(minutes=40))
    perform(case_tb.lot.resume, by=regulator)
    opening.refresh_from_db()
    assert opening.window_ends() - before == timedelta(minutes=40)
    assert not opening.window_is_over()


def test_no_time_is_given_back_where_none_was_lost(case, regulator):
    case.open()
    with pytest.raises(RuleError) as refusal:
        perform(case.fresh().make_up, by=regulator)
    assert refusal.value.code == "nothing_to_make_up"


def test_from_the_deadline_to_the_end_of_the_opening_only_the_regulator_suspends(case, regulator):
    case.open()
    enter(case, PRICES[:2])
    tick()
    case.clock.move_to(DEADLINE, tick=False)

    def stops():
        return refused(Lot.objects.get(pk=case.lot.pk).suspend, "opening_goes_on", by=case.owner, reason="other")

    assert stops().basis.startswith("招标投标法 34, 36")
    perform(case.lot.suspend, by=regulator, reason="objection")
    perform(case.lot.resume, by=regulator)
    stops()
    begin(case)  # two bids: it fails
    assert Opening.objects.get().state == "failed"
    assert perform(Lot.objects.get(pk=case.lot.pk).suspend, by=case.owner, reason="other").state == "suspended"


def test_a_finished_opening_lets_the_owner_suspend_again(case):
    case.open()
    enter(case)
    opening = begin(case)
    for state in ("decrypting", "read_out"):
        Opening.objects.filter(pk=opening.pk).update(state=state)
        assert Lot.objects.get(pk=case.lot.pk).is_opening()
    Opening.objects.filter(pk=opening.pk).update(state="finished")
    assert not Lot.objects.get(pk=case.lot.pk).is_opening()
