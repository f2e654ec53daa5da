"""Every address: pages, the API under /api/v1/, and what answers when there is none."""

import sys

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from bids import urls as bids
from config import api, pages, site
from config.signing_in import SessionApi
from experts import urls as experts
from trading import urls as trading

INLINE_STYLE = csp_update({"style-src": [UNSAFE_INLINE]})  # of the documentation's user interface, not of ours
API = [
    path("session/", SessionApi.as_view(), name="account"),
    path("openapi.yaml", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", INLINE_STYLE(SpectacularSwaggerSplitView.as_view(url_name="api:schema")), name="docs"),
    *bids.api,
    *experts.api,
    *trading.api,
]

urlpatterns = [
    path("api/v1/", include((API, "api"))),
    path("api/", RedirectView.as_view(pattern_name="api:docs"), name="api_docs"),
    *site.PATHS,
    *bids.pages,
    *experts.pages,
    *trading.pages,
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return api.refused(request, 400, "parse_error") if _is_api(request) else pages.bad_request(request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return api.refused(request, 403) if _is_api(request) else pages.forbidden(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return api.refused(request, 404) if _is_api(request) else pages.not_found(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer a failure; a database that is busy or away, which any middleware may meet first, is told as that."""
    if isinstance(sys.exception(), OperationalError):
        return api.busy(request) if _is_api(request) else pages.unavailable(request)
    return api.refused(request, 500) if _is_api(request) else pages.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
