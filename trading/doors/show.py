"""How a record's facts are shown on its page and when somebody else has changed it."""

from typing import Any

from django.db import models
from rest_framework import serializers

from trading.doors.door import DOORS, Door
from trading.doors.words import label_of

UNSHOWN = {"id", "state", "version", "acts"}


def facts_of(door: Door, record: Any) -> list[tuple[str, Any]]:
    """Return the record's facts with their labels, empty ones left out."""
    rows = [
        (label_of(door, name), shown(record, name)) for name, _ in door.reads().fields.items() if name not in UNSHOWN
    ]
    return [(label, value) for label, value in rows if value not in (None, "")]


def shown(record: Any, name: str) -> Any:
    """Return a value as a page shows it: the words of a choice, the name of another record."""
    words = getattr(record, f"get_{name}_display", None)
    value = words() if words else getattr(record, name, None)
    if isinstance(value, models.Manager):
        return ", ".join(map(str, value.all()))
    return chosen(DOORS[record.noun], name, value) if isinstance(value, str) else value


def chosen(door: Door, name: str, value: str) -> Any:
    """Return the words by which an input of the noun offers a value."""
    for kind in door.creating.values():
        field = kind._declared_fields.get(name)  # noqa: SLF001  # DRF has no other way to a class's fields
        if isinstance(field, serializers.ChoiceField):
            return field.choices.get(value, value)
    return value


def standing(door: Door, record: Any) -> tuple[Any, str]:
    """Return the words and the tone of a state that the noun understands otherwise than the site does."""
    return door.states.get(record.state, ("", ""))
