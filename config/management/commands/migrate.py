"""Migrate. Models of the past have no acts, so nobody looks for them: a new database takes less than half the time.

A field of django_fsm listens to every model that is made, for good. A migration makes thousands of models of the past,
and each would ask all fields before it: the cost grows with the square of the history.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import models
from django_fsm import FSMFieldMixin

PAST = "__fake__"  # the module that Django gives to the models of a migration's state


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with _deaf_to_the_past():
            super().handle(*args, **options)


@contextmanager
def _deaf_to_the_past() -> Iterator[None]:
    listening = FSMFieldMixin.contribute_to_class

    def contribute(field: Any, cls: type[models.Model], name: str, **options: Any) -> None:
        if cls.__module__ == PAST:
            models.Field.contribute_to_class(field, cls, name, **options)
        else:
            listening(field, cls, name, **options)

    FSMFieldMixin.contribute_to_class = contribute
    try:
        yield
    finally:
        FSMFieldMixin.contribute_to_class = listening
