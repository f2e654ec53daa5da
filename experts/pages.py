"""The pages of the library: the keeper's desk, an expert's card, one's own page, and a look at personal data."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from experts.doors import EXPERTS, ExpertFilter
from experts.entry import READERS
from experts.expert import Expert
from experts.looking import OFFICIALS, Look
from trading import clock
from trading.doors import pages as door_pages
from trading.doors import paging
from trading.errors import RuleError


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the library to its readers, and to everybody else the own entries, masked."""
    rows = Expert.objects.visible_to(request.user).known()
    chosen = ExpertFilter(request.GET, queryset=rows)
    found = paging.page(chosen.qs if chosen.is_valid() else rows.none(), EXPERTS.order, request.GET)
    context = {
        "rows": found.rows,
        "filter_form": chosen.form,
        "filter_count": chosen.qs.count() if chosen.is_valid() else None,
        "next_path": paging.turned(request, found.after),
        "previous_path": paging.turned(request, found.before),
        "reads_all": bool(request.user.roles() & READERS),  # type: ignore[union-attr]
        "can_recommend": EXPERTS.creatable_by(request.user, "recommend"),
    }
    return render(request, "experts/desk.html", context)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Lead an expert to the own entry, or to the application where there is none."""
    own = Expert.objects.filter(user=request.user.pk).first()
    return redirect("expert", own.number) if own else redirect("expert_new")


@login_required
@never_cache
@require_safe
def card(request: HttpRequest, name: str) -> HttpResponse:
    """Show one entry, masked, with its specialities, ties, leaves and suspensions, and what the reader can do."""
    found: Expert = door_pages.record_of(EXPERTS, name, request.user)
    today = clock.local_date(clock.now())
    context = {
        "expert": found,
        "person": found.masked,
        "own": found.user_id == request.user.pk,
        "leaves": [one for one in found.leaves.all() if one.ends_on >= today],
        "tasks": EXPERTS.tasks(found, request.user),
        "can_look": bool(request.user.roles() & OFFICIALS) or found.user_id == request.user.pk,  # type: ignore[union-attr]
    }
    return render(request, "experts/expert.html", context)


@login_required
@never_cache
@require_safe
def look(request: HttpRequest, number: int) -> HttpResponse:
    """Show the data in full to who asked, for ten minutes, and afterwards only that it was seen."""
    found = get_object_or_404(Look.objects.visible_to(request.user).select_related("expert", "by"), pk=number)
    try:
        data = found.read(request.user)
    except RuleError:
        data = None
    return render(request, "experts/look.html", {"look": found, "data": data})


pages = [
    path("experts/", desk, name="expert_list"),
    path("experts/mine/", mine, name="expert_mine"),
    *(route for route in door_pages.urls(EXPERTS) if route.name in {"expert_new", "expert_recommend"}),
    path("experts/<name:name>/", card, name="expert"),
    path("personal-looks/<int:number>/", look, name="personal_look"),
]
