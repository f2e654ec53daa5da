"""The front of the server: a writing request is stamped when its last byte is in, and waits until it is answered."""

import asyncio

import pytest
from django.urls import resolve, reverse

from config.front import AWAITED, STAMP, Front
from trading import clock, waiting


async def stamped(scope, messages):
    """Let a small application read the messages; return the stamp, and who waited while it ran."""
    seen = {}
    left = list(messages)

    async def app(scope, receive, send):
        while left:
            await receive()
            seen.setdefault("stamps", []).append(STAMP in scope)
        seen["free"] = waiting.nobody_from_before(clock.now())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return left.pop(0)

    async def send(_message):
        seen["answered"] = True

    await Front(app)(scope, receive, send)
    return seen


def run(scope, messages):
    return asyncio.run(stamped(scope, messages))


ENVELOPES = "/api/v1/envelopes/"
CHUNKS = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.request", "body": b"b"}]


def test_a_writing_request_is_stamped_with_its_last_byte_and_waits_until_its_answer():
    scope = {"type": "http", "method": "POST", "path": ENVELOPES}
    before = clock.now()
    seen = run(scope, CHUNKS)
    assert seen == {"stamps": [False, True], "free": False, "answered": True}
    assert before <= scope[STAMP] <= clock.now()
    assert waiting.nobody_from_before(clock.now())


def test_who_only_reads_waits_for_nothing():
    scope = {"type": "http", "method": "GET", "path": ENVELOPES}
    assert run(scope, CHUNKS)["free"] is True
    assert STAMP not in scope


def test_a_request_that_never_came_in_whole_counts_for_nothing():
    scope = {"type": "http", "method": "PUT", "path": ENVELOPES}
    assert run(scope, [{"type": "http.disconnect"}])["free"] is True
    assert STAMP not in scope


def test_an_application_that_fails_holds_nobody_up():
    async def failing(_scope, receive, _send):
        await receive()
        raise RuntimeError("the application fails")

    async def receive():
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "POST", "path": ENVELOPES}
    try:
        asyncio.run(Front(failing)(scope, receive, receive))
    except RuntimeError:
        assert waiting.nobody_from_before(clock.now())
    else:
        raise AssertionError("the failure must reach the server")


def test_what_is_awaited_are_the_addresses_that_decide_the_list_of_bids():
    assert {reverse("api:envelopes")} == AWAITED
    for path in AWAITED:
        assert "post" in resolve(path).func.view_class().http_method_names


@pytest.mark.parametrize("path", ["/account/sign-in/", "/api/v1/session/", "/api/v1/questions/", "/anything"])
def test_nobody_delays_an_opening_by_writing_something_else(path):
    scope = {"type": "http", "method": "POST", "path": path}
    before = clock.now()
    assert run(scope, CHUNKS)["free"] is True
    assert before <= scope[STAMP] <= clock.now()  # its arrival still counts for its own act
