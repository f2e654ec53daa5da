"""The floor's pages that are not one record's: my work, an enterprise's entry, a problem's meaning, a file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from trading import enterprise, notification_doors
from trading.api import DOCUMENTS
from trading.document import TYPES
from trading.doors import pages, problems
from trading.doors.door import DOORS
from trading.doors.forms import InputForm
from trading.errors import RuleError

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_required
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, what the person can begin and look up, and for whom the person acts."""
    person: Any = request.user
    waiting = [(door, rows) for door in DOORS.values() if door.acts and (rows := door.waiting(person))]
    begin = [
        (door.label_of(door.begins), reverse(f"{door.noun}_new")) for door in DOORS.values() if door.offered_to(person)
    ]
    read = [(door.plural, reverse(f"{door.noun}_list")) for door in DOORS.values() if door.rows(person).exists()]
    context = {
        "waiting": waiting,
        "begin": begin,
        "read": read,
        "memberships": person.active_memberships(),
        "unread": notification_doors.unread(person),
    }
    return render(request, "acts/work.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter_enterprise(request: HttpRequest) -> HttpResponse:
    """Register an enterprise together with its first account."""
    if request.user.is_authenticated:
        return redirect("organisation_new")
    form = InputForm(enterprise.EnterpriseInput, request.user, data=request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _enterprise_form(request, form)
    if not form.is_valid():
        return _enterprise_form(request, form, status=400)
    try:
        membership = enterprise.enter(form.cleaned_data)
    except RuleError as error:
        form.add_error(None, problems.sentence(error))
        return _enterprise_form(request, form, error=error, status=error.status)
    login(request, membership.user, backend=BACKEND)
    messages.success(
        request, _("%(name)s is registered. The public ledger has the entry.") % {"name": membership.organisation}
    )
    return redirect("work")


def _enterprise_form(
    request: HttpRequest, form: InputForm, error: RuleError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "label": _("Register an enterprise"),
        "consequence": form.kind.consequence,
        "basis": (error.basis if error else "") or form.kind.basis,
        "error": error,
        "error_step": _(str(error.next_step)) if error and error.next_step else "",
        "possible": True,
    }
    return render(request, "acts/enterprise.html", context, status=status)


@require_GET
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Explain a problem's code: what it means, its article, what to do."""
    meaning = problems.explained(code)
    if meaning is None:
        raise Http404
    context = {
        "code": code,
        "sentence": problems.plain(_(meaning.message)),
        "basis": meaning.basis,
        "next_step": _(meaning.next_step) if meaning.next_step else "",
    }
    return render(request, "acts/problem.html", context)


@require_GET
def document_file(request: HttpRequest, name: str) -> FileResponse:
    """Send a document's bytes, always to be saved: a stored file never runs on our pages."""
    document = pages.record_of(DOCUMENTS, name, request.user)
    ending = next((end for end, kind in TYPES.items() if kind == document.media_type), "")
    response = FileResponse(document.file.open("rb"), as_attachment=True, filename=f"{document.title}{ending}")
    response["Content-Type"] = document.media_type
    response["ETag"] = f'"{document.sha256}"'
    return response
