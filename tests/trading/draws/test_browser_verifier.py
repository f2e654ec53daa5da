"""The browser's verifier, run by Node: it agrees with the published vectors, with the selector, and finds forgeries."""

import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.draws import paper
from tests.trading.draws.test_evidence import (
    FORGERIES,
    LIES,
    OPEN_EXPERTS,
    PAPERS,
    SECRET_FORGERIES,
    forged_ledger,
    keep,
    with_an_early_line,
)
from trading.draws import candidates, evidence, selector, sources, wire
from trading.draws.candidates import Candidate
from trading.draws.selector import Cap, Quota

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
SCRIPT = Path(__file__).parent / "browser_verifier.mjs"
NODE = shutil.which("node") or "node"
EXAMPLE = json.loads((VECTORS / "ggzy_draw_1_example.json").read_text())["enterprise_sha256"]
LIST_TEXT = "".join(f"{line}\n" for line in EXAMPLE["list_lines"])
IDS = st.lists(st.from_regex(r"[0-9A-Za-z._:-]{1,12}", fullmatch=True), min_size=1, max_size=20, unique=True)


def answers(*questions):
    done = subprocess.run([NODE, SCRIPT], input=json.dumps(questions), capture_output=True, text=True, check=True)
    return [told.get("answer", told.get("error")) for told in json.loads(done.stdout)]


def vectors(name):
    return json.loads((VECTORS / name).read_text())


def folder_of(of):
    return {name: data.decode() for name, data in evidence.folder(paper.evidence_of(of)).items()}


def test_hashes_agree_with_the_published_vectors():
    macs = [("sha256", case) for case in vectors("hmac_sha256_rfc4231.json")["cases"]]
    macs += [("sm3", case) for case in vectors("sm3_and_hmac_sm3.json")["hmac_sm3"]]
    digests = vectors("sm3_and_hmac_sm3.json")["sm3"]
    asked = [{"ask": "mac", "suite": suite, "key": case["key"], "message": case["msg"]} for suite, case in macs]
    asked += [{"ask": "digest", "suite": "sm3", "message": case["msg"]} for case in digests]
    assert answers(*asked) == [*(case["mac"] for _, case in macs), *(case["digest"] for case in digests)]


@pytest.mark.parametrize("suite", wire.SUITES)
def test_hashes_of_every_length_agree(suite):
    messages = [bytes(length % 251 for _ in range(length)) for length in range(200)]
    asked = [{"ask": "digest", "suite": suite, "message": message.hex()} for message in messages]
    assert answers(*asked) == [wire.digest(suite, message).hex() for message in messages]


@pytest.mark.parametrize("case", ["all_present", "bidder_absent"])
def test_the_worked_example_in_every_figure(case):
    expected = EXAMPLE["results"][case]
    commit = EXAMPLE["commit_canonical"]
    facts = json.loads(commit)["list"]
    shared = {"suite": "sha256", "seed": expected["seed"], "text": LIST_TEXT}
    commit_hash, listed, seed, ranking, ticket = answers(
        {"ask": "commitHash", "suite": "sha256", "text": commit},
        {"ask": "list", "suite": "sha256", "text": LIST_TEXT},
        {"ask": "seed", "suite": "sha256", "commitHash": EXAMPLE["commit_hash"], "material": expected["ikm"]},
        {"ask": "rank", **shared},
        {"ask": "ticket", **shared, "candidate": {"id": expected["winner"], "weight": 1}},
    )
    assert (commit_hash, {name: listed[name] for name in facts}) == (EXAMPLE["commit_hash"], facts)
    assert (seed, ranking, ticket) == (expected["seed"], expected["ranking"], expected["ranking"][0][0])


@settings(max_examples=15, deadline=None)
@given(IDS, st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.sampled_from(wire.SUITES))
def test_ranking_and_walk_agree_with_the_selector(ids, k, alt, cap, suite):
    listed = [
        Candidate(ident, ("A", "B") if len(ident) % 2 else ("A",), 1 + len(ident) % 3, "g" if ident < "a" else "-")
        for ident in ids
    ]
    text, seed = candidates.write_list(listed).decode(), bytes(32)
    ranking = selector.rank(suite, seed, listed)
    chosen = selector.select(ranking, listed, [Quota("A", k, alt), Quota("B", k, alt)], [Cap("group", cap)], ids[:1])
    plan = [{"st": name, "k": k, "alt": alt} for name in "AB"]
    caps = [{"by": "group", "max": cap}]
    facts = {"suite": suite, "seed": seed.hex(), "text": text}
    told, walk = answers(
        {"ask": "rank", **facts}, {"ask": "select", **facts, "plan": plan, "caps": caps, "disposed": ids[:1]}
    )
    assert told == [[selector.ticket_of(slip), selector.ident_of(slip)] for slip in ranking]
    assert walk == {
        "seated": [list(pair) for pair in chosen.seated],
        "alternates": [list(pair) for pair in chosen.alternates],
        "walk_events": list(chosen.events),
    }


@settings(max_examples=5, deadline=None)
@given(st.lists(st.recursive(st.text() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1), st.lists), max_size=30))
def test_canonical_json_agrees(values):
    held = [value for value in values if _allowed(value)]
    asked = [{"ask": "canonical", "value": {"k": value}} for value in held]
    assert answers(*asked) == [wire.canonical({"k": value}).decode() for value in held]


def _allowed(value):
    try:
        wire.canonical({"k": value})
    except wire.Malformed:
        return False
    return True


def test_a_contribution_made_in_the_browser_is_the_server_s():
    facts = {"suite": "sm3", "drawId": "A/enterprise/1", "who": "operator"}
    secret, digits = bytes(range(32)), "0123456789" * 4
    told = answers(
        {"ask": "commitment", **facts, "secret": secret.hex()},
        {"ask": "commitment", **facts, "secret": digits, "typed": True},
        {"ask": "commitment", **facts, "secret": "123", "typed": True},
        {"ask": "newSecret"},
    )
    assert told[0] == sources.commitment("sm3", "A/enterprise/1", "operator", secret).hex()
    assert told[1] == sources.commitment("sm3", "A/enterprise/1", "operator", digits.encode()).hex()
    assert told[2] == "a secret is 32 bytes in hexadecimal, or at least 40 typed digits"
    assert len(bytes.fromhex(told[3])) == 32


def test_true_draws_are_verified():
    told = answers(*({"ask": "verify", "files": folder_of(of)} for of in PAPERS.values()))
    assert [one["ok"] for one in told] == [True] * len(PAPERS), told
    steps = ["files", "record", "list", "ledger", "contributions", "beacon", "seed", "ranking", "seats"]
    assert [[step["step"] for step in one["steps"]] for one in told] == [steps] * len(PAPERS)
    checked = {name: [step["ok"] for step in one["steps"]] for name, one in zip(PAPERS, told, strict=True)}
    assert checked["drand"][5] is None
    assert checked["dice"] == [True] * 9


@pytest.mark.parametrize(
    ("forgeries", "of"), [(FORGERIES, paper.Paper(rehearsal=True)), (SECRET_FORGERIES, OPEN_EXPERTS)]
)
def test_forgeries_with_a_fresh_manifest_are_found(forgeries, of):
    asked = []
    for name, change in forgeries.values():
        files = {key: text.encode() for key, text in folder_of(of).items()}
        files[name] = change(files[name])
        del files["manifest.json"]
        files["manifest.json"] = evidence.manifest(files)
        asked.append({"ask": "verify", "files": {key: data.decode(errors="replace") for key, data in files.items()}})
    told = dict(zip(forgeries, answers(*asked), strict=True))
    assert {name: one["ok"] for name, one in told.items()} == dict.fromkeys(forgeries, False)


def test_a_changed_missing_or_added_file_is_found():
    files = folder_of(paper.Paper())
    others = [{**files, "README.txt": files["README.txt"] + " "}, {**files, "stray": "x"}]
    others += [{name: text for name, text in files.items() if name != gone} for gone in ("list.tsv", "manifest.json")]
    told = answers(*({"ask": "verify", "files": other} for other in others))
    assert [(one["ok"], one["steps"][-1]["step"]) for one in told] == [(False, "files")] * 4


def test_a_log_that_lies_with_its_real_keys_is_found():
    folders = [evidence.folder(forged_ledger(of, change, **facts)) for of, change, facts in LIES.values()]
    asked = [{"ask": "verify", "files": {name: data.decode() for name, data in files.items()}} for files in folders]
    told = dict(zip(LIES, answers(*asked), strict=True))
    assert {name: one["ok"] for name, one in told.items()} == dict.fromkeys(LIES, False)


def test_a_line_that_no_key_explains_gives_no_time():
    folders = [with_an_early_line(evidence.folder(forged_ledger(paper.Paper(), keep, time=time))) for time in (601, 60)]
    asked = [{"ask": "verify", "files": {name: data.decode() for name, data in files.items()}} for files in folders]
    assert [one["ok"] for one in answers(*asked)] == [False, True]


def test_who_passes_over_an_expert_is_told_by_the_reason(monkeypatch):
    cases = [("expert", "S01"), ("clock", "S02"), ("clock", "S01"), ("expert", "S02"), ("site_supervisor", "S04")]
    asked = []
    for role, code in cases:
        monkeypatch.setitem(paper.ROLES, "u:4", role)
        of = dataclasses.replace(paper.committee(skips=1), skipper="u:4", skip_code=code)
        asked.append({"ask": "verify", "files": folder_of(of)})
    assert [one["ok"] for one in answers(*asked)] == [True, True, False, False, False]
