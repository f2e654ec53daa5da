"""Terms of a notice that bind who takes part: they change only while their whole period lies ahead."""

from datetime import date, datetime

from django.utils.translation import gettext_noop

from trading import clock, holiday_notice, limits
from trading.errors import RuleError


def check_ahead(rule: str, today: date, end: datetime) -> None:
    """Refuse to change terms when the rule's period would not fit before their end (招标投标法实施条例 21)."""
    try:
        limits.require(rule, start=today, end=clock.local_date(end), calendar=holiday_notice.calendar())
    except limits.LimitNotMet as refusal:
        raise RuleError(
            gettext_noop("The terms stay: %(rule)s would have to run again in full before registration closes."),
            code="terms_too_late",
            basis=f"{refusal.basis}; 招标投标法实施条例 21",
            next_step=gettext_noop("Have the lot terminated, and announce it again with the right terms."),
            rule=rule,
        ) from refusal
