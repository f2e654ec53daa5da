"""The pages of a door: the list, the record with what can be done, and one page for each act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from trading import idempotency
from trading.doors import addresses as addresses
from trading.doors import paging, problems
from trading.doors.door import Door, refused, said_of, segment
from trading.doors.forms import KEY, VERSION, InputForm, new_key, typed_back
from trading.errors import RuleError, StaleVersion
from trading.idempotency import Answer

WAIT_S = 5.0


def urls(door: Door) -> list[URLPattern]:
    """Return the pages of a door; a page of the same address placed before them takes over."""
    routes = [
        path(f"{door.path}/", listing(door), name=f"{door.noun}_list"),
        path(f"{door.path}/<name:name>/", detail(door), name=door.noun),
        path(f"{door.path}/<name:name>/<slug:act>/", acting(door), name=f"{door.noun}_act"),
    ]
    if door.creates:
        routes.insert(1, path(f"{door.path}/new/", creating(door), name=f"{door.noun}_new"))
    return routes


def record_of(door: Door, name: str, person: Any) -> Any:
    """Return the record of the address, or 404 where there is none that the person may see."""
    record = door.find(name, door.rows(person))
    if record is None:
        raise Http404
    return record


def listing(door: Door) -> Callable[..., HttpResponse]:
    """Return the list's page."""

    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        rows = (door.lists or door.rows)(request.user).select_related(*door.related)
        found = paging.page(rows, door.order, request.GET)
        columns = [door.model._meta.get_field(name) for name in door.listed_as]
        context = {
            "door": door,
            "columns": [column.verbose_name for column in columns if isinstance(column, models.Field)],
            "rows": [(row, door.address_of(row), [shown(row, name) for name in door.listed_as]) for row in found.rows],
            "next_path": _turned(request, found.after),
            "previous_path": _turned(request, found.before),
            "new_path": reverse(f"{door.noun}_new") if door.creatable_by(request.user) else "",
            "new_label": door.label_of(door.creates[0]) if door.creates else "",
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
    names = [name for name in door.reads.Meta.fields if name not in {"id", "state", "version", "acts"}]
    return {
        "door": door,
        "record": record,
        "lot": record.ledger_lot(),
        "rehearsal": getattr(record, "rehearsal", False),
        "facts": [
            (label_of(door, name), shown(record, name)) for name in names if shown(record, name) not in (None, "")
        ],
        "tasks": door.tasks(record, person),
        "list_name": f"{door.noun}_list",
    }


def label_of(door: Door, name: str) -> str:
    """Return a field's label."""
    return str(door.reads().fields[name].label or name) if name in door.reads().fields else name


def shown(record: Any, name: str) -> Any:
    """Return a value as a page shows it: the words of a choice, the name of another record."""
    words = getattr(record, f"get_{name}_display", None)
    value = words() if words else getattr(record, name, None)
    return value() if callable(value) and not isinstance(value, models.Manager) else value


def creating(door: Door) -> Callable[..., HttpResponse]:
    """Return the page of the creating act."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def show(request: HttpRequest) -> HttpResponse:
        act = door.creates[0] if door.creates else ""
        if not door.creatable_by(request.user):
            return _no_power(request, door, act)
        return _page(request, door, act, None)

    return show


def acting(door: Door) -> Callable[..., HttpResponse]:
    """Return the page of an act on a record."""
    acts = {segment(name): name for name in door.acts}

    @require_http_methods(["GET", "HEAD", "POST"])
    def show(request: HttpRequest, name: str, act: str) -> HttpResponse:
        if act not in acts:
            raise Http404
        record = record_of(door, name, request.user)
        if not door.holds_power(record, acts[act], request.user):
            return _no_power(request, door, acts[act])
        return _page(request, door, acts[act], record)

    return show


def _no_power(request: HttpRequest, door: Door, act: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise refused(getattr(door.model, act).act["label"])


def _page(request: HttpRequest, door: Door, act: str, record: Any) -> HttpResponse:
    if request.method != "POST":
        form = InputForm(door.input_of(act), request.user, initial=request.GET.dict())
        return _shown(request, door, act, record, form)
    form = InputForm(door.input_of(act), request.user, data=request.POST, files=request.FILES)
    try:
        answer = idempotency.once(
            request.POST.get(KEY, ""),
            owner=idempotency.owner_of(request.user),
            fingerprint=idempotency.fingerprint_of("POST", request.path, _sent(request)),
            work=lambda: _done(request, door, act, record, form),
            wait_s=WAIT_S,
        )
    except Invalid:
        return _shown(request, door, act, record, form, status=400)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _shown(request, door, act, record, form, status=400)
    except RuleError as error:
        form.add_error(None, problems.sentence(error))
        return _shown(request, door, act, record, form, error=error, status=error.status)
    messages.success(request, answer.body["message"])
    return HttpResponseRedirect(answer.body["location"])


class Invalid(Exception):  # noqa: N818  # a turn of the page, not a fault
    """What was typed has the wrong shape; the form says where."""


def _done(request: HttpRequest, door: Door, act: str, record: Any, form: InputForm) -> Answer:
    if not form.is_valid():
        raise Invalid
    if record is None:
        done = door.create(form.cleaned_data, request.user)
    else:
        typed = request.POST.get(VERSION, "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
        done = door.act_on(record, act, person=request.user, version=version, facts=form.cleaned_data)
    message = _("Done: %(act)s. The public ledger has the entry.") % {"act": door.label_of(act)}
    seen = door.find(door.name_of(done), door.rows(request.user))
    location = door.address_of(done) if seen else reverse("work")
    return Answer(303, {"message": message, "location": location})


def _shown(
    request: HttpRequest,
    door: Door,
    act: str,
    record: Any,
    form: InputForm,
    *,
    error: RuleError | None = None,
    status: int = 200,
) -> HttpResponse:
    stale = isinstance(error, StaleVersion)
    context = {
        "door": door,
        "record": record,
        "record_path": door.address_of(record) if record else "",
        "lot": record.ledger_lot() if record else None,
        "label": door.label_of(act),
        "explanation": said_of(door, act),
        "consequence": form.kind.consequence,
        "basis": (error.basis if error else "") or form.kind.basis,
        "form": form,
        "error": error,
        "error_step": _(str(error.next_step)) if error and error.next_step else "",
        "changes": context_of(door, record, request.user)["facts"] if stale else [],
        "version": record.version if record else "",
        "key": new_key() if stale or not form.is_bound else typed_back(request.POST),
        "key_name": KEY,
        "version_name": VERSION,
        "possible": record is None or act in door.open_to(record, request.user),
        "list_name": f"{door.noun}_list",
    }
    return render(request, "acts/act.html", context, status=status)


def _sent(request: HttpRequest) -> dict[str, Any]:
    fields = {name: values for name, values in request.POST.lists() if name not in {"csrfmiddlewaretoken", KEY}}
    return {**fields, **{f"file:{name}": files for name, files in request.FILES.lists()}}


def _turned(request: HttpRequest, cursor: str | None) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"
