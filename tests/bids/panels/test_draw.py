"""The draw of a committee: recusal against the secret bidders, the sealed key, seats by the ranking."""

import json
from datetime import timedelta

import pyrage
import pytest

from bids import sides
from experts import due, pool
from experts.application import Kind, Tie, Whose
from experts.drawing import CommitteeSecret
from experts.panel import Panel
from tests import make
from tests.bids.panels.conftest import GATHER
from tests.bids.tenders.bidding import bidder
from tests.refusals import refused
from trading import clock
from trading.draws import candidates, dossier, evidence, leaves, verify_draw
from trading.ledger import sequencer
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role
from trading.transitions import perform


def directs(expert, uscc):
    seat = Tie(Kind.DIRECTORSHIP, Whose.SELF, uscc, "示范单位", clock.local_date(clock.now()) - timedelta(days=30))
    perform(expert.declare, by=expert.user, ties=[seat])


def test_the_draw_freezes_salted_leaves_and_seals_its_key_to_the_supervisor(desk):
    panel = desk.begin()
    assert panel.state == "drawing"
    key = pyrage.decrypt(bytes(panel.key_copy), [desk.key])
    assert key == panel.key()
    assert leaves.key_digest(pool.SUITE, key).hex() == panel.draw.kd
    assert panel.counts == {"pool": {"A0802": 8, "A0601": 8}, "excluded": {}}
    assert panel.draw.library == {"root": panel.snapshot.root, "n": 8, "at": "2026-03-02"}
    assert panel.draw.plan == [{"st": "A0802", "k": 2, "alt": 6}, {"st": "A0601", "k": 2, "alt": 6}]
    rows = panel.rows_by_leaf()
    assert sorted(row.number for row in rows.values()) == sorted(one.number for one in desk.experts)
    assert {one.id for one in panel.draw.frozen().candidates} == set(rows)
    assert not any(one.number in panel.draw.list_file for one in desk.experts)


def test_a_bidder_s_people_fall_out_up_and_down_its_group_and_the_operator_sees_counts(desk):
    top, bidding, below = (bidder(name) for name in ("控股集团", "投标公司", "子公司"))
    regulator = make.user(Role.SECTOR_REGULATOR)
    perform(bidding.organisation.enter_controller, by=regulator, controller=top.organisation)
    perform(below.organisation.enter_controller, by=regulator, controller=bidding.organisation)
    desk.case.clock.move_to(desk.case.fresh().deadline - timedelta(hours=1))
    assert bidding.bid(desk.case)[1].status_code == 201
    assert sides.bidders_of(desk.case.lot) == {
        bidding.organisation.uscc: frozenset({top.organisation.uscc, below.organisation.uscc})
    }
    desk.case.clock.move_to(GATHER - timedelta(hours=6))
    directs(desk.experts[0], below.organisation.uscc)
    directs(desk.experts[1], top.organisation.uscc)
    panel = desk.begin()
    assert panel.counts == {"pool": {"A0802": 6, "A0601": 6}, "excluded": {"E02": 2}}
    out = {one.id for one in candidates.parse_exclusions(panel.draw.exclusions_file.encode())}
    rows = panel.rows_by_leaf()
    assert {rows[leaf].number for leaf in out} == {one.number for one in desk.experts[:2]}


def test_people_of_the_project_s_sides_and_who_is_engaged_or_gone_fall_out(desk):
    case = sides.case_of(desk.case.lot)
    assert case.owners == {make.home(desk.case.owner).uscc}
    assert case.agencies == {make.home(desk.case.agency).uscc}
    assert make.home(desk.case.keepers["supervisor"]).uscc in case.supervisors
    directs(desk.experts[0], make.home(desk.case.owner).uscc)
    perform(desk.experts[1].leave, by=desk.experts[1].user)
    assert desk.begin().counts["excluded"] == {"E03": 1, "E05": 1}


def test_a_pool_that_tells_names_is_refused_and_a_chosen_region_widened(desk, approver):
    Panel.objects.filter(pk=desk.panel.pk).update(region="410900")
    desk.panel.refresh_from_db()
    given = {"session": desk.hall.session, "beacon": {"kind": "physical", "digits": 20}}
    facts = {**given, **sides.of_draw(desk.case.lot)}
    refused(desk.panel.begin_draw, "pool_too_small", by=desk.hall["centre"], **facts)
    refused(desk.panel.widen, "region_not_wider", by=approver, region="4110")
    refused(desk.panel.widen, "region_not_wider", by=approver, region="410900")
    refused(desk.panel.widen, "not_permitted", by=desk.case.agency, region="")
    perform(desk.panel.widen, by=approver, region="")
    assert perform(desk.panel.begin_draw, by=desk.hall["centre"], **facts).state == "drawing"


@pytest.mark.parametrize(("hours", "code"), [(-49, "draw_time_wrong"), (0, "draw_time_wrong")])
def test_nobody_draws_too_early_or_too_late(desk, hours, code):
    desk.case.clock.move_to(GATHER + timedelta(hours=hours))
    facts = {"session": desk.hall.session, "beacon": {}, **sides.of_draw(desk.case.lot)}
    refused(desk.panel.begin_draw, code, by=desk.hall["centre"], **facts)


def test_a_library_is_older_than_the_application(desk):
    Panel.objects.filter(pk=desk.panel.pk).update(applied_at=desk.panel.applied_at - timedelta(days=1))
    desk.panel.refresh_from_db()
    facts = {"session": desk.hall.session, "beacon": {}, **sides.of_draw(desk.case.lot)}
    refused(desk.panel.begin_draw, "library_missing", by=desk.hall["centre"], **facts)


def test_only_the_centre_begins_and_a_supervisor_has_a_key(desk):
    facts = {"session": desk.hall.session, "beacon": {}, **sides.of_draw(desk.case.lot)}
    refused(desk.panel.begin_draw, "not_permitted", by=desk.case.agency, **facts)
    other = make.lot(owner=desk.case.owner)
    with pytest.raises(Exception, match="holds no key"):
        sides.of_draw(other)


def test_a_void_draw_leads_back_and_its_successor_has_another_key(desk):
    panel = desk.begin()
    first = panel.key()
    refused(panel.return_to_application, "draw_not_void", by=desk.hall["centre"])
    refused(panel.take_result, "draw_not_finished", by=desk.hall["centre"])
    perform(panel.draw.void, by=desk.hall["supervisor"], cause="equipment", reason="设备故障")
    desk.panel = perform(desk.fresh().return_to_application, by=desk.hall["centre"])
    assert (desk.panel.state, desk.panel.draw) == ("approved", None)
    second = desk.begin()
    assert second.draw.seq == 2
    assert second.key() != first


def test_the_result_fills_the_seats_and_names_nobody(desk):
    panel = desk.draw()
    seats = desk.seats()
    assert panel.state == "drawn"
    assert [(seat.number, seat.state, seat.expert, seat.user) for seat in seats] == [
        (n, "drawn", None, None) for n in range(1, 5)
    ]
    assert [[seat.leaf, seat.stratum] for seat in seats] == panel.draw.result["seated"]


def test_the_leaves_open_at_the_law_s_moment_and_hash_to_the_list(desk):
    panel = desk.draw()
    with pytest.raises(CommitteeSecret):
        panel.openings()
    with pytest.raises(CommitteeSecret):
        panel.published()
    panel.lot.end_committee_secrecy(clock.now())
    openings = desk.fresh().openings()
    assert [one["id"] for one in openings] == [leaf for leaf, _stratum in panel.draw.result["seated"]]
    for one in openings:
        leaves.check_opening(pool.SUITE, one)
    assert desk.fresh().published() == []


def test_the_evidence_verifies_before_the_result_without_a_name_and_after_it_with_the_leaves(desk, tmp_path):
    panel = desk.draw()
    seat = desk.seats()[0]
    perform(desk.fresh().notify, by=desk.hall["centre"])
    due.call_experts()
    seat.refresh_from_db()
    perform(seat.decline, by=seat.expert.user, refusal="busy")
    assert sequencer.ensure_cosigned(desk.fresh().draw.event_of("draw.skipped"))
    before = dossier.files_of(desk.fresh().draw)
    secrets = [word for one in desk.experts for word in (one.number, one.personal.name, one.personal.phone)]
    assert not any(word.encode() in data for word in secrets for data in before.values())
    evidence.write(before, tmp_path / "before")
    assert verify_draw.main([str(tmp_path / "before")]) == 0
    panel.lot.end_committee_secrecy(clock.now())
    after = dossier.files_of(desk.fresh().draw)
    opened = {one["expert_id"] for one in json.loads(after["openings.json"])}
    assert len(opened) == 5
    assert seat.expert.number in opened
    evidence.write(after, tmp_path / "after")
    assert verify_draw.main([str(tmp_path / "after")]) == 0


def test_nothing_of_the_committee_is_in_the_open_ledger(desk):
    desk.call()
    told = AuditEvent.objects.filter(subject_type__in=["panel", "seat"])
    assert not told.exists()
    sealed = SealedEntry.objects.filter(subject_type__in=["panel", "seat"])
    assert set(sealed.values_list("tender", flat=True)) == {f"{desk.case.lot.code}/committee"}
    assert sealed.filter(type="seat.called").count() == 4
