"""One request sent twice has one effect and one answer."""

import pytest
import time_machine

from tests import make
from trading import clock, idempotency
from trading.errors import RuleError
from trading.idempotency import Answer, IdempotencyKey
from trading.ledger.tables import AuditEvent
from trading.lot import Lot
from trading.party import UsccException

pytestmark = pytest.mark.django_db
BODY = {"code": "91410900MA0000000X", "reason": "printed so"}


def test_the_same_request_again_gets_the_stored_answer(api, regulator):
    caller = api(regulator)
    first = caller.post("uscc-exceptions/", BODY, key="k-1")
    again = caller.post("uscc-exceptions/", BODY, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert UsccException.objects.count() == 1


def test_an_act_again_is_answered_although_the_version_has_moved(api, owner, regulator):
    lot = make.lot(owner=owner)
    caller = api(regulator)
    answers = [caller.post(f"lots/{lot.code}/suspend/", {"reason": "other"}, match=1, key="k-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert AuditEvent.objects.filter(type="lot.suspended").count() == 1
    assert Lot.objects.get().version == 2


def test_the_same_key_with_another_body_is_refused(api, regulator):
    caller = api(regulator)
    caller.post("uscc-exceptions/", BODY, key="k-1")
    other = caller.post("uscc-exceptions/", {**BODY, "reason": "another"}, key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_its_person(api, regulator):
    api(regulator).post("uscc-exceptions/", BODY, key="k-1")
    other = api(make.user("sector_regulator")).post(
        "uscc-exceptions/", {**BODY, "code": "91410900MA00000011"}, key="k-1"
    )
    assert other.status_code == 201


def test_a_request_that_still_runs_is_a_conflict(api, regulator):
    caller = api(regulator)
    fingerprint = idempotency.fingerprint_of("POST", "/api/v1/uscc-exceptions/", BODY)
    IdempotencyKey.objects.create(owner=f"u:{regulator.pk}", key="k-1", fingerprint=fingerprint)
    answer = caller.post("uscc-exceptions/", BODY, key="k-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_running")


def test_a_refused_request_frees_its_key(api, regulator):
    caller = api(regulator)
    assert caller.post("uscc-exceptions/", {"code": "short"}, key="k-1").status_code == 400
    assert caller.post("uscc-exceptions/", BODY, key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["k" * 129, "a key", "k\u00e9"])
def test_a_malformed_key_is_refused(key):
    with pytest.raises(RuleError) as refusal:
        idempotency.once(key, owner="-", fingerprint="f", work=lambda: Answer(200, {}))
    assert refusal.value.code == "idempotency_key_malformed"


def test_an_abandoned_request_is_done_anew():
    done = []

    def work():
        done.append(1)
        return Answer(200, {"n": len(done)})

    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        IdempotencyKey.objects.create(owner="-", key="k", fingerprint="f", created_at=clock.now())
    with time_machine.travel("2026-03-02T09:03:00+08:00", tick=False):
        assert idempotency.once("k", owner="-", fingerprint="f", work=work).body == {"n": 1}


def test_a_day_later_keys_are_forgotten():
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        idempotency.once("k", owner="-", fingerprint="f", work=lambda: Answer(200, {}))
        assert idempotency.expire() == 0
    with time_machine.travel("2026-03-03T09:00:01+08:00", tick=False):
        assert idempotency.expire() == 1
    assert not IdempotencyKey.objects.exists()


def test_work_that_fails_leaves_neither_effect_nor_key():
    def work():
        make.account("half")
        raise RuleError("no", code="no")

    with pytest.raises(RuleError):
        idempotency.once("k", owner="-", fingerprint="f", work=work)
    assert not IdempotencyKey.objects.exists()
