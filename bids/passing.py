"""Passing over (递补): when a drawn enterprise gives way, at whose word, and what the draw's record says of it.

The award lapses and the draw skips in one act, so that the two never tell different winners (draw-protocol, 3.7).
"""

import hashlib
import json
import re

from django.utils.translation import gettext_noop

from bids import grounds
from bids.award import Award, LapseReason
from trading.attendance import SignIn
from trading.draws.draw import Draw
from trading.draws.entries import SkipCode
from trading.errors import NotPermitted, RuleError
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.objection import Matter
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
    """Refuse who may not pass over for this reason: the clock, the enterprise itself, or a supervisor with evidence.

    The supervisor saw the draw, or the owner has upheld an objection: two people, never one alone. Where the register
    itself shows the ground, any supervisor may. Raises RuleError.
    """
    if act.role not in SUPERVISING:
        if reason not in ALONE.get(act.role, ()):
            raise NotPermitted(gettext_noop("A supervisor passes over a drawn candidate for this reason."), basis=BASIS)
        return
    if not re.fullmatch(r"[0-9a-f]{64}", evidence):
        raise RuleError(
            gettext_noop("Name the evidence by its SHA-256."),
            code="evidence_missing",
            basis=BASIS,
            next_step=gettext_noop("Store the document and enter its hash."),
        )
    if reason == LapseReason.OBJECTION:
        _check_upheld(draw)
    elif not (_saw(act, draw) or (reason == LapseReason.INELIGIBLE and _register_shows_it(draw))):
        raise RuleError(
            gettext_noop("Only a supervisor who was present at the draw passes over whom it drew."),
            code="not_at_the_draw",
            basis=BASIS,
            next_step=gettext_noop("A supervisor who signed in to the session of the draw does it."),
        )


def _saw(act: Act, draw: Draw) -> bool:
    """Say whether the supervisor signed in to a session that the draw sat in, before it moved or after."""
    moves = AuditEvent.objects.filter(type="draw.moved", subject_type=draw.noun, subject_id=draw.ledger_id())
    sat_in = {draw.session_id, *(leaf.decode(bytes(move.leaf))["data"]["from"] for move in moves)}
    return SignIn.objects.filter(session__in=sat_in, user=act.by, role__in=SUPERVISING).exists()


def _register_shows_it(draw: Draw) -> bool:
    registration = Award.objects.current(draw.lot).registration
    return bool(grounds.against(draw.lot, [registration])[registration.pk])


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
