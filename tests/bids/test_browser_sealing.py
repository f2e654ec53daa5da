"""What the browser seals, run by Node: Python admits it, opens it, and agrees with it in every byte."""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from bids.sealing import admission, age, bidder, content, custodian, envelope
from trading import money
from trading.ledger import jcs, merkle, notes, promise

VECTORS = Path(__file__).parents[1] / "vectors" / "sealing"
SCRIPT = Path(__file__).parent / "browser_sealing.mjs"
NODE = shutil.which("node") or "node"
VECTOR = (VECTORS / "ptseal_example_TB_envelope.json").read_text().strip()
PART = 1_048_576
BID = "0192f0e4-7f6e-4c3a-9d9b-000000000001"
CREATED = "2026-11-22T07:48:23.169Z"
HOLDERS = ("agency", "supervisor", "backup")
PAIRS = [["agency", "supervisor"], ["agency", "backup"], ["supervisor", "backup"]]
KEYS = {holder: pyrage.x25519.Identity.generate() for holder in HOLDERS}
TYPED = {
    "price": "1,368,000",
    "price_words": "壹佰叁拾陆万捌仟元整",
    "duration_days": "360",
    "quality": "合格",
    "manager_name": "王建国",
    "manager_certificate": "浙133060800001",
    "deposit_form": "transfer",
    "deposit_amount": "20000",
    "discount": "",
}
LISTED = [{"name": "商务标.pdf", "size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}]


def ask(*questions):
    done = subprocess.run([NODE, SCRIPT], input=json.dumps(questions), capture_output=True, text=True, check=True)
    return [told.get("answer", told.get("error")) for told in json.loads(done.stdout)]


def b64(data):
    return base64.b64encode(data).decode()


def lot_of(mode, current=None):
    return {
        "tender": "E3301000001000000001",
        "lot": 1,
        "code": "E3301000001000000001001",
        "bidder": "U91330100MA27XG8R5K",
        "mode": mode,
        "price_ceiling": "1400000.00",
        "custodians": [{"holder": holder, "recipient": str(key.to_public())} for holder, key in KEYS.items()],
        "sets": [pair + (["bidder"] if mode == "TB" else []) for pair in PAIRS],
        "current": current,
    }


def sealing(mode="T", size=PART + 5, algs=("ed25519",), current=None):
    files = [
        {"name": "商务标.pdf", "data": b64(bytes(range(251)) * (size // 251))},
        {"name": "a.txt", "data": b64(b"abc")},
    ]
    facts = {"lot": lot_of(mode, current), "bid": {"v": "bid/1"}, "files": files, "id": BID, "created": CREATED}
    return {"ask": "seal", "algs": list(algs), **facts}


@pytest.fixture(scope="module")
def seals():
    current = {"bid": BID, "seq": 2, "leaf_hash": b64(bytes(32))}
    told = ask(sealing("T"), sealing("TB"), sealing("T", 100, ["ecdsa-p256"], current))
    assert all(isinstance(one, dict) for one in told), told
    return dict(zip(("T", "TB", "p256"), told, strict=True))


@pytest.mark.parametrize("name", ["T", "TB", "p256"])
def test_the_rescue_file_opens_the_ciphertext_and_the_zip_is_whole(seals, name):
    made = seals[name]
    ciphertext = base64.b64decode(made["ciphertext"])
    (line,) = [line for line in made["rescue"].splitlines() if line.startswith("AGE-SECRET-KEY-1")]
    plain = pyrage.decrypt(ciphertext, [pyrage.x25519.Identity.from_str(line)])
    assert len(plain) % 65_536 == 0
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        assert archive.testzip() is None
        assert [one.filename for one in archive.infolist()] == ["bid.json", "商务标.pdf", "a.txt"]
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.read("a.txt") == b"abc"
        assert set(archive.comment) <= {0}


@pytest.mark.parametrize("name", ["T", "TB", "p256"])
def test_the_platform_admits_what_the_browser_sealed(seals, name):
    made = seals[name]
    ciphertext = base64.b64decode(made["ciphertext"])
    parts = [ciphertext[at : at + PART] for at in range(0, len(ciphertext), PART)]
    read = envelope.parse(made["envelope"].encode())
    lot = lot_of("TB" if name == "TB" else "T")
    expected = admission.Expected(
        **{fact: lot[fact] for fact in ("tender", "lot", "bidder", "mode")},
        bid=BID,
        sets=tuple(tuple(holders) for holders in lot["sets"]),
        max_bytes=320 * PART,
    )
    held = [admission.Part(n, len(part), merkle.leaf_hash(part)) for n, part in enumerate(parts)]
    admission.check(read, expected, held, ciphertext[: age.HEAD_BYTES])


def test_the_platform_opens_and_reads_out_what_the_browser_sealed():
    files = [{"name": "商务标.pdf", "data": b64(b"abc")}]
    (items,) = ask({"ask": "bid", "typed": TYPED, "files": LISTED, "lot": lot_of("TB")})
    assert content.problems(items["bid"], Decimal("1400000.00")) == ()
    facts = {"lot": lot_of("TB"), "bid": items["bid"], "files": files, "id": BID, "created": CREATED}
    (made,) = ask({"ask": "seal", "algs": ["ed25519"], **facts})
    said = bidder.check(lambda: [base64.b64decode(made["ciphertext"])], made["rescue"])
    assert (said.price, said.price_words, said.findings) == (Decimal("1368000.00"), "壹佰叁拾陆万捌仟元整", ())
    assert [(file.name, file.sha256) for file in said.files] == [("商务标.pdf", LISTED[0]["sha256"])]


@pytest.mark.parametrize("name", ["T", "TB", "p256"])
def test_size_parts_and_root_are_those_of_the_ciphertext(seals, name):
    made = seals[name]
    ciphertext = base64.b64decode(made["ciphertext"])
    parts = [ciphertext[at : at + PART] for at in range(0, len(ciphertext), PART)]
    assert made["size"] == len(ciphertext)
    assert made["parts"] == [
        {"n": n, "size": len(part), "sha256": hashlib.sha256(part).hexdigest()} for n, part in enumerate(parts)
    ]
    body = json.loads(made["envelope"])["body"]
    root = merkle.root([merkle.leaf_hash(part) for part in parts])
    assert body["ciphertext"] == {
        "format": "age-encryption.org/v1",
        "size": len(ciphertext),
        "part": PART,
        "root": b64(root),
    }


@pytest.mark.parametrize("name", ["T", "TB", "p256"])
def test_every_set_of_shares_gives_the_key(seals, name):
    made = seals[name]
    body = json.loads(made["envelope"])["body"]
    (identity,) = [line for line in made["rescue"].splitlines() if line.startswith("AGE-SECRET-KEY-1")]
    own = [line.split()[-1] for line in made["rescue"].splitlines() if line.startswith("# ptseal share: ")]
    assert len(own) == (1 if body["mode"] == "TB" else 0)
    asked = []
    for number, holders in enumerate(body["access"]):
        shares = []
        for entry in holders:
            label = f"ptseal-share/v1\n{body['tender']}\n{BID}\n{body['seq']}\n{number}\n{entry['holder']}\n".encode()
            if entry["holder"] == "bidder":
                content = label + base64.b32decode(own[0] + "====")
            else:
                content = pyrage.decrypt(base64.b64decode(entry["wrap"]), [KEYS[entry["holder"]]])
            assert content.startswith(label)
            assert hashlib.sha256(content).digest() == base64.b64decode(entry["commit"])
            shares.append(b64(content[len(label) :]))
        asked.append({"ask": "combine", "shares": shares})
    assert ask(*asked) == [identity] * 3


@pytest.mark.parametrize("name", ["T", "TB", "p256"])
def test_the_rescue_file_is_proved_before_submission(seals, name):
    assert seals[name]["proofs"] == {
        "right": "",
        "windows": "",
        "damaged": "rescue_fails",
        "foreign": "rescue_foreign",
        "unreadable": "rescue_unreadable",
        "shareless": "rescue_share" if name == "TB" else "",
    }


def test_the_published_envelope_verifies_and_every_change_is_found():
    file = json.loads(VECTOR)
    changed = json.dumps({**file, "body": {**file["body"], "seq": 2}}, separators=(",", ":"), sort_keys=True)
    told = ask(
        {"ask": "opened", "text": jcs.encode(file).decode()},
        {"ask": "opened", "text": changed},
        {"ask": "opened", "text": json.dumps(file)},
    )
    assert told == [file["body"], "the envelope's signature is false", "not an envelope"]


@pytest.mark.parametrize("alg", ["ed25519", "ecdsa-p256"])
def test_a_withdrawal_follows_the_current_bid(alg):
    current = {"bid": BID, "seq": 2, "leaf_hash": b64(bytes(32))}
    facts = {"lot": lot_of("T"), "bidder": "U91330100MA27XG8R5K", "current": current, "created": CREATED}
    (text,) = ask({"ask": "withdrawal", "alg": alg, **facts})
    body = json.loads(text)["body"]
    assert body["kind"] == "withdraw"
    assert (body["bid"], body["seq"], body["supersedes"]) == (BID, 3, current["leaf_hash"])
    assert ask({"ask": "opened", "text": text}) == [body]


AMOUNTS = st.integers(1, 10**16).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=1, deadline=None)
@given(st.lists(AMOUNTS, min_size=400, max_size=400))
def test_amounts_in_words_agree(amounts):
    known = {
        "1368000.00": "壹佰叁拾陆万捌仟元整",
        "10050.30": "壹万零伍拾元叁角",
        "0.05": "伍分",
        "100000001.00": "壹亿零壹元整",
    }
    texts = [*known, *(f"{amount:.2f}" for amount in amounts)]
    expected = [*known.values(), *(money.in_words(Decimal(f"{amount:.2f}")) for amount in amounts)]
    assert ask(*({"ask": "words", "amount": text} for text in texts)) == expected


def test_amounts_are_read_as_people_type_them():
    understood = ["1368000", "1,368,000.5", "１３６８０００．００", " 0.05 "]
    refused = ["1,36,000", "-1", "1e3", "01", "1.005", "", "1 368 000"]
    told = ask(*({"ask": "amount", "typed": text} for text in [*understood, *refused]))
    assert told == ["1368000.00", "1368000.50", "1368000.00", "0.05", *[None] * len(refused)]


def refused(**change):
    (told,) = ask({"ask": "bid", "typed": {**TYPED, **change}, "files": LISTED, "lot": lot_of("T")})
    return [(one["field"], one["code"]) for one in told["refusals"]]


def test_a_form_becomes_bid_json():
    (told,) = ask({"ask": "bid", "typed": TYPED, "files": LISTED, "lot": lot_of("T")})
    assert told["refusals"] == []
    assert told["bid"] == {
        "v": "bid/1",
        "tender": "E3301000001000000001",
        "lot": 1,
        "bidder": "U91330100MA27XG8R5K",
        "price": "1368000.00",
        "price_words": "壹佰叁拾陆万捌仟元整",
        "duration_days": 360,
        "quality": "合格",
        "manager": {"name": "王建国", "certificate": "浙133060800001"},
        "deposit": {"form": "transfer", "amount": "20000.00"},
        "discount": "",
        "consortium": [],
        "files": LISTED,
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"price": "1400000.01", "price_words": ""}, [("price", "price_above_ceiling")]),
        ({"price": "0", "price_words": ""}, [("price", "price_zero")]),
        ({"price": "-5"}, [("price", "price_wrong")]),
        ({"price": "1.005"}, [("price", "price_wrong")]),
        ({"price_words": "壹佰叁拾陆万捌仟零壹元整"}, [("price_words", "price_words_differ")]),
        ({"duration_days": "0"}, [("duration_days", "duration_wrong")]),
        ({"quality": " "}, [("quality", "text_missing")]),
        ({"deposit_form": "cash"}, [("deposit_form", "deposit_form_missing")]),
        ({"deposit_amount": "x"}, [("deposit_amount", "deposit_wrong")]),
        ({"consortium": [{"uscc": "123", "name": "甲", "share": "30%"}]}, [("consortium", "uscc_wrong")]),
    ],
)
def test_what_the_opening_would_refuse_is_refused_before_sealing(change, expected):
    assert refused(**change) == expected


def test_names_of_documents_that_no_archive_could_hold_apart_are_refused():
    names = ["bid.json", "a/b.pdf", "x.pdf", "X.PDF", ".hidden"]
    files = [{"name": name, "size": 1, "sha256": "0" * 64} for name in names]
    files.append({"name": "empty", "size": 0, "sha256": ""})
    told = ask(*({"ask": "bid", "typed": TYPED, "files": listed, "lot": lot_of("T")} for listed in (files, [])))
    codes = ["file_name_wrong", "file_name_wrong", "file_twice", "file_name_wrong", "file_empty"]
    assert [one["code"] for one in told[0]["refusals"]] == codes
    assert [one["code"] for one in told[1]["refusals"]] == ["files_missing"]


def test_a_custodian_opens_its_wraps_and_tells_the_bad_ones_apart(seals):
    body = json.loads(seals["T"]["envelope"])["body"]
    key, place = KEYS["agency"], {"tender": body["tender"], "holder": "agency"}
    good = [
        {"bid": BID, "seq": 1, "set": number, **{name: entry[name] for name in ("commit", "wrap")}}
        for number, holders in enumerate(body["access"])
        for entry in holders
        if entry["holder"] == "agency"
    ]
    elsewhere = {**good[0], "set": 2}
    unlike = {**good[0], "commit": good[1]["commit"]}
    foreign = {**good[0], "wrap": body["access"][2][0]["wrap"]}
    question = {"ask": "openAll", "wraps": [*good, elsewhere, unlike, foreign], "place": place, "identity": str(key)}
    (told,) = ask(question)
    assert [(one["bid"], one["set"]) for one in told["shares"]] == [(BID, 0), (BID, 1)]
    assert [one["code"] for one in told["bad"]] == ["foreign", "commit", "unreadable"]


def test_a_custodian_answers_the_test_wrap():
    challenge = bytes(range(32))
    wrap = wrapped(custodian.test_of(challenge), "backup")
    told = ask(
        {"ask": "answer", "wrap": wrap, "identity": str(KEYS["backup"])},
        {"ask": "answer", "wrap": wrap, "identity": str(KEYS["agency"])},
        {"ask": "recipient", "identity": str(KEYS["agency"])},
    )
    assert told[0] == b64(challenge)
    assert told[1] == "no identity matched any of the file's recipients"
    assert told[2] == str(KEYS["agency"].to_public())


def wrapped(inside, holder):
    return b64(pyrage.encrypt(inside, [KEYS[holder].to_public()]))


@pytest.mark.parametrize("inside", [bytes(32), custodian.test_of(bytes(31)), custodian.test_of(bytes(33)), b""])
def test_what_is_not_labelled_as_a_test_is_not_answered(inside):
    wrap = wrapped(inside, "backup")
    assert ask({"ask": "answer", "wrap": wrap, "identity": str(KEYS["backup"])}) == ["this is not a test wrap"]
    with pytest.raises(custodian.NotATest) as refusal:
        custodian.answer_to(base64.b64decode(wrap), str(KEYS["backup"]))
    assert refusal.value.code == "not_a_test_wrap"


def test_the_share_of_a_bid_is_never_answered_as_a_test(seals):
    for mode in ("T", "TB"):
        entries = [entry for holders in json.loads(seals[mode]["envelope"])["body"]["access"] for entry in holders]
        for entry in entries:
            if entry["holder"] in KEYS:
                identity = str(KEYS[entry["holder"]])
                told = ask({"ask": "answer", "wrap": entry["wrap"], "identity": identity})
                assert told == ["this is not a test wrap"]
                with pytest.raises(custodian.NotATest):
                    custodian.answer_to(base64.b64decode(entry["wrap"]), identity)


def test_a_custodian_holds_to_the_deadline_that_its_browser_saw():
    first = {"deadline": 1000, "rehearsal": False}

    def told(kept, deadline, now, *, rehearsal=False):
        (answer,) = ask(
            {"ask": "due", "kept": kept, "told": {"deadline": deadline, "rehearsal": rehearsal}, "now": now}
        )
        return answer["kept"]["deadline"], answer["due"]

    assert told(None, 1000, 999) == (1000, False)
    assert told(None, 1000, 1000) == (1000, True)
    assert told(first, 2000, 1500) == (2000, False)  # postponed
    assert told(first, 500, 900) == (1000, False)  # called early
    assert told(first, 500, 900, rehearsal=True) == (1000, False)  # what was a tender is no rehearsal later
    assert told({**first, "rehearsal": True}, 1000, 5) == (1000, True)


def test_a_share_is_typed_as_52_characters():
    share = bytes(range(100, 132))
    code = base64.b32encode(share).decode().rstrip("=")
    grouped = "-".join(code[at : at + 4] for at in range(0, 52, 4)).lower()
    told = ask(
        {"ask": "base32", "data": b64(share)},
        *({"ask": "unbase32", "typed": typed} for typed in (code, f" {grouped} ", code[:-1], f"{code[:-1]}1")),
    )
    assert told == [code, b64(share), b64(share), "", ""]


def test_memory_stays_flat_however_much_is_sealed():
    (told,) = ask({"ask": "large", "mebibytes": 150})
    assert told["parts"] == 151
    assert told["most"] < 120 * 1_048_576


def test_three_parts_are_under_way_and_a_lost_line_is_waited_for():
    (told,) = ask({"ask": "queue", "parts": 8, "failures": 3, "width": 3})
    assert told["tried"] == [4] * 8
    assert told["most"] == 3
    assert sorted(set(told["waits"])) == [0.5, 1, 2]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 8, 21])
def test_roots_agree(length):
    parts = [bytes([n]) * n for n in range(length)]
    told = ask({"ask": "root", "parts": [b64(part) for part in parts]})
    assert told == [b64(merkle.root([merkle.leaf_hash(part) for part in parts]))]


def test_digests_of_small_and_large_documents_agree():
    datas = [b"", b"abc", bytes(33 * PART + 7)]
    told = ask(*({"ask": "digest", "data": b64(data)} for data in datas))
    assert told == [hashlib.sha256(data).hexdigest() for data in datas]


def test_a_receipt_is_checked_where_it_lies():
    key, log = Ed25519PrivateKey.generate(), notes.SigningKey("log.example/audit/1", notes.ED25519, bytes(range(32)))
    inner, salt = '{"type":"bid.submitted"}', bytes(range(32))
    committed = hashlib.sha256(b"ptlog sealed v1\n" + salt + inner.encode()).hexdigest()
    leaf = jcs.encode({"data": {"c": committed}, "type": "sealed.entry"})
    hashes = [merkle.leaf_hash(b"other"), merkle.leaf_hash(leaf), merkle.leaf_hash(b"last")]
    text = notes.Checkpoint(log.name, 3, merkle.root(hashes)).text()
    checkpoint = notes.compose(text, [log.sign(text)])
    proof = promise.Proof(1, (hashes[0], hashes[2]), checkpoint).text()
    receipt = promise.sign(key, log=log.name, leaf_hash=hashes[1], at="2026-03-20T07:48:23.000000Z")
    receipt |= {"leaf": leaf.decode(), "sealed": {"salt": salt.hex(), "inner": inner}}
    keys = {"receipt": receipt["key"], "log": log.verifying.text()}
    changed = {
        "right": (receipt, proof, keys),
        "unproved": (receipt, "", keys),
        "at": (receipt | {"receipt": receipt["receipt"] | {"at": "2026-03-20T07:48:24.000000Z"}}, proof, keys),
        "content": (receipt | {"sealed": {"salt": salt.hex(), "inner": inner + " "}}, proof, keys),
        "index": (receipt, proof.replace("index 1", "index 0"), keys),
        "root": (receipt, proof.replace(checkpoint.split("\n")[2], b64(bytes(32))), keys),
        "key": (receipt, proof, keys | {"receipt": b64(bytes(32))}),
    }
    asked = [
        {"ask": "receipt", "text": promise.to_text(given), "proof": proven, "keys": pinned}
        for given, proven, pinned in changed.values()
    ]
    told = dict(zip(changed, ask(*asked), strict=True))
    assert {name: [step["ok"] for step in steps] for name, steps in told.items()} == {
        "right": [True, True, True],
        "unproved": [True, True, None],
        "at": [False, True, True],
        "content": [True, False, True],
        "index": [True, True, False],
        "root": [True, True, False],
        "key": [False, True, True],
    }
