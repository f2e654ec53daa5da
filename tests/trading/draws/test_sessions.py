"""A draw and its session: who is in the room, which badges count, and what becomes of a draw that outlasts it."""

from datetime import timedelta

import pytest

from tests import make
from tests.refusals import refused
from tests.trading.draws import scene
from tests.trading.draws.test_draw import DRAND, ROUND_TIME, data_of, verified
from trading import clock
from trading.conduct import ConductRules
from trading.draws import dossier, sources
from trading.draws.draw import Draw
from trading.errors import NotPermitted, WrongState
from trading.ledger import sequencer
from trading.lot import Lot
from trading.party import Role
from trading.room import Kind
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db
STEPS = {"preparing": scene.prepared, "committed": scene.committed, "closed": scene.witnessed}


@pytest.fixture
def place():
    return scene.hall()


def now(place):
    return Session.objects.get(pk=place.session.pk)


def broken_off(place):
    perform(now(place).suspend, by=place["supervisor"], reason="power_or_network")
    return perform(now(place).break_off, by=place["supervisor"], reason="power_or_network")


def another(place, **facts):
    """Open a second session of the lot with the same people; their badges are of that session."""
    start = clock.now() + timedelta(seconds=1)
    given = {"room": place.session.room, "lot": place.lot, "kind": Kind.DRAW, "title": "续", **facts}
    booked = perform(
        Session(**given, starts_at=start - timedelta(minutes=1), ends_at=start + timedelta(hours=1)).book,
        by=place["centre"],
    )
    session = perform(booked.open, by=place["centre"])
    rules = ConductRules.objects.applying_to("notary").sha256
    place.badges = {name: scene.signed_in(session, person, rules) for name, person in place.people.items()}
    return session


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_session_does_not_end_while_its_draw_is_under_way(place, step):
    step(place)
    error = refused(now(place).close, "draw_under_way", by=place["centre"])
    assert ("87号令" in error.basis, bool(error.next_step)) == (True, True)
    perform(now(place).suspend, by=place["centre"], reason="equipment")
    refused(now(place).cancel, "draw_under_way", by=place["centre"], reason="equipment")
    with pytest.raises(NotPermitted):
        perform(now(place).break_off, by=place["centre"], reason="equipment")
    assert now(place).state == "suspended"


@pytest.mark.parametrize("finish", ["drawn", "void"])
def test_a_session_ends_once_its_draw_has(place, finish):
    draw = scene.drawn(place) if finish == "drawn" else scene.committed(place)
    if finish == "void":
        perform(draw.void, by=place["supervisor"], cause="equipment", reason="断电")
    assert perform(now(place).close, by=place["centre"]).state == "closed"


def test_a_session_of_a_terminated_lot_ends(place):
    scene.witnessed(place)
    regulator = make.user(Role.SECTOR_REGULATOR)
    perform(place.lot.terminate, by=regulator, reason="cancelled", evidence="决定书")
    assert perform(now(place).close, by=place["centre"]).state == "closed"


@pytest.mark.parametrize("step", ["preparing", "committed"])
def test_a_draw_whose_session_was_broken_off_can_be_voided(place, step):
    draw = STEPS[step](place)
    broken_off(place)
    draw = Draw.objects.get(pk=draw.pk)
    assert perform(draw.void, by=place["supervisor"], cause="equipment", reason="断电").state == "void"


def test_a_round_is_taken_after_the_session_was_broken_off(place, time_machine):
    time_machine.move_to(ROUND_TIME - timedelta(minutes=10), tick=True)
    place = scene.hall()
    draw = scene.witnessed(place, beacon=DRAND)
    broken_off(place)
    time_machine.move_to(ROUND_TIME + timedelta(seconds=3), tick=True)
    taken = perform(Draw.objects.get(pk=draw.pk).take_beacon, by=None, number=1000, signature=scene.ROUND_1000)
    assert taken.state == "drawn"
    assert now(place).transcript.events.order_by("-seq").first().kind == "session.broken_off"


def test_a_draw_goes_on_in_a_second_session_after_the_first_was_broken_off(place, tmp_path, capsys):
    draw = scene.revealed(place)
    refused(draw.move, "session_goes_on", by=place["centre"], session=place.session)
    stale = place.hands()
    broken_off(place)
    with pytest.raises(WrongState):
        perform(Draw.objects.get(pk=draw.pk).reveal, by=place["centre"], nonce=place.secrets["centre"].hex())
    session = another(place)
    draw = perform(Draw.objects.get(pk=draw.pk).move, by=place["centre"], session=session)
    perform(draw.close_reveals, by=place["centre"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    refused(draw.enter_dice, "unknown_badge", by=place["centre"], digits=scene.DICE, hands=stale)
    for reader in ("centre", "owner"):
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    perform(draw.confirm_dice, by=place["supervisor"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.dice_confirmed"))
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out
    kinds = list(session.transcript.events.values_list("kind", flat=True))
    assert kinds[-5:] == ["draw.moved", "draw.closed", "draw.dice_entered", "draw.dice_entered", "draw.result"]


@pytest.mark.parametrize("readings", [0, 1, 2])
def test_no_session_is_broken_off_while_the_dice_may_lie_on_its_table(place, readings):
    draw = scene.witnessed(place)
    for reader in ("centre", "owner")[:readings]:
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    perform(now(place).suspend, by=place["supervisor"], reason="power_or_network")
    error = refused(now(place).break_off, "dice_on_the_table", by=place["supervisor"], reason="power_or_network")
    assert (error.basis, bool(error.next_step)) == ("ggzy-draw/1, 2 row 4, 3.8", True)
    perform(now(place).resume, by=place["supervisor"])
    for reader in ("centre", "owner")[readings:]:
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    assert perform(draw.confirm_dice, by=place["supervisor"]).beacon_value == scene.DICE.encode().hex()


def test_a_session_whose_dice_are_lost_ends_with_its_lot(place):
    scene.witnessed(place)
    perform(now(place).suspend, by=place["supervisor"], reason="power_or_network")
    regulator = make.user(Role.SECTOR_REGULATOR)
    perform(place.lot.terminate, by=regulator, reason="cancelled", evidence="火灾事故认定书")
    assert perform(now(place).break_off, by=place["supervisor"], reason="power_or_network").state == "cancelled"


def test_a_draw_goes_on_only_in_an_open_session_of_its_lot_with_a_supervisor(place):
    draw = scene.revealed(place)
    broken_off(place)
    elsewhere = scene.hall()
    draw = Draw.objects.get(pk=draw.pk)
    refused(draw.move, "other_session", by=place["centre"], session=elsewhere.session)
    session = another(place)
    perform(session.sign_ins.get(user=place["supervisor"]).sign_out, by=place["supervisor"])
    refused(draw.move, "witness_missing", by=place["centre"], session=session)


def test_only_a_supervisor_in_the_room_confirms_or_rejects_the_dice(place):
    draw = scene.witnessed(place)
    perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    absent = make.user(Role.DISCIPLINE)
    error = refused(draw.reject_dice, "not_present", by=absent)
    assert ("87号令" in error.basis, bool(error.next_step)) == (True, True)
    perform(draw.enter_dice, by=place["owner"], digits=scene.DICE, hands=place.hands())
    refused(draw.confirm_dice, "not_present", by=absent)
    assert perform(draw.confirm_dice, by=place["supervisor"]).state == "drawn"


def test_a_supervisor_of_two_roles_contributes_under_whichever_signed_in(place):
    draw = scene.prepared(place)
    both = make.user(Role.SECTOR_REGULATOR)
    scene.signed_in(place.session, both, ConductRules.objects.applying_to("notary").sha256)
    make.member(both, make.organisation(), Role.SITE_SUPERVISOR)
    c = sources.commitment(draw.suite, draw.draw_id, "supervisor", place.secrets["supervisor"]).hex()
    perform(draw.contribute, by=both, c=c)
    assert [one.who for one in draw.contributions.all()] == ["supervisor"]


def test_a_badge_given_back_rolls_no_dice(place):
    draw = scene.witnessed(place)
    hands = place.hands()
    perform(place.session.sign_ins.get(user=place["notary"]).sign_out, by=place["notary"])
    error = refused(draw.enter_dice, "unknown_badge", by=place["centre"], digits=scene.DICE, hands=hands)
    assert error.params["badges"] == place.badges["notary"]


def test_the_first_draw_of_a_lot_announced_again_follows_that_of_the_earlier_lot(place, tmp_path, capsys):
    first = scene.committed(place)
    regulator = make.user(Role.SECTOR_REGULATOR)
    perform(place.lot.terminate, by=regulator, reason="cancelled", evidence="决定书")
    perform(now(place).close, by=place["centre"])
    facts = {"project": place.lot.project, "name": "再次公告", "kind": place.lot.kind, "estimate": place.lot.estimate}
    place.lot = perform(Lot(**facts, retender_of=place.lot).register, by=place["owner"])
    place.session = another(place)
    void = scene.prepared(place)
    assert data_of(void, "draw.prepared")["prev"] == void.prev == first.commit_hash
    perform(void.void, by=place["supervisor"], cause="equipment", reason="断电")
    draw = scene.proved(place)
    assert (draw.seq, draw.committed().record["prev"]) == (2, first.commit_hash)
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out
    own = [one for one in dossier.events_of(draw) if one.subject_id == first.draw_id]
    assert [one.type for one in own] == ["draw.committed"]
