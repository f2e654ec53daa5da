"""A comparison and its people, walked to the stage that a test asks for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bids.comparison import Comparison
from bids.qualification import Qualification
from bids.registration import ParticipantNotice, Registration
from tests import make
from trading.lot import Lot
from trading.party import Role, User
from trading.transitions import perform

PUBLISHED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in the county
OPENS = PUBLISHED + timedelta(hours=1)
CLOSES = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
DRAWN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
CONTENT = {
    "scope": "清淤、砌筑排水沟 1.2 公里",
    "qualification": "市政公用工程施工总承包三级及以上",
    "contact": "县公共资源交易中心 0838-0000000",
    "objection_channel": "向项目单位书面提出",
    "draw_place": "抽取室",
}


@dataclass
class Case:
    """One comparison with everybody who acts in it."""

    comparison: Comparison
    owner: User
    supervisor: User
    centre: User
    regulator: User
    notice: ParticipantNotice
    clock: Any

    @property
    def lot(self) -> Lot:
        return Lot.objects.get(pk=self.comparison.lot_id)

    def fresh(self) -> Comparison:
        return Comparison.objects.get(pk=self.comparison.pk)

    def registration(self, organisation: Any = None, **facts: Any) -> Registration:
        """Return a registration that has not been submitted yet."""
        given = {
            "lot": self.lot,
            "organisation": organisation or make.organisation(),
            "grade": "市政三级",
            "manager_name": "王工",
            "manager_certificate": make.code(),
            "safety_licence": "(川)JZ安许证字〔2026〕1",
            "confirmed_sha256": self.notice.sha256,
            **facts,
        }
        return Registration(**given)

    def register(self, organisation: Any = None, **facts: Any) -> Registration:
        """Register an enterprise through its own person."""
        registration = self.registration(organisation, **facts)
        perform(registration.submit, by=make.user(Role.BIDDER, of=registration.organisation))
        return registration

    def fix_price(self) -> None:
        facts: dict[str, Any] = {"reviewed_price": Decimal("1800000.00"), "discount_rate": Decimal("0.05")}
        perform(
            self.comparison.fix_price, by=self.owner, reviewer="县财政评审中心", review_no="财评〔2026〕3号", **facts
        )

    def announce(self, **changes: Any) -> None:
        facts = {"opens_at": OPENS, "closes_at": CLOSES, "draw_at": DRAWN, "participant_notice": self.notice}
        perform(self.comparison.announce, by=self.owner, **{**facts, "content": CONTENT, **changes})

    def open(self) -> None:
        self.fix_price()
        self.announce()
        self.clock.move_to(OPENS)
        perform(self.fresh().open_registration, by=None)

    def close(self) -> Qualification:
        """Close registration and begin the qualification."""
        self.clock.move_to(CLOSES)
        perform(self.fresh().close_registration, by=None)
        qualification = Qualification(lot=self.lot)
        perform(qualification.open, by=self.owner)
        return qualification

    def settle(self, qualification: Qualification, **verdicts: str) -> None:
        """Let both examiners pass everybody and settle."""
        rows = [{"registration": r.pk, "verdict": "pass", "reason": ""} for r in self.lot.registrations.counted()]
        perform(qualification.find, by=self.owner, findings=rows)
        perform(qualification.find, by=self.supervisor, findings=rows)
        perform(qualification.settle, by=self.supervisor)


@pytest.fixture
def case(db: Any, time_machine: Any, owner: User, supervisor: User, centre: User, regulator: User) -> Case:
    """Return a comparison that has just been registered, on PUBLISHED."""
    time_machine.move_to(PUBLISHED, tick=False)
    lot = make.lot(owner=owner)
    comparison = Comparison(lot=lot, legal_basis=make.legal_basis())
    perform(comparison.register, by=owner)
    notice = ParticipantNotice(number="2026-1", text="抽取企业须知")
    perform(notice.publish, by=regulator)
    return Case(comparison, owner, supervisor, centre, regulator, notice, time_machine)
