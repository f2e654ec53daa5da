"""Several threads that begin at the same moment, each with its own database connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

PATIENCE = 30


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works at the same moment; return what each returned, or the exception it raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait(PATIENCE)
        try:
            return work()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result(PATIENCE) for done in [threads.submit(run, work) for work in works]]
