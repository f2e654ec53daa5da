"""The doors of evaluation methods, and the public file of each version."""

import re
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bids import method_serializers as s
from bids.method import Method, MethodVersion, current, is_drawn, is_fixed
from bids.requirements import CONDUCT
from bids.tender_api import is_before_deadline
from trading.doors.door import Door, Task
from trading.lot import Lot
from trading.party import Role

NAME = re.compile(r"[^0-9A-Za-z._-]")


def methods_for(person: Any) -> models.QuerySet[Method]:
    """Return those that a notice has stated; their own for owner and agency, all for officials."""
    stated = ~models.Q(lot__tender__state__in=["", "registered"]) & models.Q(lot__tender__isnull=False)
    if not person.is_authenticated:
        return Method.objects.filter(stated)
    if person.roles() - {Role.BIDDER, Role.OWNER, Role.AGENCY, Role.EXPERT}:
        return Method.objects.all()
    ours = [m.organisation_id for m in person.active_memberships()]
    mine = models.Q(lot__project__owner_id__in=ours) | models.Q(lot__project__agency_id__in=ours)
    return Method.objects.filter(stated | mine)


METHODS = Door(
    model=Method,
    path="methods",
    singular=_("Evaluation method"),
    plural=_("Evaluation methods"),
    reads=s.MethodRecord,
    details=s.MethodDetail,
    rows=methods_for,
    lists=lambda person: methods_for(person).filter(lot__rehearsal=False),
    creates=("lay_down", s.StateMethod),
    acts={"lay_down": s.RestateMethod, "amend": s.AmendMethod, "draw": s.DrawParameters},
    at_will=("lay_down", "amend"),
    fits={
        "lay_down": lambda method, person: not is_fixed(method.lot),
        "draw": lambda method, person: not is_drawn(method.lot) and hasattr(method.lot, "opening"),
        "amend": lambda method, person: is_fixed(method.lot) and is_before_deadline(method.lot.tender, person),
    },
    filters=("lot__code",),
    related=("lot__project", "lot__tender"),
    listed_as=("lot",),
)


def shown(lot: Lot, person: Any) -> dict[str, Any]:
    """Return what a tender's page says of its method: the version that counts in words, all versions, the acts."""
    version = current(lot)
    if version is None:
        stating = not is_fixed(lot) and CONDUCT(Method(lot=lot), person)
        label = METHODS.label_of("lay_down")
        return {"tasks": [Task("lay_down", label, f"{reverse('method_new')}?lot={lot.code}")] if stating else []}
    return {
        "version": version,
        "lines": words(lot),
        "versions": list(version.method.versions.all()),
        "tasks": METHODS.tasks(version.method, person),
    }


def words(lot: Lot) -> list[str]:
    """Return the method that counts, in the language of the page."""
    version = current(lot)
    english = (get_language() or "").startswith("en")
    return [line.en if english else line.zh for line in version.lines()] if version else []


@require_safe
def file(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """Send a version of the method: the bytes whose SHA-256 the notice states."""
    found = get_object_or_404(methods_for(request.user), pk=number if number < 2**63 else 0)
    kept = get_object_or_404(MethodVersion, method=found, number=version if version < 2**15 else 0)
    response = HttpResponse(kept.content, content_type="application/json")
    name = NAME.sub("-", found.lot.code)
    response["Content-Disposition"] = f'attachment; filename="{name}-method-{kept.number}.json"'
    return response


pages = [path("methods/<int:number>/<int:version>.json", file, name="method_file")]
NOUNS = (METHODS,)
