"""Application for prequalification (资格预审申请): nobody learns of it before the deadline, nor outsiders after it."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import conflicts
from bids.registration import BIDDER, REHEARSAL, check_standing
from trading import clock, unguessable, uscc
from trading.document import Document
from trading.errors import InvalidInput, RuleError
from trading.ledger.tables import SecretWindow
from trading.lot import Lot
from trading.party import Organisation, Role
from trading.transitions import Act, Machine, act

BASIS = "招标投标法 22; 招标投标法实施条例 17"
OFFICIALS = frozenset({Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR})


def revealed() -> models.Q:
    """Return the condition that a record's lot takes no secret acts any more; its notice began them."""
    return ~models.Q(lot__code__in=SecretWindow.objects.filter(revealed_at=None).values("tender"))


class ApplicationQuerySet(models.QuerySet["Application"]):
    def standing(self) -> "ApplicationQuerySet":
        """Return the applications that have not been withdrawn."""
        return self.filter(state="submitted")

    def visible_to(self, person: Any) -> "ApplicationQuerySet":
        """Return an enterprise's own; after the deadline those of one's own project, which examines them.

        Officials see them when the lot's secret time is over: who may bid stays unsaid until then (招标投标法 22).
        """
        if not person.is_authenticated:
            return self.none()
        held = person.active_memberships()
        mine = models.Q(organisation_id__in=[m.organisation_id for m in held if m.role == Role.BIDDER])
        conducted = [m.organisation_id for m in held if m.role in {Role.OWNER, Role.AGENCY}]
        opened = self.filter(lot__reviews__stage="pre").exclude(lot__reviews__state__in=["", "announced"])
        ours = models.Q(lot__project__owner_id__in=conducted) | models.Q(lot__project__agency_id__in=conducted)
        rows = mine | (ours & models.Q(pk__in=opened.values("pk")))
        return self.filter(rows | revealed() if person.roles() & OFFICIALS else rows)


class Application(Machine):
    """One enterprise's application for one lot, alone or for a consortium whose composition is fixed with it."""

    noun = "application"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Enterprise"), on_delete=models.PROTECT, related_name="applications"
    )
    partners = models.JSONField(_("Partners of the consortium"), default=list, editable=False)
    manager_name = models.CharField(_("Project manager"), max_length=64)
    manager_certificate = models.CharField(_("Project manager's certificate no."), max_length=64)
    documents = models.ManyToManyField(Document, blank=True, related_name="applications")
    arrived_at = models.DateTimeField(editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "organisation"],
                condition=models.Q(state="submitted"),
                name="one_application_an_enterprise",
            )
        ]

    def __str__(self) -> str:
        return self.lot.name

    @act(
        "application.submitted",
        source="",
        target="submitted",
        may=BIDDER | REHEARSAL,
        label=gettext_noop("Apply for prequalification"),
    )
    def submit(
        self, act: Act, *, documents: Sequence[Document] = (), partners: Sequence[dict[str, str]] = ()
    ) -> dict[str, Any]:
        """Apply before the deadline, once, tied to no party of the project (招标投标法实施条例 17, 34, 37)."""
        act.seal()
        self._check_open(act)
        return self._take(act, documents, partners)

    @act(
        "application.replaced",
        source="submitted",
        target="submitted",
        may=BIDDER | REHEARSAL,
        label=gettext_noop("Replace the application"),
    )
    def replace(
        self,
        act: Act,
        *,
        manager_name: str,
        manager_certificate: str,
        documents: Sequence[Document] = (),
        partners: Sequence[dict[str, str]] = (),
    ) -> dict[str, Any]:
        """Put another application in the place of the first, before the deadline (招标投标法 29)."""
        act.seal()
        self._check_open(act)
        self.manager_name, self.manager_certificate = manager_name, manager_certificate
        return self._take(act, documents, partners)

    @act(
        "application.withdrawn",
        source="submitted",
        target="withdrawn",
        may=BIDDER,
        label=gettext_noop("Withdraw the application"),
    )
    def withdraw(self, act: Act) -> dict[str, Any]:
        """Take the application back before the deadline (招标投标法 29)."""
        act.seal()
        self._check_open(act)
        return {"arrived": clock.iso(act.arrived), "enterprise": self.organisation.uscc}

    def entrant(self) -> conflicts.Entrant:
        """Return who applies, as the rules on conflicts take it."""
        pairs = tuple((one["uscc"], one["name"]) for one in self.partners)
        return conflicts.Entrant(self.organisation, pairs, self.manager_certificate)

    def _take(self, act: Act, documents: Sequence[Document], partners: Sequence[dict[str, str]]) -> dict[str, Any]:
        check_standing(self.lot, self.organisation, self.lot.at(act.arrived))
        self.partners = [{"uscc": uscc.check(one["uscc"]), "name": one["name"].strip()} for one in partners]
        if self.partners and not self.lot.tender.consortium:
            raise RuleError(
                gettext_noop("The notice takes no consortia."),
                code="consortium_not_taken",
                basis="招标投标法实施条例 37",
            )
        conflicts.at_submission(self.lot, self.organisation, self.entrant().partners)
        _check_papers(self, documents)
        self.arrived_at = act.arrived
        act.then(lambda: self.documents.set(documents))
        return {
            "arrived": clock.iso(act.arrived),
            "enterprise": self.organisation.uscc,
            "partners": [one["uscc"] for one in self.partners],
            "manager": hashlib.sha256(self.manager_certificate.encode()).hexdigest(),
            "documents": sorted(document.sha256 for document in documents),
        }

    def _check_open(self, act: Act) -> None:
        """Refuse what does not arrive while applications are taken."""
        review: Any = self.lot.reviews.filter(stage="pre").first()
        if review is None or review.applications_until is None:
            raise RuleError(
                gettext_noop("No prequalification is announced for this lot."),
                code="applications_not_open",
                basis=BASIS,
            )
        arrived = self.lot.at(act.arrived)
        if review.state != "announced" or not review.documents_from <= arrived < review.applications_until:
            raise RuleError(
                gettext_noop("Applications were due before %(until)s; yours arrived at %(arrived)s."),
                code="applications_closed",
                basis="招标投标法实施条例 17; 电子招标投标办法 27",
                next_step=gettext_noop("Follow the notices: a failed tender is announced again."),
                until=review.applications_until.astimezone(clock.LOCAL).isoformat(),
                arrived=arrived.astimezone(clock.LOCAL).isoformat(),
            )


def _check_papers(application: Application, documents: Sequence[Document]) -> None:
    for document in documents:
        if (document.lot_id, document.organisation_id) != (application.lot_id, application.organisation_id):
            raise InvalidInput(
                gettext_noop("Document %(number)s is not one that you stored for this lot."),
                code="foreign_document",
                next_step=gettext_noop("Store the document for this lot, then apply."),
                number=document.pk,
            )
