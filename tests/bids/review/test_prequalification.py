"""Prequalification: applications in secret, findings item by item, results to each alone, and who may bid then."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from bids import due
from bids.examination import Examination
from bids.outage import Outage
from bids.prequalified import may_bid
from bids.requirements import Requirements
from bids.review import Review
from tests import make
from tests.bids.review.conftest import CONTENT, DUE, FROM, ITEMS, UNTIL, finding
from tests.refusals import refused
from trading import arrival, clock
from trading.errors import NotPermitted, RuleError
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.notice import Kind, Notice
from trading.objection import Matter, Objection
from trading.party import Role
from trading.transitions import perform

US = timedelta(microseconds=1)


def announced(desk, **changes):
    facts = {"documents_from": FROM, "documents_until": UNTIL, "applications_until": DUE, "content": CONTENT}
    return {"by": desk.case.agency, **facts, **changes}


def applied(desk, n=3):
    return [desk.apply().organisation for _ in range(n)]


def settled(desk, n=3, failing=0):
    companies = applied(desk, n)
    desk.open()
    for number, one in enumerate(companies):
        desk.find(one, **({"A1": "资质等级不符"} if number < failing else {}))
    desk.settle()
    return companies


# requirements


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "requirement_incomplete"),
        ([{**ITEMS[0], "evidence": " "}], "requirement_incomplete"),
        ([ITEMS[0], ITEMS[0]], "requirement_code_wrong"),
        ([{**ITEMS[0], "code": "RC"}], "requirement_code_wrong"),
        ([{**ITEMS[0], "code": "资质"}], "requirement_code_wrong"),
    ],
)
def test_a_list_of_requirements_that_cannot_be_examined_is_refused(desk, items, code):
    refused(Requirements.objects.get().lay_down, code, by=desk.case.owner, items=items)
    assert list(Requirements.objects.get().items.values_list("code", flat=True)) == ["A1", "A2"]


def test_requirements_change_until_the_notice_and_not_after(desk):
    perform(Requirements.objects.get().lay_down, by=desk.case.owner, items=ITEMS[:1])
    assert Requirements.objects.get().items.count() == 1
    desk.announce()
    refused(Requirements.objects.get().lay_down, "requirements_fixed", by=desk.case.owner, items=ITEMS)


# the announcement and its limits


def test_the_notice_states_requirements_and_moments(taking):
    notice = Notice.objects.get(kind=Kind.PREQUALIFICATION)
    content = notice.newest().content
    assert [item["code"] for item in content["requirements"]] == ["A1", "A2"]
    assert content["applications_until"] == "2026-03-16T01:30:00.000000Z"
    assert (taking.review().state, taking.review().stage) == ("announced", "pre")


@pytest.mark.parametrize(
    ("changes", "code", "basis"),
    [
        ({"documents_until": FROM + timedelta(days=4)}, "limit_not_met", "招标投标法实施条例 16"),
        ({"applications_until": UNTIL + timedelta(days=4)}, "limit_not_met", "招标投标法实施条例 17"),
        ({"applications_until": UNTIL - timedelta(days=1)}, "schedule_out_of_order", ""),
        ({"documents_from": FROM - timedelta(days=1)}, "schedule_out_of_order", ""),
    ],
)
def test_a_schedule_that_breaks_a_limit_is_refused_with_its_article(desk, changes, code, basis):
    error = refused(Review(lot=desk.case.lot).announce, code, **announced(desk, **changes))
    assert error.basis == basis
    assert Notice.objects.count() == 0


def test_only_a_registered_tender_with_prequalification_is_prequalified(opened):
    refused(Review(lot=opened.case.lot).announce, "no_prequalification_planned", **announced(opened))


def test_a_change_leaves_three_days_or_moves_the_deadline(taking):
    taking.case.clock.move_to(DUE - timedelta(days=2))
    error = refused(taking.review().amend, "limit_not_met", by=taking.case.agency, changes="明确业绩口径")
    assert error.basis == "招标投标法实施条例 21"
    later = DUE + timedelta(days=2)
    perform(taking.review().amend, by=taking.case.agency, changes="明确业绩口径", applications_until=later)
    assert taking.review().applications_until == later
    assert Notice.objects.filter(kind=Kind.CHANGE).count() == 1
    refused(taking.review().amend, "deadline_earlier", by=taking.case.agency, changes="提前", applications_until=DUE)


def test_objections_to_the_documents_end_two_days_before_the_deadline(taking, bidder):
    objection = {"lot": taking.case.lot, "organisation": make.home(bidder), "matter": Matter.NOTICE, "text": "要求过高"}
    taking.case.clock.move_to(DUE - timedelta(days=1))
    refused(Objection(**objection).raise_, "not_the_time_to_object", by=bidder)
    taking.case.clock.move_to(DUE - timedelta(days=2))
    assert perform(Objection(**objection).raise_, by=bidder).state == "raised"


# applications


def test_an_application_counts_until_the_last_microsecond(taking):
    company = make.organisation()
    person = taking.person(company)
    taking.case.clock.move_to(DUE)
    with arrival.stamp(DUE):
        refused(taking.application(company).submit, "applications_closed", by=person)
    with arrival.stamp(DUE - US):
        assert perform(taking.application(company).submit, by=person).state == "submitted"
    with arrival.stamp(DUE + US):
        refused(company.applications.get().withdraw, "applications_closed", by=person)
        given = {"manager_name": "李工", "manager_certificate": "川2"}
        refused(company.applications.get().replace, "applications_closed", by=person, **given)


def test_before_the_notice_nobody_applies(desk, bidder):
    refused(desk.application(make.home(bidder)).submit, "applications_not_open", by=bidder)


def test_an_application_is_replaced_and_withdrawn_before_the_deadline(taking):
    application = taking.apply()
    person = taking.person(application.organisation)
    paper = taking.paper(application.organisation)
    given = {"manager_name": "李工", "manager_certificate": "川2", "documents": [paper]}
    perform(application.replace, by=person, **given)
    application.refresh_from_db()
    assert (application.manager_name, list(application.documents.all())) == ("李工", [paper])
    perform(application.withdraw, by=person)
    taking.apply(application.organisation)
    assert application.organisation.applications.standing().count() == 1


def test_papers_of_another_enterprise_or_lot_are_no_part_of_an_application(taking, bidder):
    other = taking.paper(make.organisation())
    loose = taking.paper(make.home(bidder), lot=None)
    for paper in (other, loose):
        refused(taking.application(make.home(bidder)).submit, "foreign_document", by=bidder, documents=[paper])


def test_a_consortium_names_codes_that_exist_and_needs_the_notice(taking, bidder):
    home, partner = make.home(bidder), {"uscc": make.code(), "name": "乙公司"}
    wrong = {**partner, "uscc": partner["uscc"][:-1] + ("A" if partner["uscc"][-1] != "A" else "B")}
    refused(taking.application(home).submit, "uscc_check_character", by=bidder, partners=[wrong])
    application = perform(taking.application(home).submit, by=bidder, partners=[partner])
    assert application.entrant().partners == ((partner["uscc"], "乙公司"),)
    tender = taking.case.fresh()
    tender.consortium = False
    tender.save()
    rival = make.user(Role.BIDDER)
    alone = taking.application(make.home(rival))
    refused(alone.submit, "consortium_not_taken", by=rival, partners=[partner])


def test_who_is_tied_to_the_project_cannot_apply(taking, regulator):
    owner, company = make.home(taking.case.owner), make.organisation()
    perform(company.enter_controller, by=regulator, controller=owner)
    error = refused(taking.application(company).submit, "tied_to_owner", by=taking.person(company))
    assert error.basis == "招标投标法实施条例 34(1)"


def test_a_second_application_is_refused_and_one_for_somebody_else_too(taking, bidder):
    taking.apply(make.home(bidder))
    with pytest.raises(IntegrityError):
        perform(taking.application(make.home(bidder)).submit, by=bidder)
    with pytest.raises(NotPermitted):
        perform(taking.application().submit, by=bidder)


# the examination


def test_nothing_is_opened_before_the_deadline_by_anybody(taking):
    taking.apply()
    taking.case.clock.move_to(DUE - US)
    refused(taking.review().open_applications, "applications_still_open", by=taking.case.owner)
    due.open_applications()
    assert (taking.review().state, Examination.objects.count()) == ("announced", 0)
    taking.case.clock.move_to(DUE)
    due.open_applications()
    due.open_applications()
    assert (taking.review().state, Examination.objects.count()) == ("open", 1)


def test_an_undecided_outage_keeps_the_applications_closed(taking, centre, regulator):
    taking.case.clock.move_to(DUE)
    perform(Outage(began_at=DUE - timedelta(minutes=5), ended_at=DUE, evidence="机房停电").report, by=centre)
    due.open_applications()
    assert taking.review().state == "announced"
    refused(taking.review().open_applications, "outage_undecided", by=taking.case.owner)
    perform(Outage.objects.get().decide, by=regulator, postpone=True, reason="停机影响提交")
    assert taking.review().applications_until == DUE + timedelta(hours=2)
    taking.apply()


def test_every_item_needs_its_finding_and_a_fail_its_reason(taking):
    companies = applied(taking)
    taking.open()
    examination = taking.examination(companies[0])
    by = taking.case.owner
    for row in (finding("A1", " "), finding("A1", "不符", evidence=""), finding("A1", "不符", ground="")):
        refused(examination.find, "reason_missing", by=by, findings=[{**row, "verdict": "fail"}])
    refused(examination.find, "unknown_requirement", by=by, findings=[finding("A9")])
    for one in companies[:2]:
        taking.find(one)
    perform(taking.examination(companies[2]).find, by=by, findings=[finding("A1"), finding("A2")])
    assert refused(taking.review().settle, "findings_incomplete", by=by).params["count"] == 1
    taking.find(companies[2])
    assert taking.settle().state == "settled"


def test_a_later_finding_replaces_the_earlier_until_it_is_settled(taking):
    companies = applied(taking)
    taking.open()
    for one in companies:
        taking.find(one, A1="资质等级不符")
        taking.find(one)
    taking.settle()
    assert {one.verdict for one in Examination.objects.all()} == {"pass"}
    error = refused(taking.examination(companies[0]).find, "review_not_open", by=taking.case.owner,
                    findings=[finding("A1", "不符")])  # fmt: skip
    assert error.basis == "招标投标法 18"


def test_strangers_bidders_and_officials_record_nothing(taking, bidder, centre, supervisor, regulator, expert):
    company = applied(taking, 1)[0]
    taking.open()
    for person in (bidder, centre, supervisor, regulator, expert, make.user(Role.OWNER), taking.person(company)):
        with pytest.raises(NotPermitted):
            perform(taking.examination(company).find, by=person, findings=[finding("A1")])


def test_two_under_one_control_do_not_both_pass(taking, regulator):
    companies = applied(taking, 4)
    perform(companies[1].enter_controller, by=regulator, controller=companies[0])
    taking.open()
    by = taking.case.owner
    for one in companies[:2]:
        error = refused(taking.examination(one).find, "conflict_stands", by=by, findings=[finding("RC")])
        assert error.params["rules"] == "RC-02"
        taking.find(one, RC="与另一申请人存在控股关系")
    for one in companies[2:]:
        taking.find(one)
    assert taking.settle().state == "failed"  # two are left


def test_control_entered_during_the_examination_keeps_it_from_settling(taking, regulator):
    companies = applied(taking, 4)
    taking.open()
    for one in companies:
        taking.find(one)
    perform(companies[1].enter_controller, by=regulator, controller=companies[0])
    error = refused(taking.review().settle, "passes_against_register", by=taking.case.owner)
    assert all(one.uscc in error.params["names"] for one in companies[:2])


def test_what_the_register_only_suggests_is_passed_with_a_reason(taking):
    names = [taking.apply(make.organisation(responsible_person="张三")).organisation for _ in range(3)]
    taking.open()
    by = taking.case.owner
    refused(taking.examination(names[0]).find, "reason_missing", by=by, findings=[finding("RC")])
    for one in names:
        rows = [finding("A1"), finding("A2"), {**finding("RC"), "reason": "同名不同人，身份证号核验"}]
        perform(taking.examination(one).find, by=by, findings=rows)
    assert taking.settle().state == "settled"


# the result


def test_fewer_than_three_end_the_tender_on_record(taking):
    settled(taking, 3, failing=1)
    assert (taking.review().state, taking.review().failure) == ("failed", "too_few_prequalified")
    assert (taking.case.fresh().state, taking.case.fresh().failure) == ("failed", "too_few_prequalified")
    assert AuditEvent.objects.filter(type="review.failed").count() == 1
    assert Notice.objects.filter(kind=Kind.FAILURE).count() == 1
    assert not SealedEntry.objects.filter(tender=taking.case.lot.code, opened_at=None).exists()


def test_without_any_application_the_tender_fails_as_well(taking):
    taking.open()
    taking.settle()
    assert taking.case.fresh().failure == "too_few_prequalified"


def test_three_who_passed_may_bid_and_nobody_else(taking):
    companies = settled(taking, 4, failing=1)
    assert taking.review().state == "settled"
    answers = []
    for one in (companies[0], make.organisation()):
        with pytest.raises(RuleError) as caught:
            may_bid(taking.case.lot, one)
        answers.append((caught.value.code, caught.value.detail, caught.value.next_step))
    assert set(answers) == {
        ("not_prequalified", *answers[0][1:]),
    }
    for one in companies[1:]:
        may_bid(taking.case.lot, one)


def test_nobody_is_prequalified_before_it_is_settled(taking):
    companies = applied(taking)
    taking.open()
    for one in companies:
        taking.find(one)
    with pytest.raises(RuleError, match="prequalification"):
        may_bid(taking.case.lot, companies[0])


def test_a_consortium_bids_as_it_was_composed(taking):
    partner = {"uscc": make.code(), "name": "乙公司"}
    leader = taking.apply(partners=[partner]).organisation
    applied(taking, 2)
    taking.open()
    for one in Examination.objects.all():
        taking.find(one.organisation)
    taking.settle()
    may_bid(taking.case.lot, leader)  # its bid is sealed yet
    may_bid(taking.case.lot, leader, [partner["uscc"]])
    for partners in ([], [make.code()], [partner["uscc"], make.code()]):
        with pytest.raises(RuleError) as caught:
            may_bid(taking.case.lot, leader, partners)
        assert caught.value.code == "consortium_changed"


def test_where_qualification_comes_later_everybody_may_bid(opened):
    may_bid(opened.case.lot, make.organisation())


@pytest.mark.parametrize(
    ("since", "until", "due"),
    [
        (FROM + timedelta(hours=1), DUE, DUE + (DUE - FROM) - timedelta(hours=1)),
        (DUE - timedelta(minutes=1), DUE + timedelta(days=1), DUE + timedelta(days=1, hours=2)),
        (DUE, DUE + timedelta(days=1), DUE),
    ],
)
def test_the_time_for_applications_stands_still_with_the_lot(desk, regulator, since, until, due):
    desk.lay_down()
    desk.announce()
    desk.case.clock.move_to(since, tick=False)
    perform(desk.case.lot.suspend, by=desk.case.owner, reason="other")
    desk.case.clock.move_to(until, tick=False)
    perform(desk.case.lot.resume, by=regulator)
    review = desk.review()
    assert review.applications_until == due
    assert review.notice.newest().content["applications_until"] == clock.iso(due)
    assert AuditEvent.objects.filter(type="review.made_up").count() == (due > DUE)
    refused(review.make_up, "nothing_to_make_up", by=regulator)
