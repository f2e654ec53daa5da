"""The commit record, the sources and the beacons: every malformed one is refused by its code."""

import hashlib
import json
from pathlib import Path

import pytest

from trading.draws import beacon, candidates, drand, record, sources, wire
from trading.draws.wire import Malformed

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
EXAMPLE = json.loads((VECTORS / "ggzy_draw_1_example.json").read_text())["enterprise_sha256"]
BEACONS = json.loads((VECTORS / "drand_beacons.json").read_text())
HASH = "ab" * 32
CHAIN = drand.QUICKNET.hash
LIBRARY = {"root": HASH, "n": 3000, "at": "2026-11-21"}


def example():
    return json.loads(EXAMPLE["commit_canonical"])


def changed(**members):
    return {**example(), **members}


def commit_of(sources_):
    return record.check_commit(changed(sources=sources_, min_reveals=0))


def code_of(call, *arguments):
    with pytest.raises(Malformed) as refused:
        call(*arguments)
    return refused.value.code


def contribution(who="operator", c=HASH):
    return {"kind": "commit", "who": who, "c": c}


DRAND = {"kind": "drand", "chain": CHAIN, "round": 1000}
DICE = {"kind": "physical", "digits": 20}
SSQ = {"kind": "cwl-ssq", "issue": "2026134"}
NIST = {"kind": "nist", "time": "2026-11-22T08:00:00.000Z"}


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (DRAND, "drand:1000"),
        (DICE, "physical:20"),
        (SSQ, "cwl-ssq:2026134"),
        (NIST, "nist:2026-11-22T08:00:00.000Z"),
    ],
)
def test_every_beacon_has_its_label(given, label):
    assert commit_of([contribution(), given]).labels == ("commit:operator", label)


def test_a_record_with_every_optional_member_is_read():
    given = changed(
        project="GGZY-DEMO-2026-0001",
        prev=HASH,
        library=LIBRARY,
        kd=HASH,
        skip_cap=3,
        rule={"id": "r", "sha": HASH},
        caps=[{"by": "group", "max": 1}],
    )
    commit = record.read_commit(wire.canonical(given))
    assert (commit.draw_id, commit.min_reveals, commit.caps[0].most) == ("GGZY-DEMO-2026-0001/enterprise/1", 2, 1)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"v": "ggzy-draw/2"}, "bad_record"),
        ({"suite": "md5"}, "bad_suite"),
        ({"suite": ["sha256"]}, "bad_suite"),
        ({"extra": 1}, "bad_record"),
        ({"seq": 0}, "bad_record"),
        ({"seq": 2}, "bad_record"),
        ({"seq": True}, "bad_record"),
        ({"draw_id": 7}, "bad_record"),
        ({"purpose": "expert"}, "bad_record"),
        ({"project": "OTHER"}, "bad_record"),
        ({"project": 7, "draw_id": "7/enterprise/1"}, "bad_record"),
        ({"project": "", "draw_id": "/enterprise/1"}, "bad_record"),
        ({"purpose": "a/b", "draw_id": "GGZY-DEMO-2026-0001/a/b/1", "project": "GGZY-DEMO-2026-0001"}, "bad_record"),
        ({"rule": ""}, "bad_record"),
        ({"rule": 7}, "bad_record"),
        ({"rule": {"id": "r"}}, "bad_record"),
        ({"rule": {"id": 7, "sha": HASH}}, "bad_record"),
        ({"rule": {"id": "r", "sha": HASH.upper()}}, "bad_hex"),
        ({"prev": 7}, "bad_hex"),
        ({"prev": "ab"}, "bad_hex"),
        ({"kd": "secret"}, "bad_hex"),
        ({"skip_cap": -1}, "bad_record"),
        ({"skip_cap": True}, "bad_record"),
        ({"library": []}, "bad_record"),
        ({"library": {"root": HASH, "n": 3}}, "bad_record"),
        ({"library": {**LIBRARY, "n": 0}}, "bad_record"),
        ({"library": {**LIBRARY, "root": "ab"}}, "bad_hex"),
        ({"library": {**LIBRARY, "at": "yesterday"}}, "bad_record"),
        ({"library": {**LIBRARY, "at": 20261121}}, "bad_record"),
        ({"list": {"n": 12, "root": HASH}}, "bad_record"),
        ({"list": {"n": -1, "root": HASH, "sha": HASH}}, "bad_record"),
        ({"list": {"n": 12, "root": HASH, "sha": HASH.upper()}}, "bad_hex"),
        ({"list": {"n": 12, "root": HASH, "sha": "ab"}}, "bad_hex"),
        ({"excl": []}, "bad_record"),
        ({"plan": []}, "bad_plan"),
        ({"plan": {}}, "bad_plan"),
        ({"plan": [{"st": "ALL", "k": 1}]}, "bad_plan"),
        ({"plan": [{"st": "ALL", "k": 0, "alt": 0}]}, "bad_plan"),
        ({"plan": [{"st": "all", "k": 1, "alt": 0}]}, "bad_plan"),
        ({"plan": [{"st": 1, "k": 1, "alt": 0}]}, "bad_plan"),
        ({"plan": [{"st": "ALL", "k": 1, "alt": 0}] * 2}, "bad_plan"),
        ({"caps": {}}, "bad_caps"),
        ({"caps": [{"by": "group"}]}, "bad_caps"),
        ({"caps": [{"by": "employer", "max": 1}]}, "bad_caps"),
        ({"caps": [{"by": "group", "max": 0}]}, "bad_caps"),
        ({"sources": {}}, "bad_sources"),
        ({"sources": [], "min_reveals": 0}, "bad_sources"),
        ({"sources": ["x"]}, "bad_sources"),
        ({"sources": [DRAND, contribution()]}, "bad_sources"),
        ({"sources": [contribution(), contribution(), DRAND]}, "bad_sources"),
        ({"sources": [contribution(who="a b"), DRAND]}, "bad_sources"),
        ({"sources": [contribution(c="00"), DRAND]}, "bad_hex"),
        ({"sources": [contribution(), DRAND, DRAND]}, "bad_sources"),
        ({"sources": [contribution(), {"kind": "physical", "digits": 19}]}, "bad_beacon"),
        ({"sources": [contribution(), {"kind": "physical", "digits": 20.0}]}, "bad_beacon"),
        ({"sources": [contribution(), {"kind": "moon"}]}, "bad_beacon"),
        ({"sources": [contribution(), {"kind": ["drand"]}]}, "bad_beacon"),
        ({"sources": [contribution(), {"kind": "drand", "round": 1000}]}, "bad_beacon"),
        ({"sources": [contribution(), {**DRAND, "round": 0}]}, "bad_beacon"),
        ({"sources": [contribution(), {**DRAND, "chain": "x"}]}, "bad_hex"),
        ({"sources": [contribution(), {"kind": "cwl-ssq", "issue": "26134"}]}, "bad_beacon"),
        ({"sources": [contribution(), {"kind": "nist", "time": 1}]}, "bad_beacon"),
        ({"min_reveals": 4}, "bad_record"),
        ({"min_reveals": "2"}, "bad_record"),
        ({"sources": [contribution()], "min_reveals": 0}, "bad_record"),
    ],
)
def test_a_malformed_record_is_refused(members, code):
    assert code_of(record.check_commit, changed(**members)) == code


def test_a_record_without_a_member_or_not_an_object_is_refused():
    given = example()
    del given["excl"]
    assert code_of(record.check_commit, given) == "bad_record"
    assert code_of(record.check_commit, []) == "bad_record"


@pytest.mark.parametrize("member", ["n", "root", "sha"])
def test_another_list_than_the_committed_one_is_refused(member):
    commit = record.check_commit(example())
    raw = "".join(f"{line}\n" for line in EXAMPLE["list_lines"]).encode()
    frozen = candidates.parse_list(raw, "sha256")
    commit.record["list"][member] = 11 if member == "n" else HASH
    assert code_of(record.check_list, commit, frozen) == "list_mismatch"


def present(label, value):
    return sources.Source(label, present=True, value=value)


def test_a_typed_contribution_counts_as_its_digits():
    digits = b"0123456789" * 4
    c = sources.commitment("sha256", "GGZY-DEMO-2026-0001/enterprise/1", "operator", digits).hex()
    commit = commit_of([contribution(c=c), DICE])
    sources.check(commit, [present("commit:operator", digits), present("physical:20", b"0" * 20)])


@pytest.mark.parametrize("nonce", [b"", b"x" * 31, b"1" * 39, b"1" * 39 + b"x"])
def test_a_contribution_of_another_form_is_refused(nonce):
    assert code_of(sources.commitment, "sha256", "a/b/1", "operator", nonce) == "bad_nonce"


def test_no_two_contributors_or_draws_share_a_commitment():
    made = {
        sources.commitment(suite, draw_id, who, bytes(32))
        for suite in wire.SUITES
        for draw_id in ("a/b/1", "a/b/2")
        for who in ("operator", "supervisor")
    }
    assert len(made) == 8


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([], "wrong_sources"),
        ([present("drand:1000", bytes(32)), present("commit:operator", bytes(32))], "wrong_sources"),
        ([present("commit:operator", bytes(32)), present("drand:1001", bytes(32))], "wrong_sources"),
        ([present("commit:operator", bytes(32)), present("drand:1000", bytes(32))], "commitment_mismatch"),
        (
            [sources.Source("commit:operator", present=False, value=b"x"), present("drand:1000", bytes(32))],
            "bad_sources",
        ),
        (
            [sources.Source("commit:operator", present=False), sources.Source("drand:1000", present=False)],
            "beacon_missing",
        ),
        ([sources.Source("commit:operator", present=False), present("drand:1000", bytes(31))], "bad_beacon_value"),
    ],
)
def test_other_sources_than_the_committed_ones_are_refused(given, code):
    assert code_of(sources.check, commit_of([contribution(), DRAND]), given) == code


def test_too_few_reveals_are_refused():
    commit = record.check_commit(changed(sources=[contribution(), DRAND], min_reveals=1))
    given = [sources.Source("commit:operator", present=False), present("drand:1000", bytes(32))]
    assert code_of(sources.check, commit, given) == "too_few_reveals"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "bad_sources"),
        (["x"], "bad_sources"),
        ([{"label": "a", "status": 1}], "bad_sources"),
        ([{"label": "a", "status": 1, "value": "", "more": 1}], "bad_sources"),
        ([{"label": 1, "status": 1, "value": ""}], "bad_sources"),
        ([{"label": "a", "status": True, "value": ""}], "bad_sources"),
        ([{"label": "a", "status": 2, "value": ""}], "bad_sources"),
        ([{"label": "a", "status": 1, "value": "0g"}], "bad_hex"),
        ([{"label": "a", "status": 1, "value": "AB"}], "bad_hex"),
        ([{"label": "a", "status": 1, "value": "abc"}], "bad_hex"),
        ([{"label": "a", "status": 1, "value": 7}], "bad_hex"),
        ([{"label": "a", "status": 0, "value": "ab"}], "bad_sources"),
    ],
)
def test_malformed_sources_are_refused(value, code):
    assert code_of(sources.read, value) == code


def test_sources_are_written_as_they_are_read():
    given = [{"label": "a", "status": 1, "value": "ab"}, {"label": "b", "status": 0, "value": ""}]
    assert sources.write(sources.read(given)) == given


@pytest.mark.parametrize(
    ("label", "value", "well_formed"),
    [
        ("physical:20", b"00000000000000000001", True),
        ("physical:20", b"1", False),
        ("physical:20", b"0000000000000000000x", False),
        ("physical:20", "٠١٢٣٤٥٦٧٨٩".encode(), False),
        ("cwl-ssq:2026134", b"1.5.9.12.20.33./7./", True),
        ("cwl-ssq:2026134", b"5.1.9.12.20.33./7./", False),
        ("cwl-ssq:2026134", b"1.1.9.12.20.33./7./", False),
        ("cwl-ssq:2026134", b"1.5.9.12.20.34./7./", False),
        ("cwl-ssq:2026134", b"1.5.9.12.20.33./17./", False),
        ("cwl-ssq:2026134", b"01.5.9.12.20.33./7./", False),
        ("nist:2026-11-22T08:00:00.000Z", bytes(64), True),
        ("nist:2026-11-22T08:00:00.000Z", bytes(63), False),
    ],
)
def test_a_beacon_s_value_has_one_form(label, value, well_formed):
    if well_formed:
        beacon.check_value(label, value)
    else:
        assert code_of(beacon.check_value, label, value) == "bad_beacon_value"


def test_a_lottery_draw_in_the_form_of_rfc_3797():
    assert beacon.ssq_value([33, 5, 9, 12, 20, 1], 7) == b"1.5.9.12.20.33./7./"


@pytest.mark.parametrize("given", [one for one in BEACONS["beacons"] if "bn254" not in one["scheme"]])
def test_drand_vectors(given):
    chain = drand.Chain("", given["scheme"], given["public_key"], 0, 3)
    of = drand.Round(given["round"], given["signature"], given["previous_signature"], given.get("randomness", ""))
    if given["valid"]:
        randomness = hashlib.sha256(bytes.fromhex(given["signature"])).digest()
        assert drand.verify(chain, of, given["round"]) == randomness
    else:
        assert code_of(drand.verify, chain, of, given["round"]) in {"bad_signature", "bad_beacon_shape"}


ROUND = next(one for one in BEACONS["beacons"] if one["round"] == 1000)


@pytest.mark.parametrize(
    ("facts", "expected", "code"),
    [
        ({}, 1001, "wrong_round"),
        ({"previous_signature": "ab"}, 1000, "bad_beacon_shape"),
        ({"randomness": "ab" * 32}, 1000, "bad_randomness"),
        ({"signature": "00" * 48}, 1000, "bad_signature"),
        ({"signature": "xx"}, 1000, "bad_beacon_shape"),
        ({"signature": ROUND["signature"][:-2]}, 1000, "bad_signature"),
    ],
)
def test_another_round_is_refused(facts, expected, code):
    given = drand.Round(**{"number": 1000, "signature": ROUND["signature"], **facts})
    assert code_of(drand.verify, drand.QUICKNET, given, expected) == code


def test_a_chained_round_without_the_previous_signature_is_refused():
    chained = next(one for one in BEACONS["beacons"] if one["scheme"] == "pedersen-bls-chained")
    chain = drand.Chain("", chained["scheme"], chained["public_key"], 0, 30)
    given = drand.Round(chained["round"], chained["signature"])
    assert code_of(drand.verify, chain, given, chained["round"]) == "bad_beacon_shape"


def test_a_scheme_that_cannot_be_verified_is_refused():
    chain = drand.Chain("", "bls-bn254-unchained-on-g1", "", 0, 3)
    assert code_of(drand.verify, chain, drand.Round(16, ""), 16) == "unknown_scheme"


def test_the_pinned_chain_is_quicknet_and_a_round_names_its_moment():
    pinned = BEACONS["quicknet"]
    assert (drand.QUICKNET.hash, drand.QUICKNET.public_key) == (pinned["chain_hash"], pinned["public_key"])
    assert drand.QUICKNET.round_time(1) == pinned["genesis_time"]
    assert drand.QUICKNET.round_time(1000) == pinned["genesis_time"] + 999 * pinned["period"]
    assert drand.QUICKNET.first_round_after(pinned["genesis_time"]) == 2
    assert drand.QUICKNET.first_round_after(0) == 1
