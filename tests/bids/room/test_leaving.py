"""A member leaves in the middle: what it judged is void, the evaluation waits, who comes instead judges anew."""

import pytest

from bids.room.member import Member
from bids.room.sheet import Sheet
from experts.seat import Seat
from tests import make
from tests.refusals import refused
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def test_who_comes_instead_examines_and_scores_while_the_others_work_stands(room):
    room.examine()
    for seat in (1, 5):
        room.sign(seat)
    gone = room.member(5)
    perform(gone.recuse, by=room.people[5], ground="1", reason="亲属在投标人处任职")
    assert (room.evaluation.state, Seat.objects.get(pk=gone.seat_id).state) == ("convened", "recused")
    assert Sheet.objects.get(member=gone).state == "void"
    newcomer = make.member(make.account("新代表"), make.home(room.case.owner), Role.OWNER)
    perform(Seat(panel=room.panel, user=newcomer).join, by=room.host)
    room.people[5] = newcomer
    room.enter_room(room.session, newcomer, Role.OWNER)
    perform(room.evaluation.seat_newcomers, by=room.host)
    refused(room.evaluation.begin, "not_declared", by=room.host)
    room.declare(5)
    perform(room.evaluation.begin, by=room.host)
    refused(room.evaluation.conclude, "findings_incomplete", by=room.chair)
    room.find(5)
    perform(room.evaluation.conclude, by=room.chair)
    assert room.sheet(1).state == "signed"
    assert room.sheet(5).scores == {}
    for seat in (2, 3, 4, 5):
        room.sign(seat)
    assert perform(room.evaluation.sum_up, by=room.chair).state == "summed"


def test_a_chair_who_leaves_takes_its_votes_along(room):
    room.convene()
    for seat in room.people:
        room.declare(seat)
    for seat in (1, 2, 3):
        perform(room.member(seat).vote, by=room.people[seat], matter="chair", choice="5")
    assert room.member(5).is_chair
    perform(room.member(5).recuse, by=room.people[5], ground="9", reason="突发疾病")
    assert not Member.objects.filter(is_chair=True).exists()
    assert [one.votes for one in Member.objects.sitting()] == [{}, {}, {}, {}]
