"""Pages of a list by key: a cursor names the last row seen, so rows added meanwhile neither repeat nor hide any."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from trading.errors import InvalidInput

LIMIT = 50
MOST = 200


class BadPage(InvalidInput):
    """`limit` or `cursor` are not what a list understands."""

    code = "invalid_page"


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the rows before and after them."""

    rows: list[Any]
    before: str | None
    after: str | None


def turned(request: HttpRequest, cursor: str | None) -> str:
    """Return the query of the same list at another cursor, its filters kept; "" where there is no such page."""
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


def limit_of(query: Mapping[str, str]) -> int:
    """Return how many rows are asked for, at most 200."""
    asked = query.get("limit", str(LIMIT))
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10 and int(asked) > 0):
        raise BadPage(_("`limit` is a whole number from 1 to %(most)s."), most=MOST)
    return min(int(asked), MOST)


def page(rows: models.QuerySet[Any], order: tuple[str, ...], query: Mapping[str, str]) -> Page:
    """Return the page that `cursor` and `limit` name; `order` must end in a unique field."""
    limit = limit_of(query)
    cursor = query.get("cursor", "")
    back, keys = _decoded(rows.model, order, cursor) if cursor else (False, None)
    turned = tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order) if back else order
    chosen = rows.order_by(*turned)
    if keys is not None:
        chosen = chosen.filter(_beyond(turned, keys))
    found = list(chosen[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    before = found and (more if back else keys is not None)
    after = found and (True if back else more)
    return Page(
        found,
        _encoded(found[0], order, back=True) if before else None,
        _encoded(found[-1], order, back=False) if after else None,
    )


def _beyond(order: tuple[str, ...], keys: list[Any]) -> models.Q:
    condition = models.Q()
    same: dict[str, Any] = {}
    for name, key in zip(order, keys, strict=True):
        field = name.lstrip("-")
        step = {f"{field}__{'lt' if name.startswith('-') else 'gt'}": key}
        condition |= models.Q(**same, **step)
        same[field] = key
    return condition


def _encoded(row: Any, order: tuple[str, ...], *, back: bool) -> str:
    keys = [_field(type(row), name).value_to_string(row) for name in order]
    return base64.urlsafe_b64encode(json.dumps([back, *keys]).encode()).decode().rstrip("=")


def _decoded(model: type[models.Model], order: tuple[str, ...], cursor: str) -> tuple[bool, list[Any]]:
    try:
        back, *texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        keys = [_key(model, name, text) for name, text in zip(order, texts, strict=True)]
    except (ValueError, TypeError, ValidationError, binascii.Error, RecursionError) as error:
        raise BadPage(
            _("The cursor is not one that this list gave."), next_step=_("Start again without a cursor.")
        ) from error
    return bool(back), keys


def _key(model: type[models.Model], name: str, text: Any) -> Any:
    field = _field(model, name)
    if not isinstance(text, str) or len(text) > 200 or "\0" in text:
        raise ValueError("no key")
    if isinstance(field, models.IntegerField) and len(text) > 18:
        raise ValueError("no key")
    return field.to_python(text)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    bare = name.lstrip("-")
    found = model._meta.pk if bare == "pk" else model._meta.get_field(bare)
    if not isinstance(found, models.Field):
        raise FieldDoesNotExist(bare)
    return found
