"""The texts shown to people, found in the code and the templates, and their translations.

A text is an English msgid: a literal inside gettext, or the sentence of a RuleError, whose module
may be one that must not import Django. `manage.py catalogue` brings new texts into the catalogues;
with `--check` it fails where a translation is missing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("bids", "config", "experts", "recordings", "trading")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
PLURAL_IN_CONTEXT = {"npgettext", "npgettext_lazy"}
LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)
HEADER = "# Sunlight's texts in another language. `make catalogue` brings new ones in; fill in their msgstr."
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


class Text(NamedTuple):
    """A msgid, its plural form ("" for none) and its context ("" for none)."""

    msgid: str
    plural: str = ""
    context: str = ""


def catalogue_files() -> list[Path]:
    """Return the catalogues, one for each language that has one."""
    return sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/django.po"))


def texts() -> dict[Text, list[tuple[str, int]]]:
    """Return every text with the places where it stands."""
    found: dict[Text, list[tuple[str, int]]] = {}
    refusals = _refusals()
    for path in _sources():
        for text, line in _texts_of(path, refusals):
            found.setdefault(text, []).append((path.relative_to(settings.BASE_DIR).as_posix(), line))
    return found


def update(path: Path) -> int:
    """Bring new texts in, drop those no longer used, return how many lack a translation."""
    known = read(path)
    fresh = Catalog(locale=path.parts[-3], header_comment=HEADER, project="Sunlight", version="", charset="utf-8")
    fresh.fuzzy, fresh.creation_date = False, known.creation_date
    for text, places in sorted(texts().items()):
        old = known.get(text.msgid, text.context or None)
        fresh.add(
            (text.msgid, text.plural) if text.plural else text.msgid,
            old.string if old else ("",) if text.plural else "",
            locations=[(file, 0) for file in sorted({file for file, _line in places})],
            context=text.context or None,
        )
    with path.open("wb") as file:
        pofile.write_po(file, fresh, omit_header=False, include_lineno=False, width=100)
    return sum(1 for text in texts() if not _translated(fresh.get(text.msgid, text.context or None)))


def faults(path: Path) -> list[str]:
    """Return what a catalogue lacks: a missing translation, or one whose placeholders differ."""
    known = read(path)
    found = []
    for text, places in sorted(texts().items()):
        message = known.get(text.msgid, text.context or None)
        where = "{}:{}".format(*places[0])
        if not _translated(message):
            found.append(f"{where}: not translated: {text.msgid}")
        elif message and not _placeholders(message) <= _placeholders_of(text):
            found.append(f"{where}: other placeholders in the translation: {text.msgid}")
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.parts[-3])


def _translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and bool(_strings(message)) and all(_strings(message))


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _placeholders(message: Message) -> set[str]:
    return {name for string in _strings(message) for name in PLACEHOLDER.findall(string)}


def _placeholders_of(text: Text) -> set[str]:
    return {name for form in (text.msgid, text.plural) for name in PLACEHOLDER.findall(form)}


def _sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*")):
            wanted = path.suffix == ".py" and "migrations" not in path.parts
            if wanted or ("templates" in path.parts and path.suffix in {".html", ".txt"}):
                yield path


def _texts_of(path: Path, refusals: set[str]) -> Iterator[tuple[Text, int]]:
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from _in_python(ast.parse(source), refusals)
    else:
        yield from _in_template(templatize(source, origin=path.name))


def _in_python(tree: ast.Module, refusals: set[str]) -> Iterator[tuple[Text, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            text = _text("_" if name in refusals else name, _literals(node))
            if text:
                yield text, node.lineno


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _refusals() -> set[str]:
    """Return the names of RuleError and of every class below it."""
    names = {"RuleError"}
    classes = [
        node
        for path in _sources()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    while more := {node.name for node in classes if names & {_name(base) for base in node.bases}} - names:
        names |= more
    return names


def _literals(call: ast.Call) -> list[str]:
    """Return the literals a call begins with."""
    found = []
    for argument in call.args:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            break
        found.append(argument.value)
    return found


def _in_template(code: str) -> Iterator[tuple[Text, int]]:
    for match in CALL.finditer(code):
        literals = [ast.literal_eval(literal) for literal in re.findall(LITERAL, match[2], re.DOTALL)]
        if text := _text(match[1], literals):
            yield text, code.count("\n", 0, match.start()) + 1


def _text(function: str, literals: list[str]) -> Text | None:
    if function in PLAIN and literals:
        return Text(literals[0])
    if function in PLURAL and len(literals) > 1:
        return Text(literals[0], literals[1])
    if function in IN_CONTEXT and len(literals) > 1:
        return Text(literals[1], "", literals[0])
    if function in PLURAL_IN_CONTEXT and len(literals) > 2:
        return Text(literals[1], literals[2], literals[0])
    return None
