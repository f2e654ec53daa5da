"""What a committee is to be (抽取申请): its specialities, representatives, place and time, whom to avoid. Pure.

Sources: 招标投标法 37; 招标投标法实施条例 46; 87号令 47; domain.md 4.2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from experts import committee, specialities
from experts.committee import Composition
from trading.errors import InvalidInput, RuleError
from trading.rules.rule import Rule
from trading.text import mark as _

BASIS = "招标投标法 37; 招标投标法实施条例 46"
REGION = re.compile(r"[0-9]{0,6}")
AVOIDED = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}|E[0-9A-Z]{10}")
LONGEST_HOURS = 72


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
