"""The page of the evaluation room: who has done what, all bids on one screen, one's own findings and one's own sheet.

Host and supervision see how far everybody is, and no score before all have signed (87号令 55).
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bids import room_words
from bids.room import grounds, matrix, report_pdf
from bids.room.evaluation import Evaluation
from bids.room_doors import EVALUATIONS, MEMBERS, SHEETS, found
from trading import spoken
from trading.doors import problems
from trading.errors import RuleError
from trading.transitions import perform

STEPS = ("convened", "examining", "scoring", "summed", "reported", "signed")
spoken.lend(room_words.KINDS, room_words.FACTS, {})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, number: int) -> HttpResponse:
    """Show the room, and take one's own findings or draft."""
    evaluation = found(str(number), request.user)
    if request.method != "POST":
        return _page(request, evaluation)
    try:
        _take(request, evaluation)
    except RuleError as error:
        return _page(request, evaluation, error)
    return redirect("evaluation_room", evaluation.pk)


def _take(request: HttpRequest, evaluation: Evaluation) -> None:
    """Record what was typed. Raises RuleError; Http404 for who does not sit here."""
    member = matrix.own(evaluation, request.user)
    if member is None:
        raise Http404
    if "findings" in request.POST:
        perform(member.find, by=request.user, findings=_findings(request, evaluation))
        messages.success(request, _("Your findings are recorded."))
    else:
        draft = request.POST.get("draft", "")
        seen = int(draft) if draft.isascii() and draft.isdecimal() and len(draft) < 10 else -1
        sheet: Any = member.sheet
        sheet.save_draft(request.user, draft=seen, scores=_scores(request))
        messages.success(request, _("Your draft is saved."))


def _findings(request: HttpRequest, evaluation: Evaluation) -> list[dict[str, Any]]:
    rows = []
    for number in evaluation.candidates.values_list("number", flat=True):
        ground = request.POST.get(f"ground-{number}", "")
        reason = request.POST.get(f"reason-{number}", "")[:500]
        if ground:
            rows.append({"number": number, "grounds": {} if ground == "pass" else {ground: reason}})
    return rows


def _scores(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return the typed scores, which the fields name `score/<bid>/<part>`."""
    scores: dict[str, dict[str, str]] = {}
    for name, value in request.POST.items():
        kind, _slash, place = name.partition("/")
        number, _slash, part = place.partition("/")
        if kind == "score" and part and str(value).strip():
            scores.setdefault(number, {})[part] = str(value).strip()
    return scores


def _page(request: HttpRequest, evaluation: Evaluation, error: RuleError | None = None) -> HttpResponse:
    seen = matrix.of(evaluation, request.user)
    member = matrix.own(evaluation, request.user)
    sheet: Any = getattr(member, "sheet", None)
    known = grounds.found_by_members(evaluation.regime)
    context = {
        "evaluation": evaluation,
        "lot": evaluation.lot,
        "member": member,
        "sheet": sheet,
        "parts": seen["parts"],
        "bidders": seen["bidders"],
        "rows": [_row(one, seen, request, kept=error is not None) for one in seen["bids"]],
        "finds": member is not None and member.state == "sitting" and evaluation.state == "examining",
        "scores_open": sheet is not None and sheet.state == "draft" and evaluation.state == "scoring",
        "ranked": seen["figures"] is not None,
        "grounds": [(code, _(one.words)) for code, one in known.items()],
        "seats": _progress(evaluation),
        "total": evaluation.candidates.count(),
        "steps": STEPS,
        "tasks": _tasks(evaluation, member, sheet, request.user),
        "has_report": evaluation.state == "signed",
        "error": error,
        "sentence": problems.sentence(error) if error else "",
        "error_step": _(str(error.next_step)) if error and error.next_step else "",
    }
    return render(request, "evaluations/room.html", context, status=error.status if error else 200)


def _tasks(evaluation: Evaluation, member: Any, sheet: Any, person: Any) -> list[Any]:
    """Return what the person can do now; findings and drafts have their place on the page."""
    tasks = [*EVALUATIONS.tasks(evaluation, person)]
    tasks += [task for task in MEMBERS.tasks(member, person) if task.name != "find"] if member else []
    return tasks + (SHEETS.tasks(sheet, person) if sheet else [])


def _progress(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return how far each member is: never a score."""
    rows: Any = evaluation.members.select_related("seat", "user", "sheet").annotate(found=Count("checks"))
    return [{"member": one, "found": one.found, "sheet": getattr(one, "sheet", None)} for one in rows]


def _row(one: dict[str, Any], seen: dict[str, Any], request: HttpRequest, *, kept: bool) -> dict[str, Any]:
    number, typed = str(one["number"]), request.POST if kept else {}
    sheet = (seen["sheet"] or {}).get("scores", {}).get(number, {})
    ground, reason = next(iter(one["grounds"].items()), ("pass" if one["checked"] else "", ""))
    scores = seen["scores"]
    ranked = seen["figures"]["bids"] if seen["figures"] else []
    return {
        **one,
        "ground": typed.get(f"ground-{number}", ground),
        "reason": typed.get(f"reason-{number}", reason),
        "cells": [
            {
                "name": f"score/{number}/{part['id']}",
                "part": part["id"],
                "max": part["max"],
                "value": typed.get(f"score/{number}/{part['id']}", sheet.get(part["id"], "")),
                "given": [(seat, marks.get(number, {}).get(part["id"], "")) for seat, marks in sorted(scores.items())],
            }
            for part in seen["parts"]
        ],
        "figures": next((each for each in ranked if each["id"] == number), None),
    }


@login_required
@never_cache
@require_safe
def printed(request: HttpRequest, number: int) -> HttpResponse:
    """Send the signed report as the PDF whose hash is in the ledger."""
    evaluation = found(str(number), request.user)
    file = report_pdf.place(evaluation, "pdf")
    if evaluation.state != "signed" or not file.exists():
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{evaluation.lot.code}-evaluation-report.pdf"'}
    return HttpResponse(file.read_bytes(), content_type="application/pdf", headers=headers)


pages = [
    path("evaluations/<int:number>/room/", room, name="evaluation_room"),
    path("evaluations/<int:number>/report.pdf", printed, name="evaluation_report_pdf"),
]
