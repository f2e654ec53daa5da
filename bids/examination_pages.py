"""The desk of an examination: one enterprise's items on one sheet, with its papers and what the register shows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from bids.examination import Examination, Ground, ItemFinding
from bids.registration import Verdict
from bids.requirements import CONFLICT, QualificationItem
from bids.review_api import EXAMINATIONS
from trading.doors import problems
from trading.errors import RuleError
from trading.party import Organisation

TYPED = {"verdict": 4, "ground": 12, "reason": 300, "evidence": 200}
HOW = {
    "control": gettext_noop("control"),
    "namesake_in_charge": gettext_noop("persons in charge of the same name"),
    "same_parent": gettext_noop("the same company above both"),
    "member_in_two_bids": gettext_noop("a member of two bids"),
    "named_twice": gettext_noop("named twice in one consortium"),
    "same_manager": gettext_noop("the same project manager"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, number: int) -> HttpResponse:
    """Show every item of the enterprise, and record what the examiner found of them together."""
    found = get_object_or_404(
        EXAMINATIONS.rows(request.user).select_related("review", "lot__project", "organisation", "application"),
        pk=number,
    )
    EXAMINATIONS.require_power(found, "find", request.user)
    if request.method != "POST":
        return _sheet(request, found, {})
    typed = _typed(request, found)
    version = request.POST.get("version", "")
    try:
        EXAMINATIONS.act_on(
            found,
            "find",
            person=request.user,
            version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            facts={"findings": [{"item": code, **row} for code, row in typed.items() if row["verdict"]]},
        )
    except RuleError as error:
        return _sheet(request, found, typed, error)
    messages.success(request, _("The findings on %(name)s are recorded.") % {"name": found.organisation.name})
    waiting = found.review.examinations.filter(state="waiting").first()
    return redirect("examination_desk", waiting.pk) if waiting else redirect("review", found.review_id)


def _typed(request: HttpRequest, found: Examination) -> dict[str, dict[str, str]]:
    """Return what was typed, by item; “pass the rest” passes what has no verdict, but no conflict that is shown."""
    rest = "pass_rest" in request.POST
    typed = {}
    for code in _codes(found):
        row = {name: request.POST.get(f"{name}-{code}", "").strip()[:most] for name, most in TYPED.items()}
        if not row["verdict"] and rest and not (code == CONFLICT and found.shown()):
            row["verdict"] = Verdict.PASS
        known = row["verdict"] in {"", *Verdict.values} and row["ground"] in {"", *Ground.values}
        typed[code] = row if known else {**row, "verdict": "", "ground": ""}
    return typed


def _codes(found: Examination) -> list[str]:
    items = QualificationItem.objects.filter(requirements__lot=found.lot_id)
    return [*items.values_list("code", flat=True), CONFLICT]


def _sheet(
    request: HttpRequest, found: Examination, typed: dict[str, dict[str, str]], error: RuleError | None = None
) -> HttpResponse:
    known = {finding.item: finding for finding in found.findings.all()}
    items = {item.code: item for item in QualificationItem.objects.filter(requirements__lot=found.lot_id)}
    siblings = found.review.examinations
    context = {
        "examination": found,
        "review": found.review,
        "lot": found.lot,
        "rows": [_row(code, items.get(code), known.get(code), typed.get(code)) for code in [*items, CONFLICT]],
        "conflicts": _in_words(found),
        "papers": found.application.documents.all() if found.application else [],
        "grounds": Ground.choices,
        "editable": found.review.state == "open",
        "total": siblings.count(),
        "waiting": siblings.filter(state="waiting").count(),
        "error": error,
        "sentence": problems.sentence(error) if error else "",
        "error_step": _(str(error.next_step)) if error and error.next_step else "",
    }
    return render(request, "examinations/desk.html", context, status=error.status if error else 200)


def _row(
    code: str, item: QualificationItem | None, known: ItemFinding | None, typed: dict[str, str] | None
) -> dict[str, Any]:
    given = typed or {name: getattr(known, name) if known else "" for name in TYPED}
    own = _("No conflict of interest (RC-01 to RC-04, RC-11, RC-14, RC-15)")
    return {
        "code": code,
        "requirement": item.requirement if item else own,
        "wanted": item.evidence if item else _("The register, and the enterprise's statement"),
        **given,
    }


def _in_words(found: Examination) -> list[dict[str, Any]]:
    """Return what the register shows of the enterprise, with the names of those concerned."""
    shown = found.shown()
    codes = {code for one in shown for code in one["parties"]}
    names = dict(Organisation.objects.filter(uscc__in=codes).values_list("uscc", "name"))
    return [
        {
            "rule": one["rule"],
            "how": _(HOW[one["how"]]) if one["how"] in HOW else _("an earlier service to the project"),
            "names": "、".join(names.get(code, code) for code in one["parties"]),
            "basis": one["basis"],
            "certain": one["certain"],
        }
        for one in shown
    ]


pages = [path("examinations/<int:number>/find/", desk, name="examination_desk")]
