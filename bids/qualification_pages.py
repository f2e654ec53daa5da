"""The qualification desk: every registrant on one sheet, with what the register shows, for one examiner's findings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bids import grounds, ties
from bids.api import QUALIFICATIONS
from bids.qualification import OWNER, SUPERVISOR, Finding, Qualification
from bids.registration import Registration, Verdict
from trading.doors import problems
from trading.errors import RuleError
from trading.transitions import perform

EXAMINER = OWNER | SUPERVISOR


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, number: int) -> HttpResponse:
    """Show the sheet of the lot's registrants, and record what the examiner found."""
    found = get_object_or_404(QUALIFICATIONS.rows(request.user).select_related("lot__comparison"), pk=number)
    if request.method != "POST":
        return _sheet(request, found, {})
    typed = _typed(request, found)
    version = request.POST.get("version", "")
    try:
        perform(
            found.find,
            by=request.user,
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            findings=list(typed.values()),
        )
    except RuleError as error:
        return _sheet(request, found, typed, error)
    messages.success(request, _("%(count)s findings are recorded.") % {"count": len(typed)})
    return redirect("qualification_desk", found.pk)


def _typed(request: HttpRequest, found: Qualification) -> dict[int, dict[str, Any]]:
    """Return what was typed, by registration; “pass the rest” passes whoever has no verdict and nothing against it."""
    rest = "pass_rest" in request.POST
    standing = list(
        found.lot.registrations.counted().select_related("organisation").prefetch_related("organisation__sanctions")
    )
    against = _against(found, standing) if rest else {}
    typed = {}
    for registration in standing:
        verdict = request.POST.get(f"verdict-{registration.pk}", "")
        if not verdict and rest and not against.get(registration.pk):
            verdict = Verdict.PASS
        if verdict in Verdict.values:
            reason = request.POST.get(f"reason-{registration.pk}", "")[:300]
            typed[registration.pk] = {"registration": registration.pk, "verdict": verdict, "reason": reason}
    return typed


def _against(found: Qualification, standing: list[Registration]) -> dict[int, list[str]]:
    """Return in words, by registration, what the register shows: grounds for exclusion, and ties."""
    shown, tied = grounds.against(found.lot, standing), ties.shown(found.lot, standing)
    return {
        one.pk: [*map(_, shown[one.pk]), *(_(sentence) % names for sentence, names in tied.get(one.pk, []))]
        for one in standing
    }


def _sheet(
    request: HttpRequest, found: Qualification, typed: dict[int, dict[str, Any]], error: RuleError | None = None
) -> HttpResponse:
    role = EXAMINER.role_of(found, request.user)
    standing = list(
        found.lot.registrations.counted()
        .select_related("organisation")
        .prefetch_related("organisation__sanctions", "documents", "findings")
    )
    against = _against(found, standing)
    rows = [_row(registration, role, found.round, typed, against) for registration in standing]
    context = {
        "qualification": found,
        "lot": found.lot,
        "rows": rows,
        "role": role,
        "undecided": sum(not row["counts"] for row in rows),
        "editable": role is not None and found.state == "open",
        "tasks": [task for task in QUALIFICATIONS.tasks(found, request.user) if task.name != "find"],
        "error": error,
        "sentence": problems.sentence(error) if error else "",
        "error_step": _(str(error.next_step)) if error and error.next_step else "",
    }
    return render(request, "qualifications/desk.html", context, status=error.status if error else 200)


def _row(
    registration: Any, role: str | None, newest: int, typed: dict[int, dict[str, Any]], against: dict[int, list[str]]
) -> dict[str, Any]:
    findings: dict[str, Finding] = {finding.role: finding for finding in registration.findings.all()}
    own = findings.get(role or "")
    counts = own is not None and own.round == newest  # an older finding only suggests what to find now
    given = typed.get(registration.pk, {})
    return {
        "registration": registration,
        "verdict": given.get("verdict") or (own.verdict if own else ""),
        "reason": given.get("reason") or (own.reason if own else ""),
        "against": against[registration.pk],
        "documents": registration.documents.all(),
        "counts": counts,
        "others": [finding for of, finding in findings.items() if of != role and counts and finding.round == newest],
    }


pages = [path("qualifications/<int:number>/find/", desk, name="qualification_desk")]
