"""Signing in and out by the API, with the session cookie that the pages use too."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import account, api, gate
from trading.doors.fields import Input
from trading.party import Role


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's documentation names the session."""

    target_class = "config.gate.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class Credentials(Input):
    """A name and a password."""

    username = serializers.CharField(label=_("User name"), max_length=150)
    password = serializers.CharField(label=_("Password"), max_length=256, trim_whitespace=False)


class RoleHeld(serializers.Serializer[Any]):
    """A role in an organisation."""

    role = serializers.ChoiceField(choices=Role.choices)
    organisation = serializers.IntegerField(source="organisation_id")
    name = serializers.CharField(source="organisation.name")
    uscc = serializers.CharField(source="organisation.uscc")


class Who(serializers.Serializer[Any]):
    """Who is signed in, in which roles, and the token that writing needs as X-CSRFToken."""

    authenticated = serializers.BooleanField()
    username = serializers.CharField()
    name = serializers.CharField()
    must_change_password = serializers.BooleanField()
    memberships = RoleHeld(many=True)
    csrf_token = serializers.CharField()


def who(request: Request) -> dict[str, Any]:
    """Return the answer to “who am I?”."""
    person = request.user
    return {
        "authenticated": person.is_authenticated,
        "username": person.get_username(),
        "name": getattr(person, "name", ""),
        "must_change_password": getattr(person, "must_change_password", False),
        "memberships": person.active_memberships() if person.is_authenticated else [],
        "csrf_token": get_token(request._request),  # noqa: SLF001  # DRF names the Django request so
    }


@method_decorator(ensure_csrf_cookie, name="dispatch")
class SessionApi(APIView):
    """The session: who is signed in, signing in, signing out."""

    refusals = {"POST": (400, 401, 406, 413, 415, 429, 500), "DELETE": (401, 403, 406, 500)}

    def get_parsers(self) -> list[BaseParser]:
        """Read JSON only: another site's form cannot send it, so nobody is signed in from elsewhere."""
        return [gate.StrictJson()]

    @extend_schema(operation_id="account_who", summary="Who am I?", tags=["account"], responses=Who)
    def get(self, request: Request) -> Response:
        return Response(Who(who(request)).data)

    @extend_schema(
        operation_id="account_sign_in", summary="Sign in", tags=["account"], request=Credentials, responses=Who
    )
    @method_decorator(sensitive_variables("given", "person"))
    def post(self, request: Request) -> Response:
        given = Credentials(data=request.data)
        given.is_valid(raise_exception=True)
        person = authenticate(request._request, **given.validated_data)  # noqa: SLF001
        if person is None:
            raise exceptions.AuthenticationFailed(_("Name or password is wrong, or the account is not active."))
        login(request._request, person)  # noqa: SLF001
        request.user = person
        return Response(Who(who(request)).data)

    @extend_schema(operation_id="account_sign_out", summary="Sign out", tags=["account"], request=None, responses=None)
    def delete(self, request: Request) -> Response:
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        logout(request._request)  # noqa: SLF001
        return Response(status=204)


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """Answer whoever failed too often: a program with a problem, a reader with a page."""
    if request.path.startswith("/api/"):
        return api.refused(request, 429, "locked_out")
    return TemplateResponse(request, "registration/locked.html", account.limits(), status=429).render()
