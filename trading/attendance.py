"""Attendance: who is in the room, in which role, with which badge (工作牌), having confirmed which rules.

Nobody enters without a badge. Officials are named in the transcript by role and badge; enterprises
and experts are not named at all while that must stay secret.
"""

import functools
import operator
import secrets
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, unguessable
from trading.conduct import ConductRules
from trading.errors import RuleError, WrongState
from trading.ledger import sealed
from trading.party import Organisation, Role
from trading.room import CENTRE, Kind
from trading.session import Session, SessionState
from trading.transitions import Act, Machine, Power, act

EVERYWHERE = frozenset(
    {
        Role.OWNER,
        Role.AGENCY,
        Role.SITE_SUPERVISOR,
        Role.CENTRE_STAFF,
        Role.SECTOR_REGULATOR,
        Role.DISCIPLINE,
        Role.AUDITOR,
        Role.NOTARY,
    }
)
ADMITTED: dict[str, frozenset[str]] = {
    Kind.OPENING: EVERYWHERE | {Role.BIDDER},
    Kind.EVALUATION: EVERYWHERE | {Role.EXPERT},
    Kind.DRAW: EVERYWHERE | {Role.BIDDER},
    Kind.AUCTION: EVERYWHERE | {Role.BIDDER},
    Kind.PANEL: EVERYWHERE,
}
UNNAMED = frozenset({Role.BIDDER, Role.EXPERT})


def _holder(role: str) -> Power:
    return Power(role, lambda sign_in, person: sign_in.role == role and _acts(sign_in, person))


def _acts(sign_in: "SignIn", person: Any) -> bool:
    return bool(
        person is not None
        and person.is_authenticated
        and sign_in.user_id in {None, person.pk}
        and person.acts_for(sign_in.organisation_id, sign_in.role)
    )


THEMSELVES = functools.reduce(operator.or_, (_holder(role) for role in sorted(EVERYWHERE | UNNAMED)))


class SignIn(Machine):
    """A person's presence in a session."""

    noun = "sign_in"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="sign_ins", editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_ins", editable=False
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Organisation"), on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices)
    conduct = models.ForeignKey(ConductRules, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("at",)
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], condition=models.Q(left_at=None), name="present_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.get_role_display()}"

    def ledger_lot(self) -> Any:
        return self.session.lot

    def secret_scope(self) -> str:
        return self.session.secret_scope()

    @act(
        "session.signed_in",
        source="",
        target="present",
        may=THEMSELVES,
        label=gettext_noop("Sign in"),
        even_suspended=True,
    )
    def sign_in(self, act: Act, *, conduct_sha256: str) -> dict[str, Any]:
        """Enter: confirm the rules of conduct and receive a badge."""
        session = Session.objects.select_for_update(of=("self",)).get(pk=self.session_id)
        _check_day(session)
        _check_role(session, self, act.by)
        self.user, self.at = act.by, act.at
        self.conduct = ConductRules.objects.applying_to(self.role)
        if conduct_sha256 != self.conduct.sha256:
            raise RuleError(
                gettext_noop("Confirm the rules of conduct “%(title)s”, version %(number)s."),
                code="conduct_not_confirmed",
                title=self.conduct.title,
                number=self.conduct.number,
            )
        badge = SiteBadge(number=_free_number(session), issued_at=act.at)
        act.then(lambda: _issue(badge, self))
        return self._announce(act, "session.signed_in", badge)

    @act(
        "session.signed_out",
        source="present",
        target="left",
        may=THEMSELVES | CENTRE,
        label=gettext_noop("Sign out"),
        even_suspended=True,
    )
    def sign_out(self, act: Act) -> dict[str, Any]:
        """Leave and give the badge back."""
        badge = self.badge
        self.left_at = badge.returned_at = act.at
        badge.save()
        return self._announce(act, "session.signed_out", badge)

    def _announce(self, act: Act, kind: str, badge: "SiteBadge") -> dict[str, Any]:
        facts = {"role": self.role, "badge": badge.number}
        if self._is_secret():
            act.seal()
        elif self.session.state != SessionState.CLOSED:
            act.say(self.session.transcript_id, kind, facts)
        return {**facts, "session": self.session_id, "conduct_sha256": self.conduct.sha256}

    def _is_secret(self) -> bool:
        """Say whether nobody may learn who is here: an expert or an enterprise while that is the lot's secret."""
        lot = self.session.lot
        if self.role == Role.EXPERT:
            return lot is None or lot.committee_is_secret
        return self.role == Role.BIDDER and (lot is None or not sealed.is_revealed(lot.code))


def _issue(badge: "SiteBadge", sign_in: SignIn) -> None:
    badge.sign_in = sign_in
    badge.save()


def _free_number(session: Session) -> str:
    """Return a badge number by chance: one that is said in public must not count those who are not."""
    taken = set(SiteBadge.objects.filter(sign_in__session=session).values_list("number", flat=True))
    all_numbers = (f"{session.pk:04d}-{number:03d}" for number in range(1, max(999, 2 * len(taken)) + 1))
    return secrets.choice([number for number in all_numbers if number not in taken])


def _token() -> str:
    return secrets.token_urlsafe(12)


class SiteBadge(models.Model):
    """The badge of one sign-in: a number to read, a code to scan."""

    sign_in = models.OneToOneField(SignIn, on_delete=models.PROTECT, related_name="badge")
    number = models.CharField(max_length=16, unique=True)
    token = models.CharField(max_length=16, unique=True, default=_token)
    issued_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number

    @property
    def is_valid(self) -> bool:
        """Say whether its holder may be in the room."""
        return self.returned_at is None and self.sign_in.session.state not in {
            SessionState.CLOSED,
            SessionState.CANCELLED,
        }


def present(session: Session, role: str) -> "models.QuerySet[SignIn]":
    """Return the sign-ins of those who are in the session now, in this role."""
    return SignIn.objects.filter(session=session, role=role, state="present")


def is_present(session: Session, person: Any, *roles: str) -> bool:  # Any: a User or an anonymous visitor
    """Say whether this person is in the session now, in one of these roles."""
    there = SignIn.objects.filter(session=session, role__in=roles, state="present")
    return bool(person.is_authenticated) and there.filter(user=person).exists()


def check_present(session: Session, person: Any, roles: Collection[str], basis: str) -> None:
    """Refuse who is not signed in to the session now, in one of these roles. Raises RuleError."""
    if not is_present(session, person, *roles):
        raise RuleError(
            gettext_noop("Sign in to the session first."),
            code="not_present",
            basis=basis,
            next_step=gettext_noop("Take a badge: only who is in the room takes part in what is decided there."),
        )


def _check_day(session: Session) -> None:
    today = clock.local_date(session.now())
    waiting = session.state == SessionState.SCHEDULED and clock.local_date(session.starts_at) == today
    if not (waiting or session.state in {SessionState.OPEN, SessionState.SUSPENDED}):
        raise WrongState(gettext_noop("Sign in on the day of the session, until it closes."), code="sign_in_closed")


def _check_role(session: Session, wanted: SignIn, person: Any) -> None:
    if wanted.role not in ADMITTED[session.kind]:
        raise RuleError(
            gettext_noop("This role has no place in a session of this kind."),
            code="role_not_admitted",
            basis="87号令 40; 招标投标法 38",
        )
    earlier = list(session.sign_ins.filter(user=person))
    if any(one.left_at is None for one in earlier):
        raise RuleError(gettext_noop("You are signed in already."), code="signed_in_already")
    parties = (
        {Role.OWNER: session.lot.project.owner_id, Role.AGENCY: session.lot.project.agency_id} if session.lot else {}
    )
    foreign = wanted.role in parties and parties[Role(wanted.role)] != wanted.organisation_id
    both = wanted.role not in parties and wanted.organisation_id in parties.values()
    if foreign or both or any(one.role != wanted.role for one in earlier):
        raise RuleError(
            gettext_noop("This role conflicts with your part in the project or with an earlier sign-in."),
            code="conflicting_roles",
            basis="招标投标法实施条例 13, 46",
        )
