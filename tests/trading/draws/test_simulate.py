"""`manage.py draw simulate`, as anybody runs it."""

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
    ("options", "code"),
    [
        (("--seed", "00", "--suite", "sha256"), "bad_hex"),
        (("--seed", "00" * 32, "--suite", "md5"), "bad_suite"),
        (("--seed", "00" * 32), "bad_options"),
        (("--suite", "sm3"), "bad_options"),
    ],
)
def test_bad_options_print_their_code(simulate, options, code):
    with pytest.raises(CommandError, match=rf"^{code}: "):
        simulate("--json", *options)


def test_a_missing_file_is_named():
    with pytest.raises(CommandError, match=r"^unreadable: "):
        call_command("draw", "simulate", "--candidates", "/nowhere", "--seed", "00" * 32, "--suite", "sm3")
