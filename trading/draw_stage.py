"""The stage of a draw in its session's hall: what everybody sees of it, and the panel of those who take part."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe

from trading import draw_pages
from trading.doors.door import DOORS
from trading.draws import contributor, selector
from trading.draws.committing import State
from trading.draws.draw import READINGS, Draw
from trading.errors import RuleError
from trading.ledger import proofs
from trading.party import Role
from trading.room import Kind
from trading.session import SUPERVISING, Session
from trading.stages import STAGES, Stage

SHOWN = 10
STEPS = ("contribute", "reveal", "witness", "dice", "result")
OWN_PANELS = frozenset({"contribute", "reveal", "enter_dice", "confirm_dice"})
READER_ROLES = (Role.CENTRE_STAFF, Role.OWNER, Role.AGENCY, Role.NOTARY)


@dataclass(frozen=True)
class Part:
    """What one person present can do in the draw now."""

    who: str
    api: str
    contribute: bool
    reveal: bool
    lost: bool
    read: bool
    confirm: bool
    badges: list[tuple[str, str]]
    digits: str
    hands: list[str]
    tasks: list[Any]

    @property
    def has_something(self) -> bool:
        return any((self.contribute, self.reveal, self.read, self.confirm, self.tasks))


def context(session: Session, person: Any) -> dict[str, Any]:
    """Return what the stage shows."""
    draw = current(session)
    if draw is None:
        return {"draw": None, "step": "", "slots": [], "steps": STEPS}
    result, step = draw.state == State.DRAWN, step_of(draw)
    digits = read_digits(draw)
    return {
        "draw": draw,
        "steps": STEPS,
        "step": step,
        "done_steps": STEPS[: STEPS.index(step)] if step in STEPS else (),
        "shares": draw_pages.shares_of(draw),
        "digits": digits,
        "slots": [*digits] or ["?"] * int(draw.beacon.get("digits", 0)),
        "top": top_of(draw) if result else [],
        "n": draw.list_facts["n"],
        "part": part_of(draw, session, person),
        **{key: draw_pages.facts_of(draw)[key] for key in ("beacon", "demonstration", "cut_off_at")},
    }


STAGES[Kind.DRAW] = STAGES[Kind.PANEL] = Stage("draws", context)


def current(session: Session) -> Draw | None:
    """Return the newest draw of a session."""
    return session.draws.select_related("lot__project__owner", "session__room").order_by("pk").last()


def step_of(draw: Draw) -> str:
    """Return the step at which the draw stands."""
    if draw.state == State.CLOSED:
        return "dice" if cosigned(draw) else "witness"
    return {State.PREPARING: "contribute", State.COMMITTED: "reveal", State.DRAWN: "result"}.get(draw.state, "void")


def cosigned(draw: Draw) -> bool:
    """Say whether witnesses have cosigned the close of the reveals."""
    return proofs.cosigned_after(draw.event_of("draw.closed"))


def read_digits(draw: Draw) -> str:
    """Return the digits once two people have read the same; a single reading is shown to nobody."""
    if draw.beacon.get("kind") != "physical":
        return ""
    read = list(draw.dice.filter(attempt=draw.attempt).order_by("pk"))
    return read[0].digits if len(read) == READINGS else ""


def top_of(draw: Draw) -> list[draw_pages.Place]:
    """Return the first places of the ranking."""
    slips = draw.ranking()[:SHOWN]
    names = draw_pages.names_of(draw, [selector.ident_of(slip) for slip in slips])
    roles = {ident: "seated" for ident, _stratum in draw.result["seated"]}
    roles |= {ident: "alternate" for ident, _stratum in draw.result["alternates"]}
    return [draw_pages.place_of(n, slip, names, roles) for n, slip in enumerate(slips, 1)]


def part_of(draw: Draw, session: Session, person: Any) -> Part | None:
    """Return what a person who is signed in to the session can do now, or None for a watcher."""
    door = DOORS.get(Draw.noun)
    sign_in = session.sign_ins.filter(user=person, state="present").first() if person.is_authenticated else None
    if door is None or sign_in is None:
        return None
    acts = set(door.open_to(draw, person))
    who = name_of(draw, sign_in.role, person)
    own = draw.contributions.filter(who=who).first() if who else None
    read = "enter_dice" in acts and sign_in.role in READER_ROLES and may_read(draw, person)
    confirm = "confirm_dice" in acts and bool(read_digits(draw))
    return Part(
        who=who,
        api=f"/api/v1/{door.path}/{door.name_of(draw)}/",
        contribute="contribute" in acts and bool(who) and own is None,
        reveal="reveal" in acts and draw.state == State.COMMITTED and own is not None and not own.value,
        lost=own is not None and not own.value and draw.state in {State.CLOSED, State.DRAWN},
        read=read,
        confirm=confirm,
        badges=badges_of(session) if read else [],
        digits=read_digits(draw) if confirm else "",
        hands=sorted({badge for entry in draw.dice.filter(attempt=draw.attempt) for badge in entry.hands}),
        tasks=[task for task in door.tasks(draw, person) if task.name not in OWN_PANELS],
    )


def name_of(draw: Draw, role: str, person: Any) -> str:
    """Return the contributor's name of a person present, or nothing for one who does not contribute."""
    if role not in {Role.CENTRE_STAFF, Role.BIDDER, *SUPERVISING}:
        return ""
    try:
        return contributor.contributor(role, person, {one.id for one in draw.frozen().candidates})
    except RuleError:
        return ""


def may_read(draw: Draw, person: Any) -> bool:
    """Say whether a person may read the dice now: after the witness, once, until two have."""
    if draw.beacon.get("kind") != "physical" or not cosigned(draw):
        return False
    read = list(draw.dice.filter(attempt=draw.attempt).values_list("user_id", flat=True))
    return len(read) < READINGS and person.pk not in read


def badges_of(session: Session) -> list[tuple[str, str]]:
    """Return the badges in the room with their roles, for the question who rolled."""
    there = session.sign_ins.filter(state="present").select_related("badge").order_by("badge__number")
    return [(one.badge.number, one.get_role_display()) for one in there]


def _session(request: HttpRequest, number: int) -> Session:
    rows = Session.objects.visible_to(request.user).filter(kind__in=[Kind.DRAW, Kind.PANEL])
    found: Session = get_object_or_404(rows, pk=number if number < 10**18 else 0)
    return found


@require_safe
def cut_off(request: HttpRequest, number: int) -> JsonResponse:
    """Say whether the witness has cosigned the close of the reveals, while the hall waits for it."""
    draw = current(_session(request, number))
    waiting = draw is not None and draw.state == State.CLOSED
    done = draw is not None and (draw.state == State.DRAWN or (waiting and cosigned(draw)))
    return JsonResponse({"cosigned": done}, headers={"Cache-Control": "no-store"})


@require_safe
def names(request: HttpRequest, number: int) -> JsonResponse:
    """Return the names of the enterprises on the list by their codes, for the ranking as it falls."""
    session = _session(request, number)
    draw = current(session)
    found = draw_pages.names_of(draw, [one.id for one in draw.frozen().candidates]) if draw else {}
    caching = "public, max-age=60" if session.transcript.public else "private, no-store"
    return JsonResponse({"names": found}, headers={"Cache-Control": caching})


pages = [
    path("sessions/<int:number>/cut-off.json", cut_off, name="hall_cut_off"),
    path("sessions/<int:number>/names.json", names, name="hall_names"),
]
