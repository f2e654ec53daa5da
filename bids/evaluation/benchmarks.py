"""The benchmark price (评标基准价) of works tenders: rules B1 to B8, each a value and a function of the valid prices.

Source: published document sets, as gathered in domain.md 6.6; where a set is silent, the docstring says what is taken.
A drawn parameter (K, Q1, a group) stands in the document as it was drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from bids.evaluation.document import Benchmark
from bids.evaluation.figures import rounded

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is applied to: the valid prices by bid, the parameters and perhaps the ceiling (招标控制价)."""

    prices: Mapping[str, Fraction]
    terms: Benchmark
    ceiling: Fraction | None

    @property
    def ascending(self) -> list[Fraction]:
        return sorted(self.prices.values())

    def number(self, name: str) -> Fraction:
        return self.terms.numbers[name]

    @property
    def control(self) -> Fraction:
        """Return the ceiling; the reading has made sure of it where the rule needs it."""
        return self.ceiling or Fraction(0)

    def group(self, name: str) -> Fraction:
        """Return the mean price of a drawn group."""
        return mean([self.prices[bid] for bid in self.terms.groups[name]])


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its formula, its numbers with their defaults (None: must be given) and what else it needs."""

    id: str
    en: str
    zh: str
    price: Callable[[Case], Fraction]
    numbers: Mapping[str, Fraction | None] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    ceiling: bool = False
    full_score: Fraction | None = None
    deduct_above: Fraction | None = None
    deduct_below: Fraction | None = None


def mean(prices: Sequence[Fraction]) -> Fraction:
    return sum(prices, Fraction(0)) / len(prices)


def trimmed(prices: Sequence[Fraction], lowest: int, highest: int) -> list[Fraction]:
    """Return ascending prices without so many of the lowest and the highest."""
    return list(prices[lowest : len(prices) - highest])


def within(prices: Sequence[Fraction], middle: Fraction, band: Fraction) -> list[Fraction]:
    """Return the prices not further from the middle than the band, a share of it; all of them where none is near."""
    return [price for price in prices if abs(price - middle) <= band * middle] or list(prices)


def b1(case: Case) -> Fraction:
    """Return the mean without one highest and one lowest; up to three bids: the mean of all."""
    prices = case.ascending
    return mean(trimmed(prices, 1, 1) if len(prices) > 3 else prices) * case.number("k")


def b2(case: Case) -> Fraction:
    """Return the mean × K; of more than five, one highest and one lowest and what is not near the mean fall out."""
    prices = case.ascending
    if len(prices) > 5:
        prices = trimmed(prices, 1, 1)
        prices = within(prices, mean(prices), case.number("band"))
    return mean(prices) * case.number("k")


def b3(case: Case) -> Fraction:
    """Return the mean; from five bids on without one highest and one lowest."""
    prices = case.ascending
    return mean(trimmed(prices, 1, 1) if len(prices) >= 5 else prices) * case.number("k")


def b4(case: Case) -> Fraction:
    """Return the mean without 0, 1, 2 or 3 on each side, of up to 5, up to 10, up to 20 or more bids."""
    prices = case.ascending
    side = sum(len(prices) > most for most in (5, 10, 20))
    return mean(trimmed(prices, side, side)) * case.number("k")


def b5(case: Case) -> Fraction:
    """Return (A × 50 % + B × 30 % + C × 20 %) × K: A the ceiling less delta, B and C the means of named groups."""
    discounted = case.control * (1 - case.number("delta"))
    parts = discounted * 50 + case.group("group_b") * 30 + case.group("group_c") * 20
    return parts / 100 * case.number("k")


def b6(case: Case) -> Fraction:
    """Return A × K1 × Q1 + ceiling × K2 × (1 - Q1), A the trimmed mean.

    From seven bids on a fifth, rounded half up, falls out on each side; of four to six the highest; of fewer none.
    """
    prices = case.ascending
    fifth = int(rounded(Fraction(len(prices), 5), 0, "half_up")) if len(prices) >= 7 else 0
    kept = trimmed(prices, fifth, fifth or int(len(prices) >= 4))
    q1 = case.number("q1")
    return mean(kept) * case.number("k1") * q1 + case.control * case.number("k2") * (1 - q1)


def b7(case: Case) -> Fraction:
    """Return the lowest price, the middle of mean and ceiling (budget), or, as in an auction, the highest price."""
    prices = case.ascending
    if case.terms.variant == "mean_and_budget":
        return (mean(prices) + case.control) / 2
    return prices[0] if case.terms.variant == "lowest" else prices[-1]


def b8(case: Case) -> Fraction:
    """Return 0.9 × the mean of the prices that are not further than 30 % from the mean of all."""
    prices = case.ascending
    return mean(within(prices, mean(prices), case.number("band"))) * case.number("k")


_K: Mapping[str, Fraction | None] = {"k": ONE}

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            Rule("B1", "Mean without one highest and one lowest", "去掉一个最高和一个最低后的平均值", b1, _K),
            Rule(
                "B2", "Mean near the mean × K", "平均值上下浮动范围内再平均 × K", b2,
                {"k": ONE, "band": Fraction(1, 5)},
            ),
            Rule(
                "B3", "Mean; from five without highest and lowest", "五家以上去掉最高最低后的平均值", b3, _K,
                full_score=Fraction(50), deduct_above=ONE, deduct_below=Fraction(1, 2),
            ),
            Rule("B4", "Mean, trimmed by the number of bids", "按家数去掉若干最高最低后的平均值", b4, _K),
            Rule(
                "B5", "(A × 50 % + B × 30 % + C × 20 %) × K", "(A×50%+B×30%+C×20%)×K", b5,
                {"k": None, "delta": None}, groups=("group_b", "group_c"), ceiling=True,
            ),
            Rule(
                "B6", "A × K1 × Q1 + ceiling × K2 × (1 - Q1)", "A×K1×Q1+B×K2×(1-Q1)", b6,
                {"k1": None, "k2": None, "q1": None}, ceiling=True,
            ),
            Rule(
                "B7", "Lowest, mean and budget, or highest", "最低价、平均价与预算价、最高价", b7,
                variants=("lowest", "mean_and_budget", "highest"),
            ),
            Rule(
                "B8", "0.9 × the mean of what is near it", "剔除偏离30%以上报价后平均值 × 0.9", b8,
                {"k": Fraction(9, 10), "band": Fraction(3, 10)},
            ),
        )
    }
)  # fmt: skip


def needs_ceiling(terms: Benchmark) -> bool:
    return RULES[terms.rule].ceiling or terms.variant == "mean_and_budget"


def deviates(terms: Benchmark) -> bool:
    """Say whether points are taken off for the deviation, not given in proportion."""
    return terms.variant not in {"lowest", "highest"}


def benchmark_price(case: Case) -> Fraction:
    """Return the benchmark price, rounded only where the document gives `places`."""
    price = RULES[case.terms.rule].price(case)
    return price if case.terms.places is None else rounded(price, case.terms.places, "half_up")


def score(price: Fraction, benchmark: Fraction, terms: Benchmark) -> Fraction:
    """Return a price's score: F less points for each per cent of deviation, or F in proportion to the best price."""
    if terms.variant == "lowest":
        return terms.full_score * benchmark / price
    if terms.variant == "highest":
        return terms.full_score * price / benchmark
    percent = (price - benchmark) / benchmark * 100
    taken = percent * terms.deduct_above if percent > 0 else -percent * terms.deduct_below
    return max(terms.floor, terms.full_score - taken)
