"""The witness: cosigns what extends its memory, refuses everything else with the status of the protocol."""

import threading
from http.server import ThreadingHTTPServer

import httpx
import pytest

from trading.ledger import merkle, notes, witness_program

LOG = notes.SigningKey("log.test/audit/1", notes.ED25519, b"\x01" * 32)
HASHES = [merkle.leaf_hash(bytes([number])) for number in range(40)]
STORE = merkle.append({}, 0, HASHES)


def read(level, number):
    return STORE[level, number]


def checkpoint(size, *, root=None, key=LOG, name=LOG.name):
    text = notes.Checkpoint(name, size, root or merkle.root(HASHES[:size])).text()
    return notes.compose(text, [key.sign(text)])


def request(old, size, *, proof=None, note=None):
    path = merkle.consistency(read, old, size) if proof is None else proof
    lines = "".join(f"{notes.base64_text(item)}\n" for item in path)
    return f"old {old}\n{lines}\n{note or checkpoint(size)}".encode()


@pytest.fixture
def witness(tmp_path):
    witness_program.new_key(tmp_path / "w.key", "supervisor.test/w1")
    return witness_program.load(tmp_path / "w.key", [LOG.verifying.text()], tmp_path / "state")


def test_every_growth_is_cosigned_and_remembered(witness):
    key = notes.parse_key(witness.key)
    old = 0
    for size in [1, 2, 3, 7, 8, 8, 13, 32, 40]:
        status, line = witness.answer(request(old, size))
        assert status == 200
        note = notes.parse((checkpoint(size) + line).encode())
        assert [signature.name for signature in note.verified([key])] == ["supervisor.test/w1"]
        old = size


def test_the_memory_outlives_the_program(witness, tmp_path):
    assert witness.answer(request(0, 5))[0] == 200
    again = witness_program.load(tmp_path / "w.key", [LOG.verifying.text()], tmp_path / "state")
    assert again.answer(request(0, 8)) == (409, "5\n")
    assert again.answer(request(5, 8))[0] == 200


OTHER = notes.SigningKey(LOG.name, notes.ED25519, b"\x02" * 32)
FOREIGN = notes.SigningKey("other.test/1", notes.ED25519, b"\x01" * 32)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"x" * 70_000, 400),
        (request(5, 8).replace(b"old 5", b"old 05"), 400),
        (request(8, 8).replace(b"old 8", b"old 9"), 400),
        (request(5, 8, note="log.test/audit/1\n8\nAAAA\n\n— x AAAA\n"), 400),
        (request(5, 8, note=checkpoint(8).replace("\n8\n", "\n08\n")), 400),
        (request(5, 8, note=checkpoint(8)[:-3] + "\n"), 400),
        (request(5, 8, note=checkpoint(8, key=FOREIGN, name=FOREIGN.name)), 404),
        (request(5, 8, note=checkpoint(8, key=OTHER)), 403),
        (request(5, 8, note=checkpoint(8).replace("\n8\n", "\n9\n")), 403),
        (request(3, 8), 409),
        (request(6, 8), 409),
        (request(5, 5, note=checkpoint(5, root=b"\x01" * 32)), 409),
        (request(5, 8, proof=[]), 422),
        (request(5, 8, proof=[*merkle.consistency(read, 5, 8), HASHES[0]]), 422),
        (request(5, 8, note=checkpoint(8, root=b"\x01" * 32)), 422),
        (request(5, 5, proof=[HASHES[0]]), 422),
    ],
)
def test_a_wrong_request_is_refused_and_changes_nothing(witness, data, status):
    witness.answer(request(0, 5))
    assert witness.answer(data)[0] == status
    assert witness.answer(request(5, 5))[0] == 200


def test_a_second_checkpoint_of_the_same_size_is_refused_even_with_the_stolen_key(witness):
    assert witness.answer(request(0, 8))[0] == 200
    forked = checkpoint(8, root=merkle.root(HASHES[1:9]))
    assert witness.answer(request(8, 8, note=forked)) == (409, "8\n")


def test_a_smaller_tree_from_nothing_needs_no_proof_but_gets_none_in(witness):
    assert witness.answer(request(0, 8, proof=[HASHES[0]]))[0] == 422
    assert witness.answer(request(0, 0, note=checkpoint(0)))[0] == 200


def test_one_of_many_requests_at_once_wins(witness):
    witness.answer(request(0, 5))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(witness.answer(request(5, 8))[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, *[409] * 7]


def test_it_answers_over_http(witness):
    server = ThreadingHTTPServer(("127.0.0.1", 0), witness_program.handler(witness))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        good = httpx.post(f"{address}/add-checkpoint", content=request(0, 5))
        late = httpx.post(f"{address}/add-checkpoint", content=request(0, 8))
        lost = httpx.post(f"{address}/elsewhere", content=b"")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (good.status_code, good.text[:20]) == (200, "— supervisor.test/w1")
    assert (late.status_code, late.text, late.headers["content-type"]) == (409, "5\n", "text/x.tlog.size")
    assert lost.status_code == 404


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path, capsys):
    assert witness_program.main(["key", "--name", "s.test/w1", "--key", str(tmp_path / "w.key")]) == 0
    key = capsys.readouterr().out.strip()
    assert witness_program.load(tmp_path / "w.key", [], tmp_path).key == key
    assert (tmp_path / "w.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        witness_program.new_key(tmp_path / "w.key", "s.test/w1")


def test_what_is_no_key_is_refused(tmp_path):
    (tmp_path / "w.key").write_text(LOG.text())
    with pytest.raises(ValueError, match="not the key of a witness"):
        witness_program.load(tmp_path / "w.key", [], tmp_path)
    with pytest.raises(ValueError, match="not the key of a log"):
        witness_program.Log.parse(notes.SigningKey("w", notes.COSIGNATURE, b"\x01" * 32).verifying.text())
