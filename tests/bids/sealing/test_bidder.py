"""Sealing outside the browser: what is sealed is admitted and opens, what is wrong is refused before."""

import base64
import io
import json
import tracemalloc
from dataclasses import replace
from decimal import Decimal

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bids.sealing import admission, age, archive, bidder, content, custodian, envelope, opening, rescue, shares
from bids.sealing.admission import Part
from tests.bids.sealing import paper
from tests.bids.sealing.test_archive import packed
from trading.errors import RuleError
from trading.ledger import merkle

P256 = ec.derive_private_key(7, ec.SECP256R1())
LEAF = paper.text64(bytes(32))
ITEMS = {
    "price": "1368000.00",
    "duration_days": 360,
    "quality": "合格",
    "manager": {"name": "王建国", "certificate": "浙1330000000000001"},
    "deposit": {"form": "none", "amount": "0.00"},
    "discount": "",
    "consortium": [],
}
FILES = [bidder.document_of("标书.pdf", b"%PDF" * 1_000_000), bidder.document_of("图纸.dwg", b"AC1032")]


def parameters(mode="TB", **changes):
    known = {
        "tender": paper.TENDER,
        "lot": paper.LOT,
        "mode": mode,
        "bidder": paper.BIDDER,
        "custodians": [
            {"holder": holder, "organisation": holder, "recipient": recipient}
            for holder, recipient in paper.CUSTODIANS.items()
        ],
        "sets": [list(holders) for holders in paper.SETS[mode]],
        "part": envelope.PART,
        "price_ceiling": "2000000.00",
        "max_bytes": 300 * 2**20,
        "current": None,
    }
    return {**known, **changes}


def order(mode="TB", items=None, **changes):
    facts = {"parameters": parameters(mode), "items": {**ITEMS, **(items or {})}, "files": FILES, "key": paper.SIGNER}
    return bidder.Order(**{**facts, "chance": paper.chance(), **changes})


def sealed(ordered):
    parts = []
    return bidder.seal_into(parts.append, ordered)._replace(parts=tuple(parts))


def refusal(*arguments, **changes):
    with pytest.raises(RuleError) as refused:
        bidder.bid_json(order(*arguments, **changes))
    return refused.value.code


@pytest.fixture(scope="module", params=["T", "TB"])
def bid(request):
    return sealed(order(request.param))


def test_what_is_sealed_is_admitted(bid):
    read = envelope.parse(bid.envelope)
    stored = [Part(n, len(part), merkle.leaf_hash(part)) for n, part in enumerate(bid.parts)]
    known = paper.expected(read.sealed.mode, bid=bid.bid)
    assert admission.check(read, known, stored, bid.parts[0][: age.HEAD_BYTES]) is None
    assert len(bid.parts) == 4


def test_what_is_sealed_is_read_out(bid):
    said = bidder.check(lambda: bid.parts, bid.rescue)
    assert (said.price, said.price_words, said.findings) == (Decimal("1368000.00"), "壹佰叁拾陆万捌仟元整", ())
    assert [(each.name, each.size) for each in said.files] == [("标书.pdf", 4_000_000), ("图纸.dwg", 6)]


def test_the_rescue_file_opens_the_bid_with_age(bid):
    identity = next(line for line in bid.rescue.splitlines() if not line.startswith("#"))
    plain = pyrage.decrypt(b"".join(bid.parts), [pyrage.x25519.Identity.from_str(identity)])
    assert len(plain) % archive.BLOCK == 0
    assert archive.members(io.BytesIO(plain))[0].name == "bid.json"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_set_of_custodians_opens_the_bid(bid, number):
    read = envelope.parse(bid.envelope)
    given = []
    for access in read.sealed.access[number]:
        if access.holder == "bidder":
            given.append(rescue.parse(bid.rescue).own)
            continue
        wrap = {"bid": bid.bid, "seq": 1, "set": number}
        wrap |= {"commit": paper.text64(access.commit), "wrap": paper.text64(access.wrap)}
        identity = age.encode_identity(paper.SECRETS[access.holder])
        answer = custodian.open_wraps([wrap], access.holder, identity)
        assert (answer["holder"], answer["bad"]) == (access.holder, [])
        given.append(base64.b64decode(answer["shares"][0]["share"]))
    assert opening.key_of(given, read.sealed.recipient) == rescue.parse(bid.rescue).secret


def test_a_bid_in_memory_is_drawn_afresh_each_time():
    first, second = (bidder.seal(parameters("T"), ITEMS, FILES, P256) for _ in range(2))
    assert first.bid != second.bid
    assert rescue.parse(first.rescue).secret != rescue.parse(second.rescue).secret
    assert bidder.check(lambda: first.parts, first.rescue).findings == ()


def test_a_replacement_follows_the_receipt_before():
    done = bidder.seal(parameters(), ITEMS, FILES[1:], paper.SIGNER, 2, LEAF)
    read = envelope.parse(done.envelope)
    assert (read.seq, read.supersedes) == (2, bytes(32))


def test_a_withdrawal_follows_the_current_bid():
    current = {"bid": paper.BID, "seq": 3, "leaf_hash": LEAF}
    read = envelope.parse(bidder.withdraw(parameters(current=current), paper.SIGNER))
    assert admission.check_withdrawal(read, paper.expected()) is None
    assert (read.seq, read.supersedes) == (4, bytes(32))


def test_without_a_bid_there_is_nothing_to_withdraw():
    with pytest.raises(bidder.NotSealable):
        bidder.withdraw(parameters(), paper.SIGNER)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({"price": "2000000.01"}, "above_ceiling"),
        ({"price": "-1.00"}, "price_wrong"),
        ({"price": None}, "price_wrong"),
        ({"price_words": "壹佰元整"}, "words_differ"),
        ({"lot": 2}, "wrong_lot"),
        ({"bidder": "U91330100MA0000000Y"}, "wrong_bidder"),
        ({"quality": ""}, "text_missing"),
    ],
)
def test_what_the_page_refuses_is_not_sealed(items, code):
    assert refusal(items=items) == code


def test_a_bid_larger_than_taken_is_not_sealed():
    assert refusal(parameters=parameters(max_bytes=4_000_000)) == "bid_too_large"


def test_a_bid_json_of_more_than_64_kib_is_not_sealed():
    files = [bidder.document_of(f"{number}.pdf", b"x") for number in range(700)]
    assert refusal(files=files) == "bid_too_large"


def test_a_lot_without_a_ceiling_takes_any_price():
    data = bidder.bid_json(order(items={"price": "9999999999.00"}, parameters=parameters(price_ceiling=None)))
    assert json.loads(data)["price_words"] == "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整"


def test_a_file_that_changes_while_it_is_sealed_is_noticed():
    changing = FILES[1]._replace(open=lambda: io.BytesIO(b"AC1033"))
    with pytest.raises(bidder.NotSealable) as refused:
        sealed(order(files=[changing]))
    assert refused.value.code == "file_changed"


def test_a_file_of_the_disk_is_read(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    read = bidder.document(tmp_path / "a.pdf")
    same = bidder.document_of("a.pdf", b"%PDF")
    with read.open() as file:
        assert (read[:4], file.read()) == (same[:4], b"%PDF")


def test_memory_does_not_grow_with_the_bid():
    peaks = []
    for megabytes in (4, 16):
        stream = replace(order(), files=[zeros(megabytes)])
        tracemalloc.start()
        bidder.seal_into(len, stream)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 500_000 < 12_000_000


def zeros(megabytes):
    """Return a document that is never held whole."""

    class Zeros(io.RawIOBase):
        left = megabytes * 2**20

        def read(self, size=-1):
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    return bidder._document("zeros.bin", Zeros)


# Checking


def check_code(parts, kept):
    with pytest.raises(RuleError) as refused:
        bidder.check(lambda: parts, kept)
    return refused.value.code


def changed_rescue(bid, **changes):
    return replace(rescue.parse(bid.rescue), **changes).text()


def test_a_check_finds_what_would_not_open(bid):
    first, *others = bid.parts
    assert check_code(bid.parts[:-1], bid.rescue) == "root_differs"
    assert check_code([first[:-1] + b"\x00", *others], bid.rescue) == "root_differs"
    assert check_code(bid.parts, changed_rescue(bid, secret=bytes(32))) == "rescue_foreign"
    assert check_code(bid.parts, changed_rescue(bid, envelope=bid.envelope[:-1])) == "envelope_json"


def test_a_check_finds_a_share_that_is_not_the_committed_one():
    done = sealed(order("TB"))
    assert check_code(done.parts, changed_rescue(done, own=bytes(32))) == "share_wrong"
    assert check_code(done.parts, changed_rescue(done, own=b"")) == "share_wrong"


def test_a_check_of_a_withdrawal_is_refused(bid):
    text = envelope.sign(paper.withdrawal(), paper.SIGNER)
    assert check_code(bid.parts, changed_rescue(bid, envelope=text)) == "rescue_foreign"


def test_a_check_gives_the_plaintext_if_asked(bid):
    into = io.BytesIO()
    said = bidder.check(lambda: bid.parts, bid.rescue, into)
    assert content.read(into, tender=paper.TENDER, lot=1, bidder=paper.BIDDER) == said


# Rescue file


def test_a_rescue_file_is_read_back(bid):
    held = rescue.parse(bid.rescue)
    assert held.text() == bid.rescue
    assert rescue.parse(bid.rescue.replace("\n", "\r\n")) == held
    assert held.envelope == bid.envelope
    assert held.recipient == opening.recipient_of(held.secret)
    assert "AGE-SECRET" not in repr(held)


def test_a_bidders_share_is_in_the_file_in_mode_tb_only(bid):
    mode = envelope.parse(bid.envelope).sealed.mode
    assert len(rescue.parse(bid.rescue).own) == {"T": 0, "TB": shares.SHARE_BYTES}[mode]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text + text,
        lambda text: text.replace("AGE-SECRET", "age-secret"),
        lambda text: text.replace("# ptseal envelope", "# envelope"),
        lambda text: text.replace("# ptseal envelope: e", "# ptseal envelope: *"),
        lambda text: text.replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q"),
        lambda text: text + "# ptseal share: AAAA\n# ptseal share: AAAA\n",
    ],
)
def test_a_damaged_rescue_file_is_refused_without_repeating_it(bid, change):
    with pytest.raises(rescue.WrongRescue) as refused:
        rescue.parse(change(bid.rescue))
    assert "SECRET" not in str(refused.value)


def test_a_rescue_file_with_a_wrong_share_is_refused():
    with pytest.raises(rescue.WrongRescue):
        rescue.parse(sealed(order("TB")).rescue.replace("# ptseal share: ", "# ptseal share: 1"))


# Custodians


def wrapped(content_bytes, commit=None, **changes):
    wrap = bidder.encryption.wrap(content_bytes, paper.CUSTODIANS["agency"], paper.chance())
    committed = commit or bidder.hashlib.sha256(content_bytes).digest()
    facts = {"bid": paper.BID, "seq": 1, "set": 0, "commit": paper.text64(committed), "wrap": paper.text64(wrap)}
    return {**facts, **changes}


PLACE = shares.label(paper.TENDER, paper.BID, 1, 0, "agency")


@pytest.mark.parametrize(
    ("wrap", "code"),
    [
        (wrapped(PLACE + bytes(32), wrap="*"), "unreadable"),
        (wrapped(PLACE + bytes(32), wrap=paper.text64(b"age")), "unreadable"),
        (wrapped(PLACE + bytes(32), set=1), "foreign"),
        (wrapped(PLACE + bytes(32), seq=2), "foreign"),
        (wrapped(PLACE + bytes(31)), "foreign"),
        (wrapped(PLACE + bytes(33)), "foreign"),
        (wrapped(b"\xff" * 40), "foreign"),
        (wrapped(b""), "foreign"),
        (wrapped(PLACE + bytes(32), commit=bytes(32)), "commit"),
    ],
)
def test_a_wrap_that_gives_no_share_is_named(wrap, code):
    identity = age.encode_identity(paper.SECRETS["agency"])
    good = wrapped(PLACE + bytes(32))
    assert custodian.open_wraps([wrap, good], "agency", identity) == {
        "holder": "agency",
        "shares": [{"bid": paper.BID, "set": 0, "share": paper.text64(bytes(32))}],
        "bad": [{"bid": paper.BID, "set": wrap["set"], "code": code}],
    }


def test_a_bid_that_hides_two_archives_is_not_read_twice_differently():
    twice = packed() + packed()
    with pytest.raises(archive.WrongArchive):
        archive.members(io.BytesIO(twice))
