"""The acts of a draw, each through `perform`: what they do, whom they refuse, and that a refusal leaves no trace."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tests import make
from tests.trading.draws import scene
from trading import clock
from trading.conduct import ConductRules
from trading.draws import candidates, cutoff, dossier, drand, evidence, sources, verify_draw
from trading.draws.draw import Draw
from trading.errors import NotPermitted, RuleError, WrongState
from trading.ledger import sequencer
from trading.ledger.tables import AuditEvent
from trading.party import Role
from trading.transitions import perform

pytestmark = pytest.mark.django_db
ROUND_TIME = datetime.fromtimestamp(drand.QUICKNET.round_time(1000), UTC)
DRAND = {"kind": "drand", "chain": scene.QUICKNET, "round": 1000}


@pytest.fixture
def place():
    return scene.hall(bidders=2)


def refusal(bound, *, by, **facts):
    """Return the code of a refusal that left nothing behind."""
    before = AuditEvent.objects.count()
    with pytest.raises(RuleError) as refused, transaction.atomic():
        perform(bound, by=by, **facts)
    assert AuditEvent.objects.count() == before
    return refused.value.code


def data_of(draw, kind):
    return json.loads(bytes(draw.event_of(kind).leaf))["data"]


def verified(draw, path):
    evidence.write(dossier.files_of(draw), path)
    return verify_draw.main([str(path)])


def commitment(draw, who, secret):
    return sources.commitment(draw.suite, draw.draw_id, who, secret).hex()


# the whole draw


def test_a_draw_by_dice_is_verified_from_its_evidence(place, tmp_path, capsys):
    draw = scene.proved(place, ("centre", "supervisor", "bidder1"))
    assert (verified(draw, tmp_path / "e"), draw.state) == (0, "drawn"), capsys.readouterr().out


def test_a_draw_in_rehearsal_says_so_in_its_evidence(tmp_path, capsys):
    draw = scene.proved(scene.hall(rehearsal=True))
    assert verified(draw, tmp_path / "e") == 0
    assert "REHEARSAL" in capsys.readouterr().out


def test_what_is_not_revealed_is_absent(place, tmp_path):
    draw = scene.committed(place, ("centre", "supervisor", "bidder1"))
    for name in ("centre", "supervisor"):
        perform(draw.reveal, by=place[name], nonce=scene.SECRETS[name].hex())
    perform(draw.close_reveals, by=place["centre"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    for reader in ("centre", "notary"):
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    perform(draw.confirm_dice, by=place["supervisor"])
    assert [one.present for one in draw.given()] == [True, True, False, True]
    assert data_of(draw, "draw.closed") == {
        "present": ["operator", "supervisor"], "absent": [scene.who_of(place, "bidder1")]
    }  # fmt: skip
    assert sequencer.ensure_cosigned(draw.event_of("draw.dice_confirmed"))
    assert verified(draw, tmp_path / "e") == 0


def test_the_result_is_the_selector_s(place):
    draw = scene.drawn(place)
    ranking = [slip[32:].decode() for slip in draw.ranking()]
    assert draw.result == {
        "seated": [[ranking[0], "ALL"]],
        "alternates": [[ranking[1], "ALL"], [ranking[2], "ALL"]],
        "walk_events": [],
    }
    assert data_of(draw, "draw.dice_confirmed") == {
        "commit_hash": draw.commit_hash,
        "seed": draw.seed,
        "value": scene.DICE.encode().hex(),
        "hands": sorted(place.hands()),
        **draw.result,
    }


def told_by(draw):
    """Return everything that a stranger can read of the draw: its ledger entries and the transcript."""
    leaves = b"".join(bytes(event.leaf) for event in AuditEvent.objects.filter(subject_id=draw.draw_id))
    said = [event.payload for event in draw.session.transcript.events.all()]
    return leaves.decode() + json.dumps(said)


def test_no_secret_is_told_before_it_is_revealed(place):
    told = told_by(scene.committed(place))
    assert not any(secret.hex() in told for secret in scene.SECRETS.values())


def test_no_digit_and_no_seed_is_told_before_both_readings_are_in(place):
    draw = scene.witnessed(place)
    perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    assert (scene.DICE in told_by(draw), draw.seed) == (False, "")
    perform(draw.enter_dice, by=place["owner"], digits=scene.DICE, hands=place.hands())
    assert (scene.DICE in told_by(draw), draw.seed) == (True, "")


# prepare


def test_prepare_puts_the_list_on_the_table(place):
    draw = scene.prepared(place)
    assert (draw.state, draw.draw_id, draw.seq) == ("preparing", f"{place.lot.code}/enterprise/1", 1)
    assert data_of(draw, "draw.prepared")["list"] == draw.frozen().facts()


def test_a_second_draw_of_the_list_is_refused(place):
    scene.prepared(place)
    assert refusal(scene.unprepared(place).prepare, by=place["centre"]) == "draw_exists"


def test_the_database_knows_one_live_draw_of_a_list(place):
    first = scene.prepared(place)
    copy = scene.unprepared(place, seq=first.seq + 1, draw_id="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_a_draw_without_a_supervisor_in_the_room_is_refused(place):
    gone = place.session.sign_ins.get(user=place["supervisor"])
    perform(gone.sign_out, by=place["supervisor"])
    assert refusal(scene.unprepared(place).prepare, by=place["centre"]) == "witness_missing"


def test_a_draw_in_a_session_that_is_not_open_is_refused(place):
    perform(place.session.suspend, by=place["supervisor"], reason="order")
    assert refusal(scene.unprepared(place).prepare, by=place["centre"]) == "session_not_open"


def test_a_draw_in_another_lot_s_session_is_refused(place):
    other = scene.unprepared(place)
    other.lot = make.lot()
    assert refusal(other.prepare, by=place["centre"]) == "other_session"


def test_a_draw_without_a_list_is_refused(place):
    assert refusal(scene.unprepared(place, list_file="").prepare, by=place["centre"]) == "list_not_frozen"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"list_file": "B\tALL\t1\t-\nA\tALL\t1\t-\n"}, "unsorted"),
        ({"suite": "md5"}, "bad_suite"),
        ({"plan": []}, "bad_plan"),
        ({"beacon": {"kind": "physical", "digits": 6}}, "bad_beacon"),
        ({"exclusions_file": "A\tE77\t-\n"}, "bad_line"),
        ({"exclusions_file": f"91410900MA00000003\tE02\t{scene.EVIDENCE}\n"}, "excluded_listed"),
        ({"beacon": {"kind": "cwl-ssq", "issue": "2026134"}}, "beacon_not_taken"),
        ({"beacon": {"kind": "nist", "time": "2026-11-22T08:00:00.000Z"}}, "beacon_not_taken"),
        ({"beacon": {}}, "bad_sources"),
        ({"rule": {}}, "bad_record"),
    ],
)
def test_a_draw_that_the_protocol_does_not_know_is_refused(place, facts, code):
    assert refusal(scene.unprepared(place, **facts).prepare, by=place["centre"]) == code


def test_only_the_centre_prepares_a_draw(place):
    with pytest.raises(NotPermitted):
        perform(scene.unprepared(place).prepare, by=place["supervisor"])


# contribute and commit


def test_one_contribution_of_each_party(place):
    draw = scene.contributed(place)
    assert refusal(draw.contribute, by=place["colleague"], c="ab" * 32) == "contributed_already"
    assert [one.who for one in draw.contributions.all()] == ["operator", "supervisor"]


def test_a_copied_commitment_is_refused(place):
    draw = scene.contributed(place, ("centre",))
    copied = draw.contributions.get().c
    assert refusal(draw.contribute, by=place["supervisor"], c=copied) == "copied_commitment"


def test_an_enterprise_that_is_not_on_the_list_does_not_contribute(place):
    stranger = make.user(Role.BIDDER)
    assert refusal(scene.prepared(place).contribute, by=stranger, c="ab" * 32) == "not_on_list"


def test_one_contribution_of_each_controlling_group(place):
    ids = [make.home(place[name]).uscc for name in ("bidder1", "bidder2")]
    raw = candidates.write_list(candidates.Candidate(ident, ("ALL",), 1, "holding-7") for ident in ids)
    draw = scene.contributed(place, ("centre", "supervisor", "bidder1"), list_file=raw.decode())
    c = commitment(draw, scene.who_of(place, "bidder2"), scene.SECRETS["bidder2"])
    assert refusal(draw.contribute, by=place["bidder2"], c=c) == "group_contributed"
    assert [one.who for one in draw.contributions.all()] == ["operator", "supervisor", f"bidder:{ids[0]}"]


def test_who_is_not_present_does_not_contribute(place):
    absent = make.user(Role.SITE_SUPERVISOR)
    assert refusal(scene.prepared(place).contribute, by=absent, c="ab" * 32) == "not_present"


def test_a_malformed_commitment_is_refused(place):
    assert refusal(scene.prepared(place).contribute, by=place["centre"], c="xyz") == "bad_hex"


def test_the_owner_does_not_contribute(place):
    with pytest.raises(NotPermitted):
        perform(scene.prepared(place).contribute, by=place["owner"], c="ab" * 32)


def test_a_commit_needs_operator_and_supervisor(place):
    assert refusal(scene.contributed(place, ("centre",)).commit, by=place["centre"]) == "contribution_missing"


def test_the_commit_record_is_in_the_ledger(place):
    draw = scene.committed(place, ("centre", "supervisor", "bidder2"))
    facts = data_of(draw, "draw.committed")
    assert facts == {"commit_hash": draw.commit_hash, "record": json.loads(draw.record)}
    assert [one.get("who") for one in facts["record"]["sources"]] == [
        "operator", "supervisor", scene.who_of(place, "bidder2"), None
    ]  # fmt: skip


def test_nobody_contributes_after_the_commit(place):
    assert refusal(scene.committed(place).contribute, by=place["bidder1"], c="ab" * 32) == "wrong_state"


# reveal and close


def test_a_false_secret_is_refused(place):
    draw = scene.committed(place)
    assert refusal(draw.reveal, by=place["centre"], nonce="00" * 32) == "commitment_mismatch"
    assert refusal(draw.reveal, by=place["centre"], nonce="00") == "bad_hex"


def test_another_party_s_secret_is_refused(place):
    draw = scene.committed(place)
    assert refusal(draw.reveal, by=place["supervisor"], nonce=scene.SECRETS["centre"].hex()) == "commitment_mismatch"
    assert refusal(draw.reveal, by=place["bidder1"], nonce=scene.SECRETS["centre"].hex()) == "no_contribution"


def test_a_second_reveal_is_refused(place):
    draw = scene.revealed(place)
    assert refusal(draw.reveal, by=place["centre"], nonce=scene.SECRETS["centre"].hex()) == "revealed_already"


def test_a_late_reveal_is_refused(place):
    draw = scene.committed(place, ("centre", "supervisor", "bidder1"))
    for name in ("centre", "supervisor"):
        perform(draw.reveal, by=place[name], nonce=scene.SECRETS[name].hex())
    perform(draw.close_reveals, by=place["centre"])
    assert refusal(draw.reveal, by=place["bidder1"], nonce=scene.SECRETS["bidder1"].hex()) == "reveal_too_late"


def test_typed_digits_are_a_contribution(place):
    draw, digits = scene.prepared(place), "0123456789" * 5
    perform(draw.contribute, by=place["centre"], c=commitment(draw, "operator", digits.encode()))
    c = commitment(draw, "supervisor", scene.SECRETS["supervisor"])
    perform(draw.contribute, by=place["supervisor"], c=c)
    perform(draw.commit, by=place["centre"])
    perform(draw.reveal, by=place["centre"], nonce=digits, typed=True)
    assert data_of(draw, "draw.revealed") == {"who": "operator", "value": digits.encode().hex()}


def test_the_reveals_do_not_close_while_too_few_are_in(place):
    draw = scene.committed(place)
    perform(draw.reveal, by=place["centre"], nonce=scene.SECRETS["centre"].hex())
    assert refusal(draw.close_reveals, by=place["centre"]) == "too_few_reveals"


@pytest.mark.parametrize("absent", ["centre", "supervisor"])
def test_the_reveals_do_not_close_without_operator_and_supervisor(place, absent):
    names = ("centre", "supervisor", "bidder1", "bidder2")
    draw = scene.committed(place, names)
    for name in set(names) - {absent}:
        perform(draw.reveal, by=place[name], nonce=scene.SECRETS[name].hex())
    assert refusal(draw.close_reveals, by=place["centre"]) == "too_few_reveals"
    perform(draw.reveal, by=place[absent], nonce=scene.SECRETS[absent].hex())
    perform(draw.close_reveals, by=place["centre"])
    assert draw.state == "closed"


def test_a_secret_that_an_earlier_draw_has_seen_is_refused(place):
    first = scene.revealed(place)
    perform(first.void, by=place["supervisor"], cause="equipment", reason="断电")
    second = scene.committed(place)
    code = refusal(second.reveal, by=place["centre"], nonce=scene.SECRETS["centre"].hex())
    assert (code, second.contributions.exclude(value="").count()) == ("secret_reused", 0)


def test_commit_and_reveals_ask_the_witnesses_at_once(place, django_capture_on_commit_callbacks):
    draw = scene.contributed(place)
    with django_capture_on_commit_callbacks(execute=True):
        perform(draw.commit, by=place["centre"])
    assert cutoff.after(draw.event_of("draw.committed"))
    with django_capture_on_commit_callbacks(execute=True):
        perform(draw.reveal, by=place["centre"], nonce=scene.SECRETS["centre"].hex())
    assert cutoff.after(draw.event_of("draw.revealed"))


def test_the_close_asks_the_witnesses_at_once(place, django_capture_on_commit_callbacks):
    draw = scene.revealed(place)
    with django_capture_on_commit_callbacks(execute=True):
        perform(draw.close_reveals, by=place["centre"])
    perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    assert draw.cut_off_size


# the dice


def test_no_dice_before_a_witness_has_cosigned_the_close(place):
    draw = scene.closed(place)
    code = refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    assert (code, draw.dice.count()) == ("not_witnessed", 0)
    sequencer.sequence_once()
    assert refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands()) == "not_witnessed"


@pytest.mark.parametrize("digits", ["", "1234", "0731582094647110392x", "073158209464711039281", "٠" * 20])
def test_malformed_digits_are_refused(place, digits):
    draw = scene.witnessed(place)
    assert refusal(draw.enter_dice, by=place["centre"], digits=digits, hands=[]) == "bad_beacon_value"


def test_one_person_does_not_read_twice(place):
    draw = scene.witnessed(place)
    perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    assert refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=[]) == "same_reader"
    assert refusal(draw.confirm_dice, by=place["supervisor"]) == "dice_not_read"


def test_two_readings_that_differ_start_the_entry_again(place):
    draw = scene.witnessed(place)
    perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    perform(draw.enter_dice, by=place["owner"], digits="1" * 20, hands=place.hands())
    assert data_of(draw, "draw.dice_entered") == {"attempt": 1, "entry": 2, "equal": False}
    assert place.session.transcript.events.order_by("-seq").first().kind == "draw.dice_differ"
    assert refusal(draw.confirm_dice, by=place["supervisor"]) == "dice_not_read"
    for reader in ("owner", "centre"):
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    perform(draw.confirm_dice, by=place["supervisor"])
    assert (draw.state, draw.attempt) == ("drawn", 2)


def test_a_third_reading_is_refused(place):
    assert refusal(scene.read(place).enter_dice, by=place["notary"], digits=scene.DICE, hands=[]) == "dice_read"


def test_a_hand_without_a_badge_is_refused(place):
    draw = scene.witnessed(place)
    assert refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=["9999-001"]) == "unknown_badge"


def test_who_is_not_present_does_not_read_the_dice(place):
    draw, stranger = scene.witnessed(place), make.user(Role.CENTRE_STAFF)
    assert refusal(draw.enter_dice, by=stranger, digits=scene.DICE, hands=[]) == "not_present"


def test_fewer_than_three_hands_are_refused(place):
    draw = scene.witnessed(place)
    code = refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands()[:2])
    assert code == "too_few_hands"


def test_two_badges_of_one_person_are_no_two_hands(place):
    first = place.badges["notary"]
    perform(place.session.sign_ins.get(user=place["notary"]).sign_out, by=place["notary"])
    again = scene.signed_in(place.session, place["notary"], ConductRules.objects.applying_to("notary").sha256)
    draw = scene.witnessed(place)
    hands = [again, place.badges["owner"]]
    assert refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=[first, *hands]) == "unknown_badge"
    assert refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=[again, *hands]) == "too_few_hands"
    perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=[*hands, place.badges["supervisor"]])
    assert draw.dice.count() == 1


def test_the_dice_wait_for_a_witness_whose_clock_is_ahead(place):
    draw = scene.closed(place)
    with time_machine.travel(clock.now() + timedelta(seconds=90)):
        assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    facts = {"digits": scene.DICE, "hands": place.hands()}
    assert (refusal(draw.enter_dice, by=place["centre"], **facts), draw.dice.count()) == ("not_witnessed", 0)


def test_a_first_reading_that_the_supervisor_rejects_is_taken_again(place):
    draw = scene.witnessed(place)
    assert refusal(draw.reject_dice, by=place["supervisor"]) == "dice_not_read"
    perform(draw.enter_dice, by=place["centre"], digits="1" * 20, hands=place.hands())
    perform(draw.reject_dice, by=place["supervisor"])
    assert data_of(draw, "draw.dice_rejected") == {"attempt": 1}
    for reader in ("centre", "owner"):
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    assert (refusal(draw.reject_dice, by=place["supervisor"]), draw.attempt) == ("dice_agreed", 2)
    perform(draw.confirm_dice, by=place["supervisor"])
    assert (draw.state, bytes.fromhex(draw.beacon_value).decode()) == ("drawn", scene.DICE)


def test_only_supervision_confirms_the_dice(place):
    with pytest.raises(NotPermitted):
        perform(scene.read(place).confirm_dice, by=place["centre"])


def test_a_beacon_does_not_replace_the_dice(place):
    draw = scene.witnessed(place)
    facts = {"number": 1000, "signature": scene.ROUND_1000}
    assert refusal(draw.take_beacon, by=place["centre"], **facts) == "other_beacon"


# drand


@pytest.fixture
def before_round():
    with time_machine.travel(ROUND_TIME - timedelta(minutes=10), tick=False) as moment:
        yield moment


def test_a_draw_by_drand_is_verified_from_its_evidence(before_round, tmp_path, capsys):
    place = scene.hall()
    draw = scene.witnessed(place, beacon=DRAND)
    assert refusal(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=[]) == "other_beacon"
    before_round.move_to(ROUND_TIME + timedelta(seconds=5))
    perform(draw.take_beacon, by=place["centre"], number=1000, signature=scene.ROUND_1000)
    assert sequencer.ensure_cosigned(draw.event_of("draw.beacon_taken"))
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out


def test_the_clock_takes_the_beacon_even_if_nobody_closed_the_reveals(before_round, tmp_path, capsys):
    draw = scene.revealed(scene.hall(), beacon=DRAND)
    assert sequencer.ensure_cosigned(draw.event_of("draw.revealed"))
    before_round.move_to(ROUND_TIME)
    perform(draw.take_beacon, by=None, number=1000, signature=scene.ROUND_1000)
    assert sequencer.ensure_cosigned(draw.event_of("draw.beacon_taken"))
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out


def test_a_reveal_that_no_witness_saw_in_time_is_absent(before_round, tmp_path, capsys):
    place = scene.hall()
    draw = scene.committed(place, ("centre", "supervisor", "bidder1"), beacon=DRAND)
    for name in ("centre", "supervisor"):
        perform(draw.reveal, by=place[name], nonce=scene.SECRETS[name].hex())
    assert sequencer.ensure_cosigned(draw.event_of("draw.revealed"))
    perform(draw.reveal, by=place["bidder1"], nonce=scene.SECRETS["bidder1"].hex())
    before_round.move_to(ROUND_TIME)
    perform(draw.take_beacon, by=None, number=1000, signature=scene.ROUND_1000)
    assert sequencer.ensure_cosigned(draw.event_of("draw.beacon_taken"))
    assert [one.present for one in draw.given()] == [True, True, False, True]
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out


def test_a_false_round_is_refused(before_round):
    place = scene.hall()
    draw = scene.witnessed(place, beacon=DRAND)
    before_round.move_to(ROUND_TIME)
    facts = {"number": 1000, "signature": "00" * 48}
    assert refusal(draw.take_beacon, by=place["centre"], **facts) == "bad_signature"
    assert refusal(draw.take_beacon, by=place["centre"], **{**facts, "number": 1001}) == "wrong_round"


def test_a_cut_off_cosigned_too_late_is_refused(before_round):
    place = scene.hall()
    draw = scene.closed(place, beacon=DRAND)
    before_round.move_to(ROUND_TIME - timedelta(seconds=29))
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    before_round.move_to(ROUND_TIME)
    facts = {"number": 1000, "signature": scene.ROUND_1000}
    assert refusal(draw.take_beacon, by=place["centre"], **facts) == "not_witnessed"


def test_a_draw_that_came_to_nothing_may_be_void(before_round):
    place = scene.hall()
    draw = scene.committed(place, beacon=DRAND)
    perform(draw.reveal, by=place["centre"], nonce=scene.SECRETS["centre"].hex())
    assert sequencer.ensure_cosigned(draw.event_of("draw.revealed"))
    facts = {"cause": "reveals_missing", "reason": "监督人员未公开"}
    before_round.move_to(ROUND_TIME)
    given = {"number": 1000, "signature": scene.ROUND_1000}
    assert refusal(draw.take_beacon, by=place["centre"], **given) == "too_few_reveals"
    assert refusal(draw.void, by=place["supervisor"], **{**facts, "cause": "equipment"}) == "past_cut_off"
    perform(draw.void, by=place["supervisor"], **facts)
    assert (draw.state, draw.void_cause) == ("void", "reveals_missing")


def test_a_draw_that_has_a_result_for_all_is_not_void(before_round):
    place = scene.hall()
    draw = scene.witnessed(place, beacon=DRAND)
    before_round.move_to(ROUND_TIME)
    facts = {"cause": "reveals_missing", "reason": "不满意"}
    assert refusal(draw.void, by=place["supervisor"], **facts) == "past_cut_off"


def test_a_round_that_is_too_near_is_refused(before_round):
    place = scene.hall()
    draw = scene.contributed(place, beacon=DRAND)
    before_round.move_to(ROUND_TIME - timedelta(seconds=30))
    assert refusal(draw.commit, by=place["centre"]) == "beacon_out_of_reach"


def test_a_reveal_after_the_round_s_cut_off_is_refused(before_round):
    place = scene.hall()
    draw = scene.committed(place, beacon=DRAND)
    before_round.move_to(ROUND_TIME - timedelta(seconds=30))
    assert refusal(draw.reveal, by=place["centre"], nonce=scene.SECRETS["centre"].hex()) == "reveal_too_late"
    assert refusal(draw.close_reveals, by=place["centre"]) == "past_cut_off"


@pytest.mark.parametrize("ahead", [timedelta(seconds=31), timedelta(hours=24, seconds=30)])
def test_a_round_that_people_can_wait_for_is_named(time_machine, ahead):
    time_machine.move_to(ROUND_TIME - ahead, tick=False)
    assert scene.prepared(scene.hall(), beacon=DRAND).state == "preparing"


@pytest.mark.parametrize("ahead", [-timedelta(days=900), timedelta(seconds=30), timedelta(hours=24, seconds=31)])
def test_a_round_that_nobody_can_wait_for_is_refused_when_it_is_named(time_machine, ahead):
    time_machine.move_to(ROUND_TIME - ahead, tick=False)
    draw = scene.unprepared(place := scene.hall(), beacon=DRAND)
    assert refusal(draw.prepare, by=place["centre"]) == "beacon_out_of_reach"


def test_a_round_of_the_far_future_is_refused(place):
    draw = scene.unprepared(place, beacon={**DRAND, "round": 10**15})
    assert refusal(draw.prepare, by=place["centre"]) == "beacon_out_of_reach"


def test_a_chain_whose_key_is_not_pinned_is_refused(place):
    draw = scene.unprepared(place, beacon={**DRAND, "chain": "00" * 32})
    assert refusal(draw.prepare, by=place["centre"]) == "unknown_chain"


# void


def test_a_void_draw_is_followed_by_the_next_number(place, tmp_path, capsys):
    first = scene.committed(place)
    perform(first.void, by=place["supervisor"], cause="equipment", reason="断电")
    second = scene.proved(place)
    assert (first.state, second.seq, second.prev) == ("void", 2, first.commit_hash)
    assert verified(second, tmp_path / "e") == 0, capsys.readouterr().out


def test_a_draw_void_before_its_commit_is_followed_too(place, tmp_path, capsys):
    first = scene.prepared(place)
    perform(first.void, by=place["supervisor"], cause="list_error", reason="名单有误")
    second = scene.proved(place)
    assert (second.seq, second.prev) == (2, "")
    assert verified(second, tmp_path / "e") == 0, capsys.readouterr().out


def test_no_draw_is_void_after_its_cut_off(place):
    draw = scene.closed(place)
    facts = {"cause": "equipment", "reason": "不满意"}
    assert refusal(draw.void, by=place["supervisor"], **facts) == "past_cut_off"


def test_no_finished_draw_is_void(place):
    with pytest.raises(WrongState):
        perform(scene.drawn(place).void, by=place["supervisor"], cause="equipment", reason="不满意")


@pytest.mark.parametrize("facts", [{"cause": "unhappy", "reason": "x"}, {"cause": "equipment", "reason": " "}])
def test_a_void_needs_a_listed_cause_and_a_reason(place, facts):
    assert refusal(scene.prepared(place).void, by=place["supervisor"], **facts) == "bad_cause"


@pytest.mark.parametrize("role", [Role.SITE_SUPERVISOR, Role.DISCIPLINE])
def test_only_a_supervisor_in_the_room_voids_a_draw(place, role):
    draw = scene.prepared(place)
    facts = {"cause": "equipment", "reason": "断电"}
    assert refusal(draw.void, by=make.user(role), **facts) == "not_present"
    perform(place.session.sign_ins.get(user=place["supervisor"]).sign_out, by=place["supervisor"])
    assert refusal(draw.void, by=place["supervisor"], **facts) == "not_present"


def test_only_supervision_voids_a_draw(place):
    with pytest.raises(NotPermitted):
        perform(scene.prepared(place).void, by=place["centre"], cause="equipment", reason="x")


# skip


def test_a_skip_seats_the_next_of_the_same_ranking(place, tmp_path, capsys):
    draw = scene.drawn(place)
    first, second = draw.result["seated"][0][0], draw.result["alternates"][0][0]
    facts = {"candidate": first, "code": "S04", "evidence": scene.EVIDENCE}
    for wrong in ("bidder1", "centre"):
        with pytest.raises(NotPermitted):
            perform(draw.skip, by=place[wrong], **facts)
    perform(draw.skip, by=place["supervisor"], **facts)
    assert draw.result["seated"] == [[second, "ALL"]]
    assert data_of(draw, "draw.skipped") == {
        "skipped": first,
        "seat": 1,
        "rank": 1,
        "code": "S04",
        "evidence": scene.EVIDENCE,
        "commit_hash": draw.commit_hash,
        "seed": draw.seed,
        **draw.result,
    }
    assert sequencer.ensure_cosigned(draw.event_of("draw.skipped"))
    assert verified(draw, tmp_path / "e") == 0, capsys.readouterr().out


def test_alternates_run_out(place):
    draw = scene.drawn(place)
    for _ in range(2):
        seated = draw.result["seated"][0][0]
        perform(draw.skip, by=place["supervisor"], candidate=seated, code="S01", evidence=scene.EVIDENCE)
    facts = {"candidate": draw.result["seated"][0][0], "code": "S01", "evidence": scene.EVIDENCE}
    assert refusal(draw.skip, by=place["supervisor"], **facts) == "no_alternate_left"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"candidate": "nobody"}, "not_seated"),
        ({"code": "S99"}, "bad_skip_code"),
        ({"evidence": "none"}, "bad_hex"),
    ],
)
def test_a_skip_without_grounds_is_refused(place, facts, code):
    draw = scene.drawn(place)
    given = {"candidate": draw.result["seated"][0][0], "code": "S01", "evidence": scene.EVIDENCE}
    assert refusal(draw.skip, by=place["supervisor"], **{**given, **facts}) == code


# evidence


def test_there_is_no_evidence_before_the_result(place):
    with pytest.raises(RuleError) as refused:
        dossier.files_of(scene.read(place))
    assert refused.value.code == "not_drawn"


def test_there_is_no_evidence_before_a_witness_has_seen_the_result(place):
    with pytest.raises(RuleError) as refused:
        dossier.files_of(scene.drawn(place))
    assert refused.value.code == "not_witnessed"


def test_a_draw_is_public_and_named(place):
    draw = scene.contributed(place, ("centre",))
    assert list(Draw.objects.visible_to(place["bidder1"])) == [draw]
    assert str(draw) == f"{draw.lot.name} {draw.draw_id}"
    assert str(draw.contributions.get()) == f"operator in {draw.pk}"


# the lot


@pytest.mark.parametrize("step", [scene.closed, scene.witnessed, scene.read])
def test_the_owner_stops_no_draw_whose_inputs_stand(place, step):
    step(place)
    assert refusal(place.lot.suspend, by=place["owner"], reason="other") == "draw_past_cut_off"
    regulator = make.user(Role.SECTOR_REGULATOR)
    assert perform(place.lot.suspend, by=regulator, reason="objection").state == "suspended"


@pytest.mark.parametrize("step", [scene.revealed, scene.drawn])
def test_the_owner_suspends_before_the_cut_off_and_after_the_result(place, step):
    step(place)
    assert perform(place.lot.suspend, by=place["owner"], reason="other").state == "suspended"


def test_the_owner_stops_no_draw_after_its_round_s_cut_off(before_round):
    place = scene.hall()
    scene.revealed(place, beacon=DRAND)
    before_round.move_to(ROUND_TIME - timedelta(seconds=30))
    assert refusal(place.lot.suspend, by=place["owner"], reason="other") == "draw_past_cut_off"
