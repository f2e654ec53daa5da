"""A new database is made in the time of its tables, not of its history squared."""

from django.db.models.signals import class_prepared
from django_fsm import FSMFieldMixin


def test_no_model_of_the_past_is_asked_for_its_acts(db):
    listening = [receiver() for _key, receiver, *_rest in class_prepared.receivers]
    fields = [one.__self__ for one in listening if isinstance(getattr(one, "__self__", None), FSMFieldMixin)]
    assert fields
    assert [field for field in fields if field.base_cls.__module__ == "__fake__"] == []
