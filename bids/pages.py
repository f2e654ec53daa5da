"""The public pages of comparisons: the list with its filters, and one comparison with all that is public of it."""

from typing import Any

import django_filters
from django.contrib.auth.decorators import login_required
from django.db import models
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bids import standing
from bids.api import COMPARISONS
from bids.award import Award
from bids.candidate_list import CandidateList
from bids.comparison import Comparison
from bids.contract import Contract
from bids.registration import Registration, RegistrationWindow
from trading.api import DOCUMENTS
from trading.doors import paging
from trading.doors.door import Task
from trading.draws.draw import Draw
from trading.ledger import promise, receipts
from trading.ledger.tables import SealedEntry
from trading.notice import Notice
from trading.objection import Matter
from trading.party import Role
from trading.room import Kind
from trading.session import Session

PAGE = 20
LISTED = 50
ORDER = ("-pk",)
AFTER_LIST = frozenset({"list_published", "drawing", "drawn", "publicising", "noticed"})


class ComparisonFilter(django_filters.FilterSet):
    """The filters of the list."""

    q = django_filters.CharFilter(field_name="lot__name", lookup_expr="icontains", max_length=100)
    state = django_filters.ChoiceFilter(choices=list(standing.STAGES.items()))
    region = django_filters.AllValuesFilter(field_name="lot__project__region")
    year = django_filters.NumberFilter(field_name="created_at", lookup_expr="year", min_value=2000, max_value=2999)

    class Meta:
        model = Comparison
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        everything = gettext_lazy("All")
        labels = {
            "q": gettext_lazy("Words in the name"),
            "state": gettext_lazy("Stage"),
            "region": gettext_lazy("Region code (GB/T 2260)"),
            "year": gettext_lazy("Year"),
        }
        for name, label in labels.items():
            self.form.fields[name].label = label
        for name in ("state", "region"):
            self.form.fields[name].empty_label = everything


@require_safe
def comparisons(request: HttpRequest) -> HttpResponse:
    """Show the comparisons that the filters leave, newest first; a rehearsal is in no list."""
    rows = Comparison.objects.visible_to(request.user).filter(lot__rehearsal=False)
    found = ComparisonFilter(request.GET, rows)
    shown = found.qs.select_related("lot__project__owner", "lot__registration_window")
    page = paging.page(shown, ORDER, {**request.GET.dict(), "limit": str(PAGE)})
    context = {
        "filter_form": [found.form[name] for name in ("q", "state", "region", "year")],
        "invalid": found.form if found.form.is_bound and not found.form.is_valid() else None,
        "comparisons": page.rows,
        "next_path": paging.turned(request, page.after),
        "previous_path": paging.turned(request, page.before),
        "years": rows.annotate(y=ExtractYear("created_at")).values_list("y", flat=True).distinct().order_by("-y"),
        "new_path": reverse("comparison_new") if COMPARISONS.creatable_by(request.user) else "",
    }
    return render(request, "comparisons/list.html", context)


@require_safe
def comparison(request: HttpRequest, number: int) -> HttpResponse:
    """Show one comparison: where it stands, what comes next, and everything of it that is public."""
    found = _comparison(request, number)
    lot = found.lot
    context = {
        "comparison": found,
        "lot": lot,
        "rehearsal": lot.rehearsal,
        "track": standing.track(found),
        "ahead": standing.ahead(found),
        "contract_warning": standing.contract_warning(found),
        "failure": standing.FAILURES.get(found.failure, found.failure),
        "window": RegistrationWindow.objects.filter(lot=lot).select_related("participant_notice").first(),
        "notices": Notice.objects.filter(lot=lot).exclude(state="").order_by("published_at", "pk"),
        "documents": DOCUMENTS.rows(request.user).filter(lot=lot, public=True).order_by("pk"),
        "sessions": _sessions(request, found),
        "draws": Draw.objects.visible_to(request.user).filter(lot=lot).order_by("seq"),
        "awards": Award.objects.filter(lot=lot).select_related("registration__organisation").order_by("rank"),
        "open_objections": _open_objections(found),
        "tasks": [*COMPARISONS.tasks(found, request.user), *_tasks_of_bidder(found, request.user)],
        "takes_mine": found.state == "registering" and found.lot.is_live and not _is_entered(found, request.user),
        "mine": _mine(found, request.user),
        **_listed(request, found),
        **_contract(found),
    }
    return render(request, "comparisons/comparison.html", context)


def _comparison(request: HttpRequest, number: int) -> Comparison:
    rows = Comparison.objects.visible_to(request.user).select_related("lot__project__owner", "lot__project__agency")
    found: Comparison = get_object_or_404(
        rows.select_related("legal_basis", "draw").distinct(), pk=number if number < 10**18 else 0
    )
    return found


def _sessions(request: HttpRequest, found: Comparison) -> models.QuerySet[Session]:
    seen = Session.objects.visible_to(request.user).filter(lot=found.lot, kind=Kind.DRAW)
    return seen.exclude(state="cancelled").select_related("room").order_by("starts_at")


def _open_objections(found: Comparison) -> int:
    """Return how many objections to list or result wait; before the list this could tell who takes part."""
    if found.state not in AFTER_LIST:
        return 0
    return found.lot.objections.open().filter(matter__in=[Matter.LIST, Matter.RESULT]).count()


def _tasks_of_bidder(found: Comparison, person: Any) -> list[Task]:
    """Return what an enterprise can begin here: its registration, an objection."""
    if not person.is_authenticated or Role.BIDDER not in person.roles():
        return []
    lot, tasks = found.lot, []
    if found.state == "registering" and not _is_entered(found, person):
        tasks.append(
            Task("register", _("Register for the comparison"), reverse("comparison_register", args=[found.pk]))
        )
    if any(found.takes_objections(matter, lot.now()) for matter in Matter):
        tasks.append(Task("object", _("Raise an objection"), f"{reverse('objection_new')}?lot={lot.code}"))
    return tasks


def _own(person: Any) -> models.QuerySet[Registration]:
    """Return the registrations of the enterprises that a person acts for."""
    held = [m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
    return Registration.objects.filter(organisation_id__in=held).exclude(state="")


def _is_entered(found: Comparison, person: Any) -> bool:
    """Say whether every enterprise that the person acts for stands registered, so that there is nothing to register."""
    held = {m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER} if person.pk else set()
    entered = found.lot.registrations.counted().filter(organisation_id__in=held)
    return bool(held) and entered.count() == len(held)


def _mine(found: Comparison, person: Any) -> models.QuerySet[Registration]:
    if not person.is_authenticated:
        return Registration.objects.none()
    return _own(person).filter(lot=found.lot).select_related("organisation")


def _listed(request: HttpRequest, found: Comparison) -> dict[str, Any]:
    """Return the numbered list, page by page, once it is published; before that nothing, not even how many."""
    frozen = CandidateList.objects.filter(lot=found.lot).first()
    if frozen is None:
        return {"list": None}
    rows = found.lot.registrations.filter(number__isnull=False).select_related("organisation").order_by("number")
    wanted = request.GET.get("find", "").replace("\0", " ").strip()[:64]
    named = models.Q(organisation__uscc__iexact=wanted) | models.Q(organisation__name__icontains=wanted)
    if wanted:
        return {"list": frozen, "listed": rows.filter(named)[:LISTED], "wanted": wanted}
    asked = request.GET.get("from", "")
    first = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 9 else 1
    first = (max(1, min(first, frozen.n)) - 1) // LISTED * LISTED + 1
    return {
        "list": frozen,
        "listed": rows.filter(number__gte=first, number__lt=first + LISTED),
        "next_path": f"?from={first + LISTED}#list" if first + LISTED <= frozen.n else "",
        "previous_path": f"?from={first - LISTED}#list" if first > 1 else "",
    }


def _contract(found: Comparison) -> dict[str, Any]:
    """Return the contract and how far its milestones have come."""
    contract = Contract.objects.standing().filter(lot=found.lot).select_related("registration__organisation").first()
    if contract is None:
        return {"contract": None}
    milestones = list(contract.milestones.all())
    verified = [one for one in milestones if one.state == "verified"]
    done = max((one.percent for one in verified), default=0)
    return {"contract": contract, "milestones": milestones, "verified": len(verified), "progress": done}


@login_required
@require_safe
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Send an enterprise the receipt of its own registration; it holds the sealed content, so nobody else gets it."""
    own = _own(request.user).filter(pk=number if number < 10**18 else 0).first()
    if own is None:
        raise Http404
    sealed = SealedEntry.objects.filter(
        subject_type=Registration.noun, subject_id=str(own.pk), type="registration.submitted", cover=False
    )
    kept = sealed.select_related("event").order_by("pk").last()
    if kept is None:
        raise Http404
    name = f"receipt-{own.lot.code}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(promise.to_text(receipts.issue(kept.event)), content_type="application/json", headers=headers)


pages = [
    path("comparisons/", comparisons, name="comparison_list"),
    path("comparisons/<int:number>/", comparison, name="comparison"),
    path("registrations/<int:number>/receipt.json", receipt, name="registration_receipt"),
]
