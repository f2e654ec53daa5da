"""What those entitled get of an opened bid: its key, the sealed file and the archive, to repeat the decryption.

Everything is there for owner, agency, supervision and audit, for the bidder its own (电子招标投标办法 32, 49), and for
the committee's members once they have declared no recusal. Each delivery is an entry of the ledger. The key is an age
identity file: `age -d -i key.txt bid.age` gives the archive.
"""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bids import decryption, looking
from bids.examination import sits_on_committee
from bids.opened import READ_OUT, OpenedBid
from bids.opening import Opening
from bids.sealing import age
from bids.sealing import opening as sealing_opening
from trading import clock, secrecy
from trading.ledger import events
from trading.party import Role, anywhere, within
from trading.transitions import Power

PIECE = 1_048_576
ENTITLED = (
    within(Role.OWNER, lambda row: row.opening.lot.project.owner_id)
    | within(Role.AGENCY, lambda row: row.opening.lot.project.agency_id)
    | anywhere(Role.SITE_SUPERVISOR, Role.SECTOR_REGULATOR, Role.DISCIPLINE, Role.AUDITOR)
    | within(Role.BIDDER, lambda row: row.bid.organisation_id)
    | Power(Role.EXPERT, lambda row, person: sits_on_committee(row.opening.lot, person))
)


def _given(request: HttpRequest, number: int, bid: uuid.UUID, what: str) -> OpenedBid:
    """Return the opened bid that the person may have, with the delivery on record; 403 before, 404 to strangers."""
    opening: Opening = get_object_or_404(Opening.objects.select_related("lot__project"), pk=number)
    looking.guard(opening, request.user, allowed=opening.state in READ_OUT)
    rows = opening.opened.read_out().select_related("bid__upload", "bid__organisation", "opening__lot__project")
    row = rows.filter(bid__number=str(bid)).first()
    role = ENTITLED.role_of(row, request.user) if row else None
    if row is None or role is None:
        raise Http404
    _record(row, request.user, role, what)
    return row


def _record(row: OpenedBid, person: Any, role: str, what: str) -> None:
    lot, at = row.opening.lot, clock.now()
    rehearsal = {"rehearsal": True, "lot_at": clock.iso(lot.now())} if lot.rehearsal else {}
    with transaction.atomic():
        events.record(
            type="bid.key_given",
            actor=events.Actor(id=f"u:{person.pk}", role=role, auth="pw"),
            subject=events.Subject("bid", row.bid.number),
            tender=lot.code,
            data={"number": row.number, "what": what, **rehearsal},
            at=at,
            sealed=secrecy.scope_of(lot) if role == Role.EXPERT else False,
        )


def may_have(row: OpenedBid, person: Any) -> bool:
    """Say whether a person gets the key and the files of an opened bid."""
    return ENTITLED(row, person)


def _streamed(request: HttpRequest, pieces: Iterator[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    """Send a file piece by piece; an ASGI server would otherwise gather all of it in memory first."""
    body = apart(pieces) if hasattr(request, "scope") else pieces
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(body, content_type=media_type, headers=headers)


async def apart(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces, each read in a thread."""
    while piece := await sync_to_async(_next)(pieces):
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")


@never_cache
@require_safe
def key(request: HttpRequest, number: int, bid: uuid.UUID) -> HttpResponse:
    """Send the bid's key as an age identity file."""
    row = _given(request, number, bid, "key")
    lines = (
        f"# created: {clock.iso(row.bid.read().created)}",
        f"# public key: {sealing_opening.recipient_of(bytes.fromhex(row.secret))}",
        f"# bid: {row.bid.number} (no. {row.number} of {row.opening.lot.code})",
        f"# archive SHA-256: {row.plaintext_sha256}",
        age.encode_identity(bytes.fromhex(row.secret)),
    )
    headers = {"Content-Disposition": f'attachment; filename="{row.bid.number}-key.txt"'}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)


@never_cache
@require_safe
def sealed_file(request: HttpRequest, number: int, bid: uuid.UUID) -> StreamingHttpResponse:
    """Send the sealed file as it was uploaded, part by part."""
    row = _given(request, number, bid, "ciphertext")
    return _streamed(request, row.bid.upload.checked_pieces(), f"{row.bid.number}.age", "application/octet-stream")


@never_cache
@require_safe
def archive(request: HttpRequest, number: int, bid: uuid.UUID) -> StreamingHttpResponse:
    """Send the decrypted archive, byte for byte what the bidder sealed."""
    row = _given(request, number, bid, "archive")
    file = decryption.place(row)
    if not file.exists():
        raise Http404
    return _streamed(request, _pieces(file), f"{row.bid.number}.zip", "application/zip")


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


pages = [
    path("openings/<int:number>/bids/<uuid:bid>/key.txt", key, name="opened_key"),
    path("openings/<int:number>/bids/<uuid:bid>/bid.age", sealed_file, name="opened_sealed"),
    path("openings/<int:number>/bids/<uuid:bid>/bid.zip", archive, name="opened_archive"),
]
