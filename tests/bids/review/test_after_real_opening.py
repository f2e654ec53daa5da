"""From the sealed bids over the opening to the qualification: who was opened comes under examination, nobody else."""

from datetime import timedelta

import pytest

from bids import outage
from bids.conflicts import Entrant
from bids.opening import Opening
from bids.outage import Outage
from bids.qualifying import entrants_of
from bids.review import Review
from tests import make
from tests.bids.review.conftest import ITEMS
from tests.bids.tenders import test_opening as hall
from tests.bids.tenders.conftest import DEADLINE, case_of
from tests.refusals import refused
from trading.errors import RuleError
from trading.party import Role
from trading.transitions import perform


@pytest.fixture
def procured(db, time_machine, owner, agency):
    """A procurement of goods whose requirements are stated and whose bids are due at DEADLINE."""
    case = case_of(time_machine, owner, agency, kind="government_open_tender", rehearsal=False)
    case.ask_for(ITEMS)
    case.open()
    return case


def read_out(case):
    """Take bids, open them by two custodians and read them out."""
    made = hall.enter(case)
    opening = hall.begin(case)
    for holder in ("agency", "supervisor"):
        assert hall.release(case, opening, holder).status_code == 200
    hall.tick()
    return [bidder.organisation for bidder, _sealed in made], Opening.objects.get()


def finish(opening):
    """Leave the opening as its signatures leave it; how they come about is tried elsewhere."""
    opening.session.refresh_from_db()
    Opening.objects.filter(pk=opening.pk).update(state="finished")


def test_the_opened_bids_come_under_examination(api, procured):
    companies, opening = read_out(procured)
    agency = api(procured.agency)
    body = {"lot": procured.lot.code}
    early = agency.post("reviews/begin/", body)
    assert (early.status_code, "opening_not_finished" in early.json()["type"]) == (409, True)
    finish(opening)
    assert api(make.user(Role.AGENCY)).post("reviews/begin/", body).status_code in {400, 403}
    begun = agency.post("reviews/begin/", body)
    assert (begun.status_code, begun.json()["stage"], begun.json()["state"]) == (201, "post", "open")
    review = Review.objects.get()
    assert {one.organisation for one in review.examinations.all()} == set(companies)
    assert agency.post("reviews/begin/", body).status_code == 409
    assert agency.post("reviews/begin/", {**body, "entrants": []}).status_code == 400


def test_manager_and_partners_come_from_the_bid_itself(procured):
    companies, opening = read_out(procured)
    with pytest.raises(RuleError):
        entrants_of(procured.lot)
    finish(opening)
    row = opening.opened.get(bid__organisation=companies[0])
    partner = {"uscc": make.code(), "name": "乙公司", "share": "30%"}
    row.items = {**row.items, "consortium": [{"uscc": companies[0].uscc, "name": "甲", "share": "70%"}, partner]}
    row.save()
    found = {one.organisation: one for one in entrants_of(procured.lot)}
    assert found[companies[0]] == Entrant(
        companies[0], ((partner["uscc"], "乙公司"),), row.items["manager_certificate"]
    )
    assert found[companies[1]].partners == ()


def test_an_undecided_outage_closes_nothing_and_takes_no_minute_of_the_window(procured, centre, regulator):
    hall.enter(procured)
    hall.tick()
    procured.clock.move_to(DEADLINE + timedelta(seconds=2), tick=False)
    perform(Outage(began_at=DEADLINE - timedelta(minutes=3), ended_at=DEADLINE, evidence="存储故障").report, by=centre)
    hall.tick()
    opening = Opening.objects.get()
    assert opening.state == "scheduled"
    refused(opening.close, "outage_undecided", by=None)
    later = DEADLINE + timedelta(hours=1)
    procured.clock.move_to(later, tick=False)
    perform(Outage.objects.get().decide, by=regulator, postpone=False, reason="提交未受影响")
    hall.tick()
    opening.refresh_from_db()
    assert (opening.state, opening.opened.count()) == ("decrypting", 3)
    assert opening.window_until == later + timedelta(minutes=procured.fresh().window_minutes)


def test_after_a_postponement_others_may_bid_and_the_opening_follows(procured, centre, regulator):
    hall.enter(procured, hall.PRICES[:2])
    hall.tick()
    procured.clock.move_to(DEADLINE + timedelta(minutes=1), tick=False)
    perform(Outage(began_at=DEADLINE - timedelta(minutes=3), ended_at=DEADLINE, evidence="存储故障").report, by=centre)
    perform(Outage.objects.get().decide, by=regulator, postpone=True, reason="停机三分钟")
    due = procured.fresh().deadline
    assert due == DEADLINE + timedelta(hours=2, minutes=1)
    hall.tick()
    assert Opening.objects.get().session.starts_at == due
    hall.enter(procured, hall.PRICES[2:])
    assert outage.waits(procured.lot) is None
    procured.clock.move_to(due + timedelta(seconds=2), tick=False)
    hall.tick()
    assert (Opening.objects.get().state, Opening.objects.get().opened.count()) == ("decrypting", 3)
