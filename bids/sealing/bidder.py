"""What a bidder does outside the browser: seal a bid, withdraw it, and check that what was sealed opens.

A stream from the files to the parts: a bid of 300 MB needs a few megabytes of memory. Refuses what the page refuses.
"""

import hashlib
import io
import json
import secrets
import tempfile
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from bids.sealing import age, archive, content, encryption, envelope, opening, rescue, shares
from bids.sealing.archive import Member
from bids.sealing.envelope import PART, SigningKey
from trading import money
from trading.errors import InvalidInput, RuleError
from trading.ledger import merkle, notes
from trading.text import mark as _

READ = 1_048_576
Keep = Callable[[bytes], object]


class NotSealable(InvalidInput):
    """A bid that would be refused or read out with a finding; `code` is the first problem of `content.problems`."""

    code = "bid_not_sealable"
    basis = "招标投标法 27"
    next_step = _("Correct the bid, then seal it again.")


class NotOpening(RuleError):
    """What was sealed does not open as it should."""

    code = "check_failed"
    next_step = _("Seal the bid again and submit the new envelope before the deadline.")


class Document(NamedTuple):
    """A file to be sealed, read once for its checksums."""

    name: str
    size: int
    check: int
    sha256: str
    open: Callable[[], BinaryIO]


class Sealed(NamedTuple):
    """A sealed bid: its upload's name, its parts (unless they were kept elsewhere), the envelope, the rescue file."""

    bid: str
    parts: tuple[bytes, ...]
    envelope: bytes
    rescue: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sealed: the lot's published parameters, the items of bid.json, the files; which version it is."""

    parameters: Mapping[str, Any]
    items: Mapping[str, Any]
    files: Sequence[Document]
    key: SigningKey
    seq: int = 1
    supersedes: str | None = None
    bid: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: str = field(default_factory=lambda: moment(time.time_ns() // 10**6))
    chance: shares.Chance = field(default=secrets.token_bytes, repr=False)


def moment(milliseconds: int) -> str:
    """Return a Unix time as envelopes write it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def document(path: Path) -> Document:
    """Return a file of the disk."""
    return _document(path.name, lambda: path.open("rb"))


def document_of(name: str, data: bytes) -> Document:
    """Return a file of the memory."""
    return _document(name, lambda: io.BytesIO(data))


def _document(name: str, opens: Callable[[], BinaryIO]) -> Document:
    size, check, digest = 0, 0, hashlib.sha256()
    for piece in _pieces(opens):
        size, check = size + len(piece), zlib.crc32(piece, check)
        digest.update(piece)
    return Document(name, size, check, digest.hexdigest(), opens)


def _pieces(opens: Callable[[], BinaryIO]) -> Iterator[bytes]:
    with opens() as file:
        while piece := file.read(READ):
            yield piece


def seal(
    parameters: Mapping[str, Any],
    items: Mapping[str, Any],
    files: Sequence[Document],
    signing_key: SigningKey,
    seq: int = 1,
    supersedes: str | None = None,
) -> Sealed:
    """Return a bid sealed in memory. Raises NotSealable and what `content`, `age` and `envelope` refuse.

    `parameters` is the lot's sealing page as JSON; `items` are those of bid.json, of which the place, the words and the
    files are filled in; `supersedes` is the base64 leaf hash of the receipt before, where seq is not 1.
    """
    parts: list[bytes] = []
    done = seal_into(parts.append, Order(parameters, items, files, signing_key, seq, supersedes))
    return done._replace(parts=tuple(parts))


def seal_into(keep: Keep, order: Order) -> Sealed:
    """Seal an order and give each part to `keep` as soon as it is made; the parts of the answer are empty."""
    said = bid_json(order)
    secret, own = order.chance(shares.SHARE_BYTES), order.chance(shares.SHARE_BYTES)
    recipient = opening.recipient_of(secret)
    size, leaves = 0, []
    for part in _parts(encryption.encrypt(_archived(said, order.files), recipient, order.chance)):
        keep(part)
        size += len(part)
        leaves.append(merkle.leaf_hash(part))
    body = {
        **_place(order),
        "mode": order.parameters["mode"],
        "recipient": recipient,
        "ciphertext": {
            "format": age.FORMAT,
            "size": size,
            "part": PART,
            "root": notes.base64_text(merkle.root(leaves)),
        },
        "access": _access(order, secret, own),
    }
    text = envelope.sign(body, order.key)
    held = own if shares.BIDDER in {holder for holders in order.parameters["sets"] for holder in holders} else b""
    return Sealed(order.bid, (), text, rescue.Rescue(order.created, recipient, secret, held, text).text())


def bid_json(order: Order) -> bytes:
    """Return bid.json of an order. Raises NotSealable."""
    place = {"v": content.V, **{name: order.parameters[name] for name in ("tender", "lot", "bidder")}}
    listed = [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in order.files]
    items = {**place, "price_words": _words(order.items.get("price")), **order.items, "files": listed}
    ceiling = order.parameters.get("price_ceiling")
    found = list(content.problems(items, None if ceiling is None else Decimal(ceiling)))
    found += [f"wrong_{name}" for name in ("tender", "lot", "bidder") if items[name] != place[name]]
    if found:
        sentences = " ".join(content.TEXTS.get(problem, problem) for problem in found)
        raise NotSealable("The bid cannot be sealed: %(problems)s", code=found[0], problems=sentences)
    data = json.dumps(items, ensure_ascii=False).encode()
    total = archive.packed_size([(archive.FIRST, len(data)), *((each.name, each.size) for each in order.files)])
    if len(data) > archive.MAX_FIRST or age.file_size(total) > order.parameters["max_bytes"]:
        raise NotSealable("The bid is larger than the platform takes.", code="bid_too_large")
    return data


def _words(price: object) -> str:
    """Return the price in words where it is one; what is none, `content.problems` says."""
    try:
        return money.in_words(money.parse(str(price)))
    except money.WrongAmount:
        return ""


def _archived(said: bytes, files: Sequence[Document]) -> Iterator[bytes]:
    first = document_of(archive.FIRST, said)
    entries = (
        (Member(each.name, archive.STORE, each.check, each.size, each.size, 0), _unchanged(each))
        for each in (first, *files)
    )
    return archive.pack(entries)


def _unchanged(file: Document) -> Iterator[bytes]:
    """Yield a file's content, which must be what was listed. Raises NotSealable at its end."""
    digest = hashlib.sha256()
    for piece in _pieces(file.open):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != file.sha256:
        raise NotSealable("%(name)s changed while it was read.", code="file_changed", name=file.name)


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def _place(order: Order) -> dict[str, Any]:
    place = {name: order.parameters[name] for name in ("tender", "lot", "bidder")}
    follows = {} if order.supersedes is None else {"supersedes": order.supersedes}
    return {"v": envelope.V, **place, "bid": order.bid, "seq": order.seq, **follows, "created": order.created}


def _access(order: Order, secret: bytes, own: bytes) -> list[list[dict[str, str]]]:
    return [
        [_holder(order, number, holder, share) for holder, share in _split(order, holders, secret, own).items()]
        for number, holders in enumerate(order.parameters["sets"])
    ]


def _split(order: Order, holders: Sequence[str], secret: bytes, own: bytes) -> dict[str, bytes]:
    return shares.split(secret, holders, order.chance, own=own)


def _holder(order: Order, number: int, holder: str, share: bytes) -> dict[str, str]:
    place = shares.label(order.parameters["tender"], order.bid, order.seq, number, holder)
    entry = {"holder": holder, "commit": notes.base64_text(shares.commit(place, share))}
    if holder != shares.BIDDER:
        recipients = {each["holder"]: each["recipient"] for each in order.parameters["custodians"]}
        wrap = encryption.wrap(place + share, recipients[holder], order.chance)
        entry["wrap"] = notes.base64_text(wrap)
    return entry


def withdraw(parameters: Mapping[str, Any], signing_key: SigningKey) -> bytes:
    """Return the envelope that withdraws the bid which the parameters name as `current`. Raises NotSealable."""
    current = parameters.get("current")
    if not current:
        raise NotSealable("There is no bid to withdraw.", code="no_bid")
    place = {name: parameters[name] for name in ("tender", "lot", "bidder")}
    follows = {"bid": current["bid"], "seq": current["seq"] + 1, "supersedes": current["leaf_hash"]}
    created = moment(time.time_ns() // 10**6)
    return envelope.sign({"v": envelope.V, "kind": "withdraw", **place, **follows, "created": created}, signing_key)


def check(parts: Callable[[], Iterable[bytes]], kept: str, into: BinaryIO | None = None) -> content.ReadOut:
    """Return what the opening will read out of parts (read twice) and the text of the rescue file.

    Nothing is fetched, nothing is trusted but the two. `into` gets the plaintext archive, and can be read.
    Raises NotOpening, and what the readers of envelope, age file and archive refuse.
    """
    held = rescue.parse(kept)
    read = envelope.parse(held.envelope)
    envelope.verify(read)
    if read.sealed is None or opening.recipient_of(held.secret) != read.sealed.recipient:
        raise NotOpening("The key in the rescue file is not that of the envelope.", code="rescue_foreign")
    leaves = [merkle.leaf_hash(part) for part in parts()]
    if merkle.root(leaves) != read.sealed.root:
        raise NotOpening("The parts are not those of the envelope.", code="root_differs")
    _check_own(read, held.own)
    with tempfile.TemporaryFile() if into is None else nullcontext(into) as plain:
        opening.decrypt(parts(), held.secret, plain)
        return content.read(plain, tender=read.tender, lot=read.lot, bidder=read.bidder)


def _check_own(read: envelope.Envelope, own: bytes) -> None:
    """Check the bidder's share against its commitment in each set."""
    for number, holders in enumerate(read.sealed.access if read.sealed else ()):
        for access in holders:
            if access.holder == shares.BIDDER:
                place = shares.label(read.tender, read.bid, read.seq, number, shares.BIDDER)
                shares.check_share(own, place, access.commit)
