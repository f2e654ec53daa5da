"""A comparison taken to its list, into the hall, through the draw and to its award, by its own acts."""

from datetime import timedelta
from typing import Any

from tests import make
from tests.bids.conftest import DRAWN, Case
from tests.trading.draws import scene
from tests.trading.draws.scene import Hall, signed_in
from trading import clock
from trading.conduct import ConductRules
from trading.draws import sources
from trading.draws.draw import Draw
from trading.ledger import sequencer
from trading.party import Role
from trading.room import Kind, Room
from trading.session import Session
from trading.transitions import perform

CONTRIBUTORS = ("centre", "supervisor")


def listed(case: Case, enterprises: int = 4) -> list[Any]:
    """Publish the list; return its registrations."""
    case.open()
    registered = [case.register() for _ in range(enterprises)]
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)
    return registered


def hall(case: Case) -> Hall:
    """Open a session of the lot, with a badge for everybody of the case and a notary; time goes on from the draw's."""
    if clock.now() < DRAWN:
        case.clock.move_to(DRAWN, tick=True)
    room = perform(Room(kind=Kind.DRAW, name=f"抽取室{Room.objects.count()}", place="201").register, by=case.centre)
    rules = perform(ConductRules(role="", title="纪律", text="1. 保持安静。").publish, by=case.centre)
    start = clock.now()
    booked = Session(
        room=room, lot=case.lot, kind=Kind.DRAW, title="抽取", starts_at=start, ends_at=start + timedelta(hours=2)
    )
    session = perform(perform(booked.book, by=case.centre).open, by=case.centre)
    people = {"centre": case.centre, "owner": case.owner, "supervisor": case.supervisor}
    place = Hall(case.lot, session, {**people, "notary": make.user(Role.NOTARY)})
    for name, person in place.people.items():
        place.badges[name] = signed_in(session, person, rules.sha256)
    return place


def begun(case: Case) -> tuple[Hall, Draw]:
    """Begin the draw of the published list."""
    place = hall(case)
    comparison = perform(case.fresh().begin_draw, by=case.centre, session=place.session, beacon=scene.PHYSICAL)
    return place, comparison.draw


def committed(case: Case) -> tuple[Hall, Draw]:
    place, draw = begun(case)
    for name in CONTRIBUTORS:
        c = sources.commitment(draw.suite, draw.draw_id, scene.who_of(place, name), place.secrets[name]).hex()
        perform(draw.contribute, by=place[name], c=c)
    perform(draw.commit, by=place["centre"])
    return place, draw


def revealed(case: Case) -> tuple[Hall, Draw]:
    place, draw = committed(case)
    for name in CONTRIBUTORS:
        perform(draw.reveal, by=place[name], nonce=place.secrets[name].hex())
    return place, draw


def closed(case: Case) -> tuple[Hall, Draw]:
    """Close the reveals, witnessed."""
    place, draw = revealed(case)
    perform(draw.close_reveals, by=place["centre"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    return place, draw


def drawn(case: Case) -> tuple[Hall, Draw]:
    """Roll, read, confirm; the comparison takes the result."""
    place, draw = closed(case)
    for reader in ("centre", "owner"):
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    perform(draw.confirm_dice, by=place["supervisor"])
    perform(case.fresh().take_result, by=case.centre)
    return place, draw


def publicised(case: Case) -> tuple[Hall, Draw]:
    place, draw = drawn(case)
    perform(case.fresh().publicise, by=case.owner)
    return place, draw


def noticed(case: Case) -> tuple[Hall, Draw]:
    """Send the notice of award, after the publicity."""
    place, draw = publicised(case)
    case.clock.move_to(DRAWN + timedelta(days=5))
    perform(case.fresh().send_notice, by=case.owner)
    return place, draw
