"""The session of an opening: it begins, moves and ends with the opening; a pause stops the window, nobody else can."""

from datetime import timedelta

import pytest
from django.test import Client

from bids import opening_due
from bids.closing import LASTS
from bids.opening import Opening
from bids.opening_objection import OpeningObjection
from tests import make
from tests.bids.tenders.conftest import DEADLINE
from tests.bids.tenders.test_opening import PRICES, begin, enter, kinds, release, tick
from trading.errors import RuleError, WrongState
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
TWO_SECONDS = timedelta(seconds=2)


@pytest.fixture
def staff(case):
    return make.user(Role.CENTRE_STAFF)


def refused(act, by, **facts):
    with pytest.raises(RuleError) as refusal:
        perform(act, by=by, **facts)
    return refusal.value.code


def test_nobody_begins_moves_or_cancels_it_by_hand(case, staff):
    case.open()
    enter(case)
    tick()
    case.clock.move_to(DEADLINE + timedelta(seconds=1), tick=False)
    session = Opening.objects.get().session
    later = {"starts_at": DEADLINE + LASTS, "ends_at": DEADLINE + 2 * LASTS}
    assert refused(session.open, staff) == "session_unfinished"
    assert refused(session.move, staff, **later) == "session_unfinished"
    assert refused(session.cancel, staff, reason="other") == "session_unfinished"
    assert begin(case).state == "decrypting"


def test_nobody_closes_it_by_hand_before_its_opening_is_finished(case, staff):
    case.open()
    enter(case)
    session = begin(case).session
    assert refused(session.close, staff) == "session_unfinished"
    perform(session.suspend, by=case.keepers["supervisor"], reason="evidence")
    assert refused(session.cancel, staff, reason="other") == "session_unfinished"


def test_the_session_of_a_terminated_lot_is_given_back_by_hand(case, staff):
    case.open()
    tick()
    opening = Opening.objects.get()
    perform(case.lot.terminate, by=case.owner, reason="cancelled")
    opening.session.refresh_from_db()
    perform(opening.session.cancel, by=staff, reason="other")
    assert opening.session.state == "cancelled"


def test_the_session_of_a_failed_opening_is_cancelled_by_the_clock_with_the_reason(case):
    case.open()
    enter(case, PRICES[:2])
    opening = begin(case)
    opening_due.end_sessions()
    opening_due.end_sessions()
    opening.refresh_from_db()
    assert (opening.session.state, opening.session.reason) == ("cancelled", "too_few_bidders")
    assert kinds(opening)[-2:] == ["opening.failed", "session.cancelled"]


def hall_of(opening):
    """Let the clock end what is over, twice; return the session's state, its reason and the last thing said."""
    opening_due.end_sessions()
    opening_due.end_sessions()
    session = Opening.objects.get(pk=opening.pk).session
    return session.state, session.reason, kinds(opening)[-1]


@pytest.mark.parametrize(
    ("paused", "left"),
    [(False, ("closed", "", "session.closed")), (True, ("cancelled", "unlawful", "session.cancelled"))],
)
def test_the_hall_of_an_opening_that_fails_under_way_is_given_back(case, paused, left):
    case.open()
    enter(case)
    opening = begin(case)
    if paused:
        perform(opening.session.suspend, by=case.keepers["supervisor"], reason="evidence")
    perform(case.fresh().fail, by=None, reason="unlawful")
    assert hall_of(opening) == left
    assert Opening.objects.get().state == "failed"


def test_the_hall_of_a_lot_terminated_before_its_deadline_is_cancelled_with_the_reason(case):
    case.open()
    tick()
    perform(case.lot.terminate, by=case.owner, reason="cancelled")
    assert hall_of(Opening.objects.get()) == ("cancelled", "cancelled", "session.cancelled")


def test_the_hall_of_a_lot_terminated_during_its_opening_is_closed(case, regulator):
    case.open()
    enter(case)
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    perform(case.lot.terminate, by=regulator, reason="destroyed", evidence="县政府〔2026〕9号")
    assert hall_of(opening) == ("closed", "", "session.closed")
    assert Opening.objects.get().state == "read_out"


def test_every_reason_of_an_end_is_said_in_words(case):
    case.open()
    tick()
    perform(case.lot.terminate, by=case.owner, reason="no_right")
    session = Opening.objects.get().session
    opening_due.end_sessions()
    page = Client().get(f"/sessions/{session.pk}/").content.decode()
    assert "无处分权" in page


def test_in_a_pause_no_share_is_taken_and_the_window_stands_still(case):
    case.open()
    enter(case)
    opening = begin(case)
    supervisor = case.keepers["supervisor"]
    case.clock.move_to(DEADLINE + timedelta(minutes=10), tick=False)
    perform(opening.session.suspend, by=supervisor, reason="power_or_network")
    assert release(case, opening, "agency").json()["code"] == "session_not_open"
    case.clock.move_to(DEADLINE + timedelta(minutes=50), tick=False)
    tick()
    opening = Opening.objects.get()
    assert opening.window_ends() == DEADLINE + timedelta(minutes=70)
    assert opening.opened.undecided().count() == 3
    perform(opening.session.resume, by=supervisor)
    case.clock.move_to(DEADLINE + timedelta(minutes=69), tick=False)
    tick()
    opening = Opening.objects.get()
    assert (opening.extended, opening.window_is_over()) == (False, False)
    assert release(case, opening, "agency").status_code == 200


def test_an_extension_does_not_count_the_pauses_before_it(case):
    case.open()
    enter(case)
    opening = begin(case)
    supervisor = case.keepers["supervisor"]
    perform(opening.session.suspend, by=supervisor, reason="power_or_network")
    case.clock.move_to(DEADLINE + timedelta(minutes=10) + TWO_SECONDS, tick=False)
    perform(opening.session.resume, by=supervisor)
    case.clock.move_to(DEADLINE + timedelta(minutes=40), tick=False)
    tick()
    opening = Opening.objects.get()
    assert (opening.extended, opening.window_ends()) == (True, DEADLINE + timedelta(minutes=70))
    assert kinds(opening)[-1] == "opening.window_extended"


def test_in_a_pause_no_key_is_shown_and_nothing_is_objected_or_answered(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    raised = perform(OpeningObjection(opening=opening, text="密封").raise_, by=made[0][0].person)
    perform(opening.session.suspend, by=case.keepers["supervisor"], reason="evidence")
    key = {"holder": "agency", "identity": str(case.identities["agency"])}
    assert refused(opening.show_key, case.keepers["agency"], **key) == "session_not_open"
    late = OpeningObjection(opening=opening, text="工期")
    assert refused(late.raise_, made[1][0].person) == "session_not_open"
    assert refused(raised.answer, case.agency, text="完好") == "session_not_open"
    perform(opening.session.resume, by=case.keepers["supervisor"])
    assert perform(raised.answer, by=case.agency, text="完好").state == "answered"


def test_the_clock_fails_no_opening_whose_list_is_not_fixed(case):
    case.open()
    enter(case)
    tick()
    opening = Opening.objects.get()
    assert refused(opening.fail, None) == "list_not_fixed"
    opening = begin(case)
    assert refused(opening.fail, None) == "enough_bids"
    assert Opening.objects.get().state == "decrypting"


def test_what_stays_shut_is_said_with_who_is_at_fault(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    opening.opened.get(bid__number=made[0][1].number).bid.upload.discard()
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    said = opening.session.transcript.events.filter(kind="opening.decrypted").get().payload
    assert said["shut"] == [
        {"number": 1, "outcome": "returned", "at_fault": "platform", "basis": "电子招标投标办法 31"}
    ]
    assert (said["numbers"], said["done"], said["total"]) == ([1, 2, 3], 3, 3)


@pytest.mark.parametrize("act", ["confirm", "sign", "finish"])
def test_nothing_of_the_record_moves_in_a_pause(case, act):
    case.open()
    bidder = enter(case)[0][0]
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    opening = Opening.objects.get()
    perform(opening.session.suspend, by=case.keepers["supervisor"], reason="order")
    by = bidder.person if act == "confirm" else case.agency
    with pytest.raises(WrongState) as refusal:
        perform(getattr(opening, act), by=by)
    assert refusal.value.code == "session_not_open"
