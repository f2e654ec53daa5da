"""The tickets have no favourites: tests T1 to T9 of the protocol with fixed seeds, and unfair draws that they flag.

A gate, not a proof, at α = 1e-4 each. What no sample could show, the spec forbids: the remainder of a word has a bias
that would need 10^12 draws.
"""

import hashlib
import itertools
import math
from collections import Counter

import pytest

from trading.draws import selector
from trading.draws.candidates import Candidate

ALPHA = 1e-4
TEN = [f"ENT{number:07d}".encode() for number in range(10)]


def seeds(label, count):
    """Return `count` fixed seeds, each as a draw would have it."""
    return (hashlib.sha256(f"{label}/{number}".encode()).digest() for number in range(count))


def order(seed, idents):
    return [slip[selector.TICKET :] for slip in selector.order("sha256", seed, idents)]


def chi_square(counts, expected):
    """Return the p-value that counts come from these expectations (Wilson and Hilferty's cube root)."""
    statistic = sum((have - need) ** 2 / need for have, need in zip(counts, expected, strict=True))
    free = len(expected) - 1
    z = ((statistic / free) ** (1 / 3) - (1 - 2 / (9 * free))) / math.sqrt(2 / (9 * free))
    return math.erfc(z / math.sqrt(2)) / 2


def two_sided(z):
    return math.erfc(abs(z) / math.sqrt(2))


def uniform(outcomes, cells, draws):
    counted = Counter(outcomes)
    return chi_square([counted[cell] for cell in cells], [draws / len(cells)] * len(cells))


def kolmogorov(values):
    """Return the p-value that values are uniform in [0, 1)."""
    n = len(values)
    ordered = sorted(values)
    d = max(max((i + 1) / n - v, v - i / n) for i, v in enumerate(ordered))
    return min(1.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * n * d * d) for k in range(1, 101)))


def spearman(xs, ys):
    """Return Spearman's ρ of two sequences of ranks without ties."""
    n = len(xs)
    return 1 - 6 * sum((x - y) ** 2 for x, y in zip(xs, ys, strict=True)) / (n * (n * n - 1))


def test_t1_everybody_is_first_equally_often():
    first = (order(seed, TEN)[0] for seed in seeds("t1", 10_000))
    assert uniform(first, TEN, 10_000) > ALPHA


def test_t2_every_order_is_equally_frequent():
    cells = list(itertools.permutations(TEN[:5]))
    orders = (tuple(order(seed, TEN[:5])) for seed in seeds("t2", 12_000))
    assert uniform(orders, cells, 12_000) > ALPHA


def test_t3_every_ordered_pair_is_equally_frequent():
    cells = list(itertools.permutations(TEN, 2))
    pairs = (tuple(order(seed, TEN)[:2]) for seed in seeds("t3", 9_000))
    assert uniform(pairs, cells, 9_000) > ALPHA


def test_t4_every_subset_is_equally_frequent():
    cells = [frozenset(three) for three in itertools.combinations(TEN[:8], 3)]
    subsets = (frozenset(order(seed, TEN[:8])[:3]) for seed in seeds("t4", 5_600))
    assert uniform(subsets, cells, 5_600) > ALPHA


def test_t5_weights_are_exact_successive_sampling():
    weights = {"A": 1, "B": 2, "C": 3, "D": 4}
    listed = [Candidate(ident, ("ALL",), weight) for ident, weight in weights.items()]
    draws, total = 6_000, sum(weights.values())
    pairs = Counter(
        tuple(selector.ident_of(slip) for slip in selector.rank("sha256", seed, listed)[:2])
        for seed in seeds("t5", draws)
    )
    cells = list(itertools.permutations(weights, 2))
    law = [weights[a] / total * weights[b] / (total - weights[a]) for a, b in cells]
    assert chi_square([pairs[cell] for cell in cells], [draws * share for share in law]) > ALPHA


def test_t6_the_place_on_the_list_says_nothing_about_the_rank():
    n = 100_000
    idents = [f"{number:08d}".encode() for number in range(n)]
    places = [int(ident) for ident in order(next(seeds("t6", 1)), idents)]
    assert two_sided(spearman(range(n), places) * math.sqrt(n - 1)) > ALPHA


def test_t7_tickets_are_uniform():
    slips = selector.order("sha256", next(seeds("t7", 1)), [str(number).encode() for number in range(50_000)])
    assert kolmogorov([int.from_bytes(slip[:7], "big") / 2**56 for slip in slips]) > ALPHA
    places = [int(slip[selector.TICKET :]) / 50_000 for slip in slips[:5_000]]
    assert kolmogorov(places) > ALPHA


def test_t8_consecutive_draws_are_independent():
    rhos = []
    before = None
    for seed in seeds("t8", 3_000):
        ranks = {ident: rank for rank, ident in enumerate(order(seed, TEN))}
        now = [ranks[ident] for ident in TEN]
        if before is not None:
            rhos.append(spearman(before, now) * math.sqrt(len(TEN) - 1))
        before = now
    assert two_sided(sum(rhos) / math.sqrt(len(rhos))) > ALPHA


def test_t9_wins_are_spread_as_chance_spreads_them():
    pool = [f"P{number:04d}".encode() for number in range(400)]
    wins = Counter(order(seed, pool)[0] for seed in seeds("t9", 1_200))
    mean = 1_200 / len(pool)
    spread = Counter(min(wins[ident], 8) for ident in pool)
    law = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(8)]
    expected = [len(pool) * share for share in [*law, 1 - sum(law)]]
    assert chi_square([spread[k] for k in range(9)], expected) > ALPHA


def byte_modulo_ten(seed):
    return TEN[seed[0] % 10]


def naive_swaps(seed):
    """Swap every place with any place: a well-known wrong shuffle."""
    items = TEN[:5]
    for place in range(5):
        other = seed[place] % 5
        items[place], items[other] = items[other], items[place]
    return tuple(items)


def one_byte_tickets(seed):
    """Tickets of one byte, ties in list order: the earlier registrant wins them."""
    first = min(range(100), key=lambda place: hashlib.sha256(seed + bytes([place])).digest()[0])
    return TEN[first // 10]


def the_second_choice(seed):
    """Draw again once when a certain enterprise has won, as a hidden second ceremony would."""
    first = order(seed, TEN)[0]
    return order(seed[::-1], TEN)[0] if first == TEN[3] else first


CHEATS = {
    "a byte modulo ten": (byte_modulo_ten, TEN, 40_000),
    "a naive shuffle": (naive_swaps, list(itertools.permutations(TEN[:5])), 12_000),
    "tickets of one byte": (one_byte_tickets, TEN, 8_000),
    "drawn again until liked": (the_second_choice, TEN, 8_000),
}


@pytest.mark.parametrize("name", CHEATS)
def test_an_unfair_draw_is_flagged(name):
    cheat, cells, draws = CHEATS[name]
    assert uniform((cheat(seed) for seed in seeds(name, draws)), cells, draws) < ALPHA


def test_a_list_that_is_not_shuffled_enough_is_flagged_by_its_trend():
    """1970: capsules filled month by month and hardly stirred; the trend of rank by place shows it."""
    n = 366
    noise = order(next(seeds("1970", 1)), [str(number).encode() for number in range(n)])
    stirred = sorted(range(n), key=lambda place: int(noise[place]) + 0.75 * place)
    ranks = [stirred.index(place) for place in range(n)]
    assert two_sided(spearman(range(n), ranks) * math.sqrt(n - 1)) < ALPHA
