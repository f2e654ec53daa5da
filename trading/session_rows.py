"""The rows of sessions: how they stand, and who sees which.

A session of a lot's committee is seen only by those who take part in it, in every list and at every address
(招标投标法 37, 38; 政府采购货物和服务招标投标管理办法(87号令) 47, 66).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from trading.party import SUPERVISING, Role
from trading.room import PRIVATE

__all__ = ["MEMBERS", "SUPERVISING", "SessionQuerySet", "SessionState"]

OFFICIALS = frozenset({Role.CENTRE_STAFF, Role.AUDITOR, *SUPERVISING})
MEMBERS: list[Callable[[Any], models.Q]] = []  # each says which sessions a person takes part in as a member


class SessionState(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("In session")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class SessionQuerySet(models.QuerySet[Any]):  # Any: Session, which is defined on top of this
    def visible_to(self, person: Any) -> Self:  # Any: a User or an anonymous visitor
        """Return the sessions everybody may watch, and the private ones in which the person takes part."""
        if not person.is_authenticated:
            return self.filter(transcript__public=True)
        if person.roles() & OFFICIALS:
            return self
        attended = models.Q(host=person) | models.Q(sign_ins__user=person)
        return self.filter(models.Q(transcript__public=True) | attended | _of_the_committee(person)).distinct()

    def holding_the_room(self) -> Self:
        """Return the sessions that keep their room from others."""
        return self.filter(state__in=[SessionState.SCHEDULED, SessionState.OPEN, SessionState.SUSPENDED])

    def within(self, start: datetime, end: datetime) -> Self:
        """Return the sessions with a part between two moments."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


def _of_the_committee(person: Any) -> models.Q:
    """Return the private sessions of the person's own lots, as owner or agency, and those of which it is a member."""
    held = person.active_memberships()
    owners = [m.organisation_id for m in held if m.role == Role.OWNER]
    agencies = [m.organisation_id for m in held if m.role == Role.AGENCY]
    conducted = models.Q(lot__project__owner__in=owners) | models.Q(lot__project__agency__in=agencies)
    own = models.Q(kind__in=PRIVATE) & conducted
    for member in MEMBERS:
        own |= member(person)
    return own
