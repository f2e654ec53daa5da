"""The publisher: brings what the sequencer signed into the folder and to the witnesses.

It has a loop of its own beside the sequencer's, for a slow disk or witness must not hold back the next checkpoint.
"""

import threading
from datetime import timedelta

from django.conf import settings

from trading import clock
from trading.ledger import loop, publish, witness

EVERY_SECONDS = 0.5


def run(stop: threading.Event) -> None:
    """Publish twice a second and have cosigned as often as the settings say, until `stop` is set."""
    cosign_at = clock.now()

    def turn() -> None:
        nonlocal cosign_at
        publish.publish()
        if clock.now() >= cosign_at:
            cosign_at = clock.now() + timedelta(seconds=settings.LEDGER.get("COSIGN_SECONDS", 600))
            witness.cosign()

    loop.until(stop, turn, EVERY_SECONDS)
