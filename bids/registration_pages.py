"""The pages of a registration: read the participant's notice, fill in, send; then what was sent and its receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework import serializers

from bids.api import REGISTRATIONS
from bids.comparison import Comparison
from bids.registration import Registration
from bids.serializers import SubmitRegistration
from trading import idempotency
from trading.document import Document
from trading.doors import problems
from trading.doors.forms import KEY, InputForm, new_key, sent, typed_back
from trading.errors import RuleError
from trading.idempotency import Answer
from trading.transitions import perform

FILES = ("commitment", "qualification", "certificate", "licence")
FACTS = ("organisation", "grade", "manager_name", "manager_certificate", "safety_licence")
WAIT_S = 5.0


class RegisterHere(SubmitRegistration):
    """A registration as the page takes it: the lot is the page's, the files come along, reading is a tick."""

    lot = None  # type: ignore[assignment]  # how a serializer drops what it inherits
    confirmed_sha256 = None  # type: ignore[assignment]
    documents = None  # type: ignore[assignment]
    commitment = serializers.FileField(label=_("Letter of commitment (PDF)"), help_text=_("Signed and sealed."))
    qualification = serializers.FileField(label=_("Qualification certificate (PDF)"))
    certificate = serializers.FileField(label=_("Project manager's certificate (PDF)"), required=False)
    licence = serializers.FileField(label=_("Safety production licence (PDF)"), required=False)
    read = serializers.BooleanField(label=_("I have read the participant's notice in this version"))


class Refused(Exception):  # a turn of the page, not a fault
    """What was typed has the wrong shape; the form says where."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, number: int) -> HttpResponse:
    """Take an enterprise's registration with its files: all of it, or nothing."""
    comparison = _announced(request, number)
    if request.method != "POST":
        return _form(request, comparison, InputForm(RegisterHere, request.user))
    form = InputForm(RegisterHere, request.user, data=request.POST, files=request.FILES)
    try:
        answer = idempotency.once(
            request.POST.get(KEY, ""),
            owner=idempotency.owner_of(request.user),
            fingerprint=idempotency.fingerprint_of("POST", request.path, sent(request)),
            work=lambda: _registered(request, comparison, form),
            wait_s=WAIT_S,
        )
    except Refused:
        return _form(request, comparison, form, status=400)
    except RuleError as error:
        form.add_error(None, problems.sentence(error))
        return _form(request, comparison, form, error=error, status=error.status)
    messages.success(request, answer.body["message"])
    return redirect(answer.body["location"])


@login_required
@require_safe
def registration(request: HttpRequest, number: int) -> HttpResponse:
    """Show what an enterprise sent, its receipt, and what happens next."""
    rows = REGISTRATIONS.rows(request.user).select_related("lot__comparison", "organisation")
    found = get_object_or_404(rows, pk=number)
    context = {
        "registration": found,
        "lot": found.lot,
        "comparison": found.lot.comparison,
        "window": found.lot.registration_window,
        "documents": found.documents.all(),
        "tasks": REGISTRATIONS.tasks(found, request.user),
        "own": any(m.organisation_id == found.organisation_id for m in request.user.active_memberships()),  # type: ignore[union-attr]
    }
    return render(request, "registrations/registration.html", context)


def _announced(request: HttpRequest, number: int) -> Comparison:
    rows = Comparison.objects.visible_to(request.user).select_related("lot__project__owner", "lot__project__agency")
    found = get_object_or_404(rows, pk=number)
    if not hasattr(found.lot, "registration_window"):
        raise Http404
    return found


def _form(
    request: HttpRequest, comparison: Comparison, form: InputForm, *, error: RuleError | None = None, status: int = 200
) -> HttpResponse:
    window = comparison.lot.registration_window
    context = {
        "comparison": comparison,
        "lot": comparison.lot,
        "window": window,
        "notice": window.participant_notice,
        "form": form,
        "error": error,
        "error_step": _(str(error.next_step)) if error and error.next_step else "",
        "open": window.opens_at <= comparison.lot.now() < window.closes_at,
        "key": typed_back(request.POST) if form.is_bound else new_key(),
        "key_name": KEY,
    }
    return render(request, "registrations/register.html", context, status=status)


def _registered(request: HttpRequest, comparison: Comparison, form: InputForm) -> Answer:
    if not form.is_valid():
        raise Refused
    facts, lot = form.cleaned_data, comparison.lot
    if not facts["read"]:
        form.add_error("read", _("Read the notice and tick that you have read it."))
        raise Refused
    with transaction.atomic():
        notice = lot.registration_window.participant_notice
        done = Registration(lot=lot, confirmed_sha256=notice.sha256, **{name: facts[name] for name in FACTS})
        perform(done.submit, by=request.user, documents=_stored(request, done, form))
    message = str(_("Your registration is recorded. Keep its receipt."))
    return Answer(303, {"message": message, "location": reverse("registration", args=[done.pk])})


def _stored(request: HttpRequest, done: Registration, form: InputForm) -> list[Document]:
    stored = []
    for name in FILES:
        if upload := form.cleaned_data.get(name):
            document = Document(lot=done.lot, organisation=done.organisation, title=str(form.fields[name].label))
            stored.append(perform(document.store, by=request.user, upload=upload))
    return stored


pages = [
    path("comparisons/<int:number>/register/", register, name="comparison_register"),
    path("registrations/<int:number>/", registration, name="registration"),
]
