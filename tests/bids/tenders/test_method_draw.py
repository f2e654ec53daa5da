"""The draw of a method's parameters: at the published moment, in public, before the evaluation can be computed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bids import method, method_rules
from bids.method import Method
from bids.opening import Opening
from bids.room import computing
from tests import make
from tests.bids import ceremony
from tests.bids.tenders import test_opening as hall
from tests.refusals import refused
from tests.trading.draws import scene
from trading import clock
from trading.draws import dossier, evidence, sources, verify_draw
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.ledger import sequencer
from trading.party import Role
from trading.transitions import perform

VALUES = ["0.95", "0.96", "0.97"]
BENCHMARK = {"rule": "B2", "deduct_above": "1", "deduct_below": "0.5"}


def state(case, when="after_reading", parameters=None, **benchmark):
    terms = {**method_rules.proposal("public_tender", "works"), "benchmark": {**BENCHMARK, **benchmark}}
    case.evaluate_by(terms, {"when": when, "parameters": parameters or [{"name": "k", "values": VALUES}]})
    case.open()
    hall.enter(case)


def opened(case):
    opening = hall.begin(case)
    for holder in ("agency", "supervisor"):
        hall.release(case, opening, holder)
    hall.tick()
    opening.refresh_from_db()
    return opening


def draw_hall(case):
    """Open a draw session of the lot with everybody whom a draw needs."""
    case.clock.move_to(clock.now() + timedelta(seconds=1), tick=True)
    people = SimpleNamespace(
        lot=case.lot,
        clock=case.clock,
        owner=case.owner,
        centre=make.user(Role.CENTRE_STAFF),
        supervisor=case.keepers["supervisor"],
    )
    return ceremony.hall(people)


def begin(place, case):
    made = Method.objects.get(lot=case.lot)
    perform(made.draw, by=place["centre"], session=place.session, beacon=scene.PHYSICAL)
    return Draw.objects.get(lot=case.lot, purpose="parameter")


def finish(place, draw):
    """Take a prepared draw to its result."""
    for name in ceremony.CONTRIBUTORS:
        c = sources.commitment(draw.suite, draw.draw_id, scene.who_of(place, name), place.secrets[name]).hex()
        perform(draw.contribute, by=place[name], c=c)
    perform(draw.commit, by=place["centre"])
    for name in ceremony.CONTRIBUTORS:
        perform(draw.reveal, by=place[name], nonce=place.secrets[name].hex())
    perform(draw.close_reveals, by=place["centre"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    for reader in ("centre", "owner"):
        perform(draw.enter_dice, by=place[reader], digits=scene.DICE, hands=place.hands())
    perform(draw.confirm_dice, by=place["supervisor"])
    assert sequencer.ensure_cosigned(draw.event_of("draw.dice_confirmed"))


def document(case, *out):
    rows = Opening.objects.get(lot=case.lot).opened.order_by("number")
    bids = [
        {"id": str(row.number), "price": row.items["price"], "effective": str(row.number) not in out} for row in rows
    ]
    return method.document_of(case.lot, bids)


def test_a_parameter_is_drawn_after_the_reading_out_and_anybody_verifies_it(case, tmp_path):
    state(case)
    made = Method.objects.get()
    assert opened(case).state == "read_out"
    with pytest.raises(RuleError) as caught:
        document(case)
    assert caught.value.code == "parameters_not_drawn"
    place = draw_hall(case)
    facts = {"session": place.session, "beacon": scene.PHYSICAL}
    refused(made.draw, "not_permitted", by=case.agency, **facts)
    draw = begin(place, case)
    assert draw.rule["sha"] == method.current(case.lot).sha256
    refused(made.draw, "draw_exists", by=place["centre"], **facts)
    assert not method.is_drawn(case.lot)
    finish(place, draw)
    assert method.is_drawn(case.lot)
    seated = Draw.objects.get().result["seated"]
    found = document(case)["benchmark"]
    assert seated == [[f"k:{found['k']}", "K"]]
    assert {name: found[name] for name in BENCHMARK} == BENCHMARK
    evidence.write(dossier.files_of(Draw.objects.get()), tmp_path / "evidence")
    assert verify_draw.main([str(tmp_path / "evidence")]) == 0


def test_what_is_drawn_before_the_reading_out_holds_it_up(case):
    state(case, "before_reading")
    opening = opened(case)
    assert opening.state == "decrypting"
    refused(opening.read_out, "parameters_not_drawn", by=None)
    place = draw_hall(case)
    finish(place, begin(place, case))
    hall.tick()
    opening.refresh_from_db()
    assert opening.state == "read_out"
    assert document(case)["benchmark"]["k"] in VALUES


def test_groups_are_drawn_among_the_bids_that_were_read_out(case):
    groups = [{"name": "group_b", "values": ["1"]}, {"name": "group_c", "values": ["1"]}]
    state(case, "after_reading", groups, rule="B5", k="1", delta="0.05")
    opened(case)
    place = draw_hall(case)
    finish(place, begin(place, case))
    found = document(case)["benchmark"]
    assert len({*found["group_b"], *found["group_c"]}) == 2
    gone = found["group_b"][0]
    assert gone not in document(case, gone)["benchmark"]["group_b"]
    assert computing.terms_of(case.lot).document.bids == ()  # the members' sheets know no bid of a group


def test_a_draw_at_another_moment_or_of_nothing_is_refused(case):
    groups = [{"name": "group_b", "values": ["2"]}, {"name": "group_c", "values": ["2"]}]
    place = draw_hall(case)
    facts = {"by": place["centre"], "session": place.session, "beacon": scene.PHYSICAL}
    refused(Method.objects.get().draw, "nothing_to_draw", **facts)
    case.clock.move_to(case.fresh().created_at, tick=False)
    state(case, "after_reading", groups, rule="B5", k="1", delta="0.05")
    refused(Method.objects.get().draw, "not_the_moment_to_draw", **facts)
    opened(case)
    refused(Method.objects.get().draw, "too_few_bids", **facts)


def test_the_door_offers_the_draw_to_the_centre(case, api):
    state(case)
    opened(case)
    place = draw_hall(case)
    made = Method.objects.get()
    centre = api(place["centre"])
    seen = centre.get(f"methods/{made.pk}/").json()
    assert [one["name"] for one in seen["acts"]] == ["draw"]
    body = {"session": str(place.session.pk), "beacon": scene.PHYSICAL}
    done = centre.post(f"methods/{made.pk}/draw/", body, match=made.version)
    assert (done.status_code, Draw.objects.get().purpose) == (200, "parameter")
