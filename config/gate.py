"""What the API lets in: the session, and JSON that a database can hold."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.request import Request


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
