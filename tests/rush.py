"""A rush at a deadline: envelopes whose arrival is stamped around the instant, decided by many clients at once.

The front is played: it counts each request as waiting at its planned instant, not before, and the clients take the
requests from a queue, so that many of them are decided long after they arrived.
"""

import queue
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, connection

from bids import submission
from bids.bid import Bid
from bids.opening import Opening
from bids.sealing import envelope
from bids.upload import Part, Upload, place, write
from tests.bids.tenders import bidding
from trading import arrival, clock, waiting
from trading.errors import RuleError
from trading.ledger import merkle
from trading.transitions import perform

KEY = Ed25519PrivateKey.generate()
CHANCE = random.Random(7)  # noqa: S311  # the same rush each time


@dataclass
class Told:
    """What a client heard of one request."""

    uscc: str
    arrived: datetime
    answer: str
    seconds: float


@dataclass
class Rush:
    """The requests of one lot, and what became of each."""

    case: Any
    deadline: datetime
    told: list[Told] = field(default_factory=list)
    jobs: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)

    def prepare(self, people: list[tuple[Any, Any]], spread_s: float, doubled: float = 0.1) -> list[Any]:
        """Upload a bid for each enterprise; return (planned instant, person, envelope), some of them twice."""
        model = bidding.seal(self.case, people[0][1])
        part = model.parts[0]
        rows = [Upload(pk=uuid.uuid4(), lot=self.case.lot, organisation=o, begun_by=p) for p, o in people]
        Upload.objects.bulk_create(rows, batch_size=500)
        digest, leaf = bytes(32), merkle.leaf_hash(part)
        Part.objects.bulk_create(
            [Part(upload=row, n=0, size=len(part), sha256=digest, leaf_hash=leaf) for row in rows], batch_size=500
        )
        planned = []
        for row, (person, organisation) in zip(rows, people, strict=True):
            write(place(row.pk, 0), part[:1024])
            body = {**model.body, "bid": str(row.pk), "bidder": f"U{organisation.uscc}"}
            text = envelope.sign(body, KEY)
            for _time in range(2 if CHANCE.random() < doubled else 1):
                at = self.deadline + timedelta(seconds=CHANCE.uniform(-spread_s, spread_s))
                planned.append((at, person, organisation.uscc, text))
        return sorted(planned, key=lambda job: job[0])

    def run(self, planned: list[Any], clients: int) -> float:
        """Let every request arrive at its instant and be decided by so many clients; return the seconds it took."""
        threads = [threading.Thread(target=self.client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for at, person, uscc, text in planned:
            pause = (at - clock.now()).total_seconds()
            if pause > 0.0005:
                time.sleep(pause)
            waiting.enter(at)
            self.jobs.put((at, person, uscc, text))
        for _ in threads:
            self.jobs.put(None)
        closer = threading.Thread(target=self.close)
        closer.start()
        for thread in (*threads, closer):
            thread.join()
        took: timedelta = clock.now() - planned[0][0]
        return took.total_seconds()

    def client(self) -> None:
        while (job := self.jobs.get()) is not None:
            at, person, uscc, text = job
            try:
                with arrival.stamp(at):
                    _bid, new = submission.take(text, by=person)
                answer = "accepted" if new else "known"
            except RuleError as refusal:
                answer = refusal.code
            except IntegrityError:
                answer = "contradiction"
            finally:
                waiting.leave(at)
            self.told.append(Told(uscc, at, answer, (clock.now() - at).total_seconds()))
        connection.close()

    def close(self) -> None:
        """Try to close as the clock does, until it is done."""
        opening = Opening.objects.get(lot=self.case.lot)
        while opening.state == "scheduled":
            try:
                perform(opening.close, by=None)
            except RuleError:
                time.sleep(0.25)
        connection.close()

    def faults(self) -> dict[str, int]:
        """Return the four zeros."""
        accepted = {one.uscc for one in self.told if one.answer == "accepted"}
        in_time = {one.uscc for one in self.told if one.arrived < self.deadline}
        listed = list(Opening.objects.get(lot=self.case.lot).opened.values_list("bid__organisation__uscc", flat=True))
        return {
            "late accepted": sum(one.answer == "accepted" and one.arrived >= self.deadline for one in self.told),
            "early refused": len(in_time - accepted),
            "missing": len(accepted - set(listed)),
            "double": len(listed) - len(set(listed)) + Bid.objects.filter(lot=self.case.lot).count() - len(accepted),
        }
