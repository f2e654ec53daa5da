"""Who may bid at all, what an envelope without its upload comes to, and how much may be uploaded."""

import hashlib
import uuid
from datetime import date, timedelta

import pytest

from bids import submission, upload
from bids.bid import Bid, Undecided
from bids.opening import Opening
from bids.sealing import envelope
from bids.upload import AT_ONCE, Part, Upload, place
from tests import make
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import DEADLINE, case_of
from tests.bids.tenders.test_opening import PRICES, begin, enter, tick
from trading import arrival, waiting
from trading.errors import RuleError
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.sanction import Sanction
from trading.transitions import perform

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def ours():
    return bidding.bidder()


@pytest.fixture
def open_case(case):
    case.open()
    return case


def refusal(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    return answer.json()


def refusals_on_record(text):
    """Return the reasons on public record for an envelope, by its hash."""
    return reasons(text, [event.leaf for event in AuditEvent.objects.filter(type="bid.refused")])


def refusals_sealed(text):
    """Return the reasons on record for an envelope that nobody can read yet."""
    return reasons(text, [entry.inner for entry in SealedEntry.objects.filter(type="bid.refused", opened_at=None)])


def reasons(text, leaves):
    data = [leaf.decode(bytes(one))["data"] for one in leaves]
    return [one["reason"] for one in data if one["envelope_sha256"] == hashlib.sha256(text).hexdigest()]


# while the lot is suspended


def test_an_envelope_refused_during_a_suspension_leaves_a_sealed_proof(open_case, ours, owner):
    made = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, made)
    perform(open_case.lot.suspend, by=owner, reason="other")
    said = refusal(ours.submit(made.text), 409, "lot_not_live")
    assert said["basis"] == "电子招标投标办法 27; 宁波市公共资源交易管理条例 25"
    refusal(ours.submit(made.text), 409, "lot_not_live")
    entry = SealedEntry.objects.get(type="bid.refused")
    kept = leaf.decode(bytes(entry.inner))
    assert kept["data"] == {"envelope_sha256": hashlib.sha256(made.text).hexdigest(), "reason": "lot_not_live"}
    assert (kept["tender"], kept["actor"]) == (open_case.lot.code, {"id": "-", "role": "bidder", "auth": "-"})
    assert refusals_on_record(made.text) == []
    assert Bid.objects.count() == 0


def test_the_sealed_proof_is_opened_with_the_bids(open_case, ours, owner, regulator):
    enter(open_case, PRICES)
    made = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, made)
    perform(open_case.lot.suspend, by=owner, reason="other")
    ours.submit(made.text)
    perform(open_case.lot.resume, by=regulator)
    begin(open_case, after=timedelta(minutes=1, seconds=2))  # the suspension's moment is given back
    assert SealedEntry.objects.get(type="bid.refused").opened_at is not None


def test_a_stranger_s_envelope_leaves_nothing_during_a_suspension(open_case, ours, owner):
    made = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, made)
    perform(open_case.lot.suspend, by=owner, reason="other")
    assert bidding.bidder("旁人公司").submit(made.text).status_code == 403
    assert not SealedEntry.objects.filter(type="bid.refused").exists()


# who may bid


def test_a_barred_enterprise_bids_for_nothing(open_case, ours, regulator):
    facts = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1), "decision_no": "罚1", "reason": "围标"}
    perform(Sanction(organisation=ours.organisation, basis="招标投标法 53", **facts).impose, by=regulator)
    _sealed, answer = ours.bid(open_case)
    assert "罚1" in refusal(answer, 409, "enterprise_barred")["detail"]
    assert Bid.objects.count() == 0


def test_an_enterprise_of_rehearsals_bids_for_nothing_real(db, time_machine, owner, agency):
    case = case_of(time_machine, owner, agency, rehearsal=False)
    case.open()
    _sealed, answer = bidding.bidder(rehearsal=True).bid(case)
    refusal(answer, 409, "organisation_is_rehearsal")


def test_who_was_not_prequalified_bids_for_nothing(open_case, ours):
    open_case.tender.__class__.objects.filter(pk=open_case.tender.pk).update(prequalified=True)
    _sealed, answer = ours.bid(open_case)
    refusal(answer, 409, "not_prequalified")


def test_the_owner_s_own_company_bids_for_nothing(open_case, ours, regulator):
    perform(ours.organisation.enter_controller, by=regulator, controller=make.home(open_case.owner))
    _sealed, answer = ours.bid(open_case)
    assert answer.status_code == 409
    assert answer.json()["basis"]
    assert Bid.objects.count() == 0


# envelopes without their upload, late, or too early for the list


def test_a_stranger_withdraws_nothing(open_case, ours):
    sealed, _answer = ours.bid(open_case)
    head = Bid.objects.get(number=sealed.number).head_leaf
    text = bidding.withdrawal(open_case, ours.organisation, sealed.number, 2, head)
    refusal(bidding.bidder("另一家公司").submit(text), 409, "bid_unknown")
    assert Bid.objects.get().state == "submitted"


def test_the_envelope_of_another_gets_no_receipt_by_being_repeated(open_case, ours):
    sealed, _answer = ours.bid(open_case)
    refusal(bidding.bidder("另一家公司").submit(sealed.text), 409, "bid_unknown")


def test_what_does_not_exist_is_not_withdrawn(open_case, ours):
    text = bidding.withdrawal(open_case, ours.organisation, str(uuid.uuid4()), 2, bidding.text64(bytes(32)))
    refusal(ours.submit(text), 409, "bid_unknown")


def test_an_envelope_without_its_upload_is_refused(open_case, ours):
    refusal(ours.submit(bidding.seal(open_case, ours.organisation).text), 409, "upload_unknown")


def test_late_is_late_even_without_an_upload_and_is_on_record(open_case, ours):
    sealed = bidding.seal(open_case, ours.organisation)
    open_case.clock.move_to(DEADLINE, tick=False)
    refusal(ours.submit(sealed.text), 409, "bid_late")
    assert (refusals_sealed(sealed.text), refusals_on_record(sealed.text)) == (["bid_late"], [])


def test_who_comes_late_while_the_lot_is_secret_tells_nobody_and_after_the_opening_everybody(open_case, ours):
    enter(open_case, PRICES)
    sealed = bidding.seal(open_case, ours.organisation)
    begin(open_case)
    refusal(ours.submit(sealed.text), 409, "bid_late")
    assert (refusals_sealed(sealed.text), refusals_on_record(sealed.text)) == ([], ["bid_late"])


def test_what_arrived_in_time_and_was_not_decided_before_the_close_is_on_record(open_case, ours):
    enter(open_case, PRICES)
    sealed = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, sealed)
    tick()
    open_case.clock.move_to(DEADLINE + 3 * SECOND, tick=False)
    tick()
    with arrival.stamp(DEADLINE - open_case.lot.clock_ahead - SECOND), pytest.raises(Undecided) as refused:
        submission.take(sealed.text, by=ours.person)
    assert (refused.value.code, refused.value.status) == ("bid_undecided", 503)
    assert refusals_sealed(sealed.text) + refusals_on_record(sealed.text) == ["bid_undecided"]


def test_the_closing_waits_for_who_arrived_in_time(open_case):
    enter(open_case, PRICES)
    tick()
    arrived = DEADLINE - open_case.lot.clock_ahead - SECOND
    open_case.clock.move_to(DEADLINE + 3 * SECOND, tick=False)
    waiting.enter(arrived)
    try:
        with pytest.raises(RuleError) as refused:
            perform(Opening.objects.get().close, by=None)
        assert refused.value.code == "arrivals_pending"
        open_case.clock.move_to(DEADLINE + waiting.LONGEST + SECOND, tick=False)
        assert perform(Opening.objects.get().close, by=None).state == "closed"  # nobody holds it up for ever
    finally:
        waiting.leave(arrived)


# uploads


def test_what_was_begun_again_and_again_fills_no_disk(open_case, ours, django_capture_on_commit_callbacks):
    made = []
    for _ in range(AT_ONCE + 2):
        open_case.clock.shift(SECOND)
        sealed = bidding.seal(open_case, ours.organisation)
        with django_capture_on_commit_callbacks(execute=True):
            ours.upload(open_case, sealed)
        made.append(uuid.UUID(sealed.number))
    assert set(Upload.objects.values_list("pk", flat=True)) == set(made[-AT_ONCE:])
    assert [place(number, 0).exists() for number in made] == [False, False, *[True] * AT_ONCE]


def test_an_upload_is_begun_once(open_case, ours):
    number = str(uuid.uuid4())
    assert ours.begin(open_case, number).status_code == 201
    assert ours.begin(open_case, number).status_code == 200
    assert Upload.objects.count() == 1


def test_a_bid_is_replaced_only_so_often(open_case, ours, monkeypatch):
    monkeypatch.setattr(upload, "VERSIONS", 2)
    assert ours.bid(open_case)[1].status_code == 201
    before = Bid.objects.get().head_leaf
    assert ours.bid(open_case, seq=2, supersedes=before)[1].status_code == 201
    told = refusal(ours.begin(open_case, str(uuid.uuid4())), 409, "versions_used_up")
    assert told["basis"]
    assert told["next_step"]
    assert Upload.objects.count() == 2


@pytest.mark.parametrize(("n", "size"), [(0, 0), (0, envelope.PART + 1), (100_000, 1)])
def test_a_part_has_its_size_and_its_place(open_case, ours, n, size):
    number = str(uuid.uuid4())
    ours.begin(open_case, number)
    answer = ours.put(number, n, b"x" * size)
    assert 400 <= answer.status_code < 500
    assert Part.objects.count() == 0


def test_what_arrived_before_the_suspension_is_decided_although_the_lot_stands(open_case, ours, regulator):
    """It waited for its turn while the regulator stopped the lot, after the deadline: nobody loses a bid by that."""
    enter(open_case, PRICES[:2])
    made = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, made)
    case_clock = open_case.clock
    case_clock.move_to(DEADLINE + SECOND, tick=False)
    perform(open_case.lot.suspend, by=regulator, reason="objection")
    case_clock.shift(SECOND)
    with arrival.stamp(DEADLINE + SECOND - open_case.lot.clock_ahead), pytest.raises(RuleError) as after:
        submission.take(made.text, by=ours.person)
    assert after.value.code == "lot_not_live"
    with arrival.stamp(DEADLINE - SECOND - open_case.lot.clock_ahead):
        bid, new = submission.take(made.text, by=ours.person)
    assert (bid.state, new) == ("submitted", True)
    perform(open_case.lot.resume, by=regulator)
    begin(open_case, after=3 * SECOND)
    assert Opening.objects.get().opened.filter(bid=bid).exists()


def test_nothing_is_decided_on_a_lot_that_was_terminated(open_case, ours, regulator):
    made = bidding.seal(open_case, ours.organisation)
    ours.upload(open_case, made)
    early = open_case.lot.now() - open_case.lot.clock_ahead
    open_case.clock.shift(SECOND)
    perform(open_case.lot.terminate, by=regulator, reason="cancelled", evidence="示发改〔2026〕9号")
    with arrival.stamp(early), pytest.raises(RuleError) as refusal:
        submission.take(made.text, by=ours.person)
    assert refusal.value.code == "lot_not_live"
