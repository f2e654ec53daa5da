"""Documents: files with their SHA-256, size and the type that their content shows."""

import hashlib
from datetime import datetime
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import unguessable
from trading.errors import InvalidInput
from trading.ledger import sealed
from trading.ledger.tables import SecretWindow
from trading.lot import Lot
from trading.party import TRADING, Organisation, Role, anywhere
from trading.transitions import Act, Machine, act

TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
ALIASES = {".jpeg": ".jpg", ".jfif": ".jpg"}


def storage_name(document: "Document", name: str) -> str:
    return f"documents/{document.sha256[:2]}/{document.sha256}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, person: Any) -> "DocumentQuerySet":
        """Return published documents, one's own, and for officials and the lot's owner those that are released.

        An enterprise's papers tell that it takes part: nobody else sees them before the lot's secret time is over.
        """
        rows = models.Q(public=True)
        if person.is_authenticated:
            mine = [m.organisation_id for m in person.active_memberships()]
            released = models.Q(released_at__isnull=False)
            officials = person.roles() & {Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR}
            parties = models.Q(lot__project__owner_id__in=mine)
            conducted = models.Q(for_takers=True) | models.Q(lot__tender__isnull=False)
            parties |= conducted & models.Q(lot__project__agency_id__in=mine)
            rows |= released & ~_of_applicants() if officials else released & parties
            rows |= models.Q(organisation_id__in=mine)
        return self.filter(rows)

    def release(self, lot: Lot, at: datetime) -> None:
        """Let those who examine the lot's registrations open the papers that came with them."""
        self.filter(registrations__lot=lot, released_at=None).update(released_at=at)


def _of_applicants() -> models.Q:
    """Return the condition that a paper tells who may bid for a lot whose bids are not opened (招标投标法 22)."""
    secret = SecretWindow.objects.filter(revealed_at=None).values("tender")
    return models.Q(applications__isnull=False, lot__code__in=secret)


class Document(Machine):
    """A stored file; its bytes never change, a correction is another document."""

    noun = "document"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(_("Title"), max_length=200)
    file = models.FileField(_("File"), upload_to=storage_name)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    for_takers = models.BooleanField(_("Given to who takes the tender documents"), default=False)
    public = models.BooleanField(default=False, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @act(
        "document.stored",
        source="",
        target="stored",
        may=anywhere(*sorted(TRADING)),
        label=gettext_noop("Store a document"),
    )
    def store(self, act: Act, *, upload: UploadedFile) -> dict[str, Any]:
        """Check size and content, and keep the file under its hash.

        What owner and agency store is published with the lot, but for tender documents, which enterprises take by
        name; an enterprise's papers stay its own until they are examined, and so does the entry that tells of them.
        """
        self.size, self.media_type = self._checked(upload)
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        self.sha256 = digest.hexdigest()
        upload.seek(0)
        self.file.save(upload.name or "document", upload, save=False)
        if act.role != Role.BIDDER:
            self.public, self.released_at = not self.for_takers, act.at
        if act.role == Role.BIDDER and self.lot is not None and sealed.is_open(self.lot.code):
            act.seal()
        return {"sha256": self.sha256, "size": self.size, "media_type": self.media_type}

    def _checked(self, upload: UploadedFile) -> tuple[int, str]:
        size = upload.size or 0
        if size == 0:
            raise InvalidInput(
                gettext_noop("The file is empty."),
                code="document_empty",
                next_step=gettext_noop("Choose the file again."),
            )
        if size > settings.DOCUMENT_MAX_BYTES:
            raise InvalidInput(
                gettext_noop("The file has %(size)s bytes; %(limit)s are allowed."),
                code="document_too_large",
                next_step=gettext_noop("Split the file or reduce its pictures."),
                size=size,
                limit=settings.DOCUMENT_MAX_BYTES,
            )
        head = upload.read(min(size, 4096))
        upload.seek(0)
        found = content_type(head + b"\0", upload.name or "")
        if found is None:
            raise InvalidInput(
                gettext_noop("The content is none of PDF, PNG, JPEG, DOCX, XLSX or ZIP."),
                code="document_wrong_type",
                next_step=gettext_noop("Save the document as PDF and try again."),
            )
        return size, found


def content_type(head: bytes, name: str) -> str | None:
    """Return the media type that the first bytes show.

    Or None where it is not an allowed one or contradicts the name.
    """
    named = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    named = ALIASES.get(named, named)
    try:
        matches = {ALIASES.get(match.extension, match.extension) for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return None
    if named in matches and named in TYPES:
        return TYPES[named]
    if head.startswith(b"PK\x03\x04") and named in {".docx", ".xlsx", ".zip"}:
        return TYPES[named]
    return None
