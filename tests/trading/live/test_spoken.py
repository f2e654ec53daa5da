"""The words of the hall: every kind that an act says has a label, and a value is shown as people read it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from trading import spoken
from trading.live import SessionEvent

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SAID = re.compile(r"""\.say\(\s*[\w.]+,\s*"([a-z_.]+)""")


def shown(payload):
    return spoken.line(SessionEvent(seq=1, at=AT, kind="draw.noted", payload=payload)).facts


def test_every_kind_that_an_act_says_has_words():
    import_string("config.urls.urlpatterns")  # stages lend their words with their addresses
    apps = [Path(settings.BASE_DIR) / name for name in ("trading", "bids", "experts", "recordings")]
    kinds = {kind for app in apps for path in app.rglob("*.py") for kind in SAID.findall(path.read_text("utf-8"))}
    assert {"session.opened", "session.closed"} <= kinds
    assert sorted(kinds - set(spoken.KINDS)) == []


@pytest.mark.parametrize(
    ("payload", "facts"),
    [
        ({"starts_at": "2026-03-02T01:30:00.000000Z"}, ["2026-03-02 09:30"]),
        ({"n": 0}, ["0"]),
        ({"hands": ["0001-001", "0001-002"]}, ["0001-001, 0001-002"]),
        ({"reason": "", "role": None, "equal": False, "list": {"n": 3}, "ranking": [["a", "b"]]}, []),
    ],
)
def test_a_fact_is_shown_as_people_read_it(payload, facts):
    assert [text for _label, text in shown(payload)] == facts


def test_facts_come_in_the_order_of_the_words():
    labels = [label for label, _text in shown({"zzz": "1", "badge": "0001-001", "title": "A draw"})]
    assert labels[-1] == "zzz"
    assert len(labels) == 3


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ("31363235", [("Value", "1625"), ("In hexadecimal", "31363235")]),
        ("30" * 40, [("Value", "0" * 40), ("In hexadecimal", "30" * 40)]),
        ("3a" * 32, [("Value", "3a" * 32)]),
        ("a3" * 32, [("Value", "a3" * 32)]),
    ],
)
def test_typed_digits_are_shown_as_they_were_typed_and_their_bytes_after_them(value, facts):
    with translation.override("en"):
        assert shown({"value": value}) == facts
