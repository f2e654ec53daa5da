"""The pages about the site itself: how to see it, what it holds, and what went wrong."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_GET, require_POST

from config import display
from trading.errors import RuleError

Text = str | Promise

TITLES: dict[int, Text] = {
    400: _("This could not be understood"),
    403: _("You may not do this"),
    404: _("This page does not exist"),
    405: _("This page does not accept that"),
    409: _("A rule does not allow this now"),
    412: _("Somebody changed this before you"),
    413: _("The file is too large"),
    422: _("This request was already used for something else"),
    428: _("The version you saw is missing"),
    429: _("Too many attempts"),
    500: _("Something went wrong on our side"),
    503: _("The platform is busy or under maintenance"),
}

NEXT_STEPS: dict[int, Text] = {
    400: _("Go back with your browser; what you typed is still there. Correct it and send it again."),
    403: _("Sign in with the account that holds this role, or ask the person in charge of this step."),
    404: _("Check the address, search the notices, or start from the site map."),
    409: _("Nothing was changed. Go back to see where the procedure stands now."),
    412: _("Nothing was changed. Look at what is different now, then decide again."),
    428: _("Open the page again and repeat the act there, so that it acts on what you see."),
    429: _("Wait, then try again. The lock ends by itself."),
    500: _("Nothing you sent was recorded. Try again; if it repeats, tell the service desk the number."),
    503: _("Nothing was recorded. Try again in a minute; deadlines follow the server's clock."),
}


def problem(
    request: HttpRequest,
    status: int,
    detail: Text = "",
    *,
    basis: Text = "",
    next_step: Text = "",
    **facts: Any,  # Any: whatever the page adds, such as `changes` or `form`
) -> HttpResponse:
    """Return the page that says what happened, which rule says so and what to do next."""
    context = {
        "status": status,
        "title": TITLES.get(status, HTTPStatus(status).phrase),
        "detail": detail,
        "basis": basis,
        "next_step": next_step or NEXT_STEPS.get(status, ""),
        **facts,
    }
    return render(request, "problem.html", context, status=status)


def refusal(request: HttpRequest, error: RuleError) -> HttpResponse:
    """Return the page of a broken rule, in the reader's language."""
    message = gettext(str(error.message))
    detail = message % error.params if error.params else message
    next_step = gettext(error.next_step) if error.next_step else ""
    return problem(request, error.status, detail, basis=error.basis, next_step=next_step, code=error.code)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403, str(exception))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page of an unexpected failure; it needs neither database nor session."""
    return HttpResponse(loader.render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return the page of a database that is busy or away; it needs no database."""
    text = loader.render_to_string("503.html")
    return HttpResponse(text, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page of a form whose secret is missing or old."""
    detail = _("The form was open too long, or was opened before you signed in; its secret expired.")
    step = _("Go back, reload the page and send it again. Keep cookies on for this site.")
    return problem(request, 403, detail, next_step=step, code="csrf")


def back(request: HttpRequest) -> HttpResponseRedirect:
    """Return the reader to the page they came from, never to another site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    return HttpResponseRedirect(target)


@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Switch large text or high contrast, for a year."""
    chosen = display.changed(display.of(request), request.POST.dict())
    response = back(request)
    response.set_cookie(
        display.COOKIE,
        chosen.cookie,
        max_age=display.YEAR,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure(),
    )
    return response


@require_GET
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "site_map.html")


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html")
