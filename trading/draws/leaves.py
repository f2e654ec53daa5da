"""Experts in a public list: salted leaves that hide who they are until they are opened.

Pure. The tickets are computed over the leaves, so anybody recomputes the ranking without learning a
name; the leaves of drawn and skipped experts are opened after the result, all of them for the
auditor who gets the draw's key.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trading.draws.candidates import NO_GROUP, Candidate, Exclusion
from trading.draws.wire import Malformed, canonical, tagged_hash, tagged_mac
from trading.errors import RuleError
from trading.text import mark as _

PURPOSE = "expert"
KEY = 32
LEAF = re.compile(r"[0-9a-f]{64}")
BASIS = "ggzy-draw/1, 2 rows 12, 15, 20, 21; 3.2, 3.3"


def key_digest(suite: str, key: bytes) -> bytes:
    """Return `kd`, the commitment to a draw's key."""
    if len(key) != KEY:
        raise Malformed("The key of a draw is 32 bytes.", code="bad_key")
    return tagged_hash(suite, "kdraw", key)


def salt(suite: str, key: bytes, expert_id: str) -> bytes:
    """Return the salt of one expert in one draw; whoever has the key finds a second leaf."""
    return tagged_mac(suite, key, "salt", expert_id.encode())


def leaf(suite: str, salt: bytes, expert_id: str, attributes: dict[str, Any]) -> str:
    """Return the id of an expert in the list file."""
    return tagged_hash(suite, "expert-leaf", salt, expert_id.encode(), canonical(attributes)).hex()


def candidate(suite: str, key: bytes, expert_id: str, attributes: dict[str, Any]) -> Candidate:
    """Return an expert's line of the list; the employer stays hidden, so the group is `-`."""
    own = leaf(suite, salt(suite, key, expert_id), expert_id, attributes)
    return Candidate(own, tuple(sorted(attributes["strata"])))


def check_opening(suite: str, opening: dict[str, Any]) -> None:
    """Refuse the opening `{id, salt, expert_id, attrs}` of a leaf that it does not hash to."""
    own = leaf(suite, bytes.fromhex(opening["salt"]), opening["expert_id"], opening["attrs"])
    if own != opening["id"]:
        raise Malformed("The opening does not hash to %(leaf)s.", code="bad_opening", leaf=opening["id"])


def check_list(listed: Sequence[Candidate], excluded: Sequence[Exclusion], kd: str, library: Mapping[str, Any]) -> None:
    """Refuse a list of experts that a name could be read from, or that nobody can account for.

    The record must commit to the draw's key and to the library's snapshot, and every id be a leaf. Raises RuleError.
    """
    if not kd or not library:
        raise RuleError(
            "A draw of experts names the digest of its key and the snapshot of the library.",
            code="library_unnamed",
            basis=BASIS,
            next_step=_("Prepare the draw from the panel's application."),
        )
    bare = all(one.weight == 1 and one.group == NO_GROUP for one in listed)
    ids = [*(one.id for one in listed), *(one.id for one in excluded)]
    if not bare or not all(map(LEAF.fullmatch, ids)):
        raise RuleError(
            "A draw of experts lists salted leaves alone.",
            code="not_leaves",
            basis=BASIS,
            next_step=_("Let the library make the list: nothing on it may tell who stands there."),
        )
    if len(listed) + len(excluded) > library["n"]:
        raise RuleError(
            "The list and the exclusions are more than the library's snapshot holds.",
            code="more_than_the_library",
            basis=BASIS,
            next_step=_("Make both from the snapshot that the draw names."),
        )


def check_pool(listed: Iterable[Candidate], plan: Iterable[Mapping[str, Any]], times: int) -> None:
    """Refuse a stratum with fewer than `times` experts for each of its seats: names could be guessed."""
    strata = Counter(name for one in listed for name in one.strata)
    small = [quota["st"] for quota in plan if strata[quota["st"]] < times * quota["k"]]
    if small:
        raise RuleError(
            "Too few experts to draw from, so that names could be guessed: %(codes)s.",
            code="pool_too_small",
            basis="ggzy-draw/1, 2 row 21; X06",
            next_step=_("Let the supervisor widen the region, or apply with other specialities."),
            codes=", ".join(small),
        )
