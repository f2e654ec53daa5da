"""Taking the tender documents (领取招标文件): free of charge, by a registered enterprise, on record.

Who took them is nobody's to know before the opening, the tenderer, its agency and the centre included (招标投标法 22):
the ledger's entry is sealed, the identifiers are random, and only the enterprise itself sees its own.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids.tender_documents import TenderDocument
from trading import clock, unguessable
from trading.errors import RuleError
from trading.ledger.tables import SecretWindow
from trading.lot import Lot
from trading.notice import Kind, NoticeVersion
from trading.notification import Recipient, tell
from trading.party import Organisation, Role, within
from trading.transitions import Act, Machine, act

BIDDER = within(Role.BIDDER, lambda taking: taking.organisation_id)
TOLD_OF = (Kind.CHANGE, Kind.FAILURE, Kind.OTHER)


class TakingQuerySet(models.QuerySet["Taking"]):
    def visible_to(self, person: Any) -> "TakingQuerySet":
        """Return an enterprise's own; once the lot's secret time is over, owner, agency, supervisors, auditor too."""
        if not person.is_authenticated:
            return self.none()
        own = [m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
        party = [m.organisation_id for m in person.active_memberships() if m.role in {Role.OWNER, Role.AGENCY}]
        windows = SecretWindow.objects.filter(tender=models.OuterRef("lot__code"))
        rows = self.annotate(
            was_secret=models.Exists(windows), is_secret=models.Exists(windows.filter(revealed_at=None))
        )
        over = models.Q(was_secret=True, is_secret=False)
        if not person.roles() & {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}:
            over &= models.Q(lot__project__owner_id__in=party) | models.Q(lot__project__agency_id__in=party)
        return rows.filter(over | models.Q(organisation_id__in=own))


class Taking(Machine):
    """One enterprise that took a lot's tender documents, and where it wants to be told of changes."""

    noun = "taking"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="takings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="takings")
    email = models.EmailField(_("E-mail for changes"))
    phone = models.CharField(_("Mobile number for changes"), max_length=20, blank=True)
    taken_at = models.DateTimeField(_("Taken"), editable=False)

    objects = TakingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "organisation"], name="documents_taken_once")]

    def __str__(self) -> str:
        return self.lot.name

    @act("documents.taken", source="", target="taken", may=BIDDER, label=gettext_noop("Take the tender documents"))
    def take(self, act: Act) -> dict[str, Any]:
        """Take the documents by the enterprise's name, while they are offered; the entry stays sealed.

        Nothing but being registered is asked for (电子招标投标办法 20; 招标投标法 22; 招标投标法实施条例 16).
        """
        act.seal()
        arrived = self.lot.at(act.arrived)
        tender = getattr(self.lot, "tender", None)
        if tender is None or not tender.offers_documents(arrived):
            raise RuleError(
                gettext_noop("The documents are not offered now."),
                code="documents_not_offered",
                basis="招标投标法实施条例 16",
                next_step=gettext_noop("The notice says from when until when they are."),
            )
        self._check_enterprise()
        self.taken_at = arrived
        return {"arrived": clock.iso(act.arrived), "enterprise": self.organisation.uscc}

    def _check_enterprise(self) -> None:
        if self.organisation.rehearsal and not self.lot.rehearsal:
            raise RuleError(
                gettext_noop("The organisation exists in rehearsals only."), code="organisation_is_rehearsal"
            )
        if Taking.objects.filter(lot=self.lot, organisation=self.organisation).exists():
            raise RuleError(
                gettext_noop("Your enterprise has taken these documents already."),
                code="already_taken",
                next_step=gettext_noop("They are on the tender's page, with every later version."),
            )


class Download(models.Model):
    """The first time that an enterprise fetched a file it had taken."""

    taking = models.ForeignKey(Taking, on_delete=models.PROTECT, related_name="downloads")
    file = models.ForeignKey(TenderDocument, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taking", "file"], name="a_download_once")]


def of_person(lot: Lot, person: Any) -> models.QuerySet[Taking]:
    """Return the takings of the enterprises that a person acts for."""
    if not person.is_authenticated:
        return Taking.objects.none()
    own = [m.organisation_id for m in person.active_memberships() if m.role == Role.BIDDER]
    return Taking.objects.filter(lot=lot, organisation_id__in=own)


def note_download(taking: Taking, file: TenderDocument) -> None:
    """Put on record that the enterprise fetched the file."""
    Download.objects.get_or_create(taking=taking, file=file, defaults={"first_at": taking.lot.now()})


def tell_takers() -> None:
    """Tell everybody who took a lot's documents of every notice of the lot since then (招标投标法 23)."""
    new = NoticeVersion.objects.filter(told=None, number=1, notice__kind__in=TOLD_OF, notice__lot__tender__isnull=False)
    for version in new.select_related("notice__lot").order_by("pk")[:20]:
        takings = Taking.objects.filter(lot=version.notice.lot).select_related("organisation")
        tell(version, [Recipient(t.organisation, t.email, t.phone) for t in takings])
