"""The port to a telephone gateway: it calls, speaks a script, and reports the key that was pressed by the reference."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Gateway(Protocol):
    """What places a call; returns the carrier's receipt, raises OSError where it could not."""

    def call(self, number: str, script: str, reference: str) -> str: ...


class Console:
    """Stands in for a gateway: nobody is called and nothing is logged, for a log would tell who was drawn."""

    def call(self, number: str, script: str, reference: str) -> str:
        """Call nobody."""
        return f"console {reference}"


def call(number: str, script: str, reference: str) -> str:
    """Call by the gateway of settings.VOICE_GATEWAY and return its receipt. Raises OSError."""
    gateway: Gateway = import_string(settings.VOICE_GATEWAY)()
    return gateway.call(number, script, reference)
