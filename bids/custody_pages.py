"""The pages of those who hold shares: a custodian's key and its release, and a bidder's own share."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bids.custody import KEEPER, Custodian
from bids.decrypting import BIDS_HERE
from bids.opening import Opening


@login_required
@never_cache
@require_safe
def custody(request: HttpRequest, number: int) -> HttpResponse:
    """Show a custodian its page; the key is made and used in its browser."""
    found = get_object_or_404(Custodian.objects.select_related("lot__tender", "organisation"), pk=number)
    if not KEEPER(found, request.user):
        raise Http404
    tender = getattr(found.lot, "tender", None)
    context = {
        "custodian": found,
        "lot": found.lot,
        "tender": tender,
        "tender_code": found.lot.code[:-3],
        "can_give": tender is None or tender.state == "registered",
        "opening": Opening.objects.filter(lot=found.lot).first(),
    }
    return render(request, "bids/custody.html", context)


@login_required
@never_cache
@require_safe
def my_share(request: HttpRequest, number: int) -> HttpResponse:
    """Show a bidder where it gives the share that only it has (mode TB)."""
    opening = get_object_or_404(Opening.objects.select_related("lot__tender"), pk=number)
    if opening.state != "scheduled" and not BIDS_HERE(opening, request.user):
        raise Http404
    context = {"opening": opening, "state": opening.state, "lot": opening.lot}
    return render(request, "bids/share.html", context)


pages = [
    path("openings/custody/<int:number>/", custody, name="custody"),
    path("openings/<int:number>/my-share/", my_share, name="opening_my_share"),
]
