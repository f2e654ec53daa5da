"""The public pages of notices: home, the list with its filters, a notice with its versions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trading import clock
from trading.api import NOTICES, NoticeFilter
from trading.doors import paging
from trading.draws.draw import Draw
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.session import Session, SessionState

NEWEST = 6
LABELS = {
    "project": _("Project"),
    "lot": _("Lot"),
    "scope": _("Scope"),
    "fixed_price": _("Fixed price (yuan)"),
    "qualification": _("Qualification asked for"),
    "registration_from": _("Registration opens"),
    "registration_until": _("Registration closes"),
    "draw_at": _("Draw at"),
    "draw_place": _("Draw place"),
    "legal_basis": _("Legal basis"),
    "funding": _("Funding"),
    "approval_no": _("Approval document no."),
    "owner": _("Owner"),
    "agency": _("Agency"),
    "contact": _("Contact"),
    "objection_channel": _("Where to object"),
    "list_sha256": _("SHA-256 of the list"),
    "list_root": _("Root of the list"),
    "draw_id": _("Draw"),
    "earlier_draw": _("Earlier draw of these works, and the hash of its commit record"),
    "seed": _("Seed"),
    "reason": _("Reason"),
    "winner": _("Drawn enterprise"),
    "contract_price": _("Contract price (yuan)"),
    "signed_on": _("Signed on"),
    "method": _("Method"),
    "method_en": _("Method, in English"),
    "method_sha256": _("SHA-256 of the method"),
    "budget": _("Budget"),
    "ceiling": _("Price ceiling"),
    "deadline": _("Deadline"),
    "opening_place": _("Opening place"),
    "project_number": _("Project no."),
    "platform": _("Platform"),
    "documents": _("Documents"),
    "amount": _("Amount"),
    "changes": _("Changes"),
    "deposit": _("Bid security (yuan)"),
    "consortium": _("Consortia"),
    "examination": _("Examination of qualification"),
    "validity_days": _("Bid validity (days)"),
    "period": _("Time for completion or delivery"),
    "submission": _("How bids are handed in"),
    "policies": _("Policies for small firms and the environment"),
    "question": _("Question"),
    "reply": _("Answer"),
}
MOMENTS = frozenset({"registration_from", "registration_until", "draw_at"})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is new, what is live, and what everybody can check."""
    today = clock.local_date(clock.now())
    public = Notice.objects.public()
    live = Session.objects.filter(transcript__public=True, transcript__rehearsal=False)
    context = {
        "cards": [card(notice, "h3") for notice in public.select_related("lot")[:NEWEST]],
        "live": live.filter(state__in=[SessionState.OPEN, SessionState.SUSPENDED]).select_related("room")[:3],
        "coming": live.filter(state=SessionState.SCHEDULED, ends_at__gte=clock.now()).select_related("room")[:3],
        "kinds": [(kind.value, kind.label) for kind in (Kind.DRAW, Kind.TENDER, Kind.PROCUREMENT, Kind.RESULT)],
        "notices_this_year": public.filter(published_at__year=today.year).count(),
        "lots": Lot.objects.public().count(),
        "draws": Draw.objects.public().filter(state="drawn", lot__rehearsal=False).count(),
    }
    return render(request, "notices/home.html", context)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Show the notices that the filters leave, newest first."""
    found = NoticeFilter(request.GET, queryset=Notice.objects.public().select_related("lot"))
    rows = found.qs if found.is_valid() else Notice.objects.none()
    page = paging.page(rows, NOTICES.order, request.GET)
    context = {
        "filter_form": found.form,
        "cards": [card(notice, "h2") for notice in page.rows],
        "next_path": paging.turned(request, page.after),
        "previous_path": paging.turned(request, page.before),
    }
    return render(request, "notices/list.html", context, status=200 if found.is_valid() else 400)


@require_safe
def notice(request: HttpRequest, name: int) -> HttpResponse:
    """Show a notice as it reads now, or one of its earlier versions."""
    found = get_object_or_404(Notice.objects.visible_to(request.user).select_related("lot__project"), pk=name)
    versions = list(found.versions.all())
    asked = request.GET.get("version", "")
    shown = next((v for v in versions if str(v.number) == asked), versions[-1])
    context = {
        "notice": found,
        "lot": found.lot,
        "rehearsal": found.rehearsal,
        "versions": versions,
        "shown": shown,
        "rows": [(LABELS[key], key, value) for key, value in shown.content.items() if key in LABELS and value],
        "moments": MOMENTS,
        "content": shown.content,
        "tasks": NOTICES.tasks(found, request.user),
    }
    return render(request, "notices/notice.html", context)


def card(found: Notice, level: str) -> dict[str, Any]:
    """Return a notice as a list shows it."""
    return {
        "path": reverse("notice", args=[found.pk]),
        "title": found.title,
        "kind": found.get_kind_display(),
        "state": "" if found.state == "published" else found.state,
        "published_at": found.published_at,
        "owner": found.buyer,
        "region": found.region,
        "number": found.lot.code if found.lot else "",
        "rehearsal": found.rehearsal,
        "level": level,
    }


pages = [
    path("", home, name="home"),
    path("notices/", notices, name="notice_list"),
    path("notices/<int:name>/", notice, name="notice"),
]
