"""The shapes that cross a door: money, moments, references to records, and the serializers made of them."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from unicodedata import normalize

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Rows = Callable[[Any], models.QuerySet[Any]]
MONEY = {
    "type": "object",
    "title": "Money",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "format": "decimal", "examples": ["123456.78"]},
        "currency": {"type": "string", "const": "CNY"},
    },
}


THOUSANDS = re.compile(r"(?<=[0-9]),(?=(?:[0-9]{3},)*[0-9]{3}(?![0-9]))")


@extend_schema_field(MONEY)
class Yuan(serializers.DecimalField):
    """An amount in yuan: `{"amount": "123456.78", "currency": "CNY"}`; in forms the amount alone. Never a float.

    A form takes what people type: full-width digits, and commas between thousands as the pages print them.
    """

    default_error_messages = {
        "float": _("Send the amount as a string, such as “123456.78”."),
        "currency": _("The currency is CNY."),
    }

    def __init__(self, *, decimal_places: int = 2, **options: Any) -> None:
        options.setdefault("max_digits", 18)
        super().__init__(decimal_places=decimal_places, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, Mapping):
            if data.get("currency") != "CNY":
                self.fail("currency")
            data = data.get("amount")
        elif isinstance(data, str):
            data = THOUSANDS.sub("", normalize("NFKC", data).strip())
        if not isinstance(data, str | Decimal):
            self.fail("float")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        amount = self.quantize(Decimal(value))
        return {"amount": f"{amount:f}", "currency": "CNY"}


class Moment(serializers.DateTimeField):
    """A moment with its offset; a naive time is refused, for nobody can say which it is."""

    default_error_messages = {"naive": _("Give the offset, such as 2026-03-02T09:30:00+08:00.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


@extend_schema_field(OpenApiTypes.STR)
class Ref(serializers.CharField):
    """A reference to a record of another noun, by the name it has in addresses; only what the person may see is found.

    `among(person)` narrows the choice; `offers(person)` only suggests. The page then shows a list.
    """

    default_error_messages = {"unknown": _("There is no such record, or you may not see it.")}

    def __init__(self, noun: str, *, among: Rows | None = None, offers: Rows | None = None, **options: Any) -> None:
        self.noun = noun
        self.among = among
        self.offers = offers
        options.setdefault("max_length", 64)
        super().__init__(**options)

    @property
    def door(self) -> Any:
        return self.context["doors"][self.noun]

    def rows(self) -> models.QuerySet[Any]:
        """Return the records that the person of this request may name."""
        person = self.context["person"]
        rows: models.QuerySet[Any] = self.among(person) if self.among else self.door.rows(person)
        return rows

    def offered(self) -> models.QuerySet[Any] | None:
        """Return the records that a page's list names, or None where the person types the name."""
        chosen = self.offers or self.among
        return chosen(self.context["person"]) if chosen else None

    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        record = self.door.find(name, self.rows())
        if record is None:
            self.fail("unknown")
        return record

    def run_validators(self, value: Any) -> None:
        """The name was checked before the record was looked up; a record has no length."""

    def to_representation(self, value: Any) -> str:
        return str(self.door.name_of(value))

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and (len(data) > 64 or not data.isprintable()):
            self.fail("unknown")
        return super().run_validation(data)


# Controls but tab and line feed; signs without width; those that turn the direction of writing.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Input(serializers.Serializer[Any]):
    """What an act needs from a person: shapes and types only; the rules are in the act.

    `consequence` is said on the act's page before the person decides, `basis` names the articles.
    """

    consequence: ClassVar[Any] = ""
    basis: ClassVar[Any] = ""  # an input may have a field of this name
    default_error_messages = {
        "unknown_field": _("This act has no such field."),
        "invisible": _("This holds a character that nobody can see; type it anew."),
    }

    @classmethod
    def known_of(cls, record: Any) -> dict[str, Any]:
        """Return what a page fills in at first: for an act that changes facts, what the record says now."""
        return {}

    @classmethod
    def proposed(cls, person: Any, named: Mapping[str, str]) -> dict[str, Any]:
        """Return what the page of a new record fills in at first; `named` is what its address says."""
        return {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields) - {"csrfmiddlewaretoken"}
            if unknown:
                message = serializers.ErrorDetail(str(self.error_messages["unknown_field"]), code="unknown_field")
                raise serializers.ValidationError({str(name): [message] for name in sorted(map(str, unknown))})
        given = super().to_internal_value(data)
        if unseen := [name for name, value in given.items() if isinstance(value, str) and INVISIBLE.search(value)]:
            message = serializers.ErrorDetail(str(self.error_messages["invisible"]), code="invisible")
            raise serializers.ValidationError({name: [message] for name in unseen})
        return given


class Nothing(Input):
    """An act that needs no more than the decision."""


class Record(serializers.ModelSerializer[Any]):
    """How a record reads; money and moments in the shapes of the API."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DecimalField: Yuan,
        models.DateTimeField: Moment,
    }
    state = serializers.CharField(read_only=True)


BASICS = ("state", "version", "created_at")
