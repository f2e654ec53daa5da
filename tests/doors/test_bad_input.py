"""Whatever is sent, the answer is never a failure of ours."""

from typing import Any

import django_filters
import pytest
from rest_framework import serializers

from config import urls
from tests.doors.world import World
from trading.doors.door import DOORS, Door, segment
from trading.doors.fields import Input, Ref, Yuan

pytestmark = pytest.mark.django_db
assert urls.urlpatterns
DEEP: Any = "x"
for _ in range(60):
    DEEP = [DEEP]
BAD = [None, 10**40, 1.5, [None], {"a": {"b": []}}, DEEP, "", "x" * 70_000, "1e400"]
SOME = [10**40, {"amount": "9" * 60, "currency": "CNY"}, "9999-12-31T23:59:59-12:00"]
QUERIES = ["x", "99999999999999999999999", "%00", "%F0%9F%8E%B2", "2026-13-01"]


@pytest.fixture
def world(db):
    return World()


def plausible(field: Any, world: World) -> Any:
    """Return a value that the field would take."""
    if isinstance(field, Ref):
        return DOORS[field.noun].name_of(world.the(DOORS[field.noun].model))
    if isinstance(field, serializers.MultipleChoiceField):
        return [next(iter(field.choices))]
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    if isinstance(child := getattr(field, "child", None), serializers.Serializer):
        return [plausible(child, world)]
    if isinstance(field, serializers.Serializer):
        return {name: plausible(inner, world) for name, inner in field.fields.items()}
    kinds: list[tuple[type, Any]] = [
        (Yuan, {"amount": "1.00", "currency": "CNY"}),
        (serializers.DecimalField, "0.05"),
        (serializers.BooleanField, True),
        (serializers.IntegerField, 1),
        (serializers.DateTimeField, "2027-03-02T09:30:00+08:00"),
        (serializers.DateField, "2027-03-02"),
        (serializers.DictField, {"project": "x"}),
        (serializers.ListField, []),
        (serializers.RegexField, "410900"),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), "text")


def bodies(kind: type[Input], world: World) -> list[Any]:
    """Return the bad bodies for an input: all fields wrong alike, then one wrong among plausible ones."""
    fields = kind(context={"doors": DOORS, "person": world.people["owner"]}).fields
    good = {name: plausible(field, world) for name, field in fields.items()}
    alike = [dict.fromkeys(fields, value) for value in BAD]
    single = [{**good, name: value} for name in fields for value in SOME]
    return [None, [], "x", 7, good, *alike, *single]


def failures(caller: Any, path: str, sent: list[Any], **options: Any) -> list[Any]:
    """Return what made the platform fail."""
    answers = [(body, caller.post(path, body, **options).status_code) for body in sent]
    return [(str(body)[:200], status) for body, status in answers if status >= 500]


def holder(world: World, door: Door, act: str) -> Any:
    record = world.the(door.model)
    return next(person for person in world.people.values() if door.holds_power(record, act, person))


def test_no_input_of_an_act_makes_the_platform_fail(api, world):
    wrong = {}
    for door in DOORS.values():
        record = world.the(door.model)
        for act in door.acts:
            caller = api(holder(world, door, act))
            path = f"{door.path}/{door.name_of(record)}/{segment(act)}/"
            if found := failures(caller, path, bodies(door.input_of(act), world), match=record.version):
                wrong[f"{door.noun}.{act}"] = found
    assert wrong == {}


def test_no_input_of_a_creation_makes_the_platform_fail(api, world):
    for door in DOORS.values():
        world.the(door.model)
    wrong = {}
    for door in DOORS.values():
        for act, kind in door.creating.items():
            person = next(person for person in world.people.values() if door.creatable_by(person, act))
            path = f"{door.path}/" if act == door.begins else f"{door.path}/{segment(act)}/"
            if found := failures(api(person), path, bodies(kind, world)):
                wrong[f"{door.noun}.{act}"] = found
    assert wrong == {}


def test_no_query_of_a_list_makes_the_platform_fail(api, world):
    caller = api(world.people["auditor"])
    wrong = {}
    for door in DOORS.values():
        kind = door.filters if isinstance(door.filters, type) else None
        names = list(kind.base_filters) if kind and issubclass(kind, django_filters.FilterSet) else list(door.filters)
        for name in (*names, "cursor", "limit"):
            for value in QUERIES:
                answer = caller.get(f"{door.path}/?{name}={value}")
                if answer.status_code >= 500:
                    wrong[f"{door.path}?{name}={value}"] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize(
    "name", ["99999999999999999999999", "0", "-1", "%00", "..", "%F0%9F%8E%B2", "x" * 300, "1e5", "a%2Fb"]
)
def test_no_address_makes_the_platform_fail(api, name):
    caller = api(None)
    for door in DOORS.values():
        assert caller.get(f"{door.path}/{name}/").status_code in {404, 301}
        assert caller.client.get(f"/{door.path}/{name}/").status_code in {404, 301, 302, 403}


RAW = [
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b'{"a": NaN}', 400),
    (b"[" * 100_000, 400),
    (b'{"code": "\\ud800", "reason": "x"}', 400),
    (b'{"code": "\\u0000", "reason": "x"}', 400),
    (b'{"\\u0000": 1}', 400),
    (b'"' + b"x" * 6_000_000 + b'"', 413),
    (b'{"code": ' + b"9" * 10_000 + b"}", 400),
]


@pytest.mark.parametrize(("raw", "status"), RAW, ids=[f"{raw[:12]!r}" for raw, _ in RAW])
def test_a_body_that_is_no_json_of_ours_is_refused(api, regulator, raw, status):
    answer = api(regulator).client.post("/api/v1/uscc-exceptions/", raw, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    "headers", [{"If-Match": '"' + "9" * 400 + '"'}, {"If-Match": "\u00e9"}, {"Idempotency-Key": "k" * 999}]
)
def test_a_header_that_is_none_is_refused(api, owner, regulator, headers):
    answer = api(regulator).post("uscc-exceptions/", {}, **headers)
    assert answer.status_code == 400
