"""Ranking 1,000 bids × 9 experts × 50 criteria, against bare Decimal arithmetic and against reading again for each bid.

    python bench/evaluation.py [--bids 1000] [--experts 9] [--criteria 50] [--rounds 3]

The bare peer adds, divides, weighs and sorts the same numbers, already in memory as Decimal, and rounds where Decimal
does. The reading peer does what a service does that loads a bid's scores anew for each question: it parses the bid's
own JSON, for the benchmark price and again for the score. Figures are CPU seconds, medians of interleaved runs.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bids.evaluation import output
from bids.evaluation.engine import evaluate
from bids.evaluation.reading import read

PRICE = {"id": "price", "kind": "price", "weight": "30", "formula": "lowest_over_bid"}


def document(bids: int, experts: int, criteria: int) -> dict[str, Any]:
    """Return a document whose scores differ: residues of a prime, no chance."""
    share = Decimal(70) / criteria
    names = [f"c{n}" for n in range(criteria)]
    parts = [{"id": name, "kind": "expert", "weight": f"{share}", "max": "100"} for name in names]
    return {
        "v": 1,
        "lot": "bench",
        "method": "comprehensive_scoring",
        "parts": [PRICE, *parts],
        "bids": [
            {
                "id": f"bid{bid}",
                "price": f"{4_000_000 + bid * 7919 % 1_000_003}.00",
                "experts": [
                    {
                        "id": f"e{expert}",
                        "scores": {
                            name: f"{60 + (bid * 31 + expert * 17 + n * 13) % 4001 / 100:.2f}"
                            for n, name in enumerate(names)
                        },
                    }
                    for expert in range(experts)
                ],
            }
            for bid in range(bids)
        ],
    }


Numbers = list[tuple[str, Decimal, list[list[Decimal]]]]


def numbers(given: dict[str, Any]) -> Numbers:
    """Return ids, prices and scores by criterion as Decimal."""
    names = [part["id"] for part in given["parts"][1:]]
    return [
        (
            bid["id"],
            Decimal(bid["price"]),
            [[Decimal(sheet["scores"][name]) for sheet in bid["experts"]] for name in names],
        )
        for bid in given["bids"]
    ]


def scored(price: Decimal, lowest: Decimal, scores: list[list[Decimal]], weight: Decimal) -> Decimal:
    total = lowest / price * 30
    for each in scores:
        total += sum(each, Decimal(0)) / len(each) / 100 * weight
    return total.quantize(Decimal("0.01"))


def bare(known: Numbers, weight: Decimal) -> list[str]:
    lowest = min(price for _bid, price, _scores in known)
    totals = [(-scored(price, lowest, scores, weight), price, bid) for bid, price, scores in known]
    return [bid for _total, _price, bid in sorted(totals)]


def reading_again(texts: list[str], names: list[str], weight: Decimal) -> list[str]:
    lowest = min(Decimal(json.loads(text)["price"]) for text in texts)
    totals = []
    for text in texts:
        bid = json.loads(text)
        scores = [[Decimal(sheet["scores"][name]) for sheet in bid["experts"]] for name in names]
        totals.append((-scored(Decimal(bid["price"]), lowest, scores, weight), Decimal(bid["price"]), bid["id"]))
    return [bid for _total, _price, bid in sorted(totals)]


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    before = time.process_time()
    done = work()
    return time.process_time() - before, done


def medians(works: dict[str, Callable[[], Any]], rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Run the works in turn; return the median of each in CPU seconds and what it returned last."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    done = {}
    for _ in range(rounds):
        for name, work in works.items():
            seconds, done[name] = cpu(work)
            taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}, done


def report(found: dict[str, float], bids: int) -> None:
    for name, seconds in found.items():
        print(f"  {name}: {seconds:.2f} s, {bids / seconds:,.0f} bids/s")
    whole = found["evaluating"] + found["reading the document"] + found["printing"]
    peer = found["reading each bid again"]
    print(f"  evaluating: {found['evaluating'] / found['bare Decimal']:.2f} x bare Decimal")
    print(f"  from text to text: {whole:.2f} s, {whole / peer:.2f} x reading each bid again")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("bids", 1000), ("experts", 9), ("criteria", 50), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    made = document(given.bids, given.experts, given.criteria)
    text, known = json.dumps(made), numbers(made)
    texts, names = [json.dumps(bid) for bid in made["bids"]], [part["id"] for part in made["parts"][1:]]
    weight, ready = Decimal(70) / given.criteria, read(text)
    evaluation = evaluate(ready)
    works: dict[str, Callable[[], Any]] = {
        "reading the document": lambda: read(text),
        "evaluating": lambda: evaluate(ready),
        "printing": lambda: json.dumps(output.as_json(evaluation)),
        "bare Decimal": lambda: bare(known, weight),
        "reading each bid again": lambda: reading_again(texts, names, weight),
    }
    found, done = medians(works, given.rounds)
    print(f"{given.bids} bids x {given.experts} experts x {given.criteria} criteria, {len(text) / 1e6:.1f} MB of JSON")
    report(found, given.bids)
    ours = [standing.id for standing in evaluation.standings]
    same = ours == done["bare Decimal"] == done["reading each bid again"]
    print("the same ranking" if same else "ANOTHER RANKING")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
