"""What a tender's money is judged by: the purchases of its project together, and by the law that governs it."""

from decimal import Decimal

import pytest

from bids.opening import Opening
from bids.tender import Tender
from tests import make
from tests.bids.tenders.conftest import case_of
from tests.bids.tenders.test_opening import PRICES, begin, enter
from tests.refusals import refused
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.transitions import perform

pytestmark = pytest.mark.django_db
WHOLE = Decimal(9_000_000)


def mandatory(tender):
    """Register the tender; return whether the ledger says that it is mandatory."""
    perform(tender.register, by=tender.lot.project.agency.memberships.get().user)
    event = AuditEvent.objects.get(type="tender.registered", tender=tender.lot.code)
    return leaf.decode(bytes(event.leaf))["data"]["mandatory"]


def project(case, **facts):
    given = {"rehearsal": True, "approved_estimate": WHOLE, **facts}
    return make.project(owner=case.owner, agency=make.home(case.agency), **given)


def half(case, of, **facts):
    """Return a tender, not registered yet, of half of what must be tendered in works."""
    given = {"kind": "public_tender", "estimate": Decimal(2_000_000), **facts}
    return Tender(lot=make.lot(owner=case.owner, of=of, **given))


def test_the_lots_of_a_project_count_together_against_the_threshold(case):
    works = project(case)
    assert mandatory(half(case, works, estimate=Decimal("1999999.99"))) is False
    assert mandatory(half(case, works)) is False
    assert mandatory(half(case, works)) is True


def test_a_lot_that_ended_does_not_count(case, regulator):
    works = project(case)
    ended, failed = half(case, works), half(case, works)
    perform(Lot.objects.get(pk=ended.lot_id).terminate, by=regulator, reason="no_right")
    assert mandatory(failed) is False
    perform(Tender.objects.get(pk=failed.pk).fail, by=case.agency, reason="major_change")
    assert mandatory(half(case, works)) is False


def test_what_is_tendered_again_counts_once(case):
    works = project(case)
    first = half(case, works)
    assert mandatory(first) is False
    perform(Tender.objects.get(pk=first.pk).fail, by=case.agency, reason="major_change")
    assert mandatory(half(case, works, retender_of=Lot.objects.get(pk=first.lot_id))) is False


def test_the_projects_of_a_programme_count_together(case):
    assert mandatory(half(case, project(case, programme="乡村道路"))) is False
    assert mandatory(half(case, project(case, programme="学校"))) is False
    assert mandatory(half(case, project(case, programme="乡村道路"))) is True


def test_works_are_not_split_into_procurements(time_machine, owner, agency, db):
    facts = {"category": "works", "estimate": Decimal(3_000_000), "price_ceiling": Decimal(3_000_000)}
    case = case_of(time_machine, owner, agency, kind="government_open_tender", **facts)
    second = half(case, case.lot.project, kind="government_open_tender", estimate=Decimal(1_000_000))
    refusal = refused(second.register, "split_project", by=agency)
    assert refusal.basis.endswith("招标投标法 4; 招标投标法实施条例 24")


@pytest.mark.parametrize("minutes", [1, 14, 241])
def test_a_window_in_which_nobody_could_act_is_refused(case, minutes):
    tender = half(case, case.lot.project, estimate=Decimal(100_000))
    tender.window_minutes = minutes
    assert "电子招标投标办法" in refused(tender.register, "window_out_of_range", by=case.agency).basis


@pytest.mark.parametrize(
    ("fixture", "basis"), [("case", "招标投标法 28；招标投标法实施条例 44"), ("procurement", "政府采购法 36")]
)
def test_too_few_bids_are_refused_by_the_law_that_governs_the_lot(request, fixture, basis):
    case = request.getfixturevalue(fixture)
    case.open()
    enter(case, PRICES[:2])
    opening = begin(case)
    assert opening.state == "failed"
    Opening.objects.update(state="closed")
    refusal = refused(Opening.objects.get().begin, "too_few_bids", by=None)
    assert refusal.basis.endswith(basis)
    assert refusal.params == {"have": 2, "need": 3}
