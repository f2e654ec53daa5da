"""Passing over (递补): when a drawn enterprise gives way, at whose word, and what the draw's record says of it.

The award lapses and the draw skips in one act, so that the two never tell different winners (draw-protocol, 3.7).
"""

import hashlib
import json
import re

from django.utils.translation import gettext_noop

from bids import grounds
from bids.award import Award, LapseReason
from trading import clock
from trading.attendance import SignIn
from trading.draws.draw import Draw
from trading.draws.entries import SkipCode
from trading.errors import NotPermitted, RuleError
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.objection import Matter
from trading.party import Organisation
from trading.procedures.participants import BARRED
from trading.session import SUPERVISING
from trading.transitions import Act, perform

BASIS = "固定价比选 操作规程; ggzy-draw/1, 2 row 17"
CODES: dict[str, str] = {
    LapseReason.TIMEOUT: SkipCode.CONTRACT,
    LapseReason.OWNER: SkipCode.CONTRACT,
    LapseReason.REFUSED: SkipCode.REFUSED,
    LapseReason.INELIGIBLE: SkipCode.INELIGIBLE,
    LapseReason.OBJECTION: SkipCode.INELIGIBLE,
}
DELAYS = frozenset({LapseReason.TIMEOUT, LapseReason.OWNER})
ALONE: dict[str, frozenset[str]] = {"clock": DELAYS, "bidder": frozenset({LapseReason.REFUSED})}


def check(act: Act, draw: Draw, reason: str, evidence: str) -> None:
    """Refuse who may not pass over for this reason: the clock, the enterprise itself, or supervision with evidence.

    It takes two people, never one alone: the owner has upheld an objection, or a supervisor who saw the draw has put
    the enterprise in doubt and another one passes it over. What the register shows any supervisor may carry out. Only
    the enterprise itself declines. Raises RuleError.
    """
    if act.role not in SUPERVISING or reason == LapseReason.REFUSED:
        if reason not in ALONE.get(act.role, ()):
            raise NotPermitted(
                gettext_noop("Only the enterprise itself declines; for the other reasons a supervisor passes it over."),
                basis=BASIS,
            )
        return
    check_evidence(evidence)
    if reason == LapseReason.OBJECTION:
        _check_upheld(draw)
    elif reason == LapseReason.INELIGIBLE and not _register_shows_it(act, draw):
        _check_doubted(act, draw, evidence)


def check_evidence(evidence: str) -> None:
    """Refuse what is no SHA-256 of a document."""
    if not re.fullmatch(r"[0-9a-f]{64}", evidence):
        raise RuleError(
            gettext_noop("Name the evidence by its SHA-256."),
            code="evidence_missing",
            basis=BASIS,
            next_step=gettext_noop("Keep the document with the lot's file, and enter its hash."),
        )


def check_saw(act: Act, draw: Draw) -> None:
    """Refuse a supervisor who was not in the draw's session."""
    if not _saw(act, draw):
        raise RuleError(
            gettext_noop("Only a supervisor who was present at the draw puts in doubt whom it drew."),
            code="not_at_the_draw",
            basis=BASIS,
            next_step=gettext_noop("A supervisor who signed in to the session of the draw does it."),
        )


def _check_doubted(act: Act, draw: Draw, evidence: str) -> None:
    """Refuse unless another person has put the enterprise in doubt, on the same evidence."""
    standing = Award.objects.current(draw.lot).registration.organisation.uscc
    events = AuditEvent.objects.filter(tender=draw.lot.code, type="comparison.doubted").order_by("-pk")
    entries = (leaf.decode(bytes(event.leaf)) for event in events)
    same = (one for one in entries if (one["data"]["enterprise"], one["data"]["evidence"]) == (standing, evidence))
    if all(one["actor"]["id"] == f"u:{act.by.pk}" for one in same):
        raise RuleError(
            gettext_noop("Nobody else has put this enterprise in doubt on this evidence."),
            code="second_person_missing",
            basis=BASIS,
            next_step=gettext_noop(
                "A supervisor who was at the draw puts it in doubt; then another person of supervision passes it over."
            ),
        )


def _saw(act: Act, draw: Draw) -> bool:
    """Say whether the supervisor signed in to a session that the draw sat in, before it moved or after."""
    moves = AuditEvent.objects.filter(type="draw.moved", subject_type=draw.noun, subject_id=draw.ledger_id())
    sat_in = {draw.session_id, *(leaf.decode(bytes(move.leaf))["data"]["from"] for move in moves)}
    return SignIn.objects.filter(session__in=sat_in, user=act.by, role__in=SUPERVISING).exists()


def _register_shows_it(act: Act, draw: Draw) -> bool:
    """Say whether the register shows a ground that is not this person's own ban."""
    registration = Award.objects.current(draw.lot).registration
    found = set(grounds.against(draw.lot, [registration])[registration.pk])
    return bool(found - {BARRED} if _imposed_by(act, registration.organisation, draw) else found)


def _imposed_by(act: Act, organisation: Organisation, draw: Draw) -> bool:
    """Say whether who acts has imposed a ban that keeps the enterprise out today."""
    today = clock.local_date(draw.lot.now())
    bans = organisation.sanctions.filter(starts_on__lte=today, ends_on__gte=today).values_list("pk", flat=True)
    ids = [str(ban) for ban in bans]
    events = AuditEvent.objects.filter(type="sanction.imposed", subject_id__in=ids)
    return any(leaf.decode(bytes(event.leaf))["actor"]["id"] == f"u:{act.by.pk}" for event in events)


def _check_upheld(draw: Draw) -> None:
    if not Award.objects.current(draw.lot).objections().upheld(Matter.RESULT).exists():
        raise RuleError(
            gettext_noop("No objection to the result has been upheld."),
            code="no_upheld_objection",
            basis="招标投标法实施条例 54",
            next_step=gettext_noop("The owner answers the objection first."),
        )


def skip(act: Act, draw: Draw, award: Award, evidence: str) -> None:
    """Have the draw pass over the enterprise whose award has lapsed, while one is left to follow it."""
    if not Award.objects.filter(lot=award.lot, lapsed_at=None).exists():
        return
    candidate, code = award.registration.organisation.uscc, CODES[award.lapse_reason]
    perform(draw.skip, by=act.by, candidate=candidate, code=code, evidence=evidence)


def evidence_of(award: Award, reason: str) -> str:
    """Return the hash of what the record itself shows: the award, its limit and why it lapses."""
    shown = {**award.facts(), "reason": reason, "sign_by": str(award.sign_by or "")}
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
