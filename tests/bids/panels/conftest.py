"""An announced tender whose committee is to be formed."""

from datetime import timedelta

import pytest

from experts.panel import Panel
from experts.wanted import Need, Wanted
from tests import make
from tests.bids.tenders.conftest import DEADLINE, case_of
from trading.party import Role
from trading.transitions import perform

GATHER = DEADLINE + timedelta(hours=6)


def wanted(*needs, **facts):
    """Return an application: by default four experts and one representative of the owner."""
    given = {
        "needs": [Need(code, count) for code, count in needs or [("A0802", 2), ("A0601", 2)]],
        "representatives": 1,
        "gather_at": GATHER,
        "place": "评标三室",
        "hours": 8,
        **facts,
    }
    return Wanted(**given)


@pytest.fixture
def case(db, time_machine, owner, agency):
    """Return an announced works tender."""
    made = case_of(time_machine, owner, agency)
    made.announce()
    return made


@pytest.fixture
def approver(db):
    return make.user(Role.SECTOR_REGULATOR)


@pytest.fixture
def panel(case):
    """Return a panel that was applied for."""
    return perform(Panel(lot=case.lot).apply, by=case.agency, wanted=wanted())
