"""Who ends a lot, on what evidence, and which lot may take the place of another."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bids import announced
from bids.comparison import Comparison
from tests import make
from tests.bids import ceremony
from tests.bids.conftest import CLOSES, DRAWN, OPENS, PUBLISHED, Case, case  # noqa: F401  # the comparison whose lot ends
from tests.refusals import refused
from trading import termination
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.transitions import perform


def said(kind):
    return leaf.decode(bytes(AuditEvent.objects.filter(type=kind).latest("pk").leaf))["data"]


def again(case, **facts):  # noqa: F811
    """Return an unregistered lot that would take the place of the case's."""
    given = {"project": case.lot.project, "name": "再次比选", "kind": "fixed_price", "retender_of": case.lot}
    return Lot(**{**given, "estimate": Decimal("1800000.00"), **facts})


@pytest.mark.parametrize("stage", [ceremony.committed, ceremony.drawn], ids=["committed", "drawn"])
def test_the_owner_ends_no_lot_whose_draw_is_fixed(case, stage):  # noqa: F811
    ceremony.listed(case)
    stage(case)
    error = refused(case.lot.terminate, "regulator_terminates", by=case.owner, reason="cancelled", evidence="决定")
    assert (error.basis, bool(error.next_step)) == (termination.BASIS, True)
    error = refused(case.lot.terminate, "evidence_missing", by=case.regulator, reason="cancelled", evidence=" ")
    assert (error.basis, bool(error.next_step)) == (termination.BASIS, True)
    perform(case.lot.terminate, by=case.regulator, reason="cancelled", evidence="县发改〔2026〕9号")
    assert (case.lot.state, said("lot.terminated")) == (
        "terminated",
        {"reason": "cancelled", "evidence": "县发改〔2026〕9号"},
    )


def test_the_owner_is_not_offered_what_only_the_regulator_may(case, api):  # noqa: F811
    ceremony.listed(case)
    ceremony.committed(case)

    def offered(person):
        return {act["name"] for act in api(person).get(f"lots/{case.lot.code}/").json()["acts"]}

    assert "terminate" not in offered(case.owner)
    assert "terminate" in offered(case.regulator)


def test_the_owner_ends_a_lot_before_its_draw_is_fixed(case):  # noqa: F811
    ceremony.listed(case)
    ceremony.begun(case)
    perform(case.lot.terminate, by=case.owner, reason="cancelled")
    assert case.lot.state == "terminated"


def test_an_idle_owner_is_urged_first_and_only_the_regulator_ends_the_lot(case):  # noqa: F811
    refused(case.lot.terminate, "regulator_terminates", by=case.owner, reason="owner_idle")
    refused(case.lot.terminate, "owner_not_urged", by=case.regulator, reason="owner_idle")
    error = refused(case.lot.urge, "owner_has_time", by=case.regulator)
    assert (error.params, error.basis) == ({"last": "2026-06-02", "rule": "V06"}, termination.BASIS)
    case.clock.move_to(PUBLISHED + timedelta(days=93))
    perform(case.lot.urge, by=case.regulator)
    error = refused(case.lot.terminate, "owner_has_time", by=case.regulator, reason="owner_idle")
    assert error.params == {"last": "2026-06-13", "rule": "V06.urged"}
    case.clock.move_to(PUBLISHED + timedelta(days=104))
    perform(case.lot.terminate, by=case.regulator, reason="owner_idle")
    assert case.lot.state == "terminated"


def test_an_owner_who_acts_after_the_urging_is_not_idle(case):  # noqa: F811
    case.clock.move_to(PUBLISHED + timedelta(days=93))
    perform(case.lot.urge, by=case.regulator)
    case.clock.move_to(PUBLISHED + timedelta(days=94))
    case.fix_price()
    case.clock.move_to(PUBLISHED + timedelta(days=110))
    refused(case.lot.terminate, "owner_not_urged", by=case.regulator, reason="owner_idle")


def test_only_a_lot_that_failed_or_ended_is_announced_again(case):  # noqa: F811
    error = refused(again(case).register, "retender_without_failure", by=case.owner)
    assert ("招标投标法 28" in error.basis, bool(error.next_step)) == (True, True)
    perform(case.lot.terminate, by=case.owner, reason="cancelled")
    foreign = make.project(owner=case.owner)
    refused(again(case, project=foreign).register, "retender_without_failure", by=case.owner)
    assert perform(again(case).register, by=case.owner).round == 2


def failed(case):  # noqa: F811
    case.open()
    case.settle(case.close())
    perform(case.fresh().fail, by=case.owner)


def registered_again(case):  # noqa: F811
    """Register the next lot after one that failed, and its comparison."""
    lot = perform(again(case).register, by=case.owner)
    comparison = Comparison(lot=lot, legal_basis=case.comparison.legal_basis)
    return Case(comparison, case.owner, case.supervisor, case.centre, case.regulator, case.notice, case.clock)


def test_works_are_announced_again_once_and_no_more(case):  # noqa: F811
    failed(case)
    case.clock.move_to(PUBLISHED + timedelta(days=7), tick=False)
    second = registered_again(case)
    perform(second.comparison.register, by=case.owner)
    second.fix_price()
    week = timedelta(days=7)
    second.announce(opens_at=OPENS + week, closes_at=CLOSES + week, draw_at=DRAWN + week)
    perform(second.lot.terminate, by=case.owner, reason="cancelled")
    third = registered_again(second)
    error = refused(third.comparison.register, "re_notices_used", by=case.owner)
    assert error.params == {"times": 2, "most": 1}


def test_a_lot_that_ended_after_its_draw_still_counts_towards_a_split(case):  # noqa: F811
    ceremony.listed(case)
    ceremony.drawn(case)
    perform(case.lot.terminate, by=case.regulator, reason="cancelled", evidence="决定书")
    beside = make.lot(owner=case.owner, of=case.lot.project, estimate=Decimal("600000.00"))
    comparison = Comparison(lot=beside, legal_basis=case.comparison.legal_basis)
    error = refused(comparison.register, "split_project", by=case.owner)
    assert error.params["whole"] == "2400000.00"
    perform(beside.terminate, by=case.owner, reason="cancelled")
    in_its_place = registered_again(case)
    assert perform(in_its_place.comparison.register, by=case.owner).state == "draw_registered"


def test_a_lot_counts_with_its_fixed_price_where_that_is_more(case):  # noqa: F811
    Lot.objects.filter(pk=case.lot.pk).update(estimate=Decimal(100_000))
    case.fix_price()
    beside = make.lot(owner=case.owner, of=case.lot.project, estimate=Decimal(400_000))
    error = refused(
        Comparison(lot=beside, legal_basis=case.comparison.legal_basis).register, "split_project", by=case.owner
    )
    assert error.params["whole"] == "2110000.00"


def test_naming_no_earlier_lot_begins_no_new_count(case):  # noqa: F811
    case.open()
    perform(case.lot.terminate, by=case.owner, reason="cancelled")
    case.clock.move_to(DRAWN)
    basis = case.fresh().legal_basis
    second = Comparison(lot=perform(again(case, retender_of=None).register, by=case.owner), legal_basis=basis)
    repeated = replace(case, comparison=perform(second.register, by=case.owner))
    repeated.fix_price()
    days = {"opens_at": DRAWN, "closes_at": DRAWN + timedelta(days=10), "draw_at": DRAWN + timedelta(days=20)}
    repeated.announce(**days)
    perform(repeated.lot.terminate, by=case.owner, reason="cancelled")
    for named in (None, repeated.lot):
        third = perform(again(case, retender_of=named).register, by=case.owner)
        error = refused(Comparison(lot=third, legal_basis=basis).register, "re_notices_used", by=case.owner)
        assert error.params["times"] == 2


def test_an_announcement_that_a_live_one_has_followed_was_not_in_vain(case):  # noqa: F811
    failed(case)
    case.clock.move_to(PUBLISHED + timedelta(days=7), tick=False)
    second = registered_again(case)
    perform(second.comparison.register, by=case.owner)
    second.fix_price()
    week = timedelta(days=7)
    second.announce(opens_at=OPENS + week, closes_at=CLOSES + week, draw_at=DRAWN + week)
    beside = perform(again(case, retender_of=None, estimate=Decimal("100000.00")).register, by=case.owner)
    assert announced.in_vain(beside) == 0
    perform(second.lot.terminate, by=case.owner, reason="cancelled")
    assert announced.in_vain(beside) == 2


def test_the_notice_of_works_announced_again_names_the_draw_before(case):  # noqa: F811
    ceremony.listed(case)
    _place, draw = ceremony.committed(case)
    perform(case.lot.terminate, by=case.regulator, reason="cancelled", evidence="决定书")
    case.clock.move_to(DRAWN + timedelta(days=1))
    second = registered_again(case)
    perform(second.comparison.register, by=case.owner)
    second.fix_price()
    week = timedelta(days=14)
    second.announce(opens_at=OPENS + week, closes_at=CLOSES + week, draw_at=DRAWN + week)
    told = second.fresh().notice.newest().content["earlier_draw"]
    assert told == f"{draw.draw_id}, {draw.commit_hash}"
    assert "earlier_draw" not in case.fresh().notice.newest().content
