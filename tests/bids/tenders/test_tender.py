"""A tender's acts: registered within the law, announced with a lawful schedule, changed, moved, failed."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bids.requirements import Requirements
from bids.tender import Tender
from tests import make
from tests.bids.tenders.conftest import CONTENT, DEADLINE, FROM, PUBLISHED, SCHEDULE, UNTIL, case_of
from tests.refusals import refused
from trading.errors import NotPermitted
from trading.ledger.tables import AuditEvent, SecretWindow
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.transitions import perform

DAY = timedelta(days=1)


def again(case, **facts):
    """Return a tender of another lot of the case's project, not registered yet."""
    lot = make.lot(owner=case.owner, of=case.lot.project, kind="public_tender", estimate=Decimal(5_000_000))
    return Tender(lot=lot, **facts)


def announcing(case, code, **changes):
    facts = {**SCHEDULE, "content": CONTENT, "documents": [case.file()], **changes}
    return refused(case.fresh().announce, code, by=case.agency, **facts)


def test_a_tender_is_registered_with_its_money(case):
    event = AuditEvent.objects.get(type="tender.registered")
    assert '"mandatory":true' in bytes(event.leaf).decode()
    assert case.tender.state == "registered"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"deposit": Decimal("100000.01")}, "deposit_too_high"),
        ({"price_ceiling": Decimal("6000000.01")}, "ceiling_too_high"),
    ],
)
def test_money_out_of_the_law_is_refused(case, facts, code):
    refused(again(case, **facts).register, code, by=case.agency)


def test_a_lot_of_another_procedure_is_refused(case):
    lot = make.lot(owner=case.owner, of=case.lot.project)
    refused(Tender(lot=lot).register, "kind_wrong", by=case.owner)


def test_a_tender_knows_no_least_price():
    assert [f.name for f in Tender._meta.get_fields() if "floor" in f.name or "least" in f.name] == []


def test_works_of_a_tenders_size_are_not_procured(time_machine, owner, agency, db):
    with pytest.raises(Exception, match="tendering law"):
        case_of(time_machine, owner, agency, kind="government_open_tender", category="works")


def test_a_stranger_registers_nothing(case, stranger):
    with pytest.raises(NotPermitted):
        perform(again(case).register, by=stranger)


def test_the_notice_says_the_schedule_the_money_and_the_custodians(case):
    case.announce()
    tender = case.fresh()
    content = tender.notice.newest().content
    assert (tender.state, tender.notice.kind, tender.announced_on.isoformat()) == ("announced", "tender", "2026-03-02")
    assert content["deadline"] == "2026-03-31 09:30:00（北京时间）之前（不含该时刻）"
    assert (content["ceiling"], content["deposit"], content["mode"]) == ("4900000.00", "50000.00", "T")
    assert [c["holder"] for c in content["custodians"]] == ["agency", "supervisor", "backup"]
    assert [(d["version"], d["title"]) for d in content["document_list"]] == [(1, "招标文件")]
    assert tender.notice.objections_until == DEADLINE.replace(day=21, hour=16, minute=0)
    windows = SecretWindow.objects.filter(revealed_at=None).values_list("tender", flat=True)
    assert set(windows) == {case.lot.code, f"{case.lot.code}/committee"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"documents_until": FROM + 4 * DAY}, "T01"),
        ({"deadline": FROM + 20 * DAY - timedelta(hours=10)}, "T04"),
    ],
)
def test_an_illegal_schedule_is_refused_with_its_article(case, changes, rule):
    refusal = announcing(case, "limit_not_met", **changes)
    assert refusal.params["rule"] == rule
    assert refusal.basis
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"documents_from": PUBLISHED - timedelta(microseconds=1)},
        {"documents_until": FROM},
        {"deadline": UNTIL - timedelta(microseconds=1)},
    ],
)
def test_moments_out_of_order_are_refused(case, changes):
    announcing(case, "schedule_out_of_order", **changes)


def test_midnight_belongs_to_the_day_it_ends(case):
    midnight = DEADLINE.replace(day=21, hour=16, minute=0)  # 22 March 0:00 in the county
    announcing(case, "limit_not_met", deadline=midnight)
    case.announce(deadline=midnight + timedelta(microseconds=1))
    assert case.fresh().state == "announced"


def test_procurement_offers_documents_and_notice_for_five_working_days(procurement):
    for rule, changes in {
        "G03": {"documents_until": FROM + 6 * DAY},  # Sunday 8 March
        "G02": {"notice_until": PUBLISHED.date() + 6 * DAY},
    }.items():
        facts = {**SCHEDULE, "content": CONTENT, "documents": [procurement.file()], **changes}
        refusal = refused(procurement.fresh().announce, "limit_not_met", by=procurement.agency, **facts)
        assert refusal.params["rule"] == rule
    procurement.announce()
    notice = procurement.fresh().notice
    assert (notice.kind, notice.published_until) == (Kind.PROCUREMENT, UNTIL.replace(hour=16))


def test_a_moment_that_nobody_plans_for_is_refused(case):
    announcing(case, "moment_too_far", deadline=datetime.fromisoformat("9999-12-31T23:59:59-12:00"))


def test_without_documents_nothing_is_announced(case):
    announcing(case, "documents_missing", documents=[])


def test_a_file_that_is_not_for_takers_is_no_tender_document(case):
    announcing(case, "document_unsuitable", documents=[case.file(for_takers=False)])


def test_a_custodian_without_key_stops_the_notice(case):
    other = again(case)
    perform(other.register, by=case.agency)
    facts = {**SCHEDULE, "content": CONTENT, "documents": [case.file(lot=other.lot)]}
    refused(other.announce, "custodians_not_ready", by=case.agency, **facts)


def test_without_stated_requirements_nothing_is_announced(case):
    Requirements.objects.get().items.all().delete()
    refusal = announcing(case, "requirements_missing")
    assert refusal.basis == "招标投标法 18; 招标投标法实施条例 32"
    assert (case.fresh().state, Notice.objects.count()) == ("registered", 0)


def test_documents_and_bids_are_taken_between_their_moments(case):
    case.announce()
    tender, instant = case.fresh(), timedelta(microseconds=1)
    assert [tender.offers_documents(m) for m in (FROM - instant, FROM, UNTIL - instant, UNTIL)] == [
        *(False, True, True, False)
    ]
    assert [tender.takes_bids(m) for m in (FROM - instant, FROM, DEADLINE - instant, DEADLINE)] == [
        *(False, True, True, False)
    ]


def test_an_amendment_in_time_adds_a_version_and_a_change_notice(case):
    case.open()
    case.clock.move_to(DEADLINE - 15 * DAY)
    perform(case.fresh().amend, by=case.agency, documents=[case.file("补遗")], changes="调整工期")
    tender = case.fresh()
    change = Notice.objects.get(kind=Kind.CHANGE)
    assert tender.deadline == DEADLINE
    assert [(d["version"], d["title"]) for d in change.newest().content["document_list"]] == [
        *((1, "招标文件"), (2, "补遗"))
    ]
    assert [v.number for v in tender.notice.versions.all()] == [1, 2]


def test_a_late_amendment_moves_the_deadline_or_is_refused(case):
    case.open()
    case.clock.move_to(DEADLINE - 14 * DAY)
    facts = {"documents": [case.file("补遗")], "changes": "调整工期"}
    refusal = refused(case.fresh().amend, "amendment_too_late", by=case.agency, **facts)
    assert (refusal.params["first"], refusal.basis) == ("2026-04-01", "招标投标法 23；招标投标法实施条例 21")
    perform(case.fresh().amend, by=case.agency, deadline=DEADLINE + DAY, **facts)
    assert case.fresh().deadline == DEADLINE + DAY
    assert case.fresh().notice.objections_until == DEADLINE.replace(day=22, hour=16, minute=0)


def test_a_deadline_moves_later_only_and_not_after_it_has_passed(case):
    case.open()
    refused(case.fresh().extend, "deadline_earlier", by=case.agency, deadline=DEADLINE - DAY, reason="提前")
    far = datetime.fromisoformat("9999-12-31T23:59:59-12:00")
    refused(case.fresh().extend, "moment_too_far", by=case.agency, deadline=far, reason="笔误")
    refused(case.fresh().extend, "nothing_moved", by=case.agency, deadline=DEADLINE, reason="不变")
    late = {"deadline": DEADLINE + DAY, "documents_until": DEADLINE + 2 * DAY}
    refused(case.fresh().extend, "schedule_out_of_order", by=case.agency, reason="倒置", **late)
    perform(case.fresh().extend, by=case.owner, deadline=DEADLINE + DAY, reason="场地调整")
    assert case.fresh().deadline == DEADLINE + DAY
    assert Notice.objects.get(kind=Kind.CHANGE).newest().content["changes"] == "场地调整"
    case.clock.move_to(DEADLINE + DAY)
    refused(case.fresh().extend, "deadline_passed", by=case.owner, deadline=DEADLINE + 2 * DAY, reason="再延")


def test_a_tender_fails_for_a_coded_reason_by_a_notice(case):
    case.open()
    refused(case.fresh().fail, "failure_too_early", by=case.agency, reason="too_few_bidders")
    refused(case.fresh().fail, "not_prequalified", by=case.agency, reason="too_few_prequalified")
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    assert case.fresh().state == "failed"
    assert Notice.objects.get(kind=Kind.FAILURE).newest().content["code"] == "major_change"


def test_only_the_opening_finds_too_few_bids(case):
    case.open()
    case.clock.move_to(DEADLINE)
    refused(case.fresh().fail, "opening_decides", by=case.agency, reason="too_few_bidders")
    perform(case.fresh().fail, by=None, reason="too_few_bidders")
    assert case.fresh().failure == "too_few_bidders"


def test_a_failed_lot_is_tendered_again_and_linked(case):
    lot = {"owner": case.owner, "of": case.lot.project, "kind": "public_tender", "estimate": Decimal(5_000_000)}
    given = {"project": case.lot.project, "name": "再次招标", "retender_of": case.lot}
    too_soon = Lot(**given, kind="public_tender", estimate=Decimal(5_000_000))
    refused(too_soon.register, "retender_without_failure", by=case.owner)
    case.open()
    perform(case.fresh().fail, by=case.agency, reason="major_change")
    linked = Tender(lot=make.lot(**lot, retender_of=case.lot))
    perform(linked.register, by=case.agency)
    assert (linked.lot.round, linked.lot.retender_of) == (2, case.lot)


def test_too_few_prequalified_fail_a_tender_that_examines_before_bids(time_machine, owner, agency, db):
    case = case_of(time_machine, owner, agency, prequalified=True)
    perform(case.fresh().fail, by=case.agency, reason="too_few_prequalified")
    assert Notice.objects.get(kind=Kind.FAILURE).newest().content["reason"] == "通过资格预审的申请人少于三个"


def test_the_public_is_told_once_of_a_standing(case):
    case.open()
    refused(case.fresh().tell_standing, "standing_told", by=None)


def test_nothing_is_taken_or_moved_before_the_notice(case):
    tender = case.fresh()
    assert (tender.takes_bids(FROM), tender.offers_documents(FROM)) == (False, False)
    refused(tender.extend, "wrong_state", by=case.agency, deadline=DEADLINE, reason="无")
