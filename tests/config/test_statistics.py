"""The year in numbers."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from trading.notice import Kind, Notice

pytestmark = pytest.mark.django_db
NEW_YEAR_IN_THE_COUNTY = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def published():
    """Return a way to have a notice that was published at a moment."""
    return make_notice


def make_notice(at: datetime, **facts) -> Notice:
    notice = Notice(title="公告", kind=facts.pop("kind", Kind.TENDER), published_at=at, **facts)
    notice.save()
    Notice.objects.filter(pk=notice.pk).update(state="published")
    return notice


def table(text: str, name: str) -> list[list[str]]:
    start = text.index("<tbody>", text.index(f'id="{name}"'))
    rows = text[start : text.index("</tbody>", start)].split("<tr>")[1:]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in rows]


def test_a_notice_counts_in_the_countys_month(client: Client, published):
    published(NEW_YEAR_IN_THE_COUNTY, category="工程建设")
    text = client.get("/statistics/?year=2026").text
    assert table(text, "notices")[0] == ["2026-01", "0", "1"]
    assert table(text, "lines") == [["工程建设", "1"]]
    assert table(client.get("/statistics/?year=2025").text, "notices")[11] == ["2025-12", "0", "0"]


def test_a_rehearsal_counts_nowhere(client: Client, published):
    published(NEW_YEAR_IN_THE_COUNTY, rehearsal=True, kind=Kind.DRAW)
    text = client.get("/statistics/?year=2026").text
    assert table(text, "notices")[0] == ["2026-01", "0", "0"]


def test_the_file_holds_the_same_numbers(client: Client, published):
    published(NEW_YEAR_IN_THE_COUNTY, kind=Kind.DRAW)
    response = client.get("/statistics/?year=2026&format=csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "2026-01,1,0\r\n" in response.content.decode()


@pytest.mark.parametrize("year", ["1999", "20260", "next", "２０２６", "9999"])
def test_a_year_without_numbers_is_refused(client: Client, year: str):
    assert client.get("/statistics/", {"year": year}).status_code == 400


def test_every_table_stands_empty_where_nothing_was_counted(client: Client):
    assert client.get("/statistics/?year=2024").status_code == 200
