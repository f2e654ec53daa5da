"""Where a comparison stands: its stages with their moments, and what happens next, by the lot's clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bids.award import Award
from bids.comparison import Comparison
from bids.registration import RegistrationWindow
from trading import clock, holiday_notice
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.procedures import fixed_price, timetable

STAGES: dict[str, Promise] = {
    "draw_registered": pgettext_lazy("stage", "Entry"),
    "price_fixed": pgettext_lazy("stage", "Price"),
    "notice_published": pgettext_lazy("stage", "Notice"),
    "registering": pgettext_lazy("stage", "Registration"),
    "qualifying": pgettext_lazy("stage", "Qualification"),
    "list_published": pgettext_lazy("stage", "List"),
    "drawing": pgettext_lazy("stage", "Draw"),
    "drawn": pgettext_lazy("stage", "Result"),
    "publicising": pgettext_lazy("stage", "Publicity"),
    "noticed": pgettext_lazy("stage", "Notice of award"),
    "contracted": pgettext_lazy("stage", "Contract"),
    "tracking": pgettext_lazy("stage", "Tracking"),
    "closed": pgettext_lazy("stage", "Closed"),
    "failed": pgettext_lazy("stage", "Failed"),
}
REACHED = {
    "comparison.registered": "draw_registered",
    "comparison.price_fixed": "price_fixed",
    "comparison.announced": "notice_published",
    "comparison.registration_opened": "registering",
    "comparison.registration_closed": "qualifying",
    "comparison.list_published": "list_published",
    "comparison.list_reopened": "qualifying",
    "comparison.draw_voided": "list_published",
    "comparison.draw_begun": "drawing",
    "comparison.drawn": "drawn",
    "comparison.publicised": "publicising",
    "comparison.noticed": "noticed",
    "comparison.contracted": "contracted",
    "comparison.tracked": "tracking",
    "comparison.closed": "closed",
}
NEXT: dict[str, Promise] = {
    "draw_registered": _("The owner has the control price reviewed and fixes the price."),
    "price_fixed": _("The owner publishes the comparison notice."),
    "notice_published": _("Registration opens at the announced moment."),
    "registering": _("Enterprises register. Nobody learns who, or how many, before the list is published."),
    "qualifying": _("Owner and supervisor examine who registered; then the numbered list is published."),
    "list_published": _("One enterprise of the list is drawn in public, once objections are settled."),
    "drawing": _("The draw is under way; everybody can watch it."),
    "drawn": _("The owner publicises the result."),
    "publicising": _("Whoever has grounds may object until the publicity ends; then the notice of award is sent."),
    "noticed": _("Owner and enterprise sign the contract; if not in time, the next alternate takes the place."),
    "contracted": _("The enterprise confirms the contract, and the regulator assigns its tracker."),
    "tracking": _("The tracker follows the works, milestone by milestone, to their end."),
    "closed": _("The works are accepted and the comparison is closed."),
    "failed": _("The comparison has failed. The owner may announce the lot again."),
}
FAILURES: dict[str, Promise] = {
    "too_few_qualified": _("Too few enterprises were qualified."),
    "no_alternate_left": _("Winner and alternates have all lapsed."),
}


LIGHTS: dict[str, Promise] = {
    "yellow": _("The contract is not signed yet; its limit is near (F15)."),
    "red": _("The contract was not signed within its limit."),
}


@dataclass(frozen=True)
class Ahead:
    """What comes next, and when if that is known."""

    words: Promise
    label: Promise | str = ""
    due: datetime | None = None


def contract_warning(comparison: Comparison) -> Promise | str:
    """Return the warning on a contract that waits for its signature, if its light is not green (ES-10)."""
    award = Award.objects.filter(lot=comparison.lot_id, lapsed_at=None).order_by("rank").first()
    if award is None or award.noticed_at is None:
        return ""
    contract = comparison.standing_contract
    light = timetable.contract_light(
        clock.local_date(award.noticed_at),
        signed_on=contract.signed_on if contract else None,
        today=comparison.today(),
        calendar=holiday_notice.calendar(),
    )
    return LIGHTS.get(light, "")


def track(comparison: Comparison) -> dict[str, Any]:
    """Return the stages with the moment each was reached, the current one, and whether it stopped there."""
    moments = reached(comparison)
    stages = [(code, STAGES[code], moments.get(code)) for code in fixed_price.PROCEDURE.stages]
    failed = comparison.state == "failed"
    known = [code for code in fixed_price.PROCEDURE.stages if code in moments]
    current = known[-1] if failed and known else comparison.state
    return {
        "stages": stages,
        "current": "*" if comparison.state == "closed" else current,
        "stopped": failed or not comparison.lot.is_live,
    }


def reached(comparison: Comparison) -> dict[str, date]:
    """Return the day on which each stage was reached last, on the lot's clock, from the public ledger."""
    own = AuditEvent.objects.filter(subject_type=Comparison.noun, subject_id=str(comparison.pk), type__in=REACHED)
    days = {}
    for event in own.order_by("pk"):
        entry = leaf.decode(bytes(event.leaf))
        moment = datetime.fromisoformat(entry["data"].get("lot_at", entry["at"]))
        days[REACHED[event.type]] = clock.local_date(moment)
    return days


def ahead(comparison: Comparison) -> Ahead:
    """Return what happens next in a comparison, and when."""
    label, due = DUE[comparison.state](comparison) if comparison.state in DUE else ("", None)
    return Ahead(NEXT.get(comparison.state, _("Nothing is announced yet.")), label, due)


def _window(comparison: Comparison) -> RegistrationWindow | None:
    return RegistrationWindow.objects.filter(lot=comparison.lot).first()


def _opens(comparison: Comparison) -> tuple[Any, datetime | None]:
    window = _window(comparison)
    return _("Registration opens in"), window.opens_at if window else None


def _closes(comparison: Comparison) -> tuple[Any, datetime | None]:
    window = _window(comparison)
    return _("Registration closes in"), window.closes_at if window else None


def _draw(comparison: Comparison) -> tuple[Any, datetime | None]:
    return _("The draw is announced for"), comparison.draw_at


def _publicity(comparison: Comparison) -> tuple[Any, datetime | None]:
    award = Award.objects.filter(lot=comparison.lot, lapsed_at=None).order_by("rank").first()
    return _("The publicity ends in"), _end_of(award.public_until if award else None)


def _signing(comparison: Comparison) -> tuple[Any, datetime | None]:
    award = Award.objects.filter(lot=comparison.lot, lapsed_at=None).order_by("rank").first()
    return _("The contract must be signed within"), _end_of(award.sign_by if award else None)


def _confirming(comparison: Comparison) -> tuple[Any, datetime | None]:
    waiting = comparison.lot.contracts.filter(state="concluded").first()
    return _("The enterprise must confirm the contract within"), _end_of(waiting.confirm_by if waiting else None)


def _end_of(day: date | None) -> datetime | None:
    """Return the end of a county day: the midnight after it."""
    return datetime.combine(day + timedelta(days=1), time(), clock.LOCAL) if day else None


DUE = {
    "notice_published": _opens,
    "registering": _closes,
    "qualifying": _draw,
    "list_published": _draw,
    "publicising": _publicity,
    "noticed": _signing,
    "contracted": _confirming,
}
