"""The pages about the site: language, display, what went wrong."""

from http.cookies import SimpleCookie

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from config import context, display, middleware, pages
from trading.errors import RuleError

pytestmark = pytest.mark.django_db
PUBLIC = ["style", "site_map", "accessibility", "login"]


@pytest.fixture
def asked(rf: RequestFactory, client: Client):
    """Return a request as the middleware leaves it for a visitor."""
    request = client.get(reverse("site_map")).wsgi_request
    request.path = "/lots/7/close/"
    return request


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_speaks_chinese(client: Client, name: str):
    response = client.get(reverse(name), headers={"accept-language": "en"})
    assert response.status_code == 200
    assert response.headers["Content-Language"] == "zh-Hans"
    assert 'lang="zh-Hans"' in response.text


def test_the_readers_choice_of_language_is_kept(client: Client):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/style/"})
    assert (answer.status_code, answer["Location"]) == (302, "/style/")
    assert "Design of this site" in client.get("/style/").text


def test_a_page_has_no_inline_script_style_or_handler(client: Client):
    text = client.get(reverse("style")).text
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count('<script type="module" src="/static/')


@pytest.mark.parametrize(
    ("posted", "cookie"),
    [({"text": "large"}, "10"), ({"contrast": "high"}, "01"), ({"text": "normal"}, "00"), ({"text": "<b>"}, "00")],
)
def test_a_display_switch_is_kept_in_a_cookie(client: Client, posted: dict[str, str], cookie: str):
    answer = client.post(reverse("display"), {**posted, "next": "/style/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/style/?a=1")
    assert client.cookies[display.COOKIE].value == cookie


@pytest.mark.parametrize("cookie", ["", "2x", "111", "<script>"])
def test_an_unexpected_display_cookie_is_no_choice(rf: RequestFactory, cookie: str):
    request = rf.get("/")
    request.COOKIES = {display.COOKIE: cookie}
    assert display.of(request) == display.Display()


def test_both_switches_stand_in_the_page(client: Client):
    client.cookies = SimpleCookie({display.COOKIE: "11"})
    assert 'class="has-large-text has-high-contrast ' in client.get("/style/").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_switch_never_leads_to_another_site(client: Client, target: str):
    assert client.post(reverse("display"), {"text": "large", "next": target})["Location"] == "/"


def test_a_switch_is_not_pressed_by_a_link(client: Client):
    assert client.get(reverse("display")).status_code == 405


def test_a_refusal_tells_rule_reason_and_next_step(asked):
    error = RuleError("%(have)s of %(need)s bidders", code="few", basis="招标投标法 28", have=2, need=3)
    response = pages.refusal(asked, error)
    assert response.status_code == 409
    for words in ("2 of 3 bidders", "招标投标法 28", "<code>few</code>", "没有作任何更改"):
        assert words in response.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 428, 429])
def test_every_problem_says_what_to_do_next(asked, status: int):
    response = pages.problem(asked, status, changes=["state: drawn"], back_path="/lots/7/")
    assert response.status_code == status
    assert str(pages.NEXT_STEPS[status]) in response.content.decode()
    assert "state: drawn" in response.content.decode()


def test_handlers_answer_with_their_status(asked):
    error = ValueError("no")
    statuses = [
        pages.bad_request(asked, error).status_code,
        pages.forbidden(asked, error).status_code,
        pages.not_found(asked, error).status_code,
        pages.csrf_failure(asked).status_code,
        pages.server_error(asked).status_code,
        pages.unavailable(asked).status_code,
    ]
    assert statuses == [400, 403, 404, 403, 500, 503]


def test_an_old_form_is_refused_with_an_explanation():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("display"), {"text": "large"})
    assert response.status_code == 403
    assert "安全令牌" in response.text


def handler(request) -> HttpResponse:
    return HttpResponse("done")


def test_a_refusal_that_a_page_let_through_becomes_a_page(asked):
    told = middleware.RuleErrorMiddleware(handler).process_exception(asked, RuleError("no"))
    assert told is not None
    assert told.status_code == 409


def test_a_busy_database_is_said_to_be_busy(asked):
    told = middleware.RuleErrorMiddleware(handler).process_exception(asked, OperationalError("locked"))
    assert told is not None
    assert (told.status_code, told.headers["Retry-After"]) == (503, "60")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/display/", "/api/v1/session/"])
def test_a_database_that_is_away_before_the_view_is_said_to_be_busy_too(path):
    def gone(execute, sql, *given):
        if "trading_writecount" in sql:
            raise OperationalError("database is locked")
        return execute(sql, *given)

    with connection.execute_wrapper(gone):
        answer = Client(raise_request_exception=False).post(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    kind = "application/problem+json" if path.startswith("/api/") else "text/html"
    assert answer.headers["Content-Type"].startswith(kind)


def test_other_errors_and_the_api_are_left_alone(asked):
    told = middleware.RuleErrorMiddleware(handler)
    assert told(asked).content == b"done"
    assert told.process_exception(asked, ValueError()) is None
    asked.path = "/api/v1/lots/"
    assert told.process_exception(asked, RuleError("no")) is None


def test_every_entry_of_the_navigation_is_a_page_of_the_site():
    entries = context.navigation("/notices/7/")
    assert [str(label) for label, _name in context.NAVIGATION] == [str(entry.label) for entry in entries]
    assert [entry.path for entry in entries if entry.here] == ["/notices/"]


def test_a_static_file_is_answered_in_one_piece(client: Client):
    answer = client.get("/static/img/mark.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")
    part = client.get("/static/img/mark.svg", headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"<svg")
    known = client.get(
        "/static/img/mark.svg",
        headers={"if-none-match": answer.headers.get("ETag", ""), "if-modified-since": answer.headers["Last-Modified"]},
    )
    assert (known.status_code, known.content) == (304, b"")
    assert client.head("/static/img/mark.svg").content == b""
