"""“Recompute this evaluation” (复算评标): public after the result, and nothing at all before it.

招标投标法 37, 38, 44; 财政部令第87号 66, 69: until then nobody learns that an evaluation has taken place.
"""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from bids import recomputing
from bids.method_doors import words
from bids.recomputing import Published
from bids.room import tie
from bids.room.evaluation import Evaluation
from bids.tender import Tender
from trading.lot import Lot


def of(lot: Lot) -> Evaluation | None:
    """Return the lot's evaluation once everybody may know it: its report is signed and its result is out."""
    found = Evaluation.objects.filter(lot=lot, state="signed", document__isnull=False).first()
    return None if found is None or lot.committee_is_secret else found


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """Compute the evaluation again and show every figure beside what was published."""
    tender, evaluation = _found(request, number)
    document, published = evaluation.document, published_of(evaluation)
    figures = recomputing.figures_of(document)
    rows = recomputing.rows(document, figures, published, tie.ranks(figures, tie.drawn_order(tender.lot)))
    for row in rows:
        row["sheets"] = [(one["id"], [one["scores"].get(part) for part in row["parts"]]) for one in row["experts"]]
        row["given"] = [row["fixed"].get(part) for part in row["parts"]]
    context = {
        "tender": tender,
        "lot": tender.lot,
        "rehearsal": tender.lot.rehearsal,
        "parts": list(rows[0]["parts"]) if rows else [],
        "rows": rows,
        "figures": figures,
        "flags": [{**flag, "bids": flag.get("bids") or [flag["bid"]]} for flag in figures["flags"]],
        "lines": words(tender.lot),
        "same": figures == evaluation.figures and all(row["equal"] for row in rows),
        "sha256": hashlib.sha256(_bytes(evaluation)).hexdigest(),
        "name": _name(tender),
    }
    return render(request, "tenders/recompute.html", context)


@require_safe
def document(request: HttpRequest, number: int) -> HttpResponse:
    """Send the document that `manage.py evaluate` reads, with the bids by number and name."""
    tender, evaluation = _found(request, number)
    response = HttpResponse(_bytes(evaluation), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{_name(tender)}"'
    return response


def published_of(evaluation: Evaluation) -> dict[str, Published]:
    """Return what was published of each bid, by its number."""
    rows = evaluation.candidates.select_related("opened__bid__organisation")
    return {str(one.number): Published(one.opened.bid.organisation.name, one.rank, one.total) for one in rows}


def _found(request: HttpRequest, number: int) -> tuple[Tender, Any]:
    rows = Tender.objects.visible_to(request.user).distinct().select_related("lot__project")
    tender: Tender = get_object_or_404(rows, pk=number if number < 2**63 else 0)
    evaluation = of(tender.lot)
    if evaluation is None:
        raise Http404
    return tender, evaluation


def _bytes(evaluation: Any) -> bytes:
    names = {number: one.name for number, one in published_of(evaluation).items()}
    return json.dumps(recomputing.named(evaluation.document, names), ensure_ascii=False, indent=1).encode()


def _name(tender: Tender) -> str:
    return f"{tender.lot.code}-evaluation.json"


pages = [
    path("tenders/<int:number>/evaluation/", page, name="recompute"),
    path("tenders/<int:number>/evaluation.json", document, name="recompute_document"),
]
