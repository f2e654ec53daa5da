"""The end of the opening: confirmation, objections on the spot, signatures of both sides, and only then the record."""

import pytest

from bids.opening import Opening
from bids.opening_objection import MOST, OpeningObjection
from tests.bids.tenders import bidding
from tests.bids.tenders.test_opening import PRICES, begin, enter, kinds, tick
from tests.bids.tenders.test_opening_record import present, read_out, signed
from trading.errors import NotPermitted, RuleError, WrongState
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def code_of(act, by, **facts):
    with pytest.raises(RuleError) as refusal:
        perform(act, by=by, **facts)
    return refusal.value.code


def objection(opening, bidder, text="工期读错"):
    return perform(OpeningObjection(opening=opening, text=text).raise_, by=bidder.person)


def test_a_bidder_confirms_its_own_line_once(case):
    opening, made = read_out(case)
    bidder = made[1][0]
    perform(opening.confirm, by=bidder.person)
    confirmed = opening.opened.exclude(confirmed_at=None)
    assert list(confirmed.values_list("number", flat=True)) == [2]
    assert code_of(opening.confirm, bidder.person) == "confirmed_already"
    with pytest.raises(NotPermitted):
        perform(opening.confirm, by=bidding.bidder().person)


def test_only_who_is_there_signs(case):
    opening, _made = read_out(case)
    assert code_of(opening.sign, case.agency) == "not_present"
    assert code_of(opening.sign, case.keepers["supervisor"]) == "not_present"
    assert opening.signatures.count() == 0


def test_each_side_signs_once(case):
    opening, _made = read_out(case)
    present(opening, case.agency, Role.AGENCY)
    present(opening, case.owner, Role.OWNER)
    perform(opening.sign, by=case.agency)
    assert code_of(opening.sign, case.owner) == "signed_already"
    assert list(opening.signatures.values_list("side", "role")) == [("host", Role.AGENCY)]


def test_nothing_is_finished_before_both_sides_have_signed(case):
    opening, _made = read_out(case)
    present(opening, case.agency, Role.AGENCY)
    perform(opening.sign, by=case.agency)
    assert code_of(opening.finish, case.agency) == "not_signed"
    assert Opening.objects.get().state == "read_out"


def test_an_open_objection_stops_signatures_and_finish(case):
    opening, made = read_out(case)
    raised = objection(opening, made[0][0])
    present(opening, case.agency, Role.AGENCY)
    assert code_of(opening.sign, case.agency) == "objection_open"
    assert code_of(opening.finish, case.agency) == "objection_open"
    with pytest.raises(NotPermitted):
        perform(raised.answer, by=made[0][0].person, text="是")
    answered = perform(raised.answer, by=case.agency, text="以投标函为准")
    assert (answered.number, answered.answer_text) == (1, "以投标函为准")
    with pytest.raises(WrongState):
        perform(answered.answer, by=case.agency, text="再答")
    present(opening, case.keepers["supervisor"], Role.SITE_SUPERVISOR)
    for person in (case.agency, case.keepers["supervisor"]):
        perform(opening.sign, by=person)
    assert perform(opening.finish, by=case.agency).state == "finished"
    assert {"opening_objection.raised", "opening_objection.answered"} <= set(kinds(opening))


def test_each_bidder_has_one_objection_open_at_a_time(case, browser_of):
    opening, made = read_out(case)
    first, other = made[0][0], made[1][0]
    raised = objection(opening, first)
    assert code_of(OpeningObjection(opening=opening, text="还有").raise_, first.person) == "objection_waits"
    assert OpeningObjection.objects.count() == 1
    path = f"/openings/{opening.pk}/part/"
    assert "opening-objections/new" not in browser_of(first.person).get(path).content.decode()
    assert "opening-objections/new" in browser_of(other.person).get(path).content.decode()
    assert objection(opening, other).number == 2
    perform(raised.answer, by=case.agency, text="以投标函为准")
    assert objection(opening, first).state == "raised"


def test_nobody_keeps_the_record_unsigned_by_objecting_without_end(case, browser_of):
    opening, made = read_out(case)
    bidder, rival = made[0][0], made[1][0]
    for _time in range(MOST):
        perform(objection(opening, bidder).answer, by=case.agency, text="以投标函为准")
    again = OpeningObjection(opening=opening, text="再来")
    with pytest.raises(RuleError) as refusal:
        perform(again.raise_, by=bidder.person)
    assert (refusal.value.code, refusal.value.basis) == ("objections_enough", "招标投标法实施条例 44, 60")
    assert OpeningObjection.objects.count() == MOST
    page = browser_of(bidder.person).get(f"/openings/{opening.pk}/part/").content.decode()
    assert "opening-objections/new" not in page
    perform(objection(opening, rival).answer, by=case.agency, text="以投标函为准")  # the others still may
    for person, role in ((case.agency, Role.AGENCY), (case.keepers["supervisor"], Role.SITE_SUPERVISOR)):
        present(opening, person, role)
        perform(opening.sign, by=person)
    assert perform(opening.finish, by=case.agency).state == "finished"


def test_nobody_objects_once_both_sides_have_signed(case, browser_of):
    opening, made = read_out(case)
    present(opening, case.agency, Role.AGENCY)
    present(opening, case.keepers["supervisor"], Role.SITE_SUPERVISOR)
    perform(opening.sign, by=case.agency)
    perform(objection(opening, made[0][0]).answer, by=case.agency, text="以投标函为准")
    perform(opening.sign, by=case.keepers["supervisor"])
    late = OpeningObjection(opening=opening, text="晚了")
    assert code_of(late.raise_, made[0][0].person) == "record_signed"
    assert OpeningObjection.objects.count() == 1
    page = browser_of(made[0][0].person).get(f"/openings/{opening.pk}/part/").content.decode()
    assert "opening-objections/new" not in page


def test_bidders_alone_object_and_only_while_the_opening_is_under_way(case):
    case.open()
    made = enter(case, PRICES)
    opening = begin(case)
    with pytest.raises(NotPermitted):
        objection(opening, bidding.bidder())
    assert objection(opening, made[2][0]).number == 3


def test_after_the_finish_nobody_objects(case):
    opening, made = read_out(case)
    signed(case, opening)
    perform(opening.finish, by=case.agency)
    opening.refresh_from_db()
    assert code_of(OpeningObjection(opening=opening, text="晚了").raise_, made[0][0].person) == "opening_not_under_way"


def test_the_clock_does_each_step_once(case):
    case.open()
    enter(case, PRICES)
    opening = begin(case)
    assert code_of(opening.move, None) == "wrong_state"
    assert code_of(opening.begin, None) == "wrong_state"
    assert code_of(opening.read_out, None) == "bids_undecided"
    assert code_of(opening.decrypt, None) == "nothing_to_decide"
    assert code_of(opening.extend_window, None) == "not_to_extend"


def test_the_opening_follows_a_deadline_that_was_moved(case):
    case.open()
    tick()
    later = case.fresh().deadline.replace(day=28, month=4)
    case.tender.__class__.objects.filter(pk=case.tender.pk).update(deadline=later)
    tick()
    opening = Opening.objects.get()
    assert (opening.state, opening.session.starts_at) == ("scheduled", later)
