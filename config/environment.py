"""Reading the environment: every variable begins with SUNLIGHT_, and a bad value stops the start."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    """Return SUNLIGHT_<name>, or the default."""
    return os.environ.get(f"SUNLIGHT_{name}", default)


def env_bool(name: str, *, default: bool) -> bool:
    value = env(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"SUNLIGHT_{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"}


def env_int(name: str, default: int, *, least: int = 0) -> int:
    value = env(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"SUNLIGHT_{name} must be a whole number from {least} on, not {value!r}.")
    return int(value)


def env_rate(name: str, default: str) -> tuple[int, int]:
    """Return how many, in how many seconds, of a rate such as 240/min or 60/hour."""
    value = env(name, default)
    found = re.fullmatch(r"([1-9][0-9]{0,8})/(min|hour)", value)
    if found is None:
        raise ImproperlyConfigured(f"SUNLIGHT_{name} must be a rate such as 240/min or 60/hour, not {value!r}.")
    return int(found[1]), 60 if found[2] == "min" else 3600


def mail(url: str, folder: Path) -> dict[str, object]:
    """Return Django's settings for e-mail from `smtp://user:password@host:port` (smtps: TLS), `console:`, or nothing.

    Without an address each message becomes a file in the folder.
    """
    parts = urlsplit(url)
    kinds = {"": "filebased", "console": "console", "smtp": "smtp", "smtps": "smtp"}
    known = parts.scheme in kinds and bool(url) == bool(parts.scheme)
    if not known or (kinds[parts.scheme] == "smtp" and not parts.hostname):
        raise ImproperlyConfigured("SUNLIGHT_MAIL_URL must be smtp://user:password@host:port, smtps://…, or console:.")
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{kinds[parts.scheme]}.EmailBackend",
        "EMAIL_FILE_PATH": folder,
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 2,  # seconds: the clock that sends has openings to begin
    }
