"""Problem details (RFC 9457): what a refusal says, in the reader's language, and what its code means."""

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from trading.doors import addresses, words
from trading.errors import RuleError

TITLES = {
    400: _("The input is not understood"),
    401: _("Nobody is signed in"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("This method is not offered here"),
    406: _("Not in that media type"),
    409: _("A rule forbids it now"),
    412: _("The record has changed"),
    413: _("Too large"),
    415: _("Media type not understood"),
    422: _("The request contradicts an earlier one"),
    428: _("The version is missing"),
    429: _("Too many requests"),
    500: _("The platform failed"),
    503: _("The platform is busy"),
}


@dataclass(frozen=True)
class Explained:
    """What a code means: the sentence it comes with, its article and the next step."""

    code: str
    message: str
    basis: str = ""
    next_step: str = ""


GENERAL = {
    "invalid": Explained(
        "invalid",
        _("The input has the wrong shape; `errors` names each field."),
        next_step=_("Correct the fields and send it again."),
    ),
    "parse_error": Explained("parse_error", _("The body is not what its media type says.")),
    "not_authenticated": Explained("not_authenticated", _("Nobody is signed in."), next_step=_("Sign in first.")),
    "permission_denied": Explained(
        "permission_denied", _("The person does not hold the power, or the CSRF token is missing.")
    ),
    "not_found": Explained("not_found", _("There is no such record, or you may not see it.")),
    "method_not_allowed": Explained("method_not_allowed", _("The address does not offer this method.")),
    "not_acceptable": Explained("not_acceptable", _("The answer is JSON.")),
    "unsupported_media_type": Explained("unsupported_media_type", _("Send JSON, or a form.")),
    "throttled": Explained("throttled", _("Too many requests in a short time."), next_step=_("Wait and try again.")),
    "locked_out": Explained(
        "locked_out",
        _("Too many failed attempts to sign in."),
        next_step=_("Wait; the lock ends by itself."),
    ),
    "password_change_required": Explained(
        "password_change_required",
        _("Change your first password before anything else."),
        next_step=_("Sign in to the pages and choose a password of your own."),
    ),
    "too_large": Explained("too_large", _("The body is larger than the platform reads.")),
    "failure": Explained("failure", _("Something went wrong on our side; nothing was recorded.")),
    "busy": Explained(
        "busy", _("The database is busy or away; nothing was recorded."), next_step=_("Try again in a minute.")
    ),
}


def body(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Return a problem's members; `type` is the page that explains the code."""
    return {
        "type": addresses.absolute(request, f"/problems/{code}/"),
        "title": gettext(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": getattr(request, "request_id", ""),
        "code": code,
        "basis": more.get("basis", ""),
        "next_step": more.get("next_step", ""),
        "errors": more.get("errors", []),
    }


def sentence(error: RuleError) -> str:
    """Return the refusal in the reader's language, its facts filled in: an act and a state by their names too."""
    text = gettext(str(error.message))
    named = {name: words.said(name, fact) for name, fact in error.params.items()}
    return text % named if named else text


def of_rule(request: HttpRequest, error: RuleError, status: int | None = None) -> dict[str, Any]:
    """Return the problem of a broken rule."""
    step = gettext(str(error.next_step)) if error.next_step else ""
    parts = [{"pointer": place, "detail": sentence(one), "code": one.code} for place, one in error.parts.items()]
    told = {"basis": error.basis, "next_step": step, "errors": parts}
    return body(request, status or error.status, error.code, sentence(error), **told)


def flattened(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Yield the errors of a nested structure, each with the JSON Pointer of its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from flattened(inner, pointer + step)
    elif isinstance(detail, list):
        plain = all(not isinstance(inner, dict | list) for inner in detail)
        for place, inner in enumerate(detail):
            yield from flattened(inner, pointer if plain else f"{pointer}/{place}")
    else:
        yield {"pointer": pointer, "detail": str(detail), "code": str(getattr(detail, "code", "invalid"))}


def explained(code: str) -> Explained | None:
    """Return what a code means, or None for one that the platform never says."""
    return GENERAL.get(code) or rules().get(code)


@functools.cache
def rules() -> dict[str, Explained]:
    """Return every code of a refusal that the source raises, read from the source itself."""
    found: dict[str, Explained] = {}
    for app in ("trading", "bids", "experts", "recordings", "config"):
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            for one in _codes(path):
                found.setdefault(one.code, one)
    return found


def _codes(path: Path) -> Iterable[Explained]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            words = {k.arg: _text(k.value) for k in node.keywords}
            if words.get("code") and node.args and (message := _text(node.args[0])):
                yield Explained(words["code"], message, words.get("basis", ""), words.get("next_step", ""))
        elif isinstance(node, ast.ClassDef):
            yield from _class_code(node)


def _class_code(node: ast.ClassDef) -> Iterable[Explained]:
    words = {
        t.id: _text(s.value)
        for s in node.body
        if isinstance(s, ast.Assign)
        for t in s.targets
        if isinstance(t, ast.Name)
    }
    doc = ast.get_docstring(node)
    if words.get("code") and doc:
        yield Explained(words["code"], doc.split("\n\n")[0], words.get("basis", ""), words.get("next_step", ""))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and node.args:
        return _text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def plain(message: str) -> str:
    """Return a message with its places shown as … for a page that has no numbers."""
    return re.sub(r"%\(\w+\)s", "…", message)
