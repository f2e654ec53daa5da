"""The commit record: everything that decides a draw, fixed before anybody can know the outcome.

Pure. A record is canonical JSON; it names the list by its hashes, the plan of seats, and the
sources of the seed in order: contributions by their commitments, then the beacon by its place in
the future.
"""

import re
from dataclasses import dataclass
from typing import Any

from trading.draws import beacon
from trading.draws.candidates import FrozenList
from trading.draws.selector import Cap, Quota
from trading.draws.wire import (
    PROTOCOL,
    Malformed,
    canonical,
    parse_canonical,
    parse_hex,
    suite_of,
    tagged_hash,
)

REQUIRED = frozenset(
    {
        "v",
        "suite",
        "draw_id",
        "purpose",
        "seq",
        "rule",
        "list",
        "excl",
        "plan",
        "caps",
        "sources",
        "min_reveals",
    }
)
OPTIONAL = frozenset({"project", "prev", "library", "kd", "skip_cap"})
NEEDED = ("operator", "supervisor")  # without their contributions there is no draw
CAP_FIELDS = ("group", "grp")
STRATUM = re.compile(r"[0-9A-Z]{1,16}")
LIBRARY_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PURPOSE = re.compile(r"[^/]+")
WHO = re.compile(r"[0-9A-Za-z._:-]{1,80}")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit record that follows the protocol."""

    record: dict[str, Any]
    suite: str
    draw_id: str
    plan: tuple[Quota, ...]
    caps: tuple[Cap, ...]
    commitments: dict[str, str]
    labels: tuple[str, ...]
    min_reveals: int
    hash: bytes


def commit_hash(suite: str, record: dict[str, Any]) -> bytes:
    return tagged_hash(suite, "commit", canonical(record))


def read_commit(raw: bytes) -> Commit:
    """Return the commit record of canonical bytes; Malformed names the first thing wrong."""
    return check_commit(parse_canonical(raw, "The commit record"))


def check_commit(record: object) -> Commit:
    """Return the record if every member has the form that the protocol gives it."""
    if not isinstance(record, dict) or not set(record) >= REQUIRED or set(record) - REQUIRED - OPTIONAL:
        raise Malformed("The commit record does not have the members of the protocol.", code="bad_record")
    if record["v"] != PROTOCOL:
        raise Malformed("The commit record is not of %(v)s.", code="bad_record", v=PROTOCOL)
    suite = suite_of(record["suite"])
    _check_name(record)
    _check_lists(record)
    _check_references(record)
    commitments, beacons = _sources(record["sources"])
    _check_reveals(record["min_reveals"], commitments, beacons)
    return Commit(
        record=record,
        suite=suite,
        draw_id=record["draw_id"],
        plan=_plan(record["plan"]),
        caps=_caps(record["caps"]),
        commitments=commitments,
        labels=(*commitments, *beacons),
        min_reveals=record["min_reveals"],
        hash=commit_hash(suite, record),
    )


def record_of(draw: Any, contributions: list[dict[str, Any]]) -> dict[str, Any]:  # Any: a draw's fields
    """Return the commit record of a draw as it stands, with these contributions before its beacon."""
    kept: dict[str, Any] = {"library": draw.library, "kd": draw.kd, "prev": draw.prev}
    return {
        "v": PROTOCOL,
        "suite": draw.suite,
        "draw_id": draw.draw_id,
        "project": draw.lot.code,
        "purpose": draw.purpose,
        "seq": draw.seq,
        "rule": draw.rule,
        "list": draw.list_facts,
        "excl": draw.exclusions_facts,
        "plan": draw.plan,
        "caps": draw.caps,
        "skip_cap": draw.skip_cap,
        "sources": [*contributions, draw.beacon],
        "min_reveals": len(NEEDED),
        **{name: value for name, value in kept.items() if value},
    }


def check_list(commit: Commit, frozen: FrozenList) -> None:
    """Refuse a list that is not the one committed."""
    committed = commit.record["list"]
    for member, value in frozen.facts().items():
        if committed[member] != value:
            raise Malformed(
                "The list's %(member)s is %(have)s; the record committed %(need)s.",
                code="list_mismatch",
                member=member,
                have=value,
                need=committed[member],
            )


def _check_name(record: dict[str, Any]) -> None:
    draw_id, purpose, seq = record["draw_id"], record["purpose"], record["seq"]
    if not all(isinstance(name, str) for name in (draw_id, purpose)) or not _whole(seq, 1):
        raise Malformed("The draw's name is malformed.", code="bad_record")
    project = record.get("project", draw_id.rsplit("/", 2)[0])
    if not isinstance(project, str) or not project or not PURPOSE.fullmatch(purpose):
        raise Malformed("The draw's project or purpose is malformed.", code="bad_record")
    if draw_id != f"{project}/{purpose}/{seq}":
        raise Malformed("The draw's name is not project/purpose/seq: %(name)s.", code="bad_record", name=draw_id)


def _check_lists(record: dict[str, Any]) -> None:
    for name, members in (("list", {"n", "root", "sha"}), ("excl", {"n", "root"})):
        facts = record[name]
        if not isinstance(facts, dict) or set(facts) != members or not _whole(facts["n"], 0):
            raise Malformed("The member %(name)s is malformed.", code="bad_record", name=name)
        for member in sorted(members - {"n"}):
            parse_hex(facts[member], f"{name}.{member}", size=32)


def _check_references(record: dict[str, Any]) -> None:
    """Check what the record says of the rule, the library, the draw before, the key and the cap on skips."""
    for name in ("prev", "kd"):
        if name in record:
            parse_hex(record[name], name, size=32)
    if not _whole(record.get("skip_cap", 0), 0):
        raise Malformed("The cap on skips is malformed.", code="bad_record")
    rule = record["rule"]
    if isinstance(rule, dict) and set(rule) == {"id", "sha"} and isinstance(rule["id"], str):
        parse_hex(rule["sha"], "rule.sha", size=32)
    elif not isinstance(rule, str) or not rule:
        raise Malformed("The record names no rule.", code="bad_record")
    if "library" in record:
        _check_library(record["library"])


def _check_library(library: object) -> None:
    if not isinstance(library, dict) or set(library) != {"root", "n", "at"} or not _whole(library["n"], 1):
        raise Malformed("The library's snapshot has root, n and at.", code="bad_record")
    parse_hex(library["root"], "library.root", size=32)
    if not isinstance(library["at"], str) or not LIBRARY_AT.match(library["at"]):
        raise Malformed("The library's snapshot has no date.", code="bad_record")


def _plan(value: object) -> tuple[Quota, ...]:
    quotas = tuple(_quota(entry) for entry in value) if isinstance(value, list) else ()
    if not quotas or len({quota.stratum for quota in quotas}) != len(quotas):
        raise Malformed("The plan names no stratum, or one twice.", code="bad_plan")
    return quotas


def _quota(entry: object) -> Quota:
    if not isinstance(entry, dict) or set(entry) != {"st", "k", "alt"}:
        raise Malformed("A line of the plan has exactly st, k and alt.", code="bad_plan")
    stratum, k, alt = entry["st"], entry["k"], entry["alt"]
    if not isinstance(stratum, str) or not STRATUM.fullmatch(stratum) or not (_whole(k, 1) and _whole(alt, 0)):
        raise Malformed("A line of the plan is malformed.", code="bad_plan")
    return Quota(stratum, k, alt)


def _caps(value: object) -> tuple[Cap, ...]:
    if not isinstance(value, list):
        raise Malformed("The caps are not a list.", code="bad_caps")
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"by", "max"}:
            raise Malformed("A cap has exactly by and max.", code="bad_caps")
        if entry["by"] not in CAP_FIELDS or not _whole(entry["max"], 1):
            raise Malformed("A cap limits a group to at least one seat.", code="bad_caps")
    return tuple(Cap(entry["by"], entry["max"]) for entry in value)


def _sources(value: object) -> tuple[dict[str, str], tuple[str, ...]]:
    commitments: dict[str, str] = {}
    beacons: list[str] = []
    for entry in value if isinstance(value, list) else ():
        if not isinstance(entry, dict) or "kind" not in entry:
            raise Malformed("A source of the record has a kind.", code="bad_sources")
        if entry["kind"] != "commit":
            beacons.append(beacon.label(entry))
            continue
        if beacons or set(entry) != {"kind", "who", "c"} or not _name(entry["who"]):
            raise Malformed("Contributions have who and c, and precede the beacon.", code="bad_sources")
        parse_hex(entry["c"], "A commitment", size=32)
        label = f"commit:{entry['who']}"
        if label in commitments:
            raise Malformed("%(label)s stands twice.", code="bad_sources", label=label)
        commitments[label] = entry["c"]
    if not commitments and not beacons:
        raise Malformed("The record names no source.", code="bad_sources")
    if len(set(beacons)) != len(beacons):
        raise Malformed("A beacon stands twice.", code="bad_sources")
    return commitments, tuple(beacons)


def _check_reveals(least: object, commitments: dict[str, str], beacons: tuple[str, ...]) -> None:
    if not _whole(least, 0) or least > len(commitments):  # type: ignore[operator]
        raise Malformed("The number of reveals asked for is malformed.", code="bad_record")
    if not beacons and least != len(commitments):
        raise Malformed("Without a beacon every contribution must be revealed.", code="bad_record")


def _name(value: object) -> bool:
    return isinstance(value, str) and WHO.fullmatch(value) is not None


def _whole(value: object, least: int) -> bool:
    return type(value) is int and value >= least
