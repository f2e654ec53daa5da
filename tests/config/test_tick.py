import logging
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings as site

from config.management.commands import tick

calls = []
enough = threading.Event()


def due():
    calls.append("due")


def urgent():
    calls.append("urgent")
    if calls.count("urgent") == tick.TURNS + 1:
        enough.set()


def broken():
    calls.append("broken")
    raise ValueError("a rule that cannot be read")


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


def test_a_tick_runs_every_function_even_after_one_that_fails(settings, caplog):
    settings.TIME_DRIVEN = [f"{__name__}.broken", f"{__name__}.due"]
    with caplog.at_level(logging.ERROR):
        tick.tick_once()
    assert calls == ["broken", "due"]
    assert f"could not run {__name__}.broken" in caplog.text


def test_what_is_due_to_the_second_is_looked_at_in_every_turn(settings, monkeypatch):
    monkeypatch.setattr(tick, "PERIOD_SECONDS", 0.001)
    settings.TO_THE_SECOND = [f"{__name__}.urgent"]
    settings.TIME_DRIVEN = [f"{__name__}.urgent", f"{__name__}.due"]
    clock = threading.Thread(target=tick.run, args=[enough])
    clock.start()
    clock.join(timeout=5)
    assert calls == ["urgent", "due", "urgent", "urgent", "urgent", "urgent", "due"]


def test_the_clock_stops_when_told(settings, monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(tick, "PERIOD_SECONDS", 0.01)
    settings.TIME_DRIVEN = [f"{__name__}.due"]
    settings.TO_THE_SECOND = []
    clock = threading.Thread(target=tick.run, args=[stop])
    clock.start()
    while not calls:
        stop.wait(0.01)
    stop.set()
    clock.join(timeout=5)
    assert not clock.is_alive()


def test_the_command_ticks_until_it_is_told_to_stop(tmp_path):
    command = subprocess.Popen(
        [sys.executable, "manage.py", "tick"],
        cwd=site.BASE_DIR,
        env={**os.environ, "SUNLIGHT_VAR_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    said = command.stdout.readline()
    command.send_signal(signal.SIGTERM)
    command.communicate(timeout=60)
    assert said == f"Ticking: {', '.join(site.TIME_DRIVEN)}\n"
    assert command.returncode == 0
