"""The opening: it begins by itself, custodians give their shares, bids are read out, confirmed and signed."""

import io
from typing import Any

import pyrage

from bids.sealing import custodian, rescue
from config.demo.client import Unexpected
from config.demo.tendering.clarifying import ENTERPRISES
from config.demo.tendering.preparing import CUSTODIANS, deadline
from config.demo.walk import Walk

PRESENT = (("agency", "agency"), ("supervisor", "site_supervisor"), ("centre", "centre_staff"))


def wait_for_the_beginning(walk: Walk) -> None:
    """The platform closes the tender and begins the opening by its own clock."""
    begun = walk.wait_for_opening("decrypting")
    walk.tell(
        "clock", f"closes the tender and begins the opening at {begun['began_at']}; the deadline was {deadline(walk)}"
    )
    for username, role in (*PRESENT, *((name, "bidder") for name in ENTERPRISES)):
        walk.tell(username, f"signs in with badge {walk.sign_in(begun['session'], username, role)}")


def release(walk: Walk) -> None:
    """Agency and supervisor give their shares; where bidders hold one too, each types its code."""
    path = f"/openings/{walk.made['opening']}"
    for holder in ("agency", "supervisor"):
        username = CUSTODIANS[holder][0]
        person = walk.person(username)
        wraps = person.read(f"{path}/wraps/", holder=holder)["wraps"]
        given = custodian.open_wraps(wraps, holder, walk.made["identities"][holder])
        taken = person.send("POST", f"{path}/shares/", json=given)
        walk.tell(username, f"opens {len(wraps)} wraps and gives {taken['accepted']} shares")
    if walk.person("visitor").read(f"{path}/")["mode"] == "TB":
        _give_own(walk)


def _give_own(walk: Walk) -> None:
    for username, sealed in walk.made["sealed"].items():
        code = next(line for line in sealed.rescue.splitlines() if line.startswith(rescue.SHARE))
        walk.person(username).act(
            "openings", walk.made["opening"], "give_own_share", code=code.removeprefix(rescue.SHARE)
        )
        walk.tell(username, "types the 52 characters of its own share")


def read_out(walk: Walk) -> None:
    """All bids are shown at once; one bidder objects, the host answers, all confirm."""
    walk.wait_for_opening("read_out")
    for row in walk.person("visitor").read(f"/openings/{walk.made['opening']}/bids/")["bids"]:
        walk.tell("read out", f"no. {row['number']} {row['name']}: {row['price']} yuan, {row['price_words']}")
    raised = walk.person("qingyuan").create(
        "opening-objections", opening=str(walk.made["opening"]), text="请说明第二名投标人的投标文件递交时间。"
    )
    walk.tell("qingyuan", "objects on the spot")
    walk.person("agency").act(
        "opening-objections", raised["id"], "answer", text="递交时间以平台回执为准，已在开标记录中列明。"
    )
    walk.tell("agency", "answers on the spot; both stand in the record")
    for username in ENTERPRISES:
        walk.person(username).act("openings", walk.made["opening"], "confirm")
        walk.tell(username, "confirms its line")


def sign(walk: Walk) -> None:
    """Host and supervisor sign; the opening is finished."""
    for username in ("agency", "supervisor"):
        walk.person(username).act("openings", walk.made["opening"], "sign")
        walk.tell(username, "signs the opening record")
    walk.person("agency").act("openings", walk.made["opening"], "finish")
    walk.tell("agency", "finishes the opening")


def prove(walk: Walk) -> None:
    """Whoever is entitled repeats a decryption with plain age; everybody gets the record as a PDF."""
    owner, number = walk.person("owner"), walk.made["opening"]
    for username, sealed in walk.made["sealed"].items():
        base = f"/openings/{number}/bids/{sealed.bid}"
        identity = next(line for line in owner.fetch(f"{base}/key.txt").decode().splitlines() if line[:1] == "A")
        plain = pyrage.decrypt(owner.fetch(f"{base}/bid.age"), [pyrage.x25519.Identity.from_str(identity)])
        if plain != owner.fetch(f"{base}/bid.zip") or plain != _own(sealed):
            raise Unexpected(f"The bid of {username} is not what its key opens.")
        walk.tell("owner", f"decrypts the bid of {username} with plain age: {len(plain)} bytes, the bidder's own")
    record = walk.person("visitor").fetch(f"/openings/{number}/record.pdf")
    walk.made["record"] = record
    walk.tell("visitor", f"reads the opening record: {len(record)} bytes of PDF")


def _own(sealed: Any) -> bytes:
    """Return what the bidder itself opens with its rescue file."""
    identity = next(line for line in sealed.rescue.splitlines() if line.startswith(rescue.IDENTITY))
    into = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(b"".join(sealed.parts)), into, [pyrage.x25519.Identity.from_str(identity)])
    return into.getvalue()
