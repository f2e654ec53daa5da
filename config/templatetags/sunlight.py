"""The tags of our pages, known to every template without a load (docs: the page /style/ shows each)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.defaultfilters import stringfilter
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config import assets, icons, states
from trading import clock
from trading import money as yuan

register = template.Library()
EMPTY = "—"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon; without a label it is decoration and silent."""
    drawing = mark_safe(icons.LINES[name])  # noqa: S308  # our own constant
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', drawing)


@register.simple_tag
def integrity(name: str) -> SafeString:
    """Pin a script of the bundle: the browser runs it only if its bytes are these (Subresource Integrity)."""
    return format_html(' integrity="{}"', assets.integrity(name))


@register.simple_tag
def state_tag(state: Any, words: str = "", tone: str = "") -> SafeString:
    """Show a state code, or the state of a record, in colour, words and shape."""
    code = str(getattr(state, "state", state) or "draft")
    known = states.shown(code, getattr(state, "noun", ""))
    tone = tone or known.tone
    return format_html(
        '<span class="tag is-{}" data-state="{}">'
        '<svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        tone,
        code,
        mark_safe(icons.SHAPES[tone]),  # noqa: S308  # our own constant
        words or known.words,
    )


@register.simple_tag
def money(value: Decimal | str | dict[str, str] | None, *, capital: bool = False) -> SafeString | str:
    """Show yuan with thousands; `capital=True` adds the numerals that a document must carry."""
    if value is None or value == "":
        return EMPTY
    amount = Decimal(value["amount"] if isinstance(value, dict) else value)
    plain = format_html('<data class="money nowrap" value="{}">¥{}</data>', amount, f"{amount:,.2f}")
    if not capital:
        return plain
    return format_html('{} <span class="capital">{}</span>', plain, yuan.in_words(amount))


@register.simple_tag
def moment(value: datetime | date | None, *, seconds: bool = False, zone: bool = True) -> SafeString | str:
    """Show a moment in the county's time with its offset, or a day as a day."""
    if not value:
        return EMPTY
    if not isinstance(value, datetime):
        return format_html('<time class="nowrap" datetime="{0}">{0}</time>', value.isoformat())
    local = value.astimezone(clock.LOCAL)
    return format_html(
        '<time class="nowrap" datetime="{}">{}{}</time>',
        local.isoformat(timespec="seconds"),
        local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"),
        mark_safe(' <small class="muted">+08:00</small>') if zone else "",  # constant
    )


@register.simple_tag
def moment_text(value: str, *, seconds: bool = False) -> SafeString | str:
    """Show a moment that a record keeps as text (2026-03-02T01:00:00.000000Z)."""
    try:
        return moment(datetime.fromisoformat(value), seconds=seconds)
    except ValueError:
        return value


@register.inclusion_tag("_hash.html", name="hash")
def shown_hash(value: str | bytes | None, *, full: bool = False, label: str = "") -> dict[str, Any]:
    """Show a hash: its ends, the whole in the title and behind a copy button; `full=True` shows all."""
    text = value.hex() if isinstance(value, bytes) else value or ""
    short = text if full or len(text) <= 20 else f"{text[:10]}…{text[-6:]}"
    return {"full": text, "short": short, "label": label}


@register.inclusion_tag("_field.html")
def field(bound: Any, label: str = "", kind: str = "") -> dict[str, Any]:
    """Show a form field: label, hint, error, control, linked for screen readers."""
    described = [f"{bound.auto_id}_{part}" for part in _described(bound)]
    attributes = {"aria-describedby": " ".join(described)} if described else {}
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attributes),
        "group": getattr(widget, "use_fieldset", False),
        "single_choice": getattr(widget, "input_type", "") == "checkbox"
        and not widget.is_hidden
        and not getattr(widget, "use_fieldset", False),
        "kind": kind,
    }


def _described(bound: BoundField) -> Iterable[str]:
    if bound.help_text:
        yield "hint"
    if bound.errors:
        yield "error"


@register.inclusion_tag("_error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """List what is wrong in the forms, each sentence a link to its field."""
    return {"errors": [line for form in forms if form for line in _lines(form)]}


def _lines(form: BaseForm) -> Iterable[dict[str, str]]:
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        target = bound.id_for_label or bound.auto_id if bound else ""
        for error in errors:
            named = gettext("%(field)s: %(error)s") % {"field": bound.label, "error": error} if bound else ""
            yield {"target": target, "text": named or str(error)}


class Stage(NamedTuple):
    """One stop of a procedure's track."""

    label: str
    standing: str
    when: datetime | date | None
    words: str


@register.inclusion_tag("_stage_track.html")
def stage_track(stages: Iterable[Any], current: str, *, stopped: bool = False) -> dict[str, Any]:
    """Draw the stages of a procedure: (code, label) or (code, label, moment), and where it stands.

    Every stage before `current` is done; with `stopped=True` the current one failed or was suspended.
    A `current` of "*" says that all is done.
    """
    rows = [(*row, None)[:3] for row in stages]
    codes = [row[0] for row in rows]
    here = codes.index(current) if current in codes else len(codes) if current == "*" else -1
    track = [_stage(row, place, here, stopped=stopped) for place, row in enumerate(rows)]
    return {"track": track, "short": len(track) <= 5}


def _stage(row: tuple[Any, ...], place: int, here: int, *, stopped: bool) -> Stage:
    if place < here:
        standing, words = "done", gettext("done")
    elif place > here:
        standing, words = "ahead", gettext("still ahead")
    elif stopped:
        standing, words = "stopped", gettext("stopped here")
    else:
        standing, words = "current", gettext("now here")
    return Stage(row[1], standing, row[2], words)


@register.inclusion_tag("_countdown.html")
def countdown(due: datetime, label: str = "", ahead: Any = None) -> dict[str, Any]:
    """Count down to a moment by the server's clock; `ahead` is how far a rehearsal's clock is ahead."""
    milliseconds = int(ahead.total_seconds() * 1000) if ahead else 0
    over = due <= clock.now() + (ahead or due - due)
    return {"due": due, "label": label or gettext("Time left"), "ahead": milliseconds, "over": over}


@register.simple_tag
def crumb(label: str, name: str = "", *args: Any) -> SafeString:
    """Add a step to the breadcrumbs; without an address it is the page itself."""
    if not name:
        return format_html('<li><span aria-current="page">{}</span></li>', label)
    return format_html('<li><a href="{}">{}</a></li>', reverse(name, args=args), label)


@register.simple_tag
def path_to(name: str, *args: Any) -> str:
    """Return the path of a page, or nothing where the site does not have it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("_basis.html")
def basis(text: str) -> dict[str, str]:
    """Name the article that a rule rests on."""
    return {"basis": text}


@register.simple_tag
def json_for(value: Any, element_id: str) -> SafeString:
    """Hand data to a script as a block of JSON (nothing is executed)."""
    return json_script(value, element_id)


@register.filter
def thousands(number: int) -> str:
    """Show a whole number with commas between thousands."""
    return f"{number:,}"


@register.filter
@stringfilter
def masked(name: str) -> str:
    """Hide a person's name but for the family name (GB/T 35273, 7.2)."""
    return name[:1] + "*" * (len(name) - 1)


@register.simple_tag
def value(given: Any) -> SafeString | str:
    """Show a fact of any kind as its kind is shown everywhere: money, moments, yes and no, lists."""
    if isinstance(given, bool):
        return gettext("Yes") if given else gettext("No")
    if isinstance(given, Decimal):
        return money(given)
    if isinstance(given, date):
        return moment(given)
    if isinstance(given, timedelta):
        return gettext("%(hours)s hours") % {"hours": round(given.total_seconds() / 3600, 1)}
    if isinstance(given, list | tuple):
        return ", ".join(map(str, given)) or EMPTY
    return EMPTY if given is None or given == "" else str(given)
