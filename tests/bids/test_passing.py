"""Passing over a drawn enterprise: award and draw give way together, at the word of who may say so."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from bids import due, grounds
from bids.award import Award
from bids.contract import Contract
from bids.registration import Registration
from bids.tracking import DisciplineReport
from tests import make
from tests.bids import ceremony
from tests.bids.conftest import DRAWN
from tests.refusals import refused
from tests.trading.draws.test_draw import verified
from trading.draws.draw import Draw
from trading.errors import NotPermitted, WrongState
from trading.ledger import leaf, sequencer
from trading.ledger.tables import AuditEvent
from trading.notice import Kind
from trading.objection import Objection
from trading.party import Role
from trading.transitions import perform

EVIDENCE = "ab" * 32


def seated(case):
    return Draw.objects.get(lot=case.lot).result["seated"][0][0]


def current(case):
    return Award.objects.current(case.lot).registration.organisation.uscc


def pass_over(case):
    """Let the supervisor who saw the draw put the standing enterprise in doubt, and another person pass it over."""
    perform(case.fresh().doubt, by=case.supervisor, evidence=EVIDENCE, reason="业绩不实")
    perform(case.fresh().lapse, by=make.user(Role.DISCIPLINE), reason="ineligible", evidence=EVIDENCE)


def skips(case):
    """Return who skipped and why, as the ledger tells it."""
    events = AuditEvent.objects.filter(type="draw.skipped", tender=case.lot.code).order_by("pk")
    told = [leaf.decode(bytes(event.leaf)) for event in events]
    return [(entry["actor"]["role"], entry["data"]["skipped"], entry["data"]["code"]) for entry in told]


def objected(case, registered, outcome="upheld"):
    """Object to the result as another registrant; the owner answers, unless without an outcome."""
    other = next(one for one in registered if one.organisation.uscc != current(case))
    raised = Objection(lot=case.lot, organisation=other.organisation, matter="result", text="中选企业无资质")
    perform(raised.raise_, by=make.user(Role.BIDDER, of=other.organisation))
    if not outcome:
        return raised
    return perform(raised.answer, by=case.owner, reply="经复核", outcome=outcome)


def test_who_was_found_ineligible_gives_way_in_award_and_draw(case, tmp_path, capsys):
    ceremony.listed(case)
    ceremony.publicised(case)
    first = current(case)
    pass_over(case)
    assert case.fresh().state == "drawn"
    assert current(case) == seated(case) != first
    assert skips(case) == [("discipline", first, "S03")]
    assert case.lot.notices.get(kind=Kind.DRAW_RESULT).state == "withdrawn"
    assert not DisciplineReport.objects.exists()
    draw = Draw.objects.get(lot=case.lot)
    assert sequencer.ensure_cosigned(draw.event_of("draw.skipped"))
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out
    perform(case.fresh().publicise, by=case.owner)
    newest = case.lot.notices.filter(kind=Kind.DRAW_RESULT).order_by("pk").last()
    assert newest.newest().content["winner"]["enterprise"] == seated(case)


def winner_of(case):
    return make.user(Role.BIDDER, of=Award.objects.current(case.lot).registration.organisation)


def entered(case):
    """Send the notice and enter the contract on the last day of its limit; return it."""
    ceremony.listed(case)
    ceremony.noticed(case)
    case.clock.move_to(DRAWN + timedelta(days=35))
    award = Award.objects.current(case.lot)
    assert case.fresh().today() == award.sign_by
    facts = {"price": case.fresh().fixed_price, "signed_on": award.sign_by, "sha256": "b" * 64}
    perform(case.fresh().conclude_contract, by=case.owner, **facts)
    return case.fresh().contract()


def test_the_clock_passes_over_who_did_not_confirm(case):
    contract = entered(case)
    first = current(case)
    case.clock.move_to(DRAWN + timedelta(days=38))
    refused(case.fresh().lapse, "too_early", by=None, reason="timeout")
    case.clock.move_to(DRAWN + timedelta(days=39))
    refused(contract.confirm, "confirmed_too_late", by=winner_of(case), sha256="b" * 64)
    refused(case.fresh().lapse, "too_early", by=None, reason="owner")
    due.lapse_awards()
    assert skips(case) == [("clock", first, "S04")]
    report = DisciplineReport.objects.get()
    assert (current(case), report.trigger, report.organisation.uscc) == (seated(case), "unsigned", first)


def test_a_contract_entered_on_the_last_day_leaves_the_enterprise_its_time(case):
    contract = entered(case)
    case.clock.move_to(DRAWN + timedelta(days=38))
    due.lapse_awards()
    assert perform(contract.confirm, by=winner_of(case), sha256="b" * 64).state == "confirmed"
    case.clock.move_to(DRAWN + timedelta(days=50))
    due.lapse_awards()
    assert case.fresh().state == "contracted"


def test_a_corrected_contract_gives_the_enterprise_its_time_again(case):
    contract = entered(case)
    case.clock.move_to(DRAWN + timedelta(days=38))
    perform(contract.correct, by=case.owner, sha256="c" * 64)
    case.clock.move_to(DRAWN + timedelta(days=41))
    assert perform(contract.confirm, by=winner_of(case), sha256="c" * 64).state == "confirmed"


def test_a_false_contract_is_disputed_and_the_delay_is_the_owner_s(case):
    contract = entered(case)
    first, winner = current(case), winner_of(case)
    error = refused(contract.dispute, "contract_agrees", by=winner, sha256="b" * 64)
    assert (error.basis, bool(error.next_step)) == ("招标投标法 46", True)
    assert perform(contract.dispute, by=winner, sha256="c" * 64).state == "disputed"
    case.clock.move_to(DRAWN + timedelta(days=39))
    due.lapse_awards()
    assert (skips(case), contract_states()) == ([("clock", first, "S04")], ["lapsed"])
    assert DisciplineReport.objects.get().organisation == make.home(case.owner)


def test_a_disputed_contract_is_corrected_and_confirmed(case):
    contract = entered(case)
    winner = winner_of(case)
    perform(contract.dispute, by=winner, sha256="c" * 64)
    with pytest.raises(WrongState):
        perform(contract.confirm, by=winner, sha256="b" * 64)
    perform(contract.correct, by=case.owner, sha256="c" * 64)
    assert perform(contract.confirm, by=winner, sha256="c" * 64).state == "confirmed"


def test_a_contract_is_disputed_in_time_or_not_at_all(case):
    contract = entered(case)
    case.clock.move_to(DRAWN + timedelta(days=39))
    refused(contract.dispute, "confirmed_too_late", by=winner_of(case), sha256="c" * 64)


def contract_states():
    return list(Contract.objects.values_list("state", flat=True))


def test_an_owner_who_enters_no_contract_is_reported_and_not_the_enterprise(case):
    ceremony.listed(case)
    ceremony.noticed(case)
    first, registration = current(case), Award.objects.current(case.lot).registration
    refused(case.fresh().lapse, "too_early", by=None, reason="owner")
    case.clock.move_to(DRAWN + timedelta(days=40))
    refused(case.fresh().lapse, "too_early", by=None, reason="timeout")
    due.lapse_awards()
    assert skips(case) == [("clock", first, "S04")]
    report = DisciplineReport.objects.get()
    assert (report.trigger, report.organisation) == ("unsigned", make.home(case.owner))
    assert current(case) == seated(case)
    elsewhere = Registration(lot=make.lot(owner=case.owner), organisation=registration.organisation)
    assert grounds.against(elsewhere.lot, [elsewhere]) == {elsewhere.pk: []}


def test_the_enterprise_itself_declines(case):
    ceremony.listed(case)
    ceremony.noticed(case)
    first = current(case)
    person = make.user(Role.BIDDER, of=Award.objects.current(case.lot).registration.organisation)
    with pytest.raises(NotPermitted):
        perform(case.fresh().lapse, by=person, reason="ineligible", evidence=EVIDENCE)
    perform(case.fresh().lapse, by=person, reason="refused")
    assert skips(case) == [("bidder", first, "S01")]


def test_who_did_not_see_the_draw_puts_nobody_in_doubt(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    given = {"evidence": EVIDENCE, "reason": "业绩不实"}
    error = refused(case.fresh().doubt, "not_at_the_draw", by=make.user(Role.DISCIPLINE), **given)
    assert ("ggzy-draw/1" in error.basis, bool(error.next_step)) == (True, True)
    error = refused(case.fresh().doubt, "evidence_missing", by=case.supervisor, evidence="0", reason="业绩不实")
    assert bool(error.next_step)
    assert not AuditEvent.objects.filter(type="comparison.doubted").exists()


def test_nobody_alone_passes_over_whom_the_draw_gave(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    other, given = make.user(Role.DISCIPLINE), {"reason": "ineligible", "evidence": EVIDENCE}
    error = refused(case.fresh().lapse, "second_person_missing", by=case.supervisor, **given)
    assert ("ggzy-draw/1" in error.basis, bool(error.next_step)) == (True, True)
    perform(case.fresh().doubt, by=case.supervisor, evidence=EVIDENCE, reason="业绩不实")
    refused(case.fresh().lapse, "second_person_missing", by=case.supervisor, **given)
    refused(case.fresh().lapse, "second_person_missing", by=other, reason="ineligible", evidence="cd" * 32)
    perform(case.fresh().lapse, by=other, **given)
    refused(case.fresh().lapse, "second_person_missing", by=other, **given)  # the doubt was of another enterprise
    assert len(skips(case)) == 1


@pytest.mark.parametrize("role", [Role.SITE_SUPERVISOR, Role.DISCIPLINE, Role.SECTOR_REGULATOR])
def test_nobody_declines_for_the_enterprise(case, role):
    ceremony.listed(case)
    ceremony.noticed(case)
    by = case.supervisor if role == Role.SITE_SUPERVISOR else make.user(role, name="another")
    with pytest.raises(NotPermitted):
        perform(case.fresh().lapse, by=by, reason="refused", evidence=EVIDENCE)
    assert not DisciplineReport.objects.exists()


@pytest.mark.parametrize("by", ["owner", "centre"])
def test_neither_owner_nor_centre_passes_over(case, by):
    ceremony.listed(case)
    ceremony.publicised(case)
    with pytest.raises(NotPermitted):
        perform(case.fresh().lapse, by=getattr(case, by), reason="ineligible", evidence=EVIDENCE)


def test_a_skip_has_no_address_of_its_own(case, api):
    ceremony.listed(case)
    _place, draw = ceremony.publicised(case)
    draw = Draw.objects.get(pk=draw.pk)
    body = {"candidate": current(case), "code": "S01", "evidence": EVIDENCE}
    assert api(case.supervisor).post(f"draws/{draw.pk}/skip/", body, match=draw.version).status_code == 404


def test_after_the_last_alternate_the_comparison_fails(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    for left in (2, 1, 0):
        pass_over(case)
        assert Award.objects.filter(lot=case.lot, lapsed_at=None).count() == left
        if left:
            refused(case.fresh().fail, "award_stands", by=case.owner)
    assert len(skips(case)) == 2
    assert perform(case.fresh().fail, by=case.owner).failure == "no_alternate_left"


def test_the_last_alternate_is_publicised_and_goes_to_its_contract(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    for _ in range(2):
        pass_over(case)
    perform(case.fresh().publicise, by=case.owner)
    shown = case.lot.notices.filter(kind=Kind.DRAW_RESULT).order_by("pk").last().newest().content
    assert (shown["winner"]["rank"], shown["alternates"]) == (3, [])
    case.clock.move_to(DRAWN + timedelta(days=10))
    perform(case.fresh().send_notice, by=case.owner)
    facts = {"price": Decimal("1710000.00"), "signed_on": DRAWN.date() + timedelta(days=10), "sha256": "ab" * 32}
    assert perform(case.fresh().conclude_contract, by=case.owner, **facts).state == "contracted"


@pytest.mark.parametrize("outcome", ["upheld", ""])
@pytest.mark.parametrize("way", ["ineligible", "refused"])
def test_an_objection_ends_with_its_award_and_strikes_nobody_else(case, way, outcome):
    registered = ceremony.listed(case)
    ceremony.publicised(case)
    objection = objected(case, registered, outcome)
    winner = Award.objects.current(case.lot).registration.organisation
    if way == "refused":
        perform(case.fresh().lapse, by=make.user(Role.BIDDER, of=winner), reason="refused")
    else:
        pass_over(case)
    assert Objection.objects.get(pk=objection.pk).state == "carried_out"
    perform(case.fresh().publicise, by=case.owner)
    given = {"reason": "objection", "evidence": EVIDENCE}
    refused(case.fresh().lapse, "no_upheld_objection", by=make.user(Role.DISCIPLINE), **given)
    case.clock.move_to(DRAWN + timedelta(days=10))
    assert perform(case.fresh().send_notice, by=case.owner).state == "noticed"


def test_an_objection_from_before_an_award_does_not_strike_it(case):
    registered = ceremony.listed(case)
    ceremony.publicised(case)
    old = objected(case, registered)
    pass_over(case)
    Objection.objects.filter(pk=old.pk).update(state="answered")  # as lapses left it before they ended objections
    perform(case.fresh().publicise, by=case.owner)
    facts = {"reason": "objection", "evidence": EVIDENCE}
    refused(case.fresh().lapse, "no_upheld_objection", by=case.supervisor, **facts)
    assert Award.objects.current(case.lot).objections().count() == 0


def test_an_upheld_objection_to_the_result_passes_the_enterprise_over(case):
    registered = ceremony.listed(case)
    ceremony.publicised(case)
    upheld = objected(case, registered)
    case.clock.move_to(DRAWN + timedelta(days=5))
    error = refused(case.fresh().send_notice, "objection_upheld", by=case.owner)
    assert (error.basis, bool(error.next_step)) == ("招标投标法实施条例 22, 54", True)
    first = current(case)
    other_body = make.user(Role.DISCIPLINE)  # the owner upheld it, so the supervisor need not have seen the draw
    perform(case.fresh().lapse, by=other_body, reason="objection", evidence=EVIDENCE)
    upheld.refresh_from_db(fields=["outcome"])
    assert Objection.objects.get().state == "carried_out"
    assert (Award.objects.get(lot=case.lot, rank=1).lapse_reason, current(case)) == ("objection", seated(case))
    assert skips(case) == [("discipline", first, "S03")]


@pytest.mark.parametrize("outcome", ["rejected", "partly"])
def test_an_objection_that_was_not_upheld_passes_nobody_over(case, outcome):
    registered = ceremony.listed(case)
    ceremony.publicised(case)
    objected(case, registered, outcome)
    facts = {"reason": "objection", "evidence": EVIDENCE}
    error = refused(case.fresh().lapse, "no_upheld_objection", by=case.supervisor, **facts)
    assert (error.basis, bool(error.next_step)) == ("招标投标法实施条例 54", True)


def to_the_list(case, registered, outcome):
    raised = Objection(lot=case.lot, organisation=registered[0].organisation, matter="list", text="某企业资质不符")
    perform(raised.raise_, by=make.user(Role.BIDDER, of=registered[0].organisation))
    perform(raised.answer, by=case.owner, reply="经复核", outcome=outcome)


def test_an_upheld_objection_to_the_list_leads_to_its_second_version(case):
    registered = ceremony.listed(case)
    old = case.lot.candidate_list
    to_the_list(case, registered, "upheld")
    refused(case.fresh().begin_draw, "too_early", by=case.centre, session=None, beacon={})
    case.clock.move_to(DRAWN)
    refused(case.fresh().begin_draw, "objection_upheld", by=case.centre, session=None, beacon={})
    with pytest.raises(NotPermitted):
        perform(case.fresh().reopen_list, by=case.owner, reason="异议成立")
    perform(case.fresh().reopen_list, by=case.supervisor, reason="异议成立")
    assert (case.fresh().state, Objection.objects.get().state) == ("qualifying", "answered")
    qualification = case.lot.qualification
    refused(qualification.settle, "findings_incomplete", by=case.supervisor)
    fail = {"registration": registered[1].pk, "verdict": "fail", "reason": "资质不符"}
    passed = [{"registration": one.pk, "verdict": "pass", "reason": ""} for one in registered if one != registered[1]]
    perform(qualification.find, by=case.owner, findings=[fail, *passed])
    error = refused(qualification.settle, "findings_incomplete", by=case.supervisor)
    assert error.params["count"] == 4
    perform(qualification.find, by=case.supervisor, findings=[fail, *passed])
    perform(qualification.settle, by=case.supervisor)
    perform(case.fresh().publish_list, by=case.owner)
    assert Objection.objects.get().state == "carried_out"
    new = case.lot.candidate_list
    assert (old.n, new.n, old.sha256 != new.sha256) == (4, 3, True)
    notice = case.lot.notices.get(kind=Kind.DRAW_LIST)
    assert [version.content["list_sha256"] for version in notice.versions.all()] == [old.sha256, new.sha256]
    assert sorted(filter(None, case.lot.registrations.values_list("number", flat=True))) == [1, 2, 3]
    assert case.fresh().draw_at == DRAWN + timedelta(days=1)
    assert json.loads(json.dumps(notice.newest().content))["draw_at"].startswith("2026-03-11T02:00")


def test_a_list_is_not_reopened_while_another_objection_to_it_waits(case):
    registered = ceremony.listed(case)
    to_the_list(case, registered, "upheld")
    other = Objection(lot=case.lot, organisation=registered[1].organisation, matter="list", text="另一企业资质不符")
    perform(other.raise_, by=make.user(Role.BIDDER, of=registered[1].organisation))
    refused(case.fresh().reopen_list, "objection_open", by=case.supervisor, reason="异议成立")
    perform(other.answer, by=case.owner, reply="经复核", outcome="rejected")
    assert perform(case.fresh().reopen_list, by=case.supervisor, reason="异议成立").state == "qualifying"


def test_the_notice_is_past_objecting_once_there_was_a_list(case):
    registered = ceremony.listed(case)
    to_the_list(case, registered, "upheld")
    perform(case.fresh().reopen_list, by=case.supervisor, reason="异议成立")
    late = Objection(lot=case.lot, organisation=registered[1].organisation, matter="notice", text="公告有误")
    refused(late.raise_, "not_the_time_to_object", by=make.user(Role.BIDDER, of=registered[1].organisation))


def test_a_reopened_list_that_leads_to_a_failure_meets_the_objection_too(case):
    registered = ceremony.listed(case, 3)
    to_the_list(case, registered, "upheld")
    perform(case.fresh().reopen_list, by=case.supervisor, reason="异议成立")
    failing = [{"registration": one.pk, "verdict": "fail", "reason": "资质不符"} for one in registered]
    for examiner in (case.owner, case.supervisor):
        perform(case.lot.qualification.find, by=examiner, findings=failing)
    perform(case.lot.qualification.settle, by=case.supervisor)
    perform(case.fresh().fail, by=case.owner)
    assert (case.fresh().state, Objection.objects.get().state) == ("failed", "carried_out")


def test_a_list_without_an_upheld_objection_stays(case):
    registered = ceremony.listed(case)
    refused(case.fresh().reopen_list, "no_upheld_objection", by=case.supervisor, reason="x")
    to_the_list(case, registered, "rejected")
    refused(case.fresh().reopen_list, "no_upheld_objection", by=case.supervisor, reason="x")


def test_a_contract_deviates_or_comes_late_no_more_than_the_law_allows(case):
    ceremony.listed(case)
    ceremony.noticed(case)
    day = DRAWN.date() + timedelta(days=5)
    facts = {"price": Decimal("1710000.00"), "signed_on": day, "sha256": "ab" * 32}
    for wrong, code in (
        ({"price": Decimal("1710000.01")}, "contract_deviates"),
        ({"signed_on": day - timedelta(days=1)}, "contract_date_outside_limit"),
        ({"signed_on": day + timedelta(days=1)}, "contract_date_outside_limit"),
    ):
        error = refused(case.fresh().conclude_contract, code, by=case.owner, **{**facts, **wrong})
        assert "招标投标法 46" in error.basis
    assert perform(case.fresh().conclude_contract, by=case.owner, **facts).state == "contracted"
