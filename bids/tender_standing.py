"""Where a tender stands: its stages with their days, what comes next by the lot's clock, and its schedule as drawn."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bids import tender_announcements, tender_gate
from bids.opened import READ_OUT
from bids.standing import Ahead
from bids.tender import Tender
from trading import clock
from trading.ledger import leaf
from trading.ledger.tables import AuditEvent
from trading.procedures import TENDERS
from trading.rules import periods
from trading.rules.rule import Rule

STAGES: dict[str, Promise] = {
    "registered": pgettext_lazy("stage", "Entry"),
    "announced": pgettext_lazy("stage", "Notice"),
    "bidding": pgettext_lazy("stage", "Bids"),
    "opening": pgettext_lazy("stage", "Opening"),
    "opened": pgettext_lazy("stage", "Opened"),
}
REACHED = {
    "tender.registered": "registered",
    "tender.announced": "announced",
    "opening.started": "opening",
    "opening.read_out": "opened",
}
NEXT: dict[str, Promise] = {
    "registered": _("The custodians give their keys; then the tenderer or its agency publishes the notice."),
    "announced": _("Documents are offered and bids are taken from the announced moment on."),
    "bidding": _("Enterprises take the documents, ask, and hand in sealed bids. Nobody learns who, or how many."),
    "opening": _("The bids are opened live; nothing of them is shown before all are decided."),
    "opened": _("The bids have been read out. Evaluation follows."),
    "failed": _("The tender has failed. The owner may tender the lot again."),
}
WIDTH = 1000  # of the drawing, in its own units


class Bar(NamedTuple):
    """One period of the drawn schedule: where it begins and how long it is, in the drawing's units, and its days."""

    label: Promise
    tone: str
    x: int
    width: int
    y: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Drawing:
    """The schedule as drawn; `now` is where the reader stands, None outside of it."""

    bars: list[Bar]
    now: int | None
    height: int


def stage(tender: Tender) -> str:
    """Return the stage by the tender's record, its opening and the lot's clock."""
    opening = getattr(tender.lot, "opening", None)
    if tender.state == "failed" or (opening is not None and opening.state == "failed"):
        return "failed"
    if opening is not None and opening.state in READ_OUT:
        return "opened"
    if tender.state != "announced" or tender.deadline is None or tender.documents_from is None:
        return "registered"
    now = tender.lot.now()
    if now >= tender.deadline:
        return "opening"
    return "bidding" if now >= tender.documents_from else "announced"


def track(tender: Tender) -> dict[str, Any]:
    """Return the stages with the day each was reached, the current one, and whether it stopped there."""
    days, here = reached(tender), stage(tender)
    failed = here == "failed"
    known = [code for code in TENDERS[tender.lot.kind].stages if code in days]
    current = known[-1] if failed and known else here
    return {
        "stages": [(code, STAGES[code], days.get(code)) for code in TENDERS[tender.lot.kind].stages],
        "current": "*" if current == "opened" else current,
        "stopped": failed or not tender.lot.is_live,
    }


def reached(tender: Tender) -> dict[str, date]:
    """Return the day on which each stage was reached, on the lot's clock, from the public ledger and the clock."""
    days = {}
    for event in AuditEvent.objects.filter(tender=tender.lot.code, type__in=REACHED).order_by("pk"):
        entry = leaf.decode(bytes(event.leaf))
        moment = datetime.fromisoformat(entry["data"].get("lot_at", entry["at"]))
        days[REACHED[event.type]] = clock.local_date(moment)
    if tender.documents_from is not None and tender.documents_from <= tender.lot.now():
        days["bidding"] = clock.local_date(tender.documents_from)
    return days


def ahead(tender: Tender) -> Ahead:
    """Return what happens next in a tender, and when."""
    here = stage(tender)
    due: dict[str, tuple[Promise, datetime | None]] = {
        "announced": (_("Documents are offered in"), tender.documents_from),
        "bidding": (_("Bids are due in"), tender.deadline),
    }
    label, moment = due.get(here, ("", None))
    return Ahead(NEXT[here], label, moment)


def drawn(tender: Tender) -> Drawing | None:
    """Return the announced schedule as bars on one line of time, or None before there is one."""
    spans = list(_spans(tender)) if tender.notice is not None else []
    if not spans:
        return None
    first, last = min(start for _l, _t, start, _e in spans), max(end for _l, _t, _s, end in spans)
    whole = (last - first) or timedelta(1)

    def at(moment: datetime) -> int:
        return int(WIDTH * (moment - first) // whole)

    bars = [
        Bar(label, tone, at(start), max(4, at(end) - at(start)), 8 + 34 * row, start, end)
        for row, (label, tone, start, end) in enumerate(spans)
    ]
    now = tender.lot.now()
    return Drawing(bars, at(now) if first <= now <= last else None, 8 + 34 * len(bars))


def _spans(tender: Tender) -> Any:
    """Yield the label, tone and moments of each announced period."""
    notice, deadline = tender.notice, tender.deadline
    if notice is None or deadline is None or tender.documents_from is None or tender.documents_until is None:
        return
    published = notice.published_at
    if notice.published_until:
        yield _("Notice"), "calm", published, notice.published_until
    yield _("Documents are offered"), "info", tender.documents_from, tender.documents_until
    if notice.objections_until:
        yield _("Objections to the documents"), "warning", published, notice.objections_until
    yield _("Changes without moving the deadline"), "warning", published, unmoved_until(tender, deadline)
    yield _("Bids are taken"), "success", tender.documents_from, deadline


def unmoved_until(tender: Tender, deadline: datetime) -> datetime:
    """Return the end of the last day on which the documents may change without moving the deadline."""
    last = tender_gate.last_day(deadline)
    rule: Rule = TENDERS[tender.lot.kind].rule("amendment_days", last)
    return tender_announcements.end_of(periods.plain(last, -rule.days, rule.unit))
