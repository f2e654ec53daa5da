"""Outages: found by the gap in the clock's heartbeat or reported, decided by an official, the same for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from bids import outage
from bids.opening import Opening
from bids.outage import BEAT, Heartbeat, Outage, beat, waits
from bids.postponement import Covered, Postponement
from tests import make
from tests.bids.tenders.conftest import DEADLINE, case_of
from tests.refusals import refused
from trading.errors import NotPermitted, RuleError
from trading.ledger.tables import AuditEvent
from trading.notice import Kind, Notice
from trading.party import Role
from trading.rules import table
from trading.transitions import perform

START = datetime(2026, 3, 31, 0, 0, tzinfo=UTC)
S, MIN, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock(db, time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def tender(db, time_machine, owner, agency):
    """A real tender whose bids are due at DEADLINE."""
    case = case_of(time_machine, owner, agency, rehearsal=False)
    case.open()
    return case


def down(case, since, until):
    """Let the clock beat last at `since` and again at `until`."""
    case.clock.move_to(since)
    beat()
    case.clock.move_to(until)
    beat()


def closed(case):
    """Close the lot's bids, as the clock does."""
    opening = perform(Opening(lot=case.lot).schedule, by=None)
    perform(opening.close, by=None)


def found():
    return Outage.objects.get()


# the heartbeat


def test_the_clock_notes_that_it_runs_every_ten_seconds(clock):
    for second in range(35):
        clock.move_to(START + second * S)
        beat()
    assert [one.at for one in Heartbeat.objects.order_by("at")] == [START + n * BEAT for n in range(4)]
    assert Outage.objects.count() == 0


def test_between_two_beats_the_clock_only_looks(clock, django_assert_num_queries):
    beat()
    clock.move_to(START + 9 * S)
    with django_assert_num_queries(1):
        beat()


def test_old_beats_are_forgotten(clock):
    Heartbeat.objects.bulk_create(Heartbeat(at=START - timedelta(days=3) + n * S) for n in range(5))
    Heartbeat.objects.create(at=START - 20 * S)
    beat()
    assert Heartbeat.objects.count() == 2


def test_a_gap_of_sixty_seconds_is_none_and_one_microsecond_more_is(clock):
    beat()
    clock.move_to(START + 60 * S)
    beat()
    assert Outage.objects.count() == 0
    end = START + 120 * S + timedelta(microseconds=1)
    clock.move_to(end)
    beat()
    beat()
    assert (found().began_at, found().ended_at, found().state) == (START + 60 * S, end, "found")
    entry = AuditEvent.objects.get(type="outage.found")
    assert b"2026-03-31T00:01:00.000000Z" in bytes(entry.leaf)


def test_the_first_beat_ever_and_a_clock_that_was_set_back_find_nothing(clock):
    beat()
    clock.move_to(START - H)
    beat()
    assert (Outage.objects.count(), Heartbeat.objects.count()) == (0, 1)


def test_the_beat_comes_before_everything_that_closes():
    assert settings.TIME_DRIVEN[0] == "bids.outage.beat"


# what an outage covers


@pytest.mark.parametrize(
    ("since", "until", "covered"),
    [
        (DEADLINE - 10 * MIN, DEADLINE - 5 * MIN, True),  # due within two hours after it
        (DEADLINE - MIN - S, DEADLINE, True),
        (DEADLINE, DEADLINE + 2 * MIN, True),  # the clock stood still when it was due
        (DEADLINE - 2 * H - 2 * MIN, DEADLINE - 2 * H, True),  # exactly two hours before
        (DEADLINE - 2 * H - 2 * MIN, DEADLINE - 2 * H - S, False),
        (DEADLINE + S, DEADLINE + 5 * MIN, False),
    ],
)
def test_a_deadline_in_an_outage_or_two_hours_after_it_waits(tender, since, until, covered):
    down(tender, since, until)
    assert (waits(tender.lot) is not None) is covered
    assert Covered.objects.exists() is covered


def test_a_gap_that_no_tick_has_found_yet_keeps_the_lot_closed(tender):
    tender.clock.move_to(DEADLINE - MIN)
    beat()
    tender.clock.move_to(DEADLINE + MIN)
    running = waits(tender.lot)
    assert (running.pk, running.began_at) == (None, DEADLINE - MIN)
    with pytest.raises(RuleError) as caught:
        outage.check_none_waits(tender.lot)
    assert caught.value.code == "outage_undecided"
    assert Outage.objects.count() == 0


def test_without_any_heartbeat_nothing_waits(tender):
    tender.clock.move_to(DEADLINE)
    assert waits(tender.lot) is None
    outage.check_none_waits(tender.lot)


def test_a_rehearsal_is_covered_on_its_own_clock(db, time_machine, owner, agency, centre):
    case = case_of(time_machine, owner, agency)
    case.open()
    perform(case.lot.move_clock, by=centre, hours=24)
    down(case, DEADLINE - timedelta(days=1) - 5 * MIN, DEADLINE - timedelta(days=1))
    assert waits(case.lot) is not None


def test_a_rehearsal_clock_that_moves_into_an_outage_later_is_not_covered(db, time_machine, owner, agency, centre):
    case = case_of(time_machine, owner, agency)
    case.open()
    down(case, DEADLINE - timedelta(days=1) - 5 * MIN, DEADLINE - timedelta(days=1))
    perform(case.lot.move_clock, by=centre, hours=24)
    assert waits(case.lot) is None


# the decision


def test_an_official_postpones_for_everybody_by_the_rule(tender, regulator):
    down(tender, DEADLINE - 10 * MIN, DEADLINE + 20 * MIN)
    decided = DEADLINE + H + 10 * S
    tender.clock.move_to(decided)
    perform(found().decide, by=regulator, postpone=True, reason="停机三十分钟")
    moved = tender.fresh().deadline
    assert moved == DEADLINE + 3 * H + MIN  # two hours after the decision, up to the whole minute
    assert waits(tender.lot) is None
    assert (Postponement.objects.get().before, Postponement.objects.get().after) == (DEADLINE, moved)
    assert Notice.objects.filter(kind=Kind.CHANGE).count() == 1
    assert tender.fresh().notice.newest().content["deadline_at"].startswith("2026-03-31T04:31")
    assert AuditEvent.objects.filter(type__in=["outage.decided", "deadline.postponed"]).count() == 2
    assert tender.fresh().takes_bids(DEADLINE + 2 * H)


def test_a_long_outage_gives_back_the_time_that_was_lost(tender, regulator):
    down(tender, DEADLINE - 5 * H, DEADLINE + MIN)
    perform(found().decide, by=regulator, postpone=True, reason="停机五小时")
    assert tender.fresh().deadline == DEADLINE + MIN + 5 * H + MIN


def test_a_later_deadline_may_be_named_and_an_earlier_one_not(tender, regulator):
    down(tender, DEADLINE - 10 * MIN, DEADLINE + 20 * MIN)
    named = [{"lot": tender.lot.code, "deadline": DEADLINE + H}]
    facts = {"postpone": True, "reason": "停机"}
    error = refused(found().decide, "postponed_too_little", by=regulator, deadlines=named, **facts)
    assert "O01" in error.basis
    other = [{"lot": "X" * 23, "deadline": DEADLINE + timedelta(days=1)}]
    refused(found().decide, "lot_not_covered", by=regulator, deadlines=other, **facts)
    later = DEADLINE + timedelta(days=1)
    perform(found().decide, by=regulator, deadlines=[{"lot": tender.lot.code, "deadline": later}], **facts)
    assert tender.fresh().deadline == later


def test_an_official_may_leave_the_deadline_and_the_lot_closes(tender, regulator):
    down(tender, DEADLINE - 10 * MIN, DEADLINE - 8 * MIN)
    refused(found().decide, "reason_missing", by=regulator, postpone=False, reason="")
    perform(found().decide, by=regulator, postpone=False, reason="停机两分钟，提交未受影响")
    assert (tender.fresh().deadline, waits(tender.lot)) == (DEADLINE, None)
    assert Postponement.objects.count() == 0
    refused(found().decide, "wrong_state", by=regulator, postpone=True, reason="再议")


def test_every_covered_lot_moves_and_no_other(tender, regulator, owner, agency, time_machine):
    near = case_of(time_machine, owner, agency, rehearsal=False)
    near.open(deadline=DEADLINE + H)
    far = case_of(time_machine, owner, agency, rehearsal=False)
    far.open(deadline=DEADLINE + timedelta(days=2))
    down(tender, DEADLINE - 3 * MIN, DEADLINE)
    perform(found().decide, by=regulator, postpone=True, reason="停机三分钟")
    assert [case.fresh().deadline for case in (tender, near, far)] == [
        DEADLINE + 2 * H,
        DEADLINE + 2 * H,
        DEADLINE + timedelta(days=2),
    ]


def test_a_suspended_lot_is_postponed_and_an_ended_tender_left_alone(tender, regulator, owner):
    down(tender, DEADLINE - 3 * MIN, DEADLINE)
    perform(tender.lot.suspend, by=regulator, reason="objection")
    perform(found().decide, by=regulator, postpone=True, reason="停机三分钟")
    assert tender.fresh().deadline == DEADLINE + 2 * H


def stopped_through(case, regulator, outage_decided):
    """Suspend the lot three hours before its deadline, decide on an outage over that meanwhile, and resume."""
    case.clock.move_to(DEADLINE - 3 * H, tick=False)
    perform(case.lot.suspend, by=regulator, reason="objection")
    down(case, DEADLINE - H, DEADLINE + H)
    case.clock.move_to(outage_decided, tick=False)
    perform(found().decide, by=regulator, postpone=True, reason="停机两小时")
    assert case.fresh().deadline == max(outage_decided + 2 * H, DEADLINE + 3 * H)
    case.clock.move_to(DEADLINE + 10 * H, tick=False)
    perform(case.lot.resume, by=regulator)
    return case.fresh().deadline


def test_an_outage_in_a_suspension_gives_no_time_twice(tender, regulator):
    assert stopped_through(tender, regulator, DEADLINE + 2 * H) == DEADLINE + 10 * H + 3 * H


def test_a_postponement_in_a_suspension_stands_still_from_the_decision_on(tender, regulator):
    tender.clock.move_to(DEADLINE, tick=False)
    beat()
    tender.clock.move_to(DEADLINE + H, tick=False)  # an hour late, in the outage
    perform(tender.lot.suspend, by=regulator, reason="objection")
    beat()
    perform(found().decide, by=regulator, postpone=True, reason="停机一小时")
    assert tender.fresh().deadline == DEADLINE + 3 * H
    tender.clock.move_to(DEADLINE + 9 * H, tick=False)
    perform(tender.lot.resume, by=regulator)
    assert tender.fresh().deadline == DEADLINE + 11 * H


def test_a_decision_never_brings_a_deadline_forward_that_was_moved_meanwhile(tender, regulator):
    down(tender, DEADLINE - H, DEADLINE - H + 2 * MIN)
    later = DEADLINE + timedelta(days=10)
    perform(tender.fresh().extend, by=tender.agency, deadline=later, reason="场地调整")
    perform(found().decide, by=regulator, postpone=True, reason="停机两分钟")
    assert tender.fresh().deadline == later
    assert not Postponement.objects.exists()


def test_a_deadline_that_moved_after_the_decision_looked_stays_where_it_is(tender, regulator):
    down(tender, DEADLINE - 3 * MIN, DEADLINE)
    perform(found().decide, by=regulator, postpone=False, reason="停机三分钟")
    decided = Postponement(lot=tender.lot, outage=found(), matter="bids", before=DEADLINE, after=DEADLINE + H)
    later = DEADLINE + 2 * H
    type(tender.tender).objects.update(deadline=later)
    assert perform(decided.postpone, by=regulator).after == tender.fresh().deadline == later


def test_only_the_sector_regulator_decides_and_only_the_centre_reports(
    tender, bidder, owner, centre, supervisor, auditor
):
    down(tender, DEADLINE - 3 * MIN, DEADLINE)
    for person in (bidder, owner, centre, supervisor, auditor, None):
        with pytest.raises(NotPermitted):
            perform(found().decide, by=person, postpone=True, reason="停机")
    facts = {"began_at": DEADLINE - H, "ended_at": DEADLINE - MIN, "evidence": "存储故障"}
    for person in (bidder, owner, supervisor, auditor, make.user(Role.SECTOR_REGULATOR)):
        with pytest.raises(NotPermitted):
            perform(Outage(**facts).report, by=person)


def test_the_centre_reports_with_evidence_what_the_clock_cannot_see(tender, centre, regulator):
    tender.clock.move_to(DEADLINE)
    refused(Outage(began_at=DEADLINE - MIN, evidence=" ").report, "evidence_missing", by=centre)
    refused(Outage(began_at=DEADLINE + S, evidence="存储故障").report, "outage_in_the_future", by=centre)
    perform(Outage(began_at=DEADLINE - MIN, evidence="存储故障，见值班日志").report, by=centre)
    assert waits(tender.lot) == found()
    refused(found().decide, "outage_without_end", by=regulator, postpone=True, reason="故障")
    tender.clock.move_to(DEADLINE + H)
    later = {"postpone": True, "reason": "故障"}
    refused(found().decide, "outage_end_wrong", by=regulator, ended_at=DEADLINE + 2 * H, **later)
    perform(found().decide, by=regulator, ended_at=DEADLINE + 30 * MIN, **later)
    assert tender.fresh().deadline == DEADLINE + 3 * H


def test_an_outage_of_long_ago_is_not_reported(tender, centre):
    tender.clock.move_to(DEADLINE, tick=False)
    month = timedelta(days=30)
    for began in (datetime(1, 1, 2, tzinfo=UTC), DEADLINE - month - timedelta(microseconds=1)):
        one = Outage(began_at=began, ended_at=DEADLINE, evidence="存储故障")
        assert refused(one.report, "outage_too_old", by=centre).basis == outage.BASIS
    assert not Covered.objects.exists()
    perform(Outage(began_at=DEADLINE - month, ended_at=DEADLINE, evidence="存储故障").report, by=centre)


def test_no_deadline_is_postponed_beyond_two_years(tender, regulator):
    down(tender, DEADLINE - 10 * MIN, DEADLINE)
    named = [{"lot": tender.lot.code, "deadline": DEADLINE + timedelta(days=731)}]
    facts = {"by": regulator, "postpone": True, "reason": "停机"}
    assert refused(found().decide, "moment_too_far", deadlines=named, **facts).basis == "招标投标法 23, 24"
    Outage.objects.update(began_at=DEADLINE - timedelta(days=800))
    refused(found().decide, "moment_too_far", **facts)
    assert tender.fresh().deadline == DEADLINE


def test_the_rule_stands_in_the_dated_table():
    day = DEADLINE.date()
    assert [table.find(name, day).number for name in ("O01", "O02", "O03")] == [60, 2, 2]
    assert all("电子招标投标办法" in table.find(name, day).basis for name in ("O01", "O02", "O03"))


def test_the_doors(api, tender, centre, regulator, bidder):
    tender.clock.move_to(DEADLINE)
    body = {"began_at": "2026-03-31T09:20:00+08:00", "evidence": "存储故障"}
    assert api(bidder).post("outages/", body).status_code == 403
    made = api(centre).post("outages/", body)
    assert (made.status_code, made.json()["state"]) == (201, "reported")
    number = made.json()["id"]
    decision = {"postpone": True, "reason": "存储故障", "ended_at": "2026-03-31T09:30:00+08:00"}
    assert api(centre).post(f"outages/{number}/decide/", decision, match=1).status_code == 403
    done = api(regulator).post(f"outages/{number}/decide/", decision, match=1)
    assert (done.status_code, done.json()["postpone"]) == (200, True)
    (moved,) = api(None).get("postponements/").json()["items"]
    assert (moved["lot"], moved["after"]) == (tender.lot.code, "2026-03-31T11:30:00+08:00")


def test_what_has_been_opened_is_not_postponed_by_a_late_report(tender, centre, regulator):
    tender.clock.move_to(DEADLINE + H)
    perform(Outage(began_at=DEADLINE - 5 * MIN, ended_at=DEADLINE - MIN, evidence="存储故障").report, by=centre)
    assert waits(tender.lot) is not None
    Covered.objects.all().delete()
    closed(tender)
    perform(Outage(began_at=DEADLINE - 5 * MIN, ended_at=DEADLINE - 2 * MIN, evidence="网络故障").report, by=centre)
    assert Covered.objects.count() == 0
    for one in Outage.objects.all():
        perform(one.decide, by=regulator, postpone=True, reason="故障")
    assert tender.fresh().deadline == DEADLINE
