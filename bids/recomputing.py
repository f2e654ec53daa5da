"""Recomputing a published evaluation (复算评标): the document as everybody can take it, and every figure.

Pure values in, values out; what may be shown, and when, is the page's matter. Bids are named by number and name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bids.evaluation import engine, output, reading

GROUPS = ("group_b", "group_c")


@dataclass(frozen=True, slots=True)
class Published:
    """What was published of one bid: who, at which rank, with which total."""

    name: str
    rank: int | None
    total: Decimal | None


def figures_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `manage.py evaluate` prints of a document. Raises Faulty."""
    return output.as_json(engine.evaluate(reading.read(json.dumps(document, ensure_ascii=False))))


def named(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the document with its bids called by number and name, also where a benchmark names a group of them."""
    called = {number: f"{number} {name}" for number, name in names.items()}
    bids = [{**bid, "id": called.get(bid["id"], bid["id"])} for bid in document["bids"]]
    terms = dict(document.get("benchmark", {}))
    for group in GROUPS:
        if group in terms:
            terms[group] = [called.get(number, number) for number in terms[group]]
    return {**document, **({"benchmark": terms} if terms else {}), "bids": bids}


def rows(
    document: Mapping[str, Any],
    figures: Mapping[str, Any],
    published: Mapping[str, Published],
    ranks: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Return each bid with every intermediate figure, and whether rank and total are those published."""
    given = {bid["id"]: bid for bid in document["bids"]}
    return [_row(one, given[one["id"]], published.get(one["id"]), ranks.get(one["id"])) for one in figures["bids"]]


def _row(one: Mapping[str, Any], bid: Mapping[str, Any], said: Published | None, rank: int | None) -> dict[str, Any]:
    total = None if one["total"] is None else Decimal(one["total"])
    return {
        **one,
        "name": said.name if said else "",
        "price": bid.get("price"),
        "deductions": bid.get("deductions", []),
        "adjustments": bid.get("adjustments", []),
        "experts": bid.get("experts", []),
        "fixed": bid.get("fixed", {}),
        "points": list(one["parts"].values()),
        "place": rank,
        "published_rank": said.rank if said else None,
        "equal": said is not None and (rank, total) == (said.rank, said.total),
    }
