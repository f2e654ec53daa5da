"""The pages of the comparison that are not one record's: the numbered list as the file that was hashed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from bids.candidate_list import CandidateList
from trading.api import LOTS


@require_GET
def candidate_list(request: HttpRequest, name: str) -> HttpResponse:
    """Send the numbered list of a lot, byte for byte as it was hashed and will be drawn from."""
    lot = LOTS.find(name, LOTS.rows(request.user))
    found = CandidateList.objects.filter(lot=lot).first() if lot else None
    if found is None:
        raise Http404
    response = HttpResponse(found.file, content_type="text/tab-separated-values; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-candidates.tsv"'
    response["ETag"] = f'"{found.sha256}"'
    return response
