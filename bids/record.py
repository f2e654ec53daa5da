"""The opening record (开标记录): every field of it as plain data, the hash of that data, and its files.

The record is fixed when the opening is finished: its data and its PDF are stored, their hashes stand in the ledger.
Before that the same page and PDF show how it stands.
"""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bids import record_pdf, upload
from bids.opened import OpenedBid
from trading import clock
from trading.ledger import jcs, notes, proofs

V = "opening-record/1"


def address_of(opening: Any) -> str:
    """Return the path of the page where the record is verified."""
    return f"/openings/{opening.pk}/record/"


def facts_of(opening: Any, *, address: str, recorder: str = "", finished_at: datetime | None = None) -> dict[str, Any]:
    """Return the record of an opening as it stands (domain.md, 5): texts, whole numbers, lists; moments in UTC."""
    lot = opening.lot
    signatures = [_signature(one, lot) for one in opening.signatures.order_by("pk")]
    named = {one["side"]: one["name"] for one in signatures}
    rows = opening.opened.select_related("bid__organisation").order_by("number")
    return {
        "v": V,
        **identity(opening),
        **_moments(opening),
        "finished_at": finished_at and clock.iso(finished_at),
        "mode": opening.tender.mode,
        "custodians": [_custodian(one) for one in lot.custodians.select_related("organisation").order_by("pk")],
        "ceiling": None if opening.tender.price_ceiling is None else str(opening.tender.price_ceiling),
        "reference_price": None,
        "host": named.get("host", ""),
        "supervisor": named.get("supervisor", ""),
        "recorder": recorder,
        "bids": [_bid(row, lot) for row in rows],
        "objections": [_objection(one, lot) for one in opening.objections.order_by("pk")],
        "signatures": signatures,
        "head": head(),
        "address": address,
    }


def identity(opening: Any) -> dict[str, Any]:
    """Return of which lot a record speaks, and where the bids were opened."""
    lot, project = opening.lot, opening.lot.project
    return {
        "rehearsal": lot.rehearsal,
        "lot": lot.code,
        "name": lot.name,
        "project": lot.code[:-3],
        "project_name": project.name,
        "procedure": lot.kind,
        "owner": project.owner.name,
        "agency": project.agency.name if project.agency else "",
        "place": opening.tender.opening_place,
        "room": opening.session.room.name,
    }


def _moments(opening: Any) -> dict[str, str | None]:
    given = {"deadline": opening.deadline, "closed_at": opening.closed_at, "began_at": opening.began_at}
    return {name: at and clock.iso(at) for name, at in given.items()}


def _custodian(one: Any) -> dict[str, str]:
    return {"holder": one.holder, "organisation": one.organisation.name}


def _told(lot: Any, at: datetime | None) -> str | None:
    """Return a moment of the server's clock on the lot's, which a rehearsal moves."""
    return None if at is None else clock.iso(lot.at(at))


def _signature(one: Any, lot: Any) -> dict[str, Any]:
    return {"side": one.side, "role": one.role, "name": one.name, "signed_at": _told(lot, one.signed_at)}


def _objection(one: Any, lot: Any) -> dict[str, Any]:
    answered = _told(lot, one.answered_at)
    return {"number": one.number, "text": one.text, "answer": one.answer_text, "answered_at": answered}


def _bid(row: OpenedBid, lot: Any) -> dict[str, Any]:
    return {
        **row.listed(),
        "received_at": clock.iso(row.bid.received_at),
        "decided_at": _told(lot, row.decided_at),
        "outcome": row.outcome,
        "at_fault": row.at_fault,
        "basis": row.basis,
        "items": row.items,
        "findings": row.findings,
        "plaintext_sha256": row.plaintext_sha256,
        "confirmed_at": _told(lot, row.confirmed_at),
    }


def head() -> dict[str, Any] | None:
    """Return the newest signed head of the ledger, which the record prints."""
    head = proofs.head()
    return {"size": head.size, "root": notes.base64_text(bytes(head.root))} if head else None


def digest(facts: dict[str, Any]) -> str:
    """Return the hash of a record: SHA-256 of its data in canonical JSON (RFC 8785)."""
    return hashlib.sha256(jcs.encode(facts)).hexdigest()


def fix(opening: Any, facts: dict[str, Any]) -> dict[str, str]:
    """Store the finished record and its PDF; return their hashes."""
    data = jcs.encode(facts)
    pdf = record_pdf.write(facts, digest(facts))
    upload.write(place(opening, "json"), data)
    upload.write(place(opening, "pdf"), pdf)
    return {"data_sha256": hashlib.sha256(data).hexdigest(), "record_sha256": hashlib.sha256(pdf).hexdigest()}


def fixed(opening: Any) -> dict[str, Any]:
    """Return the record as it was fixed. Raises OSError where its file is gone."""
    found: dict[str, Any] = json.loads(place(opening, "json").read_bytes())
    return found


def place(opening: Any, suffix: str) -> Path:
    """Return the file of a finished record: its data ("json") or its PDF ("pdf")."""
    return Path(settings.MEDIA_ROOT) / "records" / f"opening-{opening.pk}.{suffix}"
