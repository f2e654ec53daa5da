import os
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from django.conf import settings
from django.core.management.base import CommandError

from config.management.commands import serve

FIRST_PERSON = "from trading.party import User; User.objects.create(username='owner', name='Owner')"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The environment of a server whose data folder knows a person already, so that no demonstration is loaded."""
    folder = tmp_path_factory.mktemp("var")
    surroundings = {**os.environ, "SUNLIGHT_VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    for command in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "--command", FIRST_PERSON]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=surroundings, check=True)
    return surroundings


@pytest.fixture
def site(place):
    """A server of its own, on a free port."""
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--prepare", "--port", "0"],
        cwd=settings.BASE_DIR,
        env=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield server
    server.kill()
    server.communicate()


def address(server):
    for line in server.stdout:
        if match := re.search(r"http://[\d.]+:\d+/", line):
            return match[0]
    return pytest.fail("the server ended without an address")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_answers_and_ends_cleanly(site, number):
    answer = httpx.get(address(site), timeout=60)
    site.send_signal(number)
    rest, _ = site.communicate(timeout=60)
    assert answer.status_code == 200
    assert rest.splitlines()[-1] == "Stopped."
    assert "Traceback" not in rest
    assert site.returncode == 0


def test_an_address_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Cannot listen on 127.0.0.1:{port}: Address already in use"):
            serve.listen("127.0.0.1", port)


def test_a_port_that_no_machine_has_is_named():
    with pytest.raises(CommandError, match=r"Cannot listen on 127\.0\.0\.1:70000"):
        serve.listen("127.0.0.1", 70000)


@pytest.mark.parametrize(
    ("listening", "address"),
    [("127.0.0.1", "http://127.0.0.1:{}"), ("0.0.0.0", "http://127.0.0.1:{}"), ("::1", "http://[::1]:{}")],  # noqa: S104
)
def test_the_address_is_one_that_a_browser_on_this_machine_can_open(listening, address):
    with serve.listen(listening, 0) as listener:
        assert serve.address_of(listener) == address.format(listener.getsockname()[1])


def test_an_unknown_host_is_named():
    with pytest.raises(CommandError, match=r"Cannot listen on no\.such\.host\.invalid:0"):
        serve.listen("no.such.host.invalid", 0)
