"""An input as a form.

Each field of the serializer is drawn as a control, and what was typed is given back to the same serializer.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from trading import clock
from trading.doors.door import DOORS
from trading.doors.fields import Input, Moment, Ref

OFFERED = 200
ZONE = _("Beijing time (UTC+08:00)")
VERSION = "_version"
KEY = "_key"


class LocalMoment(forms.DateTimeInput):
    """A moment in the county's time; the offset is added on the way in."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, datetime):
            return value.astimezone(clock.LOCAL).strftime("%Y-%m-%dT%H:%M")
        return str(value)[:16].replace(" ", "T") if value else None

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        typed = str(data.get(name, "")).strip()
        bare = typed and "+" not in typed and not typed.endswith("Z")
        return f"{typed}+08:00" if bare else typed


class Lines(forms.Textarea):
    """A list: one line an entry."""

    def format_value(self, value: Any) -> str | None:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else super().format_value(value)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return [line.strip() for line in str(data.get(name, "")).splitlines() if line.strip()]


class Pairs(Lines):
    """Named texts: one line each, the name, a colon, the text; lines without a colon go on with the text before."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        pairs: dict[str, str] = {}
        last = ""
        for line in super().value_from_datadict(data, files, name):
            head, colon, text = line.replace("：", ":", 1).partition(":")
            if colon:
                last = head.strip()
                pairs[last] = text.strip()
            elif last:
                pairs[last] += "\n" + line
        return pairs

    def format_value(self, value: Any) -> str | None:
        return (
            "\n".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else super().format_value(value)
        )


class Rows(Lines):
    """Records in a list: one line each, its fields in order, parted by |."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = list(names)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        lines = super().value_from_datadict(data, files, name)
        return [
            dict(zip(self.names, [part.strip() for part in line.replace("｜", "|").split("|")], strict=False))
            for line in lines
        ]

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            value = [" | ".join(str(row.get(name, "")) for name in self.names) for row in value]
        return super().format_value(value)


class InputForm(forms.Form):
    """The form of an act's input; the serializer alone says what is valid."""

    given: serializers.BaseSerializer[Any]

    def __init__(self, kind: type[Input], person: Any, **options: Any) -> None:
        self.kind = kind
        self.context = {"person": person, "doors": DOORS}
        super().__init__(**options)
        for name, field in _flat(kind(context=self.context).fields):
            self.fields[name] = control(field)
            offer_too(self.fields[name], self.initial.get(name))

    def full_clean(self) -> None:
        """Let the serializer judge what was typed, and show its sentences at the fields."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        if not self.is_bound:
            return
        self.given = self.kind(data=self.typed(), context=self.context)
        if self.given.is_valid():
            self.cleaned_data = dict(self.given.validated_data)
        for name, errors in self.given.errors.items():
            for inner, sentences in _located(name, errors, self.fields):
                self.add_error(inner if inner in self.fields else None, sentences)

    def typed(self) -> dict[str, Any]:
        """Return what was typed, as the API would send it; empty controls of optional fields are left out."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if value not in (None, "", []) or (isinstance(field, forms.CharField) and field.required):
                group, dot, inner = name.partition(".")
                (found.setdefault(group, {}) if dot else found)[inner or group] = value
        return found

    def needs_file(self) -> bool:
        return self.is_multipart()


def offer_too(made: Any, named: Any) -> None:
    """Let a list hold the record that the page's address names, wherever it comes from."""
    listed: Any = made.choices if named and isinstance(made, forms.ChoiceField) else None
    if listed is not None and named not in dict(listed):
        made.choices = [*listed, (named, named)]


def _flat(fields: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for name, field in fields.items():
        if isinstance(field, serializers.Serializer):
            yield from _flat(field.fields, f"{before}{name}.")
        elif not field.read_only:
            yield before + name, field


def _located(name: str, errors: Any, fields: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    if isinstance(errors, dict) and name not in fields:
        for inner, more in errors.items():
            yield f"{name}.{inner}", list(_sentences(more))
    else:
        yield name, list(_sentences(errors))


def _sentences(errors: Any) -> Iterable[str]:
    if isinstance(errors, dict):
        for name, inner in errors.items():
            for sentence in _sentences(inner):
                yield f"{name}: {sentence}"
    elif isinstance(errors, list):
        for inner in errors:
            yield from _sentences(inner)
    else:
        yield str(errors)


def control(field: Any) -> forms.Field:
    """Return the control that a field of an input is typed into."""
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": hint(field),
        "required": field.required and not _blank(field),
    }
    if field.default is not serializers.empty and not callable(field.default):
        common["initial"] = field.default
    made = _choice(field, common) or _special(field, common)
    return made or forms.CharField(widget=_widget(field), **common)


def hint(field: Any) -> Any:
    """Return what is said beside a control; beside a moment, whose time it is."""
    said = field.help_text or ""
    if not isinstance(field, Moment):
        return said
    return format_lazy("{} {}", said, ZONE) if said else ZONE


def _blank(field: Any) -> bool:
    return bool(getattr(field, "allow_blank", False) or field.allow_null)


def _choice(field: Any, common: dict[str, Any]) -> forms.Field | None:
    if isinstance(field, serializers.MultipleChoiceField):
        return forms.MultipleChoiceField(
            choices=list(field.choices.items()), widget=forms.CheckboxSelectMultiple, **common
        )
    if isinstance(field, serializers.ChoiceField):
        return forms.ChoiceField(choices=_offered(field.choices.items(), required=common["required"]), **common)
    if isinstance(field, Ref) and (offered := field.offered()) is not None:
        rows = [(field.to_representation(row), str(row)) for row in offered[:OFFERED]]
        if len(rows) == 1:
            common["initial"] = rows[0][0]
        return forms.ChoiceField(choices=_offered(rows, required=common["required"]), **common)
    return None


def _offered(choices: Iterable[tuple[Any, Any]], *, required: bool) -> list[tuple[Any, Any]]:
    return [("", _("Choose one") if required else "—"), *choices]


def _special(field: Any, common: dict[str, Any]) -> forms.Field | None:
    if isinstance(field, serializers.BooleanField):
        return forms.BooleanField(**{**common, "required": False})
    if isinstance(field, serializers.FileField):
        return forms.FileField(**common)
    if isinstance(field, serializers.DictField | serializers.JSONField):
        return forms.Field(widget=Pairs(attrs={"rows": 14}), **common)
    if isinstance(child := getattr(field, "child", None), serializers.Serializer):
        return forms.Field(widget=Rows(child.fields), **common)
    if isinstance(field, serializers.ListField | serializers.ManyRelatedField):
        return forms.Field(widget=Lines(attrs={"rows": 4}), **common)
    return None


PLAIN: list[tuple[type[Any], Callable[[], forms.Widget]]] = [
    (Moment, LocalMoment),
    (serializers.DateField, lambda: forms.DateInput(attrs={"type": "date"})),
    (serializers.DecimalField, lambda: forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})),
    (serializers.IntegerField, lambda: forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})),
]


def _widget(field: Any) -> forms.Widget:
    for kind, made in PLAIN:
        if isinstance(field, kind):
            return made()
    if field.style.get("base_template") == "textarea.html":
        return forms.Textarea(attrs={"rows": 6})
    if field.style.get("input_type") == "password":
        return forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.TextInput(attrs={"autocomplete": field.style.get("autocomplete", "off")})


def new_key() -> str:
    """Return a fresh idempotency key for a form."""
    return secrets.token_urlsafe(18)


def typed_back(data: MultiValueDict[str, Any]) -> str:
    """Return the idempotency key that came back with a form, or a fresh one."""
    return str(data.get(KEY) or new_key())


def sent(request: HttpRequest) -> dict[str, Any]:
    """Return what a form asks for, files too: everything but the tokens that differ from one showing to the next."""
    fields = {name: values for name, values in request.POST.lists() if name not in {"csrfmiddlewaretoken", KEY}}
    return {**fields, **{f"file:{name}": files for name, files in request.FILES.lists()}}
