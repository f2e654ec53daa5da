"""The house rules that ruff, mypy and import-linter cannot state (CONTRIBUTING.md)."""

import ast
import inspect
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from config import catalogue
from trading.doors.door import DOORS
from trading.transitions import THE_CLOCK, Machine, Power, acts_of

ROOT = Path(settings.BASE_DIR)
APPS = ("bids", "config", "experts", "recordings", "trading")
MODULE_LINES = 300
FUNCTION_LINES = 30  # from `def` to the last line, without decorators and docstring
README_LINES = 120
TOP_LEVEL = {
    *APPS, "tests", "bench", "docs", "manage.py", "Makefile", "pyproject.toml", "package.json",
    "package-lock.json", "requirements.txt", "requirements-dev.txt", "README.md", "README.zh-CN.md",
    "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md",
}  # fmt: skip
JUNK_DRAWERS = {
    "utils", "util", "helpers", "helper", "common", "core", "services", "managers", "mixins",
    "misc", "base", "signals",
}  # fmt: skip
FORBIDDEN_IN_CODE = {
    r"\bdjango\.dispatch\b|\bmodels?\.signals\b|\bpost_save\b|\bpre_save\b": "signals hide who acts",
    r"\bGenericForeignKey\b": "a generic key has no constraint",
    r"\.update\([^)]*\bstate=": "a state changes by an act only",
    r"\bbulk_update\([^)]*[\"']state[\"']": "a state changes by an act only",
    r"\bmodels\.FloatField\b": "a quantity of the law is exact",
    r"\bauto_now(_add)?=": "time is read once, by the act",
    r"\bdatetime\.(now|utcnow|today)\(|\btimezone\.now\(|\bdate\.today\(": "time comes from trading.clock",
}
STAND_ALONE: dict[str, set[str]] = {
    "trading/draws/verify_draw.py": set(),
    "trading/ledger/verify_ledger.py": set(),
    "trading/ledger/witness_program.py": {"cryptography"},
}
CLOCK = ROOT / "trading" / "clock.py"
FORBIDDEN_IN_TEMPLATES = {
    r"<script(?![^>]*\bsrc=)": "an inline script",
    r"<style\b": "an inline style sheet",
    r"<[^>]*\sstyle\s*=": "a style attribute",
    r"<[^>]*\son[a-z]+\s*=\s*[\"']": "an event attribute",
    r"\bjavascript:": "a script address",
    r"(?:src|href)=[\"'](?:https?:)?//": "something from another site",
}
REGISTRIES = r"registry\.npmjs|npm[m]irror|files\.pythonhosted|pypi\.org|deb\.debian|security\.debian"


@cache
def tracked() -> list[Path]:
    """Return the files of the repository, new ones included, ignored ones not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(path for name in set(listed.split("\0")) - {""} if (path := ROOT / name).is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in (*APPS, "bench")]


def code() -> list[Path]:
    return [path for path in modules() if "migrations" not in path.parts]


def templates() -> list[Path]:
    return [path for path in tracked() if "templates" in path.parts and path.suffix == ".html"]


def functions(path: Path) -> list[tuple[str, int]]:
    """Return every function of a module with its lines, docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if text and ast.get_docstring(node) else 0
            found.append((node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring))
    return found


def places(paths: list[Path], forbidden: dict[str, str]) -> list[str]:
    """Return where a forbidden pattern stands, and why it is forbidden."""
    found = []
    for path in paths:
        text = path.read_text("utf-8")
        found += [
            f"{name(path)}:{text.count(chr(10), 0, match.start()) + 1}: {reason}: {match[0]!r}"
            for pattern, reason in forbidden.items()
            for match in re.finditer(pattern, text)
        ]
    return found


def machines() -> list[type[Machine]]:
    return [model for model in apps.get_models() if issubclass(model, Machine)]


def acts() -> list[tuple[type[Machine], str, dict[str, Any]]]:
    return [(model, method, act) for model in machines() for method, act in acts_of(model).items()]


# Files


def test_the_top_level_holds_only_what_the_architecture_names():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {entry for entry in top if not entry.startswith(".")} <= TOP_LEVEL


def test_no_module_is_a_junk_drawer():
    assert [name(path) for path in modules() if {path.stem, path.parent.name} & JUNK_DRAWERS] == []


def test_no_module_is_longer_than_a_reader_can_hold():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in code()}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name(path)}: {function} has {lines} lines"
        for path in code()
        for function, lines in functions(path)
        if lines > FUNCTION_LINES
    ]
    assert long == []


def test_every_module_says_what_it_is():
    silent = [
        path for path in code() if (text := path.read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert [name(path) for path in silent if path.name not in {"apps.py", "urls.py"}] == []


def test_no_tracked_file_names_a_package_registry():
    texts = [
        path
        for path in tracked()
        if path.suffix in {".py", ".md", ".json", ".toml", ".txt", ".mjs", ".js", ".html", ""}
    ]
    assert (
        places(
            [path for path in texts if "vectors" not in path.parts],
            {REGISTRIES: "a registry's address"},
        )
        == []
    )


def test_the_readme_is_short_and_names_the_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= README_LINES
    assert "make run" in text
    assert "make test" in text


def test_every_link_of_the_documents_leads_somewhere():
    broken = [
        f"{name(path)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


# Code


def test_the_code_uses_nothing_that_hides_an_act():
    assert places([path for path in code() if path != CLOCK], FORBIDDEN_IN_CODE) == []


@pytest.mark.parametrize(("program", "beside"), STAND_ALONE.items())
def test_a_program_for_strangers_needs_only_the_standard_library(program, beside):
    tree = ast.parse((ROOT / program).read_text("utf-8"))
    imported = {
        module.split(".")[0]
        for node in ast.walk(tree)
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names | beside


def test_the_tests_mock_nothing():
    tests = [
        path
        for path in tracked()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "tests") and path != Path(__file__)
    ]
    assert places(tests, {r"\bunittest\.mock\b|\bMagicMock\b|\bmocker\b": "a mock"}) == []


def test_every_test_file_asserts():
    tests = [path for path in tracked() if path.name.startswith("test_") and path.is_relative_to(ROOT / "tests")]
    assert [
        name(path) for path in tests if not re.search(r"\bassert\b|raises\(|\bexpect\(", path.read_text("utf-8"))
    ] == []


# Acts


def test_every_record_with_a_state_is_a_machine():
    outside = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS and not issubclass(model, Machine)
    ]
    assert [
        model._meta.label for model in outside if any(field.name == "state" for field in model._meta.get_fields())
    ] == []


def test_every_act_has_its_own_event_and_a_label():
    events = [act["event"] for _model, _method, act in acts()]
    assert sorted(events) == sorted(set(events))
    assert [event for event in events if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", event)] == []
    assert [act["event"] for _model, _method, act in acts() if not str(act["label"]).strip()] == []


def test_every_act_says_who_may_perform_it():
    assert [act["event"] for _model, _method, act in acts() if not isinstance(act["may"], Power)] == []


def test_every_act_has_a_door_or_is_the_clocks():
    import_string("config.urls.urlpatterns")
    behind_doors = {
        (noun, method) for noun, door in DOORS.items() for method in (*door.acts, *door.inside, *door.creating)
    }
    missing = [f"{model.noun}.{method}" for model, method, act in acts() if (model.noun, method) not in behind_doors]
    by_clock = {f"{model.noun}.{method}" for model, method, act in acts() if act["may"] is THE_CLOCK}
    assert sorted(set(missing) - by_clock) == []


def test_the_clock_finds_its_functions():
    assert all(callable(import_string(path)) for path in settings.TIME_DRIVEN)


def test_every_act_of_the_clock_is_driven_by_it():
    driving = {inspect.getsource(import_string(path.rsplit(".", 1)[0])) for path in settings.TIME_DRIVEN}
    idle = [
        act["event"]
        for _model, method, act in acts()
        if act["may"] is THE_CLOCK and not any(re.search(rf"\.{method}\b", source) for source in driving)
    ]
    assert idle == []


def test_every_act_is_performed_in_a_test_or_a_walk():
    import_string("config.urls.urlpatterns")
    inside = {(door.noun, method) for door in DOORS.values() for method in door.inside}
    played = [path for path in code() if path.is_relative_to(ROOT / "config" / "demo")]
    tests = [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")]
    texts = "\n".join(path.read_text("utf-8") for path in [*tests, *played])
    created = {(door.noun, door.creates[0]) for door in DOORS.values() if door.creates and door.path in texts}
    shared = Counter(method for _model, method, _act in acts())
    unnamed = [
        f"{model._meta.label}.{method} ({act['event']})"
        for model, method, act in acts()
        if (model.noun, method) not in inside | created
        and not is_performed(texts, model, method, act["event"], alone=shared[method] == 1)
    ]
    assert unnamed == []


def is_performed(texts: str, model: type[Machine], method: str, event: str, *, alone: bool) -> bool:
    """Say whether a text names the act: by its event, at its address, or on a record that is called like the noun.

    A method's bare name counts where no other noun has an act of that name.
    """
    door = DOORS.get(model.noun)
    path = door.path if door else model.noun
    noun = model.noun.rpartition("_")[2]
    exact = [
        rf"[\"']{re.escape(event)}[\"']",
        rf"[\"']{path}[\"'],[^\n]*[\"']{method}[\"']",
        rf"[\"'/]{path}/[^\n]*/{method.rstrip('_').replace('_', '-')}/",
        rf"\b\w*{noun}\w*(?:\([^()\n]*\))?\.{method}\b",
        rf"\b{model.__name__}\([^\n]*\)\.{method}\b",
    ]
    bare = [rf"\.{method}\b", rf"[\"'/]{method}[\"'/]"] if alone else []
    return any(re.search(pattern, texts) for pattern in (*exact, *bare))


# Texts and pages


def test_no_template_holds_a_script_a_style_or_another_site():
    assert places(templates(), FORBIDDEN_IN_TEMPLATES) == []


@pytest.mark.parametrize("language", ["zh_Hans"])
def test_every_text_for_people_is_translated(language):
    path = ROOT / "config" / "locale" / language / "LC_MESSAGES" / "django.po"
    assert catalogue.faults(path) == []
