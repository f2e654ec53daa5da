"""From the project to the published notice."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from config.demo.client import Unexpected
from config.demo.people import REGION
from config.demo.walk import Walk, approval_no, yuan
from trading import clock


@dataclass(frozen=True)
class Works:
    """The small works that a walk is about; invented."""

    name: str
    scope: str
    estimate: str
    reviewed: str
    discount: str


DEFENCE = Works(
    name="晨光镇清水河堤防应急加固工程",
    scope="清水河左岸堤防 420 米加固：基础清理、混凝土护坡、排水沟及附属工程，工期 90 日历天",
    estimate="1680000.00",
    reviewed="1624350.00",
    discount="0.0500",
)
QUALIFICATION = "水利水电工程施工总承包三级及以上；有效的安全生产许可证；拟派项目经理为二级及以上注册建造师且无在建项目"


def register_project(walk: Walk, works: Works) -> None:
    """The owner registers the project for a rehearsal; the centre checks its form."""
    owner = walk.person("owner")
    project = owner.create(
        "projects",
        name=works.name,
        owner=str(owner.organisations["owner"]),
        category="works",
        region=REGION,
        funding="state_enterprise",
        approval_no=approval_no(),
        approved_estimate=yuan("1900000.00"),
        funds_in_place=True,
        title_clear=True,
        rehearsal=True,
    )
    walk.made["project"] = project["code"]
    walk.tell("owner", f"registers the project {project['code']} {works.name}, in rehearsal")
    walk.person("centre").act("projects", project["code"], "accept")
    walk.tell("centre", "accepts the registration after a check of form")


def register_lot(walk: Walk, works: Works) -> None:
    """The owner enters the lot and the comparison under the county's rule, and fixes the price."""
    owner = walk.person("owner")
    lot = owner.create(
        "lots", project=walk.made["project"], name=works.name, kind="fixed_price", estimate=yuan(works.estimate)
    )
    walk.made["lot"] = lot["code"]
    walk.tell("owner", f"registers the lot {lot['code']}")
    basis = next(row for row in owner.listed("/legal-bases/") if row["region"] == REGION and row["state"] == "entered")
    comparison = owner.create("comparisons", lot=lot["code"], legal_basis=str(basis["id"]))
    walk.made["comparison"] = comparison["id"]
    walk.tell("owner", f"registers the comparison under {basis['document_no']}")
    priced = owner.act(
        "comparisons",
        comparison["id"],
        "fix_price",
        reviewed_price=yuan(works.reviewed),
        discount_rate=works.discount,
        reviewer="示范县财政评审中心",
        review_no="示财评〔2026〕演练第 37 号",
    )
    walk.tell(
        "owner", f"fixes the price: {works.reviewed} × (1 − {works.discount}) = {priced['fixed_price']['amount']} yuan"
    )


def announce(walk: Walk, works: Works) -> None:
    """The owner publishes the notice with the earliest lawful schedule."""
    owner = walk.person("owner")
    now = walk.lot_now()
    closing = first_day(walk, "F01", now.date())
    drawing = first_day(walk, "F02", closing)
    notice = participant_notice(walk)
    walk.made["opens_at"], walk.made["closes_at"] = now + timedelta(minutes=30), at(closing, 17)
    walk.made["draw_at"] = at(drawing, 10)
    owner.act(
        "comparisons",
        walk.made["comparison"],
        "announce",
        **{name: walk.made[name].isoformat() for name in ("opens_at", "closes_at", "draw_at")},
        participant_notice=str(notice["id"]),
        content={
            "scope": works.scope,
            "qualification": QUALIFICATION,
            "contact": "项目业主工程科（演练，不受理来电）",
            "draw_place": "抽取室，示范县公共资源交易服务中心二楼 201",
            "objection_channel": "本平台“异议”栏目；示范县住房和城乡建设局招投标监督科",
        },
    )
    walk.tell("owner", f"publishes the notice: registration to {closing} 17:00, draw {drawing} 10:00")


def open_registration(walk: Walk) -> None:
    """Registration opens at the announced moment."""
    walk.pass_to(walk.made["opens_at"])
    walk.wait_for_state("registering")


def participant_notice(walk: Walk) -> dict[str, Any]:
    """Return the newest participant's notice (随机抽取企业须知)."""
    return next(walk.person("owner").listed("/participant-notices/"))


def first_day(walk: Walk, rule: str, start: date) -> date:
    """Ask the deadline calculator for the first lawful day."""
    found = walk.person("visitor").read(f"/rules/{rule}/deadline", **{"from": start.isoformat()})
    if not found["date"]:
        raise Unexpected(f"The calculator cannot say when {rule} from {start} is kept: {found['status']}")
    return date.fromisoformat(found["date"])


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), clock.LOCAL)
