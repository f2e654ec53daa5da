"""The ZIP of a bid, read from its directory and first member alone, and written as a stream. Pure.

Reading costs at most the directory (1 MiB) and bid.json (64 KiB), whatever the file claims: a bomb is found by what it
declares. Writing is method STORE, filled up to the next 64 KiB with a comment of zeros: the length tells little.
"""

import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from trading.errors import InvalidInput

BLOCK = 65_536
FIRST = "bid.json"
MAX_FIRST = 65_536
MAX_MEMBERS = 1_000
MAX_DIRECTORY = 1_048_576
MAX_CONTENT = 2**31
MAX_RATIO = 100
LONGEST_NAME = 255
STORE, DEFLATE = 0, 8
ENCRYPTED, UTF8 = 1, 1 << 11
VERSION, EPOCH = 20, 0x0021  # 2.0; 1980-01-01: the bidder's clock is nobody's business

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


class WrongArchive(InvalidInput):
    """The file is not a ZIP as bids have it; `code` says what is wrong."""

    code = "archive_wrong"
    basis = "电子招标投标办法 26"


class Member(NamedTuple):
    """A file in the archive, as the directory declares it; sizes in bytes, `at` is where its local header stands."""

    name: str
    method: int
    check: int
    packed: int
    size: int
    at: int


def members(file: BinaryIO) -> tuple[Member, ...]:
    """Return what the archive's directory declares, first bid.json. Raises WrongArchive."""
    total = file.seek(0, 2)
    count, length, start = _end(file, total)
    file.seek(start)
    directory = file.read(length)
    found, at = [], 0
    for _number in range(count):
        member, at = _entry(directory, at)
        found.append(member)
    if at != length or not found:
        raise WrongArchive("The archive's directory does not hold what it says.", code="archive_directory")
    _check(found, start)
    return tuple(found)


def _end(file: BinaryIO, total: int) -> tuple[int, int, int]:
    """Return count, length and start of the directory, which ends where the end record stands."""
    tail_at = max(0, total - END.size - 0xFFFF)
    file.seek(tail_at)
    tail = file.read(END.size + 0xFFFF)
    place = tail.rfind(END_MARK)
    while place >= 0:
        record = tail[place : place + END.size]
        if len(record) == END.size:
            _mark, disk, disk_of_directory, here, count, length, start, comment = END.unpack(record)
            if place + END.size + comment == len(tail):
                break
        place = tail.rfind(END_MARK, 0, place)
    else:
        raise WrongArchive("The file is not a ZIP archive.", code="archive_missing")
    if disk or disk_of_directory or here != count or start + length != tail_at + place:
        raise WrongArchive("The archive's directory is not where it should be.", code="archive_directory")
    if count > MAX_MEMBERS or length > MAX_DIRECTORY:
        raise WrongArchive("The archive has %(count)s files; %(most)s is the most.", count=count, most=MAX_MEMBERS)
    return count, length, start


def _entry(directory: bytes, at: int) -> tuple[Member, int]:
    """Return the directory's entry at `at` and where the next begins."""
    fixed = directory[at : at + CENTRAL.size]
    if len(fixed) < CENTRAL.size or fixed[:4] != CENTRAL_MARK:
        raise WrongArchive("The archive's directory does not hold what it says.", code="archive_directory")
    fields = CENTRAL.unpack(fixed)
    flags, method, check, packed, size, name_length, extra, comment = (fields[i] for i in (3, 4, 7, 8, 9, 10, 11, 12))
    if flags & ENCRYPTED or method not in (STORE, DEFLATE):
        raise WrongArchive("A file in the archive is encrypted or packed in an unknown way.", code="archive_method")
    name_at = at + CENTRAL.size
    name = read_name(directory[name_at : name_at + name_length])
    return Member(name, method, check, packed, size, fields[16]), name_at + name_length + extra + comment


def read_name(raw: bytes) -> str:
    """Return a file's name if it is UTF-8 and names a file, not a path. Raises WrongArchive."""
    name = raw.decode("utf-8", "surrogateescape")
    if not is_name(name):
        raise WrongArchive("%(name)s is not a file name.", code="archive_name", name=ascii(name)[:80])
    return name


def is_name(name: str) -> bool:
    """Return whether the text is a file's name and no path."""
    wrong = any(unicodedata.category(letter) in {"Cc", "Cs"} or letter in "\\/" for letter in name)
    return 0 < len(name) <= LONGEST_NAME and not wrong and not name.startswith(".")


def _check(found: Sequence[Member], directory_at: int) -> None:
    """Check the declared sizes against each other and the file; a bomb declares more than it could hold."""
    if len({member.name for member in found}) != len(found):
        raise WrongArchive("Two files of the archive have the same name.", code="archive_twice")
    if any(member.method == STORE and member.packed != member.size for member in found):
        raise WrongArchive("A stored file has two sizes.", code="archive_size")
    if sum(member.packed for member in found) > directory_at or sum(member.size for member in found) > MAX_CONTENT:
        raise WrongArchive("The files in the archive are larger than it can hold.", code="archive_bomb")
    if any(member.size > MAX_RATIO * max(member.packed, 1) for member in found):
        raise WrongArchive("A file in the archive is packed more than a hundredfold.", code="archive_bomb")
    first = found[0]
    if first.name != FIRST or first.at != 0 or max(first.size, first.packed) > MAX_FIRST:
        raise WrongArchive("The archive does not begin with a bid.json of at most 64 KiB.", code="archive_first")


def read_first(file: BinaryIO, first: Member) -> bytes:
    """Return the content of bid.json, `members(file)[0]`. Raises WrongArchive."""
    file.seek(0)
    head = file.read(LOCAL.size)
    fields = LOCAL.unpack(head) if len(head) == LOCAL.size else (b"", *[0] * 10)
    if fields[0] != LOCAL_MARK or fields[3] != first.method or fields[9] != len(FIRST):
        raise WrongArchive("The archive does not begin with the file that its directory says.", code="archive_first")
    named = file.read(fields[9]) == FIRST.encode()
    file.seek(fields[10], 1)
    data = file.read(first.packed)
    if first.method == DEFLATE:
        data = _inflated(data)
    if not named or len(data) != first.size or zlib.crc32(data) != first.check:
        raise WrongArchive("bid.json is damaged.", code="archive_first")
    return data


def _inflated(data: bytes) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = stream.decompress(data, MAX_FIRST + 1)
    except zlib.error as error:
        raise WrongArchive("bid.json is damaged.", code="archive_first") from error
    return content if stream.eof and not stream.unused_data else b""


def packed_size(names_and_sizes: Iterable[tuple[str, int]]) -> int:
    """Return the bytes that `pack` will yield."""
    heads = LOCAL.size + CENTRAL.size
    bare = sum(heads + 2 * len(name.encode()) + size for name, size in names_and_sizes) + END.size
    return bare + -bare % BLOCK


def pack(files: Iterable[tuple[Member, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield the archive of files whose size and checksum are known; `packed` and `at` of a Member are not looked at."""
    directory, at = [], 0
    for member, content in files:
        name = member.name.encode()
        facts = (VERSION, UTF8, STORE, 0, EPOCH, member.check, member.size, member.size, len(name), 0)
        directory.append(CENTRAL.pack(CENTRAL_MARK, VERSION, *facts, 0, 0, 0, 0, at) + name)
        yield LOCAL.pack(LOCAL_MARK, *facts) + name
        yield from content
        at += LOCAL.size + len(name) + member.size
    listing = b"".join(directory)
    zeros = -(at + len(listing) + END.size) % BLOCK
    count = len(directory)
    yield listing + END.pack(END_MARK, 0, 0, count, count, len(listing), at, zeros) + bytes(zeros)
