"""Experts in a public list: salted leaves that hide who they are until they are opened.

Pure. The tickets are computed over the leaves, so anybody recomputes the ranking without learning a
name; the leaves of drawn and skipped experts are opened after the result, all of them for the
auditor who gets the draw's key.
"""

from typing import Any

from trading.draws.candidates import Candidate
from trading.draws.wire import Malformed, canonical, tagged_hash, tagged_mac

KEY = 32


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
