"""The award of a works tender: publicity, objections, who wins, who is told."""

import pytest

from bids.award_letter import AwardLetter
from tests import make
from tests.bids.awards.scene import PUBLICITY, local, signed
from tests.refusals import refused
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.notification import Notification
from trading.objection import Objection
from trading.party import Role
from trading.project import Funding
from trading.transitions import perform

SHA = "cd" * 32


def objection(scene, place=1, **facts):
    bidder = scene.bidders[place]
    given = {"matter": "result", "text": "第一候选人业绩不实", **facts}
    return Objection(lot=scene.lot, organisation=make.home(bidder), **given), bidder


def object_(scene, place=1):
    made, bidder = objection(scene, place)
    return perform(made.raise_, by=bidder)


def public(scene):
    scene.receive()
    return scene.publicise()


def awarded(scene, **facts):
    public(scene)
    scene.to("2026-03-06")
    return perform(scene.award.determine, by=scene.owner, **facts)


def noticed(scene):
    awarded(scene)
    return perform(scene.award.issue, by=scene.agency)


def entry(kind):
    return leaf.decode(bytes(AuditEvent.objects.filter(type=kind).latest("pk").leaf))["data"]


def test_the_signed_report_is_laid_before_the_owner_and_nobody_else_sees_it(works, api):
    assert works.receive().state == "reported"
    works.receive()  # a second tick is harmless
    assert not AuditEvent.objects.filter(type="tender_award.received").exists()  # sealed with the committee
    path = f"tender-awards/{works.award.pk}/"
    for person in (works.owner, works.agency, works.regulator):
        assert api(person).get(path).status_code == 200
    for person in (None, works.bidders[0], make.user(Role.OWNER)):
        assert api(person).get(path).status_code == 404
        assert api(person).get("tender-awards/").json()["items"] == []


def test_the_candidates_are_public_with_what_order_10_names(works):
    award = public(works)
    assert award.state == "publicising"
    notice = works.lot.notices.get(kind="candidates")
    assert notice.published_until == local("2026-03-06", 0)  # the end of the fifth
    content = notice.newest().content
    assert [row["rank"] for row in content["candidates"]] == [1, 2, 3]
    assert content["candidates"][0] == {
        "rank": 1,
        "name": "甲建设有限公司",
        "uscc": make.home(works.bidders[0]).uscc,
        "price": "4512000.00",
        "evaluated_price": "",
        "total": "92.31",
        "quality": "合格",
        "duration_days": 360,
        "manager": "项目经理0",
        "manager_certificate": "川151201520260",
    }
    assert content["evaluation"] == PUBLICITY["evaluation"]
    assert works.lot.committee_is_secret


def test_a_publicity_is_three_days_at_least_and_says_what_it_must(works):
    award = works.receive()
    error = refused(award.publicise, "limit_not_met", by=works.agency, content=PUBLICITY, days=2)
    assert error.basis == "招标投标法实施条例 54"
    refused(award.publicise, "notice_incomplete", by=works.agency, content={**PUBLICITY, "qualification": ""})
    refused(award.publicise, "not_permitted", by=make.user(Role.AGENCY), content=PUBLICITY)
    assert works.publicise(days=5).public_until.isoformat() == "2026-03-07"


def test_late_candidates_are_published_and_the_entry_says_they_are_late(works):
    works.receive()
    works.to("2026-03-05")
    works.publicise()
    assert entry("tender_award.publicised")["late"] is False  # three days after the second
    perform(works.award.pass_over, by=works.owner, reason="gave_up", evidence="放弃函")
    late = signed(works.clock, works.owner, works.agency, at="2026-03-09")
    late.receive()
    late.to("2026-03-13")
    late.publicise()
    assert entry("tender_award.publicised")["late"] is True


def test_nobody_wins_before_the_publicity_is_over(works):
    award = public(works)
    works.to("2026-03-05", 23)
    error = refused(award.determine, "publicity_runs", by=works.owner)
    assert error.params["until"] == "2026-03-05"
    works.to("2026-03-06", 0)
    refused(award.determine, "not_permitted", by=works.agency)
    won = perform(works.award.determine, by=works.owner)
    assert (won.state, won.winner) == ("awarded", works.candidate(1))
    assert not works.lot.committee_is_secret


def test_an_objection_comes_in_the_publicity_only_from_who_is_concerned(works):
    works.receive()
    made, bidder = objection(works)
    refused(made.raise_, "not_the_time_to_object", by=bidder)
    works.publicise()
    stranger = make.user(Role.BIDDER)
    other = Objection(lot=works.lot, organisation=make.home(stranger), matter="result", text="不服")
    refused(other.raise_, "interest_not_stated", by=stranger)
    works.to("2026-03-05", 23)
    assert perform(made.raise_, by=bidder).reply_due_on.isoformat() == "2026-03-08"
    works.to("2026-03-06", 0)
    late, third = objection(works, 2)
    refused(late.raise_, "not_the_time_to_object", by=third)


def test_no_award_while_an_objection_is_open_or_upheld_without_consequence(works):
    public(works)
    made = object_(works)
    works.to("2026-03-06")
    assert refused(works.award.determine, "objection_open", by=works.owner).basis == "招标投标法实施条例 22, 54"
    perform(made.answer, by=works.owner, reply="业绩经核实不成立。", outcome="upheld")
    refused(works.award.determine, "objection_upheld", by=works.owner)
    perform(works.award.pass_over, by=works.owner, reason="upheld", evidence="异议答复函〔2026〕1号")
    made.refresh_from_db()
    assert made.state == "carried_out"
    assert perform(works.award.determine, by=works.owner, rank=2).winner == works.candidate(2)


def test_a_rejected_objection_lets_the_award_go_on(works):
    public(works)
    made = object_(works)
    perform(made.answer, by=works.owner, reply="业绩真实。", outcome="rejected")
    refused(works.award.pass_over, "no_upheld_objection", by=works.owner, reason="upheld", evidence="无")
    works.to("2026-03-06")
    assert perform(works.award.determine, by=works.owner).state == "awarded"


def test_with_state_funds_rank_two_wins_only_after_rank_one_gave_way_for_a_coded_reason(works):
    award = public(works)
    works.to("2026-03-06")
    assert "招标投标法实施条例 55" in refused(award.determine, "rank_without_reason", by=works.owner, rank=2).basis
    refused(award.determine, "rank_without_reason", by=works.owner, rank=4)  # no candidate of the report
    refused(award.pass_over, "evidence_missing", by=works.owner, reason="no_bond", evidence=" ")
    passed = perform(award.pass_over, by=works.owner, reason="no_bond", evidence="未按招标文件要求提交履约保证金")
    assert (passed.state, works.candidate(1).passed_over.reason) == ("publicising", "no_bond")
    refused(works.award.determine, "rank_without_reason", by=works.owner, rank=1)
    refused(works.award.determine, "rank_without_reason", by=works.owner, rank=3)
    assert perform(works.award.determine, by=works.owner, rank=2).winner == works.candidate(2)


def test_with_other_money_the_owner_chooses_among_the_candidates(time_machine, owner, agency):
    scene = signed(time_machine, owner, agency, at="2026-03-02", funding=Funding.OTHER)
    assert awarded(scene, rank=3).winner == scene.candidate(3)


def test_an_enterprise_itself_gives_up_its_own_place_and_no_other(works):
    award = public(works)
    refused(award.pass_over, "not_permitted", by=works.bidders[1], reason="gave_up", evidence="放弃")
    refused(award.pass_over, "not_permitted", by=works.bidders[0], reason="illegal", evidence="放弃")
    perform(award.pass_over, by=works.bidders[0], reason="gave_up", evidence="放弃函")
    assert works.candidate(1).passed_over.role == Role.BIDDER


def test_the_winner_gets_its_notice_and_every_other_bidder_its_own_reasons(works, api):
    award = noticed(works)
    assert award.state == "noticed"
    assert entry("tender_award.noticed") == {"letters": 5, "sign_by": "2026-04-07"}  # 5 April lies in Qingming, 4 to 6
    letters = {letter.opened.number: letter for letter in AwardLetter.objects.all()}
    assert letters[1].won
    assert letters[1].content["sign_by"] == "2026-04-07"
    assert letters[2].content["reasons"] == [{"ground": "ranked_behind"}]
    assert (letters[2].content["rank"], letters[2].content["total"]) == (2, "88.21")
    assert letters[5].content["reasons"][0]["basis"] == "招标投标法实施条例 51"
    assert "rank" not in letters[5].content
    told = set(Notification.objects.values_list("organisation__name", flat=True))
    assert told == {make.home(one).name for one in works.bidders}
    body = api(works.bidders[1]).get(f"tender-awards/{award.pk}/").json()
    assert [letter["content"]["rank"] for letter in body["letters"]] == [2]
    assert api(None).get(f"tender-awards/{award.pk}/").json()["letters"] == []
    assert works.lot.notices.get(kind="result").newest().content["winner"] == "甲建设有限公司"


def test_a_winner_that_gives_up_after_its_notice_makes_room_and_all_are_told_anew(works):
    noticed(works)
    perform(works.award.pass_over, by=works.bidders[0], reason="gave_up", evidence="放弃中标函")
    assert works.lot.notices.get(kind="result").state == "withdrawn"
    perform(works.award.determine, by=works.owner, rank=2)
    perform(works.award.issue, by=works.agency)
    second = AwardLetter.objects.filter(round=2)
    assert [letter.opened.number for letter in second.filter(won=True)] == [2]
    assert second.get(opened__number=1).content["reasons"] == [{"ground": "gave_up", "reason": "放弃中标函"}]


def test_the_regulator_gets_the_report_once(works):
    awarded(works)
    works.to("2026-03-23")
    perform(works.award.report, by=works.owner, sha256=SHA)
    assert entry("tender_award.reported_to_regulator") == {"sha256": SHA, "late": True}  # due on 21 March
    refused(works.award.report, "reported_already", by=works.owner, sha256=SHA)


def test_the_award_ends_only_where_candidates_gave_way_and_the_lot_may_be_tendered_again(works):
    award = public(works)
    refused(award.fail, "candidates_stand", by=works.owner, reason="candidates_gone")
    refused(works.lot.tender.fail, "award_decides", by=works.owner, reason="all_rejected")
    for _rank in range(3):
        perform(works.award.pass_over, by=works.owner, reason="illegal", evidence="行政处罚决定书")
    works.to("2026-03-06")
    refused(works.award.determine, "no_candidate_left", by=works.owner)
    perform(works.award.fail, by=works.owner, reason="candidates_gone")
    assert (works.award.state, works.lot.tender.state) == ("failed", "failed")
    assert works.lot.notices.get(kind="failure").newest().content["code"] == "candidates_gone"
    again = make.lot(owner=works.owner, of=works.lot.project, kind="public_tender", retender_of=works.lot)
    assert again.round == 2


@pytest.mark.parametrize("what", ["works", "goods"])
def test_there_is_no_award_without_a_signed_report(request, what):
    scene = request.getfixturevalue(what)
    evaluation = scene.lot.evaluation
    type(evaluation).objects.filter(pk=evaluation.pk).update(state="reported")
    assert scene.receive() is None
