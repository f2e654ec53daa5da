"""An expert's personal data: sealed at rest with AES-256-GCM, masked wherever it is shown.

One ciphertext holds the name, the citizen's number, the telephone, the bank account and the e-mail address; its length
tells none of theirs, and it opens only for the expert whose number it was sealed for. Source: GB/T 35273-2020, 6.3.
"""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from experts import identity, keyring

NONCE = 12
BLOCK = 256


class Unreadable(RuntimeError):
    """Sealed data that no key of ours opens, or that belongs to another expert."""


@dataclass(frozen=True, repr=False)
class Personal:
    """Who an expert is, in clear; it never prints itself."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    bank_account: str = ""
    email: str = ""

    def masked(self) -> dict[str, str]:
        """Return each value as a screen may show it."""
        return {
            "name": identity.masked_name(self.name),
            "id_number": identity.masked_number(self.id_number),
            "phone": identity.masked_phone(self.phone),
            "bank_account": identity.masked_account(self.bank_account),
            "email": identity.masked_email(self.email),
        }

    @property
    def born_on(self) -> date:
        """The day of birth."""
        return identity.birthday(self.id_number)


def checked(personal: Personal) -> Personal:
    """Return the data as the library keeps it. Raises WrongIdentity."""
    return Personal(
        name=personal.name.strip(),
        id_number=identity.check_number(personal.id_number),
        phone=identity.check_phone(personal.phone),
        bank_account=identity.plain(personal.bank_account),
        email=personal.email.strip(),
    )


def seal(personal: Personal, owner: str) -> tuple[str, bytes]:
    """Return the name of the key and the sealed data of the expert whose number is `owner`."""
    ring = keyring.held()
    text = json.dumps(asdict(personal), ensure_ascii=False, sort_keys=True).encode()
    padded = text + b" " * (-len(text) % BLOCK)
    nonce = secrets.token_bytes(NONCE)
    return ring.newest, nonce + _cipher(ring, ring.newest).encrypt(nonce, padded, _bound(owner, ring.newest))


def unseal(sealed: bytes, key: str, owner: str) -> Personal:
    """Return the data in clear. Raises Unreadable."""
    ring = keyring.held()
    if key not in ring.keys:
        raise Unreadable(f"there is no key {key!r}")
    try:
        text = _cipher(ring, key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(owner, key))
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"the data of {owner} does not open with the key {key}") from error
    return Personal(**json.loads(text))


def index_of(id_number: str) -> str:
    """Return the blind index of a citizen's number: equal for equal numbers, and nothing without the key."""
    key = keyring.held().derived("index")
    return hmac.digest(key, identity.plain(id_number).encode(), "sha256").hex()


def _bound(owner: str, key: str) -> bytes:
    return f"sunlight/experts/1/personal\n{owner}\n{key}".encode()


def _cipher(ring: keyring.Keyring, key: str) -> AESGCM:
    return _made(ring.keys[key])


@lru_cache(maxsize=8)
def _made(secret: bytes) -> AESGCM:
    return AESGCM(keyring.Keyring({"one": secret}).derived("personal"))
