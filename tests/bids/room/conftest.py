"""An evaluation room with its committee: a tender whose opening is finished, and who sits where."""

from datetime import timedelta
from typing import Any

import pytest

from bids.examination import Examination
from bids.method import Method
from bids.opening import Opening
from bids.qualifying import entrants_of
from bids.requirements import codes_of
from bids.review import Review
from bids.room.evaluation import Evaluation
from bids.room.member import Member
from bids.room.sheet import Sheet
from experts.panel import Panel
from experts.seat import Seat
from experts.wanted import Need, Wanted
from tests import make
from tests.bids.tenders import test_opening_record as hall
from tests.bids.tenders.conftest import Case, case_of
from trading.attendance import SignIn
from trading.conduct import ConductRules
from trading.party import Role, User
from trading.room import Kind, Room
from trading.session import Session
from trading.transitions import perform

PARTS = [
    {"id": "price", "kind": "price", "weight": "60"},
    {"id": "technical", "kind": "expert", "weight": "30", "max": "30"},
    {"id": "business", "kind": "fixed", "weight": "10", "max": "10"},
]
TERMS: dict[str, Any] = {"method": "comprehensive_scoring", "parts": PARTS, "tie": ["total_desc", "price_asc", "draw"]}


class Desk:
    """One evaluation with those who act in it: `experts` by seat, the representative on the last seat."""

    def __init__(self, case: Case, terms: dict[str, Any] = TERMS, prices: tuple[str, ...] = (), **bids: Any) -> None:
        self.case, self.host, self.centre = case, case.agency, make.user(Role.CENTRE_STAFF)
        perform(Method.objects.get(lot=case.lot).lay_down, by=case.agency, terms=terms)
        self.opening, self.made = hall.read_out(case, **({"prices": prices} if prices else {}), **bids)
        for row in self.opening.opened.all():  # each with a project manager of its own
            row.items = {**row.items, "manager_certificate": f"川{row.number:09d}"}
            row.save(update_fields=["items"])
        Opening.objects.filter(pk=self.opening.pk).update(state="finished")
        self.people: dict[int, User] = {}
        self.panel = self._panel()
        self.session = self._session()

    @property
    def lot(self) -> Any:
        return self.case.lot

    @property
    def evaluation(self) -> Evaluation:
        return Evaluation.objects.get(lot=self.lot)

    def member(self, seat: int) -> Member:
        return Member.objects.sitting().get(evaluation__lot=self.lot, seat__number=seat)

    def sheet(self, seat: int) -> Sheet:
        return Sheet.objects.get(member=self.member(seat))

    @property
    def chair(self) -> User:
        return self.people[1]

    def _panel(self) -> Panel:
        """Gather a committee; how it is drawn and called is tried elsewhere."""
        wanted = Wanted(
            needs=[Need("A0802", 4)],
            representatives=1,
            gather_at=self.lot.now() + timedelta(hours=1),
            place="评标一室",
            hours=8,
        )
        panel = perform(Panel(lot=self.lot).apply, by=self.host, wanted=wanted)
        Panel.objects.filter(pk=panel.pk).update(state="gathered")
        for number in range(1, 5):
            self.arrive(number, panel)
        representative = make.member(make.account("代表"), make.home(self.case.owner), Role.OWNER)
        self.arrive(5, panel, representative, "representative")
        return Panel.objects.get(pk=panel.pk)

    def arrive(self, number: int, panel: Panel | None = None, person: User | None = None, kind: str = "expert") -> Seat:
        """Let somebody arrive on a seat."""
        self.people[number] = person or make.user(Role.EXPERT)
        facts = {"panel": panel or self.panel, "number": number, "kind": kind, "user": self.people[number]}
        return Seat.objects.create(state="arrived", **facts)

    def _session(self) -> Session:
        begins = self.lot.now()
        room = perform(Room(kind=Kind.EVALUATION, name=f"评标室{self.lot.pk}", place="三楼").register, by=self.centre)
        given = {"lot": self.lot, "kind": Kind.EVALUATION, "room": room, "title": "评标", "host": self.host}
        session = Session(starts_at=begins + timedelta(minutes=1), ends_at=begins + timedelta(hours=8), **given)
        perform(session.book, by=self.centre)
        self.case.clock.shift(timedelta(minutes=2))
        perform(session.open, by=self.centre)
        self.enter_room(session, self.host, Role.AGENCY)
        for person in self.people.values():
            self.enter_room(session, person, person.active_memberships()[0].role)
        return session

    def enter_room(self, session: Session, person: User, role: str) -> None:
        """Sign a person in."""
        rules = ConductRules.objects.filter(role="").first()
        if rules is None:
            rules = perform(ConductRules(role="", title="纪律", text="1. 保持安静。").publish, by=self.centre)
        there = SignIn(session=session, organisation=make.home(person), role=role)
        perform(there.sign_in, by=person, conduct_sha256=rules.sha256)

    def convene(self) -> Evaluation:
        done: Evaluation = perform(Evaluation(lot=self.lot, session=self.session).convene, by=self.host)
        return done

    def declare(self, seat: int) -> None:
        perform(self.member(seat).confirm_discipline, by=self.people[seat])
        perform(self.member(seat).declare_none, by=self.people[seat])

    def elect(self) -> None:
        for seat in sorted(self.people)[:3]:
            perform(self.member(seat).vote, by=self.people[seat], matter="chair", choice="1")

    def qualify(self, *failed: int, by: User | None = None) -> None:
        """Settle the qualification of those whose bids were opened; `failed` are numbers of bids."""
        who = by or (self.host if self.lot.kind == "government_open_tender" else self.chair)
        review = perform(Review(lot=self.lot).begin, by=self.host, entrants=entrants_of(self.lot))
        out = {row.bid.organisation_id for row in self.opening.opened.filter(number__in=failed)}
        for one in Examination.objects.filter(review=review):
            wrong = {"verdict": "fail", "ground": "insufficient", "reason": "等级不够", "evidence": "第3页"}
            given = wrong if one.organisation_id in out else {"verdict": "pass"}
            rows = [{"item": code, **given} for code in codes_of(self.lot)]
            perform(one.find, by=who, findings=rows)
        perform(review.settle, by=who)

    def begin(self) -> Evaluation:
        """Go to the examination: convened, declared, a chair elected, the qualification settled."""
        self.convene()
        for seat in self.people:
            self.declare(seat)
        self.elect()
        self.qualify()
        begun: Evaluation = perform(self.evaluation.begin, by=self.host)
        return begun

    def find(self, seat: int, **grounds: dict[str, str]) -> None:
        """Record one member's findings on every bid; `grounds`: b2={"unsigned": "…"} is of bid 2."""
        numbers = self.evaluation.candidates.values_list("number", flat=True)
        rows = [{"number": number, "grounds": grounds.get(f"b{number}", {})} for number in numbers]
        perform(self.member(seat).find, by=self.people[seat], findings=rows)

    def examine(self) -> Evaluation:
        """Go to the scoring: everybody finds every bid responsive."""
        self.begin()
        for seat in self.people:
            self.find(seat)
        done: Evaluation = perform(self.evaluation.conclude, by=self.chair)
        return done

    def fill(self, seat: int, technical: str = "25", business: str = "8", **of_bid: dict[str, str]) -> Sheet:
        """Fill in a member's sheet: the same for every bid, but b2={"technical": "12"} for bid 2."""
        sheet = self.sheet(seat)
        numbers = self.evaluation.candidates.effective().values_list("number", flat=True)
        usual = {"technical": technical, "business": business}
        scores = {str(number): {**usual, **of_bid.get(f"b{number}", {})} for number in numbers}
        sheet.save_draft(self.people[seat], draft=sheet.draft, scores=scores)
        return self.sheet(seat)

    def sign(self, seat: int, **facts: Any) -> None:
        sheet = self.fill(seat, **facts)
        perform(sheet.sign, by=self.people[seat], draft=sheet.draft)

    def score(self, **facts: Any) -> Evaluation:
        """Go to the sum: every member signs the same scores."""
        self.examine()
        for seat in self.people:
            self.sign(seat, **facts)
        done: Evaluation = perform(self.evaluation.sum_up, by=self.chair)
        return done

    def report(self) -> Evaluation:
        self.score()
        done: Evaluation = perform(self.evaluation.write_report, by=self.chair)
        return done

    def finish(self) -> Evaluation:
        """Go to the signed report."""
        self.report()
        for seat in self.people:
            perform(self.member(seat).sign, by=self.people[seat])
        done: Evaluation = perform(self.evaluation.finish, by=self.host)
        return done


@pytest.fixture
def room(db: Any, time_machine: Any, owner: User, agency: User) -> Desk:
    """Return a works tender with three opened bids, a gathered committee of five and the open session."""
    return Desk(case_of(time_machine, owner, agency))


@pytest.fixture
def procured(db: Any, time_machine: Any, owner: User, agency: User) -> Desk:
    """Return the same of a procurement."""
    return Desk(case_of(time_machine, owner, agency, kind="government_open_tender"))
