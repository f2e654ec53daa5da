"""An announced tender whose committee is to be formed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bids import sides
from experts import due
from experts.expert import Expert
from experts.panel import Panel
from experts.seat import HELD, Seat
from experts.wanted import Need, Wanted
from tests import make
from tests.bids.tenders.conftest import DEADLINE, Case, case_of
from tests.experts import people
from tests.trading.draws import scene
from tests.trading.draws.scene import Hall
from trading import clock
from trading.conduct import ConductRules
from trading.draws import sources
from trading.ledger import sequencer
from trading.party import Role
from trading.room import Kind, Room
from trading.session import Session
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


@dataclass
class Desk:
    """An approved panel on the day of its draw, with the room and everybody in it."""

    case: Case
    panel: Panel
    hall: Hall
    experts: list[Expert]

    @property
    def key(self) -> Any:
        """The age key of the lot's supervisor, which lives in a browser."""
        return self.case.identities["supervisor"]

    def fresh(self) -> Panel:
        return Panel.objects.get(pk=self.panel.pk)

    def begin(self, **facts: Any) -> Panel:
        given = {"session": self.hall.session, "beacon": scene.PHYSICAL, **sides.of_draw(self.case.lot), **facts}
        done: Panel = perform(self.panel.begin_draw, by=self.hall["centre"], **given)
        return done

    def draw(self) -> Panel:
        """Walk the draw to its result and take it over."""
        self.begin()
        walk(self.fresh().draw, self.hall)
        done: Panel = perform(self.fresh().take_result, by=self.hall["centre"])
        return done

    def call(self) -> Panel:
        """Let the experts be called, as the clock does it."""
        self.draw()
        perform(self.fresh().notify, by=self.hall["centre"])
        due.call_experts()
        return self.fresh()

    def witness(self) -> None:
        """Let the last skip be witnessed, as it is at its commit, and the next be called."""
        draw: Any = self.fresh().draw
        assert sequencer.ensure_cosigned(draw.event_of("draw.skipped"))
        due.call_experts()

    def seats(self, *states: str) -> list[Seat]:
        return list(self.fresh().seats.filter(state__in=states or HELD).order_by("number"))

    def accept(self) -> Panel:
        """Let everybody who is called accept."""
        seats: list[Any] = self.seats("called")
        for seat in seats:
            perform(seat.accept, by=seat.expert.user)
        return self.fresh()


def walk(draw: Any, hall: Hall) -> None:
    """Take a prepared draw to its result: contributions, reveals, the witness, the dice."""
    for name in ("centre", "supervisor"):
        c = sources.commitment(draw.suite, draw.draw_id, scene.who_of(hall, name), hall.secrets[name]).hex()
        perform(draw.contribute, by=hall[name], c=c)
    perform(draw.commit, by=hall["centre"])
    for name in ("centre", "supervisor"):
        perform(draw.reveal, by=hall[name], nonce=hall.secrets[name].hex())
    perform(draw.close_reveals, by=hall["centre"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    for name in ("centre", "owner"):
        perform(draw.enter_dice, by=hall[name], digits=scene.DICE, hands=hall.hands())
    perform(draw.confirm_dice, by=hall["supervisor"])


def library(count: int = 8) -> list[Expert]:
    """Admit experts of two specialities, each with an account, into the library of rehearsals."""
    school, keeper = make.organisation("示范大学", rehearsal=True), make.user(Role.SECTOR_REGULATOR)
    made = []
    for _number in range(count):
        account = make.user(Role.EXPERT, of=school)
        entry = perform(Expert().apply, by=account, who=people.who(), profile=people.profile())
        made.append(perform(entry.admit, by=keeper))
    return made


def room(case: Case) -> Hall:
    """Return the open session of the draw of experts, with centre, owner, supervisor and notary in it."""
    centre = make.user(Role.CENTRE_STAFF)
    present = {"centre": centre, "owner": case.owner, "supervisor": case.keepers["supervisor"]}
    present |= {"notary": make.user(Role.NOTARY)}
    place = perform(Room(kind=Kind.PANEL, name="专家抽取室", place="301").register, by=centre)
    rules = perform(ConductRules(role="", title="纪律", text="1. 保持安静。").publish, by=centre)
    start = clock.now()
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    booked = Session(room=place, lot=case.lot, kind=Kind.PANEL, title="专家抽取", **times)
    made = Hall(case.lot, perform(perform(booked.book, by=centre).open, by=centre), present)
    for name, person in present.items():
        made.badges[name] = scene.signed_in(made.session, person, rules.sha256)
    return made


@pytest.fixture
def desk(case, approver):
    """Return an approved panel six hours before its gathering, with eight experts to draw from."""
    experts = library()
    due.take_snapshots()
    case.clock.move_to(clock.now() + timedelta(hours=1))
    panel = perform(Panel(lot=case.lot).apply, by=case.agency, wanted=wanted())
    perform(panel.approve, by=approver)
    case.clock.move_to(GATHER - timedelta(hours=6), tick=True)
    return Desk(case, panel, room(case), experts)
