"""The pages of a door: the list, the record with what can be done, and one page for each act."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from trading.doors import paging
from trading.doors.act_page import ActPage
from trading.doors.door import Door, segment
from trading.doors.show import facts_of, shown, standing
from trading.doors.words import label_of

FORM = ["GET", "HEAD", "POST"]


def urls(door: Door) -> list[URLPattern]:
    """Return the pages of a door; a page of the same address placed before them takes over."""
    routes = [
        path(f"{door.path}/", listing(door), name=f"{door.noun}_list"),
        path(f"{door.path}/<name:name>/", detail(door), name=door.noun),
        path(f"{door.path}/<name:name>/<slug:act>/", acting(door), name=f"{door.noun}_act"),
    ]
    if door.creates:
        routes.insert(1, path(f"{door.path}/new/", creating(door, door.begins), name=f"{door.noun}_new"))
    for act in door.also_creates:
        routes.insert(1, path(f"{door.path}/{segment(act)}/", creating(door, act), name=f"{door.noun}_{act}"))
    return routes


def record_of(door: Door, name: str, person: Any) -> Any:
    """Return the record of the address, or 404 where there is none that the person may see."""
    record = door.seen_by(person, name)
    if record is None:
        raise Http404
    return record


def listing(door: Door) -> Callable[..., HttpResponse]:
    """Return the list's page."""

    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        rows = (door.lists or door.rows)(request.user).select_related(*door.related)
        found = paging.page(rows, door.order, request.GET)
        context = {
            "door": door,
            "columns": [label_of(door, name) for name in door.listed_as],
            "rows": [_row(door, row) for row in found.rows],
            "next_path": paging.turned(request, found.after),
            "previous_path": paging.turned(request, found.before),
            "new_path": reverse(f"{door.noun}_new") if door.by_hand and door.creatable_by(request.user) else "",
            "new_label": door.label_of(door.begins) if door.creates else "",
        }
        return render(request, "acts/list.html", context)

    return show


def detail(door: Door) -> Callable[..., HttpResponse]:
    """Return the record's page."""

    @require_GET
    def show(request: HttpRequest, name: str) -> HttpResponse:
        record = record_of(door, name, request.user)
        return render(request, "acts/record.html", context_of(door, record, request.user))

    return show


def context_of(door: Door, record: Any, person: Any) -> dict[str, Any]:
    """Return what a record's page shows: its facts, and the acts open to the reader as tasks."""
    return {
        "door": door,
        "record": record,
        "lot": record.ledger_lot(),
        "rehearsal": getattr(record, "rehearsal", False),
        "in_ledger": record.ledger_id() if door.by != "pk" else "",
        "facts": facts_of(door, record),
        "words": standing(door, record)[0],
        "tone": standing(door, record)[1],
        "tasks": door.tasks(record, person),
        "list_name": f"{door.noun}_list",
    }


def creating(door: Door, act: str) -> Callable[..., HttpResponse]:
    """Return the page of the creating act."""

    @require_http_methods(FORM)
    def show(request: HttpRequest) -> HttpResponse:
        page = ActPage(request, door, act)
        return page.answer() if door.creatable_by(request.user, act) else page.without_power()

    return show


def acting(door: Door) -> Callable[..., HttpResponse]:
    """Return the page of an act on a record."""
    acts = {segment(name): name for name in door.acts}

    @require_http_methods(FORM)
    def show(request: HttpRequest, name: str, act: str) -> HttpResponse:
        if act not in acts:
            raise Http404
        record = record_of(door, name, request.user)
        page = ActPage(request, door, acts[act], record)
        return page.answer() if door.holds_power(record, acts[act], request.user) else page.without_power()

    return show


def _row(door: Door, row: Any) -> dict[str, Any]:
    words, tone = standing(door, row)
    values = [(label_of(door, name), shown(row, name)) for name in door.listed_as]
    return {"record": row, "path": door.address_of(row), "values": values, "words": words, "tone": tone}
