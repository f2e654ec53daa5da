"""The sealing tool: seals, checks and withdraws a bid, and opens a custodian's wraps, without a browser or a network.

Python 3.11 with the packages `cryptography` and `pyrage` runs it, as `ptseal.pyz` alone or inside the project as
`python -m bids.sealing.ptseal`:

    ptseal keygen signing.pem
    ptseal seal --parameters sealing.json --bid bid.json --file tender.pdf --key signing.pem --out folder
    ptseal check folder
    ptseal share folder
    ptseal withdraw --parameters sealing.json --key signing.pem --out envelope.json
    ptseal keygen --custodian custodian.age-key.txt
    ptseal open-wraps --wraps wraps.json --holder agency --identity custodian.age-key.txt --out shares.json

sealing.json is what /api/v1/lots/<code>/sealing/ gives; `current` in it says what a replacement or withdrawal follows.
"""

import argparse
import itertools
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bids.sealing import age, bidder, content, custodian, envelope, opening, rescue, shares
from bids.sealing.envelope import SigningKey
from trading.errors import InvalidInput, RuleError

ENVELOPE = "envelope.json"
PART = "part-{:06d}"
NEEDED = {"tender", "lot", "mode", "bidder", "custodians", "sets", "max_bytes"}


class WrongUse(InvalidInput):
    """A file or folder that the command cannot work with."""

    code = "wrong_use"


def seal(options: argparse.Namespace) -> str:
    """Seal a bid into a new folder: parts, envelope.json, receipt.age-key.txt."""
    parameters = _parameters(options.parameters)
    items = content.parse(options.bid.read_bytes())
    if not isinstance(items, dict):
        raise WrongUse("%(name)s is not an object.", name=options.bid)
    current = parameters.get("current") or {"seq": 0, "leaf_hash": None}
    order = bidder.Order(
        parameters=parameters,
        items=items,
        files=[bidder.document(path) for path in options.file],
        key=load_key(options.key),
        seq=current["seq"] + 1,
        supersedes=current["leaf_hash"],
    )
    options.out.mkdir()
    try:
        _seal_into(options.out, order)
    except BaseException:
        shutil.rmtree(options.out)
        raise
    return f"Sealed as {order.bid}. Keep {rescue.FILE_NAME}: nobody else has the key."


def _seal_into(folder: Path, order: bidder.Order) -> None:
    numbers = itertools.count()

    def keep(part: bytes) -> None:
        (folder / PART.format(next(numbers))).write_bytes(part)

    sealed = bidder.seal_into(keep, order)
    (folder / ENVELOPE).write_bytes(sealed.envelope)
    write_secret(folder / rescue.FILE_NAME, sealed.rescue)


def parts_of(folder: Path) -> Iterator[bytes]:
    """Yield the parts of a folder in their order."""
    return (path.read_bytes() for path in sorted(folder.glob("part-*")))


def check(options: argparse.Namespace) -> str:
    """Decrypt the folder's parts with its rescue file and say what the opening will read out."""
    kept = (options.folder / rescue.FILE_NAME).read_text("utf-8")
    if rescue.parse(kept).envelope != (options.folder / ENVELOPE).read_bytes():
        raise WrongUse("The rescue file belongs to another envelope.", code="rescue_foreign")
    said = bidder.check(lambda: parts_of(options.folder), kept)
    found = "".join(f"\n! {content.TEXTS[finding]}" for finding in said.findings)
    return (
        f"It opens. Price {said.price} ({said.price_words}), {said.duration_days} days, {len(said.files)} files.{found}"
    )


def share(options: argparse.Namespace) -> str:
    """Print the bidder's share for the opening (mode TB)."""
    path = options.folder / rescue.FILE_NAME if options.folder.is_dir() else options.folder
    own = rescue.parse(path.read_text("utf-8")).own
    if not own:
        raise WrongUse("The bid is sealed in mode T: its bidder holds no share.", code="no_share")
    code = shares.to_code(own)
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def withdraw(options: argparse.Namespace) -> str:
    """Write the envelope that withdraws the current bid."""
    text = bidder.withdraw(_parameters(options.parameters), load_key(options.key))
    options.out.write_bytes(text)
    return f"Submit {options.out} before the deadline: {envelope.parse(text).bid} is withdrawn then."


def open_wraps(options: argparse.Namespace) -> str:
    """Open a custodian's wraps with its key and write the shares to send."""
    lines = [line.strip() for line in options.identity.read_text("utf-8").splitlines()]
    identity = next((line for line in lines if line.startswith(rescue.IDENTITY)), "")
    found = custodian.open_wraps(_json(options.wraps)["wraps"], options.holder, identity)
    write_secret(options.out, json.dumps(found, indent=1) + "\n")
    return f"{len(found['shares'])} shares, {len(found['bad'])} wraps that do not open."


def keygen(options: argparse.Namespace) -> str:
    """Make a key: to sign envelopes with, or (--custodian) to have shares wrapped to."""
    if options.custodian:
        secret = secrets.token_bytes(age.KEY_BYTES)
        recipient = opening.recipient_of(secret)
        write_secret(options.out, f"# public key: {recipient}\n{opening.identity_of(secret)}\n")
        return recipient
    key = Ed25519PrivateKey.generate()
    write_secret(options.out, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    return f"{options.out} signs envelopes; keep it to yourself."


def load_key(path: Path) -> SigningKey:
    """Return the key of a PEM file: Ed25519, or P-256. Raises WrongUse."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise WrongUse("%(name)s holds no key without a password.", name=path) from error
    if isinstance(key, Ed25519PrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and key.curve.name == "secp256r1"
    ):
        return key
    raise WrongUse("%(name)s is neither an Ed25519 nor a P-256 key.", name=path)


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner can read. Raises FileExistsError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _parameters(path: Path) -> dict[str, Any]:
    """Return a lot's sealing parameters as its bidder gets them. Raises WrongUse."""
    said = _json(path)
    if not isinstance(said, dict) or not said.keys() >= NEEDED or not said["bidder"]:
        raise WrongUse("%(name)s does not hold the sealing parameters of a lot for its bidder.", name=path)
    return said


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise WrongUse("%(name)s is not JSON.", name=path) from error


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], str], dict[str, dict[str, Any]]]] = {
    "seal": (
        seal,
        {
            **{name: {"type": Path, "required": True} for name in ("--parameters", "--bid", "--key", "--out")},
            "--file": {"type": Path, "action": "append", "required": True},
        },
    ),
    "check": (check, {"folder": {"type": Path}}),
    "share": (share, {"folder": {"type": Path}}),
    "withdraw": (withdraw, {name: {"type": Path, "required": True} for name in ("--parameters", "--key", "--out")}),
    "open-wraps": (
        open_wraps,
        {
            **{name: {"type": Path, "required": True} for name in ("--wraps", "--identity", "--out")},
            "--holder": {"required": True},
        },
    ),
    "keygen": (keygen, {"out": {"type": Path}, "--custodian": {"action": "store_true"}}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, or 1 with the reason on the error stream."""
    parser = argparse.ArgumentParser(
        "ptseal", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (run, taken) in COMMANDS.items():
        command = commands.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
        for option, facts in taken.items():
            command.add_argument(option, **facts)
    options = parser.parse_args(arguments)
    try:
        told = COMMANDS[options.command][0](options)
    except RuleError as refusal:
        sys.stderr.write(f"{refusal} [{refusal.code}] {refusal.next_step}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{told}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
