"""What outside monitors and verifiers read as files: the ledger's static layout (C2SP tlog-tiles) and the two scripts.

The files are written by the sequencer; a full tile and a kept checkpoint never change again.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from trading.doors.conditions import unchanged
from trading.ledger import export, publish

TILE = r"tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
FOR_EVER = "public, max-age=31536000, immutable"
SCRIPTS = {
    "verify_draw.py": Path(settings.BASE_DIR) / "trading" / "draws" / "verify_draw.py",
    "verify_ledger.py": Path(settings.BASE_DIR) / "trading" / "ledger" / "verify_ledger.py",
}


class Script(NamedTuple):
    """A verifier as the site serves it."""

    name: str
    body: bytes
    sha256: str
    lines: int


@cache
def script(name: str) -> Script:
    """Return one of the two verifiers, whole."""
    body = SCRIPTS[name].read_bytes()
    return Script(name, body, hashlib.sha256(body).hexdigest(), body.count(b"\n"))


@require_safe
def verifier(request: HttpRequest, name: str) -> HttpResponse:
    """Send a verifier, to be read and run by anybody."""
    found = script(name)
    if unchanged(request, f'"{found.sha256}"'):
        return HttpResponse(status=304, headers={"ETag": f'"{found.sha256}"'})
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{found.sha256}"'}
    return HttpResponse(found.body, content_type="text/x-python; charset=utf-8", headers=headers)


@require_safe
def checkpoint(request: HttpRequest, size: str = "") -> HttpResponse:
    """Send the newest checkpoint, or one that witnesses cosigned."""
    name = f"checkpoint.{size}" if size else "checkpoint"
    return sent(name, "text/plain; charset=utf-8", FOR_EVER if size else "no-cache")


@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:
    """Send a tile of hashes or a bundle of entries."""
    return sent(name, "application/octet-stream", FOR_EVER)


@require_safe
def public_keys(request: HttpRequest) -> HttpResponse:
    """Send the keys that a verifier pins: of the log, its receipts and its witnesses."""
    headers = {"Content-Disposition": 'attachment; filename="keys.json"', "Cache-Control": "no-cache"}
    return HttpResponse(export.public_keys().encode(), content_type="application/json", headers=headers)


def sent(name: str, content_type: str, caching: str) -> HttpResponse:
    """Return a published file; the addresses' patterns allow no name outside the layout."""
    try:
        body = (publish.folder() / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Http404 from error
    headers = {"Cache-Control": caching, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(body, content_type=content_type, headers=headers)


pages = [
    *(path(name, verifier, {"name": name}, name=name.removesuffix(".py")) for name in SCRIPTS),
    path("ledger/checkpoint", checkpoint, name="ledger_checkpoint"),
    re_path(r"^ledger/checkpoint\.(?P<size>[1-9][0-9]{0,17})$", checkpoint, name="ledger_checkpoint_of"),
    re_path(rf"^ledger/(?P<name>{TILE})$", tile, name="ledger_tile"),
    path("ledger/keys.json", public_keys, name="ledger_keys"),
]
