"""Registration (报名): an enterprise enters a comparison before the close.

Nobody else learns of it until the list is published.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock, unguessable
from trading.document import Document
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation, Role, anywhere, within
from trading.project import Project
from trading.transitions import Act, Machine, Power, act

BIDDER = within(Role.BIDDER, lambda registration: registration.organisation_id)
CENTRE = anywhere(Role.CENTRE_STAFF)
REHEARSAL = Power(
    Role.CENTRE_STAFF, lambda registration, person: registration.lot.rehearsal and CENTRE(registration, person)
)


def parties(project: Project) -> list[tuple[Organisation, str, str]]:
    """Return the project's parties, to which no bidder may be tied, each with the rule and its article."""
    named = [
        (project.owner, "RC-01", "招标投标法实施条例 34"),
        (project.agency, "RC-04", "招标投标法实施条例 13"),
    ]
    return [(party, rule, basis) for party, rule, basis in named if party is not None]


def check_standing(lot: Lot, organisation: Organisation, moment: datetime) -> None:
    """Refuse an organisation that is not registered, of rehearsals only, or barred at a moment of the lot's clock."""
    if organisation.state != "registered":
        raise RuleError(gettext_noop("The organisation is not registered."), code="organisation_not_registered")
    if organisation.rehearsal and not lot.rehearsal:
        raise RuleError(gettext_noop("The organisation exists in rehearsals only."), code="organisation_is_rehearsal")
    if sanction := organisation.barred_on(clock.local_date(moment)):
        raise RuleError(
            gettext_noop("The enterprise is barred until %(until)s by decision %(decision)s."),
            code="enterprise_barred",
            basis=sanction.basis,
            until=sanction.ends_on.isoformat(),
            decision=sanction.decision_no,
        )


class Verdict(models.TextChoices):
    """What the qualification found."""

    PASS = "pass", _("Pass")
    FAIL = "fail", _("Fail")


class ParticipantNotice(Machine):
    """随机抽取企业须知: what every enterprise must have read before it registers; each version stays as it was."""

    noun = "participant_notice"
    number = models.CharField(_("Version"), max_length=32, unique=True)
    text = models.TextField(_("Text"))
    sha256 = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return self.number

    @act(
        "participant_notice.published",
        source="",
        target="published",
        may=anywhere(Role.SECTOR_REGULATOR),
        label=gettext_noop("Publish a participant's notice"),
    )
    def publish(self, act: Act) -> dict[str, Any]:
        """Publish one version of the notice to draw participants."""
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        return {"number": self.number, "sha256": self.sha256}


class RegistrationWindow(models.Model):
    """When a lot takes registrations, on its own clock, and which notice must be confirmed."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="registration_window")
    opens_at = models.DateTimeField(_("Registration opens"))
    closes_at = models.DateTimeField(_("Registration closes"))
    participant_notice = models.ForeignKey(ParticipantNotice, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="window_closes_after_it_opens"
            )
        ]

    def check_open(self, moment: datetime) -> None:
        """Refuse a registration that does not arrive in [opens_at, closes_at)."""
        if moment < self.opens_at:
            raise RuleError(
                gettext_noop("Registration opens at %(opens)s."),
                code="registration_not_open",
                opens=self.opens_at.astimezone(clock.LOCAL).isoformat(),
            )
        if moment >= self.closes_at:
            raise RuleError(
                gettext_noop("Registration closed at %(closes)s; your request arrived at %(arrived)s."),
                code="registration_closed",
                basis="招标投标法 28; 电子招标投标办法 27",
                next_step=gettext_noop("Follow the notices: a failed comparison is announced again."),
                closes=self.closes_at.astimezone(clock.LOCAL).isoformat(),
                arrived=moment.astimezone(clock.LOCAL).isoformat(),
            )


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def counted(self) -> "RegistrationQuerySet":
        """Return the registrations that stand."""
        return self.exclude(state__in=["", "withdrawn"])

    def visible_to(self, person: Any) -> "RegistrationQuerySet":
        """Return an enterprise's own registrations.

        And those of lots whose window has closed for the two who qualify and the auditor.

        Nobody learns who registered before the close (招标投标法 22).
        """
        if not person.is_authenticated:
            return self.none()
        mine = models.Q(
            organisation_id__in=[m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
        )
        ended = models.ExpressionWrapper(
            models.F("lot__registration_window__closes_at") - models.F("lot__clock_ahead"),
            output_field=models.DateTimeField(),
        )
        owned = [m.organisation_id for m in person.active_memberships() if m.role in {Role.OWNER, Role.AGENCY}]
        closed = models.Q(ended__lte=clock.now())
        readers = person.roles() & {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}
        others = closed if readers else closed & models.Q(lot__project__owner_id__in=owned)
        return self.annotate(ended=ended).filter(mine | others)


class Registration(Machine):
    """One enterprise's registration for one lot."""

    noun = "registration"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="registrations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="registrations")
    grade = models.CharField(_("Qualification grade"), max_length=100)
    manager_name = models.CharField(_("Project manager"), max_length=64)
    manager_certificate = models.CharField(_("Project manager's certificate no."), max_length=64)
    safety_licence = models.CharField(_("Safety production licence no."), max_length=64)
    confirmed_sha256 = models.CharField(_("Confirmed notice"), max_length=64)
    confirmed_at = models.DateTimeField(editable=False)
    documents = models.ManyToManyField(Document, blank=True, related_name="registrations")
    group = models.CharField(max_length=18, editable=False)
    number = models.PositiveIntegerField(_("Number on the list"), null=True, editable=False)
    imported_from = models.CharField(max_length=100, blank=True, editable=False)
    verdict = models.CharField(_("Finding"), max_length=4, choices=Verdict.choices, blank=True, editable=False)
    reason = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ("number", "organisation__uscc")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation"],
                condition=~models.Q(state__in=["", "withdrawn"]),
                name="one_registration_an_enterprise",
            ),
            models.UniqueConstraint(
                fields=["lot", "group"],
                condition=~models.Q(state__in=["", "withdrawn"]),
                name="one_registration_a_group",
            ),
            models.UniqueConstraint(fields=["lot", "number"], name="a_list_number_once"),
        ]

    def __str__(self) -> str:
        return self.lot.name

    @act(
        "registration.submitted",
        source="",
        target="submitted",
        may=BIDDER | REHEARSAL,
        label=gettext_noop("Register for the comparison"),
    )
    def submit(self, act: Act, *, documents: Sequence[Document] = ()) -> dict[str, Any]:
        """Register: in time, once, with the notice confirmed, not barred, tied to no party and no other registrant.

        In time is what arrived in time, however long it then waited. The ledger entry is sealed. Sources: domain.md
        2.3; 招标投标法 22; 招标投标法实施条例 13, 34; 电子签名法 11.
        """
        act.seal()
        arrived = self.lot.at(act.arrived)
        window: RegistrationWindow | None = getattr(self.lot, "registration_window", None)
        if window is None:
            raise RuleError(gettext_noop("The comparison has no notice yet."), code="registration_not_open")
        window.check_open(arrived)
        self._check_confirmed(window.participant_notice)
        check_standing(self.lot, self.organisation, arrived)
        self.group = self.organisation.group()
        self._check_parties()
        self._check_registrants()
        self.confirmed_at = act.arrived
        act.then(lambda: self.documents.set(documents))
        return {
            "arrived": clock.iso(act.arrived),
            "enterprise": self.organisation.uscc,
            "participant_notice": self.confirmed_sha256,
            "manager": hashlib.sha256(self.manager_certificate.encode()).hexdigest(),
            "documents": sorted(document.sha256 for document in documents),
        }

    @act(
        "registration.withdrawn",
        source="submitted",
        target="withdrawn",
        may=BIDDER,
        label=gettext_noop("Withdraw the registration"),
    )
    def withdraw(self, act: Act) -> dict[str, Any]:
        """Take the registration back before the close (招标投标法 29)."""
        act.seal()
        self.lot.registration_window.check_open(self.lot.at(act.arrived))
        return {"arrived": clock.iso(act.arrived), "enterprise": self.organisation.uscc}

    def _check_confirmed(self, notice: ParticipantNotice) -> None:
        if self.confirmed_sha256 != notice.sha256:
            raise RuleError(
                gettext_noop("The participant's notice %(number)s has not been confirmed as read."),
                code="participant_notice_not_confirmed",
                basis="固定价比选 操作规程: 随机抽取企业须知",
                next_step=gettext_noop("Read the notice and tick that you have read it."),
                number=notice.number,
            )

    def _check_parties(self) -> None:
        for party, rule, basis in parties(self.lot.project):
            if party.group() == self.organisation.group():
                raise RuleError(
                    gettext_noop("The enterprise is tied to a party of this project (%(rule)s)."),
                    code="tied_to_project",
                    basis=basis,
                    rule=rule,
                )

    def _check_registrants(self) -> None:
        standing = self.lot.registrations.counted().filter(
            models.Q(organisation=self.organisation) | models.Q(group=self.group)
        )
        found = set(standing.values_list("organisation_id", flat=True).order_by())
        if self.organisation_id in found:
            raise RuleError(
                gettext_noop("The enterprise is registered for this comparison already."),
                code="already_registered",
                next_step=gettext_noop("Your registrations and their receipts are under “My work”."),
            )
        if found:
            raise RuleError(
                gettext_noop(
                    "An enterprise under the same control is registered; this one cannot register as well (RC-02)."
                ),
                code="tied_to_registrant",
                basis="招标投标法实施条例 34(2)(3)",
                next_step=gettext_noop("One of the tied enterprises may take part; settle it among yourselves."),
            )
