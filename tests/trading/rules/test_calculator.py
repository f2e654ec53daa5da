"""The deadline calculator: the command, the page and the API say the same."""

import json
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from trading.rules import table

T12 = {
    "rule": "T12",
    "version": 1,
    "basis": "招标投标法实施条例 54",
    "start": "2026-02-13",
    "limit": 3,
    "unit": "d",
    "result": "2026-02-24",
    "date": "2026-02-24",
    "status": "compliant",
}
ENGLISH = {"Accept-Language": "en"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, settings):
    """A visitor who chose English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def deadline(*words):
    out = StringIO()
    call_command("deadline", *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_json_with_exactly_the_nine_keys():
    assert json.loads(deadline("T12", "--from", "2026-02-13", "--json")) == T12


def test_the_command_prints_lines_for_people():
    lines = deadline("T05", "--from", "2026-03-31", "--before").splitlines()
    assert lines[-4:] == [
        "date     2026-03-16",
        "status   compliant",
        "calendar -",
        "because  The limit falls on 2026-03-16.",
    ]


def test_the_command_takes_another_roll():
    assert json.loads(deadline("T12", "--from", "2026-02-13", "--roll", "none", "--json"))["date"] == "2026-02-16"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["G02", "--from", "2027-03-01"], "uncertain"),
        (["T04"], "uncertain"),
        (["Q01", "--from", "2026-03-01"], "not_applicable"),
        (["T04", "--from", "1999-12-31"], "not_applicable"),
    ],
)
def test_an_answer_without_a_date_is_an_answer(words, status):
    answer = json.loads(deadline(*words, "--json"))
    assert (answer["status"], answer["date"], answer["result"]) == (status, None, None)


@pytest.mark.parametrize(
    "words",
    [["T99", "--from", "2026-03-01"], ["T04", "--from", "2026-02-30"], ["T04", "--from", "2026-03-01", "--roll", "x"]],
)
def test_invalid_input_exits_2_and_still_prints_json(words):
    out = StringIO()
    with pytest.raises(SystemExit, match="2"):
        call_command("deadline", *words, "--json", stdout=out)
    assert json.loads(out.getvalue())["status"] == "invalid_input"


def test_the_command_prints_what_no_terminal_can():
    words = [sys.executable, "manage.py", "deadline", b"T\xff", "--json"]
    done = subprocess.run(words, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["rule"], done.stderr) == (2, "T\udcff", "")


@pytest.mark.parametrize("address", ["/api/v1/rules/T12/deadline", "/api/v1/rules/T12/deadline/"])
def test_the_api_answers_as_the_command_and_names_the_calendar(client, address):
    response = client.get(address, {"from": "2026-02-13"})
    assert (response.status_code, response.json()) == (200, {**T12, "calendar": [{"year": 2026, "version": 0}]})


def test_the_api_counts_back_and_rolls(client):
    back = client.get("/api/v1/rules/T05/deadline", {"from": "2026-03-31", "before": "true"}).json()
    rolled = client.get("/api/v1/rules/T12/deadline", {"from": "2026-03-05", "roll": "non_workday"}).json()
    assert (back["date"], rolled["date"]) == ("2026-03-16", "2026-03-09")


def test_the_api_says_uncertain_for_a_year_without_a_calendar(client):
    response = client.get("/api/v1/rules/G02/deadline", {"from": "2027-03-01"})
    assert (response.status_code, response.json()["status"], response.json()["date"]) == (200, "uncertain", None)


@pytest.mark.parametrize(
    ("rule", "query", "status", "code"),
    [
        ("T99", {"from": "2026-03-01"}, 404, "unknown_rule"),
        ("T04", {"from": "2026-02-30"}, 400, "invalid_input"),
        ("T04", {"from": "2026-03-01", "before": "2026-03-31"}, 400, "invalid_input"),
        ("T04", {"from": "2026-03-01", "roll": "sometimes"}, 400, "invalid_input"),
    ],
)
def test_the_api_refuses_invalid_input_as_a_problem(client, rule, query, status, code):
    response = client.get(f"/api/v1/rules/{rule}/deadline", query, headers=ENGLISH)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["status"], response.json()["code"]) == (status, status, code)


def test_the_api_lists_every_version_of_every_rule(client):
    items = client.get("/api/v1/rules/").json()["items"]
    assert [(i["id"], i["version"]) for i in items] == [(r.id, r.version) for r in table.RULES]
    assert items[3] == {
        "id": "T04",
        "version": 1,
        "name": "",
        "title": "From the first issue of tender documents to the bid deadline",
        "title_zh": "招标文件开始发出至投标截止",
        "direction": "≥",
        "number": "20",
        "upper": None,
        "unit": "d",
        "start": "documents_issued",
        "end": "bid_deadline",
        "roll": "none",
        "odd": False,
        "basis": "招标投标法 24",
        "verified": True,
        "valid_from": "2000-01-01",
        "valid_to": None,
    }


def test_the_page_offers_every_rule_with_a_date(client):
    text = client.get("/deadline/").content.decode()
    offered = re.findall(r'<option value="([A-Z][^"]*)"', text)
    assert offered == [i for i in table.IDS if table.latest(i).is_period]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            {"rule": "T12", "from": "2026-02-13"},
            ["2026-02-24", "First lawful day of the end event", "招标投标法实施条例 54"],
        ),
        ({"rule": "T05", "from": "2026-03-31", "before": "on"}, ["2026-03-16", "Last safe day of the start event"]),
        ({"rule": "G32", "from": "2026-03-11", "before": "on"}, ["2026-03-09", "parameter to confirm"]),
        ({"rule": "G02", "from": "2027-03-01"}, ["Uncertain", "The working days of 2027 are not published."]),
        ({"rule": "T04", "from": ""}, ["Uncertain", "The day of the start event is not known."]),
    ],
)
def test_the_page_answers(reader, query, words):
    response = reader.get("/deadline/", query)
    text = response.content.decode()
    assert response.status_code == 200
    assert [word for word in words if word not in text] == []


def test_the_page_states_every_limit_in_words(reader):
    text = reader.get("/deadline/").content.decode()
    words = [
        "at least 20 calendar days",
        "at most 3 working days",
        "at least 15 calendar days before",
        "at most 2 working days before",
        "at most 3 months",
        "at least 5 years",
        "from 4000000 yuan",
        "10% to 20%",
        "at least 5, an odd number",
        "no number",
    ]
    assert [word for word in words if f">{word}<" not in text] == []


def test_the_page_is_chinese_first(client):
    text = client.get("/deadline/", {"rule": "T04", "from": "2026-03-02"}).content.decode()
    assert [word for word in ("期限计算器", "招标文件开始发出至投标截止", "2026-03-22") if word not in text] == []


@pytest.mark.parametrize("query", [{"rule": "T04", "from": "2026-02-30"}, {"rule": "T99", "from": "2026-03-02"}])
def test_the_page_refuses_invalid_input(client, query):
    response = client.get("/deadline/", query)
    assert (response.status_code, "error" in response.content.decode()) == (400, True)
