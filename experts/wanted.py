"""What a committee is to be (抽取申请): its specialities, representatives, place and time, whom to avoid. Pure.

Sources: 招标投标法 37; 招标投标法实施条例 46; 87号令 47; domain.md 4.2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from experts import committee, specialities
from experts.committee import Composition
from trading import limits
from trading.errors import InvalidInput, RuleError
from trading.rules import table
from trading.rules.rule import Rule
from trading.rules.workdays import Calendar
from trading.text import mark as _

BASIS = "招标投标法 37; 招标投标法实施条例 46"
REGION = re.compile(r"[0-9]{0,6}")
AVOIDED = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}|E[0-9A-Z]{10}")
LONGEST_HOURS = 72
EARLIEST, EARLIEST_PROCURED = "X05", "G32"


class Moment(NamedTuple):
    """A moment, and the county's day that it falls on."""

    at: datetime
    day: date


@dataclass(frozen=True)
class Need:
    """So many experts of a speciality."""

    code: str
    count: int


@dataclass(frozen=True)
class Wanted:
    """One application for a committee.

    `region` are the first digits of where the experts come from (GB/T 2260), empty for anywhere; `avoid` are credit
    codes and experts' numbers that the owner names (招标人回避名单); `weighty` as in 87号令 47; `hours` the duration.
    """

    needs: Sequence[Need]
    representatives: int
    gather_at: datetime
    place: str
    hours: int
    region: str = ""
    avoid: Sequence[str] = ()
    weighty: bool = False

    @property
    def composition(self) -> Composition:
        return Composition(sum(need.count for need in self.needs), self.representatives)


def check(wanted: Wanted, size: Rule, today: date) -> None:
    """Refuse what no committee may be, or what nobody could draw. Raises WrongCommittee, InvalidInput."""
    committee.check(wanted.composition, size, today)
    codes = [need.code for need in wanted.needs]
    specialities.check(codes, today, most=len(codes))
    if len(set(codes)) != len(codes) or any(need.count < 1 for need in wanted.needs):
        raise InvalidInput(
            "Name each speciality once, with one expert or more.",
            code="needs_wrong",
            basis=BASIS,
            next_step=_("Write one line for each speciality."),
        )
    wrong = [one for one in wanted.avoid if not AVOIDED.fullmatch(one)]
    if wrong or not REGION.fullmatch(wanted.region) or not 1 <= wanted.hours <= LONGEST_HOURS:
        raise InvalidInput(
            "Region, duration or a code to avoid is none: %(codes)s.",
            code="application_wrong",
            basis=BASIS,
            next_step=_("A region is up to six digits, a duration up to 72 hours; avoid units by their credit codes."),
            codes=", ".join(wrong) or "-",
        )


def check_gathering(gather_at: datetime, deadline: datetime | None, now: datetime) -> None:
    """Refuse a gathering before the bids are opened, or in the past. Raises RuleError."""
    if deadline is None:
        raise RuleError(
            "This lot has no announced tender, so there is nothing to evaluate.",
            code="nothing_to_evaluate",
            basis=BASIS,
            next_step=_("Publish the tender notice first."),
        )
    if gather_at < max(now, deadline):
        raise RuleError(
            "The committee gathers after the bids are opened, not before %(from)s.",
            code="gathers_too_early",
            basis="招标投标法 34, 37",
            next_step=_("Choose a time after the opening."),
            **{"from": max(now, deadline).isoformat(timespec="minutes")},
        )


def check_draw_time(gathers: Moment, now: Moment, *, procured: bool, calendar: Calendar) -> None:
    """Refuse a draw so early that names may leak before the evaluation, or after it should have begun.

    Two working days before it in procurement (财库〔2016〕198号, G32), in a tender the hours of X05. Raises RuleError.
    """
    if procured:
        limits.require(EARLIEST_PROCURED, start=now.day, end=max(now.day, gathers.day), calendar=calendar)
    rule = table.find(EARLIEST, now.day)
    earliest = gathers.at - timedelta(hours=int(rule.number or 0))
    if now.at >= gathers.at or (now.at < earliest and not procured):
        raise RuleError(
            "Experts are drawn from %(from)s until the committee gathers at %(until)s.",
            code="draw_time_wrong",
            basis=rule.basis,
            next_step=_("Draw in that time; the later, the fewer know."),
            until=gathers.at.isoformat(timespec="minutes"),
            **{"from": earliest.isoformat(timespec="minutes")},
        )
