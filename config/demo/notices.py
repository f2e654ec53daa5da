"""Real notices, taken over as other platforms published them."""

from datetime import datetime
from typing import Any

from config.demo import data
from config.demo.people import person
from trading import clock
from trading.notice import Kind, Notice
from trading.transitions import perform

LINES = ("政府采购", "工程建设", "国企采购")
PROVINCES = {
    **dict.fromkeys(("江西", "江西省"), "江西省"),
    **{short: f"{short}省" for short in ("浙江", "福建", "河北", "广东", "云南")},
    "北京": "北京市",
}
OF_CODE = {"36": "江西省", "53": "云南省"}


def load() -> int:
    """Take over the notices that are not listed yet; return how many were new."""
    listed = set(Notice.objects.filter(lot=None).values_list("title", "published_at"))
    rows = [(_notice(row), row) for row in data.read("notices")]
    missing = [(notice, row) for notice, row in rows if (notice.title, _published(row)) not in listed]
    for notice, row in missing:
        perform(notice.take_over, by=person("centre"), content=_content(row), first_published_at=_published(row))
    return len(missing)


def _notice(row: dict[str, Any]) -> Notice:
    line = row["category"].partition(" / ")[0]
    source = row["source"]
    return Notice(
        kind=_kind(line, row.get("method", "")),
        title=row["title"],
        region=_province(row),
        category=line if line in LINES else "工程建设",
        buyer=row.get("buyer", ""),
        source_url=source if source.startswith("http") else "",
    )


def _kind(line: str, method: str) -> str:
    if line == "国企采购":
        return Kind.TENDER if method == "招标公告" else Kind.PROCUREMENT
    return Kind.PROCUREMENT if line == "政府采购" else Kind.TENDER


def _province(row: dict[str, Any]) -> str:
    """Return the province: as printed, or from the region code that begins the project number of a county's notice."""
    region: str = row.get("region", "")
    if region in PROVINCES:
        return PROVINCES[region]
    if region.endswith(("省", "自治区")) or region in {"上海市", "重庆市", "北京市"}:
        return region
    return OF_CODE.get(row["project_number"].removeprefix("GC")[:2], region)


def _published(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["published"]).replace(tzinfo=clock.LOCAL)


def _content(row: dict[str, Any]) -> dict[str, Any]:
    """Return the notice's facts under their names; what was not printed is not there."""
    renamed = {"title": "project", "buyer": "owner", "region": "place"}
    return {renamed.get(name, name): value for name, value in row.items()}
