"""Signing in and out, changing a password, and what a person may do here."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from trading.party import Membership


class SignIn(LoginView):
    """Sign in with name and password; django-axes locks after repeated failures."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # Any: Django's signature
        return super().get_context_data(**limits(), **kwargs)


def limits() -> dict[str, int]:
    """Return the limits of signing in as the settings have them: failures, and minutes of lock and of idleness."""
    return {
        "failures": settings.AXES_FAILURE_LIMIT,
        "lock_minutes": settings.AXES_COOLOFF_TIME // timedelta(minutes=1),
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
    }


class SignOut(LogoutView):
    """Sign out by a form, never by a link that another page could hold."""


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePassword(PasswordChangeView):
    """Change one's password; a first password must be changed before anything else."""

    success_url = reverse_lazy("profile")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # Any: Django's signature
        forced = getattr(self.request.user, "must_change_password", False)
        return super().get_context_data(forced=forced, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        form.user.must_change_password = False
        response = super().form_valid(form)
        messages.success(self.request, _("Your password was changed."))
        return response


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show the signed-in person's organisations and roles."""
    memberships = Membership.objects.filter(user=request.user.pk, ended_at=None)
    context = {"memberships": memberships.select_related("organisation")}
    return render(request, "account/profile.html", context)
