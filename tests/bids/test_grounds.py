"""Grounds for exclusion are looked at again at every step on the way to the contract."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bids import grounds
from bids.award import Award
from bids.registration import Registration
from tests import make
from tests.bids import ceremony
from tests.bids.conftest import DRAWN
from tests.refusals import refused
from tests.trading.draws import scene
from trading import clock
from trading.ledger import sequencer
from trading.party import Role
from trading.sanction import Sanction
from trading.session import Session
from trading.transitions import perform

BASIS = "固定价比选 操作规程; 招标投标法 53, 54, 60"


def bar(case, registration):
    """Let the regulator bar an enterprise from today on."""
    today = clock.local_date(clock.now())
    facts = {"starts_on": today, "ends_on": today + timedelta(days=400), "decision_no": "罚1", "reason": "串标"}
    ban = Sanction(organisation=registration.organisation, basis="招标投标法 53", **facts)
    perform(ban.impose, by=case.regulator)


def is_refused(act, by, **facts):
    error = refused(act, "ground_for_exclusion", by=by, **facts)
    assert (error.basis, bool(error.next_step)) == (BASIS, True)
    return error.params["grounds"]


def found(case):
    """Return the examination with both examiners' findings, nothing settled."""
    examination = case.close()
    rows = [{"registration": r.pk, "verdict": "pass", "reason": ""} for r in case.lot.registrations.counted()]
    for examiner in (case.owner, case.supervisor):
        perform(examination.find, by=examiner, findings=rows)
    return examination


def test_a_ban_after_the_findings_stops_settling_and_list(case):
    case.open()
    registered = [case.register() for _ in range(4)]
    examination = found(case)
    bar(case, registered[0])
    assert is_refused(examination.settle, case.supervisor) == "barred from tendering"
    fail = [{"registration": registered[0].pk, "verdict": "fail", "reason": "限制期内"}]
    perform(examination.find, by=case.owner, findings=fail)
    perform(examination.settle, by=case.supervisor)
    bar(case, registered[1])
    assert is_refused(case.fresh().publish_list, case.owner) == "barred from tendering"
    assert case.fresh().state == "qualifying"


def test_a_ban_after_the_draw_stops_the_notice_of_award(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    case.clock.move_to(DRAWN + timedelta(days=5))
    bar(case, Award.objects.current(case.lot).registration)
    assert is_refused(case.fresh().send_notice, case.owner) == "barred from tendering"


def test_any_supervisor_passes_over_whom_the_register_itself_shows_ineligible(case):
    ceremony.listed(case)
    ceremony.publicised(case)
    facts = {"by": make.user(Role.DISCIPLINE), "reason": "ineligible", "evidence": "ab" * 32}
    refused(case.fresh().lapse, "second_person_missing", **facts)
    bar(case, Award.objects.current(case.lot).registration)
    refused(case.fresh().lapse, "second_person_missing", **{**facts, "by": case.regulator})  # whose ban it is
    assert perform(case.fresh().lapse, **facts).state == "drawn"
    assert Award.objects.current(case.lot).rank == 2


def test_who_saw_the_draw_before_it_moved_puts_in_doubt_too(case):
    ceremony.listed(case)
    place, draw = ceremony.revealed(case)
    seen = make.user(Role.SITE_SUPERVISOR)
    perform(Session.objects.get(pk=place.session.pk).suspend, by=case.supervisor, reason="evidence")
    perform(Session.objects.get(pk=place.session.pk).break_off, by=case.supervisor, reason="evidence")
    other = ceremony.hall(replace(case, supervisor=seen))
    perform(draw.move, by=case.centre, session=other.session)
    perform(draw.close_reveals, by=case.centre)
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    for reader in ("centre", "owner"):
        perform(draw.enter_dice, by=other[reader], digits=scene.DICE, hands=other.hands())
    perform(draw.confirm_dice, by=seen)
    perform(case.fresh().take_result, by=case.centre)
    perform(case.fresh().doubt, by=case.supervisor, evidence="ab" * 32, reason="业绩不实")
    perform(case.fresh().lapse, by=seen, reason="ineligible", evidence="ab" * 32)
    assert Award.objects.current(case.lot).rank == 2


def test_a_ban_after_the_notice_stops_the_contract(case):
    ceremony.listed(case)
    ceremony.noticed(case)
    bar(case, Award.objects.current(case.lot).registration)
    facts = {"price": Decimal("1710000.00"), "signed_on": DRAWN.date() + timedelta(days=5), "sha256": "ab" * 32}
    assert is_refused(case.fresh().conclude_contract, case.owner, **facts) == "barred from tendering"


def elsewhere(case, organisation, certificate, rank=1, **award):
    """Award a lot of another owner to an enterprise; the draw itself is not under test."""
    owner = make.user(Role.OWNER)
    lot = make.lot(owner=owner)
    facts = {"grade": "三级", "manager_name": "王", "manager_certificate": certificate, "safety_licence": "1"}
    registration = Registration(lot=lot, organisation=organisation, group=organisation.group(), **facts)
    registration.confirmed_at, registration.confirmed_sha256 = clock.now(), case.notice.sha256
    registration.save()
    return Award.objects.create(lot=lot, registration=registration, rank=rank, **award)


def test_awards_that_stand_elsewhere_count_as_projects(case):
    enterprise = make.organisation()
    for number in range(3):
        elsewhere(case, enterprise, f"川15120200{number}")
    case.open()
    registration = case.register(enterprise)
    assert grounds.against(case.lot, [registration]) == {registration.pk: ["too many active projects"]}
    lapsed = Award.objects.filter(registration__organisation=enterprise).first()
    lapsed.lapsed_at, lapsed.lapse_reason = clock.now(), "ineligible"
    lapsed.save()
    assert grounds.against(case.lot, [registration]) == {registration.pk: []}


def test_an_alternate_elsewhere_has_no_project_yet(case):
    enterprise = make.organisation()
    first = elsewhere(case, make.organisation(), "川2")
    facts = {"grade": "三级", "manager_name": "王", "manager_certificate": "川1", "safety_licence": "1"}
    second = Registration(lot=first.lot, organisation=enterprise, group=enterprise.group(), **facts)
    second.confirmed_at, second.confirmed_sha256 = clock.now(), case.notice.sha256
    second.save()
    Award.objects.create(lot=first.lot, registration=second, rank=2)
    case.open()
    registration = case.register(enterprise, manager_certificate="川1")
    assert grounds.against(case.lot, [registration]) == {registration.pk: []}
    first.lapsed_at, first.lapse_reason = clock.now(), "timeout"
    first.save()
    assert grounds.against(case.lot, [registration]) == {registration.pk: ["project manager on another project"]}


def test_of_two_awards_at_once_the_earlier_goes_on(case):
    ceremony.listed(case)
    registered = case.lot.registrations.first()
    facts = {"organisation": registered.organisation, "certificate": registered.manager_certificate}
    assert grounds.against(case.lot, [registered]) == {registered.pk: []}
    before = elsewhere(case, **facts)
    own = Award.objects.create(lot=case.lot, registration=registered, rank=1)
    busy = ["project manager on another project"]
    assert grounds.against(case.lot, [registered]) == {registered.pk: busy}
    assert grounds.against(before.lot, [before.registration]) == {before.registration.pk: []}
    before.delete()
    later = elsewhere(case, **facts)
    assert own.pk < later.pk
    assert grounds.against(case.lot, [registered]) == {registered.pk: []}
    assert grounds.against(later.lot, [later.registration]) == {later.registration.pk: busy}


@pytest.mark.parametrize("spelled", ["川151202001", "川1512020-01", "川 151202001", "川１５１２０２００１"])
def test_a_manager_is_busy_however_the_certificate_is_spelled(case, spelled):
    elsewhere(case, make.organisation(), "川151202001")
    case.open()
    registration = case.register(manager_certificate=spelled)
    assert grounds.against(case.lot, [registration]) == {registration.pk: ["project manager on another project"]}


@pytest.mark.parametrize(("reason", "kept_out"), [("timeout", True), ("refused", True), ("ineligible", False)])
def test_only_who_would_not_sign_is_kept_out_for_it(case, reason, kept_out):
    enterprise = make.organisation()
    elsewhere(case, enterprise, "川1", lapsed_at=clock.now(), lapse_reason=reason)
    case.open()
    registration = case.register(enterprise)
    against = ["did not sign an earlier drawn contract"] if kept_out else []
    assert grounds.against(case.lot, [registration]) == {registration.pk: against}
