"""The opening of a bid: keys, decryption, and age implementations that are not ours, both ways."""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tracemalloc
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.sealing import age, encryption, opening, shares
from tests.bids.sealing import paper

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node") or "node"
SCRIPT = Path(__file__).parent / "age_in_node.mjs"
needs_npm = pytest.mark.skipif(not (ROOT / "node_modules/age-encryption").exists(), reason="npm packages are missing")

BID = paper.bid("TB", bytes(range(256)) * 10_000)
RECIPIENT = BID.body["recipient"]


def in_pieces(data, size=1_000):
    return [data[at : at + size] for at in range(0, len(data), size)]


@paper.unhurried
@given(st.binary(min_size=32, max_size=32))
def test_keys_are_those_of_age(secret):
    identity = pyrage.x25519.Identity.from_str(opening.identity_of(secret))
    assert opening.recipient_of(secret) == str(identity.to_public())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_set_opens_the_bid(number):
    secret = opening.key_of(BID.given[number].values(), RECIPIENT)
    into = io.BytesIO()
    done = opening.decrypt(BID.parts, secret, into)
    assert into.getvalue() == bytes(range(256)) * 10_000
    assert done == (2_560_000, hashlib.sha256(into.getvalue()).digest())


def test_shares_of_another_secret_give_no_key():
    given_out = {**BID.given[0], "agency": bytes(32)}
    assert opening.key_of(given_out.values(), RECIPIENT) is None


def test_a_wrap_gives_its_holder_the_share():
    place = shares.label(paper.TENDER, paper.BID, 1, 0, "agency")
    entry = BID.body["access"][0][0]
    wrap, commitment = base64.b64decode(entry["wrap"]), base64.b64decode(entry["commit"])
    content = opening.unwrap(wrap, paper.SECRETS["agency"])
    assert shares.unwrap(content, place, commitment) == BID.given[0]["agency"]


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"PK\x03\x04",
        BID.cipher[:-1],
        BID.cipher[: age.file_size(age.CHUNK)],
        BID.cipher + b"x",
        BID.cipher[:-1] + bytes([BID.cipher[-1] ^ 1]),
        encryption.wrap(b"x", paper.CUSTODIANS["agency"], paper.chance()),
    ],
)
def test_a_file_that_this_key_does_not_open_is_refused(file):
    with pytest.raises(opening.NotDecryptable):
        opening.decrypt(in_pieces(file), BID.secret, io.BytesIO())


class FullDisk(io.BytesIO):
    def write(self, data):
        raise OSError(28, "No space left on device")


def lost():
    yield BID.cipher[:100_000]
    raise RuntimeError("the storage is gone")


def test_trouble_of_the_storage_is_not_taken_for_the_bidders():
    with pytest.raises(RuntimeError, match="the storage is gone"):
        opening.decrypt(lost(), BID.secret, io.BytesIO())
    with pytest.raises(OSError, match="No space left"):
        opening.decrypt(BID.parts, BID.secret, FullDisk())


class Nowhere(io.RawIOBase):
    def write(self, data):
        return len(data)


def test_memory_does_not_grow_with_the_bid():
    peaks = []
    for megabytes in (4, 16):
        content = (bytes(65_536) for _ in range(16 * megabytes))
        sealed = encryption.encrypt(content, RECIPIENT, paper.chance())
        tracemalloc.start()
        done = opening.decrypt(sealed, BID.secret, Nowhere())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert done.size == megabytes * 2**20
    assert peaks[1] < peaks[0] + 100_000 < 2_000_000


def in_node(**asked):
    done = subprocess.run([NODE, SCRIPT], input=json.dumps(asked), capture_output=True, text=True, check=True, cwd=ROOT)
    return base64.b64decode(done.stdout)


@needs_npm
@pytest.mark.parametrize("size", [0, 1, 65_536, 200_000])
def test_what_the_browser_seals_is_admitted_and_opened(size):
    plain = bytes(number % 251 for number in range(size))
    file = in_node(ask="encrypt", data=paper.text64(plain), key=RECIPIENT)
    into = io.BytesIO()
    age.parse_header(file)
    assert age.payload_size(len(file)) == size
    assert opening.decrypt(in_pieces(file, 65_537), BID.secret, into).size == size
    assert into.getvalue() == plain


@needs_npm
@pytest.mark.parametrize("size", [0, 1, 65_536, 200_000])
def test_what_is_sealed_here_opens_in_the_browser(size):
    plain = bytes(number % 251 for number in range(size))
    file = b"".join(encryption.encrypt([plain], RECIPIENT, paper.chance()))
    assert in_node(ask="decrypt", data=paper.text64(file), key=opening.identity_of(BID.secret)) == plain
