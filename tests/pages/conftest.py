"""A comparison in rehearsal and one for real, walked through their acts to the stage that a page is asked for."""

from typing import Any

import pytest
from django.test import Client

from tests.bids.conftest import Case, case
from trading.transitions import perform

__all__ = ["case"]


@pytest.fixture
def english(client: Client) -> Client:
    """Return a visitor who reads English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def registering(case: Case) -> tuple[Case, Any]:
    """Return a comparison that takes registrations, and one of them."""
    case.open()
    return case, case.register()


@pytest.fixture
def listed(case: Case) -> Case:
    """Return a comparison whose numbered list of three is published."""
    case.open()
    for _ in range(3):
        case.register()
    case.settle(case.close())
    perform(case.fresh().publish_list, by=case.owner)
    return case
