"""The transcript: numbers without a gap, taken in the act's transaction, and nothing after the last word."""

import json
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from tests.trading.live import harms
from trading import live
from trading.live import SessionEvent, Transcript, TranscriptClosed

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def say_and_fail(transcript):
    with transaction.atomic():
        live.append(transcript.pk, "draw.noted", {}, AT)
        SessionEvent.objects.create(transcript=transcript, seq=1, at=AT, kind="x", payload={})


@pytest.mark.django_db
def test_events_are_numbered_from_one_without_a_gap():
    transcript = Transcript.objects.create()
    said = [live.append(transcript.pk, "draw.noted", {"n": n}, AT).seq for n in range(3)]
    transcript.refresh_from_db()
    assert (said, transcript.head) == ([1, 2, 3], 3)


@pytest.mark.django_db
def test_what_an_act_says_at_once_is_numbered_in_its_order():
    transcript = Transcript.objects.create(rehearsal=True)
    said = live.append_all(transcript.pk, [("draw.noted", {"n": n}) for n in range(3)], AT)
    assert [(event.seq, event.payload) for event in said] == [(n + 1, {"n": n, "rehearsal": True}) for n in range(3)]
    with pytest.raises(TranscriptClosed):
        live.append_all(transcript.pk, [("session.closed", {}), ("draw.noted", {})], AT)


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_hole():
    transcript = Transcript.objects.create()
    live.append(transcript.pk, "draw.noted", {}, AT)
    with pytest.raises(IntegrityError):
        say_and_fail(transcript)
    assert live.append(transcript.pk, "draw.noted", {}, AT).seq == 2


@pytest.mark.django_db
@pytest.mark.parametrize("last", ["session.closed", "session.cancelled"])
def test_nothing_is_said_after_the_last_word(last):
    transcript = Transcript.objects.create()
    live.append(transcript.pk, last, {}, AT)
    with pytest.raises(TranscriptClosed):
        live.append(transcript.pk, "draw.noted", {}, AT)
    assert SessionEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [{"n": 1.5}, {"n": [AT]}, {1: "x"}, {"n": {"m": b"x"}}])
def test_what_json_cannot_say_exactly_is_refused(payload):
    transcript = Transcript.objects.create()
    with pytest.raises(TypeError):
        live.append(transcript.pk, "draw.noted", payload, AT)
    assert Transcript.objects.get().head == 0


@pytest.mark.django_db
def test_a_rehearsal_says_so_in_every_event():
    transcript = Transcript.objects.create(rehearsal=True)
    assert live.append(transcript.pk, "draw.noted", {"n": 1}, AT).payload == {"n": 1, "rehearsal": True}


@pytest.mark.django_db
def test_the_encoded_form_is_compact_sorted_json():
    transcript = Transcript.objects.create()
    event = live.append(transcript.pk, "draw.noted", {"b": "抽取", "a": [1, None, True]}, AT)
    expected = (
        '{"at":"2026-03-02T01:30:00.000000Z","kind":"draw.noted","payload":{"a":[1,null,true],"b":"抽取"},"seq":1}'
    )
    assert live.encode(event) == expected.encode()
    assert live.read(transcript.pk, after=0, limit=5) == live.tail(transcript.pk, limit=5) == [(1, expected.encode())]


@pytest.mark.django_db
def test_reading_is_paged_from_the_old_end_and_the_tail_from_the_new():
    transcript = Transcript.objects.create()
    for n in range(5):
        live.append(transcript.pk, "draw.noted", {"n": n}, AT)
    assert [seq for seq, _ in live.read(transcript.pk, after=1, limit=2)] == [2, 3]
    assert [json.loads(body)["payload"]["n"] for _, body in live.tail(transcript.pk, limit=2)] == [3, 4]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_outside_an_act():
    with pytest.raises(TransactionManagementError):
        live.append(1, "draw.noted", {}, AT)
    assert not SessionEvent.objects.exists()


@pytest.mark.django_db
def test_only_a_transcript_that_exists_and_is_public_is_public():
    shown, hidden = Transcript.objects.create(), Transcript.objects.create(public=False)
    assert [live.is_public(pk) for pk in (shown.pk, hidden.pk, 10**12)] == [True, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize("harm", harms.HARMS)
def test_the_database_lets_a_transcript_only_grow(harm):
    assert harms.refused(harm)
