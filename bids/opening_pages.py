"""The pages of an opening beside its hall: where it is addressed, its record as a page, as data, as a PDF."""

from typing import Any

import segno
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from bids import looking, opened_files, opening_words, record, record_pdf, record_words
from bids.opened import READ_OUT, Outcome
from bids.opening import Opening
from trading.doors import addresses
from trading.ledger import jcs
from trading.ledger.tables import AuditEvent
from trading.party import Role

PAGE = 100


@require_safe
def opening(request: HttpRequest, number: int) -> HttpResponse:
    """Lead to the hall of the opening's session."""
    found = _found(number)
    return redirect("hall", found.session_id)


def _found(number: int) -> Opening:
    rows = Opening.objects.select_related("lot__project__owner", "lot__project__agency", "lot__tender", "session__room")
    found: Opening = get_object_or_404(rows, pk=number if number < 10**18 else 0)
    return found


def _shown(request: HttpRequest, number: int) -> tuple[Opening, dict[str, Any]]:
    """Return an opening and its record: as it was fixed, or as it stands from the reading out on."""
    found = _found(number)
    looking.guard(found, request.user, allowed=found.state in READ_OUT)
    if found.state == "finished":
        try:
            return found, record.fixed(found)
        except OSError as error:
            raise Http404 from error
    return found, record.facts_of(found, address=_address(request, found))


def _address(request: HttpRequest, found: Opening) -> str:
    return addresses.absolute(request, record.address_of(found))


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """Show the record and what it is verified with: its hashes, and the ledger's entry that carries them."""
    found, facts = _shown(request, number)
    digest = record.digest(facts)
    bids = Paginator(facts["bids"], PAGE).get_page(request.GET.get("page"))
    given = _given(found, request.user)
    context = {
        "opening": found,
        "lot": found.lot,
        "rehearsal": found.lot.rehearsal,
        "facts": facts,
        "bids": bids,
        "lines": [_line(bid, given) for bid in bids],
        "shown_files": bool(given),
        "signed": [_signed(one) for one in facts["signatures"]],
        "opened": sum(bid["outcome"] == "opened" for bid in facts["bids"]),
        "digest": digest,
        "is_fixed": found.state == "finished",
        "matches": digest == found.record_facts.get("data_sha256"),
        "entry": _entry(found),
        "address": _address(request, found),
        "next_path": f"?page={bids.next_page_number()}" if bids.has_next() else "",
        "previous_path": f"?page={bids.previous_page_number()}" if bids.has_previous() else "",
    }
    return render(request, "openings/record.html", context)


def _given(found: Opening, person: Any) -> set[int]:
    """Return the numbers of the bids whose key and files the person gets: of all, its own, or none."""
    if not person.is_authenticated:
        return set()
    rows = found.opened.read_out().select_related("bid", "opening__lot__project")
    return {row.number for row in rows if opened_files.may_have(row, person)}


def _line(bid: dict[str, Any], given: set[int]) -> dict[str, Any]:
    """Return a bid of the record with its coded values in words."""
    return {
        **bid,
        "received": record_words.moment(bid["received_at"]),
        "decided": record_words.moment(bid["decided_at"]),
        "words": Outcome(bid["outcome"]).label,
        "fault": opening_words.fault(bid["at_fault"]) if bid["outcome"] != Outcome.OPENED else "",
        "deposit": opening_words.DEPOSITS.get(bid["items"].get("deposit_form", ""), ""),
        "found": [opening_words.finding(code) for code in bid["findings"]],
        "given": bid["number"] in given,
    }


def _signed(one: dict[str, Any]) -> str:
    side, role = opening_words.SIDES[one["side"]], Role(one["role"]).label
    return f"{side}: {one['name']} ({role}) {record_words.moment(one['signed_at'])}"


def _entry(found: Opening) -> int | None:
    """Return the index of the ledger's entry that carries the record's hashes, once it is there."""
    finished = AuditEvent.objects.filter(type="opening.finished", subject_id=found.ledger_id(), tender=found.lot.code)
    index: int | None = finished.values_list("log_leaf__idx", flat=True).first()
    return index


@require_safe
def data(request: HttpRequest, number: int) -> HttpResponse:
    """Send the record's data, in the bytes that were hashed."""
    found, facts = _shown(request, number)
    return _file(found, jcs.encode(facts), "application/json", "json")


@require_safe
def printed(request: HttpRequest, number: int) -> HttpResponse:
    """Send the record as a PDF: the one whose hash is in the ledger, or one of the record as it stands."""
    found, facts = _shown(request, number)
    stored = record.place(found, "pdf")
    if found.state == "finished" and stored.exists():
        body = stored.read_bytes()
    else:
        body = record_pdf.write(facts, record.digest(facts))
    return _file(found, body, "application/pdf", "pdf")


def _file(found: Opening, body: bytes, media_type: str, suffix: str) -> HttpResponse:
    name = f"{found.lot.code}-opening-record.{suffix}"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-cache"}
    return HttpResponse(body, content_type=media_type, headers=headers)


@require_safe
def code(request: HttpRequest, number: int) -> HttpResponse:
    """Draw the QR code of the record's page."""
    drawing = segno.make_qr(_address(request, _found(number)), error="m").svg_inline(
        scale=8, border=4, omitsize=True, svgclass=None, lineclass=None
    )
    picture = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


pages = [
    path("openings/<int:number>/", opening, name="opening_hall"),
    path("openings/<int:number>/record/", page, name="opening_record"),
    path("openings/<int:number>/record.json", data, name="opening_record_data"),
    path("openings/<int:number>/record.pdf", printed, name="opening_record_pdf"),
    path("openings/<int:number>/record/code.svg", code, name="opening_record_code"),
]
