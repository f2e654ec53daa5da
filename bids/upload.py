"""Uploads (上传): the parts of a sealed bid, sent any time before the deadline, so that the last second carries 4 KB.

A part is known by its hash: sent twice it is there once, and a broken upload goes on where it stopped. Nobody but the
enterprise learns of an upload. What was uploaded and not submitted by the deadline is no bid (电子招标投标办法 27).
"""

import functools
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_noop

from bids.sealing import age, envelope
from trading import arrival, clock
from trading.errors import InvalidInput, RuleError
from trading.ledger import merkle
from trading.lot import Lot
from trading.party import Organisation, User

BASIS = "电子招标投标办法 27"
AT_ONCE = 3  # uploads of an enterprise for a lot that are no bid yet
VERSIONS = 20  # bids of an enterprise for a lot: the first and those that replaced it


class Lost(Exception):
    """A stored part is gone, or not what arrived: the platform's fault."""


class Upload(models.Model):
    """One sealed file on its way; its number is the bid's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uploads")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.pk)

    def checked_pieces(self) -> Iterator[bytes]:
        """Yield the parts' bytes in their order. Raises Lost where one is gone or is not what arrived."""
        for part in self.in_order():
            try:
                data = place(self.pk, part.n).read_bytes()
            except FileNotFoundError as gone:
                raise Lost(f"part {part.n} is gone") from gone
            if merkle.leaf_hash(data) != bytes(part.leaf_hash):
                raise Lost(f"part {part.n} is not the one that arrived")
            yield data

    def in_order(self) -> "list[Part]":
        """Return the parts by their number, without a query where they were fetched ahead."""
        return sorted(self.parts.all(), key=lambda part: part.n)

    def head(self) -> bytes:
        """Return the beginning of the first part, in which the header stands. Raises OSError where it is gone."""
        with place(self.pk, 0).open("rb") as part:
            return part.read(age.HEAD_BYTES)

    def discard(self) -> None:
        """Delete the bytes; the hashes stay."""
        for n in self.parts.values_list("n", flat=True):
            place(self.pk, n).unlink(missing_ok=True)


class Part(models.Model):
    """One part that has arrived: its number from 0, its size in bytes, and its hashes."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="parts")
    n = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "n"], name="a_part_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.n}"


def begin(lot: Lot, organisation: Organisation, number: uuid.UUID, *, by: Any) -> Upload:
    """Begin an upload, or find the one begun before. Raises RuleError when the lot takes no bids."""
    check_takes_bids(lot)
    known = Upload.objects.filter(pk=number).first()
    if known is None:
        _forget_older(lot, organisation)
        _check_versions(lot, organisation)
        try:
            with transaction.atomic():
                return Upload.objects.create(pk=number, lot=lot, organisation=organisation, begun_by=by)
        except IntegrityError:
            known = Upload.objects.get(pk=number)
    if (known.lot_id, known.organisation_id) != (lot.pk, organisation.pk):
        raise RuleError(
            gettext_noop("This number belongs to another upload."),
            code="upload_taken",
            next_step=gettext_noop("Seal the bid anew; the page then draws another number."),
        )
    return known


def _check_versions(lot: Lot, organisation: Organisation) -> None:
    """Refuse a replacement too many, for each is stored for years; to withdraw takes no upload."""
    if Upload.objects.filter(lot=lot, organisation=organisation, bid__isnull=False).count() >= VERSIONS:
        raise RuleError(
            gettext_noop("Your bid has been replaced too often; the lot takes %(most)s versions of it."),
            code="versions_used_up",
            basis="招标投标法 29",
            next_step=gettext_noop("The bid that stands counts; you may still withdraw it."),
            most=VERSIONS,
        )


def check_takes_bids(lot: Lot) -> None:
    """Refuse what comes before documents are offered, at the deadline or after it."""
    moment = lot.at(arrival.moment())
    if not lot.is_live or not lot.tender.takes_bids(moment):
        raise RuleError(
            gettext_noop("This lot takes no bids now."),
            code="takes_no_bids",
            basis="招标投标法 28; 电子招标投标办法 27",
            next_step=gettext_noop("See the lot's page for its schedule and standing."),
        )


def receive(upload: Upload, n: int, data: bytes, digest: bytes) -> bool:
    """Store one part; return False if the same bytes were there before. Raises InvalidInput, RuleError."""
    check_takes_bids(upload.lot)
    _check_size(n, data)
    if hashlib.sha256(data).digest() != digest:
        raise Mismatch(
            gettext_noop("The bytes that arrived are not those of the digest."),
            next_step=gettext_noop("The part was damaged on its way; send it again."),
        )
    with transaction.atomic():
        _lock(upload)
        known = upload.parts.filter(n=n).first()
        if known is not None:
            return _same(known, digest)
        _check_unsubmitted(upload)
        write(place(upload.pk, n), data)
        Part.objects.create(upload=upload, n=n, size=len(data), sha256=digest, leaf_hash=merkle.leaf_hash(data))
    return True


def _lock(upload: Upload) -> None:
    """Let the envelope, and another part of the same number, wait: what is stored is what is counted."""
    if Upload.objects.select_for_update().filter(pk=upload.pk).first() is None:
        raise RuleError(
            gettext_noop("This upload was given up for newer ones of yours."),
            code="upload_gone",
            next_step=gettext_noop("Seal the bid anew; the page then draws another number."),
        )


def _check_unsubmitted(upload: Upload) -> None:
    """Refuse more bytes for a bid that was submitted: nobody spoils its own bid to be rid of it (integrity.md, 2.5)."""
    if Upload.objects.filter(pk=upload.pk, bid__isnull=False).exists():
        raise RuleError(
            gettext_noop("The bid with this number is submitted; its file never changes."),
            code="upload_submitted",
            basis=BASIS,
            next_step=gettext_noop("To change the bid before the deadline, seal another and submit it instead."),
        )


class Mismatch(InvalidInput):
    """The bytes and their digest differ (RFC 9530)."""

    code = "digest_mismatch"
    status = 422


def _same(known: Part, digest: bytes) -> bool:
    if bytes(known.sha256) != digest:
        raise RuleError(
            gettext_noop("Another part with this number is there already."),
            code="part_differs",
            basis=BASIS,
            next_step=gettext_noop("A sealed file never changes; seal the bid anew."),
        )
    return False


def _check_size(n: int, data: bytes) -> None:
    if not 0 < len(data) <= envelope.PART or not 0 <= n < settings.BID_MAX_BYTES // envelope.PART:
        raise InvalidInput(
            gettext_noop("A part has 1 to %(most)s bytes; a bid at most %(total)s."),
            code="part_size",
            basis=BASIS,
            next_step=gettext_noop("Reduce the documents' size, or split pictures from text."),
            most=envelope.PART,
            total=settings.BID_MAX_BYTES,
        )


def _forget_older(lot: Lot, organisation: Organisation) -> None:
    """Keep an enterprise's newest uploads that are no bid; what was begun anew again and again fills no disk."""
    own = Upload.objects.filter(lot=lot, organisation=organisation, bid=None).order_by("-begun_at")
    for number in own.values_list("pk", flat=True)[AT_ONCE - 1 :]:
        with transaction.atomic():
            upload = Upload.objects.select_for_update().filter(pk=number).first()  # its envelope waits here
            if upload is None or Upload.objects.filter(pk=number, bid__isnull=False).exists():
                continue
            files = [place(number, n) for n in upload.parts.values_list("n", flat=True)]
            upload.parts.all().delete()
            upload.delete()
            transaction.on_commit(functools.partial(_unlink, files))


def _unlink(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def place(number: uuid.UUID, n: int) -> Path:
    """Return the file of a part."""
    return Path(settings.MEDIA_ROOT) / "sealed" / number.hex[:2] / number.hex / f"{n:04d}"


def write(path: Path, data: bytes) -> None:
    """Store bytes so that they are there whole or not at all, even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
