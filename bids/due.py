"""What the clock performs for comparisons and prequalifications.

Each function finds what is due on the lot's own clock and performs it.

A late tick changes nothing, for every rule reads the clock itself; two ticks at once are harmless, for `perform` locks
the lot and checks the state again.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import models, transaction

from bids import outage, tracking
from bids.comparison import Comparison
from bids.contract import WAITING
from bids.examination import Stage
from bids.postponement import Matter
from bids.review import Review
from bids.tender import Tender
from trading import clock
from trading.errors import RuleError, WrongState
from trading.ledger.tables import SecretWindow
from trading.lot import Standing, lot_now
from trading.transitions import perform


def open_registrations() -> None:
    """Open registration where its moment has come."""
    due = _live("notice_published").filter(lot__registration_window__opens_at__lte=lot_now())
    _perform(due, lambda comparison: perform(comparison.open_registration, by=None))


def close_registrations() -> None:
    """Close registration where its moment has come."""
    due = _live("registering").filter(lot__registration_window__closes_at__lte=lot_now())
    _perform(due, lambda comparison: perform(comparison.close_registration, by=None))


def open_applications() -> None:
    """Open the applications for prequalification where they are due, unless an outage waits for its decision."""
    taking = Review.objects.filter(stage=Stage.PRE, state="announced", lot__state=Standing.LIVE)
    for review in taking.filter(applications_until__lte=lot_now()).select_related("lot"):
        if outage.waits(review.lot, Matter.APPLICATIONS) is None:
            with suppress(WrongState):
                perform(review.open_applications, by=None)


def lapse_awards() -> None:
    """Pass to the next alternate where the contract was not signed, or not confirmed, in time."""
    unconfirmed = _live("contracted").filter(lot__contracts__state__in=WAITING)
    waiting = [*_live("noticed").select_related("lot"), *unconfirmed.select_related("lot")]
    due = [comparison for comparison in waiting if comparison.late()]
    _perform(due, lambda comparison: perform(comparison.lapse, by=None, reason=comparison.late()))


def open_ended_secrets() -> None:
    """Open what was sealed for tenders that ended early, once their announced deadline has passed.

    Who bid stays secret while the same lot, tendered again, takes bids (招标投标法 22).
    """
    ended = Tender.objects.filter(models.Q(state="failed") | models.Q(lot__state=Standing.TERMINATED))
    secret = SecretWindow.objects.filter(revealed_at=None).values("tender")
    due = ended.filter(deadline__lte=lot_now(), lot__code__in=secret).exclude(lot__retender__code__in=secret)
    for tender in due.select_related("lot"):
        with transaction.atomic():
            tender.lot.end_all_secrecy(clock.now())


def report_overloaded() -> None:
    """Report enterprises that hold too many projects and cannot keep their progress."""
    for milestone in tracking.overdue():
        tracking.report_overloaded(milestone)


def tell_standings() -> None:
    """Publish that an announced tender's lot is suspended, goes on, or is terminated."""
    moved = Tender.objects.exclude(notice=None).exclude(told_standing=models.F("lot__state"))
    for tender in moved:
        with suppress(RuleError):  # another tick was first
            perform(tender.tell_standing, by=None)


def _live(state: str) -> models.QuerySet[Comparison]:
    return Comparison.objects.filter(state=state, lot__state=Standing.LIVE)


def _perform(due: Iterable[Comparison], act: Callable[[Comparison], Any]) -> None:
    for comparison in due:
        with suppress(WrongState):  # another tick was first, or the lot was suspended meanwhile
            act(comparison)
