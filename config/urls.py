"""Every address: pages, the API under /api/v1/, and what answers when there is none."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, register_converter
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from config import api, pages, site
from config.signing_in import SessionApi

import trading.urls  # isort: skip

API = [
    path("session/", SessionApi.as_view(), name="session"),
    path("openapi.yaml", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api:schema"), name="docs"),
    path("redoc/", SpectacularRedocView.as_view(url_name="api:schema"), name="redoc"),
    *trading.urls.api,
]

urlpatterns = [
    path("api/v1/", include((API, "api"))),
    path("api/", RedirectView.as_view(pattern_name="api:docs")),
    *site.PATHS,
    *trading.urls.pages,
]
