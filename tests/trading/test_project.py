from datetime import date
from decimal import Decimal

import pytest

from tests import make
from trading.errors import NotPermitted, WrongState
from trading.project import Category
from trading.transitions import perform

TODAY = date(2026, 3, 2)


def covers(basis, **changes):
    return basis.covers(
        **{
            "category": Category.WORKS,
            "amount": Decimal(4_000_000),
            "on": TODAY,
            "region": make.REGION,
            **changes,
        }
    )


def test_a_repealed_basis_allows_no_further_draw(regulator):
    basis = make.legal_basis()
    before = covers(basis)
    perform(basis.repeal, by=regulator)
    assert (before, covers(basis)) == (True, False)


@pytest.mark.parametrize(
    "beyond",
    [
        {"category": Category.GOODS},
        {"amount": Decimal("4000000.01")},
        {"on": date(2019, 12, 31)},
        {"on": date(2036, 1, 1)},
        {"region": "510000"},
    ],
)
def test_a_basis_covers_nothing_beyond_its_scope(db, beyond):
    assert not covers(make.legal_basis(), **beyond)


def test_a_returned_registration_says_why_and_is_submitted_again(owner, centre):
    project = make.project(owner=owner, accepted=False)
    code = project.code
    perform(project.give_back, by=centre, reason="批准文件缺页")
    returned = (project.state, project.return_reason)
    perform(project.submit, by=owner)
    assert returned == ("returned", "批准文件缺页")
    assert (project.state, project.code) == ("submitted", code)


def test_an_accepted_registration_is_not_given_back(owner, centre):
    project = make.project(owner=owner)
    with pytest.raises(WrongState):
        perform(project.give_back, by=centre, reason="批准文件缺页")
    assert project.state == "accepted"


def test_an_owner_does_not_accept_its_own_registration(owner):
    project = make.project(owner=owner, accepted=False)
    with pytest.raises(NotPermitted):
        perform(project.accept, by=owner)
    assert project.state == "submitted"
