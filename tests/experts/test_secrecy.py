"""No name, telephone or citizen's number stands in clear in database, ledger, files, log or API."""

import logging
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from experts.due import take_snapshots
from experts.expert import Expert
from tests.experts import people
from tests.refusals import refused
from trading.ledger.tables import AuditEvent

pytestmark = pytest.mark.django_db
SECRETS = {
    "name": "欧阳明德",
    "phone": "13812345678",
    "email": "mingde.ouyang@example.com",
    "bank_account": "6222000011112222333",
}


def forms(text):
    """Return how a text could stand somewhere: plain, as JSON escapes it, with its spaces."""
    return {text, text.encode("unicode_escape").decode(), " ".join(text)}


def everything():
    """Return every cell of every table as bytes."""
    cells = []
    for model in apps.get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  # the names are the models' own
            cells += [bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                      for row in cursor.fetchall() for cell in row]  # fmt: skip
    return b"\n".join(cells)


def test_the_search_would_find_what_stands_in_clear(expert):
    expert.name = SECRETS["name"]
    expert.save()
    assert SECRETS["name"].encode() in everything()


@pytest.fixture
def written(tmp_path, caplog):
    """Return what is written beside the database: every file, and the log."""

    def read():
        files = b"\n".join(path.read_bytes() for path in Path(tmp_path).rglob("*") if path.is_file())
        return {"files": files, "log": caplog.text.encode()}

    caplog.set_level(logging.DEBUG)
    return read


def test_nothing_of_an_expert_stands_in_clear(api, browser_of, expert, regulator, written):
    number = people.id_number()
    expert.name = SECRETS["name"]
    expert.save()
    applicant, keeper = api(expert), api(regulator)
    made = applicant.post("experts/", people.typed(id_number=number), key="k1")
    entry = Expert.objects.get()
    admitted = keeper.post(f"experts/{entry.number}/admit/", match=1, key="k2")
    look = {"expert": entry.number, "purpose": "inquiry", "reason": "投诉〔2026〕8号核查"}
    asked = keeper.post("personal-looks/", look, key="k3")
    keeper.get(f"personal-looks/{asked.json()['id']}/data/")
    wrong = applicant.post("experts/", people.typed(id_number=number, phone=SECRETS["phone"]), key="k4")
    take_snapshots()
    told = [made, admitted, asked, wrong, applicant.get(f"experts/{entry.number}/"), keeper.get("experts/")]
    told += [browser_of(one).get(f"/experts/{entry.number}/") for one in (expert, regulator)]
    told += [browser_of(regulator).get("/experts/"), browser_of(regulator).get("/work/")]
    said = b"\n".join(answer.content for answer in told)
    stored, entries = everything(), b"\n".join(bytes(event.leaf) for event in AuditEvent.objects.all())
    places = {"answers": said, "tables": stored, "ledger": entries, **written()}
    found = [
        (where, name)
        for where, held in places.items()
        for name, secret in {**SECRETS, "id_number": number}.items()
        if any(form.encode() in held for form in forms(secret))
    ]
    assert found == []
    assert entry.number.encode() in entries
    assert wrong.status_code == 409


def test_a_refusal_does_not_repeat_what_was_typed(expert):
    said = refused(
        Expert().apply, "phone_wrong", by=expert, who=people.who(phone="138123456789"), profile=people.profile()
    )
    assert "138123456789" not in f"{said}{said.params}{said.next_step}"
