"""A suspension of a comparison: the time that it took is given back to all (宁波市公共资源交易管理条例 25).

Registration and the time from the list to the draw go on with what was left of them, registration with two hours at
least; the publicity of the result begins again; the limits of the contract move by the days lost. Whoever stops a lot
shortens nobody's time by it.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from bids import announcements, suspended
from bids.award import Award
from bids.contract import WAITING
from trading import clock, holiday_notice, limits
from trading.notice import Kind
from trading.transitions import perform

PART_OF_A_DAY = timedelta(days=1)  # a day that was begun is a day lost
REASON = "标段中止期间不计入各项期限，恢复后相应顺延"


def give_back(comparison: Any) -> dict[str, str]:
    """Move, on their records, the moments and days that the newest suspension took; return them by name."""
    if (span := suspended.newest(comparison.lot)) is None:
        return {}
    moved = _moved(comparison, *span)
    return {name: clock.iso(value) if isinstance(value, datetime) else value.isoformat() for name, value in moved}


def _moved(comparison: Any, start: datetime, end: datetime) -> Iterator[tuple[str, date]]:
    if comparison.state in {"notice_published", "registering"}:
        yield from _registration(comparison, start, end)
    elif comparison.state == "list_published" and start < comparison.draw_at:
        comparison.draw_at = clock.next_minute(end + (comparison.draw_at - start))
        yield "draw_at", comparison.draw_at
    elif comparison.state == "publicising":
        yield from _publicity(comparison, start, end)
    elif comparison.state in {"noticed", "contracted"}:
        yield from _contract(comparison, clock.local_date(start), clock.local_date(end))


def _registration(comparison: Any, start: datetime, end: datetime) -> Iterator[tuple[str, date]]:
    window = comparison.lot.registration_window
    before, begun = window.closes_at, window.opens_at
    if end <= begun or start >= before:
        return
    window.closes_at = clock.next_minute(end + max(suspended.LEAST, before - max(start, begun)))
    window.save(update_fields=["closes_at"])
    comparison.draw_at += window.closes_at - before
    yield "closes_at", window.closes_at
    yield "draw_at", comparison.draw_at


def _publicity(comparison: Any, start: datetime, end: datetime) -> Iterator[tuple[str, date]]:
    award: Any = Award.objects.current(comparison.lot)
    if clock.local_date(start) > award.public_until:
        return
    again = limits.due("F03", clock.local_date(end), calendar=holiday_notice.calendar()).day
    award.public_until = max(award.public_until, again)
    award.save(update_fields=["public_until"])
    yield "public_until", award.public_until


def _contract(comparison: Any, first: date, last: date) -> Iterator[tuple[str, date]]:
    """Move the limit that still ran on the first day of the stop."""
    contract, lost = comparison.standing_contract, last - first + PART_OF_A_DAY
    if contract is not None and contract.state in WAITING and first <= contract.confirm_by:
        contract.confirm_by += lost
        contract.save(update_fields=["confirm_by"])
        yield "confirm_by", contract.confirm_by
    award: Any = Award.objects.current(comparison.lot)
    if contract is None and first <= award.sign_by:
        award.sign_by += lost
        award.save(update_fields=["sign_by"])
        yield "sign_by", award.sign_by


def tell(comparison: Any) -> None:
    """Correct the public notices of the comparison to the moments as they stand."""
    lot, facts = comparison.lot, announcements.facts(comparison)
    window = lot.registration_window
    award: Any = Award.objects.filter(lot=lot, lapsed_at=None).first()
    for notice in lot.notices.filter(kind__in=[Kind.DRAW, Kind.DRAW_LIST, Kind.DRAW_RESULT], state="published"):
        content = {**notice.newest().content, **facts}
        if notice.kind == Kind.DRAW:
            content |= {"registration_until": clock.iso(window.closes_at)}
        until = None
        if notice.kind == Kind.DRAW_RESULT:
            until = datetime.combine(award.public_until + timedelta(days=1), time(), clock.LOCAL)
        perform(notice.correct, by=None, content=content, reason=REASON, until=until)
