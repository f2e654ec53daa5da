"""The keys of the experts' personal data: they come from the environment or from the platform's key folder.

A line `name:base64` for each key of 32 bytes. The last one seals, every one opens, so that a new key is added below the
old ones; the first one also makes the index by which a citizen's number is found again (docs/adr/0012).
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from trading.ledger import keys

NAME = re.compile(r"[0-9a-z]{1,16}")
FAULT = "SUNLIGHT_PERSONAL_KEYS holds lines name:base64, each a key of 32 bytes with a name of its own."


@dataclass(frozen=True, repr=False)
class Keyring:
    """The keys by name, in their order."""

    keys: dict[str, bytes]

    @property
    def newest(self) -> str:
        """The name of the key that seals."""
        return list(self.keys)[-1]

    def derived(self, purpose: str, name: str = "") -> bytes:
        """Return the key for one purpose, from the named key or else from the first."""
        secret = self.keys[name or next(iter(self.keys))]
        return HKDF(SHA256(), 32, salt=None, info=f"sunlight/experts/1/{purpose}".encode()).derive(secret)


def held() -> Keyring:
    """Return the keys of the settings, else of the key folder, where the first one is made when there is none."""
    given: str = settings.PERSONAL_KEYS
    return read(given or _kept(str(keys.folder() / "personal.keys")))


@lru_cache(maxsize=8)
def read(text: str) -> Keyring:
    """Return the keys of a text. Raises ImproperlyConfigured."""
    made: dict[str, bytes] = {}
    for line in text.split():
        name, _colon, value = line.partition(":")
        try:
            key = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(FAULT) from error
        if not NAME.fullmatch(name) or len(key) != 32 or name in made:
            raise ImproperlyConfigured(FAULT)
        made[name] = key
    if not made:
        raise ImproperlyConfigured(FAULT)
    return Keyring(made)


@lru_cache(maxsize=64)
def _kept(path: str) -> str:
    return keys.made_once(path, lambda: f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")
