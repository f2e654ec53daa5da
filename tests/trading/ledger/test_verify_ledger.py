"""The offline verifier: accepts what is genuine, detects every change, and says what is missing."""

import json
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from trading.ledger import (
    events,
    export,
    keys,
    leaf,
    merkle,
    notes,
    proofs,
    publish,
    reveal,
    sealed,
    sequencer,
    verify_ledger,
    witness,
)
from trading.ledger.tables import LedgerFault

GOLDEN = Path("tests/vectors/ledger/golden_log")
PROGRAM = Path(verify_ledger.__file__)
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CLERK = events.Actor(id="u:1", role="agency", auth="pw")
SEED = 20261122


def record(number, **changes):
    facts = {
        "type": "notice.published",
        "actor": CLERK,
        "subject": events.Subject("notice", str(number)),
        "tender": None,
    }
    return events.record(
        **{**facts, "data": {"number": number, "price": "12.50", "name": "第一号"}, "at": MOMENT, **changes}
    )


def run(*arguments):
    done = subprocess.run([sys.executable, "-I", PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def fill():
    """A log of 270 entries: three cosigned checkpoints, a closed lot, sealed entries that were opened."""
    for number in range(20):
        record(number, tender="L-1" if number % 2 else None)
    sealed.open_secret_window("L-2", MOMENT)
    for number in range(20, 30):
        record(number, tender="L-2", sealed=True)
    sealed.cover(MOMENT)
    sequencer.ensure_cosigned(
        record(30, tender="L-1", type="tender.closed", data={"events": events.completeness("L-1")})
    )
    reveal.open_sealed("L-2", MOMENT)
    record(31, tender="L-1")
    record(32, tender="L-1", type="award.decided", data={"events": events.completeness("L-1")})
    sequencer.ensure_cosigned(record(33, tender="L-3", sealed=True))
    size = proofs.head().size
    sequencer.ensure_cosigned([record(number) for number in range(size, 270)][-1])
    return proofs.head().size


@pytest.fixture
def exported(db, tmp_path):
    assert fill() == 270
    export.export(tmp_path / "export")
    shutil.copy(tmp_path / "export" / "keys.json", tmp_path / "pinned.json")
    return tmp_path / "export"


SAVED: dict[str, Path] = {}


@pytest.fixture
def copied(request, settings, tmp_path, tmp_path_factory):
    """The same export, made once, with the keys that signed it."""
    if not SAVED:
        SAVED["folder"] = tmp_path_factory.mktemp("saved")
        shutil.copytree(request.getfixturevalue("exported").parent, SAVED["folder"], dirs_exist_ok=True)
    shutil.copytree(SAVED["folder"], tmp_path, dirs_exist_ok=True)
    return tmp_path / "export"


def test_the_golden_log_is_accepted_as_it_is():
    assert run(GOLDEN) == (
        0,
        "verified: 300 entries, 5 cosigned checkpoints to 300, 0 still sealed",
    )


def test_an_export_is_accepted_by_the_program_alone(copied):
    accepted = (0, "verified: 270 entries, 3 cosigned checkpoints to 270, 1 still sealed")
    assert run(copied) == run(copied, "--keys", copied.parent / "pinned.json") == accepted


def test_an_older_export_is_accepted(exported, tmp_path):
    size = proofs.cosigned_sizes()[1]
    assert export.export(tmp_path / "older", upto=269) == size
    assert verify_ledger.examine(tmp_path / "older")[0] == 0
    size = proofs.cosigned_sizes()[0]
    assert export.export(tmp_path / "oldest", upto=size) == size
    assert verify_ledger.examine(tmp_path / "oldest")[0] == 0


def test_the_published_folder_is_accepted_with_pinned_keys(exported, ledger_folder):
    record(300)
    sequencer.sequence_once()
    publish.publish()
    accepted = "verified: 271 entries, 3 cosigned checkpoints to 270, 1 still sealed"
    assert verify_ledger.examine(ledger_folder, exported / "keys.json") == (0, accepted)
    (ledger_folder / "tile/0/000.p").mkdir(exist_ok=True)
    (ledger_folder / "tile/0/000.p/7").write_bytes((ledger_folder / "tile/0/000").read_bytes()[: 7 * 32])
    assert verify_ledger.examine(ledger_folder, exported / "keys.json")[0] == 0
    (ledger_folder / "tile/0/000").write_bytes((ledger_folder / "tile/0/000").read_bytes()[:-1] + b"?")
    assert verify_ledger.examine(ledger_folder, exported / "keys.json")[0] == 1


def test_a_missing_file_is_named_and_incomplete(copied):
    assert run(copied.parent / "nothing") == (2, "incomplete: keys.json is missing")
    (copied / "tile/0/000").unlink()
    assert run(copied) == (2, "incomplete: tile/0/000 is missing")


def test_what_cannot_be_read_is_incomplete(copied, tmp_path):
    assert verify_ledger.examine(copied, tmp_path / "nowhere.json")[0] == 2
    assert verify_ledger.examine(copied, tmp_path)[0] == 2
    assert verify_ledger.examine(copied / "keys.json")[0] == 2
    link = copied / "tile/0/000"
    link.unlink()
    link.symlink_to(tmp_path / "nowhere")
    assert verify_ledger.examine(copied)[0] == 2


@pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "--keys"], ["a", "--json"]])
def test_wrong_usage_exits_2(words):
    assert run(*words) == (2, "")


def test_a_size_that_no_folder_holds_is_incomplete(copied):
    size = 10**17
    text = notes.Checkpoint("ledger.test/audit/1", size, bytes(32)).text()
    note = notes.compose(text, [keys.log_key().sign(text), keys.demonstration_key().sign(text, 1_900_000_000)])
    for name in ("checkpoint", f"checkpoint.{size}"):
        (copied / name).write_text(note)
    assert verify_ledger.examine(copied) == (2, f"incomplete: bundles of the {size} entries are missing")


@pytest.mark.parametrize("text", ["", "7", "[]", "null", "[" * 100_000, '{"a": 1}', '{\n "a": 1\n}'])
def test_keys_of_another_shape_are_refused(copied, text):
    (copied / "keys.json").write_text(text)
    assert verify_ledger.examine(copied)[0] == 1


def test_an_export_needs_a_cosigned_checkpoint_and_an_empty_folder(exported, tmp_path):
    with pytest.raises(LedgerFault, match="not empty"):
        export.export(exported)
    with pytest.raises(LedgerFault, match="no checkpoint is cosigned"):
        export.export(tmp_path / "none", upto=3)


# Changes


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(chance, folder):
    """Change one byte of one file."""
    path = chance.choice(files_of(folder))
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"flip {path}"


def damage(chance, folder):
    """Cut, extend or remove one file, or add one."""
    path = chance.choice(files_of(folder))
    data = path.read_bytes()
    match chance.randrange(4):
        case 0:
            path.write_bytes(data[: chance.randrange(len(data))])
        case 1:
            path.write_bytes(data + chance.randbytes(chance.randint(1, 40)))
        case 2:
            path.unlink()
        case _:
            path.with_name(path.name + chance.choice("0x~")).write_bytes(data)
    return f"damage {path}"


def entries_of(folder):
    bundles = [folder / "tile/entries/000", *sorted((folder / "tile/entries/001.p").iterdir())[-1:]]
    return [entry for path in bundles for entry in split(path.read_bytes())]


def split(data):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    return entries


def rewrite(chance, folder, *, key=None):
    """Change the log as its database's administrator could: everything made again, signed anew if `key` is stolen."""
    entries = entries_of(folder)
    place = chance.randrange(len(entries))
    match what := chance.choice(["alter", "drop", "insert", "swap", "truncate"]):
        case "alter":
            entry = leaf.decode(entries[place])
            entries[place] = leaf.encode({**entry, "at": f"2026-11-22T09:{chance.randrange(60):02d}:00.000000Z"})
        case "drop":
            del entries[place]
        case "insert":
            fresh = {**leaf.decode(entries[0]), "id": str(leaf.uuid7(chance.randrange(2**40), chance.randbytes(10)))}
            entries.insert(place, leaf.encode(fresh))
        case "swap":
            other = (place + 1 + chance.randrange(len(entries) - 1)) % len(entries)
            entries[place], entries[other] = entries[other], entries[place]
        case "truncate":
            entries = entries[: max(place, 1)]
    rebuild(folder, entries, key)
    return f"{what} {place} {'re-signed' if key else ''}"


def rebuild(folder, entries, key):
    hashes = [merkle.leaf_hash(entry) for entry in entries]
    store = merkle.append({}, 0, hashes)
    sizes = [int(path.name[11:]) for path in folder.glob("checkpoint.*")]
    sizes = sorted({min(size, len(entries)) for size in sizes} | {len(entries)})
    lines = {path.name: notes.parse(path.read_bytes()).signatures for path in folder.glob("checkpoint*")}
    shutil.rmtree(folder / "tile")
    for path in folder.glob("checkpoint*"):
        path.unlink()
    for size in sizes:
        for level, number, width in merkle.all_tiles(size):
            publish.write(folder / merkle.tile_path(level, number, width), store[level, number][: width * 32])
            if level == 0:
                first = number * 256
                data = b"".join(len(e).to_bytes(2, "big") + e for e in entries[first : first + width])
                publish.write(folder / merkle.tile_path("entries", number, width), data)
        text = notes.Checkpoint("ledger.test/audit/1", size, merkle.root(hashes[:size])).text()
        old = lines.get(f"checkpoint.{size}", lines["checkpoint"])
        note = notes.compose(text, [key.sign(text), *old[1:]] if key else old)
        for name in [f"checkpoint.{size}", *(["checkpoint"] if size == sizes[-1] else [])]:
            (folder / name).write_text(note)
    (folder / "leaf0.txt").write_bytes(entries[0])


@pytest.mark.parametrize("part", range(4))
def test_every_one_of_a_thousand_changes_is_detected(copied, tmp_path, part, monkeypatch):
    monkeypatch.setattr(publish.os, "fsync", lambda _: None)
    chance = random.Random(SEED + part)  # noqa: S311  # the same changes every time
    stolen = keys.log_key()
    kinds = [flip] * 190 + [damage] * 20 + [rewrite] * 20
    missed = []
    for number, change in enumerate([*kinds, *[None] * 20]):
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        shutil.copytree(copied, tmp_path / "copy")
        done = change(chance, tmp_path / "copy") if change else rewrite(chance, tmp_path / "copy", key=stolen)
        pinned = tmp_path / "pinned.json" if number % 2 else None
        if verify_ledger.examine(tmp_path / "copy", pinned)[0] == 0:
            missed.append(done)
    assert missed == []


def change_entry(copied, place, change):
    """Rewrite one entry, everything consistent and signed by log and witness: only the entry itself can be wrong."""
    entries = entries_of(copied)
    entry = change(leaf.decode(entries[place])) if place is not None else None
    entries[place] = entry if isinstance(entry, bytes) else leaf.encode(entry)
    for path in copied.glob("example.*"):
        path.unlink()
    (copied / "consistency.json").unlink()
    rebuild(copied, entries, keys.log_key())
    (copied / "leaf0.txt").unlink()
    for path in copied.glob("checkpoint*"):
        text = notes.parse(path.read_bytes()).text
        path.write_text(
            notes.compose(text, [keys.log_key().sign(text), keys.demonstration_key().sign(text, 1_900_000_000)])
        )
    return verify_ledger.examine(copied)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda entry: {**entry, "v": 2}, "malformed"),
        (lambda entry: {**entry, "data": {"deep": {"list": [1, {"x": None}], "text": "\n\x07€"}}}, None),
        (lambda entry: {**entry, "data": {"a": [2**53 - 1, -7, 0], "b": True}}, None),
        (lambda entry: leaf.encode(entry).replace(b'"number":3', b'"z":3,"number":3'), "not canonical"),
        (lambda entry: leaf.encode(entry).replace(b'"number":3', b'"deep":{"B":1},"number":3'), "not canonical"),
        (lambda entry: leaf.encode(entry).replace(b'"number":3', b'"number":3,"number":3'), "not canonical"),
        (lambda entry: {**entry, "log": "other/1"}, "another log"),
        (lambda entry: {**entry, "id": "x"}, "malformed"),
        (lambda entry: {**entry, "at": "2026"}, "malformed"),
        (lambda entry: {**entry, "actor": {}}, "malformed"),
        (lambda entry: {**entry, "subject": {}}, "malformed"),
        (lambda entry: {**entry, "tender": 7}, "malformed"),
        (lambda entry: {**entry, "more": 7}, "malformed"),
        (lambda entry: json.dumps(entry).encode(), "not canonical"),
        (lambda entry: leaf.encode(entry).replace(b'"number":3', b'"Number":3'), "not canonical"),
        (lambda entry: leaf.encode(entry).replace(b'"number":3', b'"number":3.5'), "3.5"),
        (lambda entry: leaf.encode(entry).replace(b'"number":3', b'"number":9007199254740992'), "not in range"),
        (lambda entry: {**entry, "type": "tender.closed"}, "does not list"),
        (lambda entry: {**entry, "type": "lot.closed", "data": {"events": []}}, "not complete"),
        (lambda entry: {**entry, "type": "lot.closed", "data": {"events": {"count": 1, "root": ""}}}, "not complete"),
        (lambda entry: {**entry, "type": "sealed.entry"}, "differs"),
        (lambda entry: {**entry, "type": "sealed.opened", "data": {"idx": 21, "salt": "", "inner": ""}}, "not sealed"),
        (lambda entry: {**entry, "type": "secret.ended"}, "twice"),
    ],
)
def test_a_wrong_entry_is_named_even_if_everybody_signed_it(copied, change, reason):
    code, text = change_entry(copied, 3, change)
    if reason is None:
        assert "complete" in text  # good in itself; only the lot's list, made before the change, does not hold it
        return
    assert code == 1
    assert text.startswith("tampered: entry 3: ")
    assert reason in text


def opening_at(copied, number=0):
    entries = [leaf.decode(entry) for entry in entries_of(copied)]
    return [place for place, entry in enumerate(entries) if entry["type"] == "sealed.opened"][number]


def test_a_false_opening_a_second_one_and_a_missing_one_are_named(copied):
    place = opening_at(copied)
    code, text = change_entry(copied, place, lambda entry: {**entry, "data": {**entry["data"], "salt": "00" * 32}})
    assert (code, text) == (1, f"tampered: entry {place}: what it opens is not what entry 21 sealed")


def test_an_opening_that_is_missing_is_named(copied):
    place = opening_at(copied)
    code, text = change_entry(copied, place, lambda entry: {**entry, "type": "notice.published", "data": {}})
    assert code == 1
    assert text.endswith("sealed entries were left unopened")


def test_an_opening_that_stands_twice_is_named(copied):
    place = opening_at(copied, 1)
    first = leaf.decode(entries_of(copied)[opening_at(copied)])
    code, text = change_entry(copied, place, lambda entry: {**entry, "data": first["data"]})
    assert (code, text) == (1, f"tampered: entry {place}: it opens entry 21, which is not sealed or open already")


def test_an_entry_that_is_missing_from_its_lots_list_is_noticed(copied):
    code, text = change_entry(copied, 1, lambda entry: {**entry, "tender": None})
    assert code == 1
    assert text.endswith("its list is not complete")


@pytest.mark.parametrize("change", [{"quorum": 0}, {"quorum": 2}, {"quorum": True}, {"origin": "other/1"}, {"more": 1}])
def test_keys_that_are_not_these_are_refused(copied, change):
    listed = json.loads((copied / "keys.json").read_text())
    (copied / "keys.json").write_text(json.dumps({**listed, **change}, indent=1))
    assert verify_ledger.examine(copied)[0] == 1


def test_a_checkpoint_without_its_witness_is_refused(copied):
    for path in copied.glob("checkpoint*"):
        note = notes.parse(path.read_bytes())
        path.write_text(notes.compose(note.text, note.signatures[:1]))
    code, text = verify_ledger.examine(copied)
    assert code == 1
    assert text.endswith("0 of 1 required witness cosignatures")


def test_a_witness_whose_clock_went_back_is_noticed(copied):
    size = min(int(path.name[11:]) for path in copied.glob("checkpoint.*"))
    note = notes.parse((copied / f"checkpoint.{size}").read_bytes())
    later = keys.demonstration_key().sign(note.text, 4_000_000_000)
    (copied / f"checkpoint.{size}").write_text(notes.compose(note.text, [note.signatures[0], later]))
    assert "cosigned before" in verify_ledger.examine(copied)[1]


# The commands


def test_the_commands_export_verify_and_prove(exported, tmp_path, capsys):
    call_command("ledger", "export", str(tmp_path / "again"))
    call_command("verify", str(tmp_path / "again"), keys=tmp_path / "pinned.json")
    call_command("verify")
    call_command("ledger", "proof", "7")
    assert "index 7\n" in capsys.readouterr().out
    call_command("ledger", "status")
    assert "still sealed: 1" in capsys.readouterr().out
    (tmp_path / "again" / "checkpoint").unlink()
    with pytest.raises(CommandError, match="checkpoint is missing") as refusal:
        call_command("verify", str(tmp_path / "again"))
    assert refusal.value.returncode == 2
    with pytest.raises(CommandError, match="no entry"):
        call_command("ledger", "proof", "9999")
    for words in (["7", "--size", "3"], ["7", "--size", "9999"], ["7", "--size", str(10**30)]):
        with pytest.raises(CommandError):
            call_command("ledger", "proof", *words)
    with pytest.raises(CommandError, match="not empty"):
        call_command("ledger", "export", str(tmp_path / "again"))
    with pytest.raises(CommandError, match="File exists"):
        call_command("ledger", "export", str(tmp_path / "pinned.json"))
    with pytest.raises(CommandError, match="nothing that an export could prove"):
        call_command("ledger", "export", str(tmp_path / "none"), upto=-1)
    with pytest.raises(CommandError, match="nowhere") as refusal:
        call_command("verify", str(tmp_path / "again"), keys=tmp_path / "nowhere")
    assert refusal.value.returncode == 2


def test_a_log_without_cosignature_has_nothing_to_verify(db):
    with pytest.raises(CommandError, match="no checkpoint is cosigned") as refusal:
        call_command("verify")
    assert refusal.value.returncode == 2


def test_the_witness_command_asks_and_carries(exported, tmp_path, settings, capsys):
    call_command("witness", "cosign")
    assert "cosigned: 270" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No witness"):
        call_command("witness", "request", "nobody", str(tmp_path / "request.txt"))
    name = keys.demonstration_key().name
    call_command("witness", "request", name, str(tmp_path / "request.txt"))
    status, body = witness.demonstration().answer((tmp_path / "request.txt").read_bytes())
    (tmp_path / "response.txt").write_text(f"{status}\n{body}")
    call_command("witness", "response", name, str(tmp_path / "response.txt"))
    assert "cosigned: 270" in capsys.readouterr().out
    settings.LEDGER = {**settings.LEDGER, "QUORUM": 2}
    with pytest.raises(CommandError, match="quorum of 2"):
        call_command("witness", "cosign")
    call_command("witness", "response", name, str(tmp_path / "response.txt"))
    assert "not the quorum" in capsys.readouterr().out
    for unreadable in (tmp_path, tmp_path / "nowhere.txt"):
        with pytest.raises(CommandError):
            call_command("witness", "response", name, str(unreadable))
    (tmp_path / "response.txt").write_bytes(b"200\n\xff\n")
    with pytest.raises(CommandError, match="utf-8"):
        call_command("witness", "response", name, str(tmp_path / "response.txt"))
    (tmp_path / "response.txt").write_text("409\n7\n")
    with pytest.raises(CommandError, match="answered 409"):
        call_command("witness", "response", name, str(tmp_path / "response.txt"))
