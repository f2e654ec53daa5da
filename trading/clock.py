"""The platform's clock: one place to read it, so that a test can name the moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the server's time, aware, in UTC."""
    return datetime.now(UTC)


def next_minute(moment: datetime) -> datetime:
    """Return the first whole minute that is not before `moment`: people set no clock by seconds."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def local_date(moment: datetime) -> date:
    """Return the calendar day of `moment` in the county (Asia/Shanghai)."""
    return moment.astimezone(LOCAL).date()


def iso(moment: datetime) -> str:
    """Return `moment` as the ledger writes it: UTC, microseconds, Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def minute(moment: datetime) -> str:
    """Return a moment as people in the county read it."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
