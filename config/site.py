"""The addresses of the pages about the site itself and about the reader's account."""

from django.urls import path
from django.views.i18n import set_language

from config import account, pages, statistics, style

PATHS = [
    path("sign-in/", account.SignIn.as_view(), name="login"),
    path("sign-out/", account.SignOut.as_view(), name="logout"),
    path("account/", account.profile, name="profile"),
    path("account/password/", account.ChangePassword.as_view(), name="password_change"),
    path("language/", set_language, name="set_language"),
    path("display/", pages.set_display, name="display"),
    path("site-map/", pages.site_map, name="site_map"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("statistics/", statistics.show, name="statistics"),
    path("style/", style.show, name="style"),
]
