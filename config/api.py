"""One answer for every refusal of the API: problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from trading.doors import problems
from trading.errors import RuleError

BUSY_S = "60"
MEDIA_TYPE = "application/problem+json"
KINDS: list[tuple[type[Exception], tuple[int, str]]] = [
    (Http404, (404, "not_found")),
    (PermissionDenied, (403, "permission_denied")),
    (RequestDataTooBig, (413, "too_large")),
    (SuspiciousOperation, (400, "parse_error")),
    (DataError, (400, "invalid")),
    (OperationalError, (503, "busy")),
]
CODES = {403: "permission_denied", 404: "not_found", 400: "invalid"}


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return every refusal of the API as a problem; what is not a refusal goes on to `server_error`."""
    request: HttpRequest = context["request"]._request  # noqa: SLF001  # DRF names Django's request so
    said = _said(request, error, context["request"].user)
    if said is None:
        return None
    set_rollback()
    unknown = said["status"] == HTTPStatus.UNAUTHORIZED
    headers = {"WWW-Authenticate": 'Session realm="sunlight"'} if unknown else {}
    headers |= {"Retry-After": BUSY_S} if said["code"] == "busy" else {}
    return Response(said, said["status"], headers=headers, content_type=MEDIA_TYPE)


def _said(request: HttpRequest, error: Exception, person: Any) -> dict[str, Any] | None:
    match error:
        case RuleError():
            unknown = error.status == HTTPStatus.FORBIDDEN and not person.is_authenticated
            return problems.of_rule(request, error, HTTPStatus.UNAUTHORIZED.value if unknown else None)
        case exceptions.ValidationError():
            return _invalid(request, error.detail)
        case ModelError():
            return _invalid(request, getattr(error, "message_dict", None) or error.messages)
        case exceptions.APIException():
            return _general(request, error.status_code, error.default_code, str(error.detail))
    known = next((row for kind, row in KINDS if isinstance(error, kind)), None)
    return _general(request, *known) if known else None


def _invalid(request: HttpRequest, detail: Any) -> dict[str, Any]:
    errors = list(problems.flattened(detail))
    return problems.body(request, 400, "invalid", gettext(problems.GENERAL["invalid"].message), errors=errors)


def _general(request: HttpRequest, status: int, code: str, detail: str = "") -> dict[str, Any]:
    known = {"error": "failure"}.get(code, code)
    meaning = problems.GENERAL.get(known, problems.GENERAL["failure"])
    step = gettext(meaning.next_step) if meaning.next_step else ""
    return problems.body(request, status, known, detail or gettext(meaning.message), next_step=step)


def busy(request: HttpRequest) -> HttpResponse:
    """Return the problem of a database that is busy or away."""
    response = refused(request, HTTPStatus.SERVICE_UNAVAILABLE, "busy")
    response.headers["Retry-After"] = BUSY_S
    return response


def refused(request: HttpRequest, status: int, code: str = "") -> HttpResponse:
    """Return a problem for an address of the API that no view answered."""
    said = _general(request, status, code or CODES.get(status, "failure"))
    return JsonResponse(said, status=status, content_type=MEDIA_TYPE)
