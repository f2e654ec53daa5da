"""The log shows the same random process whatever was sealed: counts, times, sizes, places."""

import itertools
import math
import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from trading.ledger import events, leaf, reveal, sealed, sequencer
from trading.ledger.tables import AuditEvent, Held, LogCheckpoint, LogLeaf, Pending, SealedEntry

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CHANCE_OF_A_FALSE_ALARM = 1e-6


class Die:
    """A die that falls as told; it remembers how many sides it had."""

    def __init__(self, side):
        self.side = side
        self.sides = 0

    def randrange(self, sides):
        self.sides = sides
        return self.side

    def expovariate(self, rate):
        return 1 / rate


def register(number, at=MOMENT):
    """Seal what one registration with a document seals."""
    for kind in ("document.stored", "registration.submitted"):
        events.record(
            type=kind,
            actor=events.Actor(f"u:{number}", "bidder", "pw"),
            subject=events.Subject(kind.partition(".")[0], str(number)),
            tender="L-1",
            data={"enterprise": "9" * (number % 18 + 1)},
            at=at,
            sealed=True,
        )


def stream(time_machine, turns, registrations):
    """Take `turns` turns, `registrations[n]` enterprises registering before the n-th; return what the public sees."""
    time_machine.move_to(MOMENT, tick=False)
    sealed.open_secret_window("L-1", MOMENT)
    due = sequencer.take_turn(MOMENT)
    for turn in range(turns):
        time_machine.move_to(due, tick=False)
        for number in range(registrations.get(turn, 0)):
            register(number, due)
        due = sequencer.take_turn(due)
    return list(LogCheckpoint.objects.order_by("size").values_list("size", "at"))


def shapes():
    """Return every entry of the log as far as it is not random."""
    rows = LogLeaf.objects.select_related("event").order_by("idx")
    return [(row.idx, len(row.event.leaf), plain(leaf.decode(bytes(row.event.leaf)))) for row in rows]


def plain(entry):
    hidden = entry["type"] == "sealed.entry"
    return {
        **entry,
        "id": len(entry["id"]),
        "data": {name: len(value) for name, value in entry["data"].items()},
    }, hidden


def test_under_the_same_dice_the_log_is_the_same_with_and_without_registrations(time_machine, monkeypatch):
    seen = []
    for registrations in ({}, {0: 2, 5: 4, 6: 4, 7: 4, 30: 2}):
        start = transaction.savepoint()
        monkeypatch.setattr(sealed, "chance", random.Random(20261122))  # noqa: S311  # the same dice twice
        seen.append((stream(time_machine, 60, registrations), shapes()))
        assert SealedEntry.objects.filter(cover=False).count() == 2 * sum(registrations.values())
        transaction.savepoint_rollback(start)
    assert seen[0] == seen[1]
    assert [size for size, _at in seen[0][0]][1:] == list(range(2, 63))


def test_a_burst_cannot_be_seen_in_gaps_or_counts(time_machine):
    checkpoints = stream(time_machine, 250, {40: 30, 41: 30})
    assert SealedEntry.objects.filter(cover=False).count() == 120
    assert Held.objects.count() < 120
    at = [moment for _size, moment in checkpoints][1:]
    assert not looks_odd(at)


def test_the_same_look_catches_entries_that_are_written_when_they_arrive():
    """What the log showed before sealed entries took turns: a burst beside the covers."""
    dice = random.Random(20261122)  # noqa: S311  # the same dice on every run
    covers, at = [], MOMENT
    for _ in range(250):
        at += timedelta(hours=dice.expovariate(120))
        covers.append(at)
    burst = [covers[40] + timedelta(seconds=dice.uniform(0, 60)) for _ in range(120)]
    assert not looks_odd(covers)
    assert looks_odd(sorted(covers + burst))


def looks_odd(moments):
    """Say whether moments are no random process without memory, 120 an hour: by their gaps or by counts a minute."""
    gaps = sorted((b - a).total_seconds() for a, b in itertools.pairwise(moments))
    count = len(gaps)
    told = [1 - math.exp(-gap / 30) for gap in gaps]
    distance = max(max((i + 1) / count - p, p - i / count) for i, p in enumerate(told))
    kolmogorov = math.sqrt(-math.log(CHANCE_OF_A_FALSE_ALARM / 2) / (2 * count))
    minutes = [0] * (int((moments[-1] - moments[0]).total_seconds() // 60) + 1)
    for moment in moments:
        minutes[int((moment - moments[0]).total_seconds() // 60)] += 1
    spread = statistics.variance(minutes) / statistics.mean(minutes)  # 1 for a process without memory
    return distance > kolmogorov or abs(spread - 1) > 5 * math.sqrt(2 / len(minutes))


@pytest.mark.parametrize(("waiting", "sides"), [(0, 32), (2, 32), (32, 32), (40, 40)])
def test_the_chance_of_an_entry_does_not_depend_on_the_others(monkeypatch, waiting, sides):
    for number in range(waiting // 2):
        register(number)
    monkeypatch.setattr(sealed, "chance", die := Die(0))
    sealed.take_turn()
    assert die.sides == sides
    assert Held.objects.count() == max(waiting - 1, 0)
    assert SealedEntry.objects.filter(cover=True).count() == (waiting == 0)


def test_an_empty_seat_brings_a_cover(monkeypatch):
    register(1)
    for seat, (held, covers) in {31: (2, 1), 2: (2, 2), 1: (1, 2), 0: (0, 2)}.items():
        monkeypatch.setattr(sealed, "chance", Die(seat))
        sealed.take_turn()
        assert (Held.objects.count(), SealedEntry.objects.filter(cover=True).count()) == (held, covers)


def test_a_sealed_act_leaves_nothing_in_the_queue_and_makes_no_checkpoint():
    sealed.open_secret_window("L-1", MOMENT)
    sequencer.sequence_once()
    register(1)
    assert not Pending.objects.exists()
    assert sequencer.sequence_once() is None


def test_an_entry_has_its_turn_alone_after_what_waited(monkeypatch):
    register(1)
    events.record(
        type="lot.opened",
        actor=events.Actor("u:1", "agency", "pw"),
        subject=events.Subject("lot", "1"),
        data={},
        at=MOMENT,
    )
    monkeypatch.setattr(sealed, "chance", Die(0))
    sequencer.take_turn(MOMENT)
    types = [row.event.type for row in LogLeaf.objects.select_related("event").order_by("idx")]
    assert types == ["secret.started", "lot.opened", "sealed.entry"]
    assert list(LogCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [2, 3]


def test_no_turn_is_taken_while_no_lot_takes_secret_acts():
    assert sequencer.take_turn(MOMENT) > MOMENT
    assert not AuditEvent.objects.exists()


def test_opening_a_lot_lets_its_own_entries_in_and_no_others():
    register(1)
    sealed.open_secret_window("L-2", MOMENT)
    other = events.record(
        type="registration.submitted",
        actor=events.Actor("u:2", "bidder", "pw"),
        subject=events.Subject("registration", "2"),
        tender="L-2",
        data={},
        at=MOMENT,
        sealed=True,
    )
    assert len(reveal.open_sealed("L-1", MOMENT)) == 2
    assert list(Held.objects.values_list("event_id", flat=True)) == [other.pk]
