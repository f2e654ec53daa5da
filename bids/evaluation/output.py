"""The result as JSON: decimal strings, every digit of what was not rounded, in rank order."""

from fractions import Fraction
from typing import Any

from bids.evaluation.engine import Evaluation
from bids.evaluation.figures import exact, fixed
from bids.evaluation.flags import Flag
from bids.evaluation.ranking import Standing

VERSION = 1


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the object that `manage.py evaluate` prints."""
    rounding = evaluation.document.rounding
    least = rounding.places if rounding.stage == "part" else 0
    return {
        "v": VERSION,
        "benchmark": _figure(evaluation.benchmark, 2),
        "bids": [_bid(standing, rounding.places, least) for standing in evaluation.standings],
        "flags": [_flag(flag) for flag in evaluation.flags],
    }


def _bid(standing: Standing, places: int, least: int) -> dict[str, Any]:
    return {
        "id": standing.id,
        "effective": standing.effective,
        "evaluated_price": _figure(standing.evaluated_price, 2),
        "parts": {name: _figure(points, least) for name, points in standing.parts.items()},
        "total": None if standing.total is None else fixed(standing.total, places),
        "total_exact": _figure(standing.total_exact),
        "rank": standing.rank,
        "tied_with": standing.tied_with,
        "reasons": standing.reasons,
    }


def _figure(value: Fraction | None, least: int = 0) -> str | None:
    return None if value is None else exact(value, least)


def _flag(flag: Flag) -> dict[str, Any]:
    """Return a flag: its kind, the bid or bids, and its figures."""
    named: dict[str, Any] = {"bids": list(flag.bids)} if len(flag.bids) > 1 else {"bid": flag.bids[0]}
    return {"flag": flag.kind, **named, **dict(flag.figures)}
