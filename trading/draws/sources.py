"""The sources of a draw: secrets committed before, then the beacon.

Pure. Their labels, states and values in committed order are the material of the seed. A
contribution that is not revealed before the cut-off is absent, irrevocably; a beacon cannot be
absent.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trading.draws import beacon, selector
from trading.draws.record import Commit
from trading.draws.wire import Malformed, length_value, parse_hex, tagged_hash

TYPED = re.compile(rb"[0-9]{40,}")
NONCE = 32


@dataclass(frozen=True, slots=True)
class Source:
    """One committed source when its time has come: present with a value, or absent."""

    label: str
    present: bool
    value: bytes = b""


def commitment(suite: str, draw_id: str, who: str, nonce: bytes) -> bytes:
    """Return c for a contributor's secret: 32 random bytes, or at least 40 typed digits."""
    check_nonce(nonce)
    return tagged_hash(suite, "contrib", draw_id.encode(), who.encode(), nonce)


def check_nonce(nonce: bytes) -> None:
    """Refuse a secret that is neither 32 bytes nor at least 40 decimal digits."""
    if len(nonce) != NONCE and not TYPED.fullmatch(nonce):
        raise Malformed("A contribution is 32 bytes or at least 40 digits.", code="bad_nonce")


def check(commit: Commit, sources: Sequence[Source]) -> None:
    """Refuse sources other than the committed ones: labels, order, values, enough reveals."""
    labels = tuple(source.label for source in sources)
    if labels != commit.labels:
        raise Malformed(
            "The sources are %(have)s; the record names %(need)s.",
            code="wrong_sources",
            have=", ".join(labels),
            need=", ".join(commit.labels),
        )
    for source in sources:
        _check_source(commit, source)
    have = sum(source.present for source in sources if source.label in commit.commitments)
    if have < commit.min_reveals:
        raise Malformed(
            "%(have)s reveals; the record asks for %(need)s.",
            code="too_few_reveals",
            have=have,
            need=commit.min_reveals,
        )


def material(sources: Iterable[Source]) -> bytes:
    """Return the input key material: each source's label, state and value."""
    return b"".join(
        length_value(source.label.encode()) + (b"\x01" if source.present else b"\x00") + length_value(source.value)
        for source in sources
    )


def seed(commit: Commit, sources: Sequence[Source]) -> bytes:
    """Return the seed of a draw whose sources have all been checked."""
    check(commit, sources)
    return selector.seed(commit.suite, commit.hash, material(sources))


def read(value: object) -> list[Source]:
    """Return sources from `[{"label", "status", "value"}, ...]`."""
    if not isinstance(value, list):
        raise Malformed("The sources are not a list.", code="bad_sources")
    return [_source(entry) for entry in value]


def write(sources: Iterable[Source]) -> list[dict[str, Any]]:
    return [{"label": one.label, "status": int(one.present), "value": one.value.hex()} for one in sources]


def _source(entry: object) -> Source:
    if not isinstance(entry, dict) or set(entry) != {"label", "status", "value"}:
        raise Malformed("A source has exactly label, status and value.", code="bad_sources")
    label, status = entry["label"], entry["status"]
    if not isinstance(label, str) or type(status) is not int or status not in (0, 1):
        raise Malformed("A source's label is text and its status 0 or 1.", code="bad_sources")
    value = parse_hex(entry["value"], f"The value of {label}")
    if not status and value:
        raise Malformed("%(label)s is absent and has a value.", code="bad_sources", label=label)
    return Source(label, bool(status), value)


def _check_source(commit: Commit, source: Source) -> None:
    committed = commit.commitments.get(source.label)
    if committed is None:
        if not source.present:
            raise Malformed("The beacon %(label)s is missing.", code="beacon_missing", label=source.label)
        beacon.check_value(source.label, source.value)
    elif source.present:
        who = source.label.removeprefix("commit:")
        if commitment(commit.suite, commit.draw_id, who, source.value).hex() != committed:
            raise Malformed(
                "The value of %(label)s does not fit its commitment.",
                code="commitment_mismatch",
                label=source.label,
            )
    elif source.value:
        raise Malformed("%(label)s is absent and has a value.", code="bad_sources", label=source.label)
