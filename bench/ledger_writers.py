"""Events per second with 1, 8 and 32 writers on PostgreSQL, as a ratio to the same transaction without a ledger.

    python bench/ledger_writers.py [--seconds 5] [--rounds 3] [--nice 0]

A transaction takes a lot's lock, reads its deadline and inserts a bid of 300 bytes; with the ledger it also records
the event, and sequencer and publisher run beside it on the same cores.
Writers are processes; runs with and without the ledger are interleaved and medians printed, with the time from an
event to the checkpoint that holds it. With `--nice 10` the writers step back behind the sequencer, as web processes may
under systemd: the checkpoints come sooner and the writers slower. PostgreSQL is started in a temporary folder with its
default durability, or given by SUNLIGHT_DATABASE_URL.
"""

import argparse
import bisect
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("SUNLIGHT_VAR_DIR", tempfile.mkdtemp(prefix="sunlight-bench-"))
django.setup()

from trading import clock  # noqa: E402  # the models need the set-up
from trading.ledger import events, leaf, proofs, publish, publisher, sequencer  # noqa: E402
from trading.ledger.tables import LogLeaf  # noqa: E402

RATIO_LIMIT, DELAY_LIMIT_SECONDS = 0.55, 0.3
LOTS = 4
PAYLOAD = b"\x01" * 300
process = multiprocessing.get_context("fork")


def quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL of our own and give its address."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not homes:
        sys.exit("PostgreSQL is missing. Install it with: apt-get install postgresql")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        subprocess.run(["chown", "postgres", folder], check=True)
    data = str(folder / "data")
    control = [*user, str(homes[-1] / "pg_ctl"), "-D", data, "-w"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=100"
    quietly([*user, str(homes[-1] / "initdb"), "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"])
    quietly([*control, "-l", str(folder / "log"), "-o", options, "start"])
    try:
        yield f"postgres://bench@127.0.0.1:{port}/postgres"
    finally:
        quietly([*control, "-m", "immediate", "stop"])


def transact(number: int, *, ledger: bool) -> None:
    """Run one business transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(7, %s)", [number % LOTS])
        cursor.execute("SELECT deadline FROM bench_lot WHERE id = %s", [number % LOTS])
        if clock.now() >= cursor.fetchone()[0]:
            raise RuntimeError("too late")
        cursor.execute("INSERT INTO bench_bid (lot, body) VALUES (%s, %s) RETURNING id", [number % LOTS, PAYLOAD])
        bid = cursor.fetchone()[0]
        if ledger:
            events.record(
                type="bid.received",
                actor=events.Actor(f"u:{number}", "bidder", "pw", "91510000MA00000000"),
                subject=events.Subject("bid", str(bid)),
                tender=f"L-{number % LOTS}",
                data={"seq": 1, "root": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"},
                at=clock.now(),
            )


def write(number: int, start: Event, stop: Event, counts: Any, ledger: bool, nice: int) -> None:  # noqa: FBT001  # a process's target
    os.nice(nice)
    transact(number, ledger=ledger)
    start.wait()
    while not stop.is_set():
        transact(number, ledger=ledger)
        counts[number] += 1
    connection.close()


def sequence(stop: Event, seen: Any) -> None:
    """Sequence until told, as the sequencer's loop does; note when each checkpoint was committed."""
    while not stop.is_set():
        checkpoint = sequencer.sequence_once()
        if checkpoint is not None:
            seen.append((checkpoint.size, time.time()))
        time.sleep(sequencer.PAUSE_SECONDS)
    while sequencer.sequence_once():
        pass
    connection.close()


def publishing(stop: Event) -> None:
    """Publish until told, as the publisher's loop does."""
    while not stop.wait(publisher.EVERY_SECONDS):
        publish.publish()
    connection.close()


def run(writers: int, seconds: float, nice: int, *, ledger: bool) -> tuple[float, list[float]]:
    """Return events per second, and for each event the time until a committed checkpoint held it."""
    start, stop, finish = process.Event(), process.Event(), process.Event()
    counts, seen = process.Array("L", writers, lock=False), process.Manager().list()
    newest = proofs.head()
    first = newest.size if newest else 0
    connection.close()
    workers = [process.Process(target=write, args=(i, start, stop, counts, ledger, nice)) for i in range(writers)]
    beside = [process.Process(target=sequence, args=(finish, seen)), process.Process(target=publishing, args=(finish,))]
    for each in [*workers, *beside]:
        each.start()
    time.sleep(0.5 + writers / 16)
    before, begun = sum(counts), time.monotonic()
    start.set()
    time.sleep(seconds)
    rate = (sum(counts) - before) / (time.monotonic() - begun)
    stop.set()
    for each in workers:
        each.join()
    finish.set()
    for each in beside:
        each.join()
    return rate, delays(first, list(seen))


def delays(first: int, seen: list[tuple[int, float]]) -> list[float]:
    sizes = [size for size, _ in seen]
    found = []
    leaves = LogLeaf.objects.filter(idx__gte=first, idx__lt=sizes[-1] if sizes else 0).order_by("idx")
    for idx, data in leaves.values_list("idx", "event__leaf").iterator():
        written = datetime.fromisoformat(leaf.decode(bytes(data))["at"]).timestamp()
        found.append(seen[bisect.bisect_right(sizes, idx)][1] - written)
    return found


def report(writers: int, runs: list[tuple[float, float, list[float]]]) -> bool:
    bare, with_ledger, ratio = (
        statistics.median(side) for side in zip(*((b, w, w / b) for b, w, _ in runs), strict=True)
    )
    late = statistics.median(sorted(each)[int(len(each) * 0.99)] for _, _, each in runs if each)
    print(
        f"{writers:2d} writers: {with_ledger:6.0f} events/s, {bare:6.0f} without ledger, ratio {ratio:.2f}"
        f" (limit {RATIO_LIMIT}); event → checkpoint p99 {late * 1000:.0f} ms (limit {DELAY_LIMIT_SECONDS * 1000:.0f})",
        flush=True,
    )
    return ratio >= RATIO_LIMIT and late <= DELAY_LIMIT_SECONDS


def measure(seconds: float, rounds: int, numbers: list[int], nice: int) -> int:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bid (id bigserial PRIMARY KEY, lot int NOT NULL, body bytea NOT NULL)")
        cursor.execute("CREATE TABLE bench_lot (id int PRIMARY KEY, deadline timestamptz NOT NULL)")
        cursor.execute("INSERT INTO bench_lot SELECT i, now() + interval '1 day' FROM generate_series(0, %s) i", [LOTS])
    taken: dict[int, list[tuple[float, float, list[float]]]] = {writers: [] for writers in numbers}
    for _ in range(rounds):
        for writers in numbers:
            bare, _none = run(writers, seconds, nice, ledger=False)
            taken[writers].append((bare, *run(writers, seconds, nice, ledger=True)))
    failed = [writers for writers, runs in taken.items() if not report(writers, runs)]
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--nice", type=int, default=0)
    options = parser.parse_args()
    if "SUNLIGHT_DATABASE_URL" in os.environ:
        return measure(options.seconds, options.rounds, options.writers, options.nice)
    with tempfile.TemporaryDirectory() as name, postgresql(Path(name)) as address:
        place = {"SUNLIGHT_DATABASE_URL": address, "SUNLIGHT_VAR_DIR": f"{name}/var"}
        return subprocess.run([sys.executable, *sys.argv], check=False, env={**os.environ, **place}).returncode


if __name__ == "__main__":
    sys.exit(main())
