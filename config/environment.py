"""Reading the environment: every variable begins with SUNLIGHT_, and a bad value stops the start."""

import os
import re

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
