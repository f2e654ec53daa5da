"""Signing in by the API."""

import pytest
from django.test import Client

from tests import make
from trading.party import Role

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"  # noqa: S105  # of a test


@pytest.fixture
def person():
    made = make.user(Role.OWNER)
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(client, username, password):
    return client.post(
        "/api/v1/session/", {"username": username, "password": password}, content_type="application/json"
    )


def test_signing_in_answers_who_and_gives_the_token(person):
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, person.username, PASSWORD)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["authenticated"], said["username"]) == (True, person.username)
    home = make.home(person)
    assert said["memberships"] == [{"role": "owner", "organisation": home.pk, "name": home.name, "uscc": home.uscc}]
    assert "csrftoken" in client.cookies
    assert client.get("/api/v1/session/").json()["authenticated"] is True


def test_writing_needs_the_token_of_the_session(person):
    lot = make.lot(owner=person)
    client = Client(enforce_csrf_checks=True)
    token = sign_in(client, person.username, PASSWORD).json()["csrf_token"]
    path, body = f"/api/v1/lots/{lot.code}/suspend/", {"reason": "other"}
    without = client.post(path, body, content_type="application/json", headers={"If-Match": '"1"'})
    assert (without.status_code, without.json()["code"]) == (403, "permission_denied")
    headers = {"If-Match": '"1"', "X-CSRFToken": token}
    assert client.post(path, body, content_type="application/json", headers=headers).status_code == 200


def test_signing_out_ends_the_session(person):
    client = Client()
    sign_in(client, person.username, PASSWORD)
    assert client.delete("/api/v1/session/").status_code == 204
    assert client.get("/api/v1/session/").json()["authenticated"] is False
    assert client.delete("/api/v1/session/").status_code == 401


def test_a_wrong_password_is_a_problem_and_too_many_lock(person, settings):
    client = Client()
    answers = [sign_in(client, person.username, "wrong-horse-battery") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert {answer.status_code for answer in answers[:-1]} == {401}
    locked = sign_in(client, person.username, PASSWORD)
    assert (locked.status_code, locked["Content-Type"]) == (429, "application/problem+json")
    assert locked.json()["code"] == "locked_out"
    page = client.post("/sign-in/", {"username": person.username, "password": PASSWORD})
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (429, "text/html")


def test_another_sites_form_cannot_sign_anybody_in(person):
    answer = Client().post("/api/v1/session/", {"username": person.username, "password": PASSWORD})
    assert answer.status_code == 415


def test_an_unknown_name_and_a_wrong_password_sound_alike(person):
    client = Client(headers={"Accept-Language": "en"})
    wrong = sign_in(client, person.username, "wrong").json()
    unknown = sign_in(client, "nobody", "wrong").json()
    assert {**wrong, "request_id": ""} == {**unknown, "request_id": ""}


def test_a_first_password_must_be_changed_before_anything_else(person, api):
    person.must_change_password = True
    person.save()
    answer = api(person).get("projects/")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")
