"""A tender and its people, walked to the stage that a test asks for, on a rehearsal lot and a named clock.

The custodians' keys are real age identities that live in the case, as they live in browsers.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyrage
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bids import method_rules
from bids.custody import Custodian, Holder, Mode
from bids.method import Method
from bids.requirements import Requirements
from bids.sealing.custodian import answer_to
from bids.tender import Tender
from tests import make
from trading.document import Document
from trading.lot import Lot
from trading.party import Organisation, Role, User
from trading.transitions import perform

PUBLISHED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in the county
FROM = PUBLISHED + timedelta(hours=1)
UNTIL = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 3, 31, 1, 30, tzinfo=UTC)  # 9:30 in the county
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CONTENT = {
    "scope": "新建村道 3.2 公里",
    "qualification": "公路工程施工总承包三级及以上",
    "period": "360 日历天",
    "contact": "县公共资源交易中心 0838-0000000",
    "objection_channel": "在本平台提出",
    "policies": "",
}
ASKED = [{"code": "Z1", "requirement": "公路工程施工总承包三级及以上资质", "evidence": "资质证书"}]
SCHEDULE: dict[str, Any] = {
    "documents_from": FROM,
    "documents_until": UNTIL,
    "deadline": DEADLINE,
    "opening_place": "开标一室",
}


@dataclass
class Case:
    """One tender with everybody who acts in it; `identities` are the custodians' keys by holder."""

    tender: Tender
    owner: User
    agency: User
    clock: Any
    keepers: dict[str, User] = field(default_factory=dict)
    identities: dict[str, Any] = field(default_factory=dict)

    @property
    def lot(self) -> Lot:
        return Lot.objects.get(pk=self.tender.lot_id)

    def fresh(self) -> Tender:
        return Tender.objects.get(pk=self.tender.pk)

    def file(self, title: str = "招标文件", **facts: Any) -> Document:
        """Return a file of the agency's that was stored for this lot's takers."""
        given = {"lot": self.lot, "organisation": make.home(self.agency), "title": title, "for_takers": True, **facts}
        upload = SimpleUploadedFile("t.pdf", PDF + title.encode(), content_type="application/pdf")
        stored: Document = perform(Document(**given).store, by=self.agency, upload=upload)
        return stored

    def announce(self, **changes: Any) -> None:
        facts = {**SCHEDULE, "content": CONTENT, **changes}
        if "documents" not in facts:
            facts["documents"] = [self.file()]
        perform(self.fresh().announce, by=self.agency, **facts)

    def open(self, **changes: Any) -> None:
        """Announce, and go to the moment from which documents are offered and bids are taken."""
        self.announce(**changes)
        self.clock.move_to(FROM)

    def ask_for(self, items: list[dict[str, str]]) -> None:
        """State what every bidder must prove."""
        stated = Requirements.objects.filter(lot=self.lot).first() or Requirements(lot=self.lot)
        perform(stated.lay_down, by=self.agency, items=items)

    def evaluate_by(self, terms: dict[str, Any] | None = None, drawn: dict[str, Any] | None = None) -> None:
        """State how bids will be evaluated, by what the platform proposes unless told."""
        stated = Method.objects.filter(lot=self.lot).first() or Method(lot=self.lot)
        proposed = method_rules.proposal(self.lot.kind, self.lot.project.category)
        perform(stated.lay_down, by=self.agency, terms=terms or proposed, drawn=drawn)

    def custodian(self, holder: str) -> Custodian:
        return Custodian.objects.get(lot=self.tender.lot_id, holder=holder)


def appoint(case: Case, holder: str, keeper: User, of: Organisation) -> None:
    """Appoint a custodian and let its own person give the public key of a fresh identity, and try it."""
    identity = pyrage.x25519.Identity.generate()
    custodian = Custodian(lot=case.lot, holder=holder, organisation=of)
    perform(custodian.appoint, by=case.agency)
    perform(case.custodian(holder).give_key, by=keeper, recipient=str(identity.to_public()))
    rehearse(case.custodian(holder), keeper, identity)
    case.keepers[holder], case.identities[holder] = keeper, identity


def rehearse(custodian: Custodian, keeper: User, identity: Any) -> None:
    """Open the test with the custodian's key and hand in what was inside."""
    perform(custodian.rehearse, by=keeper, answer=answer_to(custodian.test_wrap(), str(identity)))


def notary() -> User:
    return make.user(Role.NOTARY, of=make.organisation("公证处"))


def case_of(clock: Any, owner: User, agency: User, *, kind: str = "public_tender", **facts: Any) -> Case:
    """Return a registered tender whose three custodians have given their keys; `facts` are the tender's."""
    clock.move_to(PUBLISHED, tick=False)
    rehearsal = facts.pop("rehearsal", True)
    project = make.project(
        owner=owner,
        agency=make.home(agency),
        rehearsal=rehearsal,
        approved_estimate=facts.pop("approved_estimate", Decimal("6000000.00")),
        category=facts.pop("category", "works" if kind == "public_tender" else "goods"),
        funding=facts.pop("funding", "budget"),
    )
    lot = make.lot(owner=owner, of=project, kind=kind, estimate=facts.pop("estimate", Decimal("5000000.00")))
    given = {"price_ceiling": Decimal("4900000.00"), "deposit": Decimal("50000.00"), "mode": Mode.T, **facts}
    tender = Tender(lot=lot, **given)
    perform(tender.register, by=agency)
    case = Case(tender, owner, agency, clock)
    case.ask_for(ASKED)
    case.evaluate_by()
    supervisor, outside = make.user(Role.SITE_SUPERVISOR), notary()
    appoint(case, Holder.AGENCY, agency, make.home(agency))
    appoint(case, Holder.SUPERVISOR, supervisor, make.home(supervisor))
    appoint(case, Holder.BACKUP, outside, make.home(outside))
    return case


@pytest.fixture
def case(db: Any, time_machine: Any, owner: User, agency: User) -> Case:
    """Return a works tender in mode T, registered, with its custodians' keys, on PUBLISHED."""
    return case_of(time_machine, owner, agency)


@pytest.fixture
def case_tb(db: Any, time_machine: Any, owner: User, agency: User) -> Case:
    """Return the same in mode TB, in which the bidder holds a share too."""
    return case_of(time_machine, owner, agency, mode=Mode.TB)


@pytest.fixture
def procurement(db: Any, time_machine: Any, owner: User, agency: User) -> Case:
    """Return an open tender of government procurement, for goods."""
    return case_of(time_machine, owner, agency, kind="government_open_tender")
