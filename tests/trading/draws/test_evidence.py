"""The evidence folder and its verifier: the truth gives 0, any changed byte 1, a missing file 2."""

import dataclasses
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest

from tests.trading.draws import paper
from trading.draws import evidence, verify_draw, wire
from trading.draws.candidates import Candidate, Exclusion, write_exclusions
from trading.ledger import notes

EVERY = 97  # every so many bytes of a file one is changed; all of them take minutes
STRATA = [
    Candidate(
        f"X{number:03d}", ("A", "B") if number % 3 else ("B",), 1 + number % 4, f"g{number % 5}" if number % 2 else "-"
    )
    for number in range(60)
]
PAPERS = {
    "dice": paper.Paper(),
    "drand": paper.Paper(beacon=paper.DRAND),
    "lottery": paper.Paper(beacon=paper.SSQ),
    "sm3": paper.Paper(suite="sm3"),
    "absent": paper.Paper(absent=("bidder:DEMO0001",)),
    "rehearsal": paper.Paper(rehearsal=True),
    "second": paper.Paper(seq=3),
    "of a lot announced again": paper.Paper(replaced=True),
    "second of a lot announced again": paper.Paper(replaced=True, seq=2),
    "skipped": paper.Paper(skips=2),
    "strata": paper.Paper(
        listed=STRATA,
        plan=[{"st": "B", "k": 3, "alt": 2}, {"st": "A", "k": 3, "alt": 4}, {"st": "C", "k": 1, "alt": 0}],
        caps=[{"by": "group", "max": 1}],
        skips=1,
        exclusions=write_exclusions([Exclusion("X999", "E02", "ab" * 32)]),
    ),
    "experts in secret": paper.committee(skips=1),
    "experts in the open": paper.committee(skips=2, opened=True),
    "experts again": paper.committee(seq=2, opened=True, beacon=paper.DRAND),
}
OPEN_EXPERTS = paper.committee(skips=1, opened=True)


def opened(change):
    """Return a change of the openings."""
    return lambda raw: wire.canonical(change(json.loads(raw)))


SECRET_FORGERIES = {
    "another salt": ("events/0002.sealed", lambda raw: b"0" * 64 + raw[64:]),
    "another entry sealed": ("events/0002.json", lambda raw: raw.replace(b"u:1", b"u:2")),
    "an entry of another type": (
        "events/0002.sealed",
        lambda raw: raw.replace(b"sealed.entry", b"draw.contributed"),
    ),
    "another expert": ("openings.json", opened(lambda rows: [{**rows[0], "expert_id": "E0099"}, *rows[1:]])),
    "other attributes": ("openings.json", opened(lambda rows: [{**rows[0], "attrs": {"strata": ["B"]}}, *rows[1:]])),
    "another salt of a leaf": ("openings.json", opened(lambda rows: [{**rows[0], "salt": "00" * 32}, *rows[1:]])),
    "an opening too few": ("openings.json", opened(lambda rows: rows[1:])),
    "an opening of who was not drawn": (
        "openings.json",
        opened(
            lambda rows: [
                *rows,
                next(one for n in range(12) if (one := paper.opening(n))["id"] not in {row["id"] for row in rows}),
            ]
        ),
    ),
    "openings out of form": ("openings.json", lambda raw: raw.replace(b",", b", ", 1)),
}


def verified(path, *options):
    return verify_draw.main([str(path), *options])


def written(path, of=None, **changed):
    """Write the evidence of a draw on paper, with members replaced."""
    given = paper.evidence_of(of or paper.Paper())
    evidence.write(evidence.folder(dataclasses.replace(given, **changed)), path)
    return path


def remade(path):
    """Write the manifest again, as a forger who knows the format would."""
    files = {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    del files["manifest.json"]
    (path / "manifest.json").write_bytes(evidence.manifest(files))
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An evidence folder that tests read and put back as it was."""
    return written(tmp_path_factory.mktemp("evidence") / "draw", paper.Paper(rehearsal=True, skips=1))


@pytest.mark.parametrize("name", PAPERS)
def test_a_true_draw_is_verified(name, tmp_path, capsys):
    code = verified(written(tmp_path / "e", PAPERS[name]))
    said = capsys.readouterr().out
    assert (code, said.splitlines()[-1][:30]) == (0, "VERIFIED  the result follows; "), said


def test_it_runs_alone_and_says_what_the_draw_was(whole):
    done = subprocess.run(
        [sys.executable, "-I", "-S", verify_draw.__file__, whole], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "VERIFIED  the result follows; REHEARSAL (演练), witness: demonstration"


def test_without_the_bls_library_it_says_so(tmp_path):
    path = written(tmp_path / "e", PAPERS["drand"])
    done = subprocess.run(
        [sys.executable, "-I", "-S", verify_draw.__file__, path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "BLS not checked" in done.stdout


def test_it_is_one_file_of_at_most_300_lines_without_our_code():
    text = Path(verify_draw.__file__).read_text()
    assert len(text.splitlines()) <= 300
    assert "trading" not in text
    assert "django" not in text


def test_every_byte_counts(whole):
    escaped = []
    for path in sorted(one for one in whole.rglob("*") if one.is_file()):
        raw = path.read_bytes()
        for place in range(0, len(raw), EVERY if path.name != "manifest.json" else 13):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ (1 + place % 255)]) + raw[place + 1 :])
            if verified(whole) != 1:
                escaped.append((path.name, place))
        path.write_bytes(raw)
    assert escaped == []
    assert verified(whole) == 0


def test_a_lengthened_or_shortened_file_is_false(whole):
    for path in sorted(one for one in whole.rglob("*") if one.is_file()):
        raw = path.read_bytes()
        for other in (raw + b"\n", raw[:-1], b""):
            path.write_bytes(other)
            assert verified(whole) == (1 if other != raw else 0), path
        path.write_bytes(raw)


def test_a_missing_file_is_incomplete(whole):
    for path in sorted(one for one in whole.rglob("*") if one.is_file()):
        raw = path.read_bytes()
        path.unlink()
        assert verified(whole) == 2, path
        path.write_bytes(raw)


def test_a_file_that_the_manifest_does_not_name_is_false(whole):
    stray = whole / "events" / "stray.txt"
    stray.write_text("x")
    assert verified(whole) == 1
    stray.unlink()


def test_no_folder_is_incomplete(whole, tmp_path):
    assert verified(tmp_path / "nowhere") == 2
    assert verified(whole / "commit.json") == 2
    assert verified("\0") == 2


@pytest.mark.parametrize("words", [[], ["--keys"], ["e", "--keys"], ["e", "f"], ["e", "--seed", "00"]])
def test_wrong_usage_exits_2_and_says_how(words, capsys):
    with pytest.raises(SystemExit) as ended:
        verify_draw.main(words)
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err[:21]) == (2, "", "usage: verify_draw.py")


def test_help_says_what_the_exit_codes_mean(capsys):
    with pytest.raises(SystemExit) as ended:
        verify_draw.main(["--help"])
    assert (ended.value.code, "Exit 0: the result follows" in capsys.readouterr().out) == (0, True)


def test_evidence_without_a_needed_file_is_incomplete(tmp_path):
    path = written(tmp_path / "e")
    (path / "ranking.txt").unlink()
    assert verified(remade(path)) == 2


def test_other_keys_than_the_pinned_ones_are_false(whole, tmp_path):
    own = tmp_path / "keys.json"
    own.write_text(paper.keys())
    assert verified(whole, "--keys", str(own)) == 0
    assert verify_draw.main(["--keys", str(own), str(whole)]) == 0
    assert verified(whole, "--keys", str(tmp_path)) == 2
    assert verified(whole, "--keys", str(tmp_path / "nowhere.json")) == 2
    own.write_text(paper.keys().replace('"quorum":1', '"quorum":2'))
    assert verified(whole, "--keys", str(own)) == 1


def turned(path, name, change):
    raw = (path / name).read_bytes()
    (path / name).write_bytes(change(raw))
    assert (path / name).read_bytes() != raw
    return remade(path)


def json_with(**members):
    return lambda raw: wire.canonical({**json.loads(raw), **members})


def first_line_last(raw):
    first, *others = raw.splitlines(keepends=True)
    return b"".join([*others, first])


FORGERIES = {
    "another seed": ("result.json", json_with(seed="00" * 32)),
    "another winner": ("result.json", json_with(seated=[["DEMO0003", "ALL"]])),
    "another draw": ("result.json", json_with(draw_id=f"{paper.STEM}/2")),
    "other alternates": ("result.json", json_with(alternates=[])),
    "no rehearsal": ("result.json", json_with(rehearsal=False)),
    "another ranking": ("ranking.txt", first_line_last),
    "a longer ranking": ("ranking.txt", lambda raw: raw + raw.splitlines(keepends=True)[0]),
    "another list": ("list.tsv", lambda raw: raw.replace(b"DEMO0011", b"DEMO0099")),
    "a shorter list": ("list.tsv", lambda raw: b"".join(raw.splitlines(keepends=True)[1:])),
    "an unsorted list": ("list.tsv", first_line_last),
    "an exclusion": ("exclusions.tsv", lambda raw: b"A\tE01\t" + b"0" * 64 + b"\n"),
    "a torn exclusion": ("exclusions.tsv", lambda raw: b"A"),
    "another protocol": ("commit.json", json_with(v="ggzy-draw/2")),
    "another suite": ("commit.json", json_with(suite="sha512")),
    "deep nesting": ("commit.json", lambda raw: b"[" * 100_000),
    "a large number": ("commit.json", json_with(seq=2**53 - 1)),
    "a float in it": ("commit.json", lambda raw: raw.replace(b'"seq":1', b'"seq":1.0')),
    "no object": ("keys.json", lambda raw: b"[]"),
    "no text": ("sources.json", lambda raw: b"\xff"),
    "another record": ("commit.json", json_with(min_reveals=1)),
    "other spaces": ("commit.json", lambda raw: raw.replace(b",", b", ", 1)),
    "another source": ("sources.json", lambda raw: raw.replace(b'"status":1', b'"status":0', 1)),
    "other dice": ("beacon.json", json_with(value=(b"1" * 20).hex())),
    "other hands": ("beacon.json", json_with(hands=["9-1", "9-2", "9-3"])),
    "one hand": ("beacon.json", json_with(hands=["a", "a", "a"])),
    "another entry": ("events/0001.json", lambda raw: raw.replace(b"u:1", b"u:2")),
    "a float": ("events/0001.json", lambda raw: raw.replace(b'"v":1', b'"v":1.0')),
    "another place": ("events/0001.tlog-proof", lambda raw: raw.replace(b"index 6", b"index 7")),
    "a shorter path": (
        "events/0001.tlog-proof",
        lambda raw: b"\n".join([*raw.split(b"\n")[:2], *raw.split(b"\n")[3:]]),
    ),
    "no cosignature": ("checkpoint", lambda raw: raw[: raw.rindex("— ".encode())]),
    "no signature of the log": (
        "checkpoint",
        lambda raw: raw.replace(b"\xe2\x80\x94 paper.example/audit/1", "— x".encode()),
    ),
    "an early cut-off": ("cutoff.checkpoint", lambda raw: paper.Ledger([b"x"]).note(1, paper.START).encode()),
    "no consistency": ("consistency", lambda raw: b""),
    "a strange manifest": ("keys.json", lambda raw: raw.replace(b'"quorum":1', b'"quorum":0')),
}


@pytest.mark.parametrize("name", SECRET_FORGERIES)
def test_a_forgery_of_what_was_sealed_is_false(name, tmp_path, capsys):
    file, change = SECRET_FORGERIES[name]
    path = turned(written(tmp_path / "e", OPEN_EXPERTS), file, change)
    assert verified(path) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("FALSE")


def test_what_was_sealed_is_nothing_without_its_commitment(tmp_path):
    path = written(tmp_path / "e", OPEN_EXPERTS)
    assert verified(path) == 0
    (path / "events/0002.sealed").unlink()
    assert verified(remade(path)) == 1


@pytest.mark.parametrize(
    ("role", "code", "verdict"),
    [
        ("expert", "S01", 0),
        ("clock", "S02", 0),
        ("site_supervisor", "S03", 0),
        ("clock", "S01", 1),
        ("expert", "S02", 1),
        ("bidder", "S01", 1),
        ("expert", "S03", 1),
        ("site_supervisor", "S04", 1),
    ],
)
def test_who_passes_over_an_expert_is_told_by_the_reason(role, code, verdict, tmp_path, monkeypatch):
    monkeypatch.setitem(paper.ROLES, "u:4", role)
    of = dataclasses.replace(paper.committee(skips=1), skipper="u:4", skip_code=code)
    assert verified(written(tmp_path / "e", of)) == verdict


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_a_fresh_manifest_is_false(name, tmp_path, capsys):
    file, change = FORGERIES[name]
    path = turned(written(tmp_path / "e", paper.Paper(rehearsal=True)), file, change)
    assert verified(path) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("FALSE")


def forged_ledger(of, change, *, cut_off=None, time=60):
    """Return the evidence of a draw whose log, with its real keys, tells another story."""
    given = paper.evidence_of(of)
    ledger = paper.Ledger([entry.leaf for entry in sorted(given.ledger.entries, key=lambda entry: entry.index)])
    ledger.leaves = [one for raw in ledger.leaves for one in change(raw)]
    types = [json.loads(raw)["type"] for raw in ledger.leaves]
    size = cut_off(types) if cut_off else types.index("draw.closed") + 1
    names = {json.loads(raw)["subject"]["id"] for raw in ledger.leaves}
    return dataclasses.replace(given, ledger=ledger.view((size, paper.START + time), list(names)))


def keep(raw):
    return [raw]


def of_type(kind, new):
    return lambda raw: new(raw) if json.loads(raw)["type"] == kind else [raw]


def with_data(**members):
    def new(raw):
        entry = json.loads(raw)
        return [wire.canonical({**entry, "data": {**entry["data"], **members}})]

    return new


def unequal(raw):
    entry = json.loads(raw)
    return [wire.canonical({**entry, "data": {**entry["data"], "attempt": entry["data"]["entry"]}})]


def by(**members):
    def new(raw):
        entry = json.loads(raw)
        return [wire.canonical({**entry, "actor": {**entry["actor"], **members}})]

    return new


LIES = {
    "a cut-off before the close": (paper.Paper(), keep, {"cut_off": lambda types: types.index("draw.closed")}),
    "a draw that nobody closed": (
        paper.Paper(),
        of_type("draw.closed", lambda raw: []),
        {"cut_off": lambda types: types.index("draw.dice_entered")},
    ),
    "one reader": (paper.Paper(), of_type("draw.dice_entered", by(id="u:1")), {}),
    "no supervisor": (paper.Paper(), of_type("draw.dice_confirmed", by(role="centre_staff")), {}),
    "two attempts": (paper.Paper(), of_type("draw.dice_entered", unequal), {}),
    "a skip of one without a seat": (
        paper.Paper(skips=1),
        of_type("draw.skipped", with_data(skipped="DEMO0001")),
        {},
    ),
    "a skip by the centre": (paper.Paper(skips=1), of_type("draw.skipped", by(role="centre_staff")), {}),
    "a skip by the clock in another's place": (paper.Paper(skips=1), of_type("draw.skipped", by(role="clock")), {}),
    "a void by the centre": (paper.Paper(seq=2), of_type("draw.voided", by(role="centre_staff")), {}),
    "a void for no reason": (paper.Paper(seq=2), of_type("draw.voided", with_data(cause="unhappy")), {}),
    "a skip for no reason": (paper.Paper(skips=1), of_type("draw.skipped", with_data(code="S09")), {}),
    "one listed and excluded": (
        paper.Paper(exclusions=write_exclusions([Exclusion("DEMO0001", "E02", "ab" * 32)])),
        keep,
        {},
    ),
    "a late reveal": (paper.Paper(), keep, {"cut_off": lambda types: types.index("draw.revealed") + 1}),
    "a cut-off after the dice": (paper.Paper(), keep, {"cut_off": lambda types: types.index("draw.dice_entered") + 1}),
    "a late cosignature": (paper.Paper(), keep, {"time": 601}),
    "a late cosignature of a round": (paper.Paper(beacon=paper.DRAND), keep, {"time": 571}),
    "two records": (paper.Paper(), of_type("draw.committed", lambda raw: [raw, raw]), {}),
    "no record": (paper.Paper(), of_type("draw.committed", lambda raw: []), {}),
    "a hidden reveal": (paper.Paper(), of_type("draw.revealed", lambda raw: []), {}),
    "a reveal twice": (paper.Paper(), of_type("draw.revealed", lambda raw: [raw, raw]), {}),
    "a false reveal": (paper.Paper(), of_type("draw.revealed", with_data(value="00" * 32)), {}),
    "an unnamed contribution": (
        paper.Paper(),
        of_type("draw.contributed", lambda raw: [raw, *with_data(who="x")(raw)]),
        {},
    ),
    "another commitment": (paper.Paper(), of_type("draw.contributed", with_data(c="00" * 32)), {}),
    "another hash": (paper.Paper(), of_type("draw.committed", with_data(commit_hash="00" * 32)), {}),
    "other digits": (paper.Paper(), of_type("draw.dice_entered", with_data(digits="1" * 20)), {}),
    "another seed": (paper.Paper(), of_type("draw.dice_confirmed", with_data(seed="00" * 32)), {}),
    "another winner": (paper.Paper(), of_type("draw.dice_confirmed", with_data(seated=[])), {}),
    "a second result": (paper.Paper(), of_type("draw.dice_confirmed", lambda raw: [raw, raw]), {}),
    "no result": (paper.Paper(), of_type("draw.dice_confirmed", lambda raw: []), {}),
    "a skip that seats a friend": (
        paper.Paper(skips=1),
        of_type("draw.skipped", with_data(seated=[["DEMO0001", "ALL"]])),
        {},
    ),
    "a gap in the numbers": (paper.Paper(seq=3), of_type("draw.voided", lambda raw: []), {}),
    "no draw of an earlier lot": (paper.Paper(replaced=True), lambda raw: [] if b'"JY-2025' in raw else [raw], {}),
    "another draw before": (paper.Paper(seq=2), of_type("draw.voided", with_data(commit_hash="ff" * 32)), {}),
}


@pytest.mark.parametrize("name", LIES)
def test_a_log_that_lies_with_its_real_keys_is_false(name, tmp_path, capsys):
    of, change, facts = LIES[name]
    evidence.write(evidence.folder(forged_ledger(of, change, **facts)), tmp_path / "e")
    assert verified(tmp_path / "e") == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("FALSE")


def with_an_early_line(files):
    """Return the evidence of a cut-off cosigned too late, with a line of another key in the witness's name."""
    line = bytes(4) + (paper.START + 60).to_bytes(8, "big") + bytes(64)
    note = files["cutoff.checkpoint"] + f"— {paper.WITNESS.name} {b64encode(line).decode()}\n".encode()
    files = {**files, "cutoff.checkpoint": note}
    del files["manifest.json"]
    return {**files, "manifest.json": evidence.manifest(files)}


def test_a_line_that_no_key_explains_gives_no_time(tmp_path, capsys):
    late = evidence.folder(forged_ledger(paper.Paper(), keep, time=601))
    evidence.write(with_an_early_line(late), tmp_path / "late")
    evidence.write(with_an_early_line(evidence.folder(forged_ledger(paper.Paper(), keep))), tmp_path / "e")
    assert (verified(tmp_path / "late"), verified(tmp_path / "e")) == (1, 0)
    assert "witnessed too late" in capsys.readouterr().out


@pytest.mark.parametrize(("demonstration", "code"), [(True, 0), (False, 1)])
def test_the_demonstration_s_witness_is_not_sold_as_independent(tmp_path, monkeypatch, demonstration, code):
    name = "paper.example/demonstration-witness"
    monkeypatch.setattr(paper, "WITNESS", notes.SigningKey(name, notes.COSIGNATURE, bytes(range(1, 33))))
    assert verified(written(tmp_path / "e", demonstration=demonstration)) == code


def test_a_log_retold_truly_is_verified(tmp_path):
    evidence.write(evidence.folder(forged_ledger(paper.Paper(), keep)), tmp_path / "e")
    assert verified(tmp_path / "e") == 0


def test_another_round_is_false(tmp_path):
    path = written(tmp_path / "e", PAPERS["drand"])
    other = "ab066f9c12dd6de1336fca0f925192fb0c72a771c3e4c82ede1fd362c1a770f9eb05843c6308ce2530b53a99c0281a6e"
    value = hashlib.sha256(bytes.fromhex(other)).hexdigest()
    assert verified(turned(path, "beacon.json", json_with(signature=other, value=value))) == 1


def test_a_suite_that_python_lacks_is_incomplete(tmp_path, monkeypatch):
    path = written(tmp_path / "e", PAPERS["sm3"])
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    assert verified(path) == 2


def test_the_signatures_are_those_of_rfc_8032():
    key = notes.SigningKey("k", notes.ED25519, bytes(32))
    public = key.verifying.public
    for number in range(5):
        message = bytes([number]) * number
        seal = key.private.sign(message)
        assert verify_draw.signed(public, message, seal)
        assert not verify_draw.signed(public, message + b"x", seal)
        assert not verify_draw.signed(public, message, seal[:63])
        assert not verify_draw.signed(public, message, seal[:32] + (verify_draw.ORDER + 1).to_bytes(32, "little"))


def test_the_readme_says_rehearsal_and_demonstration():
    said = evidence.readme("A/enterprise/1", evidence.DEMONSTRATION, rehearsal=True).decode()
    assert "演练" in said
    assert "REHEARSAL" in said
    assert "demonstration" in said
    real = evidence.readme("A/enterprise/1", evidence.INDEPENDENT, rehearsal=False).decode()
    assert "演练" not in real
    assert "demonstration" not in real


def test_the_zip_is_the_folder_and_always_the_same_bytes():
    files = evidence.folder(paper.evidence_of(paper.Paper()))
    packed = evidence.zipped(files, "draw")
    assert packed == evidence.zipped(dict(reversed(list(files.items()))), "draw")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {f"draw/{k}": v for k, v in files.items()}
