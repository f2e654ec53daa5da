"""The values of an evaluation: the method and its parameters as published, and the bids as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Rounding:
    """To how many places, at which stage first, and how. The total is always rounded."""

    places: int = 2
    stage: str = "final"
    mode: str = "half_up"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How the experts' scores become one: their mean, or their mean without one highest and one lowest."""

    rule: str = "mean"
    of: str = "part"
    min_experts: int = 7


@dataclass(frozen=True)
class Part:
    """What is scored: by the price, by each expert, or as given. Scores go from 0 to `max`, points to `weight`."""

    id: str
    kind: str
    weight: Fraction | None = None
    max: Fraction | None = None

    @cached_property
    def worth(self) -> Fraction:
        """Return what one point of a score contributes to the total: weight ÷ max, or 1 without a weight."""
        return Fraction(1) if self.weight is None or self.max is None else self.weight / self.max


@dataclass(frozen=True, slots=True)
class LowPrice:
    """Below which share of the mean, of the next lowest, of the ceiling a price must be explained (87号令 60)."""

    mean: Fraction = Fraction(1, 2)
    next_lowest: Fraction = Fraction(1, 2)
    ceiling: Fraction = Fraction(45, 100)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The rule of the benchmark price (评标基准价), B1 to B8, with its parameters as published or drawn.

    `deduct_above` and `deduct_below` are points per one per cent above and below the benchmark; the score never falls
    below `floor`. `places` rounds the benchmark half up, None leaves it exact.
    """

    rule: str = "B1"
    full_score: Fraction = Fraction(100)
    deduct_above: Fraction = Fraction(0)
    deduct_below: Fraction = Fraction(0)
    floor: Fraction = Fraction(0)
    places: int | None = None
    numbers: Mapping[str, Fraction] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One expert's scores of one bid, by part."""

    expert: str
    scores: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid as it stands: its price in yuan after corrections, what was given and what the experts scored."""

    id: str
    price: Fraction | None
    effective: bool = True
    deductions: tuple[str, ...] = ()
    adjustments: tuple[Fraction, ...] = ()
    fixed: Mapping[str, Decimal] = field(default_factory=dict)
    sheets: tuple[Sheet, ...] = ()
    brand: str = ""


@dataclass(frozen=True)
class Document:
    """Everything that decides a ranking."""

    lot: str
    method: str
    bids: tuple[Bid, ...]
    parts: tuple[Part, ...] = ()
    ceiling: Fraction | None = None
    rounding: Rounding = Rounding()
    aggregate: Aggregate = Aggregate()
    deductions: Mapping[str, Fraction] = field(default_factory=dict)
    tie: tuple[str, ...] = ("total_desc", "price_asc", "draw")
    benchmark: Benchmark = Benchmark()
    low_price: LowPrice = LowPrice()
    outlier: Fraction = Fraction(3, 10)

    def excluded(self, bid: Bid) -> str:
        """Return why a bid is not evaluated, empty if it is: given as ineffective, or above the ceiling."""
        if not bid.effective:
            return "given as ineffective"
        if self.ceiling is not None and bid.price is not None and bid.price > self.ceiling:
            return "the price is above the ceiling (招标投标法实施条例 51(5), 87号令 63(4))"
        return ""

    def evaluated_price(self, bid: Bid) -> Fraction | None:
        """Return the price less the deductions, with the adjustments; the contract is not at this price.

        Deductions for small firms are shares of the price that was bid (财库〔2020〕46号 9); several add up.
        """
        if bid.price is None:
            return None
        share = sum((self.deductions[name] for name in bid.deductions), Fraction(0))
        return bid.price * (1 - share) + sum(bid.adjustments, Fraction(0))

    @cached_property
    def priced_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "price")

    @cached_property
    def expert_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "expert")

    @cached_property
    def fixed_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "fixed")
