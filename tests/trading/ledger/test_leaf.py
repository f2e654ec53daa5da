"""The entry: canonical bytes, the profile, the members."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.ledger import jcs, leaf, merkle

GOLDEN = Path("tests/vectors/ledger/golden_log")
LOG = "log.example.test/audit/1"
keys = st.from_regex(leaf.KEY, fullmatch=True)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-leaf.MAX_INTEGER, leaf.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


def entry(**changes):
    members = {
        "v": 1,
        "log": LOG,
        "id": "01935000-0000-7000-8000-000000000000",
        "at": "2026-11-22T08:00:00.000000Z",
        "type": "notice.published",
        "actor": {"id": "u:1", "role": "agency", "auth": "password"},
        "subject": {"type": "notice", "id": "7"},
        "tender": None,
        "data": {},
    }
    return {**members, **changes}


@given(st.dictionaries(keys, values, max_size=5))
def test_the_profile_encodes_as_rfc_8785_does_and_reads_back(value):
    data = leaf.encode(value)
    assert data == jcs.encode(value)
    assert leaf.decode(data) == value


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1.5},
        {"a": 2**53},
        {"A": 1},
        {"": 1},
        {"a" * 33: 1},
        {1: 1},
        {"a": "\ud800"},
        {"a": [{"b": b""}]},
        {"a": "x" * 65_535},
        {"a": Ellipsis},
    ],
    ids=str,
)
def test_a_value_out_of_the_profile_is_refused(value):
    with pytest.raises(leaf.LeafError):
        leaf.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"a":1.0}',
        b'{"a":NaN}',
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\ud800"}',
        b'{"a":9007199254740992}',
        b"\xff",
        b'{"a":' + b"[" * 5000,
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data):
    with pytest.raises(leaf.LeafError):
        leaf.decode(data)


def test_the_golden_entry_reads_back_and_hashes_as_published():
    data = (GOLDEN / "leaf0.txt").read_bytes()
    assert leaf.encode(leaf.decode(data)) == data
    assert merkle.leaf_hash(data).hex() == "edfa103d53d0df5ae5db01f04f0087c48d55612698cd7fb4b2ca252889d2f3f2"


def test_an_entry_with_all_its_members_passes():
    leaf.check_members(entry(), LOG)
    leaf.check_members(entry(actor={"id": "u:1", "role": "agency", "auth": "password", "org": "7"}, tender="L-1"), LOG)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"log": "other/1"},
        {"id": "01935000-0000-4000-8000-000000000000"},
        {"id": None},
        {"at": "2026-11-22T08:00:00Z"},
        {"type": "published"},
        {"actor": {"id": "u:1", "role": "agency"}},
        {"actor": {"id": 1, "role": "agency", "auth": "password"}},
        {"actor": {"id": "u:1", "role": "agency", "auth": "password", "ip": "x"}},
        {"subject": "notice 7"},
        {"tender": 7},
        {"data": []},
        {"extra": 1},
    ],
    ids=json.dumps,
)
def test_a_malformed_member_is_refused_by_name(change):
    with pytest.raises(leaf.LeafError, match=next(iter(change))):
        leaf.check_members(entry(**change), LOG)


def test_a_missing_tender_is_refused():
    members = entry()
    del members["tender"]
    with pytest.raises(leaf.LeafError, match="tender"):
        leaf.check_members(members, LOG)


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_uuid7_carries_the_time_and_its_version(milliseconds, randomness):
    value = leaf.uuid7(milliseconds, randomness)
    assert isinstance(value, UUID)
    assert value.version == 7
    assert value.int >> 80 == milliseconds
    assert leaf.UUID7.fullmatch(str(value))
