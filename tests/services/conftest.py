"""Everything in this folder needs the services that `make services` starts; elsewhere it is skipped."""

from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection

from trading import uscc
from trading.party import Membership, Organisation, Role, User

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    there = connection.vendor == "postgresql" and site.REDIS_URL
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.services)
            if not there:
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis: make services"))


@pytest.fixture(autouse=True)
def _own_ledger(settings, tmp_path):
    """Each test begins a log of its own."""
    settings.LEDGER = {**settings.LEDGER, "DIR": tmp_path / "ledger", "KEYS_DIR": tmp_path / "keys"}


@pytest.fixture
def enterprise():
    """Make the number-th enterprise, not registered yet, with a well-formed code."""

    def make(number):
        organisation = f"MA{number:06d}"
        first = f"91511900{organisation}{uscc.organisation_check_character(organisation)}"
        return Organisation(uscc=first + uscc.check_character(first), name=f"Enterprise {number}")

    return make


@pytest.fixture
def person():
    """Make a person; with a role, in an organisation that stands beside the log."""

    def make(name, role=None):
        user = User.objects.create(username=name, name=name)
        if role:
            office = Organisation.objects.create(uscc=f"office of {name}"[:18], name=name)
            Membership.objects.create(user=user, organisation=office, role=role)
        return user

    return make


@pytest.fixture
def admin(person):
    return person("admin", Role.SECURITY_ADMIN)
