"""The award of a procurement: confirmation by the buyer or by its silence, the published result, who is told."""

from bids import award_due
from bids.award_letter import AwardLetter
from tests import make
from tests.bids.awards.scene import RESULT, local
from tests.bids.awards.test_tender_award import entry, object_, objection
from tests.refusals import refused
from trading.ledger.tables import AuditEvent
from trading.notification import Notification
from trading.transitions import perform


def confirmed(scene):
    scene.receive()
    return perform(scene.award.confirm, by=scene.owner)


def published(scene):
    confirmed(scene)
    return perform(scene.award.publish, by=scene.agency, content=RESULT)


def test_the_buyer_confirms_in_the_order_of_the_report_and_nobody_learns_of_it_yet(goods, api):
    award = goods.receive()
    refused(award.confirm, "not_permitted", by=goods.agency)
    assert "87号令 68" in refused(award.confirm, "rank_without_reason", by=goods.owner, rank=2).basis
    assert confirmed(goods).winner == goods.candidate(1)
    assert not AuditEvent.objects.filter(type__startswith="procurement_award").exists()  # sealed
    assert api(None).get(f"procurement-awards/{award.pk}/").status_code == 404
    assert api(goods.owner).get(f"procurement-awards/{award.pk}/").json()["state"] == "confirmed"


def test_a_silent_buyer_is_deemed_to_confirm_rank_one_after_five_working_days(goods):
    award = goods.receive()
    goods.to("2026-03-09", 23)  # 3, 4, 5, 6 and 9 March
    award_due.deem_confirmed()
    assert goods.award.state == "reported"
    assert refused(award.deem, "buyer_has_time", by=None).basis == "87号令 68"
    goods.to("2026-03-10", 0)
    award_due.deem_confirmed()
    assert (goods.award.state, goods.award.winner) == ("confirmed", goods.candidate(1))


def test_the_result_is_published_with_the_experts_names_and_every_bidder_is_told(goods, committee, api):
    confirmed(goods)
    refused(goods.award.publish, "notice_incomplete", by=goods.agency, content={**RESULT, "main_items": ""})
    award = perform(goods.award.publish, by=goods.agency, content=RESULT)
    assert not goods.lot.committee_is_secret
    notice = goods.lot.notices.get(kind="procured")
    content = notice.newest().content
    assert content["experts"] == committee
    assert (content["winner"], content["amount"]) == ("甲建设有限公司", "4512000.00")
    assert notice.published_until == local("2026-03-04", 0)  # one working day, the third
    assert notice.objections_until == local("2026-03-13", 0)  # seven working days more: to the twelfth
    assert entry("procurement_award.published")["late"] is False
    assert Notification.objects.count() == 5
    assert AwardLetter.objects.get(opened__number=3).content["total"] == "82.08"
    assert api(None).get(f"procurement-awards/{award.pk}/").json()["winner"] == make.home(goods.bidders[0]).uscc


def test_a_late_result_is_published_and_the_entry_says_it_is_late(goods, committee):
    confirmed(goods)
    goods.to("2026-03-05")  # two working days end on the fourth
    perform(goods.award.publish, by=goods.agency, content=RESULT)
    assert entry("procurement_award.published")["late"] is True


def test_a_challenge_comes_within_seven_working_days_of_the_results_notice(goods, committee):
    confirmed(goods)
    early, bidder = objection(goods)
    refused(early.raise_, "not_the_time_to_object", by=bidder)
    perform(goods.award.publish, by=goods.agency, content=RESULT)
    goods.to("2026-03-12", 23)
    made = object_(goods)
    assert made.reply_due_on.isoformat() == "2026-03-23"  # seven working days
    goods.to("2026-03-13", 0)
    late, third = objection(goods, 2)
    refused(late.raise_, "not_the_time_to_object", by=third)


def test_an_upheld_challenge_passes_over_the_winner_and_the_buyer_confirms_who_follows(goods, committee):
    published(goods)
    made = object_(goods)
    perform(made.answer, by=goods.owner, reply="质疑成立。", outcome="upheld")
    perform(goods.award.pass_over, by=goods.owner, reason="upheld", evidence="质疑答复函〔2026〕2号")
    made.refresh_from_db()
    assert (made.state, goods.award.state) == ("carried_out", "reported")
    assert goods.lot.notices.get(kind="procured").state == "withdrawn"
    award_due.deem_confirmed()
    assert goods.award.state == "reported"  # the buyer has its five days anew
    assert perform(goods.award.confirm, by=goods.owner, rank=2).winner == goods.candidate(2)
    perform(goods.award.publish, by=goods.agency, content=RESULT)
    assert AwardLetter.objects.get(round=2, won=True).opened.number == 2


def test_a_procurement_ends_only_where_candidates_gave_way_and_all_are_told_why(goods):
    confirmed(goods)
    refused(goods.award.fail, "candidates_stand", by=goods.owner, reason="candidates_gone")
    perform(goods.award.pass_over, by=goods.owner, reason="force_majeure", evidence="工厂失火证明")
    perform(goods.award.fail, by=goods.owner, reason="candidates_gone")
    assert (goods.award.state, goods.lot.tender.state) == ("failed", "failed")
    assert goods.lot.notices.get(kind="failure").newest().content["reason"]
