"""The selector and the bytes below it: published vectors, our worked example, and properties."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.draws import candidates, leaves, record, selector, sources, wire
from trading.draws.candidates import Candidate
from trading.draws.selector import Cap, Quota
from trading.draws.wire import Malformed

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
EXAMPLE = json.loads((VECTORS / "ggzy_draw_1_example.json").read_text())["enterprise_sha256"]
LIST_FILE = "".join(f"{line}\n" for line in EXAMPLE["list_lines"]).encode()
SEED = bytes(range(32))
IDS = st.lists(st.from_regex(r"[0-9A-Za-z._:-]{1,12}", fullmatch=True), min_size=1, max_size=30, unique=True)


def vectors(name):
    return json.loads((VECTORS / name).read_text())


def example_sources(case):
    values = {f"commit:{who}": nonce for who, nonce in EXAMPLE["nonces"].items()}
    values["drand:1000"] = EXAMPLE["beacon"]["randomness"]
    if case == "bidder_absent":
        del values["commit:bidder:DEMO00000000000003"]
    commit = record.read_commit(EXAMPLE["commit_canonical"].encode())
    return [sources.Source(label, label in values, bytes.fromhex(values.get(label, ""))) for label in commit.labels]


@pytest.mark.parametrize("case", vectors("hmac_sha256_rfc4231.json")["cases"])
def test_hmac_sha256_vectors(case):
    key, message = bytes.fromhex(case["key"]), bytes.fromhex(case["msg"])
    assert wire.mac("sha256", key, message).hex() == case["mac"]
    assert selector._answer(*wire.keyed("sha256", key, b""), message).hex() == case["mac"]


@pytest.mark.parametrize("case", vectors("sm3_and_hmac_sm3.json")["hmac_sm3"])
def test_hmac_sm3_vectors(case):
    key, message = bytes.fromhex(case["key"]), bytes.fromhex(case["msg"])
    assert wire.mac("sm3", key, message).hex() == case["mac"]
    assert selector._answer(*wire.keyed("sm3", key, b""), message).hex() == case["mac"]


@pytest.mark.parametrize("case", vectors("sm3_and_hmac_sm3.json")["sm3"])
def test_sm3_vectors(case):
    assert wire.digest("sm3", bytes.fromhex(case["msg"])).hex() == case["digest"]


@pytest.mark.parametrize("case", vectors("hkdf_rfc5869.json")["cases"])
def test_hkdf_vectors(case):
    key = wire.hkdf_extract(case["hash"], bytes.fromhex(case["salt"]), bytes.fromhex(case["ikm"]))
    output = wire.hkdf_expand(case["hash"], key, bytes.fromhex(case["info"]), case["L"])
    assert (key.hex(), output.hex()) == (case["prk"], case["okm"])


def test_the_worked_example_s_list_and_commit_record():
    frozen = candidates.parse_list(LIST_FILE, "sha256")
    commit = record.read_commit(EXAMPLE["commit_canonical"].encode())
    record.check_list(commit, frozen)
    assert commit.hash.hex() == EXAMPLE["commit_hash"]
    assert candidates.exclusion_facts(b"", "sha256") == commit.record["excl"]


@pytest.mark.parametrize("case", ["all_present", "bidder_absent"])
def test_the_worked_example_in_every_figure(case):
    expected, given = EXAMPLE["results"][case], example_sources(case)
    commit = record.read_commit(EXAMPLE["commit_canonical"].encode())
    frozen = candidates.parse_list(LIST_FILE, "sha256")
    seed = sources.seed(commit, given)
    ranking = selector.rank("sha256", seed, frozen.candidates)
    chosen = selector.select(ranking, frozen.candidates, commit.plan, commit.caps)
    assert sources.material(given).hex() == expected["ikm"]
    assert seed.hex() == expected["seed"]
    assert [[selector.ticket_of(slip), selector.ident_of(slip)] for slip in ranking] == expected["ranking"]
    assert chosen.seated == ((expected["winner"], "ALL"),)
    assert [ident for ident, _ in chosen.alternates] == [ident for _, ident in expected["ranking"][1:4]]
    assert chosen.alternates[0][0] == expected["first_supplement"]
    assert chosen.events == ()


@pytest.mark.parametrize("suite", wire.SUITES)
def test_a_ticket_is_one_plain_hmac(suite):
    plain = hmac.digest(SEED, b"ggzy-draw/1/ticket\0" + bytes(4) + b"A1", suite)
    assert selector.ticket(suite, SEED, "A1") == plain
    assert selector.rank(suite, SEED, [Candidate("A1", ("ALL",))]) == [plain + b"A1"]


def test_a_weight_is_that_many_sub_tickets():
    plain = [
        hmac.digest(SEED, b"ggzy-draw/1/ticket\0" + turn.to_bytes(4, "big") + b"A1", "sha256") for turn in range(5)
    ]
    light = [Candidate(f"B{number}", ("ALL",)) for number in range(9)]
    ranking = selector.rank("sha256", SEED, [Candidate("A1", ("ALL",), 5), *light])
    assert min(plain) + b"A1" in ranking
    assert ranking == sorted(ranking)


@given(IDS, st.randoms(use_true_random=False), st.sampled_from(wire.SUITES))
def test_the_order_of_the_list_does_not_matter(ids, chance, suite):
    listed = [Candidate(ident, ("ALL",)) for ident in ids]
    shuffled = chance.sample(listed, len(listed))
    assert selector.rank(suite, SEED, shuffled) == selector.rank(suite, SEED, listed)


@given(IDS, st.data())
def test_removing_one_candidate_leaves_the_others_in_order(ids, data):
    gone = data.draw(st.sampled_from(ids))
    before = selector.order("sha256", SEED, [ident.encode() for ident in ids])
    after = selector.order("sha256", SEED, [ident.encode() for ident in ids if ident != gone])
    assert after == [slip for slip in before if selector.ident_of(slip) != gone]


@given(IDS, st.integers(1, 4), st.integers(0, 3), st.integers(1, 2))
def test_the_supplementary_walk_is_the_draw_from_scratch_without_the_skipped(ids, k, alt, cap):
    groups = ["g1", "g2", "-"]
    listed = [Candidate(ident, ("A", "B") if len(ident) % 2 else ("A",), 1, groups[len(ident) % 3]) for ident in ids]
    plan, caps = [Quota("A", k, alt), Quota("B", k, alt)], [Cap("group", cap)]
    ranking, skipped = selector.rank("sha256", SEED, listed), set()
    while (chosen := selector.select(ranking, listed, plan, caps, skipped)).seated:
        skipped.add(chosen.seated[0][0])
        left = [one for one in listed if one.id not in skipped]
        fresh = selector.select(selector.rank("sha256", SEED, left), left, plan, caps)
        assert selector.select(ranking, listed, plan, caps, skipped) == fresh


def test_seats_caps_and_short_in_plan_order():
    listed = [
        Candidate("A", ("X",), 1, "g"),
        Candidate("B", ("X", "Y"), 1, "g"),
        Candidate("C", ("Y",), 1, "-"),
        Candidate("D", ("X",), 1, "-"),
    ]
    ranking = [bytes([number]) * 32 + one.id.encode() for number, one in enumerate(listed)]
    chosen = selector.select(ranking, listed, [Quota("X", 2, 1), Quota("Y", 2, 1)], [Cap("group", 1)])
    assert chosen == selector.Selection(
        seated=(("A", "X"), ("D", "X"), ("C", "Y")),
        alternates=(),
        events=(
            {"event": "CAP_group", "id": "B", "stratum": "X"},
            {"event": "CAP_group", "id": "B", "stratum": "Y"},
            {"event": "short", "missing": 1, "stratum": "Y"},
        ),
    )


def test_the_alternates_are_those_who_follow():
    listed = [Candidate(ident, ("ALL",)) for ident in "ABCDE"]
    ranking = [bytes([number]) * 32 + one.id.encode() for number, one in enumerate(listed)]
    first = selector.select(ranking, listed, [Quota("ALL", 1, 2)])
    second = selector.select(ranking, listed, [Quota("ALL", 1, 2)], disposed={"A"})
    assert (first.seated, first.alternates) == ((("A", "ALL"),), (("B", "ALL"), ("C", "ALL")))
    assert (second.seated, second.alternates) == ((("B", "ALL"),), (("C", "ALL"), ("D", "ALL")))


@given(st.lists(st.binary(max_size=80), max_size=40), st.sampled_from(wire.SUITES))
def test_the_merkle_root_is_that_of_rfc_6962(items, suite):
    def root(part):
        if len(part) == 1:
            return wire.digest(suite, b"\0" + part[0])
        half = 1 << (len(part) - 1).bit_length() - 1
        return wire.digest(suite, b"\1" + root(part[:half]) + root(part[half:]))

    assert wire.merkle_root(suite, items) == (root(items) if items else wire.digest(suite, b""))


def test_the_list_is_written_sorted():
    raw = candidates.write_list([Candidate("b", ("ALL",), 3, "g"), Candidate("B", ("A", "ALL"))])
    assert raw == b"B\tA,ALL\t1\t-\nb\tALL\t3\tg\n"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"B\tALL\t1\t-\nA\tALL\t1\t-\n", "unsorted"),
        (b"A\tALL\t1\t-\nA\tALL\t2\t-\n", "duplicate"),
        (b"A\tALL\t1\t-", "bad_line"),
        (b"A\tALL\t1\t-\n\n", "bad_line"),
        (b"A\tALL\t1\t-\r\n", "bad_line"),
        (b"\xef\xbb\xbfA\tALL\t1\t-\n", "bad_line"),
        (b"A\tALL\t0\t-\n", "bad_line"),
        (b"A\tALL\t01\t-\n", "bad_line"),
        (b"A\tALL\t1001\t-\n", "bad_line"),
        (b"A\tall\t1\t-\n", "bad_line"),
        (b"A\tB,A\t1\t-\n", "bad_line"),
        (b"A\tA,A\t1\t-\n", "bad_line"),
        (b"A\tALL\t1\n", "bad_line"),
        (b"A B\tALL\t1\t-\n", "bad_line"),
        (b"A" * 65 + b"\tALL\t1\t-\n", "bad_line"),
    ],
)
def test_a_list_file_has_one_form(raw, code):
    with pytest.raises(Malformed) as refused:
        candidates.parse_list(raw, "sha256")
    assert refused.value.code == code


def test_exclusions_are_written_sorted_and_read_back():
    proof = hashlib.sha256(b"x").hexdigest()
    given = [candidates.Exclusion("B", "E02", proof), candidates.Exclusion("A", "E05", proof)]
    raw = candidates.write_exclusions(given)
    assert raw == f"A\tE05\t{proof}\nB\tE02\t{proof}\n".encode()
    assert candidates.parse_exclusions(raw) == tuple(reversed(given))
    assert candidates.exclusion_facts(raw, "sha256")["n"] == 2


@pytest.mark.parametrize("code", ["E00", "E10", "X01"])
def test_an_exclusion_has_a_listed_code(code):
    with pytest.raises(Malformed):
        candidates.parse_exclusions(f"A\t{code}\t{'0' * 64}\n".encode())


def test_nobody_is_listed_and_excluded():
    listed = [Candidate(ident, ("ALL",)) for ident in "ABC"]
    excluded = [candidates.Exclusion(ident, "E02", "ab" * 32) for ident in "BCD"]
    candidates.check_apart(listed[:1], excluded)
    with pytest.raises(Malformed, match="B, C") as refused:
        candidates.check_apart(listed, excluded)
    assert refused.value.code == "excluded_listed"


def test_an_expert_s_leaf_hides_and_opens():
    key = bytes(range(32))
    attributes = {"strata": ["CIVIL"], "employer": "设计院", "region": "410900"}
    listed = leaves.candidate("sm3", key, "X-1", attributes)
    opening = {"id": listed.id, "salt": leaves.salt("sm3", key, "X-1").hex(), "expert_id": "X-1", "attrs": attributes}
    leaves.check_opening("sm3", opening)
    assert (listed.strata, listed.group, len(listed.id)) == (("CIVIL",), "-", 64)
    assert leaves.key_digest("sm3", key) == wire.tagged_hash("sm3", "kdraw", key)
    with pytest.raises(Malformed):
        leaves.check_opening("sm3", {**opening, "expert_id": "X-2"})
    with pytest.raises(Malformed):
        leaves.key_digest("sm3", b"short")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"a":1.0}', "not_canonical"),
        (b'{"a":null}', "not_canonical"),
        (b'{"a":9007199254740992}', "not_canonical"),
        (b'{"a": 1}', "not_canonical"),
        (b'{"b":1,"a":1}', "not_canonical"),
        (b'{"a":1,"a":1}', "bad_json"),
        (b'{"a":1}\n', "not_canonical"),
        (b'{"a":"\\ud800"}', "not_canonical"),
        ('{"a":"e\u0301"}'.encode(), "not_canonical"),
        ('{"é":1}'.encode(), "not_canonical"),
        (b'{"a":"\\u0041"}', "not_canonical"),
        (b"\xff", "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b"[" * 700 + b"]" * 700, "not_canonical"),
    ],
)
def test_a_record_has_one_form(raw, code):
    with pytest.raises(Malformed) as refused:
        wire.parse_canonical(raw, "It")
    assert refused.value.code == code


def test_canonical_json_keeps_every_character():
    value = {"z": [True, False, {"k": "控\u2028\U0002000b😀\x00"}], "a": -1}
    raw = wire.canonical(value)
    assert wire.parse_canonical(raw, "It") == value
    assert raw == '{"a":-1,"z":[true,false,{"k":"控\u2028\U0002000b😀\\u0000"}]}'.encode()


def test_many_candidates_are_sorted_by_ticket_then_id():
    ids = [f"{number:018d}".encode() for number in range(2000)]
    order = selector.order("sha256", SEED, ids[::-1])
    assert order == sorted(hmac.digest(SEED, b"ggzy-draw/1/ticket\0" + bytes(4) + one, "sha256") + one for one in ids)
