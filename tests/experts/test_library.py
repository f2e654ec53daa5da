"""The snapshot's file: the same rows make the same bytes, and no other file is read as one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts import library
from experts.library import LibraryError, Row, Standing
from trading.ledger import merkle

KEY = b"k" * 32
DAY = date(2026, 11, 22)
ROW = Row(
    number="E0000000001",
    standing=Standing.READY,
    specialities=("A0601", "A0802"),
    region="510699",
    organisations=("91510699MADEM0062C",),
    drawable_on=date(2026, 1, 1),
    away=((date(2026, 12, 1), date(2026, 12, 7)),),
)
BARE = Row("E0000000002", Standing.COOLING, (), "", (), None, (), rehearsal=True)


def test_a_line_reads_as_the_format_says():
    line = library.line(ROW, "ab" * 32)
    assert line == (
        f"E0000000001\t{'ab' * 32}\tready\tA0601,A0802\t510699\t91510699MADEM0062C\t2026-01-01"
        "\t2026-12-01/2026-12-07\t0"
    )
    assert library.line(BARE, "ab" * 32) == f"E0000000002\t{'ab' * 32}\tcooling\t-\t-\t-\t-\t-\t1"


def test_a_file_reads_back_and_its_root_is_over_its_lines():
    written = library.write([BARE, ROW], KEY)
    assert library.read(written.content) == [ROW, BARE]
    lines = written.content.split(b"\n")[:-1]
    assert written.root == merkle.root([merkle.leaf_hash(line) for line in lines]).hex()
    assert written.size == 2
    assert library.write([], KEY) == (b"", written_nothing().sha256, merkle.EMPTY.hex(), 0)


def written_nothing() -> library.Written:
    return library.write([], b"other")


@given(st.permutations([replace(ROW, number=f"E000000000{n}") for n in range(6)]))
def test_the_order_of_the_rows_does_not_matter(rows):
    assert library.write(rows, KEY) == library.write(sorted(rows), KEY)


def test_every_change_of_a_row_or_of_the_key_changes_the_root():
    changes = [
        replace(ROW, standing=Standing.SUSPENDED),
        replace(ROW, specialities=("A0601",)),
        replace(ROW, region="510600"),
        replace(ROW, organisations=()),
        replace(ROW, drawable_on=date(2026, 1, 2)),
        replace(ROW, away=()),
        replace(ROW, rehearsal=True),
    ]
    roots = {library.write([row], KEY).root for row in (ROW, *changes)} | {library.write([ROW], b"other").root}
    assert len(roots) == len(changes) + 2


def test_nobody_stands_in_the_library_twice():
    with pytest.raises(LibraryError):
        library.write([ROW, replace(ROW, region="")], KEY)


GOOD = library.write([ROW, BARE], KEY).content


@pytest.mark.parametrize(
    "content",
    [
        GOOD[:-1],
        GOOD.replace(b"\tready\t", b"\tReady\t"),
        GOOD.replace(b"E0000000001", b"E0000000003"),
        GOOD.replace(b"E0000000001", b"E0000000002"),
        GOOD.replace(b"2026-01-01", b"2026-02-30"),
        GOOD.replace(b"2026-12-01/", b"2026-13-01/"),
        GOOD.replace(b"\t510699\t", "\t五\t".encode()),
        GOOD + b"\n",
    ],
)
def test_what_is_no_snapshot_is_not_read(content):
    with pytest.raises(LibraryError):
        library.read(content)


@pytest.mark.parametrize(
    ("row", "on", "standing"),
    [
        (ROW, DAY, Standing.READY),
        (ROW, date(2025, 12, 31), Standing.COOLING),
        (ROW, date(2026, 12, 1), Standing.AWAY),
        (ROW, date(2026, 12, 7), Standing.AWAY),
        (ROW, date(2026, 12, 8), Standing.READY),
        (BARE, DAY, Standing.COOLING),
        (replace(ROW, standing=Standing.SUSPENDED), DAY, Standing.SUSPENDED),
        (replace(ROW, standing=Standing.AGED), DAY, Standing.AGED),
    ],
)
def test_who_may_be_drawn_on_a_day(row, on, standing):
    assert library.standing(row, on) == standing
