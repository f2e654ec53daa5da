"""The county of the demonstration, without its shown comparisons, at a moment whose calendar is known."""

from datetime import datetime

import pytest
import time_machine

from config.demo import data, inside, people, rules
from config.demo.fixed_price.preparing import DEFENCE
from config.demo.fixed_price.stages import Story
from trading import clock

MONDAY = datetime(2026, 5, 11, 9, 0, tzinfo=clock.LOCAL)
PLAYED = tuple(code for code, _ in data.real_enterprises()[:12])


@pytest.fixture
def county(emptied):
    """People, rules, rooms and twelve real enterprises for rehearsals; time runs from a Monday in May."""
    with time_machine.travel(MONDAY, tick=True):
        people.load()
        rules.load()
        people.register(data.real_enterprises()[: len(PLAYED)])
        yield


@pytest.fixture
def steps():
    """What the walk says."""
    return []


@pytest.fixture
def walk(county, steps, tmp_path):
    made = inside.walk(steps.append)
    made.out = tmp_path / "evidence"
    return made


@pytest.fixture
def story():
    return Story(DEFENCE, PLAYED)
