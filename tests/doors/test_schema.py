"""The API's own description: committed, complete, and true about who may call what."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from tests.doors.world import World
from trading.doors.door import DOORS

COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
ALWAYS = {"account_sign_in"}


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--lang", "en", "--validate", "--fail-on-warn", "--file", str(path))
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def operations(described):
    """Return every operation: (method, path, description)."""
    paths = yaml.safe_load(described)["paths"]
    return [(method, path, found) for path, methods in paths.items() for method, found in methods.items()]


def test_the_committed_description_is_the_present_one(described):
    assert COMMITTED.read_text("utf-8") == described, "run manage.py spectacular --lang en --file docs/openapi.yaml"


def test_every_operation_has_its_own_id_and_documents_its_refusals(operations):
    ids = [found["operationId"] for _method, _path, found in operations]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if re.search(r"_\d+$", name)] == []
    for method, path, found in operations:
        problems = {status: answer for status, answer in found["responses"].items() if status.startswith(("4", "5"))}
        assert problems, (method, path)
        assert all(answer["$ref"] == f"#/components/responses/Problem{s}" for s, answer in problems.items())


def test_acts_need_the_version_but_on_ones_own_row_and_take_a_key(operations):
    described = {found["operationId"]: found for _method, _path, found in operations}
    for door in DOORS.values():
        for act in door.acts:
            names = {p["name"]: p.get("required", False) for p in described[f"{door.noun}_{act}"]["parameters"]}
            versioned = act not in door.unversioned
            assert names.get("If-Match", False) is versioned
            assert names["Idempotency-Key"] is False
            told = set(described[f"{door.noun}_{act}"]["responses"])
            assert {"403", "409"} <= told
            assert ({"412", "428"} <= told) is versioned


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["visitor", "stranger"])
def test_nobody_writes_without_a_role(api, operations, stranger, who):
    world = World()
    names = {door.path: door.name_of(world.the(door.model)) for door in DOORS.values()}
    caller = api(stranger if who == "stranger" else None)
    wrong = {}
    for method, path, found in operations:
        noun = path.split("/")[3]
        concrete = re.sub(r"\{\w+\}", names.get(noun, "1"), path)
        headers = {"If-Match": '"0"', "Accept": "*/*"}
        answer = getattr(caller.client, method)(concrete, {}, content_type="application/json", headers=headers)
        if answer.status_code >= 500 or (
            method != "get" and answer.status_code < 400 and found["operationId"] not in ALWAYS
        ):
            wrong[found["operationId"]] = answer.status_code
    assert wrong.items() <= {"account_sign_out": 204, "notification_read": 200}.items()  # one's own session and news


@pytest.mark.django_db
def test_the_description_and_its_pages_are_served_here(api):
    client = api(None).client
    assert client.get("/api/v1/openapi.yaml").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "https://" not in text
    assert "//cdn" not in text
