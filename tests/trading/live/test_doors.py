"""The doors of sessions: the transcript as data, the acts over the API, the pages."""

import json
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.trading.live.scene import MORNING, START, booked, centre, coming, person, room, rules, said
from trading import live, spoken, transcript_api
from trading.attendance import SiteBadge
from trading.live import Transcript
from trading.party import Membership, Role
from trading.room import Kind
from trading.session import Session
from trading.transitions import perform

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work():
    with time_machine.travel(MORNING, tick=False):
        yield centre()


@pytest.fixture
def session(at_work):
    return booked(at_work, room(at_work))


def events(client, session, query="", **headers):
    return client.get(f"/api/v1/sessions/{session.pk}/events{query}", headers=headers)


def test_the_transcript_is_read_past_a_number(client, session):
    live.append(session.transcript_id, "draw.noted", {"n": 1}, MORNING)
    answer = events(client, session, "?after=1")
    noted = {"seq": 2, "at": "2026-03-02T00:30:00.000000Z", "kind": "draw.noted", "payload": {"n": 1}}
    assert (answer.status_code, answer.json()) == (200, {"head": 2, "events": [noted]})
    assert answer["Cache-Control"] == "public, no-cache"


def test_a_sign_in_is_named_by_its_session_and_role(client, session, at_work):
    supervisor = person("supervisor", Role.SITE_SUPERVISOR)
    made = coming(session, supervisor, Role.SITE_SUPERVISOR, rules(at_work).sha256)
    client.force_login(supervisor, "django.contrib.auth.backends.ModelBackend")
    chinese = client.get(f"/sign-ins/{made.pk}/").content.decode()
    client.cookies["django_language"] = "en"
    english = client.get(f"/sign-ins/{made.pk}/").content.decode()
    assert [words for words in ("A draw · 现场监督人员", "工作牌") if words not in chinese] == []
    assert [words for words in ("A draw · On-site supervisor", "Badge") if words not in english] == []


def test_what_the_reader_holds_is_not_sent_again(client, session):
    tag = events(client, session)["ETag"]
    assert events(client, session, "", **{"If-None-Match": tag}).status_code == 304
    live.append(session.transcript_id, "draw.noted", {}, MORNING)
    assert events(client, session, "", **{"If-None-Match": tag}).status_code == 200


def test_a_long_transcript_comes_in_gapless_pages_that_may_be_kept(client, session):
    for _ in range(250):
        live.append(session.transcript_id, "draw.noted", {}, MORNING)
    first, second = events(client, session), events(client, session, "?after=200")
    numbers = [event["seq"] for answer in (first, second) for event in answer.json()["events"]]
    assert numbers == list(range(1, 252))
    assert first["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?after=1e3", "?wait=21", "?after=" + "9" * 20])
def test_nonsense_is_refused(client, session, query):
    answer = events(client, session, query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("number", ["0", "999999", "abc", "9" * 30])
def test_an_unknown_session_has_no_transcript(client, session, number):
    assert client.get(f"/api/v1/sessions/{number}/events").status_code == 404


def test_an_evaluations_transcript_is_for_officials(client, at_work):
    hidden = booked(at_work, room(at_work, kind=Kind.EVALUATION))
    assert events(client, hidden).status_code == 404
    client.force_login(at_work)
    answer = events(client, hidden)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_waiting_ends_when_the_time_is_over(client, session):
    with time_machine.travel(MORNING, tick=True):
        started = time.perf_counter()
        answer = events(client, session, "?after=1&wait=1")
    assert (answer.json()["events"], 0.9 < time.perf_counter() - started < 3) == ([], True)


def test_too_many_waiters_are_answered_at_once(client, session, monkeypatch):
    monkeypatch.setattr(transcript_api, "_places", threading.BoundedSemaphore(1))
    transcript_api._places.acquire()
    started = time.perf_counter()
    assert events(client, session, "?after=1&wait=20").json()["events"] == []
    assert time.perf_counter() - started < 2


def post(client, path, body, version=None):
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_the_centre_books_and_opens_over_the_api(client, at_work):
    place = room(at_work)
    client.force_login(at_work)
    wanted = {
        "room": str(place.pk),
        "kind": "draw",
        "title": "A draw",
        "starts_at": START.isoformat(),
        "ends_at": (START + timedelta(hours=1)).isoformat(),
    }
    made = post(client, "/sessions/", wanted)
    assert made.status_code == 201, made.json()
    with time_machine.travel(START, tick=False):
        client.force_login(at_work)
        opened = post(client, f"/sessions/{made.json()['id']}/open/", {}, version=made.json()["version"])
    assert (opened.status_code, opened.json()["state"]) == (200, "open"), opened.json()


def test_a_stale_version_opens_nothing(client, at_work, session):
    client.force_login(at_work)
    assert post(client, f"/sessions/{session.pk}/cancel/", {"reason": "other"}, version=0).status_code == 412
    assert post(client, f"/sessions/{session.pk}/cancel/", {"reason": "other"}).status_code == 428
    assert Session.objects.get().state == "scheduled"


def test_the_list_shows_the_week_of_the_rooms(client, session):
    page = client.get("/sessions/").content.decode()
    assert reverse("hall", args=[session.pk]) in page
    assert "Draw room 1" in page
    assert "09:30–11:30" in page
    assert "09:30–11:30" not in client.get("/sessions/?week=2026-03-09").content.decode()
    assert client.get("/sessions/?week=nonsense").status_code == 200


def test_the_hall_shows_the_transcript_newest_first_without_javascript(client, session):
    live.append(session.transcript_id, "draw.noted", {"title": "<b>"}, MORNING)
    page = client.get(f"/sessions/{session.pk}/").content.decode()
    assert page.index('id="event-2"') < page.index('id="event-1"')
    assert "&lt;b&gt;" in page
    assert f'data-socket="/live/{session.transcript_id}/"' in page
    assert 'data-last="2"' in page


def test_the_big_screen_shows_the_same_without_the_sites_frame(client, session):
    page = client.get(f"/sessions/{session.pk}/screen/").content.decode()
    assert "is-big-screen" in page
    assert 'class="masthead"' not in page
    assert 'id="event-1"' in page


def test_a_hidden_session_has_no_page(client, at_work):
    hidden = booked(at_work, room(at_work, kind=Kind.EVALUATION))
    assert client.get(f"/sessions/{hidden.pk}/").status_code == 404
    client.force_login(at_work)
    page = client.get(f"/sessions/{hidden.pk}/").content.decode()
    assert "data-socket" not in page  # it is read by who takes part, over HTTP
    assert f'data-events="/api/v1/sessions/{hidden.pk}/events"' in page


def test_signing_in_shows_the_rules_and_gives_a_badge(client, at_work, session):
    text = rules(at_work)
    supervisor = person("supervisor", Role.SITE_SUPERVISOR)
    client.force_login(supervisor)
    page = client.get(f"/sessions/{session.pk}/sign-in/").content.decode()
    assert "Switch telephones off." in page
    chosen = {"membership": supervisor.memberships.get().pk, "conduct_sha256": text.sha256}
    answer = client.post(f"/sessions/{session.pk}/sign-in/", chosen)
    badge = SiteBadge.objects.get()
    assert answer["Location"] == f"/badges/{badge.token}/"
    assert badge.number in client.get(answer["Location"]).content.decode()
    assert client.post(f"/sessions/{session.pk}/sign-in/", chosen)["Location"] == answer["Location"]
    assert SiteBadge.objects.count() == 1


def test_without_confirming_the_rules_nobody_enters(client, at_work, session):
    rules(at_work)
    supervisor = person("supervisor", Role.SITE_SUPERVISOR)
    client.force_login(supervisor)
    answer = client.post(f"/sessions/{session.pk}/sign-in/", {"membership": supervisor.memberships.get().pk})
    assert answer.status_code == 409
    assert not SiteBadge.objects.exists()
    assert client.post(f"/sessions/{session.pk}/sign-in/", {"membership": "0"}).status_code == 400


def test_one_with_two_roles_chooses_first(client, at_work, session):
    rules(at_work)
    both = person("both", Role.OWNER)
    Membership.objects.create(user=both, organisation=both.memberships.get().organisation, role=Role.AGENCY)
    client.force_login(both)
    assert "Switch telephones off." not in client.get(f"/sessions/{session.pk}/sign-in/").content.decode()
    second = both.memberships.get(role=Role.AGENCY).pk
    assert "Switch telephones off." in client.get(f"/sessions/{session.pk}/sign-in/?as={second}").content.decode()


def test_a_badge_names_nobody_and_its_code_leads_to_it(client, at_work, session):
    there = coming(session, person("supervisor", Role.SITE_SUPERVISOR), Role.SITE_SUPERVISOR, rules(at_work).sha256)
    page = client.get(f"/badges/{there.badge.token}/").content.decode()
    assert "Supervisor & co" not in page
    assert there.badge.number in page
    code = client.get(f"/badges/{there.badge.token}/code.svg")
    assert (code["Content-Type"], code.content[:4]) == ("image/svg+xml", b"<svg")
    assert client.get("/badges/unknown/").status_code == 404


def test_attendance_over_the_api_shows_only_ones_own(client, at_work, session):
    text = rules(at_work)
    supervisor, bidder = person("supervisor", Role.SITE_SUPERVISOR), person("bidder", Role.BIDDER)
    coming(session, supervisor, Role.SITE_SUPERVISOR, text.sha256)
    coming(session, bidder, Role.BIDDER, text.sha256)
    roles = []
    for reader in (bidder, supervisor):
        client.force_login(reader)
        roles.append(sorted(item["role"] for item in client.get("/api/v1/sign-ins/").json()["items"]))
    client.logout()
    assert roles == [["bidder"], ["bidder", "site_supervisor"]]
    assert client.get("/api/v1/sign-ins/").json()["items"] == []


def test_a_rehearsal_is_in_no_public_list(client, at_work, session):
    Session.objects.filter(pk=session.pk).update(transcript=Transcript.objects.create(rehearsal=True))
    assert client.get("/api/v1/sessions/").json()["items"] == []
    assert f'href="/sessions/{session.pk}/"' not in client.get("/sessions/").content.decode()
    assert client.get(f"/sessions/{session.pk}/").status_code == 200


def test_every_word_the_sessions_say_has_a_label(at_work, session):
    perform(session.cancel, by=at_work, reason="other")
    assert [kind for _, kind, _ in said(session) if kind not in spoken.KINDS] == []
    line = spoken.line(session.transcript.events.last())
    assert (line.seq, len(line.facts)) == (2, 2)
