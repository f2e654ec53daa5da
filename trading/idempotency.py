"""Idempotency-Key: the same request sent twice has one effect and one answer.

The shape is draft-ietf-httpapi-idempotency-key-header-07. A key is claimed in a transaction of its own, so nothing is
locked while the act runs; the answer is stored in the act's transaction, so an answer exists exactly when the effect
does. A refused request frees its key: nothing happened, and the person may mend the form and send it again.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_noop as _
from rest_framework.utils.encoders import JSONEncoder

from trading import clock
from trading.errors import InvalidInput, RuleError

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=2)
SHAPE = re.compile(r"[\x21-\x7e]{1,128}")


class KeyReused(RuleError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422
    next_step = _("Choose a new key for a new request.")


class KeyRunning(RuleError):
    """The first request with this key has not finished."""

    code = "idempotency_key_running"
    next_step = _("Wait a moment, then send the same request again.")


class IdempotencyKey(models.Model):
    """One request that must not happen twice, and its answer once there is one."""

    owner = models.CharField(max_length=40)
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True, encoder=JSONEncoder)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="an_idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


@dataclass(frozen=True)
class Answer:
    """What a door answers: a status and what it needs to say it again."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


def once(key: str, *, owner: str, fingerprint: str, work: Callable[[], Answer], wait_s: float = 0) -> Answer:
    """Do the work unless this key has done it already, and return its answer.

    Without a key the work is simply done. `wait_s` is how long to wait for a first request that still runs. Raises
    KeyReused, KeyRunning or what the work raises.
    """
    if not key:
        return work()
    if not SHAPE.fullmatch(key):
        raise InvalidInput(
            _("Idempotency-Key has 1 to 128 visible ASCII characters."), code="idempotency_key_malformed"
        )
    claim = _claimed(owner, key, fingerprint)
    if claim is None:
        return _stored(owner, key, fingerprint, time.monotonic() + wait_s)
    try:
        with transaction.atomic():
            answer = work()
            _keep(claim, answer)
    except BaseException:
        IdempotencyKey.objects.filter(pk=claim.pk, status=None).delete()
        raise
    return answer


def fingerprint_of(method: str, path: str, data: Any) -> str:
    """Return a digest of what is asked: method, path and fields; files by their content."""
    plain = (
        data
        if not hasattr(data, "lists")
        else {name: values for name, values in data.lists() if name != "csrfmiddlewaretoken"}
    )
    text = json.dumps([method, path, plain], default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def owner_of(person: Any) -> str:
    """Return whose keys these are; visitors share one space, their keys are random."""
    return f"u:{person.pk}" if person.is_authenticated else "-"


def expire() -> int:
    """Forget the keys of yesterday; the clock calls this."""
    old = IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT)
    return old.delete()[0] if old.exists() else 0  # looking takes no lock; the clock looks every second


def _claimed(owner: str, key: str, fingerprint: str) -> IdempotencyKey | None:
    now = clock.now()
    rows = IdempotencyKey.objects.filter(owner=owner, key=key)
    rows.filter(models.Q(created_at__lt=now - KEPT) | models.Q(created_at__lt=now - ABANDONED, status=None)).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(owner=owner, key=key, fingerprint=fingerprint)
    except IntegrityError:
        return None


def _keep(claim: IdempotencyKey, answer: Answer) -> None:
    stored = {"body": answer.body, "headers": answer.headers}
    if not IdempotencyKey.objects.filter(pk=claim.pk).update(status=answer.status, body=stored):
        raise KeyRunning(_("This request took so long that its key was given up; nothing was done."))


def _stored(owner: str, key: str, fingerprint: str, until: float) -> Answer:
    while True:
        row = IdempotencyKey.objects.filter(owner=owner, key=key).first()
        if row is not None and row.fingerprint != fingerprint:
            raise KeyReused(_("This Idempotency-Key belongs to another request."))
        if row is not None and row.status is not None:
            stored: Any = row.body
            return Answer(row.status, stored["body"], stored["headers"], replayed=True)
        if row is None or time.monotonic() >= until:
            raise KeyRunning(_("The first request with this key is still running."))
        time.sleep(0.05)


def _plain(value: Any) -> str:
    if isinstance(value, UploadedFile):
        digest = hashlib.sha256()
        for chunk in value.chunks():
            digest.update(chunk)
        value.seek(0)
        return digest.hexdigest()
    return str(value)
