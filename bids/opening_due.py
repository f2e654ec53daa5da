"""What the clock performs for openings: each function finds what is due on the lot's own clock and performs it.

A late tick changes nothing but the moment: every act reads the clock itself; two ticks at once are harmless.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import models

from bids.closing import GRACE
from bids.opened import Outcome
from bids.opening import Opening
from bids.tender import Tender
from trading.errors import RuleError, WrongState
from trading.lot import Standing, lot_now
from trading.session import SessionState
from trading.transitions import perform

logger = logging.getLogger(__name__)

UNDER_WAY = ("scheduled", "closed", "decrypting")
HELD = (SessionState.SCHEDULED, SessionState.OPEN, SessionState.SUSPENDED)
LONGEST_S = 5.0  # of one tick for decrypting; other lots' deadlines wait for nobody


def schedule_openings() -> None:
    """Book the live session of each announced tender, and move it where the deadline was moved."""
    announced = Tender.objects.filter(state="announced", lot__state=Standing.LIVE, lot__opening=None)
    for tender in announced.select_related("lot"):
        _try(Opening(lot=tender.lot).schedule)
    moved = _live("scheduled").exclude(session__starts_at=models.F("lot__tender__deadline"))
    for opening in moved.filter(lot__tender__deadline__gt=lot_now()):
        _try(opening.move)


def close_tenders() -> None:
    """Close each tender two seconds after its deadline, and begin its opening or declare it failed."""
    for opening in _live("scheduled").filter(lot__tender__deadline__lte=lot_now() - models.Value(GRACE)):
        _try(opening.close)
    for opening in _live("closed"):
        _try(opening.begin if opening.has_enough() else opening.fail)


def decrypt_bids() -> None:
    """Decide bids wherever shares are complete or a window has ended; then read out."""
    until = time.monotonic() + LONGEST_S
    for opening in _live("decrypting").filter(session__state="open"):
        while time.monotonic() < until and _try(opening.decrypt):
            opening.refresh_from_db()
        if not opening.opened.filter(outcome=Outcome.WAITING).exists():
            _try(opening.read_out)
        elif opening.window_is_over() and not opening.extended:
            _try(opening.extend_window)


def end_sessions() -> None:
    """End the openings of failed tenders; give back the halls of openings that finished, failed or whose lot ended.

    What was open is closed; what never began, or stands in a pause, is cancelled with the reason.
    """
    for opening in Opening.objects.filter(state__in=UNDER_WAY, lot__tender__state="failed").select_related("session"):
        _try(opening.fail)
    over = models.Q(state__in=["finished", "failed"]) | models.Q(lot__state=Standing.TERMINATED)
    for opening in Opening.objects.filter(over, session__state__in=HELD).select_related("lot", "session__lot"):
        if opening.session.state == SessionState.OPEN:
            _try(opening.session.close)
        elif opening.state != "finished":
            _try(opening.session.cancel, reason=opening.failure or opening.lot.reason)


def _live(state: str) -> models.QuerySet[Opening]:
    rows = Opening.objects.filter(state=state, lot__state=Standing.LIVE, lot__tender__state="announced")
    return rows.select_related("lot__tender", "lot__project", "session")


def _try(act: Callable[..., Any], **facts: Any) -> bool:
    """Perform by the clock; say whether it happened. Another tick may have been first, or the lot was suspended."""
    try:
        perform(act, by=None, **facts)
    except (WrongState, RuleError):
        return False
    except Exception:
        logger.exception("The clock could not do its part; the other openings go on")
        return False
    return True
