"""The pages of a committee: its desk with counts and calls, an expert's own calls, and the host's gathering."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bids.panel_doors import PANELS, SEATS, panel_of
from experts import committee, specialities
from experts.convening import CONDUCT
from experts.panel import Panel, name_of
from experts.seat import Kind, Seat
from trading import clock, looking
from trading.doors import pages as door_pages
from trading.doors.door import Task
from trading.lot import OWNER, Lot
from trading.party import Role, within
from trading.procedures import TENDERS, government_open_tender

AGENCY = within(Role.AGENCY, lambda lot: lot.project.agency_id)
EXCLUDED = {
    "E01": gettext_lazy("asked to be recused, or to be avoided"),
    "E02": gettext_lazy("interest in a bidder"),
    "E03": gettext_lazy("people of the owner or its agency"),
    "E04": gettext_lazy("people of a supervising department"),
    "E05": gettext_lazy("suspended, removed or punished"),
    "E08": gettext_lazy("on leave or engaged at that time"),
    "E09": gettext_lazy("new entry in its cooling period"),
}


def tasks_of(lot: Lot, person: Any) -> list[Task]:
    """Return the way to a lot's committee, for who may apply for one or sees it."""
    conducts = person.is_authenticated and (OWNER | AGENCY)(lot, person)
    known = Panel.objects.visible_to(person).filter(lot=lot).exists()
    if not (known or (conducts and lot.kind in TENDERS)):
        return []
    return [Task("committee", _("Evaluation committee"), reverse("lot_committee", args=[lot.code]))]


@login_required
@never_cache
@require_safe
def of_lot(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to the lot's committee, or to an application that proposes one (招标投标法 37; 87号令 47)."""
    lot = get_object_or_404(Lot.objects.select_related("project"), code=name)
    found = Panel.objects.filter(lot=lot).first()
    if not tasks_of(lot, request.user):
        looking.note(found, request.user)
        raise Http404
    return redirect("panel", found.pk) if found else redirect(f"{reverse('panel_new')}?{proposed(lot).urlencode()}")


def proposed(lot: Lot) -> QueryDict:
    """Return the application that fits the law best: the least number, with as many of the owner as it allows."""
    today = clock.local_date(lot.now())
    procured = lot.kind == government_open_tender.PROCEDURE.kind
    members = committee.size_rule(today, procured=procured, budget=lot.estimate).count
    experts = committee.fewest_experts(members, today)
    given = QueryDict(mutable=True)
    tender: Any = lot.procedure
    given.update({"lot": lot.code, "representatives": str(members - experts), "needs": f"A0601 | {experts}"})
    if tender is not None and tender.deadline is not None:
        given.update({"gather_at": clock.iso(tender.deadline), "place": tender.opening_place})
    return given


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest, name: str) -> HttpResponse:
    """Show a panel to who takes part: what was asked for, counts and codes, how the calls stand; no name."""
    found = panel_of(name, request.user)
    held = [seat for seat in found.seats.all() if seat.kind == Kind.EXPERT]
    context = {
        **door_pages.context_of(PANELS, found, request.user),
        "panel": found,
        "needs": [(specialities.name_of(one["code"]), one["code"], one["count"]) for one in found.needs],
        "pool": sorted(found.counts.get("pool", {}).items()),
        "excluded": [(code, EXCLUDED[code], n) for code, n in found.counts.get("excluded", {}).items()],
        "progress": [_line(seat) for seat in held],
        "hosts": CONDUCT(found, request.user),
        "members": found.published() if found.state == "dissolved" else [],
    }
    return render(request, "panels/panel.html", context)


def _line(seat: Seat) -> dict[str, Any]:
    """Return how the calls of a seat stand."""
    calls = [call for call in seat.calls.all() if call.sent_at is not None]
    return {"seat": seat, "speciality": specialities.name_of(seat.stratum), "attempts": len({c.attempt for c in calls})}


@login_required
@never_cache
@require_safe
def gathering(request: HttpRequest, name: str) -> HttpResponse:
    """Show the host who has come: each name once it is unsealed, and only to who unsealed it (87号令 45)."""
    found = panel_of(name, request.user)
    if not CONDUCT(found, request.user):
        looking.note(found, request.user)
        raise Http404
    seats = found.sitting().select_related("expert", "user")
    rows = [
        (seat, name_of(seat) if seat.unsealed_by_id == request.user.pk else "", SEATS.tasks(seat, request.user))
        for seat in seats
    ]
    context = {
        "panel": found,
        "lot": found.lot,
        "rows": rows,
        "awaited": found.wanted.composition.members - len(rows),
        "name_path": f"{reverse('seat_new')}?panel={found.pk}",
        "tasks": PANELS.tasks(found, request.user),
    }
    return render(request, "panels/gathering.html", context)


@login_required
@never_cache
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Show an expert the own calls: when and where, and what can be answered; never for which project."""
    own = Seat.objects.filter(expert__user=request.user.pk).select_related("panel").order_by("-created_at")
    rows = [(seat, SEATS.tasks(seat, request.user)) for seat in own[:50]]
    return render(request, "panels/calls.html", {"rows": rows})


@login_required
@never_cache
@require_safe
def seats(request: HttpRequest) -> HttpResponse:
    """Lead an expert to the own calls; who sees a committee gets the list of its seats."""
    if Panel.objects.visible_to(request.user).exists():
        return door_pages.listing(SEATS)(request)
    return redirect("panel_calls")


@login_required
@never_cache
@require_safe
def seat(request: HttpRequest, name: str) -> HttpResponse:
    """Lead an expert to the own calls, and others to the desk of the panel; a seat has no page of its own."""
    found: Seat = door_pages.record_of(SEATS, name, request.user)
    if found.expert is not None and found.expert.user_id == request.user.pk:
        return redirect("panel_calls")
    return redirect("panel", found.panel_id)


pages = [
    path("lots/<name:name>/committee/", of_lot, name="lot_committee"),
    path("calls/", calls, name="panel_calls"),
    *(route for route in door_pages.urls(PANELS) if route.name == "panel_new"),
    path("panels/<name:name>/", desk, name="panel"),
    path("panels/<name:name>/gathering/", gathering, name="panel_gathering"),
    *(route for route in door_pages.urls(SEATS) if route.name == "seat_new"),
    path("seats/", seats, name="seat_list"),
    path("seats/<name:name>/", seat, name="seat"),
]
