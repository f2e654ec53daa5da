"""What the demonstration shows, each procedure left at another stage; all rehearsals of invented enterprises."""

from collections.abc import Callable
from dataclasses import replace

from bids.comparison import Comparison
from bids.tender import Tender
from config.demo import data, inside
from config.demo.client import Unexpected
from config.demo.fixed_price.preparing import Works
from config.demo.fixed_price.stages import Story
from config.demo.tendering.preparing import BRIDGE, INSTRUMENTS, Purchase
from config.demo.tendering.story import TenderStory
from config.demo.walk import Walk
from trading.project import Project

SHOWN: tuple[tuple[Works, str], ...] = (
    (
        Works(
            "远山村公路安全防护工程",
            "远山村至晨光镇 6.2 公里公路：波形护栏、警示标志、急弯减速设施，工期 60 日历天",
            estimate="860000.00",
            reviewed="842610.00",
            discount="0.0300",
        ),
        "tracking",
    ),
    (
        Works(
            "示范县第二小学运动场改造工程",
            "200 米塑胶跑道、人造草坪足球场、排水及围网改造，工期 45 日历天",
            estimate="1280000.00",
            reviewed="1253900.00",
            discount="0.0400",
        ),
        "publicity",
    ),
    (
        Works(
            "晨光镇集镇污水管网完善工程",
            "DN300 污水管 1.8 公里、检查井 62 座、路面恢复，工期 75 日历天",
            estimate="1750000.00",
            reviewed="1718000.00",
            discount="0.0500",
        ),
        "list",
    ),
    (
        Works(
            "示范县便民服务中心屋面维修工程",
            "屋面防水 2,100 平方米、天沟更换、避雷带修复，工期 30 日历天",
            estimate="560000.00",
            reviewed="548300.00",
            discount="0.0200",
        ),
        "registering",
    ),
)


TENDERED: tuple[tuple[Purchase, str], ...] = (
    (
        replace(BRIDGE, name="示范县晨光镇敬老院新建工程", scope="新建敬老院一栋，建筑面积 4,860 平方米，含室外附属"),
        "signed",
    ),
    (INSTRUMENTS, "bids"),
)


def load(say: Callable[[str], object]) -> None:
    """Take each comparison and each tender to its stage, unless it is there already."""
    played = tuple(row["uscc"] for row in data.read("organisations") if row["key"] in PLAYED)
    walk = inside.walk(lambda words: None)
    for works, stage in SHOWN:
        _take(walk, works.name, Story(works, played, proven=False), stage, say)
    for purchase, stage in TENDERED:
        _take(walk, purchase.name, TenderStory(purchase), stage, say)


def _take(walk: Walk, name: str, story: Story | TenderStory, stage: str, say: Callable[[str], object]) -> None:
    if Project.objects.filter(name=name, rehearsal=True).exists():
        return
    walk.made = {}
    try:
        story.tell(walk, until=stage)
    except Unexpected as refusal:
        say(f"  {name} stops before “{stage}”: {refusal}")


def where(url: str) -> str:
    """Return the addresses of the newest rehearsals, for no public list shows them."""
    rows = Comparison.objects.filter(lot__rehearsal=True).select_related("lot").order_by("-pk")[:NEWEST]
    lines = [f"  {url}/comparisons/{row.pk}/  {row.state:<15} {row}" for row in rows]
    tenders = Tender.objects.filter(lot__rehearsal=True).select_related("lot").order_by("-pk")[:NEWEST]
    lines += [f"  {url}/tenders/{row.pk}/      {row.state:<15} {row}" for row in tenders]
    return "\n".join(["Rehearsals, which no public list shows:", *lines])


NEWEST = 8
PLAYED = {f"enterprise{number}" for number in range(5, 10)}
