"""The scripts of the bundle as files: what a page pins, so that a browser runs no other bytes."""

import base64
import functools
import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders


def integrity(name: str) -> str:
    """Return the Subresource Integrity of a static file, or "" where the bundle has not been built."""
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    path = Path(found)
    return _digest(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _digest(path: Path, changed_ns: int) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()}"
