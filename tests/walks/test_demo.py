"""Loading the demonstration: what it brings, that it may be repeated, and where it refuses."""

import io
import socket
from datetime import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bids.comparison import Comparison
from config.demo import data, people, rehearsals
from config.demo.client import Unexpected
from config.demo.fixed_price.preparing import first_day
from tests import make
from tests.walks.conftest import MONDAY
from trading import clock, uscc
from trading.ledger.tables import AuditEvent
from trading.notice import Notice
from trading.party import Organisation


def test_the_demonstration_loads_once(emptied, client):
    said = io.StringIO()
    with time_machine.travel(MONDAY.replace(month=9, day=7), tick=True):
        call_command("demo", load=True, stdout=said)
        events = AuditEvent.objects.count()
        call_command("demo", load=True, stdout=io.StringIO())

    assert AuditEvent.objects.count() == events
    assert people.PASSWORD in said.getvalue()
    assert Organisation.objects.count() == Organisation.objects.filter(rehearsal=True).count() == 1528 + 17
    listed = Notice.objects.public()
    assert listed.count() == 88
    assert listed.order_by("published_at").first().published_at == datetime(2024, 8, 27, tzinfo=clock.LOCAL)
    assert client.get("/api/v1/notices/", {"region": "江西省", "limit": 200}).json()["items"]
    reached = dict(Comparison.objects.values_list("lot__name", "state"))
    assert reached == {works.name: STATES[stage] for works, stage in rehearsals.SHOWN}


STATES = {"tracking": "tracking", "publicity": "publicising", "list": "list_published", "registering": "registering"}


def test_it_does_not_load_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="does not run in production"):
        call_command("demo", load=True)


def test_a_walk_without_a_server_says_how_to_start_one():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CommandError, match=r"does not answer .* Start it first: make run"):
        call_command("demo", walk="fixed-price", url=f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("said", "site", "address"),
    [
        ({}, "", "http://127.0.0.1:8000"),
        ({"port": 8123}, "https://ggzy.example", "http://127.0.0.1:8123"),
        ({"url": "http://192.0.2.7:9000/"}, "", "http://192.0.2.7:9000"),
        ({}, "https://ggzy.example/", "https://ggzy.example"),
    ],
)
def test_the_accounts_name_the_server_that_was_said(db, settings, said, site, address):
    settings.SITE_URL = site
    owner = make.user("owner")
    lot = make.lot(owner=owner, of=make.project(owner=owner, rehearsal=True))
    comparison = Comparison(lot=lot, legal_basis=make.legal_basis())
    comparison.save()
    out = io.StringIO()
    call_command("demo", accounts=True, stdout=out, **said)
    assert f"  {address}/comparisons/{comparison.pk}/" in out.getvalue()


def test_a_walk_stops_where_the_calendar_is_not_published(walk):
    with pytest.raises(Unexpected, match="uncertain"):
        first_day(walk, "F01", MONDAY.date().replace(year=2099))


def test_it_must_be_told_what_to_do():
    with pytest.raises(CommandError, match="Say --load"):
        call_command("demo")


def test_every_code_of_the_data_is_well_formed_and_the_invented_ones_are_of_no_real_region():
    for code, _ in data.real_enterprises():
        assert uscc.check(code) == code
    for row in data.read("organisations"):
        assert uscc.check(row["uscc"])[2:8] == people.REGION
