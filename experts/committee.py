"""How a committee is composed (评标委员会): an odd number, large enough, at least two thirds experts. Pure.

Sources: 招标投标法 37 (Q04), 87号令 47 (Q13). Numbers come from the rule table as it stands on the day.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trading.errors import RuleError
from trading.rules import table
from trading.rules.rule import Rule
from trading.text import mark as _

SIZE, SHARE, LARGE_SIZE, LARGE_BUDGET = "Q04", "Q04.experts", "Q13", "Q13.budget"


class WrongCommittee(RuleError):
    """The committee may not be composed like this; `code` says what is wrong."""

    code = "committee_wrong"
    next_step = _("Change the number of members or of the owner's representatives.")


@dataclass(frozen=True)
class Composition:
    """So many experts to be drawn and so many representatives of the owner."""

    experts: int
    representatives: int = 0

    @property
    def members(self) -> int:
        return self.experts + self.representatives


def size_rule(day: date, *, procured: bool, budget: Decimal | None = None, weighty: bool = False) -> Rule:
    """Return the rule of the least number of members on the day.

    Seven in a procurement whose budget in yuan reaches Q13.budget, or that is `weighty`: technically complex or with
    great influence on society (87号令 47); else five.
    """
    large = weighty or (budget is not None and budget >= table.find(LARGE_BUDGET, day).yuan)
    return table.find(LARGE_SIZE if procured and large else SIZE, day)


def fewest_experts(members: int, day: date) -> int:
    """Return how many of so many members must be experts: two thirds, rounded up (Q04.experts)."""
    share = table.find(SHARE, day).number or 0
    return int(-(-members * share // 1))


def check(composition: Composition, size: Rule, day: date) -> None:
    """Refuse a committee that is too small, even, or has too few experts. Raises WrongCommittee."""
    members, least = composition.members, size.count
    if composition.experts < 0 or composition.representatives < 0 or members < least:
        raise WrongCommittee(
            _("The committee has %(members)s members; it must have at least %(least)s."),
            code="committee_too_small", basis=size.basis, members=members, least=least,
        )  # fmt: skip
    if size.odd and members % 2 == 0:
        raise WrongCommittee(
            _("The committee has %(members)s members; the number must be odd."),
            code="committee_even", basis=size.basis, members=members,
        )  # fmt: skip
    needed = fewest_experts(members, day)
    if composition.experts < needed:
        raise WrongCommittee(
            _("Of %(members)s members at least %(needed)s must be experts, not %(experts)s."),
            code="committee_experts_too_few",
            basis=table.find(SHARE, day).basis,
            members=members,
            needed=needed,
            experts=composition.experts,
        )
