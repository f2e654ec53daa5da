"""A lot whose bids were opened and whose evaluation report is signed, as the award finds it.

The rows of opening and evaluation are written as those stages leave them; how they come about is tried elsewhere.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bids import award_due
from bids.bid import Bid
from bids.opened import OpenedBid
from bids.opening import Opening
from bids.room.evaluation import Evaluation
from bids.room.ranking import Candidate
from bids.tender import Tender
from bids.upload import Upload
from tests import make
from trading import clock
from trading.ledger import sealed
from trading.live import Transcript
from trading.lot import Lot
from trading.party import Role, User
from trading.room import Kind, Room
from trading.session import Session
from trading.transitions import perform

NAMES = ("甲建设有限公司", "乙建设有限公司", "丙建设有限公司", "丁建设有限公司", "戊建设有限公司")
PRICES = ("4512000.00", "4608000.50", "4700000.00", "4890000.00", "4450000.00")
TOTALS = ("92.31", "88.21", "82.08", "79.50", None)
RANKS = (1, 2, 3, 4, None)  # the last was rejected
PUBLICITY = {
    "evaluation": "经评审，三名候选人得分依次为92.31、88.21、82.08。",
    "qualification": "均满足公路工程施工总承包三级及以上资质要求。",
    "contact": "县公共资源交易中心 0838-0000000",
    "objection_channel": "在本平台提出",
}
RESULT = {
    "winner_address": "县城人民路1号",
    "main_items": "监控设备，型号A，120套，单价37600元，质保三年",
    "contact": "县公共资源交易中心 0838-0000000",
    "objection_channel": "在本平台提出质疑",
}


def local(day: str, hour: int = 10) -> datetime:
    """Return a moment of a county day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.LOCAL) + timedelta(hours=hour)


@dataclass
class Scene:
    """One lot at its award, with everybody who acts in it."""

    number: int
    owner: User
    agency: User
    regulator: User
    bidders: list[User]
    clock: Any

    @property
    def lot(self) -> Lot:
        return Lot.objects.get(pk=self.number)

    @property
    def award(self) -> Any:
        return self.lot.award

    def candidate(self, rank: int) -> Candidate:
        return Candidate.objects.get(evaluation__lot=self.number, rank=rank)

    def to(self, day: str, hour: int = 10) -> None:
        """Go to an hour of a county day."""
        self.clock.move_to(local(day, hour), tick=False)

    def receive(self) -> Any:
        """Let the clock lay the report before the owner."""
        award_due.receive_reports()
        return self.award

    def publicise(self, **facts: Any) -> Any:
        return perform(self.award.publicise, by=self.agency, content=PUBLICITY, **facts)

    def suspend(self, day: str) -> None:
        self.to(day)
        perform(self.lot.suspend, by=self.regulator, reason="objection")

    def resume(self, day: str) -> None:
        self.to(day)
        perform(self.lot.resume, by=self.regulator)


def signed(
    clock_: Any, owner: User, agency: User, *, at: str, kind: str = "public_tender", funding: str = "budget"
) -> Scene:
    """Return a lot with five opened bids, three of them recommended, its report signed on the day `at`."""
    clock_.move_to(local(at), tick=False)
    regulator = make.user(Role.SECTOR_REGULATOR)
    category = "works" if kind == "public_tender" else "goods"
    project = make.project(
        owner=owner,
        agency=make.home(agency),
        approved_estimate=Decimal(6_000_000),
        funding=funding,
        category=category,
    )
    lot = make.lot(owner=owner, of=project, kind=kind, estimate=Decimal(5_000_000), name="村道硬化工程")
    _announced(lot, agency)
    bidders = [make.user(Role.BIDDER, of=make.organisation(name)) for name in NAMES]
    _evaluated(lot, agency, bidders)
    return Scene(lot.pk, owner, agency, regulator, bidders, clock_)


def _announced(lot: Lot, agency: User) -> None:
    perform(Tender(lot=lot, price_ceiling=Decimal(4_900_000), deposit=Decimal(50_000)).register, by=agency)
    now = lot.now()
    moments = {"documents_from": now - timedelta(days=30), "documents_until": now - timedelta(days=20)}
    Tender.objects.filter(lot=lot).update(state="announced", deadline=now - timedelta(days=1), **moments)
    sealed.open_secret_windows(lot.code, now)
    lot.refresh_from_db()
    lot.end_secrecy(now)


def _session(lot: Lot, kind: str) -> Session:
    room = Room.objects.create(kind=kind, name=f"{kind}{lot.pk}", place="201")
    moments = {"starts_at": lot.now() - timedelta(days=1), "ends_at": lot.now()}
    return Session.objects.create(
        room=room, lot=lot, kind=kind, title=kind, transcript=Transcript.objects.create(), **moments
    )


def _evaluated(lot: Lot, agency: User, bidders: list[User]) -> None:
    opening = Opening.objects.create(lot=lot, session=_session(lot, Kind.OPENING))
    Opening.objects.filter(pk=opening.pk).update(state="finished")
    evaluation = Evaluation.objects.create(lot=lot, opening=opening, session=_session(lot, Kind.EVALUATION))
    for place, bidder in enumerate(bidders):
        _candidate(evaluation, _opened(opening, bidder, place), place)
    moments = {"reported_at": lot.now(), "signed_at": lot.now(), "report_sha256": "ab" * 32}
    Evaluation.objects.filter(pk=evaluation.pk).update(state="signed", **moments)


def _opened(opening: Opening, bidder: User, place: int) -> OpenedBid:
    lot, organisation, number = opening.lot, make.home(bidder), uuid.uuid4()
    upload = Upload.objects.create(id=number, lot=lot, organisation=organisation, begun_by=bidder)
    given = {"seq": 1, "head_seq": 1, "envelope": "{}", "received_at": lot.now() - timedelta(days=2)}
    bid = Bid.objects.create(number=str(number), upload=upload, lot=lot, organisation=organisation, **given)
    Bid.objects.filter(pk=bid.pk).update(state="submitted")
    items = {
        "price": PRICES[place],
        "duration_days": 360,
        "quality": "合格",
        "manager_name": f"项目经理{place}",
        "manager_certificate": f"川15120152026{place}",
    }
    return OpenedBid.objects.create(opening=opening, bid=bid, number=place + 1, outcome="opened", items=items)


def _candidate(evaluation: Evaluation, opened: OpenedBid, place: int) -> None:
    total, rank = TOTALS[place], RANKS[place]
    rejected = {"ground": "responsiveness", "reason": "投标报价高于最高投标限价", "basis": "招标投标法实施条例 51"}
    Candidate.objects.create(
        evaluation=evaluation,
        opened=opened,
        number=opened.number,
        price=Decimal(PRICES[place]),
        total=None if total is None else Decimal(total),
        rank=rank,
        rejected=rank is None,
        reasons=[rejected] if rank is None else [],
    )
