"""How often somebody may write: per account, per address, for all processes together; reading is free."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from config.environment import env_rate
from tests import make
from trading import pace
from trading.ledger.tables import AuditEvent
from trading.party import Organisation, Role, User

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 2, 1, 0, 20, tzinfo=UTC)
ENTERPRISE = {"name": "清源建筑", "person": "王某", "username": "qingyuan", "password": "correct-horse-battery"}
ADDRESS, NEIGHBOUR = "203.0.113.7", "203.0.113.8"


@pytest.fixture(autouse=True)
def moment(time_machine):
    time_machine.move_to(MOMENT, tick=False)
    return time_machine


def enter(address=ADDRESS, **changes):
    return Client(REMOTE_ADDR=address).post("/register/", {**ENTERPRISE, "uscc": make.code(), **changes})


def test_an_address_enters_so_many_enterprises_an_hour_and_no_more(settings, moment):
    settings.WRITE_LIMITS = {**settings.WRITE_LIMITS, "enterprise": (2, 3600)}
    assert [enter(username=f"first{number}").status_code for number in range(2)] == [302, 302]
    before = AuditEvent.objects.count()
    refused = enter(username="third")
    assert (refused.status_code, refused["Retry-After"]) == (429, "3580")
    assert "text/html" in refused["Content-Type"]
    assert "throttled" in refused.content.decode()
    assert not User.objects.filter(username="third").exists()
    assert (Organisation.objects.count(), AuditEvent.objects.count()) == (2, before)
    assert enter(NEIGHBOUR, username="neighbour").status_code == 302
    moment.move_to(MOMENT + timedelta(seconds=3580), tick=False)
    assert enter(username="third").status_code == 302


def test_page_and_api_count_together_and_what_is_refused_counts_too(settings, api):
    settings.WRITE_LIMITS = {**settings.WRITE_LIMITS, "enterprise": (2, 3600)}
    assert enter("127.0.0.1", uscc="").status_code == 400
    visitor = api(None)
    answers = [visitor.post("organisations/", {}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [400, 429]
    said = answers[-1].json()
    assert (answers[-1]["Content-Type"], said["code"], said["status"]) == ("application/problem+json", "throttled", 429)
    assert answers[-1]["Retry-After"] == "3580"
    assert visitor.get("organisations/").status_code == 200
    assert visitor.post("session/", {"username": "x", "password": "y"}).status_code == 401


def test_visitors_of_an_address_may_write_only_so_often(settings, api):
    settings.WRITE_LIMITS = {**settings.WRITE_LIMITS, "visitor": (2, 60)}
    visitor = api(None)
    answers = [visitor.post("session/", {}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert answers[-1]["Retry-After"] == "40"


def test_an_account_has_its_own_limit_wherever_it_writes_from(settings):
    settings.WRITE_LIMITS = {**settings.WRITE_LIMITS, "account": (2, 60)}
    owner, colleague = make.user(Role.OWNER), make.user(Role.OWNER)
    first, second = signed_in(owner, ADDRESS), signed_in(owner, NEIGHBOUR)
    assert [write(first), write(second), write(first)] == [404, 404, 429]
    assert write(signed_in(colleague, ADDRESS)) == 404


def test_a_whole_enterprise_behind_one_address_goes_on_until_the_wide_limit(settings):
    settings.WRITE_LIMITS = {**settings.WRITE_LIMITS, "account": (2, 60), "address": (8, 60)}
    staff = [signed_in(make.user(Role.BIDDER), ADDRESS) for _ in range(5)]
    assert [write(one) for one in staff for _ in range(2)] == [404] * 8 + [429] * 2


def signed_in(person, address):
    client = Client(REMOTE_ADDR=address)
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def write(client):
    return client.post("/api/v1/lots/nothing/suspend/", {}, content_type="application/json").status_code


def test_an_address_is_itself_or_the_line_it_belongs_to():
    assert pace.network("203.0.113.7") == "203.0.113.7"
    assert pace.network("2001:db8:1:2:3:4:5:6") == pace.network("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert pace.network("") == "unknown"


def test_windows_that_are_over_are_forgotten(moment):
    limit = pace.Limit("account", "1", 5, 60)
    assert pace.seconds_to_wait([limit]) == 0
    assert pace.expire() == 0
    moment.move_to(MOMENT + timedelta(seconds=41), tick=False)
    assert pace.expire() == 1
    assert not pace.WriteCount.objects.exists()


@pytest.mark.parametrize("value", ["", "0/min", "10", "10/day", "-1/min", "10/min "])
def test_a_rate_that_is_none_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("SUNLIGHT_ACCOUNT_WRITES", value)
    with pytest.raises(ImproperlyConfigured, match="SUNLIGHT_ACCOUNT_WRITES"):
        env_rate("ACCOUNT_WRITES", "240/min")


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_many_at_once_are_counted_one_by_one():
    limits = [pace.Limit("address", ADDRESS, 50, 60), pace.Limit("account", "1", 500, 60)]
    waits = []

    def ask():
        waits.extend(pace.seconds_to_wait(limits) for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (waits.count(0), waits.count(40)) == (50, 30)
