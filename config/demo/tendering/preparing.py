"""From the project to the published notice: lot, tender, custodians with their own keys, documents, schedule."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyrage

from bids import method_rules
from bids.sealing import custodian
from config.demo.people import REGION
from config.demo.walk import Walk, approval_no, yuan
from trading.ledger import notes

CUSTODIANS = {
    "agency": ("agency", "agency"),
    "supervisor": ("supervisor", "construction"),
    "backup": ("notary", "notary"),
}
DOCUMENT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
DAYS = 30  # from the notice to the deadline: the law asks for twenty, an amendment for fifteen more than it leaves


@dataclass(frozen=True)
class Purchase:
    """What is tendered; invented."""

    kind: str
    mode: str
    category: str
    funding: str
    name: str
    scope: str
    qualification: str
    estimate: str
    ceiling: str
    deposit: str
    period: str


BRIDGE = Purchase(
    kind="public_tender",
    mode="T",
    category="works",
    funding="state_enterprise",
    name="示范县清水河大桥改建工程",
    scope="拆除并新建 3×30 米预应力混凝土简支小箱梁桥一座，桥宽 12 米，接线道路 420 米",
    qualification="公路工程施工总承包二级及以上；有效的安全生产许可证；项目经理为一级注册建造师（公路工程）",
    estimate="18600000.00",
    ceiling="18350000.00",
    deposit="300000.00",
    period="360 日历天",
)
INSTRUMENTS = Purchase(
    kind="government_open_tender",
    mode="TB",
    category="goods",
    funding="budget",
    name="示范县疾控中心检验设备采购",
    scope="全自动核酸提取仪 4 台、荧光定量 PCR 仪 6 台及三年维保",
    qualification="具有医疗器械经营许可；未被列入失信被执行人和政府采购严重违法失信行为记录名单",
    estimate="3200000.00",
    ceiling="3200000.00",
    deposit="60000.00",
    period="签订合同后 45 日内供货",
)


def register(walk: Walk, purchase: Purchase) -> None:
    """The owner registers project and lot for a rehearsal."""
    owner, agency = walk.person("owner"), walk.person("agency")
    project = owner.create(
        "projects",
        name=purchase.name,
        owner=str(owner.organisations["owner"]),
        agency=str(agency.organisations["agency"]),
        category=purchase.category,
        region=REGION,
        funding=purchase.funding,
        approval_no=approval_no(),
        approved_estimate=yuan(purchase.estimate),
        funds_in_place=True,
        title_clear=True,
        rehearsal=True,
    )
    walk.person("centre").act("projects", project["code"], "accept")
    lot = owner.create(
        "lots", project=project["code"], name=purchase.name, kind=purchase.kind, estimate=yuan(purchase.estimate)
    )
    walk.made["lot"] = lot["code"]
    walk.tell("owner", f"registers the project {project['code']} and the lot {lot['code']}, in rehearsal")
    register_tender(walk, purchase)


def register_tender(walk: Walk, purchase: Purchase) -> None:
    """The agency registers the tender of the lot."""
    tender = walk.person("agency").create(
        "tenders",
        lot=walk.made["lot"],
        mode=purchase.mode,
        price_ceiling=yuan(purchase.ceiling),
        deposit=yuan(purchase.deposit),
    )
    walk.made["tender"] = tender["id"]
    walk.tell("agency", f"registers the tender in mode {purchase.mode}, ceiling {purchase.ceiling}")


def appoint(walk: Walk) -> None:
    """Three custodians are named; each makes its key where it sits, publishes the public half and tries it."""
    for holder, (username, home) in CUSTODIANS.items():
        person = walk.person(username)
        organisation = next(iter(person.organisations.values()))
        row = walk.person("agency").create(
            "custodians", lot=walk.made["lot"], holder=holder, organisation=str(organisation)
        )
        identity = pyrage.x25519.Identity.generate()
        person.act("custodians", row["id"], "give_key", recipient=str(identity.to_public()))
        wrap = person.read(f"/custodians/{row['id']}/test-wrap/")["wrap"]
        answer = custodian.answer_to(notes.unbase64(wrap), str(identity))
        person.act("custodians", row["id"], "rehearse", answer=notes.base64_text(answer))
        walk.made.setdefault("identities", {})[holder] = str(identity)
        walk.tell(username, f"makes the key of the custodian “{holder}” of {home}, and opens a test with it")


def state(walk: Walk, purchase: Purchase) -> None:
    """The agency states what every bidder must prove, item by item."""
    items = [
        {"code": f"Z{number}", "requirement": text, "evidence": "证书或证明文件扫描件"}
        for number, text in enumerate(purchase.qualification.split("；"), 1)
    ]
    walk.person("agency").create("requirements", lot=walk.made["lot"], items=items)
    walk.tell("agency", f"states {len(items)} requirements of qualification")


def weigh(walk: Walk, purchase: Purchase) -> None:
    """The agency states how bids will be evaluated: what the platform proposes for such a lot."""
    terms = method_rules.proposal(purchase.kind, purchase.category)
    walk.person("agency").create("methods", lot=walk.made["lot"], **terms)
    walk.tell("agency", f"states the evaluation method, {terms['method']}, in {len(terms['parts'])} parts")


def announce(walk: Walk, purchase: Purchase) -> None:
    """The agency stores the documents and publishes the notice with a lawful schedule."""
    agency = walk.person("agency")
    document = store(walk, "招标文件")
    now = walk.lot_now().replace(microsecond=0)
    walk.made["documents_from"] = now + timedelta(days=1)
    walk.made["deadline"] = now + timedelta(days=DAYS)
    agency.act(
        "tenders",
        walk.made["tender"],
        "announce",
        documents_from=walk.made["documents_from"].isoformat(),
        documents_until=(now + timedelta(days=14)).isoformat(),
        deadline=walk.made["deadline"].isoformat(),
        opening_place="开标一室，示范县公共资源交易服务中心三楼 301，及本平台开标大厅",
        documents=[document],
        content={
            "scope": purchase.scope,
            "qualification": purchase.qualification,
            "period": purchase.period,
            "contact": "代理机构项目部（演练，不受理来电）",
            "objection_channel": "本平台“异议”栏目",
        },
    )
    walk.tell("agency", f"publishes the notice: bids are due before {walk.made['deadline']:%Y-%m-%d %H:%M:%S}")


def store(walk: Walk, title: str) -> str:
    """Return the name of a document that is given to who takes the tender documents."""
    agency = walk.person("agency")
    stored = agency.upload(
        "documents",
        DOCUMENT + title.encode(),
        "documents.pdf",
        organisation=str(agency.organisations["agency"]),
        lot=walk.made["lot"],
        title=title,
        for_takers="true",
    )
    return str(stored["id"])


def tender(walk: Walk) -> dict[str, Any]:
    """Return the tender as everybody may read it now."""
    found: dict[str, Any] = walk.person("visitor").read(f"/tenders/{walk.made['tender']}/")
    return found


def deadline(walk: Walk) -> datetime:
    return datetime.fromisoformat(tender(walk)["deadline"])
