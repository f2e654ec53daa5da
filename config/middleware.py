"""What happens around every request: language, pace, idle time-out, forced password change, refusals told as pages."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from whitenoise.middleware import WhiteNoiseMiddleware

from config import api, pages
from config.front import STAMP
from trading import arrival, clock, pace
from trading.doors import addresses, problems
from trading.errors import RuleError

Respond = Callable[[HttpRequest], HttpResponse]
API = "/api/"
READING = {"GET", "HEAD", "OPTIONS"}
IDLE_KEY = "seen_at"
NOTE_EVERY_SECONDS = 30


class ArrivalMiddleware:
    """Carries the stamp of the server's front to the act, and the host that was asked; without a stamp it is now."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scope = getattr(request, "scope", {})
        with arrival.stamp(scope.get(STAMP) or clock.now()), addresses.asked_by(request):
            return self.get_response(request)


class StaticFiles(WhiteNoiseMiddleware):
    """Our static files are small: an answer in one piece suits every server, a streamed one only WSGI."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:  # Any: whitenoise has no types
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        headers = dict(found.headers)
        if body:  # the file may have been built anew since its length was noted
            headers["Content-Length"] = str(len(body))
        return HttpResponse(body, status=int(found.status), headers=headers)


class LanguageMiddleware:
    """Chinese first: only the reader's own choice, a cookie, changes it; the API also hears Accept-Language."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            api = request.path.startswith(API)
            language = translation.get_language_from_request(request) if api else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.to_locale(language).replace("_", "-"))
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


class PaceMiddleware:
    """Refuses who writes too often; every process counts in the same place."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            return self.get_response(request)
        wait = pace.seconds_to_wait(self.limits(request))
        return self.refuse(request, wait) if wait else self.get_response(request)

    def limits(self, request: HttpRequest) -> list[pace.Limit]:
        """Return what this write counts against: the address, and the account or, without one, the visitor."""
        address = pace.network(request.META.get("REMOTE_ADDR", ""))
        person = request.user
        counted = [
            ("address", address),
            self.writer(request, address),
        ]
        if not person.is_authenticated and request.path in {reverse("register"), reverse("api:organisation_list")}:
            counted.append(("enterprise", address))
        return [pace.Limit(scope, who, *settings.WRITE_LIMITS[scope]) for scope, who in counted]

    def writer(self, request: HttpRequest, address: str) -> tuple[str, str]:
        """Return who writes, and under which limit: a large bid comes in hundreds of parts."""
        if not request.user.is_authenticated:
            return "visitor", address
        return ("parts" if request.method == "PUT" else "account"), str(request.user.pk)

    def refuse(self, request: HttpRequest, wait: int) -> HttpResponse:
        """Say so to a reader with a page, to a program with a problem; both hear when to come back."""
        if request.path.startswith(API):
            response = api.refused(request, HTTPStatus.TOO_MANY_REQUESTS, "throttled")
        else:
            meaning = problems.GENERAL["throttled"]
            step = _(meaning.next_step)
            response = pages.problem(request, 429, _(meaning.message), next_step=step, code=meaning.code)
        response.headers["Retry-After"] = str(wait)
        return response


class IdleMiddleware:
    """Signs a person out who did nothing for SESSION_COOKIE_AGE (GB/T 22239-2019, 8.1.4.1 b)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self.note(request)
        return self.get_response(request)

    def note(self, request: HttpRequest) -> None:
        """End the session after the idle time, else remember, not too often, that the person is here."""
        now = int(time.time())
        seen_at = request.session.get(IDLE_KEY, now)
        if now - seen_at > settings.SESSION_COOKIE_AGE:
            logout(request)
            minutes = settings.SESSION_COOKIE_AGE // 60
            text = _("You were signed out after %(minutes)s minutes without activity.")
            messages.warning(request, text % {"minutes": minutes})
        elif now - seen_at >= NOTE_EVERY_SECONDS or IDLE_KEY not in request.session:
            request.session[IDLE_KEY] = now


class PasswordChangeMiddleware:
    """Nothing else is served until a first password has been changed (8.1.4.1 a)."""

    OPEN = ("password_change", "logout", "set_language", "display", "api:account")

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False) and not self.is_open(request.path):
            return self.refuse(request)
        return self.get_response(request)

    def is_open(self, path: str) -> bool:
        """Say whether a page may be used before the change."""
        return path.startswith(settings.STATIC_URL) or path in {reverse(name) for name in self.OPEN}

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """Send a reader to the form, a program a problem."""
        if request.path.startswith(API):
            return api.refused(request, HTTPStatus.FORBIDDEN, "password_change_required")
        return redirect("password_change")


class RuleErrorMiddleware:
    """Tells a reader which rule refused an act, where the page itself did not."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal, or a database that is busy or away, into a page."""
        if request.path.startswith(API):
            return None
        if isinstance(error, RuleError):
            return pages.refusal(request, error)
        if isinstance(error, OperationalError):
            return pages.unavailable(request)
        return None
