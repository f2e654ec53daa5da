"""A tender with prequalification, its people and its moments; and one of procurement whose bids have been opened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bids.application import Application
from bids.conflicts import Entrant
from bids.examination import Examination
from bids.requirements import CONFLICT
from bids.review import Review
from tests import make
from tests.bids.tenders.conftest import PDF, Case, case_of
from trading.document import Document
from trading.party import Organisation, Role, User
from trading.transitions import perform

ITEMS = [
    {"code": "A1", "requirement": "公路工程施工总承包三级及以上资质", "evidence": "资质证书"},
    {"code": "A2", "requirement": "近三年完成过一项类似工程", "evidence": "合同及验收证明"},
]
FROM = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
UNTIL = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)
CONTENT = {
    "scope": "新建村道 3.2 公里",
    "documents": "登录本平台领取",
    "contact": "县公共资源交易中心 0838-0000000",
    "objection_channel": "在本平台提出",
}


class Desk:
    """One review with those who act in it."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def lay_down(self, items: Any = ITEMS) -> None:
        self.case.ask_for(items)

    def announce(self, **changes: Any) -> None:
        facts = {"documents_from": FROM, "documents_until": UNTIL, "applications_until": DUE, "content": CONTENT}
        perform(Review(lot=self.case.lot).announce, by=self.case.agency, **{**facts, **changes})
        self.case.clock.move_to(FROM)

    def review(self, stage: str = "pre") -> Review:
        return Review.objects.get(lot=self.case.lot, stage=stage)

    def application(self, of: Organisation | None = None, **facts: Any) -> Application:
        given = {"manager_name": "王工", "manager_certificate": make.code(), **facts}
        return Application(lot=self.case.lot, organisation=of or make.organisation(), **given)

    def apply(self, of: Organisation | None = None, **facts: Any) -> Application:
        """Apply through the enterprise's own person."""
        sent = {name: facts.pop(name) for name in ("documents", "partners") if name in facts}
        application = self.application(of, **facts)
        done: Application = perform(application.submit, by=self.person(application.organisation), **sent)
        return done

    def person(self, of: Organisation) -> User:
        member = of.memberships.filter(role=Role.BIDDER, ended_at=None).first()
        return member.user if member else make.user(Role.BIDDER, of=of)

    def paper(self, of: Organisation, **facts: Any) -> Document:
        upload = SimpleUploadedFile("p.pdf", PDF + of.uscc.encode(), content_type="application/pdf")
        given = {"lot": self.case.lot, "organisation": of, "title": "资质证书", **facts}
        stored: Document = perform(Document(**given).store, by=self.person(of), upload=upload)
        return stored

    def open(self) -> Review:
        self.case.clock.move_to(DUE)
        opened: Review = perform(self.review().open_applications, by=None)
        return opened

    def begin(self, entrants: list[Entrant]) -> Review:
        """Begin the examination of opened bids."""
        begun: Review = perform(Review(lot=self.case.lot).begin, by=self.case.agency, entrants=entrants)
        return begun

    def examination(self, of: Organisation) -> Examination:
        return Examination.objects.get(lot=self.case.lot, organisation=of)

    def find(self, of: Organisation, by: User | None = None, **failed: str) -> None:
        """Record a finding on every item: a fail with its reason where one is given, else a pass."""
        rows = [finding(code, failed.get(code, "")) for code in (*(item["code"] for item in ITEMS), CONFLICT)]
        perform(self.examination(of).find, by=by or self.case.agency, findings=rows)

    def settle(self, stage: str = "pre") -> Review:
        settled: Review = perform(self.review(stage).settle, by=self.case.agency)
        return settled


def finding(code: str, reason: str = "", **facts: str) -> dict[str, str]:
    if not reason:
        return {"item": code, "verdict": "pass", "evidence": "证书第 3 页", **facts}
    return {
        "item": code,
        "verdict": "fail",
        "ground": "insufficient",
        "reason": reason,
        "evidence": "证书第 3 页",
        **facts,
    }


@pytest.fixture
def desk(db: Any, time_machine: Any, owner: User, agency: User) -> Desk:
    """Return a tender whose qualification is examined before bids, registered, its requirements stated."""
    desk = Desk(case_of(time_machine, owner, agency, prequalified=True, consortium=True, rehearsal=False))
    desk.lay_down()
    return desk


@pytest.fixture
def taking(desk: Desk) -> Desk:
    """Return it while applications are taken."""
    desk.announce()
    return desk


@pytest.fixture
def opened(db: Any, time_machine: Any, owner: User, agency: User) -> Desk:
    """Return a procurement whose deadline has passed; whose bids were opened is the test's to say."""
    desk = Desk(case_of(time_machine, owner, agency, kind="government_open_tender", rehearsal=False))
    desk.lay_down()
    desk.case.open()
    deadline = desk.case.fresh().deadline
    assert deadline is not None
    time_machine.move_to(deadline + timedelta(minutes=30))
    return desk
