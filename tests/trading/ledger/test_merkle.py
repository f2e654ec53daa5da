"""The tree against the published vectors of three other implementations, and against its own definition."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.ledger import merkle

VECTORS = Path("tests/vectors/ledger")
INCLUSION = json.loads((VECTORS / "merkle_inclusion_probes.json").read_text())["probes"]
CONSISTENCY = json.loads((VECTORS / "merkle_consistency_probes.json").read_text())["probes"]
HASHER = json.loads((VECTORS / "rfc6962_hasher.json").read_text())["vectors"]
ANSWERS = json.loads((VECTORS / "rfc6962_known_answers.json").read_text())
TESSERA = json.loads((VECTORS / "tlog_tiles_small_log.json").read_text())["files_base64"]
HEX = bytes.fromhex


def b64(text):
    return base64.b64decode(text or "")


def path_of(case):
    return [b64(item) for item in case["proof"] or []]


@pytest.mark.parametrize("case", INCLUSION, ids=lambda case: case["source_path"][9:])
def test_inclusion_probes(case):
    good = merkle.verify_inclusion(
        case["leafIdx"], case["treeSize"], b64(case["leafHash"]), path_of(case), b64(case["root"])
    )
    assert good is not case["wantErr"]


@pytest.mark.parametrize("case", CONSISTENCY, ids=lambda case: case["source_path"][9:])
def test_consistency_probes(case):
    good = merkle.verify_consistency(
        case["size1"], case["size2"], b64(case["root1"]), b64(case["root2"]), path_of(case)
    )
    assert good is not case["wantErr"]


def test_the_hasher_of_rfc_6962():
    for case in HASHER:
        if "root" in case:
            assert merkle.root([]).hex() == case["root"]
        elif "hash" in case and "left_utf8" in case:
            assert merkle.node_hash(case["left_utf8"].encode(), case["right_utf8"].encode()).hex() == case["hash"]
        else:
            data = HEX(case["leaf_hex"]) if "leaf_hex" in case else case["leaf_utf8"].encode()
            assert merkle.leaf_hash(data).hex() == case["hash"]


def test_the_known_answers_of_certificate_transparency():
    assert merkle.EMPTY.hex() == ANSWERS["empty_root"]
    assert [merkle.leaf_hash(HEX(case["leaf"])).hex() for case in ANSWERS["leaf_hashes"]] == [
        case["hash"] for case in ANSWERS["leaf_hashes"]
    ]
    nodes = [merkle.node_hash(HEX(case["left"]), HEX(case["right"])).hex() for case in ANSWERS["node_hashes"]]
    assert nodes == [case["hash"] for case in ANSWERS["node_hashes"]]
    hashes = [merkle.leaf_hash(HEX(item)) for item in ANSWERS["reference_tree"]["leaves"]]
    roots = [merkle.root(hashes[:size]).hex() for size in range(1, 9)]
    assert roots == ANSWERS["reference_tree"]["roots_at_size_1_to_8"]
    read = tiles(hashes)
    for case in ANSWERS["inclusion_paths"]:
        if case["tree_size"]:
            path = merkle.inclusion(read, case["leaf_1based"] - 1, case["tree_size"])
            assert [item.hex() for item in path] == case["path"]


@pytest.mark.parametrize("case", ANSWERS["consistency"], ids=lambda case: f"{case['size1']}-{case['size2']}")
def test_the_consistency_proofs_of_certificate_transparency(case):
    read = tiles([merkle.leaf_hash(HEX(item)) for item in ANSWERS["reference_tree"]["leaves"]])
    path = merkle.consistency(read, case["size1"], case["size2"])
    assert [item.hex() for item in path] == case["proof"]
    assert merkle.verify_consistency(case["size1"], case["size2"], HEX(case["root1"]), HEX(case["root2"]), path)


def test_an_entry_of_a_real_log():
    case = ANSWERS["real_ct_log_inclusion"]
    path = [HEX(item) for item in case["audit_path"]]
    size, index, root = case["tree_size"], case["leaf_index"], HEX(case["root"])
    assert merkle.verify_inclusion(index, size, merkle.leaf_hash(HEX(case["leaf"])), path, root)


def test_the_tiles_of_another_implementation_are_reproduced():
    hashes = merkle.split(b64(TESSERA["tile/0/000.p/15"]))
    for size in range(1, 16):
        changed = merkle.append({}, 0, hashes[:size])
        assert {
            merkle.tile_path(level, number, len(tile) // 32): tile for (level, number), tile in changed.items()
        } == {f"tile/0/000.p/{size}": b64(TESSERA[f"tile/0/000.p/{size}"])}
        root = b64(b64(TESSERA[f"checkpoint.{size}"]).decode().split("\n")[2])
        assert merkle.tree_root(tiles(hashes[:size]), size) == root


def tiles(hashes, cuts=()):
    """Return a reader of the tiles of a tree that grew in the steps `cuts`."""
    store = {}
    size = 0
    for cut in [*cuts, len(hashes)]:
        edge = {level: store[level, number] for level, number in merkle.edge_tiles(size)}
        store.update(merkle.append(edge, size, hashes[size:cut]))
        size = cut
    return lambda level, number: store[level, number]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 70_000), min_size=1, max_size=6), st.data())
def test_any_growth_gives_the_same_roots_and_valid_proofs(cuts, data):
    cuts = sorted(cuts)
    size = cuts[-1] + 1
    hashes = HASHES[:size]
    read = tiles(hashes, cuts)
    root = merkle.tree_root(read, size)
    assert root == merkle.root(hashes)
    index = data.draw(st.integers(0, size - 1))
    assert merkle.verify_inclusion(index, size, hashes[index], merkle.inclusion(read, index, size), root)
    old = data.draw(st.integers(0, size))
    old_root = merkle.tree_root(read, old)
    assert old_root == merkle.root(hashes[:old])
    assert merkle.verify_consistency(old, size, old_root, root, merkle.consistency(read, old, size)) is (old > 0)


HASHES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(70_002)]


def test_what_no_tree_has_is_refused():
    read = tiles(HASHES[:5])
    for refused in [
        lambda: merkle.inclusion(read, 5, 5),
        lambda: merkle.inclusion(read, -1, 5),
        lambda: merkle.consistency(read, 6, 5),
        lambda: merkle.tree_root(read, 6),
        lambda: merkle.append({0: HASHES[0]}, 5, HASHES[5:6]),
    ]:
        with pytest.raises(merkle.TreeError):
            refused()
    assert not merkle.verify_consistency(6, 5, HASHES[0], HASHES[1], [])
    assert not merkle.verify_inclusion(0, 1, HASHES[0], [HASHES[1]], HASHES[0])


def test_a_proof_from_an_empty_tree_says_nothing_and_is_refused():
    assert not merkle.verify_consistency(0, 0, merkle.EMPTY, merkle.EMPTY, [])
    assert not merkle.verify_consistency(0, 3, merkle.EMPTY, HASHES[0], [])
    assert merkle.tree_root(tiles([]), 0) == merkle.EMPTY


def test_paths_are_those_of_tlog_tiles():
    assert merkle.tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert merkle.tile_path("entries", 5, 17) == "tile/entries/005.p/17"
    assert merkle.tile_path(2, 1000, 1) == "tile/2/x001/000.p/1"


def test_new_tiles_are_those_that_changed():
    assert merkle.all_tiles(300) == [(0, 0, 256), (0, 1, 44), (1, 0, 1)]
    assert merkle.all_tiles(300, 257) == [(0, 1, 44)]
    assert merkle.all_tiles(0) == []
