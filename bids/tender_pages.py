"""The public pages of tenders: the list with its filters, one tender with all that is public of it, and its files."""

from typing import Any

import django_filters
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bids import method_doors, panel_pages, recompute_pages, taking, tender_documents, tender_standing
from bids.clarification import Question
from bids.custody import KEEPER, Custodian
from bids.tender import Tender
from bids.tender_api import TENDERS
from bids.tender_documents import TenderDocument
from trading import procedures
from trading.api import DOCUMENTS
from trading.document import TYPES, Document
from trading.doors import paging
from trading.doors.door import Task
from trading.notice import Notice
from trading.objection import Matter
from trading.party import Role
from trading.session import Session

PAGE = 20
ORDER = ("-pk",)
STATES = [
    ("registered", gettext_lazy("Registered")),
    ("announced", gettext_lazy("Announced")),
    ("failed", gettext_lazy("Failed")),
]
KINDS = [
    ("public_tender", gettext_lazy("Open tender")),
    ("government_open_tender", gettext_lazy("Open tender of government procurement")),
]


class TenderFilter(django_filters.FilterSet):
    """The filters of the list."""

    q = django_filters.CharFilter(field_name="lot__name", lookup_expr="icontains", max_length=100)
    kind = django_filters.ChoiceFilter(field_name="lot__kind", choices=KINDS)
    state = django_filters.ChoiceFilter(choices=STATES)
    region = django_filters.AllValuesFilter(field_name="lot__project__region")

    class Meta:
        model = Tender
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {
            "q": gettext_lazy("Words in the name"),
            "kind": gettext_lazy("Procedure"),
            "state": gettext_lazy("Stage"),
            "region": gettext_lazy("Region code (GB/T 2260)"),
        }
        for name, label in labels.items():
            self.form.fields[name].label = label
        for name in ("kind", "state", "region"):
            self.form.fields[name].empty_label = gettext_lazy("All")


@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """Show the tenders that the filters leave, newest first; a rehearsal is in no list."""
    rows = Tender.objects.visible_to(request.user).filter(lot__rehearsal=False)
    found = TenderFilter(request.GET, rows)
    shown = found.qs.select_related("lot__project__owner", "notice")
    page = paging.page(shown, ORDER, {**request.GET.dict(), "limit": str(PAGE)})
    context = {
        "filter_form": [found.form[name] for name in ("q", "kind", "state", "region")],
        "invalid": found.form if found.form.is_bound and not found.form.is_valid() else None,
        "tenders": [(row, titled(row)) for row in page.rows],
        "next_path": paging.turned(request, page.after),
        "previous_path": paging.turned(request, page.before),
        "new_path": reverse("tender_new") if TENDERS.creatable_by(request.user) else "",
    }
    return render(request, "tenders/list.html", context)


def titled(tender: Tender) -> Any:
    """Return the name of the tender's procedure."""
    return dict(KINDS)[tender.lot.kind]


@require_safe
def tender(request: HttpRequest, number: int) -> HttpResponse:
    """Show one tender: where it stands, what comes next, and everything of it that is public."""
    found = _tender(request, number)
    lot = found.lot
    own = taking.of_person(lot, request.user).select_related("organisation")
    custodians = list(Custodian.objects.filter(lot=lot).select_related("organisation"))
    method = method_doors.shown(lot, request.user)
    tasks = [*TENDERS.tasks(found, request.user), *method["tasks"], *panel_pages.tasks_of(lot, request.user)]
    context = {
        "tender": found,
        "lot": lot,
        "title": titled(found),
        "rehearsal": lot.rehearsal,
        "track": tender_standing.track(found),
        "stage": tender_standing.stage(found),
        "ahead": tender_standing.ahead(found),
        "drawing": tender_standing.drawn(found),
        "content": found.notice.newest().content if found.notice else {},
        "documents": tender_documents.of(lot).order_by("number", "pk"),
        "offered": found.offers_documents(lot.now()),
        "questions": Question.objects.filter(lot=lot).exclude(state="").order_by("asked_on", "pk"),
        "notices": Notice.objects.filter(lot=lot).exclude(state="").order_by("published_at", "pk"),
        "custodians": custodians,
        "kept": [custodian for custodian in custodians if KEEPER(custodian, request.user)],
        "sessions": Session.objects.visible_to(request.user).filter(lot=lot).exclude(state="cancelled"),
        "method": {**method, "recomputable": recompute_pages.of(lot) is not None},
        "tasks": [*tasks, *_tasks_of_bidder(found, request.user, taken=own.exists())],
        "mine": own,
        "min_bidders": procedures.TENDERS[lot.kind].rule("min_bidders", found.today()),
    }
    return render(request, "tenders/tender.html", context)


def _tender(request: HttpRequest, number: int) -> Tender:
    rows = Tender.objects.visible_to(request.user).distinct()
    joined = ("lot__project__owner", "lot__project__agency", "lot__retender_of", "notice")
    found: Tender = get_object_or_404(rows.select_related(*joined), pk=number if number < 10**18 else 0)
    return found


def _tasks_of_bidder(found: Tender, person: Any, *, taken: bool) -> list[Task]:
    """Return what an enterprise can begin here: to take the documents, to ask, to object, to bid."""
    if not person.is_authenticated or Role.BIDDER not in person.roles() or not found.lot.is_live:
        return []
    now, lot = found.lot.now(), f"?lot={found.lot.code}"
    notice = found.notice
    objectable = notice is not None and notice.objections_until is not None and now < notice.objections_until
    open_to = {
        "take": found.offers_documents(now) and not taken,
        "ask": taken and found.takes_bids(now),
        "object": objectable and found.state == "announced",
        "bid": found.takes_bids(now),  # no registration before a bid (电子招标投标办法 20)
    }
    pages = {
        "take": (_("Take the tender documents"), reverse("taking_new") + lot),
        "ask": (_("Ask about the documents"), reverse("question_new") + lot),
        "object": (_("Raise an objection"), reverse("objection_new") + lot + f"&matter={Matter.NOTICE}"),
        "bid": (_("Seal and hand in a bid"), _bid_page(found)),
    }
    return [Task(name, *pages[name]) for name, is_open in open_to.items() if is_open and pages[name][1]]


def _bid_page(found: Tender) -> str:
    try:
        return reverse("bid_make", args=[found.lot.code])
    except NoReverseMatch:
        return ""


@require_safe
def file(request: HttpRequest, number: int, name: int) -> HttpResponseBase:
    """Send a tender document to an enterprise that took them, on record, or to those who conduct and supervise."""
    found = _tender(request, number)
    kept = get_object_or_404(tender_documents.of(found.lot), document_id=name if name < 2**63 else 0)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    own = taking.of_person(found.lot, request.user).first()
    if own is not None:
        taking.note_download(own, kept)
    elif not _may_read(request.user, kept):
        raise Http404
    return _sent(kept.document)


def _may_read(person: Any, kept: TenderDocument) -> bool:
    rows: models.QuerySet[Document] = DOCUMENTS.rows(person)
    return rows.filter(pk=kept.document_id).exists()


def _sent(document: Document) -> FileResponse:
    """Send a file to be saved, in no shared cache."""
    ending = next((end for end, kind in TYPES.items() if kind == document.media_type), "")
    response = FileResponse(document.file.open("rb"), as_attachment=True, filename=f"{document.title}{ending}")
    response["Content-Type"] = document.media_type
    response["Cache-Control"] = "private, no-store"
    return response


pages = [
    path("tenders/", tenders, name="tender_list"),
    path("tenders/<int:number>/", tender, name="tender"),
    path("tenders/<int:number>/documents/<int:name>/", file, name="tender_file"),
]
