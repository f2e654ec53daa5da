"""People of the demonstration at their browsers: each signs in to the API and acts there, and nowhere else."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import httpx

API = "/api/v1"
CODE = re.compile(r"<code>([a-z_]+)</code>")
TAGS = re.compile(r"<(style|script|title).*?</\1>|<[^>]*>", re.DOTALL)
PAGE = 200


class Unexpected(Exception):
    """The site answered otherwise than the walk expects; the walk ends here unless it knows the refusal's code."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code


def _failure(response: httpx.Response) -> Unexpected:
    request = f"{response.request.method} {response.request.url.path}"
    try:
        said = response.json()
    except ValueError:
        named = CODE.search(response.text)
        said = {"detail": " ".join(TAGS.sub(" ", response.text).split())[:300], "code": named[1] if named else ""}
    code = str(said.get("code", ""))
    detail = f"{said.get('detail')} [{code}] {said.get('errors') or ''} {said.get('basis') or ''}".rstrip()
    return Unexpected(f"{request} answered {response.status_code}: {detail}", code)


class Person:
    """One person with a session of their own; nobody in particular until `sign_in`."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None, username: str = "") -> None:
        headers = {"Accept": "application/json", "Accept-Language": "en"}
        self.username = username
        self.http = httpx.Client(base_url=url, transport=transport, headers=headers, timeout=60)
        self.organisations: dict[str, int] = {}
        self.codes: dict[str, str] = {}

    def sign_in(self, password: str) -> None:
        """Open a session; from now on every act carries its token."""
        who = self.send("POST", "/session/", json={"username": self.username, "password": password})
        self.http.headers["X-CSRFToken"] = who["csrf_token"]
        self.organisations = {held["role"]: held["organisation"] for held in who["memberships"]}
        self.codes = {held["role"]: held["uscc"] for held in who["memberships"]}

    def send(self, method: str, path: str, **options: Any) -> Any:
        """Send a request to the API and return its JSON. Raises Unexpected for any refusal."""
        response = self.http.request(method, API + path, **options)
        if not response.is_success:
            raise _failure(response)
        return response.json() if response.content else None

    def read(self, path: str, **query: Any) -> Any:
        return self.send("GET", path, params=query)

    def listed(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, page after page."""
        page = self.read(path, limit=PAGE, **query)
        while True:
            yield from page["items"]
            following = page["links"]["next"]
            if following is None:
                return
            page = self.send("GET", following.removeprefix(API))

    def create(self, nouns: str, **facts: Any) -> dict[str, Any]:
        """Perform the creating act of a noun."""
        return self._write(f"/{nouns}/", {}, json=facts)

    def upload(self, nouns: str, content: bytes, filename: str, **facts: Any) -> dict[str, Any]:
        """Perform a creating act that takes a file."""
        return self._write(f"/{nouns}/", {}, data=facts, files={"upload": (filename, content)})

    def act(self, nouns: str, name: object, act: str, **facts: Any) -> dict[str, Any]:
        """Perform an act that the record offers, on the version that is read just before."""
        seen = self.http.get(f"{API}/{nouns}/{name}/")
        if seen.status_code != HTTPStatus.OK:
            raise _failure(seen)
        offered = {row["name"]: row["href"] for row in seen.json()["acts"]}
        if act not in offered:
            state = seen.json()["state"]
            raise Unexpected(
                f"{nouns}/{name} in the state {state} does not offer {act} to {self.username}: {list(offered)}"
            )
        return self._write(offered[act].removeprefix(API), {"If-Match": seen.headers["ETag"]}, json=facts)

    def page(self, path: str) -> str:
        """Return a page as a visitor's browser gets it."""
        response = self.http.get(path, headers={"Accept": "text/html"})
        if response.status_code != HTTPStatus.OK:
            raise _failure(response)
        return response.text

    def fetch(self, path: str) -> bytes:
        """Return a file of the site."""
        response = self.http.get(path, headers={"Accept": "*/*"})
        if response.status_code != HTTPStatus.OK:
            raise _failure(response)
        return response.content

    def redirected(self, path: str) -> str:
        """Return where the site sends a reader of the page."""
        response = self.http.get(path, headers={"Accept": "text/html"})
        if not response.has_redirect_location:
            raise _failure(response)
        return response.headers["Location"]

    def wait_for(self, path: str, ready: Callable[[Any], bool], *, settle: Callable[[], None], seconds: float) -> Any:
        """Return what `path` says as soon as it is `ready`; `settle` lets the platform work in between."""
        end = time.monotonic() + seconds
        while not ready(found := self.read(path)):
            if time.monotonic() > end:
                raise Unexpected(f"GET {path} is still not what the walk waits for: {str(found)[:300]}")
            settle()
        return found

    def _write(self, path: str, headers: dict[str, str], **body: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid.uuid4()), **headers}
        answer: dict[str, Any] = self.send("POST", path, headers=headers, **body)
        return answer
