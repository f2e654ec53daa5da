"""The ledger's own keys: of the log, of the receipts, and of the demonstration witness.

A key comes from the settings, where the environment may give it, or from a file of the key folder, made on the first
run and readable by its owner only. In production the log key belongs to another user or to a hardware module.
"""

import os
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from trading.ledger import notes
from trading.ledger.tables import LedgerFault


def origin() -> str:
    """Return the log's name, the first line of its checkpoints."""
    name: str = settings.LEDGER["ORIGIN"]
    return name


def folder() -> Path:
    path = Path(settings.LEDGER["KEYS_DIR"])
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def log_key() -> notes.SigningKey:
    return signing_key("LOG_KEY", folder() / "log.key", origin(), notes.ED25519)


def receipt_key() -> Ed25519PrivateKey:
    return signing_key("RECEIPT_KEY", folder() / "receipt.key", f"{origin()}/receipts", notes.ED25519).private


def demonstration_key() -> notes.SigningKey:
    """Return the key of the built-in witness, which proves nothing to a stranger and says so in its name."""
    name = f"{origin().partition('/')[0]}/demonstration-witness"
    return signing_key("DEMONSTRATION_KEY", folder() / "demonstration-witness.key", name, notes.COSIGNATURE)


def signing_key(setting: str, path: Path, name: str, algorithm: int) -> notes.SigningKey:
    """Return the key of the setting or of the file, which is made when there is none. Raises LedgerFault."""
    text = settings.LEDGER.get(setting) or kept(str(path), name, algorithm)
    try:
        key = notes.parse_signing_key(text)
    except notes.NoteError as error:
        raise LedgerFault(f"{setting} is no key: {error}") from error
    if (key.name, key.algorithm) != (name, algorithm):
        raise LedgerFault(f"{setting} is the key of {key.name!r}; the settings ask for {name!r}")
    return key


@lru_cache(maxsize=64)
def kept(path: str, name: str, algorithm: int) -> str:
    """Return the text of a signing key's file."""
    return made_once(path, lambda: notes.SigningKey(name, algorithm, os.urandom(32)).text())


def made_once(path: str, make: Callable[[], str]) -> str:
    """Return the text of a key file; the first caller makes it, whichever process or thread that is."""
    new = f"{path}.{os.getpid()}.{threading.get_ident()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(make() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        Path(new).unlink()
    return Path(path).read_text().strip()
