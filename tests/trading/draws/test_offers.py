"""A draw that is over, or whose session or lot is, asks nobody for work."""

import pytest

from tests import make
from tests.trading.draws import scene
from trading.draw_doors import DRAWS
from trading.draws.draw import Draw
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
EVERYBODY = ("centre", "owner", "supervisor", "notary", "bidder1")


@pytest.fixture
def place():
    return scene.hall()


def waiting(place):
    """Return what waits at “my work”, by person; whom nothing waits for is left out."""
    found = {name: [task.name for _row, tasks in DRAWS.waiting(place[name]) for task in tasks] for name in EVERYBODY}
    return {name: acts for name, acts in found.items() if acts}


def open_to(place, draw, name):
    return DRAWS.open_to(Draw.objects.get(pk=draw.pk), place[name])


def test_a_draw_in_preparation_waits_for_those_who_have_not_contributed(place):
    scene.contributed(place)
    assert waiting(place) == {"centre": ["commit"], "bidder1": ["contribute"]}


def test_reveals_wait_until_the_last_contribution_is_revealed(place):
    scene.committed(place)
    assert waiting(place)["supervisor"] == ["reveal"]
    assert "reveal" in waiting(place)["centre"]


def test_revealed_contributions_wait_for_the_close_alone(place):
    scene.revealed(place)
    assert waiting(place) == {"centre": ["close_reveals"]}


def test_a_draw_by_dice_waits_for_no_beacon_and_is_not_voided_after_its_cut_off(place):
    draw = scene.witnessed(place)
    assert waiting(place) == {name: ["enter_dice"] for name in ("centre", "owner", "notary")}
    assert open_to(place, draw, "supervisor") == []


def test_two_readings_wait_for_the_supervisor(place):
    draw = scene.read(place)
    assert waiting(place) == {"supervisor": ["confirm_dice"]}
    assert open_to(place, draw, "supervisor") == ["confirm_dice"]


def test_a_finished_draw_waits_for_nobody(place):
    draw = scene.drawn(place)
    assert waiting(place) == {}
    assert open_to(place, draw, "supervisor") == []
    assert open_to(place, draw, "bidder1") == []


def test_a_void_draw_waits_for_nobody(place):
    draw = scene.committed(place)
    perform(draw.void, by=place["supervisor"], cause="equipment", reason="停电")
    assert waiting(place) == {}
    assert [open_to(place, draw, name) for name in EVERYBODY] == [[]] * len(EVERYBODY)


@pytest.mark.parametrize("step", [scene.prepared, scene.committed, scene.revealed])
def test_a_draw_whose_session_is_over_asks_nobody_to_take_part(place, step):
    draw = step(place)
    perform(place.session.suspend, by=place["supervisor"], reason="equipment")
    perform(place.session.break_off, by=place["supervisor"], reason="equipment")
    offered = {act for name in EVERYBODY for act in open_to(place, draw, name)}
    assert {"move"} <= offered <= {"move", "void", "close_reveals"}


@pytest.mark.parametrize("step", [scene.prepared, scene.committed, scene.witnessed])
def test_a_draw_of_a_terminated_lot_offers_nothing(place, step):
    draw = step(place)
    regulator = make.user(Role.SECTOR_REGULATOR)
    perform(place.lot.terminate, by=regulator, reason="cancelled", evidence="决定书")
    assert waiting(place) == {}
    assert [open_to(place, draw, name) for name in EVERYBODY] == [[]] * len(EVERYBODY)
