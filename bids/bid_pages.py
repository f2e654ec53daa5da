"""The pages of a bid: where it is filled in, sealed in the browser and submitted; and its receipt."""

import functools
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bids import custody
from bids.bid import Bid, chain_head
from bids.bid_doors import enterprises_of, entry_of, tendered
from bids.sealing import standalone
from trading.ledger import merkle, notes, promise, proofs, receipts
from trading.ledger.tables import SealedEntry
from trading.lot import Lot

NOBODY = "00000000-0000-4000-8000-000000000000"  # stands in an address for a number that the browser draws
STEPS = (
    _("Fill in"),
    _("Choose documents"),
    _("Seal and upload"),
    _("Save the rescue file"),
    _("Submit"),
    _("Receipt"),
)
DEPOSITS = (("", "—"), ("transfer", _("Bank transfer")), ("guarantee", _("Guarantee")), ("none", _("None required")))


class Items(forms.Form):
    """What is read out at the opening; it stays in the browser and is sealed there."""

    price = forms.CharField(label=_("Price (yuan)"), help_text=_("With at most two decimals, such as 1368000.00."))
    price_words = forms.CharField(
        label=_("Price in words"),
        required=False,
        help_text=_("Leave it empty: the words follow from the figures. Other words are refused."),
    )
    duration_days = forms.CharField(label=_("Duration (calendar days)"))
    quality = forms.CharField(label=_("Quality"), initial="合格")
    manager_name = forms.CharField(label=_("Project manager"))
    manager_certificate = forms.CharField(label=_("Project manager's certificate no."))
    deposit_form = forms.ChoiceField(label=_("Form of the bid security"), choices=DEPOSITS)
    deposit_amount = forms.CharField(label=_("Amount of the bid security (yuan)"), required=False)
    discount = forms.CharField(label=_("Discount or remark"), required=False)
    consortium = forms.CharField(
        label=_("Members of the consortium"),
        required=False,
        widget=forms.Textarea,
        help_text=_("One on each line: unified social credit code, name, share of the work; commas between."),
    )

    def __init__(self, *, consortium: bool) -> None:
        super().__init__(use_required_attribute=False)
        self.fields["files"] = forms.FileField(  # not a member of the class: a form has a property of this name
            label=_("Documents of the bid"),
            widget=forms.FileInput,
            help_text=_("Choose all of them at once; together up to 300 MB."),
        )
        self.fields["files"].widget.attrs["multiple"] = True
        if not consortium:
            del self.fields["consortium"]


@login_required
@never_cache
@require_safe
def make(request: HttpRequest, name: str) -> HttpResponse:
    """Show where an enterprise makes its bid; the browser does the rest with the API."""
    lot = tendered(name)
    own = enterprises_of(request.user)
    last = chain_head(lot, own[0]) if own else None
    context = {
        **_place(lot),
        "bidder": own[0] if own else None,
        "form": Items(consortium=lot.tender.consortium),
        "current": last if last and last.state == "submitted" else None,
        "withdrawn": last if last and last.state == "withdrawn" else None,
        "steps": STEPS,
        "envelopes": reverse("api:envelopes"),
        "receipt_path": reverse("bid_receipt", args=[NOBODY]),
    }
    return render(request, "bids/bid.html", context)


def _place(lot: Lot) -> dict[str, Any]:
    return {
        "lot": lot,
        "tender": lot.tender,
        "mode": lot.tender.mode,
        "custodians": custody.published(lot),
        "clock_ahead_ms": round(lot.clock_ahead.total_seconds() * 1000),
    }


@login_required
@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show an enterprise its bid: what stands, the receipt, the proof, and how to check both."""
    found = _own(request, number)
    chain = Bid.objects.filter(lot=found.lot, organisation=found.organisation).order_by("-seq")
    sealed = found.read().sealed
    context = {
        **_place(found.lot),
        "bid": found,
        "chain": chain,
        "sealed": sealed,
        "root": notes.base64_text(sealed.root) if sealed else "",
    }
    return render(request, "bids/receipt.html", context)


@login_required
@never_cache
@require_safe
def receipt_file(request: HttpRequest, number: str) -> HttpResponse:
    """Send the receipt of what happened last to one's own bid; it holds the sealed content, so nobody else gets it."""
    text = promise.to_text(receipts.issue(_last_entry(_own(request, number)).event))
    return _saved(text, f"bid-{number}-receipt.json", "application/json")


@login_required
@never_cache
@require_safe
def proof_file(request: HttpRequest, number: str) -> HttpResponse:
    """Send the proof that the ledger holds the bid's entry (c2sp.org/tlog-proof); 404 until a checkpoint holds it."""
    index = proofs.index_of(_last_entry(_own(request, number)).event)
    if index is None:
        raise Http404
    try:
        text = proofs.proof(index).text()
    except merkle.TreeError as error:
        raise Http404 from error
    return _saved(text, f"bid-{number}.tlog-proof", "text/plain; charset=utf-8")


@require_safe
def tool(request: HttpRequest) -> HttpResponse:
    """Send the sealing tool as one file, for who does not trust this page: the same modules, always the same bytes."""
    return _saved(_program(), "ptseal.pyz", "application/octet-stream")


@functools.cache
def _program() -> bytes:
    return standalone.program()


def _own(request: HttpRequest, number: str) -> Bid:
    rows = Bid.objects.visible_to(request.user).select_related("lot__tender", "organisation", "upload")
    return get_object_or_404(rows, number=number)


def _last_entry(found: Bid) -> SealedEntry:
    return entry_of(found, "bid.withdrawn" if found.state == "withdrawn" else "bid.submitted")


def _saved(text: str | bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=content_type, headers=headers)


pages = [
    path("lots/<name:name>/bid/", make, name="bid_make"),
    path("ptseal.pyz", tool, name="sealing_tool"),
    path("bids/<uuid:number>/", receipt, name="bid_receipt"),
    path("bids/<uuid:number>/receipt.json", receipt_file, name="bid_receipt_file"),
    path("bids/<uuid:number>/proof.txt", proof_file, name="bid_proof_file"),
]
