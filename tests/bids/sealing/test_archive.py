"""The archive of a bid: every ZIP writer's STORE and DEFLATE is read; bombs and tricks cost nothing and are refused."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.sealing import archive
from bids.sealing.archive import Member, WrongArchive
from tests.bids.sealing import paper

BID = b'{"v":"bid/1"}'
FILES = {"bid.json": BID, "标书.pdf": b"%PDF" * 100, "empty.txt": b""}


def zipped(files=None, method=zipfile.ZIP_STORED, comment=b""):
    """Return an archive as Python writes it."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as file:
        for name, data in (files or FILES).items():
            file.writestr(name, data)
        file.comment = comment
    return into.getvalue()


def streamed(files=None):
    """Return an archive as it is written to a stream, with the sizes behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as file:
        for name, data in (files or FILES).items():
            file.writestr(name, data)
    return bytes(pipe.data)


def packed(files=None):
    entries = []
    for name, data in (files or FILES).items():
        entries.append((Member(name, archive.STORE, zlib.crc32(data), len(data), len(data), 0), [data]))
    return b"".join(archive.pack(entries))


def read(data):
    file = io.BytesIO(data)
    found = archive.members(file)
    return [(each.name, each.size) for each in found], archive.read_first(file, found[0])


def refusal(data):
    with pytest.raises(WrongArchive) as refused:
        read(data)
    return refused.value.code


@pytest.mark.parametrize(
    "data", [zipped(), zipped(method=zipfile.ZIP_DEFLATED), zipped(comment=bytes(65_535)), streamed(), packed()]
)
def test_an_archive_is_read(data):
    assert read(data) == ([(name, len(content)) for name, content in FILES.items()], BID)


@paper.unhurried
@given(st.dictionaries(st.from_regex(r"[a-z]{1,9}\.pdf", fullmatch=True), st.integers(0, 99_999), max_size=3))
def test_what_is_packed_is_a_zip_of_whole_blocks(files):
    files = {"bid.json": BID, **{name: bytes(size) for name, size in files.items()}}
    data = packed(files)
    assert len(data) % archive.BLOCK == 0
    assert len(data) == archive.packed_size((name, len(content)) for name, content in files.items())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == files
    assert read(data)[1] == BID


def test_an_archive_that_ends_on_a_block_needs_no_comment():
    bare = archive.packed_size([("bid.json", 0)])
    fill = bare - len("bid.json") * 2 - archive.LOCAL.size - archive.CENTRAL.size - archive.END.size
    data = packed({"bid.json": bytes(fill)})
    assert len(data) == bare == archive.BLOCK
    assert archive.members(io.BytesIO(data))[0].size == fill


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7" + bytes(100), archive.END_MARK, bytes(70_000)])
def test_what_is_no_archive_is_refused(data):
    assert refusal(data) == "archive_missing"


def test_an_archive_without_its_end_is_refused():
    assert refusal(zipped()[:-1]) == "archive_missing"
    assert refusal(zipped() + b"x") == "archive_missing"


def test_something_before_or_inside_the_archive_is_refused():
    assert refusal(b"x" + zipped()) == "archive_directory"
    end = zipped().rindex(archive.END_MARK)
    assert refusal(zipped()[:end] + b"x" + zipped()[end:]) == "archive_directory"


def edited(place, form, value, data=None):
    """Return the archive with a field of its end record (place from 0) or directory (("central", offset)) changed."""
    data = bytearray(data or zipped())
    start = data.rindex(archive.END_MARK) if isinstance(place, int) else data.index(archive.CENTRAL_MARK)
    at = start + (place if isinstance(place, int) else place[1])
    struct.pack_into(form, data, at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("place", "form", "value", "code"),
    [
        (4, "<H", 1, "archive_directory"),
        (8, "<H", 2, "archive_directory"),
        (16, "<I", 0xFFFFFFFF, "archive_directory"),
        (("central", 0), "<I", 0, "archive_directory"),
        (("central", 8), "<H", 1, "archive_method"),
        (("central", 10), "<H", 12, "archive_method"),
        (("central", 24), "<I", 14, "archive_size"),
        (("central", 16), "<I", 0, "archive_first"),
        (("central", 28), "<H", 9, "archive_directory"),
        (("central", 42), "<I", 7, "archive_first"),
    ],
)
def test_a_directory_that_lies_is_refused(place, form, value, code):
    assert refusal(edited(place, form, value)) == code


def test_a_directory_with_more_than_it_says_is_refused():
    assert refusal(edited(10, "<H", 2, edited(8, "<H", 2))) == "archive_directory"
    assert refusal(edited(10, "<H", 4, edited(8, "<H", 4))) == "archive_directory"


def test_an_empty_archive_is_refused():
    assert refusal(archive.END.pack(archive.END_MARK, 0, 0, 0, 0, 0, 0, 0)) == "archive_directory"


def test_too_many_files_are_refused():
    assert refusal(zipped({"bid.json": BID, **{f"{number}.txt": b"" for number in range(1_000)}})) == "archive_wrong"


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", ".x", "x\ny", "x" * 256])
def test_a_path_for_a_name_is_refused(name):
    assert refusal(zipped({"bid.json": BID, name: b"x"})) == "archive_name"


def test_a_name_that_is_no_utf_8_is_refused():
    assert refusal(zipped({"bid.json": BID, "aa": b"x"}).replace(b"aa", b"\xff\xff")) == "archive_name"


def test_the_same_name_twice_is_refused():
    assert refusal(zipped({"bid.json": BID, "aa": b"x", "ab": b"x"}).replace(b"ab", b"aa")) == "archive_twice"


@pytest.mark.parametrize(
    "files", [{"a.pdf": b"x", "bid.json": BID}, {"Bid.json": BID}, {"bid.json": bytes(range(256)) * 257}]
)
def test_an_archive_that_does_not_begin_with_a_small_bid_is_refused(files):
    assert refusal(zipped(files)) == "archive_first"


def test_a_bomb_is_refused_by_what_it_declares():
    assert refusal(zipped({"bid.json": BID, "bomb": bytes(10**7)}, zipfile.ZIP_DEFLATED)) == "archive_bomb"
    assert refusal(zipped({"bid.json": b" " * 60_000}, zipfile.ZIP_DEFLATED)) == "archive_bomb"


def test_a_bomb_that_declares_nothing_costs_nothing():
    bomb = zipped({"bid.json": bytes(10**7), "fill": bytes(range(256)) * 100}, zipfile.ZIP_DEFLATED)
    assert refusal(edited(("central", 24), "<I", 60_000, bomb)) == "archive_first"


def test_members_that_overlap_are_refused():
    assert refusal(edited(("central", 20), "<I", 10**6, edited(("central", 24), "<I", 10**6))) == "archive_bomb"


@pytest.mark.parametrize("at", [0, 8, 26, 30])
def test_a_local_header_that_differs_is_refused(at):
    data = bytearray(zipped())
    data[at] ^= 1
    assert refusal(bytes(data)) == "archive_first"


def test_damaged_data_is_refused():
    assert refusal(zipped({"bid.json": BID}).replace(b'"v"', b'"w"')) == "archive_first"
    data = bytearray(zipped({"bid.json": BID * 9}, zipfile.ZIP_DEFLATED))
    data[38] = 0xFF
    assert refusal(bytes(data)) == "archive_first"
    data = zipped({"bid.json": BID}, zipfile.ZIP_DEFLATED)
    assert refusal(edited(("central", 20), "<I", 3, data)) == "archive_first"


def test_an_archive_that_ends_in_its_first_header_is_refused():
    member = Member("bid.json", archive.STORE, 0, 0, 0, 0)
    with pytest.raises(WrongArchive):
        archive.read_first(io.BytesIO(b"PK"), member)


@paper.unhurried
@given(st.integers(0, 400), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_changes_no_bid(place, byte):
    data = bytearray(zipped({"bid.json": BID, "a.txt": b"x" * 30}))
    data[place % len(data)] = byte
    try:
        content = read(bytes(data))[1]
    except WrongArchive:
        return
    assert content == BID
