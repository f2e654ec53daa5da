"""Signing in and out, the first password, the idle time-out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import make
from trading.party import User

PASSWORD = "long-enough-and-new-7"  # noqa: S105
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db) -> User:
    user = make.account("newcomer")
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_person_signs_in_and_out(client: Client, person: User):
    answer = client.post(reverse("login"), {"username": person.username, "password": PASSWORD, "next": "/account/"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert person.name in client.get("/account/").text
    assert client.post(reverse("logout")).status_code == 302
    assert client.get("/account/").status_code == 302


def test_a_wrong_password_is_explained_and_nothing_typed_is_lost_but_the_password(client: Client, person: User):
    text = client.post(reverse("login"), {"username": person.username, "password": "wrong"}).text
    assert "error-summary" in text
    assert f'value="{person.username}"' in text
    assert "wrong" not in text


def test_the_sign_in_says_the_limits_that_the_settings_have(client: Client, settings):
    settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME = 3, timedelta(minutes=45)
    settings.SESSION_COOKIE_AGE = 20 * 60
    client.cookies["django_language"] = "en"
    text = client.get(reverse("login")).text
    assert "After 3 wrong passwords the account is locked for 45 minutes." in text
    assert "You are signed out after 20 minutes without activity." in text


def test_repeated_failures_lock_the_account(client: Client, person: User, settings):
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        response = client.post(reverse("login"), {"username": person.username, "password": "wrong"})
    assert response.status_code == 429
    right = client.post(reverse("login"), {"username": person.username, "password": PASSWORD})
    assert right.status_code == 429
    assert "8.1.4.1" in right.text
    assert "30分钟后" in right.text


def test_a_first_password_must_be_changed_before_anything_else(client: Client, person: User):
    person.must_change_password = True
    person.save()
    client.force_login(person)
    assert client.get("/account/")["Location"] == reverse("password_change")
    refused = client.get("/api/v1/notices/")
    assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
    assert "首次登录" in client.get(reverse("password_change")).text
    form = {"old_password": PASSWORD, "new_password1": "another-long-one-8", "new_password2": "another-long-one-8"}
    assert client.post(reverse("password_change"), form)["Location"] == reverse("profile")
    assert client.get("/account/").status_code == 200


def test_a_weak_new_password_is_refused_with_the_reason(client: Client, person: User):
    client.force_login(person)
    form = {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"}
    assert "error-summary" in client.post(reverse("password_change"), form).text


def test_who_does_nothing_is_signed_out_after_the_idle_time(client: Client, person: User, settings):
    client.force_login(person)
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    with time_machine.travel("2026-03-17T09:00:00+08:00", tick=False) as clock:
        assert client.get("/account/").status_code == 200
        clock.shift(idle - timedelta(seconds=1))
        assert client.get("/account/").status_code == 200
        clock.shift(idle - timedelta(seconds=1))
        assert client.get("/account/").status_code == 200
        clock.shift(idle + timedelta(seconds=1))
        assert client.get("/account/").status_code == 302


def test_a_stale_session_is_ended_by_the_site_itself(client: Client, person: User, settings):
    client.force_login(person)
    session = client.session
    session["seen_at"] = 1
    session.save()
    assert client.get("/account/").status_code == 302
    assert "自动退出" in client.get("/sign-in/").text
