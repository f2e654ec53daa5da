"""Tender documents (招标文件): the files of a tender in versions, each with its hash and the moment it counts from.

An amendment adds a version; the files of earlier ones stay, and where they differ the later one counts. Title, size
and hash are public; the file goes to enterprises that take the documents by name.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading import clock
from trading.document import Document
from trading.errors import RuleError
from trading.lot import Lot


class TenderDocument(models.Model):
    """One file in one version of a lot's tender documents; it never changes."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="tender_documents")
    number = models.PositiveIntegerField(_("Version"))
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="tender_document")
    valid_from = models.DateTimeField(_("Counts from"))

    class Meta:
        ordering = ("lot", "number", "pk")

    def __str__(self) -> str:
        return str(self.document)

    def facts(self) -> dict[str, Any]:
        """Return the file as notice and ledger name it."""
        stored = self.document
        return {"version": self.number, "title": stored.title, "sha256": stored.sha256, "size": stored.size}


def of(lot: Lot) -> models.QuerySet[TenderDocument]:
    """Return the files of a lot in the order of their versions."""
    return TenderDocument.objects.filter(lot=lot).select_related("document")


def newest(lot: Lot) -> int:
    """Return the number of the version that counts; 0 before the first."""
    return of(lot).aggregate(newest=models.Max("number"))["newest"] or 0


def changed_at(lot: Lot) -> datetime | None:
    """Return from when the newest version counts, None before the first."""
    found: datetime | None = of(lot).aggregate(newest=models.Max("valid_from"))["newest"]
    return found


def add(lot: Lot, documents: Sequence[Document], *, valid_from: datetime) -> list[dict[str, Any]]:
    """Make a version of these files, in the running act; return them as notice and ledger name them."""
    if not documents:
        raise RuleError(
            gettext_noop("A tender has documents that enterprises can take."),
            code="documents_missing",
            basis="招标投标法 19; 招标投标法实施条例 16",
            next_step=gettext_noop("Store the files for this lot as tender documents, then name them here."),
        )
    for document in documents:
        _check(lot, document)
    number = newest(lot) + 1
    rows = [TenderDocument(lot=lot, number=number, document=d, valid_from=valid_from) for d in documents]
    TenderDocument.objects.bulk_create(rows)
    return [row.facts() for row in rows]


def listed(lot: Lot) -> list[dict[str, Any]]:
    """Return every file with its version and the moment it counts from, for the tender's page and notices."""
    return [{**row.facts(), "valid_from": clock.iso(row.valid_from)} for row in of(lot)]


def _check(lot: Lot, document: Document) -> None:
    """Refuse a file that owner or agency did not store for this lot's takers, or that a version has already."""
    known = TenderDocument.objects.filter(document=document).exists()
    own = document.organisation_id in {lot.project.owner_id, lot.project.agency_id}
    if known or not own or not document.for_takers or document.lot_id != lot.pk:
        raise RuleError(
            gettext_noop("“%(title)s” cannot be a new tender document of this lot."),
            code="document_unsuitable",
            next_step=gettext_noop("Store the file for this lot, as one given to who takes the tender documents."),
            title=document.title,
        )
