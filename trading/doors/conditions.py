"""Entity tags (RFC 9110, 8.8.3 and 13): a record's version is what a person saw, and what an act must name."""

import hashlib
import json
import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from rest_framework.utils.encoders import JSONEncoder

from trading.errors import InvalidInput, RuleError, StaleVersion

TAG = re.compile(r'\s*(W/)?"(\d{1,9})(?:\.[0-9a-f]+)?"\s*')


class PreconditionRequired(RuleError):
    """The act did not say which version of the record it is about (RFC 6585, 3)."""

    code = "precondition_required"
    status = 428
    next_step = _("Read the record and send its ETag as If-Match.")


def etag(version: int, body: Any) -> str:
    """Return the strong tag of a representation: the version, and a digest because the words depend on the reader."""
    digest = hashlib.sha256(json.dumps(body, cls=JSONEncoder, sort_keys=True).encode())
    return f'"{version}.{digest.hexdigest()[:12]}"'


def version_seen(request: HttpRequest, now: int) -> int:
    """Return the version that If-Match names; of several, the present one if it is there."""
    header = request.headers.get("If-Match", "").strip()
    if header in {"", "*"}:
        raise PreconditionRequired(_("If-Match must name the version of the record that you saw."))
    matches = [TAG.fullmatch(part) for part in header.split(",")]
    if len(header) > 500 or not all(matches):
        raise InvalidInput(_("If-Match is not a list of entity tags."), code="if_match_malformed")
    seen = [int(match[2]) for match in matches if match and not match[1]]
    if not seen:
        raise StaleVersion(_("A weak entity tag names no version."))
    return now if now in seen else seen[0]


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Say whether the reader holds this representation already (If-None-Match)."""
    held = request.headers.get("If-None-Match", "")
    return held.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in held.split(",")]
