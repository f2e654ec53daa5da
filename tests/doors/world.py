"""One record of every noun, and one person of every role: enough to try every act as everybody.

Records are filled by looking at their fields and stored without their acts: a test of powers needs a record, not its
story.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from bids.award import Award
from bids.custody import Custodian
from bids.opened import OpenedBid
from bids.registration import RegistrationWindow
from bids.room.member import Member
from bids.tender import Tender
from experts.expert import Expert
from experts.seat import Seat
from tests import make
from trading import clock
from trading.attendance import SiteBadge
from trading.doors.door import DOORS, sources_of
from trading.lot import Lot
from trading.notice import NoticeVersion
from trading.party import Membership, Organisation, Role, User
from trading.transitions import Machine

ROLES = [role for role in Role if role != Role.SECURITY_ADMIN]


ASKED_FOR = {"lot", "notice", "user", "expert", "agency", "tracker"}  # though they may be empty
BESIDE = (Award, RegistrationWindow, SiteBadge, Custodian, OpenedBid, Member, Tender, NoticeVersion)


class World:
    """People by role, and records by model; the records belong to the owner, the agency and the bidder."""

    def __init__(self) -> None:
        self.people: dict[str, User] = {role: make.user(role) for role in ROLES}
        self.people[Role.SECURITY_ADMIN] = make.security_admin()
        self.homes = {role: make.home(person) for role, person in self.people.items()}
        self.records: dict[type[models.Model], Any] = {User: self.people[Role.SITE_SUPERVISOR]}
        for beside in BESIDE:
            self.the(beside)

    def the(self, model: type[models.Model]) -> Any:
        """Return the world's record of a model, made when first asked for."""
        if model is Organisation:
            return self.homes[Role.BIDDER]
        if model not in self.records:
            made = model(
                **{f.attname: value for f in model._meta.concrete_fields if (value := self.value(f)) is not None}
            )
            self.records[model] = made
            made.save_base(raw=True)
            self.records[model] = model._base_manager.get(pk=made.pk)
        return self.records[model]

    def value(self, field: Any) -> Any:
        """Return a value that the field accepts; None leaves its default."""
        if field.remote_field is not None and (not field.null or field.name in ASKED_FOR):
            return self.related(field).pk
        if field.name in {"deadline", "window_until", "is_chair"}:
            return plain(field) or True
        if field.model is Lot and field.name == "kind":
            return "public_tender"
        if field.name == "state":
            return self.state(field.model)
        if field.primary_key or field.has_default() or field.null or field.blank:
            return None
        return plain(field)

    def related(self, field: Any) -> Any:
        if field.model is Membership and field.name == "user":
            return make.account()  # nobody of the world gains a role by it
        if field.model in {Expert, Seat, Member} and field.name == "user":
            return self.people[Role.EXPERT]
        if field.name in {"owner", "agency"}:
            return self.homes[field.name]
        if field.name == "tracker":
            return self.people[Role.SITE_SUPERVISOR]
        return self.the(field.remote_field.model)

    def state(self, model: type[Machine]) -> str:
        """Return a state that public rows have, and that some act starts from."""
        door = DOORS.get(model.noun)
        fixed = {"project": "accepted", "lot": "live", "organisation": "registered", "notice": "published"}
        fixed["complaint"] = "accepted"  # before, owner and agency do not see it
        fixed["committee_member"] = "sitting"  # before, a member has no sheet
        states = [state for name in (door.acts if door else ()) for state in sources_of(getattr(model, name)) if state]
        return fixed.get(model.noun) or (states[0] if states else "there")


def plain(field: Any) -> Any:
    """Return a value of a field's own kind."""
    if field.choices:
        return field.choices[0][0]
    now = clock.now()
    kinds: list[tuple[type, Any]] = [
        (models.DateTimeField, now),
        (models.DateField, now.date()),
        (models.DecimalField, Decimal(1)),
        (models.DurationField, timedelta()),
        (models.JSONField, {}),
        (models.IntegerField, 1),
        (models.BooleanField, False),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), f"{field.name}1"[: field.max_length or 20])
