"""From the registered project to the published list: gates, price, schedule, list."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bids.comparison import Comparison
from tests import make
from tests.bids import ceremony
from tests.bids.conftest import CLOSES, DRAWN, OPENS, PUBLISHED
from tests.refusals import refused
from trading.errors import NotPermitted, RuleError, StaleVersion, WrongState
from trading.ledger.tables import AuditEvent
from trading.objection import Objection
from trading.project import LegalBasis
from trading.transitions import OutsidePerform, perform


def test_price_is_review_less_discount_half_up(case):
    case.fix_price()
    assert case.fresh().fixed_price == Decimal("1710000.00")
    assert case.fresh().state == "price_fixed"


def test_price_above_the_approved_estimate_is_refused(case):
    facts = {"reviewed_price": Decimal("1900000.00"), "discount_rate": Decimal(0), "reviewer": "r", "review_no": "n"}
    error = refused(case.comparison.fix_price, "above_approved_estimate", by=case.owner, **facts)
    assert error.basis == "政府投资条例 23"


def test_comparison_above_the_cap_is_refused(owner, time_machine):
    time_machine.move_to(PUBLISHED, tick=False)
    project = make.project(owner=owner, approved_estimate=Decimal("3000000.00"))
    lot = make.lot(owner=owner, of=project, estimate=Decimal("2000000.01"))
    refused(Comparison(lot=lot, legal_basis=make.legal_basis()).register, "above_cap", by=owner)


def comparison_under_cap(owner, clock, cap, **facts):
    clock.move_to(PUBLISHED, tick=False)
    lot = make.lot(owner=owner, **facts)
    return Comparison(lot=lot, legal_basis=make.legal_basis(document_no="县府发〔2025〕8号", amount_cap=Decimal(cap)))


def test_comparison_above_the_local_rules_own_cap_is_refused_with_its_number(owner, time_machine):
    comparison = comparison_under_cap(owner, time_machine, "1799999.99")
    error = refused(comparison.register, "above_cap", by=owner)
    assert (error.basis, error.params["cap"]) == ("县府发〔2025〕8号", "1799999.99")
    assert not Comparison.objects.exists()


def test_comparison_up_to_the_local_rules_own_cap_is_registered(owner, time_machine):
    comparison = comparison_under_cap(owner, time_machine, "1800000.00")
    assert perform(comparison.register, by=owner).state == "draw_registered"


def test_price_above_the_local_rules_own_cap_is_refused(owner, time_machine):
    comparison = comparison_under_cap(owner, time_machine, "1800000.00")
    perform(comparison.register, by=owner)
    facts = {"reviewed_price": Decimal("1800000.01"), "discount_rate": Decimal(0), "reviewer": "r", "review_no": "n"}
    refused(comparison.fix_price, "above_cap", by=owner, **facts)


def test_comparison_without_a_local_rule_in_force_is_refused(owner, time_machine):
    time_machine.move_to(PUBLISHED, tick=False)
    basis = make.legal_basis(valid_to=PUBLISHED.date() - timedelta(days=1))
    refused(Comparison(lot=make.lot(owner=owner), legal_basis=basis).register, "procurement_without_basis", by=owner)


def test_split_project_is_refused(owner, time_machine):
    time_machine.move_to(PUBLISHED, tick=False)
    project = make.project(owner=owner)
    make.lot(owner=owner, of=project, estimate=Decimal("1500000.00"))
    second = make.lot(owner=owner, of=project, estimate=Decimal("1500000.00"))
    refused(Comparison(lot=second, legal_basis=make.legal_basis()).register, "split_project", by=owner)


def test_a_terminated_lot_does_not_count_towards_a_split(owner, time_machine):
    time_machine.move_to(PUBLISHED, tick=False)
    project = make.project(owner=owner)
    mistyped = make.lot(owner=owner, of=project, estimate=Decimal("15000000.00"))
    perform(mistyped.terminate, by=owner, reason="cancelled")
    right = make.lot(owner=owner, of=project, estimate=Decimal("1500000.00"))
    assert perform(Comparison(lot=right, legal_basis=make.legal_basis()).register, by=owner).state == "draw_registered"


def test_notice_period_below_three_working_days_is_refused_with_its_article(case):
    case.fix_price()
    facts = {"opens_at": OPENS, "closes_at": PUBLISHED + timedelta(days=2), "draw_at": DRAWN}
    error = refused(
        case.comparison.announce, "limit_not_met", by=case.owner, participant_notice=case.notice, content={}, **facts
    )
    assert error.params["rule"] == "F01"


def test_incomplete_notice_is_refused_and_opens_no_window(case):
    case.fix_price()
    with pytest.raises(RuleError) as caught:
        case.announce(content={"scope": "x"})
    assert caught.value.code == "notice_incomplete"
    assert case.fresh().state == "price_fixed"
    assert not hasattr(case.lot, "registration_window")


def test_registration_does_not_open_before_its_moment(case):
    case.fix_price()
    case.announce()
    refused(case.fresh().open_registration, "too_early", by=None)


def test_list_needs_a_settled_qualification(case):
    case.open()
    case.register()
    case.close()
    refused(case.fresh().publish_list, "qualification_open", by=case.owner)


def test_list_of_fewer_than_three_is_refused_and_the_comparison_fails(case):
    case.open()
    case.register()
    case.settle(case.close())
    refused(case.fresh().publish_list, "too_few_qualified", by=case.owner)
    failed = perform(case.fresh().fail, by=case.owner)
    assert (failed.state, failed.failure) == ("failed", "too_few_qualified")
    assert AuditEvent.objects.filter(type="comparison.failed").count() == 1


def test_comparison_with_enough_enterprises_does_not_fail(case):
    case.open()
    for _ in range(3):
        case.register()
    case.settle(case.close())
    refused(case.fresh().fail, "enough_qualified", by=case.owner)


def test_published_list_is_sorted_numbered_and_hashed(case):
    case.open()
    registered = [case.register() for _ in range(4)]
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)
    listed = case.lot.candidate_list
    codes = sorted(r.organisation.uscc for r in registered)
    assert listed.file == "".join(f"{code}\tALL\t1\t-\n" for code in codes)
    assert listed.n == 4
    assert list(case.lot.registrations.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_publishing_the_list_opens_every_sealed_entry(case):
    case.open()
    for _ in range(3):
        case.register()
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)
    sealed = AuditEvent.objects.filter(type="sealed.entry").count()
    assert AuditEvent.objects.filter(type="sealed.opened").count() == sealed > 3


def test_act_of_another_owner_is_refused(case):
    stranger = make.user("owner")
    with pytest.raises(NotPermitted):
        perform(case.comparison.fix_price, by=stranger, reviewed_price=Decimal(1), discount_rate=Decimal(0))


def test_stale_version_is_refused(case):
    with pytest.raises(StaleVersion):
        perform(case.comparison.announce, by=case.owner, expected_version=0)


def test_act_out_of_its_state_is_refused(case):
    with pytest.raises(WrongState):
        perform(case.comparison.publish_list, by=case.owner)


def test_transition_outside_perform_raises(case):
    with pytest.raises(OutsidePerform):
        case.comparison.fix_price(None)


def test_nothing_moves_while_the_lot_is_suspended(case):
    perform(case.lot.suspend, by=case.regulator, reason="force_majeure")
    with pytest.raises(WrongState) as caught:
        case.fix_price()
    assert caught.value.code == "lot_not_live"
    perform(case.lot.resume, by=case.regulator)
    case.fix_price()
    assert case.fresh().state == "price_fixed"


def test_registration_closes_at_its_instant(case):
    case.open()
    case.clock.move_to(CLOSES - timedelta(microseconds=1))
    refused(case.fresh().close_registration, "too_early", by=None)
    case.clock.move_to(CLOSES)
    assert perform(case.fresh().close_registration, by=None).state == "qualifying"


def test_a_repealed_rule_carries_no_notice_no_list_and_no_draw(case):
    case.fix_price()
    basis = case.fresh().legal_basis
    perform(basis.repeal, by=case.regulator)
    with pytest.raises(RuleError) as caught:
        case.announce()
    assert (caught.value.code, caught.value.basis) == ("procurement_without_basis", "政府采购法实施条例 7, 25")
    assert case.fresh().state == "price_fixed"


def test_a_rule_that_runs_out_before_the_list_carries_no_list(case):
    case.open()
    for _ in range(3):
        case.register()
    LegalBasis.objects.update(valid_to=PUBLISHED.date())
    case.settle(case.close())
    refused(case.fresh().publish_list, "procurement_without_basis", by=case.owner)


def test_a_rule_that_runs_out_before_the_draw_carries_no_draw(case):
    ceremony.listed(case)
    place = ceremony.hall(case)
    LegalBasis.objects.update(valid_to=CLOSES.date())
    given = {"session": place.session, "beacon": {"kind": "physical", "digits": 20}}
    refused(case.fresh().begin_draw, "procurement_without_basis", by=case.centre, **given)


def test_an_unanswered_objection_to_the_notice_stops_list_and_draw(case):
    case.open()
    registered = [case.register() for _ in range(3)]
    organisation = registered[0].organisation
    raised = Objection(lot=case.lot, organisation=organisation, matter="notice", text="资格条件歧视")
    perform(raised.raise_, by=make.user("bidder", of=organisation))
    case.settle(case.close())
    error = refused(case.fresh().publish_list, "objection_open", by=case.owner)
    assert error.basis == "招标投标法实施条例 22, 54"
    Objection.objects.update(state="answered")
    perform(case.fresh().publish_list, by=case.owner)
    place = ceremony.hall(case)
    Objection.objects.update(state="raised")
    given = {"session": place.session, "beacon": {"kind": "physical", "digits": 20}}
    refused(case.fresh().begin_draw, "objection_open", by=case.centre, **given)


def test_a_price_below_the_floor_is_refused(case):
    facts = {"reviewed_price": Decimal("499999.99"), "discount_rate": Decimal(0), "reviewer": "r", "review_no": "n"}
    error = refused(case.comparison.fix_price, "below_floor", by=case.owner, **facts)
    assert (error.params["floor"], bool(error.next_step)) == ("500000", True)


def test_nobody_is_settled_without_both_findings(case):
    case.open()
    registered = [case.register() for _ in range(3)]
    examination = case.close()
    rows = [{"registration": r.pk, "verdict": "pass", "reason": ""} for r in registered]
    perform(examination.find, by=case.owner, findings=rows)
    perform(examination.find, by=case.supervisor, findings=rows[:2])
    error = refused(examination.settle, "findings_incomplete", by=case.supervisor)
    assert (error.params["count"], "资格审查" in error.basis, bool(error.next_step)) == (1, True, True)


def test_a_list_file_that_is_not_the_published_one_is_not_drawn_from(case):
    ceremony.listed(case)
    place = ceremony.hall(case)
    listed = case.lot.candidate_list
    listed.file = listed.file.partition("\n")[2]
    listed.save()
    given = {"session": place.session, "beacon": {"kind": "physical", "digits": 20}}
    error = refused(case.fresh().begin_draw, "list_changed", by=case.centre, **given)
    assert error.basis == "ggzy-draw/1, 2 row 13"
    assert case.fresh().state == "list_published"
