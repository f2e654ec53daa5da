"""An entry of the library of experts (评标专家库): what it holds, sealed and masked, and how a person applies for it.

The ledger has every act by the expert's number alone: what an expert does itself, and who applied or recommended, is
unnamed there. What the keeper decides, and what follows, is in `expert.py`.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts import application, facts, identity, personal, specialities
from experts.application import Profile, Tie
from experts.personal import Personal
from trading import clock, holiday_notice, uscc
from trading.errors import RuleError
from trading.party import Role, UsccException, User, anywhere
from trading.rules import table
from trading.transitions import Act, Machine, Power, act

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, which nobody misreads
BASIS = "招标投标法实施条例 45; 评标专家和评标专家库管理办法(2024)"
READERS = frozenset({Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR})

SELF = Power(
    Role.EXPERT, lambda expert, person: person is not None and person.pk is not None and expert.user_id == person.pk
)
RECOMMENDER = Power(
    "recommender",
    lambda expert, person: person is not None and person.pk is not None and expert.recommended_by_id == person.pk,
)


class Title(models.TextChoices):
    SENIOR = application.Title.SENIOR, _("Senior title")
    EQUAL = application.Title.EQUAL, _("The same professional level")
    MIDDLE = application.Title.MIDDLE, _("Intermediate title")


class Returned(models.TextChoices):
    INCOMPLETE = "incomplete", _("Something is missing or cannot be read")
    NOT_PROVED = "not_proved", _("Title or years are not proved")
    SPECIALITY = "speciality", _("The speciality does not fit the experience")
    RELATION = "relation", _("A relation is missing or wrong")
    CONDUCT = "conduct", _("Punished for misconduct in tendering")


class ExpertQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> "ExpertQuerySet":
        """Return one's own entry, those one recommended, and all for the keeper, discipline and auditors.

        The library is not public: who is in it tells who may be drawn (招标投标法 37).
        """
        if not person.is_authenticated:
            return self.none()
        if person.roles() & READERS:
            return self.all()
        return self.filter(models.Q(user=person) | models.Q(recommended_by=person))

    def known(self) -> "ExpertQuerySet":
        """Return the rows with what a list shows of them."""
        return self.prefetch_related("held", "relations")


def fresh_number() -> str:
    """Return a number that tells nothing, such as E7K2M9Q4TX."""
    return "E" + "".join(secrets.choice(LETTERS) for _place in range(10))


def fresh_salt() -> str:
    """Return the salt of what the ledger says of an entry (integrity.md, 1.3)."""
    return secrets.token_hex(16)


class Entry(Machine):
    """One person's entry: who it is, sealed, and what the person is by trade."""

    number = models.CharField(_("Expert no."), max_length=11, unique=True, default=fresh_number, editable=False)
    rehearsal = models.BooleanField(default=False, editable=False)
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="expert"
    )
    recommended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    sealed = models.BinaryField(default=b"", blank=True)
    sealed_by = models.CharField(max_length=16, blank=True, editable=False)
    id_index = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001  # unique but absent
    region = models.CharField(_("Region code (GB/T 2260)"), max_length=6, blank=True)
    title = models.CharField(_("Professional title"), max_length=8, choices=Title.choices, blank=True)
    field_since = models.DateField(_("In the field since"), null=True)
    returned_for = models.CharField(_("Why it was returned"), max_length=16, choices=Returned.choices, blank=True)
    salt = models.CharField(max_length=32, default=fresh_salt, editable=False)
    admitted_on = models.DateField(_("Admitted on"), null=True, editable=False)
    drawable_on = models.DateField(_("May be drawn from"), null=True, editable=False)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def ledger_id(self) -> str:
        return self.number

    @property
    def personal(self) -> Personal:
        """The personal data in clear; a door shows `masked` only."""
        return personal.unseal(bytes(self.sealed), self.sealed_by, self.number) if self.sealed else Personal()

    @property
    def masked(self) -> dict[str, str]:
        """The personal data as a screen may show it."""
        return self.personal.masked()

    @property
    def employer(self) -> facts.Relation | None:
        """The present employer."""
        return facts.employer_of(self)

    @property
    def codes(self) -> list[str]:
        """The specialities held now."""
        return facts.codes_of(self)

    @property
    def speciality_names(self) -> list[str]:
        """The specialities held now, as they read."""
        return [f"{code} {specialities.name_of(code)}" for code in self.codes]

    # The application

    @act("expert.applied", source="", target="applied", may=anywhere(Role.EXPERT), label=gettext_noop("Apply"))
    def apply(self, act: Act, *, who: Personal, profile: Profile) -> dict[str, Any]:
        """Apply for the library oneself (招标投标法 37; 评标专家和评标专家库管理办法)."""
        self.user = act.by
        if type(self)._base_manager.filter(user=act.by).exists():
            raise RuleError(
                gettext_noop("You have an entry in the library already."),
                code="expert_known",
                basis=BASIS,
                next_step=gettext_noop("Open it under “My work”."),
            )
        act.then(lambda: rename(act.by, who))
        return self._enter(act, who, profile)

    @act(
        "expert.recommended",
        source="",
        target="applied",
        may=anywhere(Role.CENTRE_STAFF, Role.OWNER, Role.AGENCY, Role.BIDDER),
        label=gettext_noop("Recommend an expert"),
    )
    def recommend(self, act: Act, *, who: Personal, profile: Profile) -> dict[str, Any]:
        """Recommend a person: the centre anybody, a unit its own staff (招标投标法 37; 专家库管理办法)."""
        own = {m.organisation.uscc for m in act.by.active_memberships()}
        if act.role != Role.CENTRE_STAFF and uscc.normalise(profile.employer.uscc) not in own:
            raise RuleError(
                gettext_noop("A unit recommends its own staff."),
                code="not_your_staff",
                basis=BASIS,
                next_step=gettext_noop("Let the person's own unit or the centre recommend."),
            )
        self.recommended_by = act.by
        return self._enter(act, who, profile)

    @act(
        "expert.corrected",
        source=["returned", "left"],
        target="applied",
        may=SELF | RECOMMENDER,
        label=gettext_noop("Correct the application and send it again"),
    )
    def correct(self, act: Act, *, who: Personal, profile: Profile) -> dict[str, Any]:
        """Send the application again (评标专家和评标专家库管理办法; 招标投标法 37)."""
        return self._enter(act, who, profile)

    def _enter(self, act: Act, who: Personal, profile: Profile) -> dict[str, Any]:
        act.hide()
        today = clock.local_date(act.at)
        self.rehearsal = any(m.organisation.rehearsal for m in act.by.active_memberships())
        given = personal.checked(who)
        profile = checked(profile, today)
        application.check(profile, given.born_on, today, calendar=holiday_notice.calendar())
        self._check_new(given)
        self._seal(given)
        self.region, self.title, self.field_since = profile.region, profile.title, profile.field_since
        self.returned_for = ""
        act.then(lambda: self._keep(profile, today))
        return self._said({"facts": self.digest(profile)})

    def _keep(self, profile: Profile, today: date) -> None:
        facts.hold(self, profile.specialities, today)
        facts.employ(self, profile.employer)
        facts.tie(self, profile.ties)

    def _check_new(self, given: Personal) -> None:
        self.id_index = personal.index_of(given.id_number)
        if type(self)._base_manager.filter(id_index=self.id_index).exclude(pk=self.pk).exists():
            raise RuleError(
                gettext_noop("The library has or had an entry of this person."),
                code="person_known",
                basis=BASIS,
                next_step=gettext_noop("Ask the authority that keeps the library."),
            )

    def _seal(self, given: Personal) -> None:
        self.sealed_by, self.sealed = personal.seal(given, self.number)

    def _said(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "rehearsal": True} if self.rehearsal else data

    def digest(self, profile: Profile) -> str:
        """Return what the ledger says of a profile: a salted hash, which the row alone can explain."""
        text = json.dumps(asdict(profile), default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return f"h1:{hashlib.sha256(bytes.fromhex(self.salt) + text.encode()).hexdigest()}"


def checked(profile: Profile, today: date) -> Profile:
    """Return the profile with its codes as their standards write them. Raises InvalidInput."""
    most = table.find(application.SPECIALITIES, today).count
    codes = specialities.check(profile.specialities, today, most=most)
    return replace(profile, specialities=codes, employer=coded(profile.employer), ties=tuple(map(coded, profile.ties)))


def coded(tie: Tie) -> Tie:
    """Return the tie with its organisation's code checked. Raises a kind of WrongCode."""
    exceptions = set(UsccException.objects.values_list("code", flat=True))
    return replace(tie, uscc=uscc.check(tie.uscc, exceptions=exceptions))


def rename(user: User, who: Personal) -> None:
    """Show an expert's account by the masked name only: who is in the library is not public."""
    User.objects.filter(pk=user.pk).update(name=identity.masked_name(who.name.strip()))
