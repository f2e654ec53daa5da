"""The sealing tool as its users run it: by its commands, and as one file outside the project."""

import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bids.sealing import age, envelope, opening, ptseal, rescue, shares, standalone
from tests.bids.sealing import paper
from tests.bids.sealing.test_bidder import ITEMS, LEAF, parameters


def run(*arguments):
    """Run a command in this process; returns its exit code."""
    return ptseal.main([str(argument) for argument in arguments])


@pytest.fixture
def desk(tmp_path):
    """A folder with what a bidder has: parameters, bid.json, a document, a key."""
    (tmp_path / "sealing.json").write_text(json.dumps(parameters()))
    (tmp_path / "bid.json").write_text(json.dumps(ITEMS))
    (tmp_path / "标书.pdf").write_bytes(b"%PDF" * 500_000)
    run("keygen", tmp_path / "signing.pem")
    return tmp_path


def seal(desk, **changes):
    said = {"parameters": "sealing.json", "bid": "bid.json", "file": "标书.pdf", "key": "signing.pem", "out": "sealed"}
    names = {**said, **changes}
    return run("seal", *(part for name, value in names.items() for part in (f"--{name}", desk / value)))


def rewrite(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_bid_is_sealed_into_a_folder_and_checked(desk, capsys):
    assert seal(desk) == 0
    sealed = desk / "sealed"
    names = ["envelope.json", "part-000000", "part-000001", "receipt.age-key.txt"]
    assert sorted(path.name for path in sealed.iterdir()) == names
    assert (sealed / "receipt.age-key.txt").stat().st_mode & 0o777 == 0o600
    assert run("check", sealed) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == "It opens. Price 1368000.00 (壹佰叁拾陆万捌仟元整), 360 days, 1 files."


def test_the_share_is_told_in_groups_of_four(desk, capsys):
    seal(desk)
    for path in (desk / "sealed", desk / "sealed" / "receipt.age-key.txt"):
        assert run("share", path) == 0
        code = capsys.readouterr().out.splitlines()[-1]
        own = rescue.parse((desk / "sealed" / "receipt.age-key.txt").read_text()).own
        assert (len(code.split()), shares.from_code(code)) == (13, own)


def test_a_replacement_and_a_withdrawal_follow_the_current_bid(desk):
    rewrite(desk / "sealing.json", current={"bid": paper.BID, "seq": 1, "leaf_hash": LEAF})
    assert seal(desk) == 0
    text = desk / "withdrawal.json"
    asked = ("--parameters", desk / "sealing.json", "--key", desk / "signing.pem", "--out", text)
    assert run("withdraw", *asked) == 0
    replacement, withdrawal = (envelope.parse(path.read_bytes()) for path in (desk / "sealed" / "envelope.json", text))
    assert (replacement.seq, replacement.supersedes, replacement.is_withdrawal) == (2, bytes(32), False)
    assert (withdrawal.seq, withdrawal.bid, withdrawal.is_withdrawal) == (2, paper.BID, True)


def test_a_custodian_opens_its_wraps(desk, capsys):
    key, out = desk / "custodian.age-key.txt", desk / "shares.json"
    assert run("keygen", "--custodian", key) == 0
    recipient = capsys.readouterr().out.splitlines()[-1]
    rewrite(desk / "sealing.json", custodians=[{"holder": name, "recipient": recipient} for name in paper.CUSTODIANS])
    seal(desk)
    read = envelope.parse((desk / "sealed" / "envelope.json").read_bytes())
    wraps = [
        {
            "bid": read.bid,
            "seq": 1,
            "set": number,
            "commit": paper.text64(access.commit),
            "wrap": paper.text64(access.wrap),
        }
        for number, holders in enumerate(read.sealed.access)
        for access in holders
        if access.holder == "agency"
    ]
    (desk / "wraps.json").write_text(json.dumps({"wraps": wraps}))
    asked = ("--wraps", desk / "wraps.json", "--holder", "agency", "--identity", key, "--out", out)
    assert run("open-wraps", *asked) == 0
    found = json.loads(out.read_text())
    assert ([share["set"] for share in found["shares"]], found["bad"]) == ([0, 1], [])
    assert run("open-wraps", *asked) == 1  # the file is there


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("bid.json", {"price": "2000000.01"}, "above_ceiling"),
        ("bid.json", {"price": "-1.00"}, "price_wrong"),
        ("bid.json", {"price_words": "壹佰元整"}, "words_differ"),
        ("bid.json", {"lot": 2}, "wrong_lot"),
        ("sealing.json", {"bidder": None}, "wrong_use"),
        ("sealing.json", {"max_bytes": 1_000_000}, "bid_too_large"),
    ],
)
def test_what_the_page_refuses_leaves_no_folder(desk, capsys, name, changes, code):
    rewrite(desk / name, **changes)
    assert seal(desk) == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert not (desk / "sealed").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [("sealing.json", "{}"), ("sealing.json", "[]"), ("sealing.json", "{"), ("bid.json", "[]"), ("signing.pem", "x")],
)
def test_files_that_are_something_else_are_refused(desk, capsys, name, text):
    (desk / name).write_text(text)
    assert seal(desk) == 1
    assert "[wrong_use]" in capsys.readouterr().err


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (ec.derive_private_key(7, ec.SECP256R1()), 0),
        (ec.derive_private_key(7, ec.SECP384R1()), 1),
        (x25519.X25519PrivateKey.from_private_bytes(bytes(32)), 1),
    ],
)
def test_a_key_of_the_format_signs(desk, key, code):
    (desk / "signing.pem").write_bytes(pem(key))
    assert seal(desk) == code


def test_nothing_is_overwritten(desk):
    assert seal(desk) == 0
    assert seal(desk) == 1
    assert run("keygen", desk / "signing.pem") == 1


def test_a_missing_file_is_said(desk, capsys):
    assert seal(desk, file="nothing.pdf") == 1
    assert "nothing.pdf" in capsys.readouterr().err


def test_a_check_notices_another_envelope_and_a_changed_part(desk, capsys):
    seal(desk)
    part = desk / "sealed" / "part-000001"
    part.write_bytes(part.read_bytes()[:-1] + b"\x00")
    assert run("check", desk / "sealed") == 1
    assert "[root_differs]" in capsys.readouterr().err
    (desk / "sealed" / "envelope.json").write_text("{}")
    assert run("check", desk / "sealed") == 1
    assert "[rescue_foreign]" in capsys.readouterr().err


def test_mode_t_has_no_share_to_tell(desk, capsys):
    (desk / "sealing.json").write_text(json.dumps(parameters("T")))
    seal(desk)
    assert run("share", desk / "sealed") == 1
    assert "[no_share]" in capsys.readouterr().err


def test_a_wrong_identity_is_refused(desk, capsys):
    (desk / "wraps.json").write_text('{"wraps": []}')
    asked = (
        "--wraps",
        desk / "wraps.json",
        "--holder",
        "agency",
        "--identity",
        desk / "wraps.json",
        "--out",
        desk / "x",
    )
    assert run("open-wraps", *asked) == 1
    assert "[age_key_wrong]" in capsys.readouterr().err


def test_as_one_file_it_needs_nothing_of_the_project(desk):
    tool = desk / "ptseal.pyz"
    subprocess.run([sys.executable, "-m", "bids.sealing.standalone", tool], check=True)
    assert tool.read_bytes() == standalone.program()
    sealing = "seal --parameters sealing.json --bid bid.json --file 标书.pdf --key signing.pem --out sealed"
    for command in (sealing, "check sealed"):
        done = subprocess.run([sys.executable, "-I", tool, *command.split()], cwd=desk, capture_output=True, check=True)
        assert done.stderr == b""


def test_the_rescue_files_key_is_that_of_the_parts(desk):
    seal(desk)
    held = rescue.parse((desk / "sealed" / "receipt.age-key.txt").read_text())
    plain = opening.unwrap(b"".join(ptseal.parts_of(desk / "sealed")), held.secret)
    assert age.file_size(len(plain)) == envelope.parse(held.envelope).sealed.size
