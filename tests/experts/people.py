"""Invented experts: what they type, and how they come into the library."""

import itertools
from datetime import date, timedelta
from typing import Any

from experts import identity
from experts.application import Kind, Profile, Tie, Title, Whose
from experts.expert import Expert
from experts.personal import Personal
from tests import make
from trading import clock
from trading.party import Role
from trading.transitions import perform

_numbers = itertools.count(1)


def id_number(born: str = "19750312") -> str:
    """Return a valid citizen's number that no other test person has."""
    first = f"510699{born}{next(_numbers):03d}"
    return first + identity.check_character(first)


def who(**facts: Any) -> Personal:
    """Return somebody's personal data."""
    given = {
        "name": "欧阳明德",
        "id_number": id_number(),
        "phone": f"138{next(_numbers):08d}",
        "bank_account": "6222 0000 1111 2222 333",
        "email": "mingde.ouyang@example.com",
        **facts,
    }
    return Personal(**given)


def employer(**facts: Any) -> Tie:
    """Return a present employment."""
    given = {
        "kind": Kind.EMPLOYMENT,
        "whose": Whose.SELF,
        "uscc": make.code(),
        "organisation": "示范设计院",
        "starts_on": date(2012, 7, 1),
        **facts,
    }
    return Tie(**given)


def profile(**facts: Any) -> Profile:
    """Return what somebody is by trade, enough for the library."""
    given = {
        "region": make.REGION,
        "title": Title.SENIOR,
        "field_since": date(2010, 7, 1),
        "specialities": ["A0802", "A0601"],
        "employer": employer(),
        **facts,
    }
    return Profile(**given)


def applied(*, by: Any = None, person: Personal | None = None, **facts: Any) -> Expert:
    """Return an entry that waits for the keeper, applied for by an expert's account."""
    done: Expert = perform(
        Expert().apply, by=by or make.user(Role.EXPERT), who=person or who(), profile=profile(**facts)
    )
    return done


def admitted(*, cooled: bool = True, **facts: Any) -> Expert:
    """Return an expert of the library, one that may be drawn today unless `cooled` is false."""
    entry = applied(**facts)
    perform(entry.admit, by=make.user(Role.SECTOR_REGULATOR))
    if cooled:
        Expert.objects.filter(pk=entry.pk).update(drawable_on=today() - timedelta(days=1))
        entry.refresh_from_db()
    return entry


def today() -> date:
    return clock.local_date(clock.now())


def typed(**facts: Any) -> dict[str, Any]:
    """Return an application as the API takes it."""
    return {
        "name": "欧阳明德",
        "id_number": id_number(),
        "phone": "13812345678",
        "email": "mingde.ouyang@example.com",
        "bank_account": "6222 0000 1111 2222 333",
        "region": make.REGION,
        "title": "senior",
        "field_since": "2010-07-01",
        "specialities": ["A0601", "A0802"],
        "employer_uscc": make.code(),
        "employer_name": "示范设计院",
        "employed_since": "2012-07-01",
        "truthful": True,
        **facts,
    }
