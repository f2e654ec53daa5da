"""The evaluation report (评标报告): what it says, as plain data, and the hash that the members sign.

Source: 87号令 58; 评标委员会和评标方法暂行规定 42 (not compared with the text yet).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bids import record
from bids.room.correction import Correction
from bids.room.inquiry import Inquiry
from bids.room.ranking import MOST, Candidate
from trading import clock
from trading.doors import addresses
from trading.ledger import jcs

V = "evaluation-report/1"


def facts_of(evaluation: Any, rows: Sequence[Candidate]) -> dict[str, Any]:
    """Return the report of an evaluation: texts, whole numbers, lists; moments in UTC; money as text."""
    lot, session = evaluation.lot, evaluation.session
    return {
        "v": V,
        **record.identity(evaluation.opening),
        "room": session.room.name,
        "opened_at": _iso(lot, evaluation.opening.began_at),
        "reported_at": clock.iso(evaluation.reported_at),
        "method": {name: value for name, value in evaluation.document.items() if name != "bids"},
        "members": [_member(one) for one in evaluation.members.select_related("seat", "user")],
        "bids": [_bid(one, evaluation.figures) for one in rows],
        "flags": evaluation.figures["flags"],
        "candidates": [
            {"rank": one.rank, "number": one.number, "name": one.opened.bid.organisation.name, "price": str(one.price)}
            for one in sorted(rows, key=lambda one: one.rank or 0)
            if one.rank is not None and one.rank <= MOST
        ],
        "inquiries": [_inquiry(one) for one in Inquiry.objects.filter(candidate__evaluation=evaluation)],
        "corrections": [_correction(one) for one in Correction.objects.filter(candidate__evaluation=evaluation)],
        "head": record.head(),
        "address": addresses.of_site(f"/evaluations/{evaluation.pk}/"),
    }


def signed_of(evaluation: Any, refusals: str) -> dict[str, Any]:
    """Return what the signatures add to a report."""
    rows = evaluation.members.sitting().select_related("seat", "user")
    signatures = [
        {
            "seat": one.seat.number,
            "name": str(one.user),
            "signed_at": _iso(evaluation.lot, one.signed_at),
            "dissent": one.dissent,
            "deemed": one.deemed,
        }
        for one in rows
    ]
    return {"signatures": signatures, "refusals": refusals, "signed_at": clock.iso(evaluation.signed_at)}


def digest(facts: dict[str, Any]) -> str:
    """Return the hash of a report: SHA-256 of its data in canonical JSON (RFC 8785)."""
    return hashlib.sha256(jcs.encode(facts)).hexdigest()


def _iso(lot: Any, at: datetime | None) -> str | None:
    return None if at is None else clock.iso(lot.at(at))


def _member(one: Any) -> dict[str, Any]:
    left = {"code": one.recusal, "reason": one.recusal_reason} if one.recusal else None
    return {
        "seat": one.seat.number,
        "kind": one.seat.kind,
        "name": str(one.user),
        "chair": one.is_chair,
        "state": one.state,
        "left": left,
    }


def _bid(one: Candidate, figures: dict[str, Any]) -> dict[str, Any]:
    organisation = one.opened.bid.organisation
    found = next(each for each in figures["bids"] if each["id"] == str(one.number))
    return {
        "number": one.number,
        "name": organisation.name,
        "uscc": organisation.uscc,
        "read_out": one.opened.items.get("price"),
        "price": None if one.price is None else str(one.price),
        "rejected": one.rejected,
        "reasons": one.reasons,
        "deductions": one.deductions,
        "adjustments": one.adjustments,
        "evaluated_price": found["evaluated_price"],
        "parts": found["parts"],
        "total": found["total"],
        "rank": one.rank,
    }


def _inquiry(one: Inquiry) -> dict[str, Any]:
    answered = _iso(one.ledger_lot(), one.answered_at)
    return {
        "number": one.candidate.number,
        "about": one.about,
        "question": one.question,
        "answer": one.answer_text,
        "answered_at": answered,
    }


def _correction(one: Correction) -> dict[str, Any]:
    return {
        "number": one.candidate.number,
        "was": str(one.was),
        "price": str(one.price),
        "steps": one.steps,
        "basis": one.basis,
        "state": one.state,
    }
