"""The draw of a method's parameters: its list, its plan, and what its ranking says. Pure.

A value is a candidate of its parameter's stratum, a bid one of every group's. The ranking that was drawn also gives
the next bid where one of a group is rejected later, so nobody can steer by a rejection.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from trading.draws import selector
from trading.draws.candidates import Candidate, FrozenList, write_list
from trading.draws.selector import Quota

BID = "bid"


def stratum(name: str) -> str:
    """Return the stratum of a parameter: GROUPB of group_b."""
    return name.upper().replace("_", "")


def listed(drawn: Mapping[str, Any], groups: Collection[str], bids: Sequence[str]) -> bytes:
    """Return the list file of a draw: every value of each parameter, and every bid if a group is drawn."""
    values = [
        Candidate(f"{one['name']}:{value}", (stratum(one["name"]),))
        for one in drawn["parameters"]
        if one["name"] not in groups
        for value in one["values"]
    ]
    strata = tuple(sorted(stratum(one["name"]) for one in drawn["parameters"] if one["name"] in groups))
    return write_list([*values, *(Candidate(f"{BID}:{number}", strata) for number in (bids if strata else ()))])


def plan(drawn: Mapping[str, Any], groups: Collection[str]) -> list[dict[str, Any]]:
    """Return the plan of a draw: one value of each parameter, so many bids of each group."""
    return [
        {"st": stratum(one["name"]), "k": int(one["values"][0]) if one["name"] in groups else 1, "alt": 0}
        for one in drawn["parameters"]
    ]


def needed(drawn: Mapping[str, Any], groups: Collection[str]) -> int:
    """Return how many bids the groups take together."""
    return sum(int(one["values"][0]) for one in drawn["parameters"] if one["name"] in groups)


def chosen(
    drawn: Mapping[str, Any],
    groups: Collection[str],
    ranking: Sequence[bytes],
    frozen: FrozenList,
    out: Collection[str],
) -> dict[str, Any]:
    """Return what each parameter is: the value drawn, or the bids of a group without those in `out`."""
    quotas = [Quota(each["st"], each["k"]) for each in plan(drawn, groups)]
    gone = [f"{BID}:{number}" for number in out]
    selection = selector.select(ranking, frozen.candidates, quotas, (), gone)
    found: dict[str, Any] = {}
    for one in drawn["parameters"]:
        seated = [ident.partition(":")[2] for ident, place in selection.seated if place == stratum(one["name"])]
        found[one["name"]] = seated if one["name"] in groups else seated[0]
    return found
