"""The draw of experts: sealed while the committee is secret, recomputable all the same, opened after the result."""

import json

import pytest
from django.db.models import Q
from django.test import Client

from tests import make
from tests.refusals import refused
from tests.trading.draws import paper, scene
from trading import clock
from trading.draws import candidates, dossier, evidence, leaves, verify_draw
from trading.draws.candidates import Candidate, Exclusion
from trading.draws.draw import Draw
from trading.errors import InvalidInput, NotPermitted
from trading.ledger import export, leaf, publish, sealed, sequencer, verify_ledger
from trading.ledger.tables import AuditEvent, SealedEntry
from trading.party import Role
from trading.room import Kind
from trading.transitions import perform

pytestmark = pytest.mark.django_db
COMMITTED = "Fix the commit record"
NAMES = [paper.expert(number)[0] for number in range(13)]
LISTED = [leaves.candidate("sha256", paper.KEY, *paper.expert(number)) for number in range(12)]
GONE = [Exclusion(paper.opening(12)["id"], "E02", scene.EVIDENCE)]
FACTS = {
    "purpose": "expert",
    "plan": [{"st": "A", "k": 3, "alt": 6}],
    "kd": leaves.key_digest("sha256", paper.KEY).hex(),
    "library": paper.LIBRARY,
    "list_file": candidates.write_list(LISTED).decode(),
    "exclusions_file": candidates.write_exclusions(GONE).decode(),
}
OPENED = {paper.opening(number)["id"]: paper.opening(number) for number in range(13)}


@pytest.fixture
def place():
    made = scene.hall(bidders=0, kind=Kind.PANEL)
    sealed.open_secret_windows(made.lot.code, clock.now())
    return made


@pytest.fixture
def openers(monkeypatch):
    """The library lends what opens the leaves that were drawn or passed over."""

    def opener(draw):
        ids = [ident for ident, _stratum in draw.result["seated"]]
        return [OPENED[ident] for ident in {*ids, *draw.skips.values_list("candidate", flat=True)}]

    monkeypatch.setitem(dossier.OPENERS, leaves.PURPOSE, opener)


def drawn(place):
    return scene.proved(place, **FACTS)


def inner_of(event):
    return leaf.decode(bytes(SealedEntry.objects.get(event=event).inner))


def files_of(draw):
    return dossier.files_of(Draw.objects.get(pk=draw.pk))


def verdict(files, path):
    evidence.write(files, path)
    return verify_draw.main([str(path)])


def skipped(draw, by, code, seat=0):
    return perform(draw.skip, by=by, candidate=draw.result["seated"][seat][0], code=code, evidence=scene.EVIDENCE)


# what the ledger tells


def test_every_entry_is_sealed_and_found_all_the_same(place):
    draw = drawn(place)
    assert not AuditEvent.objects.filter(Q(type__startswith="draw.") | Q(subject_type="draw")).exists()
    kept = SealedEntry.objects.filter(subject_type="draw").order_by("pk")
    assert kept.first().type == "draw.prepared"
    assert set(kept.values_list("tender", flat=True)) == {sealed.committee(place.lot.code)}
    assert kept.count() == len(dossier.events_of(draw)) == 10
    committed = inner_of(draw.event_of("draw.committed"))
    assert (committed["tender"], committed["data"]["record"]["kd"]) == (place.lot.code, FACTS["kd"])
    assert committed["data"]["record"]["library"] == paper.LIBRARY
    assert draw.contributions.exclude(revealed_in=None).count() == 2


def test_the_ledger_is_whole_before_and_after(place, tmp_path):
    drawn(place)
    export.export(tmp_path / "before")
    assert verify_ledger.examine(tmp_path / "before")[0] == 0
    place.lot.end_committee_secrecy(clock.now())
    place.lot.end_secrecy(clock.now())
    sequencer.ensure_cosigned(AuditEvent.objects.latest("pk"))
    export.export(tmp_path / "after")
    code, text = verify_ledger.examine(tmp_path / "after")
    assert (code, text.endswith("0 still sealed")) == (0, True), text


# the evidence


def test_the_ranking_is_recomputed_before_the_result_from_salted_leaves(place, tmp_path, openers, capsys):
    draw = drawn(place)
    files = files_of(draw)
    assert verdict(files, tmp_path / "e") == 0, capsys.readouterr().out
    assert "openings.json" not in files
    everything = b"\n".join(files.values()).decode()
    assert [name for name in NAMES if name in everything] == []


def test_the_leaves_of_seated_and_skipped_are_opened_after_it(place, tmp_path, openers, capsys):
    draw = drawn(place)
    draw = skipped(draw, place["supervisor"], "S03")
    sequencer.ensure_cosigned(draw.event_of("draw.skipped"))
    place.lot.end_committee_secrecy(clock.now())
    files = files_of(draw)
    assert len(json.loads(files["openings.json"])) == 4
    assert verdict(files, tmp_path / "e") == 0, capsys.readouterr().out
    shown = {one["expert_id"] for one in json.loads(files["openings.json"])}
    assert [name for name in NAMES if name in b"".join(files.values()).decode()] == sorted(shown)


def test_an_opening_that_is_not_of_its_leaf_leaves_the_platform_never(place, monkeypatch):
    draw = drawn(place)
    first = draw.result["seated"][0][0]
    monkeypatch.setitem(dossier.OPENERS, leaves.PURPOSE, lambda draw: [{**OPENED[first], "expert_id": "E9999"}])
    place.lot.end_committee_secrecy(clock.now())
    with pytest.raises(Exception, match="does not hash"):
        files_of(draw)


def test_a_second_draw_follows_the_void_one_within_its_seals(place, tmp_path, capsys):
    first = scene.committed(place, **FACTS)
    perform(first.void, by=place["supervisor"], cause="equipment", reason="骰子破损")
    draw = drawn(place)
    assert draw.prev == first.commit_hash
    assert verdict(files_of(draw), tmp_path / "e") == 0, capsys.readouterr().out


# who sees it


def test_no_file_of_the_published_ledger_tells_of_it(place, ledger_files):
    draw = drawn(place)
    skipped(draw, place["supervisor"], "S03")
    told = [
        *NAMES,
        draw.draw_id,
        draw.commit_hash,
        draw.seed,
        draw.result["seated"][0][0],
        "draw.",
        "session.signed_in",
    ]
    everything = ledger_files()
    assert place.lot.code in everything
    assert [one for one in told if one in everything] == []
    place.lot.end_committee_secrecy(clock.now())
    assert draw.draw_id in ledger_files()


@pytest.fixture
def ledger_files(settings):
    """Return what the published files of the ledger hold, read as text."""

    def read():
        while sequencer.sequence_once() is not None:
            pass
        publish.publish()
        folder = settings.LEDGER["DIR"]
        return "".join(one.read_bytes().decode(errors="replace") for one in sorted(folder.rglob("*")) if one.is_file())

    return read


@pytest.mark.parametrize("role", [None, Role.BIDDER, Role.EXPERT])
def test_nobody_else_sees_anything_of_it(place, role):
    draw = drawn(place)
    browser, person = Client(), make.user(role) if role else None
    if person:
        browser.force_login(person)
    assert not Draw.objects.public().exists()
    hidden = [f"/draws/{draw.pk}/{part}" for part in ("", "verify/", "evidence.zip", "evidence.json")]
    hidden += [f"/sessions/{place.session.pk}/{part}" for part in ("", "screen/", "cut-off.json", "names.json")]
    hidden += [f"/api/v1/draws/{draw.pk}/", f"/api/v1/sessions/{place.session.pk}/events"]
    assert [path for path in hidden if browser.get(path).status_code != 404] == []
    leaf_id = draw.result["seated"][0][0]
    lot = place.lot.code
    places = ["/", "/verify/", "/sessions/", "/statistics/", "/api/v1/draws/", "/api/v1/sessions/", f"/lots/{lot}/"]
    places += ["/ledger/", f"/ledger/?q={lot}", f"/ledger/?q={draw.draw_id}", f"/api/v1/draws/?lot__code={lot}"]
    for path in places:
        text = browser.get(path).content.decode().replace(f"?q={draw.draw_id}", "").replace(draw.draw_id, "#", 1)
        told = [found for found in (leaf_id, f"/draws/{draw.pk}/", draw.seed, "draw.prepared") if found in text]
        assert told == [], path


def test_who_looks_before_the_time_is_on_record_and_the_platform_warned(place, client, caplog):
    draw, rival = drawn(place), make.user(Role.BIDDER)
    client.get(f"/draws/{draw.pk}/")
    client.force_login(rival)
    looked = [f"/draws/{draw.pk}/", f"/draws/{draw.pk}/evidence.zip", f"/api/v1/draws/{draw.pk}/"]
    looked += [f"/sessions/{place.session.pk}/", f"/api/v1/sessions/{place.session.pk}/events"]
    for path in looked:
        assert client.get(path).status_code == 404
    (kept,) = SealedEntry.objects.filter(type="committee.look_refused")
    told = leaf.decode(bytes(kept.inner))
    assert kept.tender == sealed.committee(place.lot.code)
    assert (told["actor"], told["data"]) == ({"id": f"u:{rival.pk}", "role": "bidder", "auth": "pw"}, {"of": "draw"})
    warned = [one.getMessage() for one in caplog.records if one.name == "trading.looking"]
    assert len(warned) == 1
    assert place.lot.code not in warned[0]
    place.lot.end_committee_secrecy(clock.now())
    client.get("/draws/999/")
    assert client.get(f"/draws/{draw.pk}/").status_code == 200
    assert SealedEntry.objects.filter(type="committee.look_refused").count() == 1


def test_who_takes_part_sees_it_and_who_audits_gets_the_evidence(place, client):
    draw, client.cookies["django_language"], seen = drawn(place), "en", {}
    for name in ("centre", "owner", "supervisor"):
        client.force_login(place[name])
        page, folder = client.get(f"/draws/{draw.pk}/"), client.get(f"/draws/{draw.pk}/evidence.zip")
        seen[name] = (page.status_code, folder.status_code)
        assert draw.result["seated"][0][0] in page.content.decode()
        assert COMMITTED in page.content.decode()
    assert seen == {"centre": (200, 404), "owner": (200, 404), "supervisor": (200, 200)}
    assert client.get(f"/draws/{draw.pk}/evidence.json")["Cache-Control"] == "private, no-store"
    assert client.get(f"/sessions/{place.session.pk}/names.json")["Cache-Control"] == "private, no-store"


def test_after_the_result_it_is_as_public_as_any_draw(place, client):
    draw, client.cookies["django_language"] = drawn(place), "en"
    place.lot.end_committee_secrecy(clock.now())
    assert [one.pk for one in Draw.objects.visible_to(make.user(Role.BIDDER))] == [draw.pk]
    folder = client.get(f"/draws/{draw.pk}/evidence.json")
    assert (folder.status_code, folder["Cache-Control"]) == (200, "public, no-cache")
    assert draw.draw_id in client.get("/verify/").content.decode()
    assert COMMITTED in client.get(f"/draws/{draw.pk}/").content.decode()
    found = client.get(f"/draws/{draw.pk}/?find={draw.result['seated'][0][0]}").content.decode()
    assert draw.result["seated"][0][0] in found


def test_the_statistics_count_it_only_then(place, client):
    drawn(place)
    before = client.get("/statistics/?format=csv").content
    place.lot.end_committee_secrecy(clock.now())
    assert client.get("/statistics/?format=csv").content != before


# what is refused


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kd": ""}, "library_unnamed"),
        ({"library": {}}, "library_unnamed"),
        ({"library": {**paper.LIBRARY, "n": 12}}, "more_than_the_library"),
        ({"plan": [{"st": "A", "k": 5, "alt": 5}]}, "pool_too_small"),
        ({"plan": [{"st": "B", "k": 1, "alt": 0}]}, "pool_too_small"),
        ({"list_file": candidates.write_list([*LISTED, Candidate("E0099", ("A",))]).decode()}, "not_leaves"),
        ({"list_file": candidates.write_list([*LISTED, Candidate("f" * 64, ("A",), 2)]).decode()}, "not_leaves"),
        ({"list_file": candidates.write_list([*LISTED, Candidate("f" * 64, ("A",), 1, "g")]).decode()}, "not_leaves"),
        ({"exclusions_file": f"E0099\tE02\t{scene.EVIDENCE}\n"}, "not_leaves"),
    ],
)
def test_a_list_from_which_a_name_could_be_read_is_refused(place, changes, code):
    refused(scene.unprepared(place, **{**FACTS, **changes}).prepare, code, by=place["centre"])


def test_experts_are_drawn_in_their_own_session_and_nobody_else_there(place):
    refused(scene.unprepared(place).prepare, "other_session", by=place["centre"])
    public = scene.hall()
    refused(scene.unprepared(public, **FACTS).prepare, "other_session", by=public["centre"])


def test_an_expert_declines_the_clock_gives_up_and_a_supervisor_finds(place):
    draw, expert = drawn(place), make.user(Role.EXPERT)
    draw = skipped(draw, expert, "S01")
    assert inner_of(draw.event_of("draw.skipped"))["actor"] == {"id": "-", "role": "expert", "auth": "-"}
    assert inner_of(skipped(draw, None, "S02").event_of("draw.skipped"))["actor"]["role"] == "clock"
    assert skipped(draw, place["supervisor"], "S03").skips.count() == 3


@pytest.mark.parametrize(("role", "code"), [(Role.EXPERT, "S02"), (Role.EXPERT, "S03"), (Role.BIDDER, "S01")])
def test_others_pass_over_no_expert(place, role, code):
    draw = drawn(place)
    with pytest.raises(NotPermitted):
        skipped(draw, make.user(role), code)


def test_the_clock_does_not_decline_and_no_expert_fails_to_sign_a_contract(place):
    draw = drawn(place)
    with pytest.raises(NotPermitted):
        skipped(draw, None, "S01")
    with pytest.raises(InvalidInput, match="listed reason"):
        skipped(draw, place["supervisor"], "S04")
