"""The stage of an opening in its session's hall: what everybody sees of it, and the panel of those who take part.

Before the close nothing here knows of any bid; before the reading out nothing shows any content (招标投标法 22).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bids import opening_lines, opening_words
from bids.closing import GRACE
from bids.custody import BIDDER, Custodian, Mode, sets_of
from bids.decrypting import BIDS_HERE, own_rows
from bids.opened import READ_OUT, OpenedBid, Outcome, Share
from bids.opening import HOSTS, Opening, Signature
from bids.opening_doors import OBJECTIONS, OPENINGS
from bids.opening_objection import OpeningObjection, has_room
from trading import clock
from trading.doors.door import Task
from trading.live import SessionEvent
from trading.party import Role
from trading.room import Kind
from trading.session import Session, SessionState
from trading.stages import STAGES, Stage

STEPS = (
    ("deadline", _("Deadline")),
    ("closed", _("List fixed")),
    ("decrypting", _("Decryption")),
    ("read_out", _("Reading out")),
    ("signed", _("Confirmed and signed")),
    ("finished", _("Finished")),
)
CODES = tuple(code for code, _label in STEPS)
OWN_PLACE = frozenset({"give_own_share"})  # acts that have a page of their own


@dataclass(frozen=True)
class Keeper:
    """A custodian on the stage, and how many shares it has given of those that it holds."""

    holder: str
    words: str
    organisation: str
    given: int
    each: int
    total: int


@dataclass(frozen=True)
class Part:
    """What one person can do at the opening now."""

    own: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    objections: list[tuple[OpeningObjection, list[Task]]] = field(default_factory=list)
    hosts: bool = False

    @property
    def own_numbers(self) -> str:
        return " ".join(str(line["number"]) for line in self.own)

    @property
    def has_something(self) -> bool:
        return bool(self.own or self.tasks or self.objections)


def context(session: Session, person: Any) -> dict[str, Any]:
    """Return what the stage shows; a session booked by hand has no opening."""
    opening = Opening.objects.filter(session=session).select_related("lot__tender", "lot__project", "session").first()
    if opening is None:
        return {"opening": None}
    step = step_of(opening)
    return {
        "opening": opening,
        "tender": opening.tender,
        "steps": STEPS,
        "step": step,
        "done_steps": CODES if opening.state == "finished" else CODES[: CODES.index(step)],
        "failure": opening_words.VALUES["reason"].get(opening.failure, opening.failure),
        "opens": opening.deadline + GRACE,
        "named_most": opening_lines.NAMED,
        "part": part_of(opening, person),
        "unread": opening_words.UNREAD % {"code": "{code}"},
        "keepers": _keepers(opening, 0),
        **(_after_close(opening) if opening.state not in {"", "scheduled"} else {}),
    }


STAGES[Kind.OPENING] = Stage("openings", context)


def step_of(opening: Opening) -> str:
    """Return the step at which the opening stands."""
    if opening.state == "read_out":
        begun = opening.signatures.exists() or opening.opened.exclude(confirmed_at=None).exists()
        return "signed" if begun else "read_out"
    return {"decrypting": "decrypting", "finished": "finished", "": "deadline", "scheduled": "deadline"}.get(
        opening.state, "closed"
    )


def _after_close(opening: Opening) -> dict[str, Any]:
    """Return what is public once the list is fixed: how many, then who and how far, then everything."""
    total = opening.opened.count()
    shown = {"total": total, "done": total - opening.opened.undecided().count()}
    if opening.state in {"closed", "failed"}:
        return shown
    read = opening.state in READ_OUT
    return {
        **shown,
        **_window(opening),
        "lights": opening_lines.lights(opening, _shared(opening)),
        "named": total <= opening_lines.NAMED,
        "keepers": _keepers(opening, total),
        "read": read,
        "rows": opening_lines.table(opening) if read else "",
        "confirmed": list(opening.opened.exclude(confirmed_at=None).values_list("number", flat=True)),
        "signed": [_signed(one) for one in opening.signatures.order_by("pk")],
        "objections": opening.objections.order_by("pk"),
    }


def _signed(one: Signature) -> str:
    """Return who signed as the hall names officials: by side and role."""
    at = one.signed_at.astimezone(clock.LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    return f"{opening_words.SIDES[one.side]} ({Role(one.role).label}) {at}"


def _shared(opening: Opening) -> set[int]:
    """Return the bids whose bidder has given its own share, where there is one."""
    if opening.tender.mode != Mode.TB:
        return set()
    return set(Share.objects.filter(opened__opening=opening, holder=BIDDER).values_list("opened_id", flat=True))


def _keepers(opening: Opening, total: int) -> list[Keeper]:
    """Return the custodians, who are public from the notice on; `each` is how many shares a bid gives one of them."""
    counted = Share.objects.filter(opened__opening=opening).values_list("holder").annotate(count=Count("pk"))
    given = dict(counted)
    held = [holder for holders in sets_of(opening.tender.mode) for holder in holders]
    rows = opening.lot.custodians.select_related("organisation").order_by("pk")
    return [_keeper(one, given.get(one.holder, 0), held.count(one.holder), total) for one in rows]


def _keeper(one: Custodian, given: int, each: int, total: int) -> Keeper:
    return Keeper(one.holder, one.get_holder_display(), one.organisation.name, given, each, total * each)


def _window(opening: Opening) -> dict[str, Any]:
    """Return when the window ends and, in a pause, since when it stands still; both on the lot's clock."""
    ends, since = opening.window_ends(), paused_since(opening.session)
    return {"window_ends": ends - (clock.now() - since if since else timedelta(0)), "paused_since": since}


def paused_since(session: Session) -> datetime | None:
    """Return since when a session is in a pause, None if it is not."""
    if session.state != SessionState.SUSPENDED:
        return None
    said = SessionEvent.objects.filter(transcript_id=session.transcript_id, kind="session.suspended")
    since: datetime = said.order_by("seq").values_list("at", flat=True).last()  # type: ignore[assignment]
    return since


def part_of(opening: Opening, person: Any) -> Part | None:
    """Return what a person can do at the opening now, None for a watcher."""
    if not person.is_authenticated:
        return None
    rows = own_rows(opening, person) if opening.state not in {"", "scheduled", "closed"} else []
    hosts = HOSTS(opening, person)
    raised = opening.objections.order_by("pk") if hosts else ()
    return Part(
        own=[_own(opening, row) for row in rows],
        tasks=[*_own_pages(opening, person), *(t for t in OPENINGS.tasks(opening, person) if t.name not in OWN_PLACE)],
        objections=[(one, OBJECTIONS.tasks(one, person)) for one in raised if one.state == "raised"],
        hosts=hosts,
    )


def _own(opening: Opening, row: OpenedBid) -> dict[str, Any]:
    """Return a bidder's own line: its content is shown to itself no sooner than to all."""
    line = opening_lines.line_of(row) if opening.state in READ_OUT else {**row.listed(), "outcome": row.outcome}
    given = {"words": Outcome(row.outcome).label, "confirmed": row.confirmed_at is not None, "bid": row.bid.number}
    return {**line, **given, "downloads": opening.state in READ_OUT and bool(row.secret)}


def _own_pages(opening: Opening, person: Any) -> list[Task]:
    """Return the pages where a custodian and a bidder act, and where a bidder objects."""
    found = []
    held = {m.organisation_id for m in person.active_memberships()}
    if opening.state in {"scheduled", "closed", "decrypting"}:
        keeps = Custodian.objects.filter(lot=opening.lot, organisation_id__in=held)
        found += [Task("custody", str(_("Your custody: hand in the shares")), _custody(one)) for one in keeps]
    if opening.state == "decrypting" and opening.tender.mode == Mode.TB and BIDS_HERE(opening, person):
        address = reverse("opening_my_share", args=[opening.pk])
        found.append(Task("give_own_share", OPENINGS.label_of("give_own_share"), address))
    if has_room(opening, person):
        address = f"{reverse('opening_objection_new')}?opening={opening.pk}"
        found.append(Task("raise_", OBJECTIONS.label_of("raise_"), address))
    return found


def _custody(custodian: Custodian) -> str:
    return reverse("custody", args=[custodian.pk])


@never_cache
@require_safe
def part(request: HttpRequest, number: int) -> HttpResponse:
    """Show the panel alone, for a hall that is open already."""
    if not request.user.is_authenticated:
        raise Http404
    opening = get_object_or_404(Opening.objects.select_related("lot__tender", "lot__project", "session"), pk=number)
    return render(request, "openings/_part.html", {"opening": opening, "part": part_of(opening, request.user)})


pages = [path("openings/<int:number>/part/", part, name="opening_part")]
