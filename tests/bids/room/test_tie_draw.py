"""Equal bids: their order is drawn in the room, unseen outside it, and anybody recomputes it after the result."""

from datetime import timedelta

import pytest

from bids.room import tie
from tests import make
from tests.bids.room.conftest import Desk
from tests.bids.tenders.conftest import case_of
from tests.bids.tenders.test_method_draw import finish
from tests.refusals import refused
from tests.trading.draws import scene
from trading import clock
from trading.conduct import ConductRules
from trading.draws import dossier, evidence, verify_draw
from trading.draws.draw import Draw
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.party import Role
from trading.transitions import perform


@pytest.fixture
def equal(db, time_machine, owner, agency):
    """An evaluation whose first two bids are equal by every rule, summed."""
    desk = Desk(case_of(time_machine, owner, agency), prices=("4800000.00", "4800000.00", "4890000.00"))
    desk.score()
    return desk


def witnesses(desk):
    """Sign the centre, a supervisor and hands for the dice in to the evaluation's session."""
    desk.case.clock.move_to(clock.now() + timedelta(seconds=1), tick=True)
    people = {
        "centre": desk.centre,
        "owner": desk.case.owner,
        "supervisor": make.user(Role.SITE_SUPERVISOR),
        "notary": make.user(Role.NOTARY),
    }
    place = scene.Hall(desk.lot, desk.session, people)
    rules = ConductRules.objects.get(role="")
    for name, person in people.items():
        place.badges[name] = scene.signed_in(desk.session, person, rules.sha256)
    return place


def test_equals_are_put_in_order_by_a_draw_that_nobody_outside_sees(equal, browser_of, api, tmp_path):
    refused(equal.evaluation.write_report, "tie_undrawn", by=equal.chair)
    place = witnesses(equal)
    refused(equal.evaluation.draw_ties, "not_permitted", by=equal.host, beacon=scene.PHYSICAL)
    assert tie.waits(equal.evaluation)
    perform(equal.evaluation.draw_ties, by=equal.centre, beacon=scene.PHYSICAL)
    refused(equal.evaluation.draw_ties, "draw_exists", by=equal.centre, beacon=scene.PHYSICAL)
    draw = Draw.objects.get(purpose="tie")
    finish(place, draw)
    assert not tie.waits(equal.evaluation)
    assert not Draw.objects.visible_to(make.user(Role.BIDDER)).exists()
    assert not AuditEvent.objects.filter(subject_type="draw").exists()
    perform(equal.evaluation.write_report, by=equal.chair)
    order = tie.drawn_order(equal.lot)
    ranked = sorted(equal.evaluation.candidates.all(), key=lambda one: one.rank)
    assert [str(one.number) for one in ranked[:2]] == sorted(["1", "2"], key=order.index)
    for seat in equal.people:
        perform(equal.member(seat).sign, by=equal.people[seat])
    perform(equal.evaluation.finish, by=equal.host)
    Lot.objects.get(pk=equal.lot.pk).end_committee_secrecy(clock.now())
    page = browser_of(None).get(f"/tenders/{equal.case.tender.pk}/evaluation/")
    assert page.context["same"] is True
    assert sorted(row["place"] for row in page.context["rows"]) == [1, 2, 3]
    assert Draw.objects.visible_to(make.user(Role.BIDDER)).exists()
    evidence.write(dossier.files_of(Draw.objects.get(purpose="tie")), tmp_path / "evidence")
    assert verify_draw.main([str(tmp_path / "evidence")]) == 0


def test_where_no_bids_are_equal_nothing_is_drawn(room):
    room.score()
    refused(room.evaluation.draw_ties, "nothing_to_draw", by=room.centre, beacon=scene.PHYSICAL)
