"""The turns a comparison takes when something goes wrong: a void draw, an unsigned contract, a disputed milestone."""

from datetime import date, timedelta

import pytest

from bids.award import Award
from bids.comparison import Comparison
from bids.contract import Contract
from bids.tracking import DisciplineReport, Milestone
from config.demo.client import Unexpected
from config.demo.fixed_price import contracting, drawing
from config.demo.fixed_price.preparing import at
from trading.draws.draw import Draw
from trading.errors import WrongState
from trading.ledger.tables import AuditEvent
from trading.notice import Kind
from trading.party import User
from trading.transitions import perform


def test_a_void_draw_leads_back_to_the_list_and_a_second_draw(walk, story):
    story.tell(walk, until="session")
    drawing.begin(walk)
    walk.person("supervisor").act("draws", walk.made["draw"], "void", cause="witness_left", reason="监督人员中途离场")
    walk.person("centre").act("comparisons", walk.made["comparison"], "return_to_list")
    first = walk.made["draw_id"]
    drawing.begin(walk)

    assert Comparison.objects.get().state == "drawing"
    assert dict(Draw.objects.values_list("draw_id", "state")) == {first: "void", walk.made["draw_id"]: "preparing"}


def test_an_unsigned_contract_passes_to_the_next_alternate_and_is_reported(walk, story):
    story.tell(walk, until="publicity")
    contracting.send_notice(walk)
    winner, alternate = walk.comparison()["awards"][:2]
    walk.pass_to(at(date.fromisoformat(winner["sign_by"]) + timedelta(days=1), 9))
    walk.settle()

    comparison = Comparison.objects.get()
    report = DisciplineReport.objects.get()
    assert comparison.state == "drawn"
    assert AuditEvent.objects.filter(type="comparison.lapsed").count() == 1
    assert [award.lapse_reason for award in comparison.lot.awards.order_by("rank")] == ["owner", "", ""]
    assert (report.trigger, report.organisation) == ("unsigned", comparison.lot.project.owner)
    assert Award.objects.current(comparison.lot).registration.organisation.uscc == alternate["uscc"]


def test_an_unconfirmed_contract_lapses_and_the_alternate_signs(walk, story):
    story.tell(walk, until="publicity")
    contracting.send_notice(walk)
    first = contracting.standing_award(walk)
    digest = contracting.enter_contract(walk)
    entered = walk.made["contract"]
    walk.pass_to(at(date.fromisoformat(first["sign_by"]), 22))
    walk.settle()
    assert Comparison.objects.get().state == "contracted"

    walk.pass_to(at(date.fromisoformat(first["sign_by"]) + timedelta(days=1), 9))
    with pytest.raises(Unexpected) as late:
        contracting.winning_person(walk).act("contracts", entered, "confirm", sha256=digest)
    assert late.value.code == "confirmed_too_late"
    walk.settle()
    walk.settle()
    comparison, report = Comparison.objects.get(), DisciplineReport.objects.get()
    assert comparison.state == "drawn"
    assert [award.lapse_reason for award in comparison.lot.awards.order_by("rank")] == ["timeout", "", ""]
    assert (report.trigger, report.organisation.uscc) == ("unsigned", first["uscc"])
    assert AuditEvent.objects.filter(type="contract.lapsed").count() == 1
    assert walk.comparison()["contract"] is None

    contracting.publicise(walk)
    contracting.send_notice(walk)
    contracting.sign_contract(walk)
    contracts = Contract.objects.order_by("pk").values_list("state", "registration__award__rank")
    assert list(contracts.all()) == [("lapsed", 1), ("confirmed", 2)]
    notices = comparison.lot.notices.filter(kind=Kind.CONTRACT).order_by("pk")
    assert [notice.state for notice in notices] == ["withdrawn", "published"]

    winner = User.objects.get(username=contracting.winning_person(walk).username)
    with pytest.raises(WrongState):
        perform(Comparison.objects.get().lapse, by=winner, reason="refused")
    walk.pass_to(at(date.fromisoformat(contracting.standing_award(walk)["sign_by"]) + timedelta(days=1), 9))
    walk.settle()
    assert Comparison.objects.get().state == "contracted"
    assert list(contracts.all()) == [("lapsed", 1), ("confirmed", 2)]


def test_a_disputed_milestone_waits_for_another_report(walk, story):
    story.tell(walk, until="contract")
    contracting.track(walk)
    milestone = walk.made["milestones"][0]["id"]
    contracting.winning_person(walk).act("milestones", milestone, "report", percent=10, note="已进场")
    walk.person("supervisor").act("milestones", milestone, "dispute", note="现场无施工人员")

    disputed = Milestone.objects.get(pk=milestone)
    assert (disputed.state, disputed.note, disputed.done_on) == ("planned", "现场无施工人员", None)
