"""The notice list over 100,000 notices, filtered: p95 of the page, and its ratio to a plain `values()` of its rows.

    .make/services .venv/bin/python bench/notices.py [--notices 100000] [--requests 100]

Page and plain query are interleaved; the number of queries of the page is printed for 1,000 and for all notices: it
must not grow.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("SUNLIGHT_VAR_DIR", tempfile.mkdtemp(prefix="sunlight-bench-"))
os.environ.setdefault("SUNLIGHT_ALLOWED_HOSTS", "testserver")
django.setup()

from trading import clock  # noqa: E402  # the models need the set-up
from trading.notice import Kind, Notice, NoticeVersion  # noqa: E402

PAGE = 50
LINES = ("政府采购", "工程建设", "固定价比选", "国企采购")
REGIONS = ("四川省", "江西省", "浙江省", "福建省", "山东省")
FILTERED = {"kind": "tender", "category": "工程建设", "region": "四川省"}
COLUMNS = ("id", "title", "kind", "published_at", "buyer", "region", "state", "rehearsal")


def fill(count: int) -> None:
    """Add notices up to `count`, spread over ten years; nobody acted, so the ledger's guard is off for this session."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    spread = random.Random(20261122)  # noqa: S311  # made-up notices
    now, kinds = clock.now(), list(Kind.values)
    for first in range(Notice.objects.count(), count, 5000):
        made = [
            Notice(
                kind=spread.choice(kinds),
                title=f"第{number}号项目{spread.choice(('道路', '学校', '水利', '绿化'))}工程公告",
                region=spread.choice(REGIONS),
                category=spread.choice(LINES),
                buyer=f"单位{number % 700}",
                published_at=now - timedelta(minutes=spread.randrange(5_000_000)),
                state="published",
            )
            for number in range(first, min(first + 5000, count))
        ]
        Notice.objects.bulk_create(made)
        versions = [
            NoticeVersion(notice=n, number=1, title=n.title, content={}, published_at=n.published_at) for n in made
        ]
        NoticeVersion.objects.bulk_create(versions)


def plain() -> None:
    """Read the same rows and nothing else."""
    rows = Notice.objects.public().filter(**FILTERED).order_by("-published_at", "-id")
    list(rows.values(*COLUMNS)[: PAGE + 1])


def page(client: Client) -> None:
    answer = client.get("/notices/", FILTERED)
    if answer.status_code != 200:
        sys.exit(f"the list answered {answer.status_code}")


def milliseconds(work: object, *given: object) -> float:
    began = time.perf_counter()
    work(*given)  # type: ignore[operator]
    return (time.perf_counter() - began) * 1000


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client)
    return len(captured)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    client = Client()
    fill(1000)
    page(client)
    few = queries(client)
    fill(given.notices)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    page(client)
    many = queries(client)
    pages, plains = [], []
    for _ in range(given.requests):
        pages.append(milliseconds(page, client))
        plains.append(milliseconds(plain))
    p95 = statistics.quantiles(pages, n=20)[-1]
    ratio = statistics.median(pages) / statistics.median(plains)
    print(f"{given.notices:,} notices, filtered: p95 {p95:.1f} ms, median {statistics.median(pages):.1f} ms")
    print(f"plain values(): median {statistics.median(plains):.1f} ms; ratio {ratio:.1f}")
    print(f"queries of the page: {few} with 1,000 notices, {many} with {given.notices:,}")
    return 0 if few == many else 1


if __name__ == "__main__":
    sys.exit(main())
