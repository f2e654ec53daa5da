"""The fixed-price comparison: gate, price, limits, grounds, witnesses, and when discipline inspection is told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading import money, procedures
from trading.procedures import fixed_price, participants
from trading.procedures.fixed_price import PROCEDURE
from trading.rules import table

TODAY = date(2026, 11, 22)
CAP = Decimal(2_000_000)
PRICES = st.decimals(Decimal("0.01"), money.LARGEST, places=2)
DISCOUNTS = st.decimals(0, Decimal("0.999999"), places=6)


def gate(amount, *, category="works", on=TODAY, government_funded=False, local=CAP, siblings=()):
    fixed_price.gate(
        Decimal(amount),
        category=category,
        on=on,
        government_funded=government_funded,
        local=None if local is None else fixed_price.LocalRule("县府发〔2025〕8号", Decimal(local)),
        siblings=[Decimal(s) for s in siblings],
    )


def test_the_kind_names_its_stages_and_rules():
    assert PROCEDURE in procedures.KINDS
    assert PROCEDURE.stages[0] == "draw_registered"
    assert PROCEDURE.stages[-1] == "closed"
    assert PROCEDURE.exits == ("failed",)
    assert set(PROCEDURE.rules.values()) == {i for i in table.IDS if i.startswith("F")}


def test_the_limits_of_a_day_are_the_numbers_of_the_table():
    limits = PROCEDURE.limits_on(TODAY)
    assert (limits["notice_days"], limits["list_days"], limits["public_days"], limits["sign_days"]) == (3, 1, 3, 30)
    assert (limits["min_qualified"], limits["n_alternates"], limits["amount_cap"]) == (3, 2, CAP)


@pytest.mark.parametrize("amount", ["500000.00", "2000000.00"])
def test_the_gate_is_open_up_to_the_cap(amount):
    gate(amount)


@pytest.mark.parametrize(
    ("given", "kind", "basis"),
    [
        ({"amount": "4000000"}, fixed_price.MustBeTendered, "1117号"),
        ({"amount": "1000000", "category": "services"}, fixed_price.MustBeTendered, "第16号"),
        ({"amount": "2000000", "category": "goods"}, fixed_price.MustBeTendered, "第16号"),
        ({"amount": "2000000", "on": date(2018, 5, 31)}, fixed_price.MustBeTendered, "第3号"),
        ({"amount": "1900000", "siblings": ["1500000", "600000"]}, fixed_price.SplitProject, "濮阳"),
        ({"amount": "1900000", "siblings": ["100000.01"]}, fixed_price.SplitProject, "宁波"),
        ({"amount": "2000000.01"}, fixed_price.AboveCap, "试点"),
        ({"amount": "800000.01", "local": "800000"}, fixed_price.AboveCap, "县府发〔2025〕8号"),
        (
            {"amount": "500000", "siblings": ["300000.01"], "local": "800000"},
            fixed_price.SplitProject,
            "县府发〔2025〕8号",
        ),
        ({"amount": "2000000.01", "local": "3000000"}, fixed_price.AboveCap, "试点"),
        ({"amount": "100000", "local": None}, fixed_price.NoLegalBasis, "1117号"),
        (
            {"amount": "100000", "local": None, "government_funded": True},
            fixed_price.ProcurementWithoutBasis,
            "政府采购法实施条例 7, 25",
        ),
        ({"amount": "499999.99"}, fixed_price.BelowFloor, "试点"),
        ({"amount": "0"}, fixed_price.WrongPrice, ""),
        ({"amount": "-1"}, fixed_price.WrongPrice, ""),
        ({"amount": "NaN"}, fixed_price.WrongPrice, ""),
    ],
)
def test_the_gate_refuses_with_the_article(given, kind, basis):
    with pytest.raises(kind) as refused:
        gate(**given)
    assert type(refused.value) is kind
    assert basis in refused.value.basis


@pytest.mark.parametrize("cap", ["2000000", "3000000"])
def test_a_lot_that_completes_the_project_to_the_cap_is_let_in(cap):
    gate("1500000", siblings=["500000"], local=cap)


@pytest.mark.parametrize(("amount", "siblings"), [("800000", []), ("500000", ["300000"])])
def test_a_lower_cap_of_the_local_rule_lets_in_up_to_itself(amount, siblings):
    gate(amount, siblings=siblings, local="800000")


@pytest.mark.parametrize(
    ("reviewed", "discount", "price"),
    [
        ("1368000.00", "0", "1368000.00"),
        ("1368000.00", "0.05", "1299600.00"),
        ("0.05", "0.5", "0.03"),
        ("100.01", "0.5", "50.01"),
        ("333.33", "0.333333", "222.22"),
    ],
)
def test_the_price_is_the_reviewed_price_less_the_discount(reviewed, discount, price):
    assert str(fixed_price.fixed_price(Decimal(reviewed), Decimal(discount))) == price


@pytest.mark.parametrize(
    ("reviewed", "discount"),
    [("0", "0"), ("-1", "0"), ("NaN", "0"), ("1e16", "0"), ("1.001", "0"), ("100", "1"), ("100", "-0.01"),
     ("100", "NaN"), ("100", "0.1234567"), ("0.01", "0.9")],
)  # fmt: skip
def test_a_price_that_cannot_be_fixed_is_refused(reviewed, discount):
    with pytest.raises(fixed_price.WrongPrice):
        fixed_price.fixed_price(Decimal(reviewed), Decimal(discount))


@given(PRICES, DISCOUNTS)
def test_the_fixed_price_never_exceeds_the_reviewed_price(reviewed, discount):
    try:
        price = fixed_price.fixed_price(reviewed, discount)
    except fixed_price.WrongPrice:
        assert reviewed * (1 - discount) < Decimal("0.005")
    else:
        assert 0 < price <= reviewed
        assert abs(price - reviewed * (1 - discount)) <= Decimal("0.005")


def test_three_qualified_enterprises_are_enough():
    assert fixed_price.enough_qualified(3, TODAY)
    fixed_price.check_qualified(3, TODAY)
    with pytest.raises(fixed_price.TooFewQualified, match=r"2 of 3 qualified enterprises\."):
        fixed_price.check_qualified(2, TODAY)


@pytest.mark.parametrize(
    "roles", [["owner", "site_supervisor"], ["owner", "discipline", "notary"], ("bidder", "owner", "sector_regulator")]
)
def test_owner_and_supervisor_see_the_draw(roles):
    fixed_price.check_witnesses(roles, TODAY)


@pytest.mark.parametrize(
    "roles", [[], ["owner"], ["site_supervisor"], ["owner", "owner"], ["owner", "bidder"], ["discipline", "notary"]]
)
def test_a_draw_without_its_witnesses_is_refused(roles):
    with pytest.raises(fixed_price.WitnessesMissing) as refused:
        fixed_price.check_witnesses(roles, TODAY)
    assert "第87号" in refused.value.basis


def test_an_enterprise_without_a_ground_may_take_part():
    assert grounds() == []


@pytest.mark.parametrize(
    ("fact", "ground"),
    [
        ({"barred": True}, "barred from tendering"),
        ({"active_projects": 3}, "too many active projects"),
        ({"manager_projects": 1}, "project manager on another project"),
        ({"days_since_unsigned": 179}, "did not sign an earlier drawn contract"),
    ],
)
def test_each_ground_keeps_out(fact, ground):
    assert grounds(**fact) == [ground]


def test_a_ground_ends_at_its_limit():
    assert grounds(active_projects=2, days_since_unsigned=180) == []


def grounds(**facts):
    free = {
        "barred": False,
        "active_projects": 0,
        "manager_projects": 0,
        "days_since_unsigned": None,
    }
    return participants.grounds(**{**free, **facts}, limits=PROCEDURE.limits_on(TODAY))


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({}, []),
        ({"active_projects": 3}, []),
        ({"milestones_late": 2}, []),
        ({"active_projects": 3, "milestones_late": 1}, ["too_many_projects"]),
        ({"sign_by": TODAY}, []),
        ({"sign_by": date(2026, 11, 21)}, ["unsigned"]),
        ({"sign_by": date(2026, 11, 21), "signed_on": date(2026, 11, 21)}, []),
        ({"sign_by": date(2026, 11, 20), "signed_on": date(2026, 11, 21)}, ["unsigned"]),
    ],
)
def test_discipline_inspection_is_told_of_two_things(facts, kinds):
    quiet = {"active_projects": 1, "milestones_late": 0, "sign_by": None, "signed_on": None}
    found = participants.discipline_triggers(**{**quiet, **facts}, today=TODAY)
    assert [trigger.kind for trigger in found] == kinds


@pytest.mark.parametrize("earlier", [0, 1])
def test_works_may_be_announced_once_more(earlier):
    fixed_price.check_notices(earlier, TODAY)


def test_works_announced_twice_in_vain_are_not_announced_again():
    with pytest.raises(fixed_price.NoticesUsed) as refused:
        fixed_price.check_notices(2, TODAY)
    assert (refused.value.code, refused.value.params) == ("re_notices_used", {"times": 2, "most": 1})
    assert "试点" in refused.value.basis
    assert refused.value.next_step
