"""The pages of a draw, and its stage in the hall, at each step."""

import io
import json
import zipfile

import pytest

from tests.trading.draws import scene

pytestmark = pytest.mark.django_db
REHEARSAL = "This did not happen"


def test_a_draw_in_preparation_shows_commitments_and_no_result(english):
    place = scene.hall()
    draw = scene.contributed(place)
    page = english.get(f"/draws/{draw.pk}/").text
    assert all(one.c in page for one in draw.contributions.all())
    assert "Nobody can know it yet." in page
    assert english.get(f"/draws/{draw.pk}/verify/").status_code == 404
    assert english.get(f"/draws/{draw.pk}/evidence.zip").status_code == 404


def test_a_finished_draw_shows_ranking_seed_and_evidence(english):
    place = scene.hall()
    draw = scene.proved(place)
    page = english.get(f"/draws/{draw.pk}/").text
    winner = draw.result["seated"][0][0]
    assert draw.seed in page
    assert page.count(winner) >= 2
    assert scene.DICE in page
    assert "witness: demonstration" in page
    assert f"{winner} has rank 1." in english.get(f"/draws/{draw.pk}/?find={winner.lower()}").text
    assert "not on the list" in english.get(f"/draws/{draw.pk}/?find=nobody").text
    packed = zipfile.ZipFile(io.BytesIO(english.get(f"/draws/{draw.pk}/evidence.zip").content))
    files = json.loads(english.get(f"/draws/{draw.pk}/evidence.json").content)
    inside = {name.partition("/")[2]: packed.read(name).decode() for name in packed.namelist()}
    assert inside == files
    assert english.get(f"/draws/{draw.pk}/verify/").context["first_id"] == winner


def test_the_list_of_draws_holds_public_ones_only(english):
    other = scene.hall(rehearsal=True)
    other.secrets |= {"centre": bytes(32), "supervisor": bytes(range(32))}
    public, secret = scene.proved(scene.hall()), scene.proved(other)
    listed = english.get("/verify/").text
    assert public.draw_id in listed
    assert secret.draw_id not in listed
    assert REHEARSAL in english.get(f"/draws/{secret.pk}/").text
    assert REHEARSAL not in english.get(f"/draws/{public.pk}/").text


def test_the_hall_follows_the_draw_step_by_step(english):
    place = scene.hall()
    path = f"/sessions/{place.session.pk}/"
    assert 'data-step=""' in english.get(path).text
    draw = scene.closed(place)
    assert english.get(path).context["step"] in {"witness", "dice"}
    scene.sequencer.ensure_cosigned(draw.event_of("draw.closed"))
    assert english.get(f"{path}cut-off.json").json() == {"cosigned": True}
    assert english.get(f"{path}screen/").context["step"] == "dice"


def test_a_single_reading_of_the_dice_is_shown_to_nobody(english, browser_of):
    place = scene.hall()
    draw = scene.witnessed(place)
    path = f"/sessions/{place.session.pk}/"
    reader = browser_of(place["owner"])
    assert reader.get(path).context["part"].read
    scene.perform(draw.enter_dice, by=place["centre"], digits=scene.DICE, hands=place.hands())
    assert not any(scene.DICE in page for page in (english.get(path).text, reader.get(path).text))
    scene.perform(draw.enter_dice, by=place["owner"], digits=scene.DICE, hands=place.hands())
    assert english.get(path).context["digits"] == scene.DICE
    assert browser_of(place["supervisor"]).get(path).context["part"].confirm


def test_a_part_is_offered_only_to_whoever_holds_it(english, browser_of):
    place = scene.hall()
    scene.prepared(place)
    path = f"/sessions/{place.session.pk}/"
    assert english.get(path).context["part"] is None
    assert browser_of(place["bidder1"]).get(path).context["part"].contribute
    assert not browser_of(place["notary"]).get(path).context["part"].contribute


def test_the_names_of_the_list_come_with_the_hall(english):
    place = scene.hall()
    scene.prepared(place)
    found = english.get(f"/sessions/{place.session.pk}/names.json").json()["names"]
    assert scene.make.home(place["bidder1"]).name in found.values()
