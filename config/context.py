"""What every page knows: the site's name, how the reader wants to see it, the server's time, the ledger's head."""

from typing import Any, NamedTuple

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from config import display
from trading import clock


class Entry(NamedTuple):
    """An entry of the main navigation."""

    label: Promise | str
    path: str
    here: bool


NAVIGATION: list[tuple[Promise, str]] = [
    (_("Notices"), "notice_list"),
    (_("Comparisons"), "comparison_list"),
    (_("Tenders"), "tender_list"),
    (_("Live hall"), "live"),
    (_("Verify"), "verify"),
    (_("Ledger"), "ledger"),
    (_("Deadline calculator"), "deadline"),
    (_("Statistics"), "statistics"),
]


def site(request: HttpRequest) -> dict[str, Any]:
    """Return what the base page shows around every page."""
    return {
        "platform": _("Sunlight"),
        "display": display.of(request),
        "navigation": SimpleLazyObject(lambda: navigation(request.path)),
        "server_now": clock.now(),
        "server_milliseconds": int(clock.now().timestamp() * 1000),
        "ledger_head": SimpleLazyObject(ledger_head),
    }


def navigation(path: str) -> list[Entry]:
    """Return the main navigation with the entry that the reader is in."""
    entries = []
    for label, name in NAVIGATION:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        entries.append(Entry(label, address, path.startswith(address)))
    return entries


def ledger_head() -> Any:  # Any: a row of an app below, or nothing before the first checkpoint
    """Return the newest checkpoint of the public ledger, if there is one."""
    return apps.get_model("trading", "LogCheckpoint").objects.order_by("-size").first()
