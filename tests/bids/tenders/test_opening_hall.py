"""The hall of an opening: its stage at every step, and what each person finds to do there."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from bids import opening_lines, opening_words
from bids.opened import OpenedBid
from bids.opening import Opening
from bids.opening_objection import OpeningObjection
from bids.sealing import content, shares
from tests import make
from tests.bids.tenders import bidding
from tests.bids.tenders.conftest import DEADLINE
from tests.bids.tenders.test_opening import PRICES, begin, enter, release, tick
from tests.bids.tenders.test_opening_record import present, read_out, signed
from tests.trading.live import scene
from trading import clock, spoken
from trading.party import Role
from trading.room import Kind
from trading.transitions import perform

pytestmark = pytest.mark.django_db


def hall(opening, browser=None, page=""):
    answer = (browser or Client()).get(f"/sessions/{opening.session_id}/{page}")
    assert answer.status_code == 200
    return answer.content.decode()


def part(opening, person, browser_of):
    answer = browser_of(person).get(f"/openings/{opening.pk}/part/")
    assert answer.status_code == 200
    return answer.content.decode()


def step(page):
    return page.partition('data-step="')[2].partition('"')[0]


@pytest.mark.parametrize("page", ["", "screen/"])
def test_before_the_close_the_hall_counts_down_and_knows_no_bid(case, page):
    case.open()
    tick()
    opening = Opening.objects.get()
    without = hall(opening, page=page)
    enter(case)
    with_bids = hall(opening, page=page)
    assert step(without) == "deadline"
    assert "data-until-closed" in without
    assert 'data-total="0"' in with_bids
    assert len(with_bids) == len(without)
    assert Client().get(f"/openings/{opening.pk}/").headers["Location"] == f"/sessions/{opening.session_id}/"


def test_too_few_bids_stop_the_track_with_the_reason(case):
    case.open()
    enter(case, PRICES[:2])
    opening = begin(case)
    page = hall(opening)
    assert step(page) == "closed"
    assert 'class="is-stopped"' in page
    assert str(opening_words.VALUES["reason"]["too_few_bidders"]) in page


def test_in_the_decryption_lights_custodians_and_window_show_and_no_content(case):
    case.open()
    made = enter(case)
    opening = begin(case)
    release(case, opening, "agency")
    page = hall(opening)
    assert step(page) == "decrypting"
    assert page.count('data-outcome=""') == 3
    assert made[0][0].organisation.name in page
    assert "<span data-given>6</span> / <span data-all>6</span>" in page
    assert "<span data-given>0</span> / <span data-all>6</span>" in page
    assert "2026-03-31T10:00:00+08:00" in page
    assert all(price not in page for price in PRICES)
    assert "<tbody data-rows></tbody>" in page


def test_nobody_is_led_to_the_record_before_it_may_be_read(case):
    case.open()
    enter(case)
    opening = begin(case)
    link = f'href="/openings/{opening.pk}/record/"'
    assert link not in re.sub("<template data-record>.*?</template>", "", hall(opening))
    for holder in ("agency", "supervisor"):
        release(case, opening, holder)
    tick()
    page = hall(opening)
    assert "<template data-record>" not in page
    assert link in page


def test_in_mode_tb_a_light_says_that_the_own_share_is_there(case_tb, browser_of):
    case_tb.open()
    made = enter(case_tb)
    opening = begin(case_tb)

    perform(opening.give_own_share, by=made[0][0].person, code=shares.to_code(made[0][1].own))
    assert hall(opening).count("data-shared>") == 1
    assert f"/openings/{opening.pk}/my-share/" in part(opening, made[1][0].person, browser_of)


def test_in_a_pause_the_window_stands_still(case):
    case.open()
    enter(case)
    opening = begin(case)
    case.clock.move_to(DEADLINE + timedelta(minutes=5), tick=False)
    perform(opening.session.suspend, by=case.keepers["supervisor"], reason="evidence")
    case.clock.move_to(DEADLINE + timedelta(minutes=15), tick=False)
    page = hall(opening)
    assert 'data-paused="2026-03-31T09:35:00+08:00"' in page
    assert 'data-until="2026-03-31T10:00:00+08:00"' in page


def test_what_was_read_out_stands_in_the_table(case):
    case.open()
    enter(case, PRICES[:2])
    bidder = bidding.bidder("联合建设公司")
    member = {"uscc": bidder.organisation.uscc, "name": "桥梁公司", "share": "桥梁"}
    words = {"price_words": "肆佰玖拾万零壹元整", "consortium": [member], "discount": "让利 1%"}
    case.clock.shift(timedelta(seconds=1))
    bidder.bid(case, bidding.content_of(case, bidder.organisation, "4900000.00", **words))
    other = bidding.bidder("空白公司")
    other.bid(case, b"no archive")
    opening = begin(case)
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    page = hall(Opening.objects.get())
    rows = page.partition("<tbody data-rows>")[2].partition("</tbody>")[0]
    assert [rows.count(text) for text in ('id="bid-', "4,755,000.50", "肆佰柒拾伍万伍仟元伍角")] == [4, 1, 1]
    for text in ("4,900,001.00", "4,900,000.00", "桥梁公司", "让利 1%", "王建国", "川151201520266"):
        assert text in rows
    for code in ("words_differ", "above_ceiling"):
        assert str(opening_words.FINDINGS[code]) in rows
    assert opening_words.finding("archive_missing") in rows


def test_the_table_is_rendered_once_for_everybody(case, django_assert_max_num_queries):
    opening, _made = read_out(case)
    first = opening_lines.table(opening)
    with django_assert_max_num_queries(1):
        assert opening_lines.table(opening) == first


def test_a_bid_that_stayed_shut_is_read_out_with_who_is_at_fault(case):
    case.open()
    enter(case)
    opening = begin(case)
    opening.opened.get(number=1).bid.upload.discard()
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    page = hall(Opening.objects.get())
    assert page.count("电子招标投标办法 31") >= 2
    assert 'data-outcome="returned"' in page
    assert str(opening_words.FAULTS["platform"]) in page


def test_a_bidder_confirms_objects_and_takes_its_key(case, browser_of):
    case.open()
    bidder = enter(case)[0][0]
    opening = begin(case)
    waiting = part(opening, bidder.person, browser_of)
    assert "4,800,000.00" not in waiting
    assert f"/openings/{opening.pk}/rescue/" in waiting
    release(case, opening, "agency")
    release(case, opening, "supervisor")
    tick()
    opening = Opening.objects.get()
    mine = part(opening, bidder.person, browser_of)
    number = OpenedBid.objects.get(number=1).bid.number
    for address in (f"/openings/{opening.pk}/confirm/", f"?opening={opening.pk}", f"/bids/{number}/key.txt"):
        assert address in mine
    assert 'data-numbers="1"' in mine
    assert "4,800,000.00" in mine
    perform(opening.confirm, by=bidder.person)
    assert "<b data-confirmed-count>1</b>" in hall(opening)
    assert step(hall(Opening.objects.get())) == "signed"


def test_a_custodian_is_led_to_its_page(case, browser_of):
    case.open()
    enter(case)
    opening = begin(case)
    assert f"/openings/custody/{case.custodian('backup').pk}/" in part(opening, case.keepers["backup"], browser_of)


def test_the_host_answers_signs_and_finishes(case, browser_of):
    opening, made = read_out(case)
    objection = perform(OpeningObjection(opening=opening, text="工期读错").raise_, by=made[0][0].person)
    page = part(opening, case.agency, browser_of)
    assert f"/opening-objections/{objection.pk}/answer/" in page
    assert f"/openings/{opening.pk}/sign/" in page
    perform(objection.answer, by=case.agency, text="以投标函为准")
    assert "以投标函为准" in hall(opening)
    signed(case, opening)
    page = part(opening, case.agency, browser_of)
    assert f"/openings/{opening.pk}/finish/" in page
    assert str(Role.AGENCY.label) in hall(opening)
    perform(Opening.objects.get().finish, by=case.agency)
    page = hall(Opening.objects.get())
    assert step(page) == "finished"
    assert 'aria-current="step"' not in page


def test_a_supervisor_signs_and_suspends(case, browser_of):
    opening, _made = read_out(case)
    supervisor = case.keepers["supervisor"]
    present(opening, supervisor, Role.SITE_SUPERVISOR)
    assert f"/openings/{opening.pk}/sign/" in part(opening, supervisor, browser_of)
    assert f"/sessions/{opening.session_id}/suspend/" in hall(opening, browser_of(supervisor))


def test_a_watcher_has_no_part(case, browser_of):
    case.open()
    tick()
    opening = Opening.objects.get()
    assert Client().get(f"/openings/{opening.pk}/part/").status_code == 404
    assert "part-title" not in part(opening, make.user(Role.BIDDER), browser_of)


def test_a_session_that_was_booked_by_hand_has_no_stage(db, centre):
    place = scene.room(centre, kind=Kind.OPENING)
    session = scene.booked(centre, place, starts_at=clock.now() + timedelta(hours=1))
    answer = Client().get(f"/sessions/{session.pk}/")
    assert answer.status_code == 200
    assert "data-opening-stage" not in answer.content.decode()


def test_every_event_and_fact_of_an_opening_has_words(case):
    opening, made = read_out(case)
    perform(OpeningObjection(opening=opening, text="异议").raise_, by=made[0][0].person)
    said = opening.session.transcript.events.all()
    assert [event.kind for event in said if event.kind not in spoken.KINDS] == []
    names = {name for event in said for name in event.payload} - {"shut", "consortium"}
    assert sorted(names - set(spoken.FACTS)) == []
    assert set(opening_words.FINDINGS) == set(content.TEXTS)
