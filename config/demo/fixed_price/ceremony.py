"""The draw itself: secrets laid down and revealed, the close witnessed, the dice read twice and confirmed."""

import secrets
from typing import Any

from config.demo.walk import Walk
from trading.draws import sources

OPERATOR, SUPERVISOR, ENTERPRISE = "centre", "supervisor", "qiming"
CONTRIBUTORS = (OPERATOR, SUPERVISOR, ENTERPRISE)
READERS = ("centre2", "notary")
ROLLERS = ("owner", "supervisor", "notary")
DICE = 20


def contribute(walk: Walk) -> None:
    """Operator, supervisor and an enterprise each lay down the commitment to a secret that stays with them."""
    draw = _draw(walk)
    walk.made["nonces"] = {username: secrets.token_bytes(sources.NONCE) for username in CONTRIBUTORS}
    for username, nonce in walk.made["nonces"].items():
        who = _who(walk, username)
        c = sources.commitment(draw["suite"], draw["draw_id"], who, nonce).hex()
        walk.person(username).act("draws", walk.made["draw"], "contribute", c=c)
        walk.tell(username, f"contributes as {who}: {c[:16]}…")


def commit(walk: Walk) -> None:
    """The centre fixes the commit record; from now on nothing can be changed."""
    committed = walk.person(OPERATOR).act("draws", walk.made["draw"], "commit")
    walk.tell(OPERATOR, f"fixes the commit record {committed['commit_hash'][:16]}…")


def reveal(walk: Walk) -> None:
    """Everybody reveals; then the centre closes the reveals and a witness cosigns the close."""
    for username, nonce in walk.made["nonces"].items():
        walk.person(username).act("draws", walk.made["draw"], "reveal", nonce=nonce.hex())
        walk.tell(username, "reveals the secret; it fits its commitment")
    walk.person(OPERATOR).act("draws", walk.made["draw"], "close_reveals")
    walk.tell(OPERATOR, "closes the reveals; the dice wait for the witness's cosignature")


def roll(walk: Walk) -> None:
    """Three hands roll, two people read, the supervisor confirms; the result is arithmetic."""
    digits = "".join(str(secrets.randbelow(10)) for _ in range(DICE))
    hands = [walk.made["badges"][username] for username in ROLLERS]
    for username in READERS:
        walk.person(username).act("draws", walk.made["draw"], "enter_dice", digits=digits, hands=hands)
        walk.tell(username, f"reads the dice: {digits}")
    drawn = walk.person(SUPERVISOR).act("draws", walk.made["draw"], "confirm_dice")
    walk.made["digits"] = digits
    walk.tell(SUPERVISOR, f"confirms the dice; the seed is {drawn['seed'][:16]}…")


def take_result(walk: Walk) -> None:
    """The comparison takes winner and alternates over from the draw."""
    walk.person(OPERATOR).act("comparisons", walk.made["comparison"], "take_result")
    for award in walk.comparison()["awards"]:
        walk.tell(OPERATOR, f"takes over rank {award['rank']}: no. {award['number']} {award['name']}")


def _draw(walk: Walk) -> dict[str, Any]:
    found: dict[str, Any] = walk.person("visitor").read(f"/draws/{walk.made['draw']}/")
    return found


def _who(walk: Walk, username: str) -> str:
    """Return the contributor's name in the protocol."""
    if username != ENTERPRISE:
        return {OPERATOR: "operator", SUPERVISOR: "supervisor"}[username]
    return f"bidder:{walk.person(username).codes['bidder']}"
