"""How records are named in addresses, and the site's own address as its readers reach it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import register_converter

_asked: ContextVar[HttpRequest | None] = ContextVar("asked", default=None)


class Name:
    """A record's code or number: letters, digits, hyphen, dot and underscore, at most 64; nothing else names one."""

    regex = r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


def register() -> None:
    """Let routes say `<name:name>`."""
    register_converter(Name, "name")


def absolute(request: HttpRequest, path: str) -> str:
    """Return the whole address of a page: at SITE_URL where the settings say it, else at the host that was asked.

    A host that is not ours is never repeated; the path alone is an address too.
    """
    if settings.SITE_URL:
        return f"{settings.SITE_URL.rstrip('/')}{path}"
    try:
        return request.build_absolute_uri(path)
    except DisallowedHost:
        return path


@contextmanager
def asked_by(request: HttpRequest) -> Iterator[None]:
    """Let everything done inside know at which host the site was asked."""
    token = _asked.set(request)
    try:
        yield
    finally:
        _asked.reset(token)


def of_site(path: str) -> str:
    """Return the whole address of a page for an act to print, which knows no request; outside one, SITE_URL's."""
    request = _asked.get()
    return absolute(request, path) if request else f"{settings.SITE_URL.rstrip('/')}{path}"
