"""The same request from several processes at one moment has one effect and one answer."""

import pytest

from tests import make
from tests.services.together import at_once
from trading.idempotency import IdempotencyKey
from trading.ledger.tables import AuditEvent
from trading.party import Role

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def test_a_double_click_on_a_page_has_one_effect(browser_of):
    lot = make.lot()
    regulator = make.user(Role.SECTOR_REGULATOR)
    form = {"reason": "system_fault", "_version": 1, "_key": "k1"}
    browsers = [browser_of(regulator) for _ in range(AT_ONCE)]
    answers = at_once(*[lambda b=b: b.post(f"/lots/{lot.code}/suspend/", form) for b in browsers])
    assert {answer.status_code for answer in answers} == {302}
    assert {answer["Location"] for answer in answers} == {f"/lots/{lot.code}/"}
    assert AuditEvent.objects.filter(type="lot.suspended").count() == 1


def test_the_same_key_at_one_moment_is_done_once_over_the_api(api):
    lot = make.lot()
    regulator = make.user(Role.SECTOR_REGULATOR)
    callers = [api(regulator) for _ in range(AT_ONCE)]
    path, body = f"lots/{lot.code}/suspend/", {"reason": "other"}
    answers = at_once(*[lambda c=c: c.post(path, body, match=1, key="k1") for c in callers])
    said = sorted((answer.status_code, answer.json().get("code", "")) for answer in answers)
    assert {row for row in said if row[0] != 200} <= {(409, "idempotency_key_running")}
    assert said[0][0] == 200
    assert AuditEvent.objects.filter(type="lot.suspended").count() == 1
    assert IdempotencyKey.objects.get().status == 200


def test_two_versions_of_one_mind_change_only_once(api):
    lot = make.lot()
    regulator = make.user(Role.SECTOR_REGULATOR)
    callers = [api(regulator) for _ in range(AT_ONCE)]
    path, body = f"lots/{lot.code}/suspend/", {"reason": "other"}
    answers = at_once(*[lambda c=c: c.post(path, body, match=1) for c in callers])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (AT_ONCE - 1)
    assert AuditEvent.objects.filter(type="lot.suspended").count() == 1
