"""What a suspension takes of an award's periods is given back, over the Spring Festival of 2026.

The notice of the State Council: off from Sunday 15 to Monday 23 February, worked on Saturday 14 and 28 February.
"""

from bids import award_days
from tests.bids.awards.scene import RESULT, local, signed
from tests.bids.awards.test_tender_award import object_, objection
from tests.refusals import refused
from trading.transitions import perform


def test_works_candidates_are_public_for_three_days_that_nobody_lost(time_machine, owner, agency):
    scene = signed(time_machine, owner, agency, at="2026-02-11")
    scene.receive()
    scene.publicise()
    notice = scene.lot.notices.get(kind="candidates")
    assert notice.published_until == local("2026-02-15", 0)  # 12, 13 and 14 February: the period of the law
    scene.suspend("2026-02-13")  # the regulator orders it: one day, the twelfth, was whole
    made, bidder = objection(scene)
    refused(made.raise_, "lot_not_live", by=bidder)
    scene.resume("2026-02-25")  # the first working week after the festival
    # 13 to 25 February were lost in whole or in part. Of the three days 12 is kept; 26 and 27 February follow.
    notice.refresh_from_db()
    assert (scene.award.public_until.isoformat(), notice.published_until) == ("2026-02-27", local("2026-02-28", 0))
    assert notice.newest().reason == "项目中止期间不计入，期限顺延"
    scene.to("2026-02-27", 23)
    refused(scene.award.determine, "publicity_runs", by=scene.owner)
    object_(scene)
    scene.to("2026-02-28")
    refused(scene.award.determine, "objection_open", by=scene.owner)


def test_a_publicity_that_a_short_suspension_pushes_into_the_festival_ends_after_it(time_machine, owner, agency):
    scene = signed(time_machine, owner, agency, at="2026-02-12")
    scene.receive()
    scene.publicise()
    assert scene.award.public_until.isoformat() == "2026-02-24"  # 13, 14, 15; off from the fifteenth to the 23rd
    scene.suspend("2026-02-13")
    scene.resume("2026-02-14")
    # 13 and 14 were lost; 15, 16, 17 are the three days, and the seventeenth is off: the end stays on the 24th.
    assert scene.award.public_until.isoformat() == "2026-02-24"
    assert scene.lot.notices.get(kind="candidates").newest().number == 1  # nothing to correct


def test_a_procurements_challenges_and_contract_wait_for_the_suspension(time_machine, owner, agency, committee_of):
    scene = signed(time_machine, owner, agency, at="2026-02-06", kind="government_open_tender")
    committee_of(scene)
    scene.receive()
    perform(scene.award.confirm, by=scene.owner)
    perform(scene.award.publish, by=scene.agency, content=RESULT)
    notice = scene.lot.notices.get(kind="procured")
    # Notice of one working day: Monday 9. Seven more: 10, 11, 12, 13, the worked 14, then 24 and 25 February.
    assert notice.objections_until == local("2026-02-26", 0)
    contract = award_days.due(scene.lot, "contract_days", scene.award.entered_on)
    assert contract.isoformat() == "2026-03-08"  # thirty days
    scene.suspend("2026-02-12")
    scene.resume("2026-02-25")
    # Lost: 12 to 25 February. Kept: 10 and 11; then 26, 27, the worked 28 February, 2 and 3 March.
    notice.refresh_from_db()
    assert notice.objections_until == local("2026-03-04", 0)
    # Fourteen calendar days were lost: 8 March becomes 22 March, a Sunday, which is no statutory holiday.
    contract = award_days.due(scene.lot, "contract_days", scene.award.entered_on)
    assert contract.isoformat() == "2026-03-22"


def test_a_suspension_outside_of_the_periods_corrects_no_notice(works):
    works.receive()
    works.publicise()
    works.to("2026-03-06")
    perform(works.award.determine, by=works.owner)
    works.suspend("2026-03-09")
    works.resume("2026-03-10")
    assert works.lot.notices.get(kind="candidates").newest().number == 1
