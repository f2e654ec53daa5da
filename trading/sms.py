"""The port to an SMS gateway: one call; which gateway answers it is a setting."""

import logging
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class Gateway(Protocol):
    """What carries a short message; raises OSError where it could not."""

    def send(self, number: str, text: str) -> None: ...


class Console:
    """Stands in for a gateway: says in the log that a message would have gone, without its text or whole number."""

    def send(self, number: str, text: str) -> None:
        logger.info("SMS to …%s: %s characters", number[-4:], len(text))


def send(number: str, text: str) -> None:
    """Send by the gateway of settings.SMS_GATEWAY. Raises OSError."""
    gateway: Gateway = import_string(settings.SMS_GATEWAY)()
    gateway.send(number, text)
