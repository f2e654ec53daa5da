"""The signed envelope of a bid (`ptseal/1`): strict reading, signature, writing. Pure.

An envelope is canonical JSON (RFC 8785) of {"body", "pub", "sig"[, "alg"]}; the signature is over a domain and the
body's canonical bytes. A body is that of a bid or of a withdrawal.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bids.sealing import age
from bids.sealing.shares import BIDDER
from trading.errors import InvalidInput
from trading.ledger import leaf, notes
from trading.text import mark as _

V = "ptseal/1"
DOMAIN = b"ptseal/1 bid envelope\n"
MAX_BYTES = 65_536
PART = 1_048_576
MODES = ("T", "TB")
ED25519, P256 = "ed25519", "ecdsa-p256"
LARGEST_SIZE = 2**40
LARGEST_SEQ = 2**31 - 1

TENDER = re.compile(r"[0-9A-Za-z-]{1,64}")
BID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
WHO = re.compile(r"U[0-9A-Z]{18}")
HOLDER = re.compile(r"[a-z][a-z_]{0,31}")
CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")

COMMON = frozenset({"v", "tender", "lot", "bid", "bidder", "seq", "created"})
OF_BID = COMMON | {"mode", "recipient", "ciphertext", "access"}
OF_WITHDRAWAL = COMMON | {"kind"}

SigningKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


class Malformed(InvalidInput):
    """Bytes that are no envelope; `code` names what is wrong."""

    code = "envelope_malformed"
    basis = "电子招标投标办法 26"
    next_step = _("Make the envelope again on the bid's page or with the sealing tool.")


class WrongSignature(InvalidInput):
    """The signature does not belong to the body and the key."""

    code = "signature_wrong"
    basis = "电子招标投标办法 40"
    next_step = _("Sign the envelope again on the bid's page or with the sealing tool.")


@dataclass(frozen=True, slots=True)
class Access:
    """What one holder of one set gets: a commitment to the share, and the share wrapped (b"" for the bidder)."""

    holder: str
    commit: bytes
    wrap: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a bid's envelope says of the ciphertext and of who can open it."""

    mode: str
    recipient: str
    size: int
    part: int
    root: bytes
    access: tuple[tuple[Access, ...], ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope as read; its signature is not verified yet. A withdrawal has no `sealed`."""

    tender: str
    lot: int
    bid: str
    bidder: str
    seq: int
    supersedes: bytes | None
    created: datetime
    sealed: Sealed | None
    alg: str
    public: bytes
    signature: bytes
    message: bytes

    @property
    def is_withdrawal(self) -> bool:
        return self.sealed is None


def parse(data: bytes) -> Envelope:
    """Return the envelope of a file's bytes. Raises Malformed."""
    file = _canonical(data)
    alg = file.get("alg", ED25519)
    _members("envelope", file, {"body", "pub", "sig"} | ({"alg"} if "alg" in file else set()))
    if alg not in (ED25519, P256) or ("alg" in file) != (alg == P256):
        raise Malformed("The signature's algorithm is not one of this format.", code="envelope_alg")
    body = file["body"]
    kind = OF_WITHDRAWAL if isinstance(body, dict) and "kind" in body else OF_BID
    _members("body", body, kind | ({"supersedes"} if isinstance(body, dict) and "supersedes" in body else set()))
    if body["v"] != V or body.get("kind", "withdraw") != "withdraw":
        raise Malformed("The envelope is not of %(v)s.", code="envelope_version", v=V)
    return Envelope(
        **_place(body, first=kind is OF_BID),
        sealed=_sealed(body) if kind is OF_BID else None,
        alg=alg,
        public=_bytes("pub", file["pub"], 65 if alg == P256 else 32),
        signature=_bytes("sig", file["sig"], 64),
        message=DOMAIN + leaf.ENCODER.encode(body).encode(),
    )


def access_of(admitted: str) -> list[list[dict[str, str]]]:
    """Return what an admitted envelope gives its holders, as it writes it: sets of {"holder", "commit"[, "wrap"]}.

    `parse` proved the form at the admission. A custodian's 500 bids are looked up here and not read as a whole again.
    """
    sets: list[list[dict[str, str]]] = json.loads(admitted)["body"]["access"]
    return sets


def _canonical(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise Malformed("An envelope has at most %(most)s bytes.", code="envelope_too_large", most=MAX_BYTES)
    try:
        value = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
        canonical = _encoded(value) == data
    except (ValueError, RecursionError) as error:
        raise Malformed("The envelope is not JSON of whole numbers.", code="envelope_json") from error
    if not canonical:
        raise Malformed("The envelope is not canonical JSON (RFC 8785).", code="envelope_not_canonical")
    if not isinstance(value, dict):
        raise Malformed("The envelope is not an object.", code="envelope_json")
    return value


def _encoded(value: Any) -> bytes:
    """Return canonical bytes; in the ledger's profile that is what the standard library's fast encoder writes."""
    leaf.check(value)
    return leaf.ENCODER.encode(value).encode()


def _refuse(text: str) -> Never:
    raise ValueError(text)


def _members(name: str, value: object, needed: frozenset[str] | set[str]) -> None:
    if not isinstance(value, dict) or value.keys() != needed:
        raise Malformed(
            "The member %(name)s has not exactly: %(needed)s.",
            code="envelope_members",
            name=name,
            needed=", ".join(sorted(needed)),
        )


def _wrong(name: str) -> Malformed:
    return Malformed("The member %(name)s is malformed.", code="envelope_member", name=name)


def _place(body: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    """Return whose bid it is and which of its versions; only the first of a bid follows nothing."""
    for name, form in (("tender", TENDER), ("bid", BID), ("bidder", WHO), ("created", CREATED)):
        if not isinstance(body[name], str) or not form.fullmatch(body[name]):
            raise _wrong(name)
    seq = _whole("seq", body["seq"], LARGEST_SEQ)
    if ("supersedes" not in body) != (first and seq == 1) or (seq == 1 and not first):
        raise _wrong("supersedes")
    return {
        **{name: body[name] for name in ("tender", "bid", "bidder")},
        "lot": _whole("lot", body["lot"], 999),
        "seq": seq,
        "supersedes": _bytes("supersedes", body["supersedes"], 32) if "supersedes" in body else None,
        "created": _moment(body["created"]),
    }


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong("created") from error


def _sealed(body: Mapping[str, Any]) -> Sealed:
    cipher = body["ciphertext"]
    _members("ciphertext", cipher, {"format", "size", "part", "root"})
    if cipher["format"] != age.FORMAT or cipher["part"] != PART or isinstance(cipher["part"], bool):
        raise _wrong("ciphertext")
    if body["mode"] not in MODES:
        raise _wrong("mode")
    age.decode_recipient(body["recipient"])
    return Sealed(
        mode=body["mode"],
        recipient=body["recipient"],
        size=_whole("ciphertext.size", cipher["size"], LARGEST_SIZE),
        part=PART,
        root=_bytes("ciphertext.root", cipher["root"], 32),
        access=_access(body["access"]),
    )


def _access(value: object) -> tuple[tuple[Access, ...], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(holders, list) and holders for holders in value):
        raise _wrong("access")
    return tuple(tuple(_holder(entry) for entry in holders) for holders in value)


def _holder(entry: object) -> Access:
    own = isinstance(entry, dict) and entry.get("holder") == BIDDER
    _members("access", entry, {"holder", "commit"} | (set() if own else {"wrap"}))
    holder, commit = entry["holder"], entry["commit"]  # type: ignore[index]
    if not isinstance(holder, str) or not HOLDER.fullmatch(holder):
        raise _wrong("access.holder")
    return Access(
        holder=holder,
        commit=_bytes("access.commit", commit, 32),
        wrap=b"" if own else _bytes("access.wrap", entry["wrap"]),  # type: ignore[index]
    )


def _whole(name: str, value: object, most: int) -> int:
    """Return the value if it is a whole number from 1 up."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise _wrong(name)
    return value


def _bytes(name: str, value: object, size: int | None = None) -> bytes:
    """Return the bytes of canonical base64, of `size` bytes if given."""
    try:
        data = notes.unbase64(value) if isinstance(value, str) else b""
    except notes.NoteError as error:
        raise _wrong(name) from error
    if not data or len(data) != (size or len(data)):
        raise _wrong(name)
    return data


def verify(envelope: Envelope) -> None:
    """Check that the key in the envelope signed its body. Raises WrongSignature."""
    try:
        if envelope.alg == ED25519:
            Ed25519PublicKey.from_public_bytes(envelope.public).verify(envelope.signature, envelope.message)
        else:
            r, s = (int.from_bytes(half, "big") for half in (envelope.signature[:32], envelope.signature[32:]))
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), envelope.public)
            key.verify(utils.encode_dss_signature(r, s), envelope.message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise WrongSignature("The envelope is not signed by the key it names.") from error


def sign(body: Mapping[str, Any], key: SigningKey) -> bytes:
    """Return the envelope file of a body, signed. Raises Malformed if no reader would take it."""
    message = DOMAIN + _encoded(body)
    if isinstance(key, Ed25519PrivateKey):
        data = to_text(body, key.public_key().public_bytes_raw(), key.sign(message))
    else:
        public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        data = to_text(body, public, r.to_bytes(32, "big") + s.to_bytes(32, "big"), alg=P256)
    parse(data)
    return data


def to_text(body: Mapping[str, Any], public: bytes, signature: bytes, *, alg: str = ED25519) -> bytes:
    """Return the bytes of an envelope file."""
    named = {} if alg == ED25519 else {"alg": alg}
    pub, sig = notes.base64_text(public), notes.base64_text(signature)
    return _encoded({"body": body, "pub": pub, "sig": sig, **named})
