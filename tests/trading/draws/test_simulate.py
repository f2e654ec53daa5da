"""`manage.py draw simulate`, as anybody runs it."""

import hashlib
import hmac
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

VECTORS = Path(__file__).parents[2] / "vectors" / "draw"
EXAMPLE = json.loads((VECTORS / "ggzy_draw_1_example.json").read_text())["enterprise_sha256"]
LIST_FILE = "".join(f"{line}\n" for line in EXAMPLE["list_lines"])
FACTS = json.loads(EXAMPLE["commit_canonical"])["list"]


def example_sources(case="all_present"):
    values = {f"commit:{who}": nonce for who, nonce in EXAMPLE["nonces"].items()}
    if case == "bidder_absent":
        values["commit:bidder:DEMO00000000000003"] = ""
    values["drand:1000"] = EXAMPLE["beacon"]["randomness"]
    return [{"label": label, "status": int(value != ""), "value": value} for label, value in values.items()]


@pytest.fixture
def simulate(tmp_path):
    def run(*options, listed=LIST_FILE, commit=EXAMPLE["commit_canonical"], given=None):
        files = {
            "--candidates": listed,
            "--commit": commit,
            "--sources": json.dumps(given or example_sources(), indent=1),
        }
        arguments = list(options)
        for option, text in files.items():
            if text is not None and (option == "--candidates" or "--seed" not in options):
                path = tmp_path / option
                path.write_text(text)
                arguments += [option, str(path)]
        output = StringIO()
        try:
            call_command("draw", "simulate", *arguments, stdout=output)
        finally:
            run.output = output.getvalue()
        return output.getvalue()

    return run


@pytest.mark.parametrize("case", ["all_present", "bidder_absent"])
def test_the_worked_example(simulate, case):
    expected = EXAMPLE["results"][case]
    assert json.loads(simulate("--json", given=example_sources(case))) == {
        "list": {"n": 12, "sha": FACTS["sha"], "root": FACTS["root"]},
        "commit_hash": EXAMPLE["commit_hash"],
        "seed": expected["seed"],
        "ranking": expected["ranking"],
        "seated": [[expected["winner"], "ALL"]],
        "events": [],
    }


def test_a_seed_ranks_without_seats(simulate):
    expected = EXAMPLE["results"]["all_present"]
    result = json.loads(simulate("--json", "--seed", expected["seed"], "--suite", "sha256"))
    assert (result["ranking"], result["seated"], result["commit_hash"]) == (expected["ranking"], [], None)


def test_sm3_ranks_too(simulate):
    result = json.loads(simulate("--json", "--seed", "00" * 32, "--suite", "sm3"))
    assert sorted(ident for _, ident in result["ranking"]) == [line.split("\t")[0] for line in EXAMPLE["list_lines"]]


def test_without_json_a_table_for_people(simulate):
    lines = simulate().splitlines()
    assert lines[-1] == "seated DEMO00000000000007 ALL"
    assert lines[2].split() == ["1", EXAMPLE["results"]["all_present"]["ranking"][0][0], "DEMO00000000000007"]


def swapped(items):
    return [items[1], items[0], *items[2:]]


LINES = LIST_FILE.splitlines(keepends=True)
CHANGED = {
    "unsorted": ({"listed": "".join(swapped(LINES))}, "unsorted"),
    "duplicate": ({"listed": LIST_FILE + LINES[-1]}, "duplicate"),
    "edited": ({"listed": LIST_FILE.replace("12\tALL", "13\tALL")}, "list_mismatch"),
    "shortened": ({"listed": "".join(LINES[:-1])}, "list_mismatch"),
    "carriage returns": ({"listed": LIST_FILE.replace("\n", "\r\n")}, "bad_line"),
    "a byte order mark": ({"listed": "\ufeff" + LIST_FILE}, "bad_line"),
    "a torn last line": ({"listed": LIST_FILE[:-1]}, "bad_line"),
    "no list": ({"listed": ""}, "list_mismatch"),
    "no object": ({"commit": "[]"}, "bad_record"),
    "no JSON": ({"commit": ""}, "bad_json"),
    "deep nesting": ({"commit": "[" * 600 + "]" * 600}, "not_canonical"),
    "a huge number": ({"commit": EXAMPLE["commit_canonical"].replace('"seq":1', f'"seq":{10**30}')}, "not_canonical"),
    "no end of digits": ({"commit": EXAMPLE["commit_canonical"].replace('"seq":1', f'"seq":{"9" * 5000}')}, "bad_json"),
    "a missing member": ({"commit": EXAMPLE["commit_canonical"].replace('"caps":[],', "")}, "bad_record"),
    "one member more": ({"commit": EXAMPLE["commit_canonical"].replace('{"caps"', '{"bonus":1,"caps"')}, "bad_record"),
    "a member twice": ({"commit": EXAMPLE["commit_canonical"].replace('"seq":1', '"seq":1,"seq":1')}, "bad_json"),
    "another suite": (
        {"commit": EXAMPLE["commit_canonical"].replace('"suite":"sha256"', '"suite":"md5"')},
        "bad_suite",
    ),
    "sources that are no list": ({"given": {"label": "commit:operator"}}, "bad_sources"),
    "upper case": (
        {"given": [{**source, "value": source["value"].upper()} for source in example_sources()]},
        "bad_hex",
    ),
    "spaces": ({"commit": json.dumps(json.loads(EXAMPLE["commit_canonical"]), ensure_ascii=False)}, "not_canonical"),
    "newline": ({"commit": EXAMPLE["commit_canonical"] + "\n"}, "not_canonical"),
    "float": ({"commit": EXAMPLE["commit_canonical"].replace('"k":1', '"k":1.0')}, "not_canonical"),
    "order": ({"given": swapped(example_sources())}, "wrong_sources"),
    "missing": ({"given": example_sources()[:-1]}, "wrong_sources"),
    "label": ({"given": [{**example_sources()[0], "label": "commit:other"}, *example_sources()[1:]]}, "wrong_sources"),
    "nonce": ({"given": [{**example_sources()[0], "value": "00" * 32}, *example_sources()[1:]]}, "commitment_mismatch"),
    "hex": ({"given": [{**example_sources()[0], "value": "zz"}, *example_sources()[1:]]}, "bad_hex"),
    "absent value": ({"given": [{**example_sources()[0], "status": 0}, *example_sources()[1:]]}, "bad_sources"),
    "no beacon": (
        {"given": [*example_sources()[:-1], {"label": "drand:1000", "status": 0, "value": ""}]},
        "beacon_missing",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_bad_input_prints_its_code_and_nothing_else(simulate, name):
    facts, code = CHANGED[name]
    with pytest.raises(CommandError, match=rf"^{code}: ") as refused:
        simulate("--json", **facts)
    assert (refused.value.returncode, simulate.output) == (1, "")


@pytest.mark.parametrize(
    ("options", "code", "status"),
    [
        (("--seed", "00", "--suite", "sha256"), "bad_hex", 1),
        (("--seed", "AB" * 32, "--suite", "sha256"), "bad_hex", 1),
        (("--seed", "0g" * 32, "--suite", "sha256"), "bad_hex", 1),
        (("--seed", "00" * 32, "--suite", "md5"), "bad_suite", 1),
        (("--seed", "00" * 32, "--suite", "SM3"), "bad_suite", 1),
        (("--seed", "00" * 32), "bad_options", 2),
        (("--suite", "sm3"), "bad_options", 2),
    ],
)
def test_bad_options_print_their_code(simulate, options, code, status):
    with pytest.raises(CommandError, match=rf"^{code}: ") as refused:
        simulate("--json", *options)
    assert (refused.value.returncode, simulate.output) == (status, "")


def test_one_candidate_and_more_seats_than_candidates(simulate):
    """The tickets are HMAC-SHA256(seed, "ggzy-draw/1/ticket" 00 ‖ u32(j) ‖ id), the least of `weight` of them."""
    seed = bytes(range(32))
    tickets = [
        hmac.digest(seed, b"ggzy-draw/1/ticket\0" + bytes([0, 0, 0, j]) + b"a.B_c:1-", "sha256") for j in range(3)
    ]
    result = json.loads(simulate("--json", "--seed", seed.hex(), "--suite", "sha256", listed="a.B_c:1-\tALL\t3\t-\n"))
    assert result["ranking"] == [[min(tickets).hex(), "a.B_c:1-"]]
    greedy = EXAMPLE["commit_canonical"].replace('"k":1', '"k":20')
    c = {who: commitment_of(who, nonce) for who, nonce in EXAMPLE["nonces"].items()}
    assert all(value in greedy for value in c.values())
    told = json.loads(simulate("--json", commit=greedy))
    assert ([ident for ident, _ in told["seated"]], told["events"]) == (
        [ident for _, ident in told["ranking"]],
        [{"event": "short", "missing": 8, "stratum": "ALL"}],
    )


def commitment_of(who, nonce):
    """Return H(T("contrib") ‖ LV(draw_id) ‖ LV(who) ‖ LV(nonce)), written out."""
    parts = (b"GGZY-DEMO-2026-0001/enterprise/1", who.encode(), bytes.fromhex(nonce))
    sized = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(b"ggzy-draw/1/contrib\0" + sized).hexdigest()


def test_a_folder_instead_of_a_file_is_named(simulate, tmp_path):
    with pytest.raises(CommandError, match=r"^unreadable: ") as refused:
        call_command("draw", "simulate", "--candidates", str(tmp_path), "--seed", "00" * 32, "--suite", "sm3")
    assert refused.value.returncode == 1


def test_a_missing_file_is_named():
    with pytest.raises(CommandError, match=r"^unreadable: "):
        call_command("draw", "simulate", "--candidates", "/nowhere", "--seed", "00" * 32, "--suite", "sm3")
