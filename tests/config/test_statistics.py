"""The year in numbers."""

import itertools
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from bids.comparison import Comparison
from bids.contract import Contract
from bids.registration import Registration
from tests import make
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.project import Category, Project

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


NUMBERS = itertools.count(1)


def bought(region: str, *prices: str, category=Category.WORKS, on=date(2026, 5, 6), rehearsal=False, state="confirmed"):
    """Store a comparison with its signed contract, as it stands after all its acts."""
    number, (reviewed, price) = next(NUMBERS), prices
    owner = make.organisation()
    facts = {"name": "工程", "region": region, "category": category, "approved_estimate": Decimal(reviewed)}
    project = Project(code=f"E{number:016d}", owner=owner, funding="budget", approval_no="1", **facts)
    project.save()
    lot = Lot(project=project, code=f"E{number:022d}", name="工程", kind="fixed_price", estimate=Decimal(reviewed))
    lot.rehearsal = rehearsal
    lot.save()
    stored = {"reviewed_price": Decimal(reviewed), "fixed_price": Decimal(price)}
    Comparison(lot=lot, legal_basis=make.legal_basis(), **stored).save()
    registration = Registration(lot=lot, organisation=make.organisation(), confirmed_at=NEW_YEAR_IN_THE_COUNTY)
    registration.save()
    contract = Contract(lot=lot, registration=registration, price=Decimal(price), signed_on=on, sha256="0" * 64)
    contract.save()
    Contract.objects.filter(pk=contract.pk).update(state=state)


def test_contracts_and_saving_are_added_up_by_region_and_by_kind(client: Client):
    bought("410902", "1000000.10", "950000.10")
    bought("410902", "500000.00", "490000.00", category=Category.GOODS)
    bought("410922", "2000000.00", "1900000.05")
    client.cookies["django_language"] = "en"
    text = client.get("/statistics/?year=2026").text
    assert table(text, "regions") == [
        ["410922", "1", "2,000,000.00", "1,900,000.05", "99,999.95", "5.00"],
        ["410902", "2", "1,500,000.10", "1,440,000.10", "60,000.00", "4.00"],
    ]
    assert table(text, "kinds") == [
        ["Works", "2", "3,000,000.10", "2,850,000.15", "149,999.95", "5.00"],
        ["Goods and materials", "1", "500,000.00", "490,000.00", "10,000.00", "2.00"],
    ]
    assert 'value="159999.95"' in text
    assert "4.57%" in text


def test_another_year_a_rehearsal_and_a_lapsed_contract_save_nothing(client: Client):
    bought("410902", "1000000.00", "950000.00", on=date(2025, 12, 31))
    bought("410902", "1000000.00", "950000.00", rehearsal=True)
    bought("410902", "1000000.00", "950000.00", state="lapsed")
    text = client.get("/statistics/?year=2026").text
    assert 'id="regions"' not in text
    assert "0.00%" in text


def test_the_charts_of_money_draw_no_numbers_of_contracts(client: Client):
    bought("410902", "1000000.00", "950000.00")
    assert 'data-table="regions" data-columns="2,3"' in client.get("/statistics/?year=2026").text


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
