"""The browser's code and this package, on the same bid: each admits, opens and checks what the other sealed."""

import base64
import hashlib
import io
import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from bids.sealing import admission, age, bidder, content, custodian, envelope, opening, rescue, shares
from bids.sealing.admission import Part
from tests.bids.sealing import paper
from tests.bids.sealing.test_bidder import FILES, ITEMS, parameters
from trading.ledger import merkle

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests/bids/browser_sealing.mjs"
NODE = shutil.which("node") or "node"
DOCUMENTS = {"商务标 (终稿) #1.pdf": b"%PDF" * 300_000, "a:b?.txt": b"abc"}
TYPED = {
    "price": "1,368,000",
    "duration_days": "360",
    "quality": "合格\u200b",
    "manager_name": "王建国",
    "manager_certificate": "浙1330000000000001",
    "deposit_form": "none",
    "discount": "第一行\n第二行",
}

pytestmark = pytest.mark.skipif(
    not (ROOT / "node_modules/age-encryption").exists(), reason="the npm packages are missing"
)


def ask(question):
    done = subprocess.run([NODE, SCRIPT], input=json.dumps([question]), capture_output=True, text=True, check=True)
    (told,) = json.loads(done.stdout)
    assert "answer" in told, told
    return told["answer"]


@pytest.fixture(scope="module", params=["T", "TB"])
def sealed(request):
    """A bid that the browser made of a filled-in form."""
    listed = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in DOCUMENTS.items()
    ]
    lot = parameters(request.param)
    made = ask({"ask": "bid", "typed": TYPED, "files": listed, "lot": lot})
    assert made["refusals"] == []
    files = [{"name": name, "data": paper.text64(data)} for name, data in DOCUMENTS.items()]
    facts = {"lot": lot, "bid": made["bid"], "files": files, "id": paper.BID, "created": paper.CREATED}
    return ask({"ask": "seal", "algs": ["ed25519"], **facts})


def parts_of(sealed):
    cipher = base64.b64decode(sealed["ciphertext"])
    return [cipher[at : at + envelope.PART] for at in range(0, len(cipher), envelope.PART)]


def test_what_the_browser_seals_is_admitted(sealed):
    parts = parts_of(sealed)
    read = envelope.parse(sealed["envelope"].encode())
    stored = [Part(n, len(part), merkle.leaf_hash(part)) for n, part in enumerate(parts)]
    known = paper.expected(read.sealed.mode)
    assert admission.check(read, known, stored, parts[0][: age.HEAD_BYTES]) is None


def test_what_the_browser_seals_is_read_out(sealed):
    read = envelope.parse(sealed["envelope"].encode())
    into = io.BytesIO()
    opening.decrypt(parts_of(sealed), opening.key_of(given(read, sealed), read.sealed.recipient), into)
    said = content.read(into, tender=paper.TENDER, lot=1, bidder=paper.BIDDER, ceiling=Decimal("2000000.00"))
    assert (said.price, said.quality, said.discount, said.findings) == (
        Decimal("1368000.00"),
        "合格",
        "第一行 第二行",
        (),
    )
    assert [each.name for each in said.files] == list(DOCUMENTS)


def given(read, sealed):
    """Return the shares of the second set, as its holders have them."""
    for access in read.sealed.access[1]:
        if access.holder == shares.BIDDER:
            yield rescue.parse(sealed["rescue"]).own
            continue
        wrap = {"bid": read.bid, "seq": 1, "set": 1, "commit": paper.text64(access.commit)}
        wrap["wrap"] = paper.text64(access.wrap)
        share = custodian.open_wrap(wrap, access.holder, paper.SECRETS[access.holder])
        assert isinstance(share, bytes)
        yield share


def test_the_tool_checks_what_the_browser_sealed(sealed):
    assert bidder.check(lambda: parts_of(sealed), sealed["rescue"]).findings == ()


def test_the_browser_reads_what_is_sealed_here():
    made = bidder.seal(parameters("TB"), ITEMS, FILES, paper.SIGNER)
    held = rescue.parse(made.rescue)
    told = ask({"ask": "rescue", "text": made.rescue})
    assert (told["identity"], told["recipient"]) == (age.encode_identity(held.secret), held.recipient)
    assert ask({"ask": "opened", "text": made.envelope.decode()}) == json.loads(made.envelope)["body"]
    cipher = paper.text64(b"".join(made.parts))
    assert len(ask({"ask": "plain", "data": cipher, "identity": told["identity"]})) == 64
