"""The scene of the tests of draws: a lot, a draw session with its people, and a draw at each stage."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests import make
from trading import clock
from trading.attendance import SignIn
from trading.conduct import ConductRules
from trading.draws import candidates, sources
from trading.draws.draw import Draw
from trading.ledger import sequencer
from trading.party import Role, User
from trading.room import Kind, Room
from trading.session import Session
from trading.transitions import perform

SECRETS = {name: hashlib.sha256(name.encode()).digest() for name in ("centre", "supervisor", "bidder1", "bidder2")}
DICE = "07315820946471103928"
PHYSICAL = {"kind": "physical", "digits": 20}
QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
ROUND_1000 = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
EVIDENCE = hashlib.sha256(b"letter").hexdigest()
PLAN = [{"st": "ALL", "k": 1, "alt": 2}]


@dataclass
class Hall:
    """A draw session in progress, with everybody signed in."""

    lot: Any
    session: Any
    people: dict[str, User]
    badges: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, bytes] = field(default_factory=lambda: dict(SECRETS))

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def hands(self) -> list[str]:
        return [self.badges[name] for name in ("owner", "supervisor", "notary")]


def hall(*, bidders: int = 1, rehearsal: bool = False, kind: Kind = Kind.DRAW) -> Hall:
    """Return the session of a draw, open, with the centre, the owner, the supervisor, a notary and bidders in it."""
    centre, owner = make.user(Role.CENTRE_STAFF), make.user(Role.OWNER)
    people = {"centre": centre, "owner": owner}
    people["colleague"] = make.user(Role.CENTRE_STAFF, of=make.home(centre))
    people |= {"supervisor": make.user(Role.SITE_SUPERVISOR), "notary": make.user(Role.NOTARY)}
    people |= {f"bidder{number}": make.user(Role.BIDDER) for number in range(1, bidders + 1)}
    lot = make.lot(owner=owner, of=make.project(owner=owner, rehearsal=rehearsal))
    room = perform(Room(kind=kind, name=f"抽取室{lot.code}", place="201").register, by=centre)
    rules = perform(ConductRules(role="", title="纪律", text="1. 保持安静。").publish, by=centre)
    start = clock.now()
    booked = Session(room=room, lot=lot, kind=kind, title="抽取", starts_at=start, ends_at=start + timedelta(hours=2))
    session = perform(perform(booked.book, by=centre).open, by=centre)
    made = Hall(lot, session, people)
    for name, person in people.items():
        made.badges[name] = signed_in(session, person, rules.sha256)
    return made


def signed_in(session: Any, person: User, sha256: str) -> str:
    membership = person.active_memberships()[0]
    sign_in = SignIn(session=session, organisation=membership.organisation, role=membership.role)
    number: str = perform(sign_in.sign_in, by=person, conduct_sha256=sha256).badge.number
    return number


def unprepared(place: Hall, **facts: Any) -> Draw:
    """Return a draw of the hall's bidders and nine others, not yet begun."""
    ids = [make.home(place[name]).uscc for name in place.people if name.startswith("bidder")]
    ids += [f"91410900MA{number:08d}" for number in range(9)]
    raw = candidates.write_list(candidates.Candidate(ident, ("ALL",)) for ident in ids)
    given = {"plan": PLAN, "beacon": PHYSICAL, "rule": {"id": "比选-v1", "sha": EVIDENCE}, "list_file": raw.decode()}
    return Draw(lot=place.lot, session=place.session, **{**given, **facts})


def prepared(place: Hall, **facts: Any) -> Draw:
    done: Draw = perform(unprepared(place, **facts).prepare, by=place["centre"])
    return done


def who_of(place: Hall, name: str) -> str:
    if name.startswith("bidder"):
        return f"bidder:{make.home(place[name]).uscc}"
    return {"centre": "operator"}.get(name, name)


def contributed(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    draw = prepared(place, **facts)
    for name in names:
        c = sources.commitment(draw.suite, draw.draw_id, who_of(place, name), place.secrets[name]).hex()
        perform(draw.contribute, by=place[name], c=c)
    return draw


def committed(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    draw = contributed(place, names, **facts)
    perform(draw.commit, by=place["centre"])
    return draw


def revealed(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    draw = committed(place, names, **facts)
    for name in names:
        perform(draw.reveal, by=place[name], nonce=place.secrets[name].hex())
    return draw


def closed(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    """Return a draw whose reveals are closed, not yet witnessed."""
    draw = revealed(place, names, **facts)
    perform(draw.close_reveals, by=place["centre"])
    return draw


def witnessed(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    draw = closed(place, names, **facts)
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    return draw


def read(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    draw = witnessed(place, names, **facts)
    for reader in ("centre", "owner"):
        perform(draw.enter_dice, by=place[reader], digits=DICE, hands=place.hands())
    return draw


def drawn(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    draw = read(place, names, **facts)
    perform(draw.confirm_dice, by=place["supervisor"])
    return draw


def proved(place: Hall, names: tuple[str, ...] = ("centre", "supervisor"), **facts: Any) -> Draw:
    """Return a finished draw whose last act a witness has cosigned too."""
    draw = drawn(place, names, **facts)
    assert sequencer.ensure_cosigned(draw.event_of("draw.dice_confirmed"))
    return draw
