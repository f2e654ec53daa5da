"""The key of a draw of experts (K_draw): 32 random bytes, one copy encrypted at rest, one sealed to the supervisor.

Who holds it can open every leaf of the list; the platform opens one at a time (draw-protocol.md 3.2, 2 row 20).
"""

import secrets

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from experts import keyring
from trading.draws.leaves import KEY

NONCE = 12


def fresh() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(KEY)


def seal(key: bytes, owner: str) -> tuple[str, bytes]:
    """Return the name of the platform's key and the draw's key sealed with it, for the panel of that number."""
    ring, nonce = keyring.held(), secrets.token_bytes(NONCE)
    return ring.newest, nonce + _cipher(ring.newest).encrypt(nonce, key, _bound(owner))


def unseal(sealed: bytes, name: str, owner: str) -> bytes:
    """Return the key of a panel's draw. Raises InvalidTag where it was changed or is another panel's."""
    return _cipher(name).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(owner))


def copy_for(key: bytes, recipient: str) -> bytes:
    """Return the copy that only the holder of an age key opens. Raises pyrage.RecipientError."""
    copy: bytes = pyrage.encrypt(key, [pyrage.x25519.Recipient.from_str(recipient)])
    return copy


def _cipher(name: str) -> AESGCM:
    return AESGCM(keyring.held().derived("draw", name))


def _bound(owner: str) -> bytes:
    return f"sunlight/experts/1/draw\n{owner}".encode()
