"""A works tender and a procurement of goods, each with its report signed."""

from collections.abc import Callable
from typing import Any

import pytest

from experts.panel import Panel
from experts.seat import Seat
from tests import make
from tests.bids.awards.scene import Scene, signed
from tests.experts import people
from trading.party import Role, User


@pytest.fixture
def works(db: Any, time_machine: Any, owner: User, agency: User) -> Scene:
    """Return a state-funded works tender whose report was signed on Monday, 2 March 2026."""
    return signed(time_machine, owner, agency, at="2026-03-02")


@pytest.fixture
def goods(db: Any, time_machine: Any, owner: User, agency: User) -> Scene:
    """Return a procurement of goods whose report was signed on Monday, 2 March 2026."""
    return signed(time_machine, owner, agency, at="2026-03-02", kind="government_open_tender")


def sat(scene: Scene) -> list[str]:
    """Let two experts and a representative of the buyer have sat in the committee; return their names as published."""
    given = {"needs": [], "gather_at": scene.lot.now(), "place": "评标一室", "hours": 8, "applied_at": scene.lot.now()}
    panel = Panel.objects.create(lot=scene.lot, **given)
    names = ["欧阳明德", "上官云"]
    experts = [people.admitted(person=people.who(name=name)) for name in names]
    for number, expert in enumerate(experts, 1):
        Seat.objects.create(panel=panel, number=number, expert=expert, user=make.user(Role.EXPERT))
    Seat.objects.create(panel=panel, number=3, kind="representative", user=make.account("buyer"))
    late = Seat.objects.create(panel=panel, number=4, user=make.account("late"))
    Seat.objects.filter(panel=panel).exclude(pk=late.pk).update(state="arrived")
    return [*names, f"{Seat.objects.get(number=3).user}（采购人代表）"]


@pytest.fixture
def committee_of() -> Callable[[Scene], list[str]]:
    """Return how a scene gets its committee."""
    return sat


@pytest.fixture
def committee(goods: Scene) -> list[str]:
    """Return the names of the procurement's committee."""
    return sat(goods)
