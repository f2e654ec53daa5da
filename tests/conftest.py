"""The people of every test, a ledger of its own for each, and clients that speak for a person."""

from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client, override_settings
from hypothesis import HealthCheck, settings

from tests import make
from trading import live_guard
from trading.ledger import triggers
from trading.party import Role, User

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")  # the tests share two cores


class QuickArgon2(Argon2PasswordHasher):
    """The hash of the site at the least cost, for people who sign in by the hundred."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def quick():
    """Hash passwords at the least cost, and find static files when asked for: every client would list them all."""
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.QuickArgon2"], WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Keep keys, published ledger and files of a test apart from everything else."""
    settings.LEDGER = {**settings.LEDGER, "DIR": tmp_path / "ledger", "KEYS_DIR": tmp_path / "keys"}
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WRITE_LIMITS = dict.fromkeys(settings.WRITE_LIMITS, (100_000, 60))


@pytest.fixture
def guarded_again(django_db_setup, django_db_blocker):
    """After the test database was emptied, guard ledger and transcripts as before."""
    yield
    with django_db_blocker.unblock():
        run_on_sqlite(f"{triggers.SQLITE.partition('END;')[0]}END")


@pytest.fixture
def emptied(guarded_again, transactional_db):
    """A database that is emptied after the test, although ledger and transcripts only grow."""
    yield
    run_on_sqlite("DROP TRIGGER {table}_no_delete")


def run_on_sqlite(statement):
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table in (*triggers.APPEND_ONLY, *live_guard.TABLES):
                cursor.execute(statement.format(table=table))


@pytest.fixture
def owner(db) -> User:
    return make.user(Role.OWNER)


@pytest.fixture
def agency(db) -> User:
    return make.user(Role.AGENCY)


@pytest.fixture
def bidder(db) -> User:
    return make.user(Role.BIDDER)


@pytest.fixture
def rival(db) -> User:
    return make.user(Role.BIDDER, name="rival")


@pytest.fixture
def expert(db) -> User:
    return make.user(Role.EXPERT)


@pytest.fixture
def supervisor(db) -> User:
    return make.user(Role.SITE_SUPERVISOR)


@pytest.fixture
def centre(db) -> User:
    return make.user(Role.CENTRE_STAFF)


@pytest.fixture
def regulator(db) -> User:
    return make.user(Role.SECTOR_REGULATOR)


@pytest.fixture
def discipline(db) -> User:
    return make.user(Role.DISCIPLINE)


@pytest.fixture
def auditor(db) -> User:
    return make.user(Role.AUDITOR)


@pytest.fixture
def stranger(db) -> User:
    """A person with an account and no role."""
    return make.account("stranger")


class Api:
    """The API as one person uses it: JSON in and out, the ETag of what was read, a language."""

    def __init__(self, person: User | None) -> None:
        self.client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
        if person is not None:
            self.client.force_login(person, "django.contrib.auth.backends.ModelBackend")

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", **options)

    def post(self, path: str, body: Any = None, *, match: object = None, key: str = "", **headers: str) -> Any:
        if match is not None:
            headers["If-Match"] = match if isinstance(match, str) else f'"{match}"'
        if key:
            headers["Idempotency-Key"] = key
        sent = {} if body is None else body
        return self.client.post(f"/api/v1/{path}", sent, content_type="application/json", headers=headers)


@pytest.fixture
def api() -> Any:
    """Return the API as somebody uses it: `api(owner).post("lots/…/suspend/", {…}, match=lot.version)`."""
    return Api


@pytest.fixture
def browser_of() -> Any:
    """Return a client that is signed in as somebody, for pages."""

    def signed_in(person: User | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
