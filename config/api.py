"""The API as a whole: one answer for every refusal (RFC 9457), what it reads, and how often a visitor may write."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO, Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView, set_rollback

from trading.doors import problems
from trading.errors import RuleError

MEDIA_TYPE = "application/problem+json"
CODES = {403: "permission_denied", 404: "not_found", 400: "invalid"}


class Session(SessionAuthentication):
    """The session cookie; a refusal names it, so that 401 and 403 differ."""

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="sunlight"'


class TooLarge(exceptions.APIException):
    """A body beyond what the platform reads."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("The body is larger than the platform reads.")


class StrictJson(JSONParser):
    """JSON of a bounded size and depth, without text that no database can hold."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError) as error:
            raise exceptions.ParseError from error
        if any("\0" in text for text in _texts(data)):
            raise exceptions.ParseError(gettext("Text may not contain the character NUL."))
        return data


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


class VisitorWrites(AnonRateThrottle):
    """How often a visitor may write; reading is free, and people who signed in are known."""

    scope = "visitor_writes"
    THROTTLE_RATES: ClassVar[dict[str, str | None]] = {"visitor_writes": settings.VISITOR_WRITES}

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method in {"GET", "HEAD", "OPTIONS"} or super().allow_request(request, view)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return every refusal of the API as a problem; what is not a refusal goes on to `server_error`."""
    request: HttpRequest = context["request"]._request
    said = _said(request, error, context["request"].user)
    if said is None:
        return None
    set_rollback()
    headers = _headers(error) | (
        {"WWW-Authenticate": 'Session realm="sunlight"'} if said["status"] == HTTPStatus.UNAUTHORIZED else {}
    )
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
        case Http404():
            return _general(request, 404, "not_found")
        case PermissionDenied():
            return _general(request, 403, "permission_denied")
        case SuspiciousOperation():
            return _general(request, 400, "parse_error")
        case OperationalError():
            return _general(request, 503, "busy")
        case _:
            return None


def _invalid(request: HttpRequest, detail: Any) -> dict[str, Any]:
    errors = list(problems.flattened(detail))
    return problems.body(request, 400, "invalid", gettext(problems.GENERAL["invalid"].message), errors=errors)


def _general(request: HttpRequest, status: int, code: str, detail: str = "") -> dict[str, Any]:
    known = {"error": "failure"}.get(code, code)
    meaning = problems.GENERAL.get(known, problems.GENERAL["failure"])
    step = gettext(meaning.next_step) if meaning.next_step else ""
    return problems.body(request, status, known, detail or gettext(meaning.message), next_step=step)


def _headers(error: Exception) -> dict[str, str]:
    wait = getattr(error, "wait", None)
    return {"Retry-After": str(int(wait))} if wait else {}


def refused(request: HttpRequest, status: int, code: str = "") -> HttpResponse:
    """Return a problem for an address of the API that no view answered."""
    said = _general(request, status, code or CODES.get(status, "failure"))
    return JsonResponse(said, status=status, content_type=MEDIA_TYPE)
