"""Correcting a price whose figures contradict each other, in the order of the law (算术修正). Pure.

Government procurement, 87号令 59: (1) the opening list (开标一览表) prevails over what else the bid says; (2) words
over figures; (3) where the decimal point of a unit price is misplaced, the total of the opening list stands and the
unit price is corrected; (4) what the unit prices come to prevails over the total. Two contradictions are corrected in
this order. Tenders know (2) to (4) (评标委员会和评标方法暂行规定 19, not compared with the text yet). The bidder
confirms a correction in writing, or the bid is invalid; so is a bid whose corrected price is above the ceiling.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from trading import money

POINTS = tuple(Decimal(10) ** shift for shift in range(-4, 5) if shift)  # how far a point is looked for


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the price: quantity, unit price and its sum, in yuan, as the bid says them."""

    quantity: Decimal
    unit_price: Decimal
    stated_sum: Decimal

    @property
    def comes_to(self) -> Decimal:
        return money.to_cent(self.quantity * self.unit_price)

    @property
    def misplaced(self) -> Decimal | None:
        """Return the unit price with its decimal point moved so that the stated sum is right, if there is one."""
        if self.comes_to == self.stated_sum:
            return None
        moved = (self.unit_price * point for point in POINTS)
        return next((unit for unit in moved if money.to_cent(self.quantity * unit) == self.stated_sum), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bid says of its price: the total in figures, and what else can contradict it."""

    figures: Decimal
    words: str = ""
    elsewhere: Decimal | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One correction: the number of its rule, the amount before and after."""

    rule: int
    was: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class Corrected:
    """The price that counts once the bidder confirms it, and how it was found; no steps, nothing to confirm."""

    price: Decimal
    steps: tuple[Step, ...]
    basis: str


def _list_prevails(statement: Statement) -> tuple[Statement, list[Step]]:
    other = statement.elsewhere
    if other is None or other == statement.figures:
        return statement, []
    return statement, [Step(1, other, statement.figures)]


def _words_prevail(statement: Statement) -> tuple[Statement, list[Step]]:
    if not statement.words or (amount := money.from_words(statement.words)) == statement.figures:
        return statement, []
    return replace(statement, figures=amount), [Step(2, statement.figures, amount)]


def _points_moved(statement: Statement) -> tuple[Statement, list[Step]]:
    found = [(item, item.misplaced) for item in statement.items]
    items = tuple(item if unit is None else replace(item, unit_price=unit) for item, unit in found)
    steps = [Step(3, item.unit_price, unit) for item, unit in found if unit is not None]
    return replace(statement, items=items), steps


def _units_prevail(statement: Statement) -> tuple[Statement, list[Step]]:
    total = sum((item.comes_to for item in statement.items), Decimal(0))
    if not statement.items or total == statement.figures:
        return statement, []
    return replace(statement, figures=total), [Step(4, statement.figures, total)]


Rule = Callable[[Statement], tuple[Statement, list[Step]]]
RULES: tuple[Rule, ...] = (_list_prevails, _words_prevail, _points_moved, _units_prevail)
REGIMES: Mapping[str, tuple[tuple[Rule, ...], str]] = MappingProxyType(
    {
        "procurement": (RULES, "政府采购货物和服务招标投标管理办法(财政部令第87号) 59"),
        "tender": (RULES[1:], "评标委员会和评标方法暂行规定 19"),
    }
)


def correct(statement: Statement, regime: str) -> Corrected:
    """Return the price of a statement in yuan under a regime, `procurement` or `tender`. Raises money.WrongAmount."""
    rules, basis = REGIMES[regime]
    steps: list[Step] = []
    for rule in rules:
        statement, found = rule(statement)
        steps += found
    return Corrected(money.to_cent(statement.figures), tuple(steps), basis)
