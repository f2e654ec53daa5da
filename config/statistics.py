"""The year in numbers: what was published, drawn, signed and saved. A rehearsal counts nowhere."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bids import tender_standing
from bids.comparison import Comparison
from bids.contract import Contract
from bids.tender import Tender
from config import pages, states
from trading import clock, procedures
from trading.draws.draw import Draw
from trading.lot import Lot
from trading.notice import Kind, Notice
from trading.project import Category

FIRST_YEAR = 2000
COMPARED = (Kind.DRAW, Kind.DRAW_LIST, Kind.DRAW_RESULT, Kind.FAILURE, Kind.CONTRACT)


class Table(NamedTuple):
    """One table of the page and of its file; the chart is drawn from it, or from the columns that `drawn` names."""

    name: str
    title: Promise
    heads: list[Promise | str]
    rows: list[list[Any]]  # Any: a name and its numbers
    chart: str
    drawn: str = ""

    @property
    def cells(self) -> list[list[tuple[Any, Any]]]:
        """Each row's cells with their heads, which a narrow screen shows beside them."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


class Purchase(NamedTuple):
    """A signed contract as the sums see it: where, what, its reviewed control price and its price, in yuan."""

    region: str
    category: str
    reviewed: Decimal
    price: Decimal


class Saving(NamedTuple):
    """What a number of purchases came to, and what their prices stayed below the reviewed control prices."""

    contracts: int
    reviewed: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.reviewed - self.price

    @property
    def percent(self) -> Decimal:
        """The saving in percent of the reviewed prices, half up to two decimals."""
        share = self.amount / self.reviewed * 100 if self.reviewed else Decimal(0)
        return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the numbers of a year, as tables with charts, or as a CSV file."""
    this_year = clock.local_date(clock.now()).year
    asked = request.GET.get("year", str(this_year))
    if not asked.isascii() or not asked.isdecimal() or not FIRST_YEAR <= int(asked[:5]) <= this_year:
        return pages.problem(request, 400, _("There are no numbers of that year."))
    year = int(asked)
    tables = [
        *(purchases_by_region(year), purchases_by_kind(year), comparisons_by_state(year), tenders_by_state(year)),
        draws_by_month(year),
        *(notices_by_month(year), notices_by_line(year)),
    ]
    if request.GET.get("format") == "csv":
        return as_file(year, tables)
    years = range(this_year, this_year - 5, -1)
    context = {"year": year, "years": years, "tables": tables, "sums": sums(year), "at": clock.now()}
    return render(request, "statistics.html", context)


def within(year: int) -> tuple[datetime, datetime]:
    """Return the first moment of a year in the county and the first of the next."""
    return datetime(year, 1, 1, tzinfo=clock.LOCAL), datetime(year + 1, 1, 1, tzinfo=clock.LOCAL)


def notices(year: int) -> QuerySet[Notice]:
    start, end = within(year)
    return Notice.objects.public().filter(published_at__gte=start, published_at__lt=end)


def notices_by_month(year: int) -> Table:
    """Count the notices of each month: of comparisons, and of other procedures."""
    counted: Counter[tuple[int, bool]] = Counter()
    months = notices(year).annotate(month=TruncMonth("published_at", tzinfo=clock.LOCAL)).order_by()
    for month, kind, count in months.values_list("month", "kind").annotate(Count("pk")):
        counted[month.month, kind in COMPARED] += count
    rows = [[f"{year}-{month:02}", counted[month, True], counted[month, False]] for month in range(1, 13)]
    heads: list[Promise | str] = [_("Month"), _("Fixed-price comparisons"), _("Other procedures")]
    return Table("notices", _("Notices of each month"), heads, rows, "bar")


def notices_by_line(year: int) -> Table:
    """Count the notices of each business line, the largest first."""
    lines = notices(year).exclude(category="").order_by().values_list("category").annotate(Count("pk"))
    rows = [[name, count] for name, count in sorted(lines, key=lambda row: (-row[1], row[0]))]
    return Table("lines", _("Notices of each business line"), [_("Business line"), _("Notices")], rows, "pie")


def comparisons(year: int) -> QuerySet[Comparison]:
    start, end = within(year)
    public = Comparison.objects.filter(lot__in=Lot.objects.public())
    return public.filter(created_at__gte=start, created_at__lt=end)


def comparisons_by_state(year: int) -> Table:
    """Count where the year's comparisons stand."""
    counted = comparisons(year).order_by().values_list("state").annotate(Count("pk"))
    rows = [[str(states.shown(code).words), count] for code, count in sorted(counted)]
    heads: list[Promise | str] = [_("State"), _("Comparisons")]
    return Table("comparisons", _("Where the year's comparisons stand"), heads, rows, "bar")


def tenders(year: int) -> QuerySet[Tender]:
    start, end = within(year)
    return Tender.objects.filter(lot__in=Lot.objects.public(), created_at__gte=start, created_at__lt=end)


def tenders_by_state(year: int) -> Table:
    """Count where the year's tenders stand, by kind."""
    counted: Counter[tuple[str, str]] = Counter()
    for tender in tenders(year).select_related("lot__opening"):
        counted[tender.lot.kind, tender_standing.stage(tender)] += 1
    titles = {kind.kind: kind.title_zh for kind in procedures.TENDERS.values()}
    rows = [[f"{titles[kind]} · {states.shown(code).words}", count] for (kind, code), count in sorted(counted.items())]
    heads: list[Promise | str] = [_("State"), _("Tenders")]
    return Table("tenders", _("Where the year's tenders stand"), heads, rows, "bar")


def draws_by_month(year: int) -> Table:
    """Count the draws of each month that gave a result."""
    start, end = within(year)
    drawn = Draw.objects.public().filter(state="drawn", lot__rehearsal=False)
    drawn = drawn.filter(created_at__gte=start, created_at__lt=end)
    months = drawn.annotate(month=TruncMonth("created_at", tzinfo=clock.LOCAL)).order_by()
    counted = {month.month: count for month, count in months.values_list("month").annotate(Count("pk"))}
    rows = [[f"{year}-{month:02}", counted.get(month, 0)] for month in range(1, 13)]
    return Table("draws", _("Draws of each month"), [_("Month"), _("Draws")], rows, "line")


def purchases(year: int) -> list[Purchase]:
    """Return the contracts signed in the year; they are added up here, for SQLite would add money as floats."""
    start, end = within(year)
    standing = Contract.objects.standing().filter(lot__rehearsal=False)
    signed = standing.filter(signed_on__gte=start.date(), signed_on__lt=end.date())
    columns = ("lot__project__region", "lot__project__category", "lot__comparison__reviewed_price", "price")
    return [Purchase(*row) for row in signed.order_by().values_list(*columns)]


def saving(bought: Iterable[Purchase]) -> Saving:
    """Add purchases up."""
    rows = list(bought)
    reviewed, price = (row.reviewed for row in rows), (row.price for row in rows)
    return Saving(len(rows), sum(reviewed, Decimal(0)), sum(price, Decimal(0)))


def purchases_by_region(year: int) -> Table:
    """Add up the year's contracts by the region of the project."""
    rows = grouped(purchases(year), lambda purchase: purchase.region)
    return Table(
        "regions", _("Contracts and saving by region"), heads(_("Region code (GB/T 2260)")), rows, "bar", "2,3"
    )


def purchases_by_kind(year: int) -> Table:
    """Add up the year's contracts by what was bought."""
    words = dict(Category.choices)
    rows = grouped(purchases(year), lambda purchase: str(words[purchase.category]))
    return Table("kinds", _("Contracts and saving by kind"), heads(_("Kind")), rows, "bar", "2,3")


def heads(group: Promise) -> list[Promise | str]:
    return [
        *(group, _("Contracts"), _("Reviewed control price (yuan)"), _("Contract price (yuan)")),
        *(_("Saving (yuan)"), _("Saving (%)")),
    ]


def grouped(bought: list[Purchase], of: Callable[[Purchase], str]) -> list[list[Any]]:  # Any: a name and its numbers
    """Return a row for each group, the largest sum first: number, reviewed prices, prices, saving and its share."""
    groups = {name: saving(row for row in bought if of(row) == name) for name in {of(row) for row in bought}}
    ordered = sorted(groups.items(), key=lambda group: (-group[1].price, group[0]))
    return [[name, one.contracts, one.reviewed, one.price, one.amount, one.percent] for name, one in ordered]


def sums(year: int) -> dict[str, int | Saving]:
    """Return the year's sums, in pieces and in yuan."""
    return {
        "notices": notices(year).count(),
        "comparisons": comparisons(year).count(),
        "tenders": tenders(year).count(),
        "signed": saving(purchases(year)),
    }


def as_file(year: int, tables: list[Table]) -> HttpResponse:
    """Return the tables as one CSV file that a spreadsheet opens in Chinese."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="statistics-{year}.csv"'
    writer = csv.writer(response)
    for table in tables:
        writer.writerow([table.title])
        writer.writerow(table.heads)
        writer.writerows(table.rows)
        writer.writerow([])
    return response
