"""The comparison matrix: every bid on one screen, with what the person may see of findings and scores.

Two hundred bids cost as many queries as three. Nobody sees another's scores before all sheets are signed (87号令 55).
"""

from typing import Any

from bids.room import computing
from bids.room.member import Member

PERMITTED = frozenset({"summed", "reported", "signed"})


def of(evaluation: Any, person: Any) -> dict[str, Any]:
    """Return the matrix as a person may see it: {version, state, parts, bidders, bids, sheet, …}."""
    member = own(evaluation, person)
    declared = member is not None and member.state == "sitting"
    shown = scores_shown(evaluation)
    parts = computing.terms_of(evaluation.lot).scored
    rows = evaluation.candidates.select_related("opened__bid__organisation").prefetch_related("checks", "inquiries")
    knows = declared or member is None
    return {
        "version": evaluation.version,
        "state": evaluation.state,
        "parts": [{"id": name, "max": None if most is None else f"{most:f}"} for name, most in parts.items()],
        "bidders": _bidders(evaluation) if member is None or member.discipline_at else [],
        "bids": [_bid(row, member) for row in rows] if knows else [],
        "sheet": _sheet(member),
        "scores": evaluation.sheets() if shown else {},
        "figures": evaluation.figures if shown and evaluation.state in PERMITTED else None,
    }


def own(evaluation: Any, person: Any) -> Member | None:
    """Return the person's membership of the committee, if it sits there."""
    if not person.is_authenticated:
        return None
    found: Member | None = evaluation.members.sitting().filter(user=person).select_related("seat", "sheet").first()
    return found


def scores_shown(evaluation: Any) -> bool:
    """Say whether all have signed, so that everybody in the room sees all scores."""
    if evaluation.state in PERMITTED:
        return True
    return bool(evaluation.state == "scoring" and evaluation.all_signed())


def _bidders(evaluation: Any) -> list[dict[str, Any]]:
    """Return who bids: what a member must know to declare, once it has confirmed the discipline (87号令 45(3))."""
    rows = evaluation.opening.opened.read_out().select_related("bid__organisation").order_by("number")
    return [row.listed() for row in rows]


def _bid(row: Any, member: Member | None) -> dict[str, Any]:
    mine = next((one for one in row.checks.all() if member and one.member_id == member.pk), None)
    said = row.opened.items
    return {
        "number": row.number,
        "name": row.opened.bid.organisation.name,
        "bid": row.opened.bid.number,
        "price": None if row.price is None else f"{row.price:f}",
        "duration_days": said.get("duration_days"),
        "quality": said.get("quality", ""),
        "manager": said.get("manager_name", ""),
        "findings": row.opened.findings,
        "checked": mine is not None,
        "grounds": mine.grounds if mine else {},
        "rejected": row.rejected,
        "reasons": row.reasons if row.rejected else [],
        "questions": len(row.inquiries.all()),
    }


def _sheet(member: Member | None) -> dict[str, Any] | None:
    sheet: Any = getattr(member, "sheet", None) if member else None
    if sheet is None:
        return None
    return {
        "id": sheet.pk,
        "state": sheet.state,
        "draft": sheet.draft,
        "scores": sheet.scores,
        "version": sheet.version,
    }
