"""drand rounds: public randomness signed by a league of organisations, under a pinned key.

Pure. Nobody, the league included, can choose a round's value: a BLS signature has one right form.
A round's time follows from its number, so a record that names the number has named the moment.
"""

import hashlib
from dataclasses import dataclass

import py_arkworks_bls12381 as bls

from trading.draws.wire import Malformed
from trading.errors import RuleError
from trading.text import mark as _

G1_DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
G2_DST = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a chain signs: over the previous signature or not, in which group, in which domain."""

    chained: bool
    signs_in_g1: bool
    dst: bytes


SCHEMES = {
    "pedersen-bls-chained": Scheme(chained=True, signs_in_g1=False, dst=G2_DST),
    "pedersen-bls-unchained": Scheme(chained=False, signs_in_g1=False, dst=G2_DST),
    "bls-unchained-on-g1": Scheme(chained=False, signs_in_g1=True, dst=G2_DST),
    "bls-unchained-g1-rfc9380": Scheme(chained=False, signs_in_g1=True, dst=G1_DST),
}


@dataclass(frozen=True, slots=True)
class Chain:
    hash: str
    scheme: str
    public_key: str
    genesis_time: int
    period: int

    def round_time(self, number: int) -> int:
        """Return the Unix time at which round `number` appears."""
        return self.genesis_time + (number - 1) * self.period

    def first_round_after(self, moment: int) -> int:
        """Return the number of the first round that appears later than Unix time `moment`."""
        return max(1, (moment - self.genesis_time) // self.period + 2)


QUICKNET = Chain(
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    scheme="bls-unchained-g1-rfc9380",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis_time=1692803367,
    period=3,
)
CHAINS = {QUICKNET.hash: QUICKNET}
BASIS = "ggzy-draw/1, 2 row 2, 3.5, 3.6"
CUT_OFF_S = 30
FARTHEST_S = 24 * 3600


def limit(chain: str, number: int) -> int:
    """Return the Unix time by which the reveals for a round must be witnessed. Raises RuleError for another chain."""
    if chain not in CHAINS:
        raise RuleError(
            _("This chain's key is not pinned."),
            code="unknown_chain",
            basis=BASIS,
            next_step=_("Name the chain whose key the verifier knows: drand quicknet."),
        )
    return CHAINS[chain].round_time(number) - CUT_OFF_S


def check_ahead(chain: str, number: int, moment: float) -> None:
    """Refuse to name a round that nobody can wait for: too near or past, or more than a day ahead. Raises RuleError."""
    if not moment < limit(chain, number) <= moment + FARTHEST_S:
        raise RuleError(
            _("Round %(number)s is not more than %(seconds)s seconds ahead, or more than %(hours)s hours."),
            code="beacon_out_of_reach",
            basis=BASIS,
            next_step=_("Name a round of the next minutes, so that the draw ends in its session."),
            number=number,
            seconds=CUT_OFF_S,
            hours=FARTHEST_S // 3600,
        )


@dataclass(frozen=True, slots=True)
class Round:
    """One round as the network publishes it; a member that it does not give is empty."""

    number: int
    signature: str
    previous_signature: str = ""
    randomness: str = ""


def verify(chain: Chain, given: Round, expected: int) -> bytes:
    """Return the 32 bytes of a round that the chain really signed.

    Raises Malformed: wrong_round, bad_beacon_shape, bad_randomness, bad_signature, unknown_scheme.
    """
    scheme = SCHEMES.get(chain.scheme)
    if scheme is None:
        raise Malformed("drand's scheme %(name)s is unknown.", code="unknown_scheme", name=chain.scheme)
    if given.number != expected:
        raise Malformed(
            "This is round %(have)s; the record names %(need)s.",
            code="wrong_round",
            have=given.number,
            need=expected,
        )
    if scheme.chained != bool(given.previous_signature):
        raise Malformed(
            "A chained round carries the previous signature, no other does.",
            code="bad_beacon_shape",
        )
    signature = _bytes(given.signature)
    randomness = hashlib.sha256(signature).digest()
    if given.randomness not in ("", randomness.hex()):
        raise Malformed("The round's value is not the hash of its signature.", code="bad_randomness")
    message = hashlib.sha256(_bytes(given.previous_signature) + given.number.to_bytes(8, "big")).digest()
    if not _signed(scheme, _bytes(chain.public_key), message, signature):
        raise Malformed("The chain did not sign this round.", code="bad_signature")
    return randomness


def _signed(scheme: Scheme, public_key: bytes, message: bytes, signature: bytes) -> bool:
    g1, g2 = bls.G1Point, bls.G2Point
    try:
        if scheme.signs_in_g1:
            point, key = g1.from_compressed_bytes(signature), g2.from_compressed_bytes(public_key)
            hashed = g1.hash_to_curve(message, scheme.dst)
            return bool(bls.GT.pairing_check([point, -hashed], [g2(), key]))
        sign, own = g2.from_compressed_bytes(signature), g1.from_compressed_bytes(public_key)
        target = g2.hash_to_curve(message, scheme.dst)
        return bool(bls.GT.pairing_check([-g1(), own], [sign, target]))
    except ValueError:
        return False


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Malformed("A signature is not hexadecimal.", code="bad_beacon_shape") from error
