"""The pages of live sessions: the list with the rooms' week, the hall, its big screen, sign-in, badge."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from trading import clock, spoken, stages
from trading.attendance import ADMITTED, SignIn, SiteBadge
from trading.conduct import ConductRules
from trading.doors import addresses
from trading.errors import InvalidInput
from trading.party import Membership
from trading.room import Room
from trading.session import Session, SessionState
from trading.session_doors import SESSION
from trading.transitions import perform

SHOWN = 500
NOW = (SessionState.OPEN, SessionState.SUSPENDED)
DAY_BEGINS, DAY_ENDS = 8, 20


class Slot(NamedTuple):
    """A session in the rooms' week: where its bar begins and how wide it is, in percent of the day."""

    session: Session
    left: int
    width: int


class RoomWeek(NamedTuple):
    """A room and its sessions, day by day."""

    room: Room
    days: list[list[Slot]]


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Show what is live now, what comes next and the week of every room."""
    seen = Session.objects.visible_to(request.user).select_related("room", "transcript", "lot")
    if not request.user.is_authenticated:
        seen = seen.filter(transcript__rehearsal=False)  # a rehearsal is in no public list
    monday = _monday(request.GET.get("week", ""))
    context = {
        "now": seen.filter(state__in=NOW),
        "coming": seen.filter(state=SessionState.SCHEDULED, ends_at__gte=clock.now())[:20],
        "past": seen.filter(state=SessionState.CLOSED).order_by("-starts_at")[:10],
        "days": [monday + timedelta(days=n) for n in range(7)],
        "rooms": _week(seen, monday),
        "earlier": monday - timedelta(days=7),
        "later": monday + timedelta(days=7),
        "today": clock.local_date(clock.now()),
        "may_book": SESSION.creatable_by(request.user),
    }
    return render(request, "sessions/list.html", context)


def _monday(given: str) -> date:
    try:
        day = date.fromisoformat(given) if given else clock.local_date(clock.now())
        monday = day - timedelta(days=day.weekday())
        return monday if date(2000, 1, 3) < monday < date(2999, 12, 25) else _monday("")
    except ValueError:
        return _monday("")


def _week(seen: Any, monday: date) -> list[RoomWeek]:
    start = datetime.combine(monday, time.min, clock.LOCAL)
    held = seen.exclude(state=SessionState.CANCELLED).within(start, start + timedelta(days=7)).order_by("starts_at")
    by_room: dict[int, list[list[Slot]]] = {}
    for session in held:
        days = by_room.setdefault(session.room_id, [[] for _day in range(7)])
        place = max(0, (clock.local_date(session.starts_at) - monday).days)
        days[place].append(_slot(session))
    rooms = Room.objects.filter(state="in_use")
    return [RoomWeek(room, by_room.get(room.pk, [[] for _day in range(7)])) for room in rooms]


def _slot(session: Session) -> Slot:
    begins, ends = (_percent(moment.astimezone(clock.LOCAL)) for moment in (session.starts_at, session.ends_at))
    if clock.local_date(session.ends_at) > clock.local_date(session.starts_at):
        ends = 100
    return Slot(session, begins, max(4, ends - begins))


def _percent(moment: datetime) -> int:
    hours = moment.hour + moment.minute / 60 - DAY_BEGINS
    return round(min(1.0, max(0.0, hours / (DAY_ENDS - DAY_BEGINS))) * 100)


def _seen(request: HttpRequest, number: int) -> Session:
    session: Session | None = SESSION.seen_by(request.user, str(number))
    if session is None:
        raise Http404
    return session


@require_safe
def hall(request: HttpRequest, number: int) -> HttpResponse:
    """Show a session as it happens."""
    session = _seen(request, number)
    return render(request, f"{stages.of(session).folder}/hall.html", _hall_context(request, session))


@require_safe
def screen(request: HttpRequest, number: int) -> HttpResponse:
    """Show a session on the projector of its room."""
    session = _seen(request, number)
    return render(request, f"{stages.of(session).folder}/screen.html", _hall_context(request, session))


def _hall_context(request: HttpRequest, session: Session) -> dict[str, Any]:
    everything = "all" in request.GET
    events = session.transcript.events.order_by("-seq")[: None if everything else SHOWN]
    lines = spoken.lines(events)
    return {
        "session": session,
        "lot": session.lot,
        "rehearsal": session.transcript.rehearsal,
        "lines": lines,
        "last": lines[0].seq if lines else 0,
        "more": bool(lines) and lines[-1].seq > 1,
        "words": spoken.words(),
        "standing": spoken.STANDING,
        "ahead": session.lot.clock_ahead if session.lot else None,
        "sign_in": _own(request, session),
        "may_sign_in": bool(_memberships(request, session)) and session.state in {*NOW, SessionState.SCHEDULED},
        "may_act": any(SESSION.holds_power(session, act, request.user) for act in SESSION.acts),
        "acts": [(act, SESSION.label_of(act)) for act in SESSION.open_to(session, request.user)],
        **stages.of(session).context(session, request.user),
    }


def _own(request: HttpRequest, session: Session) -> SignIn | None:
    if not request.user.is_authenticated:
        return None
    return session.sign_ins.filter(user=request.user, state="present").select_related("badge").first()


def _memberships(request: HttpRequest, session: Session) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return [m for m in request.user.active_memberships() if m.role in ADMITTED[session.kind]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, number: int) -> HttpResponse:
    """Read and confirm the rules of conduct, then receive a badge."""
    session = _seen(request, number)
    choices = _memberships(request, session)
    there = _own(request, session)
    if there is not None:
        return redirect("badge", token=there.badge.token)
    if request.method == "POST":
        chosen = next((m for m in choices if str(m.pk) == request.POST.get("membership")), None)
        if chosen is None:
            raise InvalidInput(_("Choose the role in which you sign in."), code="role_missing")
        coming = SignIn(session=session, organisation=chosen.organisation, role=chosen.role)
        there = perform(coming.sign_in, by=request.user, conduct_sha256=request.POST.get("conduct_sha256", ""))
        return redirect("badge", token=there.badge.token)
    chosen = next((m for m in choices if str(m.pk) == request.GET.get("as")), choices[0] if len(choices) == 1 else None)
    rules = ConductRules.objects.applying_to(chosen.role) if chosen else None
    context = {"session": session, "lot": session.lot, "choices": choices, "chosen": chosen, "rules": rules}
    return render(request, "sessions/sign_in.html", context)


@require_safe
def badge(request: HttpRequest, token: str) -> HttpResponse:
    """Show a badge to print, and to whoever scans it whether it is valid; it names nobody."""
    found = get_object_or_404(SiteBadge.objects.select_related("sign_in__session__room"), token=token)
    _seen(request, found.sign_in.session_id)
    address = addresses.absolute(request, reverse("badge", args=[token]))
    context = {"badge": found, "sign_in": found.sign_in, "session": found.sign_in.session, "address": address}
    return render(request, "sessions/badge.html", context)


@require_safe
def badge_code(request: HttpRequest, token: str) -> HttpResponse:
    """Draw the QR code of a badge: the address of its page."""
    found = get_object_or_404(SiteBadge, token=token)
    address = addresses.absolute(request, reverse("badge", args=[found.token]))
    drawing = segno.make_qr(address, error="m").svg_inline(
        scale=8, border=4, omitsize=True, svgclass=None, lineclass=None
    )
    picture = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


pages = [
    path("sessions/", sessions, name="live"),
    path("sessions/<int:number>/screen/", screen, name="session_screen"),
    path("sessions/<int:number>/sign-in/", sign_in, name="session_sign_in"),
    path("sessions/<int:number>/", hall, name="hall"),
    path("badges/<str:token>/", badge, name="badge"),
    path("badges/<str:token>/code.svg", badge_code, name="badge_code"),
]
